/* SPDX-License-Identifier: MIT */
#include "body.h"
#include "call.h"
#include "handlers.h"
#include "http/reply.h"
#include "list_query.h"
#include "path.h"
#include "write.h"

enum outcome responses_get(struct request *request, struct service *service, struct connection *connection)
{
    const struct project *project = request_principal(request)->project;
    struct stored_response *row;
    struct buffer json;
    struct id id;
    enum status status;

    (void)service;
    if (!path_response_id(request, &id))
        return HANDLED;
    status = response_get(connection, project->id, &id, request_arena(request), &row);
    if (status != STATUS_OK) {
        problem_of_status(request, status, "response");
        return HANDLED;
    }
    buffer_init(&json);
    write_response(&json, row, request_principal(request));
    reply_json(request, 200, &json);
    return HANDLED;
}

/* --- the list ---------------------------------------------------------------------------------------------------- */

enum outcome responses_list(struct request *request, struct service *service, struct connection *connection)
{
    struct response_filter filter;
    struct response_page page;
    struct buffer json;
    const char *list;
    enum status status;

    (void)service;
    if (!list_query_responses(request, &filter))
        return HANDLED;
    list = list_query_responses_name(&filter);
    status = response_list(connection, &filter, request_arena(request), &page);
    if (status != STATUS_OK) {
        problem_of_status(request, status, "list");
        return HANDLED;
    }
    buffer_init(&json);
    buffer_string(&json, "{\"data\":[");
    for (size_t i = 0; i < page.count; i++) {
        buffer_string(&json, i ? "," : "");
        write_response(&json, &page.rows[i], request_principal(request));
    }
    write_page_end(request, &json,
                   page.has_more ? cursor_seal(request_arena(request), list, page.last_us, &page.last_id) : NULL);
    reply_json(request, 200, &json);
    return HANDLED;
}

/* --- the patch --------------------------------------------------------------------------------------------------- */

enum outcome responses_patch(struct request *request, struct service *service, struct connection *connection)
{
    const struct principal *principal = request_principal(request);
    struct ingest_item *item = arena_alloc(request_arena(request), sizeof *item);
    struct patch *patch = arena_alloc(request_arena(request), sizeof *patch);
    struct id id;

    (void)service;
    (void)connection;
    if (item == NULL || patch == NULL) {
        problem_of_status(request, STATUS_NO_MEMORY, "patch");
        return HANDLED;
    }
    if (!path_response_id(request, &id) || !body_patch(request, patch))
        return HANDLED;
    if (patch->sets_excluded && principal->key->scope == SCOPE_WRITE) {
        reply_problem(request, 403, "forbidden", "Only an admin key may exclude an answer from the numbers.");
        return HANDLED;
    }
    patch->id = id;
    item->kind = INGEST_PATCH;
    item->patch = patch;
    return submit_item(request, item);
}
