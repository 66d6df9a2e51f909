/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_REQUEST_H
#define HARK_HTTP_REQUEST_H

#include "base/address.h"
#include "base/arena.h"
#include "http/router.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One request, from its headers to its reply. It outlives its socket while another thread holds it. Everything that is
 * returned lives as long as the request. */
struct request;

const struct route *request_route(const struct request *request);
enum http_method request_method(const struct request *request);
const char *request_path(const struct request *request); /* as sent, without query */
const char *
request_id(const struct request *request); /* the caller's X-Request-Id when it is a sane token, else ours */
/* The client's address, for limits: an IPv6 one without what is below a subscriber's 64 bits. NULL for the loopback, which is
 * not limited by it. Never to be logged in full. */
const struct address *request_limited_address(const struct request *request);
int64_t request_started_us(const struct request *request); /* on the monotonic clock */
int64_t request_received_us(const struct request *request);
struct arena *request_arena(struct request *request);

/* The i-th {value} of the route's pattern, percent-decoded; NULL when there is none. */
const char *request_path_value(const struct request *request, size_t i);
/* NULL when the header is absent. Names in any case. */
const char *request_header(const struct request *request, const char *name);

/* Query parameters in the order sent, percent-decoded ('+' is a space). A pair that isn't valid UTF-8 or holds a NUL was refused
 * before any handler saw it. value is "" for both `name` and `name=`. */
struct query_pair {
    const char *name;
    const char *value;
};
const struct query_pair *request_query(const struct request *request, size_t *count);

/* For the application's own state; cleared through the hook given to http_open. */
void request_set_context(struct request *request, void *context);
void *request_context(const struct request *request);

/* A thread that keeps the request while its body still streams in holds it, and releases it when done: the client may hang
 * up meanwhile. A PENDING request needs no hold: request_finish ends it. Any thread; the last release may call `end`. */
void request_hold(struct request *request);
void request_release(struct request *request);
/* The client hung up, as far as was noticed: nobody will see a reply. Never true while PENDING, but for a server that stops. */
bool request_is_gone(const struct request *request);

/* In `begin` only, one of the two. Without either, a body of any size is a 413 (or 400). */
/* Collect the body, at most limit bytes: one byte more is a 413 at the chunk that crosses it. Then `handle` is called. */
void request_collect(struct request *request, size_t limit);
/* Hand the body over as it arrives, at most limit bytes in all, then call `handle`. take() runs on the loop's thread and returns how
 * many of the bytes it took: fewer than size means "wait": the upload pauses (no CPU used, the peer sees a full window) until
 * request_continue is called from any thread (by one that holds the request); a call too many does no harm. take() may also set a reply:
 * it is sent at once, the rest of the body is not read and the connection is closed. */
typedef size_t request_take_fn(struct request *request, const char *bytes, size_t size);
void request_stream(struct request *request, size_t limit, request_take_fn *take);
void request_continue(struct request *request);

/* The collected body, NUL-terminated beyond size; "" where there is none. */
const char *request_body(const struct request *request, size_t *size);

/* A handler that returned PENDING has the reply set by any thread, then calls this once, from any thread. From then on
 * the caller must not touch the request. Wake-ups of one loop are coalesced. */
void request_finish(struct request *request);
/* Like request_finish, but `complete` sets the reply on the loop's thread first: spares a busy thread the work. */
typedef void request_complete_fn(struct request *request);
void request_finish_with(struct request *request, request_complete_fn *complete);

#endif
