/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_SERVICE_H
#define HARK_API_SERVICE_H

#include "base/rate.h"
#include "base/status.h"
#include "http/server.h"
#include "storage/database.h"
#include "storage/directory.h"

#include <stdbool.h>
#include <stdint.h>

struct ingest;

/* What handlers work with. Made by serve, shared by all threads. */
struct service {
    struct limits *limits;
    struct directory *directory;
    struct ingest *ingest;
    struct workers *workers;
    struct streams *streams;
    struct answer_cache *answers;
    struct cubes *cubes;
};

/* Who asks, and for which tenant: set for every request of a route that needs a key, before its handler runs. */
struct principal {
    struct snapshot *snapshot; /* held until the request ends */
    const struct key *key;
    const struct project
        *project; /* the key's own; for a key of an organization the one named by ?project=, else NULL */
};

const struct principal *request_principal(const struct request *request);

/* The table of routes. */
extern const struct route api_routes[];
extern const size_t api_route_count;

/* The hooks for http_open; context is a struct service. */
struct http_application api_application(struct service *service);

struct answer_cache_options {
    size_t bytes_max; /* of kept replies; 0: none is kept */
    int own_ms;       /* how late an answer that this process stored may come into a kept reply */
    int others_ms;    /* one that another process stored */
};

/* Replies to questions about numbers, which many ask at once. NULL: out of memory. */
struct answer_cache *answer_cache_open(const struct answer_cache_options *options, struct ingest *ingest);
/* After the last request. */
void answer_cache_close(struct answer_cache *cache);

/* Counts in memory that new questions are answered from, with a thread of their own, which opens a session when it needs one.
 * options as those of the replies: an answer comes into a reply as late by both together as by one. NULL: out of memory. */
struct cubes *cubes_open(const struct answer_cache_options *options, const struct database_options *database,
                         struct ingest *ingest);
/* After the last worker. */
void cubes_close(struct cubes *cubes);

/* Threads with one reading session each, for handlers that wait for PostgreSQL. NULL when not one could connect. */
struct workers *workers_open(struct service *service, const struct database_options *options, int count);
/* Lets the queued requests finish. */
void workers_close(struct workers *workers);

/* GET /v1/metrics/stream, at most limit at a time, with a thread and a session of their own. NULL: could not connect. */
struct streams *streams_open(struct service *service, const struct database_options *options, int limit);
/* Says farewell to all, and refuses new ones: before the server drains. */
void streams_drain(struct streams *streams);
/* When no connection and no worker is left. */
void streams_close(struct streams *streams);

/* Rates by key, and of failures by address. failures: without a count: no limit. NULL: out of memory. */
struct limits *limits_new(const struct rate *failures) __attribute__((warn_unused_result));
void limits_free(struct limits *limits);

/* The problem that a status of a lower layer becomes; `what` names the thing ("response"). Sets the reply. */
void problem_of_status(struct request *request, enum status status, const char *what);

#endif
