/* SPDX-License-Identifier: MIT */
#include "http/inquiry.h"

#include "base/clock.h"
#include "exchange.h"
#include "loop.h"

enum { INQUIRY_ARENA_LIMIT = 16 << 20 };

static const char *const copied[] = {"Authorization"};
enum { COPIED = sizeof copied / sizeof *copied };

static bool copy_headers(struct request *request, const struct request *like)
{
    request->headers = arena_array(request->arena, COPIED + 1, sizeof *request->headers);
    for (size_t i = 0; request->headers != NULL && i < COPIED; i++) {
        const char *value = request_header(like, copied[i]);
        if (value != NULL) {
            request->headers[request->header_count++] = (struct header){copied[i], arena_string(request->arena, value)};
        }
    }
    /* What a stream tells is what is so, not what a cache remembers. */
    if (request->headers != NULL) {
        request->headers[request->header_count++] = (struct header){"Cache-Control", "no-cache"};
    }
    return request->headers != NULL && request->headers[0].value != NULL;
}

static bool copy_query(struct request *request, const struct request *like)
{
    struct query *query = &request->query;
    query->pairs = arena_array(request->arena, like->query.count + 1, sizeof *query->pairs);
    for (size_t i = 0; query->pairs != NULL && i < like->query.count; i++) {
        struct query_pair *pair = &query->pairs[query->count++];
        pair->name = arena_string(request->arena, like->query.pairs[i].name);
        pair->value = arena_string(request->arena, like->query.pairs[i].value);
        if (pair->name == NULL || pair->value == NULL) {
            return false;
        }
    }
    return query->pairs != NULL;
}

static struct request *inquiry_new(const struct request *like, const struct route *route)
{
    struct arena *arena = arena_new(INQUIRY_ARENA_LIMIT);
    struct request *request = arena == NULL ? NULL : arena_alloc(arena, sizeof *request);
    char *id = request == NULL ? NULL : arena_string(arena, like->id);
    char *path = id == NULL ? NULL : arena_string(arena, like->path);
    if (path == NULL) {
        arena_free(arena);
        return NULL;
    }
    *request = (struct request){.arena = arena, .method = HTTP_GET, .route = route, .path = path, .id = id};
    atomic_init(&request->references, 1);
    request->query_text = "";
    request->received_us = clock_now_us();
    request->started_us = clock_monotonic_us();
    if (!copy_headers(request, like) || !copy_query(request, like)) {
        arena_free(arena);
        return NULL;
    }
    request->loop = loop_hold(like->loop);
    return request;
}

bool inquiry_start(const struct request *like, const struct route *route, void *mark, inquiry_done_fn *done)
{
    struct request *request = inquiry_new(like, route);
    if (request == NULL) {
        return false;
    }
    const struct http_application *application = &request->loop->application;
    request->mark = mark;
    request->done = done;
    request->begun = true;
    application->begin(application->context, request);
    if (request->reply.status != 0 || application->handle(application->context, request) == HANDLED) {
        request_finish(request);
    }
    return true;
}

void inquiry_finish(struct request *request)
{
    if (request->complete != NULL) {
        request->complete(request);
    }
    reply_settle(request);
    request->done(request);
    request_release(request);
}

void *inquiry_mark(const struct request *request)
{
    return request->mark;
}

const char *inquiry_body(const struct request *request, size_t *size)
{
    *size = request->reply.size;
    return request->reply.bytes;
}
