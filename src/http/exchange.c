/* SPDX-License-Identifier: MIT */
#include "exchange.h"

#include "base/log.h"
#include "head.h"
#include "loop.h"
#include "stream.h"

#include <string.h>
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

/* libmicrohttpd takes a reply before the body or after it, but none in between; and it closes the connection without a word where the
 * headers of a reply don't fit into its memory. */
static enum MHD_Result refuse_by_ourselves(struct request *request)
{
    exchange_write_reply(request);
    return MHD_NO;
}

/* --- headers ------------------------------------------------------------------------------------------------------- */

static enum MHD_Result on_headers(struct request *request, const char *method, const char *version)
{
    bool is_sound = head_take(request, method, version);
    if (request->reply.status == 0) {
        request->phase = PHASE_BODY;
        deadline_for_body(request->loop, request->client);
        return MHD_YES;
    }
    if (request->reply.status == 431) {
        return refuse_by_ourselves(request); /* the connection's memory may be too full for a reply */
    }
    request->phase = PHASE_ANSWERED;
    if (is_sound && !request->expected.present) {
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
        return refuse_by_ourselves(request);
    }
    size_t taken = *size;
    if (request->collects) {
        buffer_append(&request->body, bytes, *size);
        request->reply.failed = request->body.failed;
    } else {
        taken = request->take(request, bytes, *size);
    }
    if (request->reply.failed || request->reply.status != 0) {
        return refuse_by_ourselves(request);
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
    /* What refuse_by_ourselves wrote counts as a reply, though libmicrohttpd knows of none. */
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
