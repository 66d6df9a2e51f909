/* SPDX-License-Identifier: MIT */
#include "exchange.h"

#include "base/log.h"
#include "forwarded.h"
#include "loop.h"
#include "stream.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* --- answering ----------------------------------------------------------------------------------------------------- */

static void add_header(void *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) == MHD_NO) {
        log_warn("a header of a reply was lost for lack of memory");
    }
}

/* The body lies in the request, which lives until libmicrohttpd has sent it. */
static enum MHD_Result queue_reply(struct request *request)
{
    reply_settle(request);
    const struct reply *reply = &request->reply;
    struct MHD_Response *response =
        reply->pull != NULL
            ? stream_response(request)
            : MHD_create_response_from_buffer(reply->size, (void *)reply->bytes, MHD_RESPMEM_PERSISTENT);
    if (response == NULL) {
        return MHD_NO;
    }
    bool closes = reply->close || atomic_load(&request->loop->server->draining);
    reply_each_header(request, closes, add_header, response);
    enum MHD_Result result = MHD_queue_response(request->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    if (reply->pull != NULL) {
        request->phase = PHASE_STREAM;
        deadline_none(request->client);
    } else {
        request->phase = PHASE_ANSWERED;
        deadline_for_reply(request->loop, request->client, reply->size);
    }
    return result;
}

void exchange_write_reply(struct request *request)
{
    reply_settle(request);
    struct buffer bytes;
    buffer_init(&bytes);
    reply_write(request, &bytes);
    if (!bytes.failed && send(request->client->fd, bytes.data, bytes.size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        log_debug("a refusal could not be sent");
    }
    buffer_clear(&bytes);
    request->phase = PHASE_ANSWERED;
    request->client->lingers = true;
}

/* libmicrohttpd takes a reply before the body or after it, but none in between. */
static enum MHD_Result refuse_within_body(struct request *request)
{
    exchange_write_reply(request);
    return MHD_NO;
}

/* --- headers ------------------------------------------------------------------------------------------------------- */

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

static void split_target(struct request *request)
{
    char *target = request->target;
    if (*target != '/' && *target != '*') { /* http://host/path: the guard has seen to it */
        target = strstr(target, "://") + 3;
        target += strcspn(target, "/?");
    }
    request->path = *target == '/' || *target == '*' ? target : "/";
    char *mark = strchr(target, '?');
    if (mark != NULL) {
        *mark = '\0';
        request->query_text = mark + 1;
    }
}

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

static void decode_path(struct request *request)
{
    for (size_t i = 0; i < ROUTE_VALUES_MAX && request->match.values[i] != NULL; i++) {
        struct text piece = {.bytes = request->match.values[i], .size = request->match.sizes[i]};
        const char *wrong = NULL;
        request->values[i] = query_decode(request->arena, piece, false, &wrong);
        if (wrong != NULL) {
            reply_problem(request, 400, "bad-path", "part %zu of the path that varies %s", i + 1, wrong);
            return;
        }
    }
}

static void decode_query(struct request *request)
{
    struct text name;
    const char *wrong = query_parse(request->arena, request->query_text, &request->query, &name);
    if (wrong == NULL) {
        return;
    }
    char shown[65];
    snprintf(shown, sizeof shown, "%.*s", (int)(name.size > 64 ? 64 : name.size), name.bytes);
    reply_fault(request, NULL, shown, "%s", wrong);
    reply_problem(request, 400, "bad-query", "the query can't be read: %s %s", name.size == 0 ? "it" : shown, wrong);
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
    decode_path(request);
    if (request->reply.status == 0) {
        decode_query(request);
    }
    if (request->reply.status == 0) {
        const struct http_application *application = &request->loop->application;
        request->begun = true;
        application->begin(application->context, request);
    }
    if (request->reply.status == 0) {
        check_expected(request);
    }
}

static enum MHD_Result on_headers(struct request *request, const char *method, const char *version)
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
        split_target(request);
    } else {
        request->path = "";
    }
    if (request->reply.failed) {
        reply_settle(request);
    } else if (fields.too_many) {
        reply_problem(request, 431, "too-many-headers", "at most %d headers are taken", GUARD_FIELDS_MAX);
    } else if (wrong != NULL) {
        reply_problem(request, 400, "malformed-request", "%s", wrong);
    } else {
        settle_address(request);
        begin(request);
    }
    if (request->reply.status == 0) {
        request->phase = PHASE_BODY;
        deadline_for_body(request->loop, request->client);
        return MHD_YES;
    }
    request->phase = PHASE_ANSWERED;
    if (wrong == NULL && !fields.too_many && !request->expected.present) {
        return MHD_YES; /* queued in the next call: a reply that is queued in this one closes the connection */
    }
    request->reply.close = true;
    request->client->lingers = true;
    return queue_reply(request);
}

/* --- body ---------------------------------------------------------------------------------------------------------- */

