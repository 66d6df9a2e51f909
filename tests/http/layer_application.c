/* SPDX-License-Identifier: MIT */
#include "layer_application.h"

#include "http/reply.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct layer_counts layer_counts;
atomic_int layer_delay_ms;

/* --- the worker: another thread that finishes requests ----------------------------------------------------------------- */

enum { HELD_MAX = 4096 };

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t filled;
    pthread_t thread;
    struct request *held[HELD_MAX];
    size_t count;
    bool stops;
} worker = {.mutex = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER};

static struct {
    pthread_mutex_t mutex;
    struct request *held[HELD_MAX];
    int count;
    int opens_at;
} gate = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void start_thread(pthread_t *thread, void *(*run)(void *), void *context)
{
    int error = pthread_create(thread, NULL, run, context);
    assert(error == 0);
    (void)error;
}

static void sleep_ms(int ms)
{
    if (ms > 0) {
        usleep((useconds_t)ms * 1000);
    }
}

static void complete_on_loop(struct request *request)
{
    reply_static(request, 200, "text/plain", "completed", 9);
}

static void finish(struct request *request)
{
    atomic_fetch_sub(&layer_counts.pending, 1);
    if (request_header(request, "X-Complete") != NULL) {
        request_finish_with(request, complete_on_loop);
        return;
    }
    struct buffer body;
    buffer_init(&body);
    buffer_format(&body, "{\"id\":\"%s\"}", request_id(request));
    reply_json(request, 200, &body);
    request_finish(request);
}

static void *work(void *unused)
{
    static struct request *taken[HELD_MAX];
    pthread_mutex_lock(&worker.mutex);
    while (!worker.stops || worker.count > 0) {
        if (worker.count == 0) {
            pthread_cond_wait(&worker.filled, &worker.mutex);
            continue;
        }
        size_t count = worker.count;
        memcpy(taken, worker.held, count * sizeof(struct request *));
        worker.count = 0;
        pthread_mutex_unlock(&worker.mutex);
        sleep_ms(atomic_load(&layer_delay_ms));
        for (size_t i = 0; i < count; i++) {
            finish(taken[i]);
        }
        pthread_mutex_lock(&worker.mutex);
    }
    pthread_mutex_unlock(&worker.mutex);
    return unused;
}

static enum outcome give_to_worker(struct request *request)
{
    atomic_fetch_add(&layer_counts.pending, 1);
    pthread_mutex_lock(&worker.mutex);
    assert(worker.count < HELD_MAX);
    worker.held[worker.count++] = request;
    pthread_cond_signal(&worker.filled);
    pthread_mutex_unlock(&worker.mutex);
    return PENDING;
}

/* --- handlers ---------------------------------------------------------------------------------------------------------- */

static enum outcome text(struct request *request, const char *string)
{
    reply_static(request, 200, "text/plain", string, strlen(string));
    return HANDLED;
}

static enum outcome livez(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    return text(request, "ok\n");
}

static enum outcome pending(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    return give_to_worker(request);
}

/* Finished before the handler has even returned. */
static enum outcome hasty(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    reply_static(request, 200, "text/plain", "hasty", 5);
    request_finish(request);
    return PENDING;
}

static enum outcome gated(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    atomic_fetch_add(&layer_counts.pending, 1);
    pthread_mutex_lock(&gate.mutex);
    gate.held[gate.count++] = request;
    if (gate.count >= gate.opens_at) {
        for (int i = 0; i < gate.count; i++) {
            finish(gate.held[i]);
        }
        gate.count = 0;
    }
    pthread_mutex_unlock(&gate.mutex);
    return PENDING;
}

static enum outcome echo(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    size_t size;
    const char *bytes = request_body(request, &size);
    struct buffer body;
    buffer_init(&body);
    buffer_append(&body, bytes, size);
    reply_buffer(request, 200, "application/octet-stream", &body);
    return HANDLED;
}

