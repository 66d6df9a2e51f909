/* SPDX-License-Identifier: MIT */
#include "metrics_tally.h"

#include <math.h>

int64_t *metrics_counters_new(const struct metrics_choice *choice, size_t count, struct arena *arena)
{
    return arena_array(arena, count * (size_t)choice->width + 1, sizeof(int64_t));
}

/* The first of the group's points that is not before the bucket. */
static size_t find_point(const struct rollup_group *source, int32_t bucket)
{
    size_t low = 0;
    size_t high = source->point_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (source->points[middle].bucket < bucket)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t find_question_point(const struct rollup_group *source, int32_t bucket)
{
    size_t low = 0;
    size_t high = source->question_point_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (source->question_points[middle].bucket < bucket)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_point(const struct metrics_metric *metric, int64_t *into, const int64_t counts[ROLLUP_COUNTERS])
{
    for (size_t s = 0; s < metric->slot_count; s++) {
        const struct metrics_slot *slot = &metric->slots[s];
        for (int i = 0; slot->counter >= 0 && i < slot->width; i++)
            into[slot->first + i] += counts[slot->counter + i];
    }
}

void metrics_add_span(const struct metrics_choice *choice, int64_t *counters, const struct rollup_group *source,
                      const struct metrics_span *span)
{
    for (size_t p = find_point(source, span->first); p < source->point_count && source->points[p].bucket < span->end;
         p++)
        for (size_t m = 0; m < choice->count; m++)
            add_point(&choice->metrics[m], counters, source->points[p].counts);
    for (size_t p = find_question_point(source, span->first);
         p < source->question_point_count && source->question_points[p].bucket < span->end; p++) {
        const struct rollup_question_point *point = &source->question_points[p];
        const struct metrics_slot *slot = choice->definitions[point->definition]->slot;
        for (int i = 0; i < slot->width; i++)
            counters[slot->first + i] += point->counts[i];
    }
}

void metrics_add(const struct metrics_choice *choice, int64_t *into, const int64_t *counters)
{
    for (int i = 0; i < choice->width; i++)
        into[i] += counters[i];
}

void metrics_keep(const struct metrics_choice *choice, int64_t *counters, size_t metric, size_t slot)
{
    const struct metrics_metric *of = &choice->metrics[metric];
    for (size_t s = 0; s < of->slot_count; s++)
        for (int i = 0; s != slot && i < of->slots[s].width; i++)
            counters[of->slots[s].first + i] = 0;
}

int64_t metrics_slot_n(const struct metrics_slot *slot, const int64_t *counters)
{
    int64_t n = 0;
    for (int i = 0; i < slot->width; i++)
        n += counters[slot->first + i];
    return n;
}

int64_t metrics_n(const struct metrics_choice *choice, const struct metrics_counts *counts, size_t metric)
{
    int64_t n = 0;
    for (size_t s = 0; s < choice->metrics[metric].slot_count; s++)
        n += metrics_slot_n(&choice->metrics[metric].slots[s], counts->counters);
    return n;
}

int metrics_only_slot(const struct metrics_choice *choice, const int64_t *counters, size_t metric, int nobody)
{
    const struct metrics_metric *of = &choice->metrics[metric];
    bool is_found = false;
    int found = nobody;
    if (of->slot_count == 1)
        return 0;
    for (size_t s = 0; s < of->slot_count; s++) {
        if (metrics_slot_n(&of->slots[s], counters) == 0)
            continue;
        if (is_found)
            return METRICS_MIXED;
        is_found = true;
        found = (int)s;
    }
    return found;
}

const struct metrics_slot *metrics_slot_of(const struct metrics_choice *choice, const struct metrics_counts *counts,
                                           size_t metric)
{
    return &choice->metrics[metric].slots[counts->slots[metric]];
}

static struct histogram histogram_of(const struct metrics_slot *slot, const int64_t *counters)
{
    struct histogram histogram;
    histogram_init(&histogram, slot->definition.min, slot->definition.max);
    for (int i = 0; i < slot->width; i++)
        histogram.counts[i] = counters[slot->first + i];
    return histogram;
}

struct histogram metrics_histogram(const struct metrics_choice *choice, const struct metrics_counts *counts,
                                   size_t metric)
{
    return histogram_of(metrics_slot_of(choice, counts, metric), counts->counters);
}

struct histogram metrics_published(const struct metrics_choice *choice, const struct metrics_counts *counts,
                                   size_t metric)
{
    const struct definition *definition = metrics_definition(choice, counts, metric);
    struct histogram nobody;
    histogram_init(&nobody, definition->min, definition->max);
    return metrics_is_hidden(counts, metric) ? nobody : metrics_histogram(choice, counts, metric);
}

bool metrics_is_valid(const struct metrics_choice *choice, const int64_t *counters, size_t metric)
{
    const struct metrics_metric *of = &choice->metrics[metric];
    for (size_t s = 0; s < of->slot_count; s++)
        for (int i = 0; i < of->slots[s].width; i++)
            if (counters[of->slots[s].first + i] < 0)
                return false;
    return true;
}

static const struct moments no_moments = {.n = 0, .mean = (double)NAN, .squares = 0};

struct moments metrics_rescaled(const struct metrics_choice *choice, const int64_t *counters, size_t metric)
{
    const struct metrics_metric *of = &choice->metrics[metric];
    struct moments all = no_moments;
    for (size_t s = 0; s < of->slot_count; s++) {
        struct histogram histogram = histogram_of(&of->slots[s], counters);
        all = moments_merge(all, moments_rescaled(&of->slots[s].definition, &histogram));
    }
    return all;
}

struct moments metrics_published_rescaled(const struct metrics_choice *choice, const struct metrics_counts *counts,
                                          size_t metric)
{
    return metrics_is_hidden(counts, metric) ? no_moments : metrics_rescaled(choice, counts->counters, metric);
}
