/* SPDX-License-Identifier: MIT */
#include "event_row.h"

/* The order of the columns in event_list.sql, customer_events.sql. */
enum column {
    PROJECT_ID,
    ID,
    OCCURRED_AT,
    RECEIVED_AT,
    CELL_ID,
    KEY_ID,
    IS_TEST,
    ERASED,
    ACTION,
    STAGE,
    CUSTOMER_ID,
    SESSION_ID,
    INTERACTION_ID,
    RESPONSE_ID,
    DURATION_MS,
    AMOUNT,
    CURRENCY,
    SOURCE,
    PROPERTIES,
    DIMENSIONS
};

static bool read_row(const struct result *result, int row, struct arena *arena, struct stored_event *stored)
{
    struct event *event = &stored->event;
    bool failed = false;

    event->cell.project_id = result_int4(result, row, PROJECT_ID);
    event->id = result_id(result, row, ID);
    event->occurred_us = result_time(result, row, OCCURRED_AT);
    stored->received_us = result_time(result, row, RECEIVED_AT);
    event->cell_id = result_int4(result, row, CELL_ID);
    event->key_id = result_int4(result, row, KEY_ID);
    event->is_test = result_bool(result, row, IS_TEST);
    stored->erased = result_bool(result, row, ERASED);
    event->action = result_copy(result, row, ACTION, arena, &failed);
    event->stage = result_copy(result, row, STAGE, arena, &failed);
    event->customer_id = result_copy(result, row, CUSTOMER_ID, arena, &failed);
    event->session_id = result_copy(result, row, SESSION_ID, arena, &failed);
    event->interaction_id = result_copy(result, row, INTERACTION_ID, arena, &failed);
    event->has_response_id = !result_is_null(result, row, RESPONSE_ID);
    if (event->has_response_id)
        event->response_id = result_id(result, row, RESPONSE_ID);
    event->has_duration = !result_is_null(result, row, DURATION_MS);
    if (event->has_duration)
        event->duration_ms = result_int8(result, row, DURATION_MS);
    event->amount = result_copy(result, row, AMOUNT, arena, &failed);
    event->currency = result_copy(result, row, CURRENCY, arena, &failed);
    event->source = result_copy(result, row, SOURCE, arena, &failed);
    event->properties = result_copy(result, row, PROPERTIES, arena, &failed);
    for (int i = 0; i < DIMENSION_SENT; i++)
        event->cell.values[i] = result_copy(result, row, DIMENSIONS + i, arena, &failed);
    cell_key_seal(&event->cell);
    return !failed;
}

enum status event_rows_read(const struct result *result, struct arena *arena, struct stored_event **rows, size_t *count)
{
    *count = (size_t)result_rows(result);
    *rows = arena_array(arena, *count + 1, sizeof **rows);
    if (*rows == NULL)
        return STATUS_NO_MEMORY;
    for (size_t row = 0; row < *count; row++)
        if (!read_row(result, (int)row, arena, &(*rows)[row]))
            return STATUS_NO_MEMORY;
    return STATUS_OK;
}
