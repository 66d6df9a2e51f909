/* SPDX-License-Identifier: MIT */
#include "storage/rollup.h"

#include "connection.h"
#include "query.h"
#include "rollup_group.h"
#include "rollup_packs.h"
#include "rollup_read.h"
#include "storage/dictionary.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

_Static_assert(DICTIONARY_VALUES_MOST < 1 << ROLLUP_KEY_BITS, "ids of values fit into a key");
_Static_assert(DIMENSION_COUNT <= ROLLUP_KEYS * ROLLUP_KEY_DIMENSIONS, "all dimensions fit into the keys");

void rollup_key_arguments(struct arguments *arguments, uint32_t group_by)
{
    uint64_t masks[ROLLUP_KEYS] = {0};
    for (int d = 0; d < DIMENSION_COUNT; d++)
        if (group_by >> d & 1)
            masks[d / ROLLUP_KEY_DIMENSIONS] |= UINT64_C(0xffff) << (d % ROLLUP_KEY_DIMENSIONS * ROLLUP_KEY_BITS);
    for (int k = 0; k < ROLLUP_KEYS; k++)
        argument_int8(arguments, (int64_t)masks[k]);
}

static void filter_arguments(struct arguments *arguments, const struct rollup_query *query)
{
    int32_t filtered = 0;
    for (int d = 0; d < DIMENSION_COUNT; d++)
        filtered |= (query->value_counts[d] > 0) << d;
    argument_int4(arguments, filtered);
    argument_array(arguments, ARRAY_INT2);
    for (int d = 0; d < DIMENSION_COUNT; d++)
        for (size_t i = 0; i < query->value_counts[d]; i++)
            element_int2(arguments, (int16_t)d);
    argument_array(arguments, ARRAY_TEXT);
    for (int d = 0; d < DIMENSION_COUNT; d++)
        for (size_t i = 0; i < query->value_counts[d]; i++)
            element_text(arguments, query->values[d][i]);
}

void rollup_window_arguments(struct arguments *arguments, const struct rollup_query *query)
{
    argument_array(arguments, ARRAY_INT4);
    for (size_t i = 0; i < query->project_count; i++)
        element_int4(arguments, query->project_ids[i]);
    argument_int4(arguments, query->from);
    argument_int4(arguments, query->to);
    if (query->calendar) {
        argument_array(arguments, ARRAY_INT4);
        for (size_t i = 0; i < query->calendar->count; i++)
            element_int4(arguments, query->calendar->boundaries[i]);
    } else {
        argument_null(arguments);
    }
    rollup_key_arguments(arguments, query->group_by);
}

void rollup_arguments(struct arguments *arguments, const struct rollup_query *query)
{
    rollup_window_arguments(arguments, query);
    filter_arguments(arguments, query);
    argument_int4(arguments, ROLLUP_ROWS_MAX + 1);
}

void rollup_skip_arguments(struct arguments *arguments, const struct rollup_query *query)
{
    if (query->skip_from < query->skip_to) {
        argument_int4(arguments, query->skip_from);
        argument_int4(arguments, query->skip_to);
    } else {
        argument_null(arguments);
        argument_null(arguments);
    }
}

void definition_arguments(struct arguments *arguments, const struct rollup_query *query)
{
    if (query->definition_count == 0) {
        argument_null(arguments);
        argument_null(arguments);
        return;
    }
    argument_array(arguments, ARRAY_INT4);
    for (size_t i = 0; i < query->definition_count; i++)
        element_int4(arguments, query->definitions[i].project_id);
    argument_array(arguments, ARRAY_INT4);
    for (size_t i = 0; i < query->definition_count; i++)
        element_int4(arguments, query->definitions[i].id);
}

/* The header has 20 bytes, then come length and value of each. */
void rollup_counts(const struct result *result, int row, int column, int64_t *counts, size_t count)
{
    static const size_t header = 20, element = 12, length = 4;
    int size;
    const char *bytes = result_bytes(result, row, column, &size);
    assert(bytes != NULL && (size_t)size == header + count * element);
    for (size_t i = 0; i < count; i++) {
        uint64_t big;
        memcpy(&big, bytes + header + i * element + length, sizeof big);
        counts[i] = (int64_t)be64toh(big);
    }
}

static enum status read_rows(const struct result *result, struct arena *arena, struct rollup_row **rows, size_t *count)
{
    *count = (size_t)result_rows(result);
    if (*count > ROLLUP_ROWS_MAX)
        return STATUS_TOO_LARGE;
    *rows = arena_array(arena, *count + 1, sizeof **rows);
    if (*rows == NULL)
        return STATUS_NO_MEMORY;
    for (int i = 0; i < result_rows(result); i++) {
        struct rollup_row *row = &(*rows)[i];
        row->project_id = result_int4(result, i, 0);
        for (int k = 0; k < ROLLUP_KEYS; k++)
            row->keys[k] = (uint64_t)result_int8(result, i, 1 + k);
        row->point.bucket = result_int4(result, i, 1 + ROLLUP_KEYS);
        row->definition = result_is_null(result, i, 2 + ROLLUP_KEYS) ? -1 : result_int4(result, i, 2 + ROLLUP_KEYS);
        rollup_counts(result, i, 3 + ROLLUP_KEYS, row->point.counts,
                      row->definition < 0 ? (size_t)ROLLUP_COUNTERS : (size_t)ROLLUP_SCORES);
    }
    return STATUS_OK;
}

enum status rollup_rows(struct connection *connection, enum query_name name, struct arguments *arguments,
                        struct arena *arena, struct rollup_row **rows, size_t *count)
{
    struct result *result;
    enum status status = query_run(connection, name, arguments, &result);
    if (status == STATUS_OK)
        status = read_rows(result, arena, rows, count);
    result_free(result);
    return status;
}

static enum status read_all(struct connection *connection, const struct rollup_query *query, struct arena *arena,
                            struct rollup_row **rows, size_t *count)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    rollup_arguments(&arguments, query);
    rollup_skip_arguments(&arguments, query);
    definition_arguments(&arguments, query);
    status = rollup_rows(connection, QUERY_ROLLUP_READ, &arguments, arena, rows, count);
    arguments_clear(&arguments);
    return status;
}

/* One statement sees one moment; the names that follow are never taken away. */
enum status rollup_read(struct connection *connection, const struct rollup_query *query, struct arena *arena,
                        struct rollup *rollup)
{
    struct rollup_row *rows;
    size_t count;
    enum status status = rollup_packs_hold(query) ? rollup_packs_read(connection, query, arena, &rows, &count)
                                                  : read_all(connection, query, arena, &rows, &count);
    return status == STATUS_OK ? rollup_group(connection, query, rows, count, arena, rollup) : status;
}
