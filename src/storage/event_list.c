/* SPDX-License-Identifier: MIT */
#include "list.h"
#include "storage/event.h"

/* The order of the columns in event_list.sql. */
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

static enum status read_page(const struct result *result, struct arena *arena, struct event_page *page)
{
    page->count = (size_t)result_rows(result);
    page->rows = arena_array(arena, page->count + 1, sizeof *page->rows);
    if (page->rows == NULL)
        return STATUS_NO_MEMORY;
    for (size_t row = 0; row < page->count; row++)
        if (!read_row(result, (int)row, arena, &page->rows[row]))
            return STATUS_NO_MEMORY;
    return STATUS_OK;
}

static enum status list_in_snapshot(struct connection *connection, const struct event_filter *filter,
                                    struct arena *arena, struct event_page *page)
{
    struct list_range range = {filter->project_id, filter->from_us,
                               filter->has_cursor ? filter->cursor_us : filter->to_us,
                               filter->has_cursor ? filter->cursor_id : LIST_FIRST_ID, 0};
    struct arguments arguments;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    list_range_arguments(&arguments, &range);
    list_cell_arguments(&arguments, filter->values, filter->value_counts);
    argument_text(&arguments, filter->action);
    argument_text(&arguments, filter->stage);
    argument_text(&arguments, filter->customer_id);
    argument_text(&arguments, filter->session_id);
    argument_text(&arguments, filter->interaction_id);
    argument_int4(&arguments, filter->limit);
    argument_int4(&arguments, LIST_SCAN_MAX);
    status = query_run(connection, QUERY_EVENT_LIST, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    status = read_page(result, arena, page);
    result_free(result);
    if (status != STATUS_OK)
        return status;
    page->has_more = page->count == (size_t)filter->limit;
    if (page->has_more) {
        page->last_us = page->rows[page->count - 1].event.occurred_us;
        page->last_id = page->rows[page->count - 1].event.id;
        return STATUS_OK;
    }
    return list_edge(connection, QUERY_EVENT_LIST_EDGE, &range, &page->has_more, &page->last_us, &page->last_id);
}

enum status event_list(struct connection *connection, const struct event_filter *filter, struct arena *arena,
                       struct event_page *page)
{
    enum status status = connection_begin_snapshot(connection);
    if (status == STATUS_OK)
        status = list_in_snapshot(connection, filter, arena, page);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}
