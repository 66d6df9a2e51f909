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

/* 5 s of one core. */
enum { DEDUPE_RESPONSES_MAX = 2000000 };

/* "all", "first", "last". */
const char *dedupe_name(enum dedupe dedupe);

/* The same question as rollup_read, counted from responses: of each customer of a project, and for each of its questions by
 * itself, only the first or the last answer by time and id among those that the filters let through; with a calendar, one
 * in each bucket. Answers without a customer count each. It knows no answer from before the retention horizon.
 * STATUS_INVALID: more than responses_max responses in the window, whatever the filters; STATUS_TIMEOUT: PostgreSQL gave up;
 * else as rollup_read. */
enum status dedupe_read(struct connection *connection, const struct rollup_query *query, enum dedupe dedupe,
                        int32_t responses_max, struct arena *arena, struct rollup *rollup)
    __attribute__((warn_unused_result));

#endif
