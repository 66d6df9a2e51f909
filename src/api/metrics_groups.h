/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_GROUPS_H
#define HARK_API_METRICS_GROUPS_H

#include "base/arena.h"
#include "base/text.h"
#include "metrics_query.h"
#include "metrics_tally.h"

/* Inside api/ only: the groups of a reply, added up and in the order asked for. */

struct metrics_group {
    const struct rollup_group *source; /* NULL: no answer at all */
    struct metrics_counts now;
    struct metrics_counts earlier; /* of a comparison */
    const int16_t *kept; /* by metric: the slot that a cut left of now and its points; -1: all; NULL: no cut */
    int64_t n;           /* now, of all metrics asked for */
    double value;
};

/* Answers that a series leaves out: they were given before the scale of their question changed. */
struct metrics_cut {
    const struct metrics_metric *metric;
    const struct metrics_source *source;
    struct text survey;
    int32_t version; /* the last one that asked so; 0: from before the survey was defined */
    int64_t at_us;   /* from when it has asked as the series says */
    int64_t n;
};

struct metrics_groups {
    struct metrics_group *list;
    size_t count;
    size_t shown;
    struct metrics_counts now; /* the totals */
    struct metrics_counts earlier;
    struct metrics_cut *cuts;
    size_t cut_count;
};

/* Without group_by there is one group, also where nobody answered. In no order. STATUS_TOO_LARGE: more counters than
 * METRICS_COUNTERS_MAX, in all groups or in the points of one. */
enum { METRICS_COUNTERS_MAX = 10000000 };
enum status metrics_groups_make(struct metrics_query *query, const struct metrics_frame *frame,
                                const struct rollup *rollup, struct arena *arena, struct metrics_groups *groups)
    __attribute__((warn_unused_result));
/* By the query's order; METRICS_ORDER_VALUE takes the groups' values, and those that are NaN come last. */
void metrics_groups_sort(const struct metrics_query *query, struct metrics_groups *groups);

/* Room for the points of a group's series, frame->point_count of them. NULL: out of memory. */
struct metrics_counts *metrics_points_new(const struct metrics_query *query, const struct metrics_frame *frame,
                                          struct arena *arena) __attribute__((warn_unused_result));
/* Fills them, with what is hidden. False: out of memory. */
bool metrics_points_fill(const struct metrics_query *query, const struct metrics_frame *frame,
                         const struct metrics_group *group, struct arena *arena, struct metrics_counts *points)
    __attribute__((warn_unused_result));

/* The group's value of a column; absent: missing. */
struct text metrics_group_label(const struct metrics_query *query, const struct metrics_group *group,
                                const struct metrics_column *column);

#endif
