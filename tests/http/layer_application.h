/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_LAYER_APPLICATION_H
#define HARK_TESTS_LAYER_APPLICATION_H

#include "http/server.h"

#include <stdatomic.h>

/* A small application to try the HTTP layer with: no database, no keys. One a process. */

enum { ECHO_LIMIT = 100000, STREAM_LIMIT = 64 << 20, STREAM_ROOM = 64 << 10, LARGE_SIZE = 5 << 20 };

/* What the hooks have seen. */
struct layer_counts {
    atomic_int begun;
    atomic_int ended;
    atomic_int handled;
    atomic_int pauses;  /* of streams */
    atomic_int pending; /* at the gate, or waiting for the worker */
};
extern struct layer_counts layer_counts;

/* How long the worker waits before it finishes a request, and the reader of a stream before it goes on. */
extern atomic_int layer_delay_ms;

/* Starts the worker and the server; NULL when that fails. */
struct http_server *layer_open(const struct http_options *options);
/* The gate opens when so many requests wait at it; they are then finished all at once. */
void layer_gate_set(int count);
/* Stops the worker; what it still holds is finished. The server may be closed already. */
void layer_close(void);

#endif
