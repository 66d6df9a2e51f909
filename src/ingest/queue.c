/* SPDX-License-Identifier: MIT */
#include "queue.h"

#include "base/clock.h"

void queue_init(struct queue *queue, size_t limit)
{
    *queue = (struct queue){.limit = limit};
    queue->last = &queue->first;
    pthread_mutex_init(&queue->lock, NULL);
    clock_condition_init(&queue->filled);
}

void queue_clear(struct queue *queue)
{
    pthread_cond_destroy(&queue->filled);
    pthread_mutex_destroy(&queue->lock);
}

static void append(struct queue *queue, struct ingest_item *items, size_t count)
{
    *queue->last = items;
    for (; items->next; items = items->next)
        ;
    queue->last = &items->next;
    queue->size += count;
    /* No system call while the committers are busy: they look again by themselves. */
    if (queue->waiting)
        pthread_cond_signal(&queue->filled);
}

bool queue_push(struct queue *queue, struct ingest_item *items, size_t count)
{
    bool fits;
    pthread_mutex_lock(&queue->lock);
    fits = !queue->is_closed && queue->size + count <= queue->limit;
    if (fits) {
        for (struct ingest_item *item = items; item; item = item->next)
            item->order = queue->pushed++;
        append(queue, items, count);
    }
    pthread_mutex_unlock(&queue->lock);
    return fits;
}

void queue_return(struct queue *queue, struct ingest_item *items, size_t count)
{
    pthread_mutex_lock(&queue->lock);
    append(queue, items, count);
    pthread_mutex_unlock(&queue->lock);
}

static void wait_filled(struct queue *queue, int wait_ms)
{
    queue->waiting++;
    if (wait_ms < 0) {
        while (queue->first == NULL && !queue->is_closed)
            pthread_cond_wait(&queue->filled, &queue->lock);
    } else {
        clock_condition_wait(&queue->filled, &queue->lock, INT64_C(1000) * wait_ms);
    }
    queue->waiting--;
}

bool queue_take(struct queue *queue, struct ingest_item **taken, size_t max, int wait_ms, size_t *count)
{
    bool goes_on;
    *count = 0;
    pthread_mutex_lock(&queue->lock);
    if (queue->first == NULL && !queue->is_closed)
        wait_filled(queue, wait_ms);
    while (queue->first && *count < max) {
        taken[(*count)++] = queue->first;
        queue->first = queue->first->next;
    }
    if (queue->first == NULL)
        queue->last = &queue->first;
    queue->size -= *count;
    goes_on = *count > 0 || !queue->is_closed;
    pthread_mutex_unlock(&queue->lock);
    for (size_t i = 0; i < *count; i++)
        taken[i]->next = NULL;
    return goes_on;
}

void queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->is_closed = true;
    pthread_cond_broadcast(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
}

size_t queue_size(struct queue *queue)
{
    size_t size;
    pthread_mutex_lock(&queue->lock);
    size = queue->size;
    pthread_mutex_unlock(&queue->lock);
    return size;
}
