/* SPDX-License-Identifier: MIT */
#include "storage/customer.h"

#include "handlers.h"
#include "http/reply.h"
#include "write.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000, CUSTOMER_CHARACTERS = 128 };

enum export_parameter { EXPORT_LIMIT, EXPORT_CURSOR };

const struct parameter customers_export_parameters[] = {
    [EXPORT_LIMIT] = {.name = "limit", .type = PARAMETER_INTEGER, .min = 1, .max = LIMIT_MAX},
    [EXPORT_CURSOR] = {.name = "cursor", .type = PARAMETER_CURSOR},
    {0},
};

/* What keeps a cursor in the responses apart from one in the events that follow. */
static const char IN_RESPONSES[] = "export-responses";
static const char IN_EVENTS[] = "export-events";

static bool is_customer(struct text id)
{
    size_t characters = 0;
    return text_is_utf8(id, &characters) && characters >= 1 && characters <= CUSTOMER_CHARACTERS &&
           !text_has_control(id);
}

static bool open_cursor(struct text text, struct customer_query *query)
{
    query->has_cursor = true;
    if (cursor_open(text, IN_RESPONSES, &query->cursor_us, &query->cursor_id))
        return true;
    query->in_events = true;
    return cursor_open(text, IN_EVENTS, &query->cursor_us, &query->cursor_id);
}

static bool read_query(struct request *request, struct customer_query *query)
{
    const struct parameter_value *limit = request_parameter(request, EXPORT_LIMIT);
    const struct parameter_value *cursor = request_parameter(request, EXPORT_CURSOR);
    *query = (struct customer_query){
        .project_id = request_principal(request)->project->id,
        .customer_id = text_of(request_path_value(request, 0)),
        .limit = limit->is_set ? (int)limit->integer : LIMIT_DEFAULT,
    };
    if (!is_customer(query->customer_id))
        reply_fault(request, NULL, "customer_id", "must be 1 to %d characters long, without control characters",
                    CUSTOMER_CHARACTERS);
    if (cursor->is_set && !open_cursor(cursor->text, query))
        reply_fault(request, NULL, "cursor", "is not one that this list gave out");
    if (reply_fault_count(request) == 0)
        return true;
    reply_problem(request, 422, "validation", "The export can't be made as it is asked for.");
    return false;
}

static void send(struct request *request, const struct customer_query *query, const struct customer_page *page)
{
    const struct principal *principal = request_principal(request);
    struct buffer json;
    buffer_init(&json);
    buffer_string(&json, "{\"customer_id\":");
    write_text(&json, query->customer_id);
    buffer_string(&json, ",\"responses\":[");
    for (size_t i = 0; i < page->response_count; i++) {
        buffer_string(&json, i ? "," : "");
        write_response(&json, &page->responses[i], principal);
    }
    buffer_string(&json, "],\"events\":[");
    for (size_t i = 0; i < page->event_count; i++) {
        buffer_string(&json, i ? "," : "");
        write_event(&json, &page->events[i], principal->project);
    }
    write_page_end(request, &json,
                   page->has_more ? cursor_seal(request_arena(request), page->in_events ? IN_EVENTS : IN_RESPONSES,
                                                page->last_us, &page->last_id)
                                  : NULL);
    reply_json(request, 200, &json);
}

enum outcome customers_export(struct request *request, struct service *service, struct connection *connection)
{
    const struct principal *principal = request_principal(request);
    struct customer_query query;
    struct customer_page page;
    enum status status;

    (void)service;
    if (!read_query(request, &query))
        return HANDLED;
    status = customer_read(connection, &query, request_arena(request), &page);
    /* Whom nobody could tell of is given to nobody. */
    if (status == STATUS_OK)
        status = customer_note_export(connection, query.project_id, principal->key->id, page.response_count,
                                      page.event_count);
    if (status == STATUS_OK)
        send(request, &query, &page);
    else
        problem_of_status(request, status, "export");
    return HANDLED;
}
