/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_SWARM_H
#define HARK_TESTS_SWARM_H

#include "support/http_client.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Many clients at once, each on a connection of its own: they take the requests 0, 1, 2 … until all are sent. */

struct swarm {
    const char *address;
    const char *key;
    size_t connections;
    size_t count;
    void *context;
    /* The i-th request, on the client's thread. Returns its body, which may lie in buffer. */
    const char *(*make)(void *context, size_t i, char *buffer, size_t capacity);
    const char *path;         /* of each POST */
    const char *content_type; /* NULL: application/json */
    /* Its reply, on the same thread; status 0: the connection was lost, or there was none. May be NULL. */
    void (*take)(void *context, size_t i, const struct http_reply *reply);
    atomic_bool stops; /* set it, and no further requests are sent */
    atomic_size_t next;
    atomic_size_t statuses[600];
};

enum { SWARM_BODY = 1024 };

/* Returns when all is done; a lost connection is opened anew. */
void swarm_run(struct swarm *swarm);
/* In the background. */
void swarm_start(struct swarm *swarm);
void swarm_join(struct swarm *swarm);
/* How many replies had this status; 0: got none. */
size_t swarm_count(struct swarm *swarm, int status);

#endif
