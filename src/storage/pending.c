/* SPDX-License-Identifier: MIT */
#include "pending_rows.h"

#include "base/clock.h"
#include "columns.h"
#include "query.h"
#include "tally.h"

#include <assert.h>
#include <stdlib.h>

enum { ROOM = 4096 };
static_assert((int)ROOM <= (int)TALLY_MAX, "a counter could overflow");

struct pending_row {
    int32_t project_id;
    int64_t id;
};

struct pending {
    struct pending_row rows[ROOM];
    size_t row_count;
    struct tally tallies[ROOM];
    size_t tally_count;
    size_t answers;
    int64_t since_us;
};

struct pending *pending_new(void)
{
    return calloc(1, sizeof(struct pending));
}

void pending_free(struct pending *pending)
{
    free(pending);
}

size_t pending_answers(const struct pending *pending)
{
    return pending->answers;
}

int64_t pending_since_us(const struct pending *pending)
{
    return pending->since_us;
}

void pending_forget(struct pending *pending)
{
    pending->row_count = 0;
    pending->tally_count = 0;
    pending->answers = 0;
}

void pending_note(struct pending *pending, struct response *const *responses, size_t count, const struct result *result)
{
    size_t rows = (size_t)result_rows(result);
    if (rows > ROOM - pending->row_count || count > ROOM - pending->answers)
        return;
    if (pending->answers == 0)
        pending->since_us = clock_monotonic_us();
    for (size_t i = 0; i < rows; i++)
        pending->rows[pending->row_count++] =
            (struct pending_row){result_int4(result, (int)i, 0), result_int8(result, (int)i, 1)};
    pending->tally_count += tally_responses(responses, count, pending->tallies + pending->tally_count);
    pending->answers += count;
}

static void row_columns(struct arguments *arguments, const struct pending_row *rows, size_t count)
{
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, rows[i].project_id));
    COLUMN(arguments, ARRAY_INT8, element_int8(arguments, rows[i].id));
}

static void tally_columns(struct arguments *arguments, const struct tally *tallies, size_t count)
{
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, tallies[i].project_id));
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, tallies[i].quarter));
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, tallies[i].cell_id));
    for (size_t word = 0; word < TALLY_WORDS; word++)
        COLUMN(arguments, ARRAY_INT8, element_int8(arguments, tally_word(&tallies[i], word)));
}

static enum status open_projects(struct connection *connection, const struct pending *pending)
{
    int32_t ids[ROOM];
    for (size_t i = 0; i < pending->row_count; i++)
        ids[i] = pending->rows[i].project_id;
    return connection_open_each_project(connection, ids, pending->row_count);
}

enum status pending_fold(struct connection *connection, struct pending *pending, int16_t slot)
{
    struct arguments arguments;
    enum status status;
    if (pending->row_count == 0)
        return STATUS_OK;
    status = open_projects(connection, pending);
    if (status != STATUS_OK)
        return status;
    pending->tally_count = tally_merge(pending->tallies, pending->tally_count);
    arguments_init(&arguments);
    row_columns(&arguments, pending->rows, pending->row_count);
    argument_int2(&arguments, slot);
    tally_columns(&arguments, pending->tallies, pending->tally_count);
    status = query_execute(connection, QUERY_PENDING_FOLD, &arguments);
    arguments_clear(&arguments);
    if (status == STATUS_OK)
        pending_forget(pending);
    return status;
}

static enum status look(struct connection *connection, bool *is_left, bool *is_full)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, PENDING_OLD_S);
    status = query_run(connection, QUERY_PENDING_IS_LEFT, &arguments, &result);
    *is_left = status == STATUS_OK && result_bool(result, 0, 0);
    *is_full = status == STATUS_OK && result_bool(result, 0, 1);
    result_free(result);
    arguments_clear(&arguments);
    return status;
}

enum status pending_sweep(struct connection *connection, int seconds, int64_t *rows)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, seconds);
    status = query_run(connection, QUERY_PENDING_SWEEP, &arguments, &result);
    *rows = status == STATUS_OK ? result_int8(result, 0, 0) : 0;
    result_free(result);
    arguments_clear(&arguments);
    return status;
}

enum status pending_tend(struct connection *connection, int64_t *rows)
{
    bool is_left;
    bool is_full;
    /* A look takes no lock that a writer would wait for. */
    enum status status = look(connection, &is_left, &is_full);
    *rows = 0;
    if (status == STATUS_OK && is_left)
        status = pending_sweep(connection, PENDING_OLD_S, rows);
    if (status == STATUS_OK && is_full)
        status = query_execute(connection, QUERY_PENDING_VACUUM, NULL);
    return status;
}
