/* SPDX-License-Identifier: MIT */
#include "dictionary_store.h"

#include "query.h"

/* Ids of a lookup's values, in the order of the dimensions; 0: missing, -1: not known yet. */
struct value_ids {
    int32_t id[DIMENSION_COUNT];
};

static void list_values(struct arguments *arguments, struct cell_lookup **lookups, size_t count)
{
    argument_int4(arguments, lookups[0]->key->project_id);
    argument_array(arguments, ARRAY_INT2);
    for (size_t i = 0; i < count; i++)
        for (int d = 0; d < DIMENSION_COUNT; d++)
            element_int2(arguments, (int16_t)d);
    argument_array(arguments, ARRAY_TEXT);
    for (size_t i = 0; i < count; i++)
        for (int d = 0; d < DIMENSION_COUNT; d++)
            element_text(arguments, lookups[i]->key->values[d]);
}

static enum status find_values(struct connection *connection, struct cell_lookup **lookups, struct value_ids *ids,
                               size_t count, bool *complete)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    for (size_t i = 0; i < count; i++)
        for (int d = 0; d < DIMENSION_COUNT; d++)
            ids[i].id[d] = text_is_absent(lookups[i]->key->values[d]) ? 0 : -1;
    arguments_init(&arguments);
    list_values(&arguments, lookups, count);
    status = query_run(connection, QUERY_DIMENSION_VALUE_FIND, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    for (int row = 0; row < result_rows(result); row++) {
        int64_t position = result_int8(result, row, 0) - 1;
        ids[position / DIMENSION_COUNT].id[position % DIMENSION_COUNT] = result_int4(result, row, 1);
    }
    result_free(result);
    *complete = true;
    for (size_t i = 0; i < count; i++)
        for (int d = 0; d < DIMENSION_COUNT; d++)
            *complete = *complete && ids[i].id[d] != -1;
    return STATUS_OK;
}

static enum status add_values(struct connection *connection, int32_t limit, struct cell_lookup **lookups, size_t count)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    list_values(&arguments, lookups, count);
    argument_int4(&arguments, limit);
    status = query_execute(connection, QUERY_DIMENSION_VALUE_ADD, &arguments);
    arguments_clear(&arguments);
    return status;
}

static bool has_all_values(const struct value_ids *ids)
{
    for (int d = 0; d < DIMENSION_COUNT; d++)
        if (ids->id[d] == -1)
            return false;
    return true;
}

/* A lookup whose value could not be added sends NULLs, which match nothing and add nothing. */
static void list_cells(struct arguments *arguments, struct cell_lookup **lookups, const struct value_ids *ids,
                       size_t count, int dimensions)
{
    argument_int4(arguments, lookups[0]->key->project_id);
    for (int d = 0; d < dimensions; d++) {
        argument_array(arguments, ARRAY_INT4);
        for (size_t i = 0; i < count; i++) {
            if (has_all_values(&ids[i]))
                element_int4(arguments, ids[i].id[d]);
            else
                element_null(arguments);
        }
    }
}

static enum status find_cells(struct connection *connection, struct cell_lookup **lookups, const struct value_ids *ids,
                              size_t count, bool *complete)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    for (size_t i = 0; i < count; i++)
        lookups[i]->status = STATUS_TOO_LARGE;
    arguments_init(&arguments);
    list_cells(&arguments, lookups, ids, count, DIMENSION_SENT);
    status = query_run(connection, QUERY_CELL_FIND, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    for (int row = 0; row < result_rows(result); row++) {
        struct cell_lookup *lookup = lookups[result_int8(result, row, 0) - 1];
        lookup->cell_id = result_int4(result, row, 1);
        lookup->status = STATUS_OK;
    }
    *complete = result_rows(result) == (int)count;
    result_free(result);
    return STATUS_OK;
}

static enum status add_cells(struct connection *connection, int32_t limit, struct cell_lookup **lookups,
                             const struct value_ids *ids, size_t count)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    list_cells(&arguments, lookups, ids, count, DIMENSION_COUNT);
    argument_int4(&arguments, limit);
    status = query_execute(connection, QUERY_CELL_ADD, &arguments);
    arguments_clear(&arguments);
    return status;
}

static enum status lock_project(struct connection *connection, int32_t project_id)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, project_id);
    status = query_execute(connection, QUERY_DICTIONARY_LOCK, &arguments);
    arguments_clear(&arguments);
    return status;
}

/* Dense ids and the caps need one writer at a time: the project's counters are locked until the commit. */
static enum status add_missing(struct connection *connection, const struct dictionary_limits *limits,
                               struct cell_lookup **lookups, struct value_ids *ids, size_t count)
{
    bool complete;
    enum status status = connection_begin(connection);
    if (status == STATUS_OK)
        status = lock_project(connection, lookups[0]->key->project_id);
    if (status == STATUS_OK)
        status = add_values(connection, limits->values, lookups, count);
    if (status == STATUS_OK)
        status = find_values(connection, lookups, ids, count, &complete);
    if (status == STATUS_OK)
        status = add_cells(connection, limits->cells, lookups, ids, count);
    if (status == STATUS_OK)
        status = find_cells(connection, lookups, ids, count, &complete);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}

enum status dictionary_store_cells(struct connection *connection, const struct dictionary_limits *limits,
                                   struct cell_lookup **lookups, size_t count, struct arena *arena)
{
    struct value_ids *ids = arena_array(arena, count, sizeof *ids);
    bool complete = false;
    enum status status;
    if (ids == NULL)
        return STATUS_NO_MEMORY;
    status = find_values(connection, lookups, ids, count, &complete);
    if (status == STATUS_OK && complete)
        status = find_cells(connection, lookups, ids, count, &complete);
    if (status == STATUS_OK && !complete)
        status = add_missing(connection, limits, lookups, ids, count);
    return status;
}
