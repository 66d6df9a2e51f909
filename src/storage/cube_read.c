/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "connection.h"
#include "cube_rows.h"
#include "query.h"
#include "rollup_packs.h"
#include "rollup_read.h"

#include <stdlib.h>
#include <string.h>

/* Columns of cube_read. */
enum {
    COLUMN_FROM,
    COLUMN_TO,
    COLUMN_KIND,
    COLUMN_VERSION,
    COLUMN_KEYS,
    COLUMN_COUNTS = COLUMN_KEYS + ROLLUP_KEYS,
    COLUMN_GROUPS
};
/* Its kinds of rows. */
enum kind { KIND_DAY, KIND_COUNTED, KIND_WAITING };

/* A row of the result, and when it is of. */
struct source {
    int32_t from;
    int32_t to;
    enum kind kind;
    int row;
    const struct cube_period *had; /* of the cube before; NULL: the row is all there is */
};

/* The keys of groups are found by rollup_sum, as rows of one bucket. */
struct reading {
    struct cube *cube;
    const struct cube *before; /* NULL: none */
    int32_t *groups_before;    /* by its groups: which row of keys, from 1; 0: not looked up yet */
    const struct result *result;
    struct arena *arena; /* of what is not kept */
    struct source *sources;
    size_t source_count;
    struct rollup_sum keys;
};

static void version_arguments(struct arguments *arguments, const struct cube *before)
{
    argument_array(arguments, ARRAY_INT8);
    for (size_t i = 0; before && i < before->period_count; i++)
        if (before->periods[i].version != 0)
            element_int8(arguments, before->periods[i].version);
}

/* Where the time begins, too: of that day the first part is not asked for. */
static void cut_arguments(struct arguments *arguments, const struct cube_scope *scope)
{
    argument_array(arguments, ARRAY_INT4);
    element_int4(arguments, scope->from);
    for (size_t i = 0; i < scope->cut_count; i++)
        if (scope->cuts[i] != scope->from)
            element_int4(arguments, scope->cuts[i]);
}

static enum status ask(struct connection *connection, const struct reading *reading, size_t rows_max,
                       struct result **result)
{
    const struct cube_scope *scope = &reading->cube->scope;
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, scope->project_id);
    argument_int4(&arguments, scope->from);
    argument_int4(&arguments, scope->to);
    rollup_key_arguments(&arguments, scope->group_by);
    argument_int4(&arguments, (int32_t)scope->group_by);
    argument_int4(&arguments, (int32_t)rows_max + 1);
    version_arguments(&arguments, reading->before);
    cut_arguments(&arguments, scope);
    status = query_run(connection, QUERY_CUBE_READ, &arguments, result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && (size_t)result_rows(*result) > rows_max) {
        result_free(*result);
        *result = NULL;
        status = STATUS_TOO_LARGE;
    }
    return status;
}

/* --- sources ------------------------------------------------------------------------------------------------------- */

/* Of those that begin together the longest first: it is the period. */
static int by_time(const void *a, const void *b)
{
    const struct source *left = a;
    const struct source *right = b;
    int order = (left->from > right->from) - (left->from < right->from);
    if (order == 0)
        order = (left->to < right->to) - (left->to > right->to);
    return order ? order : (int)left->kind - (int)right->kind;
}

static int by_begin(const void *key, const void *item)
{
    int32_t from = *(const int32_t *)key;
    int32_t other = ((const struct cube_period *)item)->from;
    return (from > other) - (from < other);
}

/* The day as the cube before has it, unless it was another version. */
static const struct cube_period *find_had(const struct cube *before, int32_t from, int64_t version)
{
    const struct cube_period *period =
        bsearch(&from, before->periods, before->period_count, sizeof *before->periods, by_begin);
    return period && period->version == version ? period : NULL;
}

static struct source source_of(const struct reading *reading, int row)
{
    struct source source = {.from = result_int4(reading->result, row, COLUMN_FROM),
                            .to = result_int4(reading->result, row, COLUMN_TO),
                            .kind = (enum kind)result_int4(reading->result, row, COLUMN_KIND),
                            .row = row};
    if (source.kind == KIND_DAY && reading->before)
        source.had = find_had(reading->before, source.from, result_int8(reading->result, row, COLUMN_VERSION));
    return source;
}

static size_t count_rows(const struct reading *reading, const struct source *source)
{
    int size;
    if (source->had)
        return source->had->waiting_row - source->had->first_row;
    if (result_bytes(reading->result, source->row, COLUMN_GROUPS, &size))
        return rollup_pack_groups(size);
    return source->kind != KIND_DAY;
}

