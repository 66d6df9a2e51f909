/* SPDX-License-Identifier: MIT */
#include "connection.h"
#include "cube_rows.h"
#include "query.h"
#include "rollup_packs.h"
#include "rollup_read.h"

#include <stdlib.h>
#include <string.h>

/* Columns of cube_read. */
enum { COLUMN_FROM, COLUMN_TO, COLUMN_KEYS, COLUMN_COUNTS = COLUMN_KEYS + ROLLUP_KEYS, COLUMN_GROUPS };

/* A row of the result, and when it is of. */
struct source {
    int32_t from;
    int32_t to;
    int row;
};

/* The keys of groups are found by rollup_sum, as rows of one bucket. */
struct reading {
    struct cube *cube;
    const struct result *result;
    struct arena *arena; /* of what is not kept */
    struct source *sources;
    size_t source_count;
    struct rollup_sum keys;
};

static enum status ask(struct connection *connection, const struct cube_scope *scope, size_t rows_max,
                       struct result **result)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, scope->project_id);
    argument_int4(&arguments, scope->from);
    argument_int4(&arguments, scope->to);
    rollup_key_arguments(&arguments, scope->group_by);
    argument_int4(&arguments, (int32_t)scope->group_by);
    argument_int4(&arguments, (int32_t)rows_max + 1);
    status = query_run(connection, QUERY_CUBE_READ, &arguments, result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && (size_t)result_rows(*result) > rows_max) {
        result_free(*result);
        *result = NULL;
        status = STATUS_TOO_LARGE;
    }
    return status;
}

/* Of those that begin together the longest first: it is the period. */
static int by_time(const void *a, const void *b)
{
    const struct source *left = a;
    const struct source *right = b;
    int order = (left->from > right->from) - (left->from < right->from);
    return order ? order : (left->to < right->to) - (left->to > right->to);
}

static size_t count_rows(const struct reading *reading, const struct source *source)
{
    int size;
    return result_bytes(reading->result, source->row, COLUMN_GROUPS, &size) ? rollup_pack_groups(size) : 1;
}

