/* SPDX-License-Identifier: MIT */
#include "call.h"
#include "http/reply.h"
#include "parse.h"

/* Decoding more than this would hold up the loop's other requests. */
enum { INLINE_BYTES = 64 * 1024 };

struct call *request_call(const struct request *request)
{
    return request_context(request);
}

const struct principal *request_principal(const struct request *request)
{
    return &request_call(request)->principal;
}

const struct parameter_value *request_parameter(const struct request *request, size_t i)
{
    return &request_call(request)->parameters[i];
}

static void begin(void *context, struct request *request)
{
    struct call *call = arena_alloc(request_arena(request), sizeof *call);
    if (call == NULL) {
        problem_of_status(request, STATUS_NO_MEMORY, "request");
        return;
    }
    call->service = context;
    lines_init(&call->lines, PARSE_OBJECT_BYTES);
    request_set_context(request, call);
    if (!authenticate(request, call))
        return;
    call->parameters =
        parameters_parse(request, directory_time_zones(call->service->directory), call->principal.project);
    if (call->parameters == NULL)
        return;
    if (request_route(request)->flags & ROUTE_BODY)
        admit_body(request);
}

enum outcome run_handler(struct request *request, struct connection *connection)
{
    return request_route(request)->handler(request, request_call(request)->service, connection);
}

static bool runs_inline(const struct request *request)
{
    size_t size = 0;
    request_body(request, &size);
    return (request_route(request)->flags & ROUTE_INLINE) && size <= INLINE_BYTES;
}

static enum outcome hand_over(struct service *service, struct request *request)
{
    if (workers_submit(service->workers, request))
        return PENDING;
    problem_of_status(request, STATUS_BUSY, "request");
    answer_end(request);
    return HANDLED;
}

/* Where all cores are busy, each thread that a question is handed to makes it wait. False: it takes a connection. */
static bool answer_at_once(struct request *request)
{
    if (!(request_route(request)->flags & ROUTE_AT_ONCE) || !answer_is_short(request))
        return false;
    (void)run_handler(request, NULL);
    if (reply_status(request) == 0)
        return false;
    answer_end(request);
    return true;
}

static enum outcome handle(void *context, struct request *request)
{
    struct service *service = context;
    if (reply_status(request) != 0)
        return HANDLED;
    if (runs_inline(request))
        return run_handler(request, NULL);
    switch (answer_ask(service->answers, request)) {
    case ANSWER_SET:
        return HANDLED;
    case ANSWER_WAITS:
        return PENDING;
    case ANSWER_READ:
        break;
    }
    return answer_at_once(request) ? HANDLED : hand_over(service, request);
}

static void end(void *context, struct request *request)
{
    struct call *call = request_call(request);
    (void)context;
    if (call == NULL)
        return;
    if (call->bulk)
        bulk_detach(call->bulk);
    lines_clear(&call->lines);
    snapshot_release(call->principal.snapshot);
}

struct http_application api_application(struct service *service)
{
    parse_start();
    return (struct http_application){.routes = api_routes,
                                     .route_count = api_route_count,
                                     .context = service,
                                     .begin = begin,
                                     .handle = handle,
                                     .end = end};
}
