/* SPDX-License-Identifier: MIT */
#include "storage/dedupe.h"

#include "rollup_read.h"
#include "storage/dictionary.h"

#include <assert.h>

/* dedupe_read.sql packs a place, a cell and a counter into 63 bits. */
enum { PLACE_BITS = 32, CELL_BITS = 26, COUNTER_BITS = 5 };
_Static_assert(PLACE_BITS + CELL_BITS + COUNTER_BITS == 63, "an answer fits into a bigint");
_Static_assert(DICTIONARY_CELLS_MAX < 1 << CELL_BITS, "a cell fits");
_Static_assert(ROLLUP_COUNTERS < 1 << COUNTER_BITS, "a counter fits");

static const char *const names[DEDUPE_COUNT] = {[DEDUPE_ALL] = "all", [DEDUPE_FIRST] = "first", [DEDUPE_LAST] = "last"};

const char *dedupe_name(enum dedupe dedupe)
{
    return names[dedupe];
}

/* From the index alone, so that a window too large is refused in a tenth of the time that it would take. */
static enum status check_size(struct connection *connection, const struct rollup_query *query, int32_t responses_max)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    argument_array(&arguments, ARRAY_INT4);
    for (size_t i = 0; i < query->project_count; i++)
        element_int4(&arguments, query->project_ids[i]);
    argument_int4(&arguments, query->from);
    argument_int4(&arguments, query->to);
    argument_int4(&arguments, responses_max);
    status = query_run(connection, QUERY_DEDUPE_SIZE, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && result_int8(result, 0, 0) > responses_max)
        status = STATUS_INVALID;
    result_free(result);
    return status;
}

static enum status read(struct connection *connection, const struct rollup_query *query, enum dedupe dedupe,
                        struct arena *arena, struct rollup *rollup)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    rollup_arguments(&arguments, query);
    argument_bool(&arguments, dedupe == DEDUPE_LAST);
    status = rollup_run(connection, QUERY_DEDUPE_READ, &arguments, query, arena, rollup);
    arguments_clear(&arguments);
    return status;
}

enum status dedupe_read(struct connection *connection, const struct rollup_query *query, enum dedupe dedupe,
                        int32_t responses_max, struct arena *arena, struct rollup *rollup)
{
    enum status status = rollup_begin(connection);
    assert(dedupe != DEDUPE_ALL);
    if (status == STATUS_OK)
        status = check_size(connection, query, responses_max);
    if (status == STATUS_OK)
        status = read(connection, query, dedupe, arena, rollup);
    return rollup_end(connection, status);
}