/* Room for exactly what there is, so that a cube's size is its contents. */
static enum status make_room(struct reading *reading)
{
    struct cube *cube = reading->cube;
    size_t rows = 0;
    reading->source_count = (size_t)result_rows(reading->result);
    reading->sources = arena_array(reading->arena, reading->source_count + 1, sizeof *reading->sources);
    if (reading->sources == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < reading->source_count; i++) {
        int row = (int)i;
        reading->sources[i] = (struct source){result_int4(reading->result, row, COLUMN_FROM),
                                              result_int4(reading->result, row, COLUMN_TO), row};
        rows += count_rows(reading, &reading->sources[i]);
    }
    qsort(reading->sources, reading->source_count, sizeof *reading->sources, by_time);
    cube->periods = arena_array(cube->arena, reading->source_count + 1, sizeof *cube->periods);
    cube->rows = arena_array(cube->arena, rows + 1, sizeof *cube->rows);
    return cube->periods && cube->rows ? STATUS_OK : STATUS_TOO_LARGE;
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

static enum status find_group(struct reading *reading, const uint64_t keys[ROLLUP_KEYS], uint32_t *group)
{
    struct rollup_row *row;
    enum status status = rollup_sum_row(&reading->keys, reading->cube->scope.project_id, keys, 0, &row);
    if (status == STATUS_OK)
        *group = (uint32_t)(row - reading->keys.rows);
    return status;
}

static enum status take_pack(struct reading *reading, int row)
{
    struct cube *cube = reading->cube;
    int size;
    const char *bytes = result_bytes(reading->result, row, COLUMN_GROUPS, &size);
    enum status status = STATUS_OK;
    for (size_t left = rollup_pack_groups(size); status == STATUS_OK && left > 0; left--) {
        struct cube_row *into = &cube->rows[cube->row_count++];
        uint64_t keys[ROLLUP_KEYS];
        bytes = rollup_pack_group(bytes, keys, into->counts);
        status = find_group(reading, keys, &into->group);
    }
    return status;
}

static enum status take_counts(struct reading *reading, int row)
{
    struct cube_row *into = &reading->cube->rows[reading->cube->row_count++];
    int64_t counts[ROLLUP_COUNTERS];
    uint64_t keys[ROLLUP_KEYS];
    for (int k = 0; k < ROLLUP_KEYS; k++)
        keys[k] = (uint64_t)result_int8(reading->result, row, COLUMN_KEYS + k);
    rollup_counts(reading->result, row, COLUMN_COUNTS, counts, ROLLUP_COUNTERS);
    for (int i = 0; i < ROLLUP_COUNTERS; i++) {
        if (counts[i] > INT32_MAX || counts[i] < INT32_MIN)
            return STATUS_TOO_LARGE;
        into->counts[i] = (int32_t)counts[i];
    }
    return find_group(reading, keys, &into->group);
}

/* Sources come by time, so it is the last one or a new one. An answer that is in no counter yet is part of its day. */
static struct cube_period *find_period(struct cube *cube, const struct source *source)
{
    if (cube->period_count == 0 || cube->periods[cube->period_count - 1].to <= source->from)
        cube->periods[cube->period_count++] =
            (struct cube_period){.from = source->from, .to = source->to, .first_row = cube->row_count};
    return &cube->periods[cube->period_count - 1];
}

static enum status take(struct reading *reading, const struct source *source)
{
    struct cube_period *period = find_period(reading->cube, source);
    enum status status = result_is_null(reading->result, source->row, COLUMN_GROUPS) ? take_counts(reading, source->row)
                                                                                     : take_pack(reading, source->row);
    period->end_row = reading->cube->row_count;
    return status;
}

/* --- groups -------------------------------------------------------------------------------------------------------- */

static enum status keep_groups(struct cube *cube, const struct rollup_group *groups, size_t count)
{
    cube->groups = arena_array(cube->arena, count + 1, sizeof *cube->groups);
    if (cube->groups == NULL)
        return STATUS_TOO_LARGE;
    memcpy(cube->groups, groups, count * sizeof *groups);
    cube->group_count = count;
    for (size_t i = 0; i < count; i++)
        if (!dimension_values_copy(cube->groups[i].values, cube->arena))
            return STATUS_TOO_LARGE;
    return STATUS_OK;
}

/* They are numbered anew, in the order of their keys. */
static enum status name_groups(struct connection *connection, struct reading *reading)
{
    struct cube *cube = reading->cube;
    const struct rollup_query query = {
        .project_ids = &cube->scope.project_id, .project_count = 1, .group_by = cube->scope.group_by};
    struct rollup_group *groups;
    size_t count;
    enum status status = rollup_group_names(connection, &query, reading->keys.rows, reading->keys.count, reading->arena,
                                            &groups, &count);
    if (status == STATUS_OK)
        status = keep_groups(cube, groups, count);
    for (size_t i = 0; status == STATUS_OK && i < cube->row_count; i++)
        cube->rows[i].group = (uint32_t)reading->keys.rows[cube->rows[i].group].group;
    return status;
}

static enum status fill(struct connection *connection, struct reading *reading)
{
    enum status status = make_room(reading);
    rollup_sum_init(&reading->keys, reading->arena);
    for (size_t i = 0; status == STATUS_OK && i < reading->source_count; i++)
        status = take(reading, &reading->sources[i]);
    return status == STATUS_OK ? name_groups(connection, reading) : status;
}

static struct cube *cube_new(const struct cube_scope *scope, size_t bytes_max)
{
    struct arena *arena = arena_new(bytes_max);
    struct cube *cube = arena ? arena_alloc(arena, sizeof *cube) : NULL;
    if (cube == NULL) {
        arena_free(arena);
        return NULL;
    }
    *cube = (struct cube){.arena = arena, .scope = *scope};
    return cube;
}

enum status cube_read(struct connection *connection, const struct cube_scope *scope, size_t bytes_max,
                      struct cube **cube)
{
    struct reading reading = {.arena = arena_new(0)};
    struct result *result = NULL;
    enum status status;

    *cube = NULL;
    reading.cube = cube_new(scope, bytes_max);
    status = reading.arena && reading.cube ? ask(connection, scope, bytes_max / sizeof(struct cube_row), &result)
                                           : STATUS_NO_MEMORY;
    reading.result = result;
    if (status == STATUS_OK)
        status = fill(connection, &reading);
    if (status == STATUS_OK)
        *cube = reading.cube;
    else
        cube_free(reading.cube);
    result_free(result);
    arena_free(reading.arena);
    return status;
}
