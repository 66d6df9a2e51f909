/* SPDX-License-Identifier: MIT */
#include "http/request.h"

#include "base/clock.h"
#include "base/id.h"
#include "exchange.h"
#include "loop.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

enum { REQUEST_ARENA_LIMIT = 16 << 20, REQUEST_ID_MAX = 128 };

struct request *request_new(struct loop *loop, struct client *client, struct MHD_Connection *connection,
                            const char *target)
{
    struct arena *arena = arena_new(REQUEST_ARENA_LIMIT);
    struct request *request = arena == NULL ? NULL : arena_alloc(arena, sizeof *request);
    size_t size = strlen(target);
    char *copy = request == NULL ? NULL : arena_copy(arena, target, size);
    if (copy == NULL) {
        arena_free(arena);
        return NULL;
    }
    atomic_init(&request->references, 1);
    request->loop = loop_hold(loop);
    request->arena = arena;
    request->client = client;
    request->connection = connection;
    request->target = copy;
    request->target_size = size;
    request->wire_target = target;
    request->path = copy;
    request->query_text = "";
    request->method = HTTP_OTHER;
    request->id = "";
    request->received_us = clock_now_us();
    request->started_us = clock_monotonic_us();
    return request;
}

static void request_free(struct request *request)
{
    struct loop *loop = request->loop;
    const struct http_application *application = &loop->application;
    if (application->end != NULL && request->begun) {
        application->end(application->context, request);
    }
    reply_clear(&request->reply);
    buffer_clear(&request->body);
    arena_free(request->arena);
    loop_release(loop);
}

void request_hold(struct request *request)
{
    atomic_fetch_add(&request->references, 1);
}

void request_release(struct request *request)
{
    int before = atomic_fetch_sub(&request->references, 1);
    assert(before > 0);
    if (before == 1) {
        request_free(request);
    }
}

void request_detach(struct request *request)
{
    request->connection = NULL;
    request->client = NULL;
    atomic_store(&request->gone, true);
    request_release(request);
}

bool request_is_gone(const struct request *request)
{
    return atomic_load(&request->gone);
}

/* What we echo in a header and write into logs: nothing that could be mistaken for anything else. */
static bool is_sane_id(const char *id)
{
    size_t size = strspn(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:+/=");
    return size > 0 && size <= REQUEST_ID_MAX && id[size] == '\0';
}

static bool request_settle_id(struct request *request)
{
    const char *sent = request_header(request, "X-Request-Id");
    if (sent != NULL && is_sane_id(sent)) {
        request->id = sent;
        return true;
    }
    char *text = arena_alloc(request->arena, ID_TEXT_SIZE);
    if (text == NULL) {
        return false;
    }
    const struct id id = id_new();
    request->id = id_format(&id, text);
    return true;
}

/* Copied, because libmicrohttpd's memory goes with the socket and another thread may read them after that. */
bool request_take_headers(struct request *request, const struct guard_field *fields, size_t count)
{
    request->headers = arena_array(request->arena, count, sizeof *request->headers);
    if (request->headers == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct text value = fields[i].value;
        while (value.size > 0 && (value.bytes[value.size - 1] == ' ' || value.bytes[value.size - 1] == '\t')) {
            value.size--;
        }
        struct header *header = &request->headers[i];
        header->name = arena_copy(request->arena, fields[i].name.bytes, fields[i].name.size);
        header->value = arena_copy(request->arena, value.bytes, value.size);
        if (header->name == NULL || header->value == NULL) {
            return false;
        }
        request->header_count++;
    }
    return request_settle_id(request);
}

const struct route *request_route(const struct request *request)
{
    return request->route;
}

enum http_method request_method(const struct request *request)
{
    return request->method;
}

const char *request_path(const struct request *request)
{
    return request->path;
}

const char *request_id(const struct request *request)
{
    return request->id;
}

const struct address *request_limited_address(const struct request *request)
{
    return request->is_limited ? &request->address : NULL;
}

int64_t request_started_us(const struct request *request)
{
    return request->started_us;
}

int64_t request_received_us(const struct request *request)
{
    return request->received_us;
}

struct arena *request_arena(struct request *request)
{
    return request->arena;
}

const char *request_path_value(const struct request *request, size_t i)
{
    return i < ROUTE_VALUES_MAX ? request->values[i] : NULL;
}

const char *request_header(const struct request *request, const char *name)
{
    int first = *name | 0x20;
    for (size_t i = 0; i < request->header_count; i++) {
        const char *sent = request->headers[i].name;
        /* Most differ in their first letter, which costs less to see. */
        if ((*sent | 0x20) == first && strcasecmp(sent, name) == 0) {
            return request->headers[i].value;
        }
    }
    return NULL;
}

const struct query_pair *request_query(const struct request *request, size_t *count)
{
    *count = request->query.count;
    return request->query.pairs;
}

void request_set_context(struct request *request, void *context)
{
    request->context = context;
}

void *request_context(const struct request *request)
{
    return request->context;
}

void request_collect(struct request *request, size_t limit)
{
    assert(request->phase == PHASE_HEADERS && request->take == NULL);
    request->collects = true;
    request->limit = limit;
}

void request_stream(struct request *request, size_t limit, request_take_fn *take)
{
    assert(request->phase == PHASE_HEADERS && !request->collects);
    request->take = take;
    request->limit = limit;
}

const char *request_body(const struct request *request, size_t *size)
{
    *size = request->body.size;
    return request->body.data == NULL ? "" : request->body.data;
}

void request_continue(struct request *request)
{
    loop_post(request, POSTED_CONTINUE);
}

void request_finish(struct request *request)
{
    if (request->done != NULL) {
        inquiry_finish(request);
        return;
    }
    loop_post(request, POSTED_FINISH);
}

void request_finish_with(struct request *request, request_complete_fn *complete)
{
    request->complete = complete;
    request_finish(request);
}
