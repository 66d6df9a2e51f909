/* SPDX-License-Identifier: MIT */
#ifndef HARK_INGEST_EXCLUSION_H
#define HARK_INGEST_EXCLUSION_H

#include "ingest/ingest.h"
#include "storage/posted.h"

/* Takes what one key posted out of every number, or puts it back: page by page, the way of every edit. */

struct exclusion_limit {
    size_t responses; /* stop when so many were changed, or soon after */
    int64_t until_us; /* on the monotonic clock */
};

struct exclusion_report {
    size_t responses; /* changed; also where it failed in the end */
    bool is_complete; /* none is left */
};

/* limit: NULL for none. What is changed already is passed over, so whoever runs it again goes on. STATUS_BUSY, STATUS_UNAVAILABLE:
 * ingest would not take it, or could not write it. */
enum status exclusion_run(struct ingest *ingest, struct connection *connection, const struct posted_query *query,
                          bool excluded, const struct exclusion_limit *limit, struct exclusion_report *report)
    __attribute__((warn_unused_result));

#endif
