/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_CUT_H
#define HARK_API_METRICS_CUT_H

#include "metrics_groups.h"

/* Inside api/ only: a series whose question changed its scale on the way begins anew there. */

/* Of groups that were just added up. Where a series has answers of several definitions, and all of them are of versions of one
 * survey (of each group by itself, where groups are surveys), those of the definition that was asked last are kept; the
 * others leave the groups and are listed in groups->cuts. What a comparison's earlier window holds stays. False: out of
 * memory. */
bool metrics_cut(struct metrics_query *query, const struct metrics_frame *frame, struct metrics_groups *groups,
                 struct arena *arena) __attribute__((warn_unused_result));

/* How many answers to each of the metric's sources a group has in a span, added to n. */
void metrics_count_sources(const struct metrics_choice *choice, size_t metric, const struct rollup_group *group,
                           const struct metrics_span *span, int64_t *n);

#endif
