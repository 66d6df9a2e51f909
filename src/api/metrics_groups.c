/* SPDX-License-Identifier: MIT */
#include "metrics_groups.h"

#include "metrics/score.h"
#include "publish.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct definition *metrics_definition(enum question question)
{
    static const struct definition *const definitions[QUESTION_COUNT] = {
        [QUESTION_NPS] = &definition_nps, [QUESTION_CSAT] = &definition_csat, [QUESTION_CES] = &definition_ces};
    return definitions[question];
}

static int width(int question)
{
    return question_scales[question].max - question_scales[question].min + 1;
}

struct histogram metrics_histogram(const struct metrics_counts *counts, enum question question)
{
    struct histogram histogram;
    int first = 0;
    for (int q = 0; q < (int)question; q++)
        first += width(q);
    histogram_init(&histogram, question_scales[question].min, question_scales[question].max);
    for (int i = 0; i < width((int)question); i++)
        histogram.counts[i] = counts->counts[first + i];
    return histogram;
}

struct histogram metrics_published(const struct metrics_counts *counts, enum question question)
{
    static const struct metrics_counts nothing;
    return metrics_histogram(metrics_is_hidden(counts, question) ? &nothing : counts, question);
}

int64_t metrics_n(const struct metrics_counts *counts, enum question question)
{
    struct histogram histogram = metrics_histogram(counts, question);
    return histogram_n(&histogram);
}

struct text metrics_group_label(const struct metrics_query *query, const struct metrics_group *group,
                                const struct metrics_column *column)
{
    if (group->source == NULL)
        return TEXT_ABSENT;
    if (column->dimension != METRICS_COLUMN_PROJECT)
        return group->source->values[column->dimension];
    return text_of(snapshot_project(query->snapshot, group->source->project_id)->name);
}

static int compare_texts(struct text a, struct text b)
{
    int order = memcmp(a.bytes, b.bytes, a.size < b.size ? a.size : b.size);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* Missing values come last, either way round. */
static int by_key(const struct metrics_query *query, const struct metrics_group *a, const struct metrics_group *b,
                  bool is_descending)
{
    for (size_t i = 0; i < query->column_count; i++) {
        struct text x = metrics_group_label(query, a, &query->columns[i]);
        struct text y = metrics_group_label(query, b, &query->columns[i]);
        int order;
        if (text_is_absent(x) != text_is_absent(y))
            return text_is_absent(x) ? 1 : -1;
        order = text_is_absent(x) ? 0 : compare_texts(x, y);
        if (order != 0)
            return is_descending ? -order : order;
    }
    return 0;
}

static int by_number(double a, double b, bool is_descending)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return is_descending ? (a < b) - (a > b) : (a > b) - (a < b);
}

static int compare(const void *a, const void *b, void *context)
{
    const struct metrics_query *query = *(const struct metrics_query **)context;
    const struct metrics_group *x = a;
    const struct metrics_group *y = b;
    int order = 0;
    if (query->order == METRICS_ORDER_KEY)
        return by_key(query, x, y, query->is_descending);
    if (query->order == METRICS_ORDER_N)
        order = by_number((double)x->n, (double)y->n, query->is_descending);
    else
        order = by_number(x->value, y->value, query->is_descending);
    return order ? order : by_key(query, x, y, false);
}

void metrics_groups_sort(const struct metrics_query *query, struct metrics_groups *groups)
{
    const struct metrics_query *context = query;
    qsort_r(groups->list, groups->count, sizeof *groups->list, compare, &context);
}

