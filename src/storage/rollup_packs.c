/* SPDX-License-Identifier: MIT */
#include "rollup_packs.h"

#include "connection.h"
#include "query.h"
#include "rollup_read.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

enum { COUNT_SIZE = 4, KEY_SIZE = 8, GROUP_SIZE = ROLLUP_KEYS * KEY_SIZE + ROLLUP_COUNTERS * COUNT_SIZE };
/* Columns of rollup_read_packs. */
enum { COLUMN_PROJECT, COLUMN_KEYS, COLUMN_BUCKET = COLUMN_KEYS + ROLLUP_KEYS, COLUMN_COUNTS, COLUMN_GROUPS };

/* None, one dimension, or the pair that is asked for most. */
bool rollup_packs_hold(const struct rollup_query *query)
{
    static const uint32_t pair = 1u << DIMENSION_CHANNEL | 1u << DIMENSION_REGION;
    bool is_held =
        query->definition_count == 0 && (__builtin_popcount(query->group_by) <= 1 || query->group_by == pair);
    for (int d = 0; d < DIMENSION_COUNT; d++)
        is_held = is_held && query->value_counts[d] == 0;
    return is_held;
}

size_t rollup_pack_groups(int size)
{
    assert(size % GROUP_SIZE == 0);
    return (size_t)size / GROUP_SIZE;
}

const char *rollup_pack_group(const char *bytes, uint64_t keys[ROLLUP_KEYS], int32_t counts[ROLLUP_COUNTERS])
{
    for (int k = 0; k < ROLLUP_KEYS; k++, bytes += KEY_SIZE) {
        memcpy(&keys[k], bytes, KEY_SIZE);
        keys[k] = be64toh(keys[k]);
    }
    for (int i = 0; i < ROLLUP_COUNTERS; i++, bytes += COUNT_SIZE) {
        uint32_t count;
        memcpy(&count, bytes, sizeof count);
        counts[i] = (int32_t)be32toh(count);
    }
    return bytes;
}

static enum status add_pack(struct rollup_sum *sum, const struct result *result, int row)
{
    int size;
    const char *bytes = result_bytes(result, row, COLUMN_GROUPS, &size);
    enum status status = STATUS_OK;
    for (size_t left = rollup_pack_groups(size); status == STATUS_OK && left > 0; left--) {
        uint64_t keys[ROLLUP_KEYS];
        int32_t counts[ROLLUP_COUNTERS];
        struct rollup_row *into;
        bytes = rollup_pack_group(bytes, keys, counts);
        status = rollup_sum_row(sum, result_int4(result, row, COLUMN_PROJECT), keys,
                                result_int4(result, row, COLUMN_BUCKET), &into);
        for (int i = 0; status == STATUS_OK && i < ROLLUP_COUNTERS; i++)
            into->point.counts[i] += counts[i];
    }
    return status;
}

static enum status add_counts(struct rollup_sum *sum, const struct result *result, int row)
{
    int64_t counts[ROLLUP_COUNTERS];
    uint64_t keys[ROLLUP_KEYS];
    struct rollup_row *into;
    enum status status;
    for (int k = 0; k < ROLLUP_KEYS; k++)
        keys[k] = (uint64_t)result_int8(result, row, COLUMN_KEYS + k);
    status = rollup_sum_row(sum, result_int4(result, row, COLUMN_PROJECT), keys,
                            result_int4(result, row, COLUMN_BUCKET), &into);
    if (status != STATUS_OK)
        return status;
    rollup_counts(result, row, COLUMN_COUNTS, counts, ROLLUP_COUNTERS);
    for (int i = 0; i < ROLLUP_COUNTERS; i++)
        into->point.counts[i] += counts[i];
    return STATUS_OK;
}

enum status rollup_packs_read(struct connection *connection, const struct rollup_query *query, struct arena *arena,
                              struct rollup_row **rows, size_t *count)
{
    struct arguments arguments;
    struct rollup_sum sum;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    rollup_window_arguments(&arguments, query);
    argument_int4(&arguments, (int32_t)query->group_by);
    argument_int4(&arguments, ROLLUP_ROWS_MAX + 1);
    rollup_skip_arguments(&arguments, query);
    status = query_run(connection, QUERY_ROLLUP_READ_PACKS, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && result_rows(result) > ROLLUP_ROWS_MAX)
        status = STATUS_TOO_LARGE;
    rollup_sum_init(&sum, arena);
    for (int row = 0; status == STATUS_OK && row < result_rows(result); row++)
        status =
            result_is_null(result, row, COLUMN_GROUPS) ? add_counts(&sum, result, row) : add_pack(&sum, result, row);
    result_free(result);
    *rows = sum.rows;
    *count = sum.count;
    return status;
}
