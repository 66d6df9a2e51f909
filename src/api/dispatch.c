/* SPDX-License-Identifier: MIT */
#include "call.h"
#include "handlers.h"
#include "http/reply.h"
#include "parse.h"

#include <string.h>
#include <strings.h>

enum {
    OBJECT_BYTES = 64 * 1024,
    ARRAY_BYTES = 1024 * 1024,
    STREAM_BYTES = 50 * 1024 * 1024,
    IDEMPOTENCY_KEY_BYTES = 255,
    INLINE_BYTES = 64 * 1024 /* decoding more than this would hold up the loop's other requests */
};

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

/* "application/json; charset=utf-8" is application/json. */
static bool has_media_type(const char *header, const char *type)
{
    size_t length = strlen(type);
    return strncasecmp(header, type, length) == 0 &&
           (header[length] == '\0' || header[length] == ';' || header[length] == ' ');
}

static bool is_submission(const struct route *route)
{
    return route->handler == responses_post || route->handler == events_post;
}

void admit_body(struct request *request)
{
    const struct route *route = request_route(request);
    const char *type = request_header(request, "Content-Type");
    const char *coding = request_header(request, "Content-Encoding");

    if (coding && strcasecmp(coding, "identity") != 0) {
        reply_problem(request, 415, "unsupported-media-type", "A body must come without Content-Encoding.");
        return;
    }
    if (type && is_submission(route) && has_media_type(type, "application/x-ndjson")) {
        request_call(request)->is_stream = true;
        request_stream(request, STREAM_BYTES, submit_take);
    } else if (type && (has_media_type(type, "application/json") ||
                        (route->method == HTTP_PATCH && has_media_type(type, "application/merge-patch+json")) ||
                        /* what sendBeacon sends without asking first */
                        (is_submission(route) && has_media_type(type, "text/plain")))) {
        request_collect(request, is_submission(route) ? ARRAY_BYTES : OBJECT_BYTES);
    } else {
        reply_header(request, is_submission(route) ? "Accept-Post" : "Accept",
                     is_submission(route) ? "application/json, application/x-ndjson" : "application/json");
        reply_problem(request, 415, "unsupported-media-type", "The Content-Type must be application/json%s.",
                      is_submission(route) ? " or application/x-ndjson" : "");
    }
}

/* An id is made of it: an empty one would give all its requests one id. */
static bool check_idempotency_key(struct request *request)
{
    const char *key = request_header(request, "Idempotency-Key");
    size_t length = key ? strlen(key) : 1;
    if (length >= 1 && length <= IDEMPOTENCY_KEY_BYTES)
        return true;
    reply_fault(request, NULL, "Idempotency-Key", "must be 1 to %d bytes long", IDEMPOTENCY_KEY_BYTES);
    reply_problem(request, 422, "validation", "1 fault in the header");
    return false;
}

static void begin(void *context, struct request *request)
{
    const struct route *route = request_route(request);
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
    if ((route->flags & ROUTE_BODY) && check_idempotency_key(request))
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
    return hand_over(service, request);
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
