/* SPDX-License-Identifier: MIT */
#include "head.h"

#include "forwarded.h"
#include "loop.h"
#include "target.h"

#include <string.h>
#include <strings.h>

/* --- as it was sent ------------------------------------------------------------------------------------------------ */

struct fields {
    struct guard_field list[GUARD_FIELDS_MAX];
    size_t count;
    bool too_many;
};

static enum MHD_Result take_field(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                  const char *value, size_t value_size)
{
    struct fields *fields = context;
    (void)kind;
    if (fields->count == GUARD_FIELDS_MAX) {
        fields->too_many = true;
        return MHD_NO;
    }
    fields->list[fields->count++] = (struct guard_field){
        .name = {.bytes = name, .size = name_size},
        .value = {.bytes = value == NULL ? "" : value, .size = value_size},
    };
    return MHD_YES;
}

/* Later versions check their input themselves, and lay it out in another way. */
static bool hides_input(void)
{
    return strncmp(MHD_get_version(), "0.", 2) == 0;
}

/* libmicrohttpd has 64 bytes of a connection's memory for each field beside its text, and half of it may be full of the body by then. */
static bool is_too_large(const struct request *request, const struct fields *fields)
{
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    size_t taken = (size == NULL ? 0 : size->header_size) + fields->count * HTTP_FIELD_BYTES;
    return taken > (size_t)request->loop->server->options.head_bytes;
}

static const char *check_headers(struct request *request, const char *method, const char *version,
                                 const struct fields *fields)
{
    const struct guard_request sent = {
        .method = method,
        .target = {.bytes = request->wire_target, .size = request->target_size},
        .version = version,
        .fields = fields->list,
        .field_count = fields->count,
    };
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    /* The target as it was sent: libmicrohttpd has decoded its own copy by now. */
    struct guard_request checked = sent;
    checked.target.bytes = request->target;
    const char *wrong = guard_check(&checked, &request->expected);
    if (wrong == NULL && size != NULL && hides_input() && !guard_accounts_for_all(&sent, method + size->header_size)) {
        wrong = "the header has folded lines, bare line feeds, NULs or more than one space in its first line";
    }
    return wrong;
}

/* --- what it asks for ---------------------------------------------------------------------------------------------- */

static void match_route(struct request *request)
{
    const struct http_server *server = request->loop->server;
    const struct route_set *set = request->client->is_admin ? &server->admin_routes : &server->main_routes;
    request->match = router_match(set->routes, set->count, request->method, request->path);
    if (request->match.route != NULL) {
        request->route_index = set->indexes[request->match.route - set->routes];
        request->route = &server->application.routes[request->route_index];
    }
}

static void reply_unmatched(struct request *request)
{
    char allow[64];
    router_allow(request->match.methods, allow, sizeof allow);
    if (request->match.methods == 0) {
        reply_problem(request, 404, "not-found", "there is nothing at this path");
        return;
    }
    reply_header(request, "Allow", allow);
    if (request->method != HTTP_OPTIONS) {
        reply_problem(request, 405, "method-not-allowed", "this path takes %s", allow);
        return;
    }
    if (request->match.cors) {
        reply_header(request, "Access-Control-Allow-Methods", allow);
        reply_header(request, "Access-Control-Allow-Headers",
                     "authorization, content-type, idempotency-key, x-request-id");
        reply_header(request, "Access-Control-Max-Age", "86400");
    }
    reply_empty(request, 204);
}

/* What `begin` asked for must fit what is coming. */
static void check_expected(struct request *request)
{
    const struct guard_body *expected = &request->expected;
    if (!expected->present) {
        return;
    }
    if (!request->collects && request->take == NULL) {
        reply_problem(request, 400, "unexpected-body", "%s of this path takes no body",
                      http_method_name(request->method));
    } else if (expected->has_length && expected->length > request->limit) {
        reply_problem(request, 413, "body-too-large", "the body may have at most %zu bytes", request->limit);
    }
}

/* The last of that name first, as forwarded.h wants them. */
static void settle_address(struct request *request)
{
    const struct http_proxies *proxies = &request->loop->server->options.proxies;
    const char *name = forwarded_header_name(proxies->forwarding);
    struct forwarded found;
    bool goes_on = request->client->is_proxy;
    forwarded_begin(&found, &request->client->address);
    for (size_t i = request->header_count; goes_on && i-- > 0;) {
        if (strcasecmp(request->headers[i].name, name) == 0) {
            goes_on = forwarded_add(&found, proxies, text_of(request->headers[i].value));
        }
    }
    request->address = address_subscriber(&found.client);
    request->is_limited = !request->client->is_admin && !address_is_loopback(&found.client);
}

static bool is_over_rate(struct request *request)
{
    const struct http_server *server = request->loop->server;
    const struct rate *rate = &server->options.address_rate;
    if (!request->is_limited || server->limiter == NULL) {
        return false;
    }
    struct rate_verdict verdict =
        limiter_take(server->limiter, request->address.bytes, ADDRESS_SIZE, rate, request->started_us);
    if (!verdict.allowed) {
        reply_limited(request, "address", rate, &verdict, "too many requests came from this address");
    }
    return !verdict.allowed;
}

/* Up to the first refusal. */
static void begin(struct request *request)
{
    match_route(request);
    if (is_over_rate(request)) {
        return;
    }
    if (request->route == NULL) {
        reply_unmatched(request);
        return;
    }
    target_decode(request);
    if (request->reply.status == 0) {
        const struct http_application *application = &request->loop->application;
        request->begun = true;
        application->begin(application->context, request);
    }
    if (request->reply.status == 0) {
        check_expected(request);
    }
}

bool head_take(struct request *request, const char *method, const char *version)
{
    struct fields fields __attribute__((uninitialized)); /* the build zeroes what has no value: 3 kB a request */
    fields.count = 0;
    fields.too_many = false;
    MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, take_field, &fields);
    const char *wrong = check_headers(request, method, version, &fields);
    request->method = http_method_parse(method);
    if (!request_take_headers(request, fields.list, fields.count)) {
        request->reply.failed = true;
    }
    if (wrong == NULL) {
        target_split(request);
    } else {
        request->path = "";
    }
    if (request->reply.failed) {
        reply_settle(request);
    } else if (fields.too_many) {
        reply_problem(request, 431, "too-many-headers", "at most %d headers are taken", GUARD_FIELDS_MAX);
    } else if (is_too_large(request, &fields)) {
        reply_problem(request, 431, "headers-too-large",
                      "The first line and the headers may take %d bytes, each header counting %d more than its own.",
                      request->loop->server->options.head_bytes, HTTP_FIELD_BYTES);
    } else if (wrong != NULL) {
        reply_problem(request, 400, "malformed-request", "%s", wrong);
    } else {
        settle_address(request);
        begin(request);
    }
    return wrong == NULL && request->reply.status != 431;
}
