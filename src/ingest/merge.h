/* SPDX-License-Identifier: MIT */
#ifndef HARK_INGEST_MERGE_H
#define HARK_INGEST_MERGE_H

#include "ingest/ingest.h"

/* Inside ingest/ only. Pure: what a submission or a patch does to a stored row. */

struct merge {
    enum verdict verdict;
    bool changes; /* the row was changed and is to be written */
    size_t unfit; /* of VERDICT_UNFIT: the index of the patch's answer */
};

/* A submission whose id is known. was_run: it may be ours, from a run whose outcome was lost. What is added to the row is
 * in the arena or the submission's. */
struct merge merge_response(struct stored_response *stored, const struct response *submitted, bool was_run,
                            struct arena *arena);
struct merge merge_patch(struct stored_response *stored, const struct patch *patch, int64_t now_us,
                         struct arena *arena);

#endif
