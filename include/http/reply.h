/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_REPLY_H
#define HARK_HTTP_REPLY_H

#include "base/buffer.h"
#include "base/gcra.h"
#include "http/request.h"

/* Sets the reply of a request; the last one set before it is finished wins. By who owns the request at that moment: its loop's
 * thread in the hooks, whoever holds it while it is PENDING. Strings named content_type and slug are literals. */

/* Copies name and value. At most 12 a reply; control characters in a value are a bug (assert). */
void reply_header(struct request *request, const char *name, const char *value);
/* The same in place of one of that name, where there is one. */
void reply_header_set(struct request *request, const char *name, const char *value);
/* The bytes are taken over (freed later). A failed buffer becomes a 503 problem. */
void reply_buffer(struct request *request, int status, const char *content_type, struct buffer *body);
void reply_json(struct request *request, int status, struct buffer *body);
/* Bytes that live as long as the process. */
void reply_static(struct request *request, int status, const char *content_type, const char *bytes, size_t size);
void reply_empty(struct request *request, int status);

/* A body that many replies share, counted; its bytes never change. */
struct reply_body;
/* Held by the caller; the bytes are taken over. NULL: out of memory, and they are still the caller's. */
struct reply_body *reply_body_new(void *bytes, size_t size) __attribute__((warn_unused_result));
const char *reply_body_bytes(const struct reply_body *body);
void reply_body_hold(struct reply_body *body);
void reply_body_release(struct reply_body *body); /* NULL: nothing */
size_t reply_body_size(const struct reply_body *body);
/* Turns the request's body, set by reply_buffer, into one to share; the caller holds it. NULL: out of memory, or there is none. */
struct reply_body *reply_share(struct request *request) __attribute__((warn_unused_result));
/* No copy: the request holds the body until its reply is sent. */
void reply_shared(struct request *request, int status, const char *content_type, struct reply_body *body);

/* RFC 9457. type is "about:blank"'s meaning made concrete: "/problems/<slug>", e.g. "/problems/validation"; title follows the status.
 * The faults noted so far become `errors`. close: also close the connection (what follows can't be trusted). */
void reply_problem(struct request *request, int status, const char *slug, const char *detail, ...)
    __attribute__((format(printf, 4, 5)));
/* A 429 of a named policy, with RateLimit-Policy, RateLimit (draft-ietf-httpapi-ratelimit-headers-11) and Retry-After. */
void reply_limited(struct request *request, const char *policy, const struct rate *rate,
                   const struct rate_verdict *verdict, const char *detail);
/* The two RateLimit headers alone. */
void reply_rate(struct request *request, const char *policy, const struct rate *rate,
                const struct rate_verdict *verdict);
/* On a route that pages may call: they of this origin may read the reply, and no others; NULL: none. All may unless this
 * is called. */
void reply_allow_origin(struct request *request, const char *origin);
void reply_close(struct request *request);

/* Notes one fault of the request: pointer is a JSON pointer in URI fragment form ("#/answers/nps") for bodies, or
 * NULL with parameter set to the name of a query parameter or header. At most 100 are kept, the rest counted. Copies. */
void reply_fault(struct request *request, const char *pointer, const char *parameter, const char *detail, ...)
    __attribute__((format(printf, 4, 5)));
size_t reply_fault_count(const struct request *request);
int reply_status(const struct request *request); /* 0: not set yet */
/* A header that was set by reply_header; NULL: none. */
const char *reply_header_value(const struct request *request, const char *name);
/* The problem that another request met, as one of this request; the other one must not be finished meanwhile. */
void reply_repeat(struct request *request, const struct request *other);
/* Takes back all that was set, headers and faults too: for an attempt that failed and is made again. */
void reply_forget(struct request *request);

#endif
