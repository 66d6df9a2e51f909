/* SPDX-License-Identifier: MIT */
#include "metrics_groups.h"

#include "metrics/score.h"
#include "metrics_cut.h"
#include "publish.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static int64_t answers_of(const struct metrics_query *query, const struct metrics_counts *counts)
{
    int64_t n = 0;
    for (size_t m = 0; m < query->choice.count; m++)
        n += metrics_n(&query->choice, counts, m);
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

/* Each metric by itself: their numbers of answers differ. */
static void hide_parts(const struct metrics_query *query, const struct parts *parts)
{
    for (size_t m = 0; m < query->choice.count; m++) {
        for (size_t i = 0; i < parts->count; i++)
            parts->n[i] = metrics_n(&query->choice, part(parts, i), m);
        publish_hide(parts->n, parts->count, query->min_n, parts->hidden);
        for (size_t i = 0; i < parts->count; i++)
            part(parts, i)->hidden |= (unsigned)parts->hidden[i] << m;
    }
}

static void hide_total(const struct metrics_query *query, struct metrics_counts *total)
{
    for (size_t m = 0; m < query->choice.count; m++)
        total->hidden |= (unsigned)publish_is_hidden(metrics_n(&query->choice, total, m), query->min_n) << m;
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

/* Counters for every group that there may be, and for the totals; without a comparison one block of zeros serves as all
 * earlier ones. */
static enum status make_room(const struct metrics_query *query, size_t count, struct arena *arena,
                             struct metrics_groups *groups)
{
    size_t windows = query->has_earlier ? 2 : 1;
    size_t width = (size_t)query->choice.width;
    int64_t *counters;
    if (count * windows * width > METRICS_COUNTERS_MAX)
        return STATUS_TOO_LARGE;
    groups->list = arena_array(arena, count + 1, sizeof *groups->list);
    counters = metrics_counters_new(&query->choice, (count + 1) * windows + 2, arena);
    if (groups->list == NULL || counters == NULL)
        return STATUS_NO_MEMORY;
    groups->now.counters = counters;
    groups->earlier.counters = counters + width;
    for (size_t i = 0; i <= count; i++) {
        groups->list[i].now.counters = counters + (i * windows + 2) * width;
        groups->list[i].earlier.counters =
            query->has_earlier ? groups->list[i].now.counters + width : groups->earlier.counters;
    }
    return STATUS_OK;
}

static void collect(const struct metrics_query *query, const struct metrics_frame *frame, const struct rollup *rollup,
                    struct metrics_groups *groups)
{
    for (size_t g = 0; g < rollup->group_count; g++) {
        struct metrics_group *group = &groups->list[groups->count++];
        group->source = &rollup->groups[g];
        metrics_add_span(&query->choice, group->now.counters, group->source, &frame->now);
        if (query->has_earlier)
            metrics_add_span(&query->choice, group->earlier.counters, group->source, &frame->earlier);
    }
}

/* Those that answered other questions only, or at other times. */
static void drop_empty(const struct metrics_query *query, struct metrics_groups *groups)
{
    size_t kept = 0;
    for (size_t i = 0; i < groups->count; i++) {
        struct metrics_group group = groups->list[i];
        group.n = answers_of(query, &group.now);
        if (group.n > 0 || answers_of(query, &group.earlier) > 0 || query->column_count == 0)
            groups->list[kept++] = group;
    }
    groups->count = kept;
}

static void add_totals(const struct metrics_query *query, struct metrics_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        metrics_add(&query->choice, groups->now.counters, groups->list[i].now.counters);
        if (query->has_earlier)
            metrics_add(&query->choice, groups->earlier.counters, groups->list[i].earlier.counters);
    }
}

static int first_of(int a, int b, int c)
{
    if (a >= 0)
        return a;
    return b >= 0 ? b : c;
}

/* Where nobody answered in one window, the number is of what it is compared with; else of what the total is of. */
static void choose_slot(const struct metrics_choice *choice, struct metrics_counts *counts,
                        const struct metrics_counts *beside, const struct metrics_counts *total, size_t m)
{
    int nobody = first_of(metrics_only_slot(choice, beside->counters, m, METRICS_MIXED),
                          metrics_only_slot(choice, total->counters, m, METRICS_MIXED), (int)choice->metrics[m].newest);
    counts->slots[m] = (int16_t)metrics_only_slot(choice, counts->counters, m, nobody);
}

static void choose_slots(const struct metrics_query *query, struct metrics_groups *groups)
{
    for (size_t m = 0; m < query->choice.count; m++) {
        choose_slot(&query->choice, &groups->now, &groups->earlier, &groups->now, m);
        choose_slot(&query->choice, &groups->earlier, &groups->now, &groups->earlier, m);
        for (size_t i = 0; i < groups->count; i++) {
            struct metrics_group *group = &groups->list[i];
            choose_slot(&query->choice, &group->now, &group->earlier, &groups->now, m);
            choose_slot(&query->choice, &group->earlier, &group->now, &groups->now, m);
        }
    }
}

static double value_of(const struct metrics_query *query, const struct metrics_counts *counts)
{
    struct histogram histogram;
    if (query->is_rescaled)
        return metrics_published_rescaled(&query->choice, counts, query->metric).mean;
    if (metrics_is_mixed(counts, query->metric))
        return (double)NAN;
    histogram = metrics_published(&query->choice, counts, query->metric);
    return score_value(metrics_definition(&query->choice, counts, query->metric), &histogram);
}

/* What is hidden has no place in an order by value either. */
static void value_groups(const struct metrics_query *query, struct metrics_groups *groups)
{
    for (size_t i = 0; query->order == METRICS_ORDER_VALUE && i < groups->count; i++)
        groups->list[i].value = value_of(query, &groups->list[i].now);
}

enum status metrics_groups_make(struct metrics_query *query, const struct metrics_frame *frame,
                                const struct rollup *rollup, struct arena *arena, struct metrics_groups *groups)
{
    enum status status;
    *groups = (struct metrics_groups){.count = 0};
    if (frame->point_count * (size_t)query->choice.width > METRICS_COUNTERS_MAX)
        return STATUS_TOO_LARGE;
    status = make_room(query, rollup->group_count, arena, groups);
    if (status != STATUS_OK)
        return status;
    collect(query, frame, rollup, groups);
    if (!metrics_cut(query, frame, groups, arena))
        return STATUS_NO_MEMORY;
    drop_empty(query, groups);
    add_totals(query, groups);
    if (query->column_count == 0)
        groups->count = 1;
    groups->shown = groups->count < query->limit ? groups->count : query->limit;
    choose_slots(query, groups);
    if (!hide(query, arena, groups))
        return STATUS_NO_MEMORY;
    value_groups(query, groups);
    return STATUS_OK;
}

struct metrics_counts *metrics_points_new(const struct metrics_query *query, const struct metrics_frame *frame,
                                          struct arena *arena)
{
    struct metrics_counts *points = arena_array(arena, frame->point_count + 1, sizeof *points);
    int64_t *counters = metrics_counters_new(&query->choice, frame->point_count, arena);
    if (points == NULL || counters == NULL)
        return NULL;
    for (size_t i = 0; i < frame->point_count; i++)
        points[i].counters = counters + i * (size_t)query->choice.width;
    return points;
}

static void fill_point(const struct metrics_query *query, const struct metrics_span *span,
                       const struct metrics_group *group, struct metrics_counts *point)
{
    const struct metrics_choice *choice = &query->choice;
    int nobody;
    memset(point->counters, 0, (size_t)choice->width * sizeof *point->counters);
    point->hidden = 0;
    if (group->source)
        metrics_add_span(choice, point->counters, group->source, span);
    for (size_t m = 0; m < choice->count; m++) {
        if (group->kept && group->kept[m] >= 0)
            metrics_keep(choice, point->counters, m, (size_t)group->kept[m]);
        nobody = first_of(group->now.slots[m], (int)choice->metrics[m].newest, 0);
        point->slots[m] = (int16_t)metrics_only_slot(choice, point->counters, m, nobody);
    }
}

bool metrics_points_fill(const struct metrics_query *query, const struct metrics_frame *frame,
                         const struct metrics_group *group, struct arena *arena, struct metrics_counts *points)
{
    struct parts parts;
    for (size_t i = 0; i < frame->point_count; i++)
        fill_point(query, &frame->points[i], group, &points[i]);
    if (query->min_n <= 1)
        return true;
    if (!parts_init(&parts, points, frame->point_count, sizeof *points, arena))
        return false;
    hide_parts(query, &parts);
    /* All of them add up to the group. */
    for (size_t i = 0; i < frame->point_count; i++)
        points[i].hidden |= group->now.hidden;
    return true;
}
