/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_STREAMS_H
#define HARK_API_STREAMS_H

#include "api/service.h"
#include "base/digest.h"
#include "base/meter.h"
#include "etag.h"
#include "http/inquiry.h"
#include "http/stream.h"

#include <pthread.h>
#include <sys/queue.h>

/* Inside api/ only: GET /v1/metrics/stream. All streams of one key that ask the same share a topic; a thread looks whether its
 * numbers may have changed, asks GET /v1/metrics for them again, and hands the one reply to all. A stream holds nothing of its own but
 * its place in the notice that it is being sent, and is told the latest one only: who reads slowly misses some in between.
 *
 * Lock order: the lock of streams, then http's own. Never held over a call of inquiry_start. */

/* So many are woken at a time: a delivery costs some 18 us, most of it in the kernel, and the loops have other clients. */
enum { STREAM_SLICE = 128 };

struct notice {
    int holders;
    size_t size;
    char bytes[];
};

struct topic {
    TAILQ_ENTRY(topic) link;
    LIST_HEAD(, stream) streams; /* those that were told, and those that wait for the first reply */
    struct streams *owner;
    int stream_count;
    /* Who asks what. */
    uint8_t key[DIGEST_SIZE];
    int32_t organization_id;
    int32_t project_id; /* 0: all of the organization's */
    char *text;         /* the query */
    size_t size;
    /* What is known. */
    struct notice *notice; /* NULL: not answered yet */
    char etag[ETAG_SIZE];
    uint64_t version; /* of notice: counts up from 1 */
    unsigned beat;    /* counts heartbeats */
    int64_t said_us;  /* when its streams were told something, the last time */
    /* Who is to be woken next for it. NULL: all have been. */
    struct stream *next;
    bool wakes_again; /* something newer came meanwhile: all of them once more, after the last */
    int64_t asked_us; /* when the latest reply, or the one under way, was asked for */
    int64_t not_before_us;
    int64_t again_us;   /* INT64_MAX, or when to ask though nothing is known to have changed */
    int64_t to_quarter; /* the present one at asked_us: a window that ends with it moves on */
    bool is_asking;
    bool is_stale;
};

/* In the arena of its request. */
struct stream {
    LIST_ENTRY(stream) link;
    struct topic *topic;
    struct request *request; /* held */
    struct notice *sending;  /* held */
    size_t offset;
    uint64_t told;
    unsigned beat;
    bool is_open; /* else it waits for the first reply */
    bool ends;    /* after the present notice */
};

/* What another process stored shows here. */
struct watch {
    int32_t *ids; /* ascending */
    int64_t *latest_us;
    size_t count;
};

struct streams {
    struct service *service;
    const struct route *route; /* GET /v1/metrics */
    struct connection *connection;
    struct watch watch;    /* the thread's own */
    struct snapshot *seen; /* the same: the directory at the last look; NULL: none yet */
    pthread_t thread;
    pthread_mutex_t lock; /* guards the rest, and all topics, streams and notices */
    pthread_cond_t changed;
    TAILQ_HEAD(topic_list, topic) topics; /* those asked latest stand last */
    int count;
    int limit;
    int asking; /* inquiries under way */
    bool is_draining;
    bool is_closed;
    struct meter *events;
    struct meter *inquiries;
};

/* stream_topic.c. All under the lock. */
/* The one that these ask, new or not. NULL: out of memory. */
struct topic *topic_of(struct streams *streams, const struct request *request);
/* Where nobody asks it any more. */
void topic_free_unused(struct topic *topic);
/* Whether it is to be asked (again) now. */
bool topic_is_due(const struct topic *topic, int64_t now_us);
/* Lets go of the lock meanwhile. */
void topic_ask(struct topic *topic, int64_t now_us);
/* Its streams are to be told this, from topic_wake; NULL: a heartbeat. */
void topic_tell(struct topic *topic, struct notice *notice);
/* Wakes up to `count` of those that are to be told something. How many it woke. */
int topic_wake(struct topic *topic, int count);
/* Tells and wakes all: it is the last notice (NULL: out of memory). */
void topic_end(struct topic *topic, struct notice *notice);

struct notice *notice_new(const char *name, const char *id, const char *data, size_t size);
void notice_release(struct notice *notice);

/* stream.c, under the lock: its first reply is there, and the request is finished with it. */
void stream_open(struct stream *stream);
/* The same with the problem that it met. The stream is not there afterwards. */
void stream_refuse(struct stream *stream, const struct request *reply);

/* stream_watch.c, on the thread of streams, without the lock: marks as stale those whose projects changed. */
void watch_look(struct streams *streams);
void watch_clear(struct watch *watch);

#endif