static enum outcome show(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    size_t count;
    const struct query_pair *pairs = request_query(request, &count);
    struct buffer body;
    buffer_init(&body);
    const char *value = request_path_value(request, 0);
    buffer_format(&body, "%s %s", http_method_name(request_method(request)), value == NULL ? "-" : value);
    for (size_t i = 0; i < count; i++) {
        buffer_format(&body, " %s=%s", pairs[i].name, pairs[i].value);
    }
    const char *shown = request_header(request, "x-SHOW");
    buffer_format(&body, " [%s]", shown == NULL ? "" : shown);
    reply_buffer(request, 200, "text/plain", &body);
    reply_header(request, "ETag", "\"1\"");
    reply_header(request, "Cache-Control", "max-age=5");
    return HANDLED;
}

static enum outcome fault(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    for (int i = 0; i < 120; i++) {
        reply_fault(request, "#/answers/nps", NULL, "fault %d", i);
    }
    reply_problem(request, 422, "validation", "%zu faults", reply_fault_count(request));
    return HANDLED;
}

static enum outcome empty(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    reply_empty(request, 304);
    return HANDLED;
}

static enum outcome nothing(struct request *request, struct service *service, struct connection *connection)
{
    (void)request;
    (void)service;
    (void)connection;
    return HANDLED;
}

static enum outcome large(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    static char bytes[LARGE_SIZE];
    memset(bytes, 'x', sizeof bytes);
    reply_static(request, 200, "text/plain", bytes, sizeof bytes);
    return HANDLED;
}

/* --- streams: a thread of their own reads them through a bounded ring -------------------------------------------------- */

struct stream {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_t reader;
    struct request *request;
    char ring[STREAM_ROOM];
    size_t size;
    size_t total;
    uint64_t sum;
    bool is_complete; /* the body is in */
    bool ends;        /* the request is at its end */
};

static void stream_read(struct stream *stream)
{
    for (size_t i = 0; i < stream->size; i++) {
        stream->sum = stream->sum * 31 + (unsigned char)stream->ring[i];
    }
    stream->total += stream->size;
    stream->size = 0;
}

static void stream_finish(struct stream *stream)
{
    struct buffer body;
    buffer_init(&body);
    buffer_format(&body, "%zu %llu", stream->total, (unsigned long long)stream->sum);
    reply_buffer(stream->request, 200, "text/plain", &body);
    request_finish(stream->request);
}

/* Holds the request; ends when the body was read to its end, or the client went away. */
static void *read_stream(void *context)
{
    struct stream *stream = context;
    struct request *request = stream->request;
    pthread_mutex_lock(&stream->mutex);
    bool finishes = false;
    while (!finishes && !request_is_gone(request)) {
        if (stream->size == 0 && !stream->is_complete) {
            pthread_mutex_unlock(&stream->mutex);
            usleep(200);
            pthread_mutex_lock(&stream->mutex);
            continue;
        }
        pthread_mutex_unlock(&stream->mutex);
        sleep_ms(atomic_load(&layer_delay_ms));
        pthread_mutex_lock(&stream->mutex);
        stream_read(stream);
        finishes = stream->is_complete;
        if (!finishes) {
            request_continue(request);
        }
    }
    pthread_mutex_unlock(&stream->mutex);
    if (finishes) {
        stream_finish(stream);
    }
    request_release(request);
    return NULL;
}

static size_t take(struct request *request, const char *bytes, size_t size)
{
    struct stream *stream = request_context(request);
    if (memmem(bytes, size, "poison", 6) != NULL) {
        reply_problem(request, 422, "poison", "the body is poisoned");
        return 0;
    }
    pthread_mutex_lock(&stream->mutex);
    size_t taken = STREAM_ROOM - stream->size < size ? STREAM_ROOM - stream->size : size;
    memcpy(stream->ring + stream->size, bytes, taken);
    stream->size += taken;
    pthread_mutex_unlock(&stream->mutex);
    if (taken < size) {
        atomic_fetch_add(&layer_counts.pauses, 1);
    }
    return taken;
}

static enum outcome streamed(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    struct stream *stream = request_context(request);
    pthread_mutex_lock(&stream->mutex);
    stream->is_complete = true;
    pthread_mutex_unlock(&stream->mutex);
    return PENDING;
}

static void stream_open(struct request *request)
{
    struct stream *stream = calloc(1, sizeof *stream);
    assert(stream != NULL);
    pthread_mutex_init(&stream->mutex, NULL);
    stream->request = request;
    request_set_context(request, stream);
    request_stream(request, STREAM_LIMIT, take);
    request_hold(request);
    start_thread(&stream->reader, read_stream, stream);
    pthread_detach(stream->reader);
}

