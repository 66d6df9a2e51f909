/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_MIXING_H
#define HARK_API_METRICS_MIXING_H

#include "metrics_groups.h"

/* Inside api/ only: answers under different definitions are never one number. */

enum metrics_mixing {
    METRICS_MIXING_NONE,
    METRICS_MIXING_NUMBER,  /* a group, or the total, has answers under several */
    METRICS_MIXING_SERIES,  /* a group's series has */
    METRICS_MIXING_COMPARE, /* a group's two windows have different ones */
    METRICS_MIXING_WHOLE    /* the total has, which the groups are parts of */
};

/* What is wrong first, with the metric. The total over groups may be mixed, unless the groups are compared with it. Nothing is
 * wrong where all is rescaled. */
enum metrics_mixing metrics_mixing_find(const struct metrics_query *query, const struct metrics_frame *frame,
                                        const struct metrics_groups *groups, int64_t *counters, size_t *metric);

/* True: nothing is mixed. False: the problem is set as reply. */
bool metrics_mixing_check(struct request *request, const struct metrics_query *query, const struct metrics_frame *frame,
                          const struct metrics_groups *groups, struct arena *arena) __attribute__((warn_unused_result));

#endif