static enum MHD_Result on_upload(struct request *request, const char *bytes, size_t *size)
{
    if (*size > request->limit - request->received) {
        reply_problem(request, 413, "body-too-large", "the body may have at most %zu bytes", request->limit);
        return refuse_within_body(request);
    }
    size_t taken = *size;
    if (request->collects) {
        buffer_append(&request->body, bytes, *size);
        request->reply.failed = request->body.failed;
    } else {
        taken = request->take(request, bytes, *size);
    }
    if (request->reply.failed || request->reply.status != 0) {
        return refuse_within_body(request);
    }
    request->received += taken;
    *size -= taken;
    deadline_of_body_extend(request->client, taken);
    if (*size > 0) {
        /* What was left comes again after the resumption, though the socket may stay silent. */
        request->phase = PHASE_PAUSED;
        deadline_of_body_pause(request->loop, request->client);
        exchange_suspend(request);
    }
    return MHD_YES;
}

/* A request that is handed over may be finished by another thread at any moment, before `handle` has returned, even. That is
 * only noted in the loop's list, which this very thread looks at after libmicrohttpd returned to it: so nothing is
 * resumed before it was suspended, and neither need happen before the request is handed over. */
static enum MHD_Result on_body_complete(struct request *request)
{
    const struct http_application *application = &request->loop->application;
    deadline_none(request->client);
    request_hold(request);
    if (application->handle(application->context, request) == HANDLED) {
        request_release(request);
        return queue_reply(request);
    }
    request->phase = PHASE_PENDING;
    return MHD_YES; /* and without a reply: libmicrohttpd asks once more on its next turn */
}

/* Only when that turn comes, and the request is not finished yet, is the connection suspended. Measured: 7 to 17 % less
 * CPU a request than with suspension at once, because some were finished by then, and because libmicrohttpd reads from a
 * resumed connection first unless it knew before that there is nothing to wait for. That read would also take a client that
 * shut its writing side for one that has gone. */
static enum MHD_Result on_still_pending(struct request *request)
{
    exchange_suspend(request);
    return MHD_YES;
}

/* --- libmicrohttpd's callbacks ------------------------------------------------------------------------------------- */

static struct client *client_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* The query is ours to decode, from our copy. libmicrohttpd would make an entry of each of its pairs in the memory of the
 * connection, and where they are so many that it runs out, closes the connection without a word. */
static void hide_query(const char *target)
{
    char *mark = target == NULL ? NULL : strchr(target, '?');
    if (mark != NULL)
        mark[1] = '\0'; /* it has found the mark itself already, and ends the path there */
}

void *exchange_on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    struct loop *loop = context;
    struct client *client = client_of(connection);
    access_begin(&loop->server->access);
    client->is_busy = true;
    deadline_for_rest_of_headers(loop, client);
    client->request = request_new(loop, client, connection, target == NULL ? "" : target);
    hide_query(target);
    return client->request;
}

static enum MHD_Result refuse_for_memory(struct client *client)
{
    static const char reply[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
                                "Content-Length: 0\r\n\r\n";
    client->lingers = true;
    (void)!send(client->fd, reply, sizeof reply - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    return MHD_NO;
}

enum MHD_Result exchange_on_access(void *loop, struct MHD_Connection *connection, const char *url, const char *method,
                                   const char *version, const char *upload, size_t *upload_size, void **context)
{
    struct request *request = *context;
    (void)loop;
    (void)url;
    if (request == NULL) {
        return refuse_for_memory(client_of(connection));
    }
    switch (request->phase) {
    case PHASE_HEADERS:
        return on_headers(request, method, version);
    case PHASE_BODY:
        return *upload_size > 0 ? on_upload(request, upload, upload_size) : on_body_complete(request);
    case PHASE_ANSWERED:
        return queue_reply(request);
    case PHASE_PENDING:
        return on_still_pending(request);
    case PHASE_PAUSED:
    case PHASE_STREAM:
    case PHASE_CUT:
        break;
    }
    return MHD_NO;
}

void exchange_on_completed(void *loop, struct MHD_Connection *connection, void **context,
                           enum MHD_RequestTerminationCode code)
{
    const struct http_server *server = ((struct loop *)loop)->server;
    struct client *client = client_of(connection);
    struct request *request = *context;
    /* What refuse_within_body wrote counts as a reply, though libmicrohttpd knows of none. */
    bool is_stream = request != NULL && request->phase == PHASE_STREAM; /* may end at any time */
    bool is_answered = code == MHD_REQUEST_TERMINATED_COMPLETED_OK || is_stream ||
                       (request != NULL && request->phase == PHASE_ANSWERED && client->lingers);
    client->is_busy = false;
    client->has_served = true;
    client->request = NULL;
    deadline_for_next_headers(loop, client);
    /* Replies of libmicrohttpd's own, such as a 431: input was left unread. */
    client->lingers = client->lingers || (code == MHD_REQUEST_TERMINATED_WITH_ERROR && !is_stream);
    *context = NULL;
    access_end(&server->access, request, !is_answered);
    if (request != NULL) {
        if (request->reply.pull != NULL) {
            stream_closed(request);
        }
        request_detach(request);
    }
}
