/* SPDX-License-Identifier: MIT */
#ifndef HARK_INGEST_QUEUE_H
#define HARK_INGEST_QUEUE_H

#include "ingest/ingest.h"

#include <pthread.h>

/* Inside ingest/ only: the bounded queue, first in, first out, linked through the items. */
struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct ingest_item *first;
    struct ingest_item **last;
    size_t size;
    size_t limit;
    uint64_t pushed; /* items so far: each gets its number */
    int waiting;     /* committers that sleep */
    bool is_closed;
};

void queue_init(struct queue *queue, size_t limit);
void queue_clear(struct queue *queue);
/* All or none; false when they would cross the limit. */
bool queue_push(struct queue *queue, struct ingest_item *items, size_t count);
/* Puts items back that were taken before: past any limit. */
void queue_return(struct queue *queue, struct ingest_item *items, size_t count);
/* Waits until there is something, at most wait_ms (-1: without end), and takes at most max items. False: closed and empty. */
bool queue_take(struct queue *queue, struct ingest_item **taken, size_t max, int wait_ms, size_t *count);
void queue_close(struct queue *queue);
size_t queue_size(struct queue *queue);

#endif
