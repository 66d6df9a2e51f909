/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_FRAME_H
#define HARK_API_METRICS_FRAME_H

#include "metrics_query.h"

/* Inside api/ only: all windows of a question on one calendar, so that one statement reads them, and they are of one moment. */

/* A window, and the buckets that make it up: first to before end. */
struct metrics_span {
    struct metrics_window window;
    int32_t first;
    int32_t end;
};

struct metrics_frame {
    struct calendar calendar;
    struct metrics_span now;
    struct metrics_span earlier; /* of a comparison */
    struct metrics_span *points; /* of a series */
    size_t point_count;
    struct dedupe_window windows[DEDUPE_WINDOWS_MAX]; /* instead of one calendar, where answers are deduplicated */
    size_t window_count;
};

/* Also settles what the query reads: the time of its rollup, and the window of a comparison with the year before.
 * False: the problem is set as reply. */
bool metrics_frame_make(struct request *request, struct connection *connection, struct arena *arena,
                        struct metrics_query *query, struct metrics_frame *frame) __attribute__((warn_unused_result));

#endif
