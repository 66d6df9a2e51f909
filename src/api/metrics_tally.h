/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_TALLY_H
#define HARK_API_METRICS_TALLY_H

#include "metrics/moments.h"
#include "metrics_choice.h"
#include "metrics_frame.h"

/* Inside api/ only: the answers of one group, total or point, added up. A metric is named by its index in the choice. */

enum { METRICS_MIXED = -1 };

struct metrics_counts {
    int64_t *counters;          /* of all slots, one after the other */
    int16_t slots[METRICS_MAX]; /* which slot of the metric its number is of; METRICS_MIXED: of several */
    unsigned hidden;            /* a bit for each metric whose number is not published */
};

/* counts of their own, all zero. NULL: out of memory. */
int64_t *metrics_counters_new(const struct metrics_choice *choice, size_t count, struct arena *arena)
    __attribute__((warn_unused_result));
/* What the buckets of a span hold. */
void metrics_add_span(const struct metrics_choice *choice, int64_t *counters, const struct rollup_group *source,
                      const struct metrics_span *span);
void metrics_add(const struct metrics_choice *choice, int64_t *into, const int64_t *counters);
/* Takes away whatever is not of the metric's slot. */
void metrics_keep(const struct metrics_choice *choice, int64_t *counters, size_t metric, size_t slot);

int64_t metrics_slot_n(const struct metrics_slot *slot, const int64_t *counters);
/* Of all slots. */
int64_t metrics_n(const struct metrics_choice *choice, const struct metrics_counts *counts, size_t metric);
/* The one slot that has answers, otherwise METRICS_MIXED; where none has any, `nobody`. The only one that there is, anyway. */
int metrics_only_slot(const struct metrics_choice *choice, const int64_t *counters, size_t metric, int nobody);

static inline bool metrics_is_hidden(const struct metrics_counts *counts, size_t metric)
{
    return counts->hidden >> metric & 1;
}
static inline bool metrics_is_mixed(const struct metrics_counts *counts, size_t metric)
{
    return counts->slots[metric] == METRICS_MIXED;
}
/* What the number means; not for one that is mixed. */
const struct metrics_slot *metrics_slot_of(const struct metrics_choice *choice, const struct metrics_counts *counts,
                                           size_t metric);
static inline const struct definition *metrics_definition(const struct metrics_choice *choice,
                                                          const struct metrics_counts *counts, size_t metric)
{
    return &metrics_slot_of(choice, counts, metric)->definition;
}
/* The answers of the number; not for one that is mixed. */
struct histogram metrics_histogram(const struct metrics_choice *choice, const struct metrics_counts *counts,
                                   size_t metric);
/* The same as far as it is published: empty where it is hidden. */
struct histogram metrics_published(const struct metrics_choice *choice, const struct metrics_counts *counts,
                                   size_t metric);
/* Whether no counter is negative. */
bool metrics_is_valid(const struct metrics_choice *choice, const int64_t *counters, size_t metric);
/* All answers on 0..100, whatever their scales. */
struct moments metrics_rescaled(const struct metrics_choice *choice, const int64_t *counters, size_t metric);
struct moments metrics_published_rescaled(const struct metrics_choice *choice, const struct metrics_counts *counts,
                                          size_t metric);

#endif
