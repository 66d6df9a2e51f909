/* SPDX-License-Identifier: MIT */
#include "metrics_groups.h"

#include "metrics/score.h"

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

struct histogram metrics_histogram(const int64_t counts[ROLLUP_COUNTERS], enum question question)
{
    struct histogram histogram;
    int first = 0;
    for (int q = 0; q < (int)question; q++)
        first += width(q);
    histogram_init(&histogram, question_scales[question].min, question_scales[question].max);
    for (int i = 0; i < width((int)question); i++)
        histogram.counts[i] = counts[first + i];
    return histogram;
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

static void add_up(const struct metrics_query *query, struct metrics_group *group)
{
    for (size_t p = 0; group->source && p < group->source->point_count; p++)
        for (int i = 0; i < ROLLUP_COUNTERS; i++)
            group->counts[i] += group->source->points[p].counts[i];
    for (int q = 0; q < QUESTION_COUNT; q++) {
        struct histogram histogram = metrics_histogram(group->counts, (enum question)q);
        if (metrics_query_has(query, q))
            group->n += histogram_n(&histogram);
    }
    if (query->order == METRICS_ORDER_QUESTION) {
        struct histogram histogram = metrics_histogram(group->counts, query->order_question);
        group->value = score_value(metrics_definition(query->order_question), &histogram);
    }
}

bool metrics_groups_make(const struct metrics_query *query, const struct rollup *rollup, struct arena *arena,
                         struct metrics_groups *groups)
{
    const struct metrics_query *context = query;
    *groups = (struct metrics_groups){.list = arena_array(arena, rollup->group_count + 1, sizeof *groups->list)};
    if (groups->list == NULL)
        return false;
    for (size_t g = 0; g < rollup->group_count; g++) {
        struct metrics_group *group = &groups->list[groups->count];
        group->source = &rollup->groups[g];
        add_up(query, group);
        /* One that answered other questions only. */
        if (group->n == 0 && query->column_count > 0) {
            *group = (struct metrics_group){0};
            continue;
        }
        groups->count++;
        for (int i = 0; i < ROLLUP_COUNTERS; i++)
            groups->total[i] += group->counts[i];
    }
    if (query->column_count == 0)
        groups->count = 1;
    qsort_r(groups->list, groups->count, sizeof *groups->list, compare, &context);
    groups->shown = groups->count < query->limit ? groups->count : query->limit;
    return true;
}
