/* SPDX-License-Identifier: MIT */
#include "handlers.h"
#include "http/reply.h"
#include "list_query.h"
#include "write.h"

enum outcome events_list(struct request *request, struct service *service, struct connection *connection)
{
    const struct project *project = request_principal(request)->project;
    struct event_filter filter;
    struct event_page page;
    struct buffer json;
    enum status status;

    (void)service;
    if (!list_query_events(request, &filter))
        return HANDLED;
    status = event_list(connection, &filter, request_arena(request), &page);
    if (status != STATUS_OK) {
        problem_of_status(request, status, "list");
        return HANDLED;
    }
    buffer_init(&json);
    buffer_string(&json, "{\"data\":[");
    for (size_t i = 0; i < page.count; i++) {
        buffer_string(&json, i ? "," : "");
        write_event(&json, &page.rows[i], project);
    }
    write_page_end(request, &json,
                   page.has_more ? cursor_seal(request_arena(request), LIST_EVENTS, page.last_us, &page.last_id)
                                 : NULL);
    reply_json(request, 200, &json);
    return HANDLED;
}