/* Room for exactly what there is, so that a cube's size is its contents. */
static enum status make_room(struct reading *reading)
{
    struct cube *cube = reading->cube;
    size_t groups_before = reading->before ? reading->before->group_count : 0;
    size_t rows = 0;
    reading->source_count = (size_t)result_rows(reading->result);
    reading->sources = arena_array(reading->arena, reading->source_count + 1, sizeof *reading->sources);
    reading->groups_before = arena_array(reading->arena, groups_before + 1, sizeof *reading->groups_before);
    if (reading->sources == NULL || reading->groups_before == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < reading->source_count; i++) {
        reading->sources[i] = source_of(reading, (int)i);
        rows += count_rows(reading, &reading->sources[i]);
    }
    qsort(reading->sources, reading->source_count, sizeof *reading->sources, by_time);
    cube->periods = arena_array(cube->arena, reading->source_count + 1, sizeof *cube->periods);
    cube->rows = arena_array(cube->arena, rows + 1, sizeof *cube->rows);
    return cube->periods && cube->rows ? STATUS_OK : STATUS_TOO_LARGE;
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

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

/* The group of this cube that is the same as one of the cube before. */
static enum status find_again(struct reading *reading, uint32_t before, uint32_t *group)
{
    int32_t *place = &reading->groups_before[before];
    enum status status = STATUS_OK;
    if (*place == 0) {
        status = find_group(reading, reading->before->keys[before], group);
        *place = status == STATUS_OK ? (int32_t)*group + 1 : 0;
    }
    *group = (uint32_t)*place - 1;
    return status;
}

static enum status take_again(struct reading *reading, const struct cube_period *had)
{
    struct cube *cube = reading->cube;
    enum status status = STATUS_OK;
    for (size_t i = had->first_row; status == STATUS_OK && i < had->waiting_row; i++) {
        struct cube_row *into = &cube->rows[cube->row_count++];
        *into = reading->before->rows[i];
        status = find_again(reading, reading->before->rows[i].group, &into->group);
    }
    return status;
}

/* Sources come by time, so it is the last one or a new one. An answer that is in no counter yet is part of its day. */
static struct cube_period *find_period(struct cube *cube, const struct source *source)
{
    if (cube->period_count == 0 || cube->periods[cube->period_count - 1].to <= source->from)
        cube->periods[cube->period_count++] = (struct cube_period){
            .from = source->from, .to = source->to, .first_row = cube->row_count, .waiting_row = cube->row_count};
    return &cube->periods[cube->period_count - 1];
}

static enum status take_rows(struct reading *reading, const struct source *source)
{
    if (source->had)
        return take_again(reading, source->had);
    if (!result_is_null(reading->result, source->row, COLUMN_GROUPS))
        return take_pack(reading, source->row);
    return source->kind == KIND_DAY ? STATUS_OK : take_counts(reading, source->row);
}

static enum status take(struct reading *reading, const struct source *source)
{
    struct cube_period *period = find_period(reading->cube, source);
    enum status status = take_rows(reading, source);
    if (source->kind == KIND_DAY)
        period->version = result_int8(reading->result, source->row, COLUMN_VERSION);
    period->end_row = reading->cube->row_count;
    if (source->kind != KIND_WAITING)
        period->waiting_row = period->end_row;
    return status;
}

/* --- groups -------------------------------------------------------------------------------------------------------- */

static enum status keep_groups(struct cube *cube, const struct rollup_group *groups, size_t count)
{
    cube->groups = arena_array(cube->arena, count + 1, sizeof *cube->groups);
    cube->keys = arena_array(cube->arena, count + 1, sizeof *cube->keys);
    if (cube->groups == NULL || cube->keys == NULL)
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
    for (size_t i = 0; status == STATUS_OK && i < reading->keys.count; i++)
        memcpy(cube->keys[reading->keys.rows[i].group], reading->keys.rows[i].keys, sizeof *cube->keys);
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
    *cube = (struct cube){.arena = arena, .scope = *scope, .read_us = clock_monotonic_us()};
    return cube;
}

/* A server that took over, or was set back, may give a number again that a version had: this session began before. */
static bool is_of_use(const struct cube *before, const struct cube *cube, const struct connection *connection)
{
    return before && before->read_us > connection->since_us && before->scope.project_id == cube->scope.project_id &&
           before->scope.group_by == cube->scope.group_by;
}

enum status cube_read(struct connection *connection, const struct cube_scope *scope, const struct cube *before,
                      size_t bytes_max, struct cube **cube)
{
    struct reading reading = {.arena = arena_new(0)};
    struct result *result = NULL;
    enum status status;

    *cube = NULL;
    reading.cube = cube_new(scope, bytes_max);
    if (reading.cube && is_of_use(before, reading.cube, connection))
        reading.before = before;
    status = reading.arena && reading.cube ? ask(connection, &reading, bytes_max / sizeof(struct cube_row), &result)
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
