/* SPDX-License-Identifier: MIT */
#include "storage/dedupe.h"

#include "connection.h"
#include "rollup_read.h"
#include "storage/dictionary.h"

#include <assert.h>

/* dedupe_read.sql packs a place, a cell and a counter into 63 bits. */
enum { PLACE_BITS = 32, CELL_BITS = 26, COUNTER_BITS = 5 };
_Static_assert(PLACE_BITS + CELL_BITS + COUNTER_BITS == 63, "an answer fits into a bigint");
_Static_assert(DICTIONARY_CELLS_MOST < 1 << CELL_BITS, "a cell fits");
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

static struct rollup_query query_of(const struct rollup_query *query, const struct dedupe_window *window)
{
    struct rollup_query of_window = *query;
    of_window.from = window->from;
    of_window.to = window->to;
    of_window.calendar = window->calendar;
    return of_window;
}

static enum status check_sizes(struct connection *connection, const struct rollup_query *query,
                               const struct dedupe_window *windows, size_t window_count, int32_t responses_max)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < window_count; i++) {
        struct rollup_query of_window = query_of(query, &windows[i]);
        status = check_size(connection, &of_window, responses_max);
    }
    return status;
}

static void question_argument(struct arguments *arguments, const struct rollup_query *query)
{
    if (query->definition_count == 0) {
        argument_null(arguments);
        return;
    }
    argument_array(arguments, ARRAY_INT4);
    for (size_t i = 0; i < query->definition_count; i++)
        element_int4(arguments, query->definitions[i].question);
}

static void left_out_arguments(struct arguments *arguments, const struct rollup_query *query)
{
    argument_array(arguments, ARRAY_INT4);
    for (size_t i = 0; i < query->left_out_count; i++)
        element_int4(arguments, query->left_out[i].project_id);
    argument_array(arguments, ARRAY_INT4);
    for (size_t i = 0; i < query->left_out_count; i++)
        element_int4(arguments, query->left_out[i].definition_id);
    argument_array(arguments, ARRAY_TEXT);
    for (size_t i = 0; i < query->left_out_count; i++)
        element_text(arguments, query->left_out[i].survey);
}

static enum status read_window(struct connection *connection, const struct rollup_query *query, enum dedupe dedupe,
                               struct arena *arena, struct rollup_row **rows, size_t *count)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    rollup_arguments(&arguments, query);
    argument_bool(&arguments, dedupe == DEDUPE_LAST);
    definition_arguments(&arguments, query);
    question_argument(&arguments, query);
    left_out_arguments(&arguments, query);
    status = rollup_rows(connection, QUERY_DEDUPE_READ, &arguments, arena, rows, count);
    arguments_clear(&arguments);
    return status;
}

static enum status read_windows(struct connection *connection, const struct rollup_query *query, enum dedupe dedupe,
                                const struct dedupe_window *windows, size_t window_count, struct arena *arena,
                                struct rollup *rollup)
{
    struct rollup_row *rows[DEDUPE_WINDOWS_MAX];
    size_t counts[DEDUPE_WINDOWS_MAX];
    struct rollup_row *all;
    size_t count = 0;
    int32_t bucket = 0;

    for (size_t w = 0; w < window_count; w++) {
        struct rollup_query of_window = query_of(query, &windows[w]);
        enum status status = read_window(connection, &of_window, dedupe, arena, &rows[w], &counts[w]);
        if (status != STATUS_OK)
            return status;
        count += counts[w];
    }
    all = arena_array(arena, count + 1, sizeof *all);
    if (all == NULL)
        return STATUS_NO_MEMORY;
    count = 0;
    for (size_t w = 0; w < window_count; w++) {
        for (size_t i = 0; i < counts[w]; i++) {
            all[count] = rows[w][i];
            all[count++].point.bucket += bucket;
        }
        bucket += windows[w].calendar ? (int32_t)windows[w].calendar->count : 1;
    }
    return rollup_group(connection, query, all, count, arena, rollup);
}

enum status dedupe_read(struct connection *connection, const struct rollup_query *query, enum dedupe dedupe,
                        const struct dedupe_window *windows, size_t window_count, int32_t responses_max,
                        struct arena *arena, struct rollup *rollup)
{
    enum status status = connection_begin_snapshot(connection);
    assert(dedupe != DEDUPE_ALL && window_count <= DEDUPE_WINDOWS_MAX);
    if (status == STATUS_OK)
        status = check_sizes(connection, query, windows, window_count, responses_max);
    if (status == STATUS_OK)
        status = read_windows(connection, query, dedupe, windows, window_count, arena, rollup);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}
