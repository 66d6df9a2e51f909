/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_DEDUPE_H
#define HARK_STORAGE_DEDUPE_H

#include "storage/rollup.h"

enum dedupe {
    DEDUPE_ALL, /* every answer: a matter of rollup_read */
    DEDUPE_FIRST,
    DEDUPE_LAST,
    DEDUPE_COUNT
};

/* Of a window: 2.5 s of one core, 3.5 s when cut into days; twice that beside a busy neighbour is still within the default
 * HARK_STATEMENT_TIMEOUT. */
enum { DEDUPE_RESPONSES_MAX = 1000000 };

/* "all", "first", "last". */
const char *dedupe_name(enum dedupe dedupe);

/* A stretch of time, and how it is cut: into the buckets of a calendar, or not at all (NULL). */
struct dedupe_window {
    int32_t from; /* quarters of an hour; from inclusive, to exclusive */
    int32_t to;
    const struct calendar *calendar; /* of from..to */
};

enum { DEDUPE_WINDOWS_MAX = 3 };

/* The same question as rollup_read (but for its time and calendar), counted from responses: in each bucket, of each customer of
 * a project, and for each of the customer's questions by itself, only the first or the last answer by time and id among
 * those that the filters let through. Answers without a customer count each. The windows may overlap and are all of one
 * moment; their buckets are numbered on from one window to the next. No answer from before the retention horizon is known.
 * STATUS_INVALID: a window of more than responses_max responses, whatever the filters; STATUS_TIMEOUT: PostgreSQL gave
 * up; else as rollup_read. */
enum status dedupe_read(struct connection *connection, const struct rollup_query *query, enum dedupe dedupe,
                        const struct dedupe_window *windows, size_t window_count, int32_t responses_max,
                        struct arena *arena, struct rollup *rollup) __attribute__((warn_unused_result));

#endif
