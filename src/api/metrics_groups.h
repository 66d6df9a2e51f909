/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_GROUPS_H
#define HARK_API_METRICS_GROUPS_H

#include "base/arena.h"
#include "base/text.h"
#include "metrics/histogram.h"
#include "metrics_query.h"

/* Inside api/ only: the groups of a reply, added up and in the order asked for. */

struct metrics_group {
    const struct rollup_group *source; /* NULL: no answer at all */
    int64_t counts[ROLLUP_COUNTERS];
    int64_t n; /* of all metrics asked for */
    double value;
};

struct metrics_groups {
    struct metrics_group *list;
    size_t count;
    size_t shown;
    int64_t total[ROLLUP_COUNTERS];
};

/* Without group_by there is one group, also where nobody answered. False: out of memory. */
bool metrics_groups_make(const struct metrics_query *query, const struct rollup *rollup, struct arena *arena,
                         struct metrics_groups *groups) __attribute__((warn_unused_result));

/* The group's value of a column; absent: missing. */
struct text metrics_group_label(const struct metrics_query *query, const struct metrics_group *group,
                                const struct metrics_column *column);

/* The counters of one question. */
struct histogram metrics_histogram(const int64_t counts[ROLLUP_COUNTERS], enum question question);
/* What the counters of a question mean. */
const struct definition *metrics_definition(enum question question);

#endif
