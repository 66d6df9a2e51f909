/* SPDX-License-Identifier: MIT */
#include "storage/cube.h"

#include "cube_rows.h"
#include "rollup_packs.h"

#include <stdlib.h>
#include <string.h>

/* Of groups and buckets; a year by day of all the groups that a day is kept in. */
enum { PLACES_MAX = 400000 };

bool cube_is_for(const struct rollup_query *query)
{
    return query->project_count == 1 && rollup_packs_hold(query);
}

void cube_free(struct cube *cube)
{
    if (cube)
        arena_free(cube->arena);
}

size_t cube_bytes(const struct cube *cube)
{
    return arena_size(cube->arena);
}

size_t cube_group_count(const struct cube *cube)
{
    return cube->group_count;
}

const struct cube_scope *cube_scope_of(const struct cube *cube)
{
    return &cube->scope;
}

/* --- what it can tell ---------------------------------------------------------------------------------------------- */

bool cube_reaches(const struct cube *cube, const struct rollup_query *query)
{
    return query->project_ids[0] == cube->scope.project_id && query->group_by == cube->scope.group_by &&
           query->from >= cube->scope.from && query->to <= cube->scope.to;
}

static bool is_outside(const struct cube_period *period, const struct rollup_query *query)
{
    return period->to <= query->from || period->from >= query->to;
}

static bool is_skipped(const struct cube_period *period, const struct rollup_query *query)
{
    return period->from >= query->skip_from && period->to <= query->skip_to;
}

static bool is_cut_by_skip(const struct cube_period *period, const struct rollup_query *query)
{
    return query->skip_from < query->skip_to && period->from < query->skip_to && period->to > query->skip_from;
}

static size_t count_buckets(const struct rollup_query *query)
{
    return query->calendar ? query->calendar->count : 1;
}

/* The bucket that holds the quarter, from `bucket` on. */
static size_t find_bucket(const struct rollup_query *query, size_t bucket, int32_t quarter)
{
    while (query->calendar && query->calendar->boundaries[bucket + 1] <= quarter)
        bucket++;
    return bucket;
}

bool cube_tells(const struct cube *cube, const struct rollup_query *query)
{
    size_t bucket = 0;
    if (!cube_reaches(cube, query) || cube->group_count * count_buckets(query) > PLACES_MAX)
        return false;
    for (size_t i = 0; i < cube->period_count; i++) {
        const struct cube_period *period = &cube->periods[i];
        if (is_outside(period, query) || is_skipped(period, query))
            continue;
        if (period->from < query->from || period->to > query->to || is_cut_by_skip(period, query))
            return false;
        bucket = find_bucket(query, bucket, period->from);
        if (query->calendar && period->to > query->calendar->boundaries[bucket + 1])
            return false;
    }
    return true;
}

/* --- telling ------------------------------------------------------------------------------------------------------- */

/* The points of each group and bucket that has rows, by group and then by bucket. */
struct tally {
    const struct cube *cube;
    const struct rollup_query *query;
    size_t bucket_count;
    int32_t *places; /* by group and bucket: which point, from 1; 0: none */
    struct rollup_point *points;
    size_t point_count;
};

typedef void row_fn(struct tally *tally, const struct cube_row *row, size_t place);

static void each_row(struct tally *tally, row_fn *take)
{
    size_t bucket = 0;
    for (size_t i = 0; i < tally->cube->period_count; i++) {
        const struct cube_period *period = &tally->cube->periods[i];
        if (is_outside(period, tally->query) || is_skipped(period, tally->query))
            continue;
        bucket = find_bucket(tally->query, bucket, period->from);
        for (size_t r = period->first_row; r < period->end_row; r++) {
            const struct cube_row *row = &tally->cube->rows[r];
            take(tally, row, row->group * tally->bucket_count + bucket);
        }
    }
}

static void mark(struct tally *tally, const struct cube_row *row, size_t place)
{
    (void)row;
    tally->point_count += tally->places[place] == 0;
    tally->places[place] = 1;
}

static void add(struct tally *tally, const struct cube_row *row, size_t place)
{
    int64_t *counts = tally->points[tally->places[place] - 1].counts;
    for (int i = 0; i < ROLLUP_COUNTERS; i++)
        counts[i] += row->counts[i];
}

static void number_points(struct tally *tally)
{
    int32_t number = 0;
    for (size_t i = 0; i < tally->cube->group_count * tally->bucket_count; i++) {
        if (tally->places[i] == 0)
            continue;
        tally->points[number].bucket = (int32_t)(i % tally->bucket_count);
        tally->places[i] = ++number;
    }
}

static enum status count(struct tally *tally, struct arena *arena)
{
    tally->places = arena_array(arena, tally->cube->group_count * tally->bucket_count + 1, sizeof *tally->places);
    if (tally->places == NULL)
        return STATUS_NO_MEMORY;
    each_row(tally, mark);
    if (tally->point_count > ROLLUP_ROWS_MAX)
        return STATUS_TOO_LARGE;
    tally->points = arena_array(arena, tally->point_count + 1, sizeof *tally->points);
    if (tally->points == NULL)
        return STATUS_NO_MEMORY;
    number_points(tally);
    each_row(tally, add);
    return STATUS_OK;
}

/* The group's points, close together; those that were counted and taken away again are none. */
static void take_points(const struct tally *tally, size_t number, struct rollup_group *group)
{
    for (size_t b = 0; b < tally->bucket_count; b++) {
        int32_t place = tally->places[number * tally->bucket_count + b];
        struct rollup_point *point;
        if (place == 0)
            continue;
        point = &tally->points[place - 1];
        if (group->point_count == 0)
            group->points = point;
        if (rollup_has_answers(point))
            group->points[group->point_count++] = *point;
    }
}

static bool name(const struct tally *tally, size_t number, struct arena *arena, struct rollup_group *group)
{
    group->project_id = tally->query->by_project ? tally->cube->scope.project_id : 0;
    memcpy(group->values, tally->cube->groups[number].values, sizeof group->values);
    return dimension_values_copy(group->values, arena);
}

enum status cube_answer(const struct cube *cube, const struct rollup_query *query, struct arena *arena,
                        struct rollup *rollup)
{
    struct tally tally = {.cube = cube, .query = query, .bucket_count = count_buckets(query)};
    enum status status = count(&tally, arena);
    *rollup = (struct rollup){.groups = arena_array(arena, cube->group_count + 1, sizeof *rollup->groups)};
    if (status == STATUS_OK && rollup->groups == NULL)
        status = STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < cube->group_count; i++) {
        struct rollup_group *group = &rollup->groups[rollup->group_count];
        *group = (struct rollup_group){.points = NULL};
        take_points(&tally, i, group);
        if (group->point_count == 0)
            continue;
        rollup->group_count++;
        if (!name(&tally, i, arena, group))
            status = STATUS_NO_MEMORY;
    }
    return status;
}