/* --- the application ---------------------------------------------------------------------------------------------------- */

static const struct route routes[] = {
    {.method = HTTP_GET, .pattern = "/livez", .handler = livez, .flags = ROUTE_INLINE},
    {.method = HTTP_GET, .pattern = "/pending", .handler = pending, .scope = SCOPE_READ},
    {.method = HTTP_GET, .pattern = "/hasty", .handler = hasty, .scope = SCOPE_READ},
    {.method = HTTP_GET, .pattern = "/gate", .handler = gated, .scope = SCOPE_READ},
    {.method = HTTP_POST, .pattern = "/gate", .handler = gated, .scope = SCOPE_WRITE, .flags = ROUTE_BODY},
    {.method = HTTP_POST, .pattern = "/echo", .handler = echo, .scope = SCOPE_WRITE, .flags = ROUTE_BODY | ROUTE_CORS},
    {.method = HTTP_POST, .pattern = "/pending", .handler = pending, .scope = SCOPE_WRITE, .flags = ROUTE_BODY},
    {.method = HTTP_POST, .pattern = "/stream", .handler = streamed, .scope = SCOPE_WRITE, .flags = ROUTE_BODY},
    {.method = HTTP_POST, .pattern = "/refused", .handler = echo, .scope = SCOPE_WRITE, .flags = ROUTE_BODY},
    {.method = HTTP_GET, .pattern = "/refused", .handler = show, .scope = SCOPE_READ},
    {.method = HTTP_GET, .pattern = "/show", .handler = show, .scope = SCOPE_READ},
    {.method = HTTP_GET, .pattern = "/show/{value}", .handler = show, .scope = SCOPE_READ},
    {.method = HTTP_GET, .pattern = "/fault", .handler = fault, .scope = SCOPE_READ},
    {.method = HTTP_GET, .pattern = "/unchanged", .handler = empty, .scope = SCOPE_READ},
    {.method = HTTP_GET, .pattern = "/nothing", .handler = nothing, .scope = SCOPE_READ},
    {.method = HTTP_GET, .pattern = "/large", .handler = large, .scope = SCOPE_READ},
    {.method = HTTP_GET, .pattern = "/metrics", .handler = show, .scope = SCOPE_NONE, .flags = ROUTE_ADMIN},
};

static void begin(void *context, struct request *request)
{
    (void)context;
    atomic_fetch_add(&layer_counts.begun, 1);
    const struct route *route = request_route(request);
    if (strcmp(route->pattern, "/refused") == 0) {
        reply_problem(request, 401, "unauthorized", "no key");
    } else if (strcmp(route->pattern, "/stream") == 0) {
        stream_open(request);
    } else if ((route->flags & ROUTE_BODY) != 0) {
        request_collect(request, ECHO_LIMIT);
    }
}

static enum outcome handle(void *context, struct request *request)
{
    (void)context;
    atomic_fetch_add(&layer_counts.handled, 1);
    return request_route(request)->handler(request, NULL, NULL);
}

static void end(void *context, struct request *request)
{
    (void)context;
    struct stream *stream = request_context(request);
    if (stream != NULL) {
        pthread_mutex_destroy(&stream->mutex);
        free(stream);
    }
    atomic_fetch_add(&layer_counts.ended, 1);
}

struct http_server *layer_open(const struct http_options *options)
{
    static const struct http_application application = {
        .routes = routes,
        .route_count = sizeof routes / sizeof routes[0],
        .begin = begin,
        .handle = handle,
        .end = end,
    };
    struct http_server *server = NULL;
    start_thread(&worker.thread, work, NULL);
    return http_open(&application, options, &server) == STATUS_OK ? server : NULL;
}

void layer_gate_set(int count)
{
    pthread_mutex_lock(&gate.mutex);
    gate.opens_at = count;
    pthread_mutex_unlock(&gate.mutex);
}

void layer_close(void)
{
    pthread_mutex_lock(&worker.mutex);
    worker.stops = true;
    pthread_cond_signal(&worker.filled);
    pthread_mutex_unlock(&worker.mutex);
    pthread_join(worker.thread, NULL);
}
