/* SPDX-License-Identifier: MIT */
#ifndef HARK_INGEST_MERGE_ANSWERS_H
#define HARK_INGEST_MERGE_ANSWERS_H

#include "ingest/ingest.h"

/* Inside ingest/ only: the scores of a stored response and those of a submission or a patch. */

enum fit { FITS, ADDS, CONTRADICTS };

/* Against another version of a survey nothing is added: the same question could then be answered twice. */
enum fit answers_fit(const struct response *stored, const struct response *submitted);
/* Of two that fit. False: out of memory, and nothing was changed. */
bool answers_add(struct response *stored, const struct response *submitted, struct arena *arena)
    __attribute__((warn_unused_result));

enum answers_patched {
    ANSWERS_SAME,
    ANSWERS_CHANGED,
    ANSWERS_UNFIT, /* *unfit: the patch's answer that has no question in the response's survey, or is off its scale */
    ANSWERS_NO_MEMORY /* nothing was changed, as with the one before */
};
enum answers_patched answers_patch(struct response *stored, const struct patch *patch, struct arena *arena,
                                   size_t *unfit) __attribute__((warn_unused_result));

#endif
