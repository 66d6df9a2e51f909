/* SPDX-License-Identifier: MIT */
#include "streams.h"

#include "call.h"
#include "handlers.h"
#include "http/reply.h"

#include <string.h>

static const char EVENT_STREAM[] = "text/event-stream";
/* A comment: it shows that the server is there, and the server that its client is. */
static const char HEARTBEAT[] = ":\n\n";
enum { HEARTBEAT_SIZE = sizeof HEARTBEAT - 1 };

/* --- what is sent, on the loop's thread -------------------------------------------------------------------------------- */

static size_t send_some(struct stream *stream, char *bytes, size_t size)
{
    size_t left = stream->sending->size - stream->offset;
    size_t count = left < size ? left : size;
    memcpy(bytes, stream->sending->bytes + stream->offset, count);
    stream->offset += count;
    if (stream->offset == stream->sending->size) {
        notice_release(stream->sending);
        stream->sending = NULL;
    }
    return count;
}

/* The latest notice, whatever came before it. */
static void take_notice(struct stream *stream)
{
    const struct topic *topic = stream->topic;
    if (stream->sending != NULL || topic->notice == NULL || stream->told == topic->version)
        return;
    stream->sending = topic->notice;
    stream->sending->holders++;
    stream->offset = 0;
    stream->told = topic->version;
    stream->beat = topic->beat;
}

static ssize_t pull_locked(struct stream *stream, char *bytes, size_t size)
{
    take_notice(stream);
    if (stream->sending != NULL)
        return (ssize_t)send_some(stream, bytes, size);
    if (stream->ends)
        return STREAM_ENDS;
    if (stream->beat == stream->topic->beat || size < HEARTBEAT_SIZE)
        return 0;
    stream->beat = stream->topic->beat;
    memcpy(bytes, HEARTBEAT, HEARTBEAT_SIZE);
    return HEARTBEAT_SIZE;
}

static ssize_t pull(struct request *request, char *bytes, size_t size)
{
    struct call *call = request_call(request);
    struct streams *streams = call->service->streams;
    pthread_mutex_lock(&streams->lock);
    ssize_t count = pull_locked(call->stream, bytes, size);
    pthread_mutex_unlock(&streams->lock);
    return count;
}

/* --- its life ---------------------------------------------------------------------------------------------------------- */

static void leave(struct streams *streams, struct stream *stream)
{
    struct topic *topic = stream->topic;
    if (topic->next == stream)
        topic->next = LIST_NEXT(stream, link);
    LIST_REMOVE(stream, link);
    if (stream->sending != NULL)
        notice_release(stream->sending);
    stream->sending = NULL;
    topic->stream_count--;
    streams->count--;
    topic_free_unused(topic);
}

static void closed(struct request *request)
{
    struct call *call = request_call(request);
    struct streams *streams = call->service->streams;
    pthread_mutex_lock(&streams->lock);
    leave(streams, call->stream);
    pthread_mutex_unlock(&streams->lock);
    request_release(request);
}

void stream_open(struct stream *stream)
{
    stream->is_open = true;
    reply_stream(stream->request, EVENT_STREAM, pull, closed);
}

void stream_refuse(struct stream *stream, const struct request *reply)
{
    struct request *request = stream->request;
    reply_repeat(request, reply);
    leave(stream->topic->owner, stream);
    request_finish(request);
    request_release(request);
}

static bool has_room(struct request *request, struct streams *streams)
{
    if (!streams->is_draining && streams->count < streams->limit)
        return true;
    reply_header(request, "Retry-After", "5");
    if (streams->is_draining)
        reply_problem(request, 503, "unavailable", "The server stops.");
    else
        reply_problem(request, 503, "busy", "All %d streams are in use: ask GET /v1/metrics meanwhile.",
                      streams->limit);
    return false;
}

/* What stays open for hours must not keep the directory of its first moment. */
static void forget_principal(struct call *call)
{
    snapshot_release(call->principal.snapshot);
    call->principal = (struct principal){.snapshot = NULL};
}

static enum outcome join(struct streams *streams, struct request *request, struct stream *stream)
{
    struct topic *topic = has_room(request, streams) ? topic_of(streams, request) : NULL;
    if (topic == NULL) {
        if (reply_status(request) == 0)
            problem_of_status(request, STATUS_NO_MEMORY, "stream");
        return HANDLED;
    }
    *stream = (struct stream){.topic = topic, .request = request, .beat = topic->beat};
    request_call(request)->stream = stream;
    forget_principal(request_call(request));
    LIST_INSERT_HEAD(&topic->streams, stream, link);
    topic->stream_count++;
    streams->count++;
    request_hold(request);
    pthread_cond_signal(&streams->changed);
    if (topic->notice == NULL)
        return PENDING;
    stream_open(stream);
    return HANDLED;
}

/* GET /v1/metrics/stream. */
enum outcome metrics_stream(struct request *request, struct service *service, struct connection *connection)
{
    struct streams *streams = service->streams;
    struct stream *stream = arena_alloc(request_arena(request), sizeof *stream);
    (void)connection;
    if (stream == NULL) {
        problem_of_status(request, STATUS_NO_MEMORY, "stream");
        return HANDLED;
    }
    if (request_method(request) == HTTP_HEAD) {
        reply_static(request, 200, EVENT_STREAM, "", 0);
        return HANDLED;
    }
    pthread_mutex_lock(&streams->lock);
    enum outcome outcome = join(streams, request, stream);
    pthread_mutex_unlock(&streams->lock);
    return outcome;
}
