/* SPDX-License-Identifier: MIT */
#include "event_row.h"
#include "list.h"

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
    list_posted_arguments(&arguments, &filter->posted);
    status = query_run(connection, QUERY_EVENT_LIST, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    status = event_rows_read(result, arena, &page->rows, &page->count);
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
