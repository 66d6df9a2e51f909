/* SPDX-License-Identifier: MIT */
#include "call.h"
#include "handlers.h"
#include "http/reply.h"

#include <string.h>
#include <strings.h>

/* Which bodies are taken at all. */

enum {
    OBJECT_BYTES = 64 * 1024,
    ARRAY_BYTES = 1024 * 1024,
    STREAM_BYTES = 50 * 1024 * 1024,
    IDEMPOTENCY_KEY_BYTES = 255
};

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

static void admit_type(struct request *request)
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

void admit_body(struct request *request)
{
    if (check_idempotency_key(request))
        admit_type(request);
}
