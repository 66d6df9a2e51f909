/* SPDX-License-Identifier: MIT */
#ifndef HARK_SRC_HTTP_EXCHANGE_H
#define HARK_SRC_HTTP_EXCHANGE_H

/* The inside of a request: shared by the modules of this folder only. */

#include "base/address.h"
#include "base/buffer.h"
#include "base/text.h"
#include "http/guard.h"
#include "http/inquiry.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/router.h"
#include "http/stream.h"

#include <microhttpd.h>
#include <stdatomic.h>

struct loop;
struct client;

enum { REPLY_HEADERS_MAX = 12, REPLY_FAULTS_MAX = 100 };

struct header {
    const char *name;
    const char *value;
};

struct reply {
    int status; /* 0: not set */
    const char *content_type;
    char *owned;               /* the body where it lies on the heap */
    struct reply_body *shared; /* the body where others send it too */
    const char *bytes;
    size_t size;
    bool close;
    bool failed; /* memory ran out while it was made */
    size_t header_count;
    struct header headers[REPLY_HEADERS_MAX];
    struct fault *faults;
    size_t fault_count;   /* all that were noted, kept or not */
    stream_pull_fn *pull; /* of a stream, whose size is what was sent so far */
    stream_closed_fn *closed;
    const char *slug;     /* of a problem */
    const char *detail;
};

/* Where a request stands. Only its loop's thread reads or writes it. */
enum phase {
    PHASE_HEADERS,  /* they are coming in, or were just read */
    PHASE_BODY,     /* it is coming in, or there is none: `handle` was not called yet */
    PHASE_PAUSED,   /* suspended in its upload, until request_continue */
    PHASE_PENDING,  /* handed over, until request_finish */
    PHASE_ANSWERED, /* the reply is set, and perhaps queued */
    PHASE_STREAM,   /* the reply is queued, and has no end yet */
    PHASE_CUT       /* the server stops: to be closed without a reply */
};

enum { POSTED_CONTINUE = 1U << 0, POSTED_FINISH = 1U << 1 };

struct request {
    struct loop *loop;
    struct arena *arena;
    /* NULL once the socket is done with the request; for the loop's thread. */
    struct MHD_Connection *connection;
    struct client *client;

    atomic_int references; /* one of the socket, one of `handle` while pending, one while posted, and request_hold's */
    atomic_uint posted;    /* the hand-over between threads: what was asked of the loop */
    struct request *next_posted;
    request_complete_fn *complete;
    inquiry_done_fn *done; /* of a request that no client waits for */
    void *mark;
    enum phase phase;
    enum http_method method;
    atomic_bool gone;
    bool is_suspended;
    bool is_cut; /* a stream whose client has gone */
    bool begun;  /* the application saw it: it gets to see its end */
    bool collects;

    struct address address; /* of the client, as far as it is known */
    bool is_limited;        /* by its address */
    char *target;           /* a copy of what was sent */
    size_t target_size;
    const char *wire_target; /* where it lies in libmicrohttpd's buffer: for the guard */
    const char *path;
    const char *query_text;
    const char *id;
    int64_t received_us;
    int64_t started_us; /* on the monotonic clock */
    struct header *headers;
    size_t header_count;
    struct query query;
    struct route_match match;
    const struct route *route; /* the application's own row, not the listener's copy */
    size_t route_index;
    const char *values[ROUTE_VALUES_MAX];

    struct guard_body expected;
    request_take_fn *take; /* streams */
    size_t limit;
    size_t received;
    struct buffer body;

    struct reply reply;
    bool has_origins; /* only pages of allowed_origin (NULL: none) may read the reply */
    const char *allowed_origin;
    void *context;
};

/* Each of these runs on the loop's thread. NULL: out of memory. */
struct request *request_new(struct loop *loop, struct client *client, struct MHD_Connection *connection,
                            const char *target);
/* Copies the headers and settles the request's id. False: out of memory. */
bool request_take_headers(struct request *request, const struct guard_field *fields, size_t count);
/* The socket is done with it. */
void request_detach(struct request *request);

/* reply.c: what a reply is sent with beside its own headers. */
typedef void reply_each_fn(void *context, const char *name, const char *value);
void reply_each_header(struct request *request, bool closes, reply_each_fn *each, void *context);
/* The whole reply as bytes, with Connection: close, for where libmicrohttpd would send none. */
void reply_write(struct request *request, struct buffer *bytes);
/* Makes sure that there is one: a reply never set is a bug, one that memory ran out for a 503. */
void reply_settle(struct request *request);
void reply_clear(struct reply *reply);

/* inquiry.c */
void inquiry_finish(struct request *request);

/* loop.c: the connection rests, until it is resumed; resuming one that does not rest does nothing. */
void exchange_suspend(struct request *request);
void exchange_resume(struct request *request);

/* exchange.c: libmicrohttpd's callbacks. */
/* The reply, written by hand to a socket that has nothing else to send; the connection must be closed next. */
void exchange_write_reply(struct request *request);
void *exchange_on_target(void *context, const char *target, struct MHD_Connection *connection);
enum MHD_Result exchange_on_access(void *loop, struct MHD_Connection *connection, const char *url, const char *method,
                                   const char *version, const char *upload, size_t *upload_size, void **context);
void exchange_on_completed(void *loop, struct MHD_Connection *connection, void **context,
                           enum MHD_RequestTerminationCode code);

#endif
