/* SPDX-License-Identifier: MIT */
#include "http/reply.h"

#include "base/log.h"
#include "exchange.h"
#include "loop.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { DETAIL_SIZE = 512 };

static const char json_type[] = "application/json";
static const char problem_type[] = "application/problem+json";
static const char no_memory[] = "{\"type\":\"/problems/unavailable\",\"title\":\"Service "
                                "Unavailable\",\"status\":503,\"detail\":\"out of memory\"}";

void reply_clear(struct reply *reply)
{
    free(reply->owned);
    reply->owned = NULL;
    reply_body_release(reply->shared);
    reply->shared = NULL;
}

static void set_body(struct request *request, int status, const char *content_type, const char *bytes, size_t size)
{
    reply_clear(&request->reply);
    request->reply.status = status;
    request->reply.content_type = content_type;
    request->reply.bytes = bytes;
    request->reply.size = size;
}

static void set_no_memory(struct request *request)
{
    set_body(request, 503, problem_type, no_memory, sizeof no_memory - 1);
}

static bool is_clean(const char *value)
{
    for (; *value != '\0'; value++) {
        if ((unsigned char)*value < 0x20 || *value == 0x7F) {
            return false;
        }
    }
    return true;
}

static void put_header(struct request *request, size_t place, const char *name, const char *value)
{
    struct reply *reply = &request->reply;
    assert(place < REPLY_HEADERS_MAX && is_clean(value));
    struct header header = {arena_string(request->arena, name), arena_string(request->arena, value)};
    if (header.name == NULL || header.value == NULL) {
        reply->failed = true;
        return;
    }
    reply->headers[place] = header;
    if (place == reply->header_count) {
        reply->header_count++;
    }
}

void reply_header(struct request *request, const char *name, const char *value)
{
    put_header(request, request->reply.header_count, name, value);
}

void reply_header_set(struct request *request, const char *name, const char *value)
{
    size_t place = 0;
    while (place < request->reply.header_count && strcasecmp(request->reply.headers[place].name, name) != 0) {
        place++;
    }
    put_header(request, place, name, value);
}

void reply_static(struct request *request, int status, const char *content_type, const char *bytes, size_t size)
{
    set_body(request, status, content_type, bytes, size);
}

void reply_empty(struct request *request, int status)
{
    set_body(request, status, NULL, "", 0);
}

void reply_buffer(struct request *request, int status, const char *content_type, struct buffer *body)
{
    if (body->failed) {
        buffer_clear(body);
        set_no_memory(request);
        return;
    }
    size_t size = 0;
    char *bytes = buffer_take(body, &size);
    set_body(request, status, content_type, bytes == NULL ? "" : bytes, size);
    request->reply.owned = bytes;
}

struct reply_body *reply_share(struct request *request)
{
    struct reply *reply = &request->reply;
    struct reply_body *body = reply->owned == NULL ? NULL : reply_body_new(reply->owned, reply->size);
    if (body == NULL) {
        return NULL;
    }
    reply_body_hold(body);
    reply->owned = NULL;
    reply->shared = body;
    return body;
}

void reply_shared(struct request *request, int status, const char *content_type, struct reply_body *body)
{
    reply_body_hold(body);
    set_body(request, status, content_type, reply_body_bytes(body), reply_body_size(body));
    request->reply.shared = body;
}

void reply_json(struct request *request, int status, struct buffer *body)
{
    reply_buffer(request, status, json_type, body);
}

void reply_close(struct request *request)
{
    request->reply.close = true;
}

int reply_status(const struct request *request)
{
    return request->reply.status;
}

void reply_forget(struct request *request)
{
    bool failed = request->reply.failed;
    reply_clear(&request->reply);
    request->reply = (struct reply){.failed = failed};
}

size_t reply_fault_count(const struct request *request)
{
    return request->reply.fault_count;
}

static size_t faults_kept(const struct reply *reply)
{
    return reply->fault_count < REPLY_FAULTS_MAX ? reply->fault_count : REPLY_FAULTS_MAX;
}

static const char *copy_or_null(struct request *request, const char *string)
{
    if (string == NULL) {
        return NULL;
    }
    const char *copy = arena_string(request->arena, string);
    request->reply.failed = request->reply.failed || copy == NULL;
    return copy;
}

void reply_fault(struct request *request, const char *pointer, const char *parameter, const char *detail, ...)
{
    struct reply *reply = &request->reply;
    if (reply->fault_count++ >= REPLY_FAULTS_MAX) {
        return;
    }
    if (reply->faults == NULL) {
        reply->faults = arena_array(request->arena, REPLY_FAULTS_MAX, sizeof *reply->faults);
    }
    char text[DETAIL_SIZE];
    va_list list;
    va_start(list, detail);
    vsnprintf(text, sizeof text, detail, list);
    va_end(list);
    if (reply->faults == NULL) {
        reply->failed = true;
        return;
    }
    reply->faults[reply->fault_count - 1] = (struct fault){
        .pointer = copy_or_null(request, pointer),
        .parameter = copy_or_null(request, parameter),
        .detail = copy_or_null(request, text),
    };
}

static void send_problem(struct request *request, int status)
{
    size_t kept = faults_kept(&request->reply);
    const struct problem problem = {
        .status = status,
        .slug = request->reply.slug,
        .title = MHD_get_reason_phrase_for((unsigned)status),
        .detail = request->reply.detail,
        .instance = request->path,
        .request_id = request->id,
        .faults = request->reply.faults,
        .fault_count = kept,
        .fault_omitted = request->reply.fault_count - kept,
    };
    struct buffer body;
    buffer_init(&body);
    problem_write(&body, &problem);
    reply_buffer(request, status, problem_type, &body);
}

