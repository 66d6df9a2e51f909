/* SPDX-License-Identifier: MIT */
#include "storage/customer.h"

#include "event_row.h"
#include "list.h"
#include "response_row.h"
#include "storage/audit.h"

#include <stdio.h>

static enum status run(struct connection *connection, enum query_name name, const struct customer_query *query,
                       bool has_cursor, size_t limit, struct result **result)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, query->project_id);
    argument_text(&arguments, query->customer_id);
    argument_time(&arguments, has_cursor ? query->cursor_us : INT64_MAX);
    argument_id(&arguments, has_cursor ? &query->cursor_id : &LIST_FIRST_ID);
    argument_int4(&arguments, (int32_t)limit);
    status = query_run(connection, name, &arguments, result);
    arguments_clear(&arguments);
    return status;
}

static enum status read_responses(struct connection *connection, const struct customer_query *query,
                                  struct arena *arena, struct customer_page *page)
{
    struct result *result;
    enum status status =
        run(connection, QUERY_CUSTOMER_RESPONSES, query, query->has_cursor, (size_t)query->limit, &result);
    if (status == STATUS_OK)
        status = response_rows_read(result, arena, &page->responses, &page->response_count);
    result_free(result);
    if (status == STATUS_OK && page->response_count > 0) {
        const struct response *last = &page->responses[page->response_count - 1].response;
        page->last_us = last->occurred_us;
        page->last_id = last->id;
    }
    return status;
}

/* With what the responses left of the page. */
static enum status read_events(struct connection *connection, const struct customer_query *query, struct arena *arena,
                               struct customer_page *page)
{
    struct result *result;
    enum status status = run(connection, QUERY_CUSTOMER_EVENTS, query, query->has_cursor && query->in_events,
                             (size_t)query->limit - page->response_count, &result);
    if (status == STATUS_OK)
        status = event_rows_read(result, arena, &page->events, &page->event_count);
    result_free(result);
    if (status == STATUS_OK && page->event_count > 0) {
        page->in_events = true;
        page->last_us = page->events[page->event_count - 1].event.occurred_us;
        page->last_id = page->events[page->event_count - 1].event.id;
    }
    return status;
}

enum status customer_read(struct connection *connection, const struct customer_query *query, struct arena *arena,
                          struct customer_page *page)
{
    enum status status = connection_begin_snapshot(connection);
    *page = (struct customer_page){.in_events = query->in_events};
    if (status == STATUS_OK && !query->in_events)
        status = read_responses(connection, query, arena, page);
    if (status == STATUS_OK && page->response_count < (size_t)query->limit)
        status = read_events(connection, query, arena, page);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    page->has_more = page->response_count + page->event_count == (size_t)query->limit;
    return status;
}

enum status customer_note_export(struct connection *connection, int32_t project_id, int32_t key_id,
                                 size_t response_count, size_t event_count)
{
    char detail[80];
    const struct audit_act act = {
        .key_id = key_id, .act = "customer exported", .project_id = project_id, .detail = detail};
    enum status status = connection_begin_as(connection, DATABASE_WRITER);
    snprintf(detail, sizeof detail, "{\"responses\":%zu,\"events\":%zu}", response_count, event_count);
    if (status == STATUS_OK)
        status = audit_add(connection, &act, 1);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}