static void add(struct metrics_counts *into, const int64_t counts[ROLLUP_COUNTERS])
{
    for (int i = 0; i < ROLLUP_COUNTERS; i++)
        into->counts[i] += counts[i];
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

static void add_span(struct metrics_counts *into, const struct rollup_group *source, const struct metrics_span *span)
{
    for (size_t p = find_point(source, span->first); p < source->point_count && source->points[p].bucket < span->end;
         p++)
        add(into, source->points[p].counts);
}

static int64_t answers_of(const struct metrics_query *query, const struct metrics_counts *counts)
{
    int64_t n = 0;
    for (int q = 0; q < QUESTION_COUNT; q++)
        if (metrics_query_has(query, q))
            n += metrics_n(counts, (enum question)q);
    return n;
}

/* The counts of one window: of the groups (at an offset within each), or of the points of a series. */
struct parts {
    struct metrics_counts *first;
    size_t count;
    size_t stride;
    int64_t *n; /* room for count */
    bool *hidden;
};

static struct metrics_counts *part(const struct parts *parts, size_t i)
{
    return (struct metrics_counts *)(void *)((char *)parts->first + i * parts->stride);
}

static bool parts_init(struct parts *parts, struct metrics_counts *first, size_t count, size_t stride,
                       struct arena *arena)
{
    *parts = (struct parts){.first = first, .count = count, .stride = stride};
    parts->n = arena_array(arena, count + 1, sizeof *parts->n);
    parts->hidden = arena_array(arena, count + 1, sizeof *parts->hidden);
    return parts->n != NULL && parts->hidden != NULL;
}

/* Each question by itself: their numbers of answers differ. */
static void hide_parts(const struct metrics_query *query, const struct parts *parts)
{
    for (int q = 0; q < QUESTION_COUNT; q++) {
        for (size_t i = 0; i < parts->count; i++)
            parts->n[i] = metrics_n(part(parts, i), (enum question)q);
        publish_hide(parts->n, parts->count, query->min_n, parts->hidden);
        for (size_t i = 0; i < parts->count; i++)
            part(parts, i)->hidden |= (unsigned)parts->hidden[i] << q;
    }
}

static void hide_total(const struct metrics_query *query, struct metrics_counts *total)
{
    for (int q = 0; q < QUESTION_COUNT; q++)
        total->hidden |= (unsigned)publish_is_hidden(metrics_n(total, (enum question)q), query->min_n) << q;
}

static bool hide(const struct metrics_query *query, struct arena *arena, struct metrics_groups *groups)
{
    struct parts parts;
    if (query->min_n <= 1)
        return true;
    if (!parts_init(&parts, &groups->list->now, groups->count, sizeof *groups->list, arena))
        return false;
    hide_parts(query, &parts);
    parts.first = &groups->list->earlier;
    hide_parts(query, &parts);
    hide_total(query, &groups->now);
    hide_total(query, &groups->earlier);
    return true;
}

static void collect(const struct metrics_query *query, const struct metrics_frame *frame, const struct rollup *rollup,
                    struct metrics_groups *groups)
{
    for (size_t g = 0; g < rollup->group_count; g++) {
        struct metrics_group group = {.source = &rollup->groups[g]};
        add_span(&group.now, group.source, &frame->now);
        if (query->has_earlier)
            add_span(&group.earlier, group.source, &frame->earlier);
        group.n = answers_of(query, &group.now);
        /* One that answered other questions only, or at other times. */
        if (group.n == 0 && answers_of(query, &group.earlier) == 0 && query->column_count > 0)
            continue;
        groups->list[groups->count++] = group;
        add(&groups->now, group.now.counts);
        add(&groups->earlier, group.earlier.counts);
    }
}

/* What is hidden has no place in an order by value either. */
static void value_groups(const struct metrics_query *query, struct metrics_groups *groups)
{
    for (size_t i = 0; query->order == METRICS_ORDER_VALUE && i < groups->count; i++) {
        struct histogram histogram = metrics_published(&groups->list[i].now, query->order_question);
        groups->list[i].value = score_value(metrics_definition(query->order_question), &histogram);
    }
}

bool metrics_groups_make(const struct metrics_query *query, const struct metrics_frame *frame,
                         const struct rollup *rollup, struct arena *arena, struct metrics_groups *groups)
{
    *groups = (struct metrics_groups){.list = arena_array(arena, rollup->group_count + 1, sizeof *groups->list)};
    if (groups->list == NULL)
        return false;
    collect(query, frame, rollup, groups);
    if (query->column_count == 0)
        groups->count = 1;
    groups->shown = groups->count < query->limit ? groups->count : query->limit;
    if (!hide(query, arena, groups))
        return false;
    value_groups(query, groups);
    return true;
}

struct metrics_counts *metrics_group_points(const struct metrics_query *query, const struct metrics_frame *frame,
                                            const struct metrics_group *group, struct arena *arena)
{
    struct parts parts;
    struct metrics_counts *points = arena_array(arena, frame->point_count + 1, sizeof *points);
    if (points == NULL)
        return NULL;
    for (size_t i = 0; group->source && i < frame->point_count; i++)
        add_span(&points[i], group->source, &frame->points[i]);
    if (query->min_n <= 1)
        return points;
    if (!parts_init(&parts, points, frame->point_count, sizeof *points, arena))
        return NULL;
    hide_parts(query, &parts);
    /* All of them add up to the group. */
    for (size_t i = 0; i < frame->point_count; i++)
        points[i].hidden |= group->now.hidden;
    return points;
}
