/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_GROUPS_H
#define HARK_API_METRICS_GROUPS_H

#include "base/arena.h"
#include "base/text.h"
#include "metrics/definition.h"
#include "metrics_frame.h"
#include "metrics_query.h"

/* Inside api/ only: the groups of a reply, added up and in the order asked for. */

struct metrics_counts {
    int64_t counts[ROLLUP_COUNTERS];
    unsigned hidden; /* a bit for each enum question whose number is not published */
};

struct metrics_group {
    const struct rollup_group *source; /* NULL: no answer at all */
    struct metrics_counts now;
    struct metrics_counts earlier; /* of a comparison */
    int64_t n;                     /* now, of all metrics asked for */
    double value;
};

struct metrics_groups {
    struct metrics_group *list;
    size_t count;
    size_t shown;
    struct metrics_counts now; /* the totals */
    struct metrics_counts earlier;
};

/* Without group_by there is one group, also where nobody answered. In no order. False: out of memory. */
bool metrics_groups_make(const struct metrics_query *query, const struct metrics_frame *frame,
                         const struct rollup *rollup, struct arena *arena, struct metrics_groups *groups)
    __attribute__((warn_unused_result));
/* By the query's order; METRICS_ORDER_VALUE takes the groups' values, and those that are NaN come last. */
void metrics_groups_sort(const struct metrics_query *query, struct metrics_groups *groups);

/* The points of a group's series, frame->point_count of them, with what is hidden. NULL: out of memory. */
struct metrics_counts *metrics_group_points(const struct metrics_query *query, const struct metrics_frame *frame,
                                            const struct metrics_group *group, struct arena *arena)
    __attribute__((warn_unused_result));

/* The group's value of a column; absent: missing. */
struct text metrics_group_label(const struct metrics_query *query, const struct metrics_group *group,
                                const struct metrics_column *column);

/* The counters of one question. */
struct histogram metrics_histogram(const struct metrics_counts *counts, enum question question);
int64_t metrics_n(const struct metrics_counts *counts, enum question question);
/* The same as far as it is published: empty where it is hidden. */
struct histogram metrics_published(const struct metrics_counts *counts, enum question question);
static inline bool metrics_is_hidden(const struct metrics_counts *counts, enum question question)
{
    return counts->hidden >> question & 1;
}
/* What the counters of a question mean. */
const struct definition *metrics_definition(enum question question);

#endif
