/* SPDX-License-Identifier: MIT */
#include "storage/fold.h"

#include "query.h"

/* So few that a writer who needs one of their rows waits for milliseconds. */
enum { CELLS_A_TURN = 500 };

static enum status fold_turn(struct connection *connection, enum query_name query, struct arguments *arguments,
                             int64_t *cells)
{
    struct result *result;
    enum status status = query_run(connection, query, arguments, &result);
    *cells = status == STATUS_OK ? result_int8(result, 0, 0) : 0;
    result_free(result);
    return status;
}

static enum status fold_table(struct connection *connection, enum query_name query, struct arguments *arguments,
                              int64_t *cells)
{
    int64_t folded = CELLS_A_TURN;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && folded == CELLS_A_TURN) {
        status = fold_turn(connection, query, arguments, &folded);
        *cells += folded;
    }
    return status;
}

enum status fold_slots(struct connection *connection, int32_t project_id, int32_t from, int32_t to, int64_t *cells)
{
    struct arguments arguments;
    enum status status;

    arguments_init(&arguments);
    argument_int4(&arguments, project_id);
    argument_int4(&arguments, from);
    argument_int4(&arguments, to);
    argument_int4(&arguments, CELLS_A_TURN);
    *cells = 0;
    status = fold_table(connection, QUERY_SLOT_FOLD, &arguments, cells);
    if (status == STATUS_OK)
        status = fold_table(connection, QUERY_SLOT_FOLD_QUESTION, &arguments, cells);
    arguments_clear(&arguments);
    return status;
}

enum status fold_closed(struct connection *connection, int32_t from, int32_t to, int64_t *cells)
{
    struct result *result;
    enum status status = query_run(connection, QUERY_DAY_PROJECTS, NULL, &result);
    *cells = 0;
    for (int row = 0; status == STATUS_OK && row < result_rows(result); row++) {
        int64_t folded;
        status = fold_slots(connection, result_int4(result, row, 0), from, to, &folded);
        *cells += folded;
    }
    result_free(result);
    return status;
}
