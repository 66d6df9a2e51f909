/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_CALL_H
#define HARK_API_CALL_H

#include "answer_cache.h"
#include "api/parameter.h"
#include "api/service.h"
#include "bulk.h"
#include "lines.h"

/* Inside api/ only: what api/ knows about a request under way; the request's context. */
struct call {
    struct service *service;
    struct principal principal;
    const struct parameter_value *parameters;
    struct ingest_item *item;     /* of a request that brings one */
    struct bulk *bulk;            /* of a request that brings many objects */
    bool is_stream;               /* application/x-ndjson */
    struct lines lines;           /* of an NDJSON upload */
    struct answer_flight *flight; /* of a request that reads for others too */
    struct request *next_waiting; /* of those who wait for the same flight */
    struct stream *stream;        /* of a request that is one */
};

struct call *request_call(const struct request *request);

/* Who asks: false, with 401 or 403 set as reply, when the route's scope isn't met. */
bool authenticate(struct request *request, struct call *call);

/* admission.c: decides what to do with the body by the headers that tell of it, or refuses: 415, 422. */
void admit_body(struct request *request);
/* POST /v1/responses and /v1/events as they arrive. */
size_t submit_take(struct request *request, const char *bytes, size_t size);
/* Hands one item to ingest; its verdict becomes the reply. */
enum outcome submit_item(struct request *request, struct ingest_item *item);

/* Queues the request for a worker. False: too many wait. */
bool workers_submit(struct workers *workers, struct request *request);
/* Runs the route's handler. */
enum outcome run_handler(struct request *request, struct connection *connection);

#endif