static int64_t seconds_of(int64_t us)
{
    return (us + 999999) / 1000000;
}

void reply_rate(struct request *request, const char *policy, const struct rate *rate,
                const struct rate_verdict *verdict)
{
    char value[80];
    snprintf(value, sizeof value, "\"%s\";q=%d;w=%d", policy, (int)rate->count, (int)(rate->window_ms / 1000));
    reply_header(request, "RateLimit-Policy", value);
    snprintf(value, sizeof value, "\"%s\";r=%d;t=%lld", policy, (int)verdict->remaining,
             (long long)seconds_of(verdict->reset_us));
    reply_header(request, "RateLimit", value);
}

void reply_limited(struct request *request, const char *policy, const struct rate *rate,
                   const struct rate_verdict *verdict, const char *detail)
{
    char seconds[24];
    snprintf(seconds, sizeof seconds, "%lld", (long long)seconds_of(verdict->retry_us));
    reply_rate(request, policy, rate, verdict);
    reply_header(request, "Retry-After", seconds);
    reply_problem(request, 429, "rate-limited", "%s: send it again after %s s", detail, seconds);
}

void reply_problem(struct request *request, int status, const char *slug, const char *detail, ...)
{
    char text[DETAIL_SIZE];
    va_list list;
    va_start(list, detail);
    vsnprintf(text, sizeof text, detail, list);
    va_end(list);
    request->reply.slug = slug;
    request->reply.detail = copy_or_null(request, text);
    if (request->reply.failed) {
        set_no_memory(request);
    } else {
        send_problem(request, status);
    }
}

static void repeat_faults(struct request *request, const struct reply *from)
{
    struct reply *reply = &request->reply;
    reply->fault_count = 0;
    for (size_t i = 0; i < faults_kept(from); i++) {
        reply_fault(request, from->faults[i].pointer, from->faults[i].parameter, "%s", from->faults[i].detail);
    }
    reply->fault_count = from->fault_count;
}

void reply_repeat(struct request *request, const struct request *other)
{
    const struct reply *from = &other->reply;
    if (from->failed || from->slug == NULL) {
        set_no_memory(request);
        return;
    }
    for (size_t i = 0; i < from->header_count; i++) {
        if (reply_header_value(request, from->headers[i].name) == NULL) { /* what is its own stays */
            reply_header(request, from->headers[i].name, from->headers[i].value);
        }
    }
    repeat_faults(request, from);
    reply_problem(request, from->status, from->slug, "%s", from->detail);
}

void reply_settle(struct request *request)
{
    if (request->reply.failed) {
        set_no_memory(request);
    } else if (request->reply.status == 0) {
        LOG(LOG_LEVEL_ERROR, "a handler set no reply", LOG_STRING("request_id", request->id),
            LOG_STRING("route", request->route == NULL ? NULL : request->route->pattern));
        reply_problem(request, 500, "internal", "this is a bug in the service");
    }
}

const char *reply_header_value(const struct request *request, const char *name)
{
    const struct reply *reply = &request->reply;
    for (size_t i = 0; i < reply->header_count; i++) {
        if (strcasecmp(reply->headers[i].name, name) == 0) {
            return reply->headers[i].value;
        }
    }
    return NULL;
}

void reply_allow_origin(struct request *request, const char *origin)
{
    request->has_origins = true;
    request->allowed_origin = origin;
}

/* The same for every origin: so no Vary. */
static void write_origin(const struct request *request, reply_each_fn *each, void *context)
{
    if (!request->has_origins) {
        each(context, "Access-Control-Allow-Origin", "*");
        return;
    }
    each(context, "Vary", "Origin");
    if (request->allowed_origin != NULL) {
        each(context, "Access-Control-Allow-Origin", request->allowed_origin);
    }
}

void reply_each_header(struct request *request, bool closes, reply_each_fn *each, void *context)
{
    const struct reply *reply = &request->reply;
    if (reply->content_type != NULL) {
        each(context, "Content-Type", reply->content_type);
        each(context, "X-Content-Type-Options", "nosniff");
    }
    each(context, "X-Request-Id", request->id);
    if (reply_header_value(request, "Cache-Control") == NULL) {
        each(context, "Cache-Control", "no-store");
    }
    if (request->match.cors) {
        write_origin(request, each, context);
        each(context, "Access-Control-Expose-Headers",
             "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id");
    }
    for (size_t i = 0; i < reply->header_count; i++) {
        each(context, reply->headers[i].name, reply->headers[i].value);
    }
    if (closes) {
        each(context, "Connection", "close");
    }
}

static void write_header(void *context, const char *name, const char *value)
{
    buffer_format(context, "%s: %s\r\n", name, value);
}

void reply_write(struct request *request, struct buffer *bytes)
{
    char date[40];
    struct tm now;
    time_t seconds = (time_t)(request->received_us / 1000000);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&seconds, &now));
    buffer_format(bytes, "HTTP/1.1 %d %s\r\nDate: %s\r\n", request->reply.status,
                  MHD_get_reason_phrase_for((unsigned)request->reply.status), date);
    reply_each_header(request, true, write_header, bytes);
    buffer_format(bytes, "Content-Length: %zu\r\n\r\n", request->reply.size);
    buffer_append(bytes, request->reply.bytes, request->reply.size);
}
