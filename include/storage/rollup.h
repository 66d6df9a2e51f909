/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_ROLLUP_H
#define HARK_STORAGE_ROLLUP_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "storage/calendar.h"
#include "storage/database.h"
#include "storage/dimension.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ROLLUP_COUNTERS = 23, /* nps 0-10, csat 1-5, ces 1-7: the scores of question_scales, one after the other */
    ROLLUP_SCORES = 11,   /* of any other question, from the lowest of its scale on */
    ROLLUP_ROWS_MAX = 100000
};

/* A question other than the built-in ones (of which dedupe_read takes the ids too). */
struct rollup_definition {
    int32_t project_id;
    int32_t id;
    int32_t question; /* dedupe_read: answers to definitions of one number are answers to one question */
};

/* Answers to a definition in one survey, where others go on asking it. */
struct rollup_left_out {
    int32_t project_id;
    int32_t definition_id;
    struct text survey;
};

struct rollup_query {
    const int32_t *project_ids;
    size_t project_count;
    int32_t from; /* quarters of an hour; from inclusive, to exclusive */
    int32_t to;
    const struct calendar *calendar; /* of from..to: counts by bucket; NULL: in all */
    int32_t skip_from;               /* buckets from here to before skip_to are not read; equal: all are */
    int32_t skip_to;
    uint32_t group_by; /* a bit for each enum dimension */
    bool by_project;
    const struct text *values[DIMENSION_COUNT];  /* any of them; an absent text stands for a missing value */
    size_t value_counts[DIMENSION_COUNT];        /* 0: any */
    const struct rollup_definition *definitions; /* also counted, beside the built-in questions */
    size_t definition_count;
    const struct rollup_left_out *left_out; /* not counted, by dedupe_read alone */
    size_t left_out_count;
};

/* Of one bucket of one group; never without an answer. */
struct rollup_point {
    int32_t bucket; /* of the calendar; 0 without one */
    int64_t counts[ROLLUP_COUNTERS];
};

/* The same of a question in rollup_query.definitions. */
struct rollup_question_point {
    int32_t bucket;
    int32_t definition; /* its index there */
    int64_t counts[ROLLUP_SCORES];
};

struct rollup_group {
    int32_t project_id;                  /* 0 unless by_project */
    struct text values[DIMENSION_COUNT]; /* of the grouped dimensions; absent: missing */
    struct rollup_point *points;         /* ascending by bucket */
    size_t point_count;
    struct rollup_question_point *question_points; /* ascending by bucket, then definition */
    size_t question_point_count;
};

/* In no order. Groups of several projects with the same values are one, unless by_project. */
struct rollup {
    struct rollup_group *groups;
    size_t group_count;
};

/* What the rollups hold, of one moment: everything committed before the call is in it. Texts live in the arena.
 * STATUS_TOO_LARGE: more than ROLLUP_ROWS_MAX points. */
enum status rollup_read(struct connection *connection, const struct rollup_query *query, struct arena *arena,
                        struct rollup *rollup) __attribute__((warn_unused_result));

#endif
