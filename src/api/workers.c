/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "call.h"
#include "http/reply.h"

#include <pthread.h>
#include <stdlib.h>

enum { WAITING_MAX = 1024 };

struct job {
    struct request *request;
    struct job *next;
};

struct worker {
    struct workers *workers;
    struct connection *connection;
    pthread_t thread;
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct job *first;
    struct job **last;
    int waiting;
    bool is_closed;
    struct worker *worker;
    int count;
};

bool workers_submit(struct workers *workers, struct request *request)
{
    struct job *job = arena_alloc(request_arena(request), sizeof *job);
    bool fits;
    if (job == NULL)
        return false;
    job->request = request;
    pthread_mutex_lock(&workers->lock);
    fits = workers->waiting < WAITING_MAX && !workers->is_closed;
    if (fits) {
        *workers->last = job;
        workers->last = &job->next;
        workers->waiting++;
        pthread_cond_signal(&workers->filled);
    }
    pthread_mutex_unlock(&workers->lock);
    return fits;
}

static struct request *take(struct workers *workers)
{
    struct request *request = NULL;
    pthread_mutex_lock(&workers->lock);
    while (workers->first == NULL && !workers->is_closed)
        pthread_cond_wait(&workers->filled, &workers->lock);
    if (workers->first) {
        request = workers->first->request;
        workers->first = workers->first->next;
        workers->waiting--;
        if (workers->first == NULL)
            workers->last = &workers->first;
    }
    pthread_mutex_unlock(&workers->lock);
    return request;
}

/* The projects that the key opens, or the one that the request is about: the session sees no other row. */
static enum status open_projects(struct request *request, struct connection *connection)
{
    const struct principal *principal = request_principal(request);
    size_t count = 0;
    const struct project *all = principal->snapshot ? snapshot_projects(principal->snapshot, &count) : NULL;
    int32_t *ids = arena_array(request_arena(request), count + 1, sizeof *ids);
    size_t opened = 0;
    if (ids == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (principal->project ? &all[i] == principal->project
                               : all[i].organization_id == principal->key->organization_id)
            ids[opened++] = all[i].id;
    return connection_open_projects(connection, ids, opened);
}

static enum outcome open_and_run(struct request *request, struct connection *connection)
{
    enum status status = open_projects(request, connection);
    if (status == STATUS_OK)
        return run_handler(request, connection);
    problem_of_status(request, status, "request");
    return HANDLED;
}

/* A read that met a server on its way down is run once more on a new session; nothing was written by it. */
static enum outcome run_job(struct worker *worker, struct request *request)
{
    enum outcome outcome;
    if (!connection_is_alive(worker->connection) && connection_restore(worker->connection) != STATUS_OK) {
        problem_of_status(request, STATUS_UNAVAILABLE, "request");
        return HANDLED;
    }
    answer_begin(request);
    outcome = open_and_run(request, worker->connection);
    if (outcome == HANDLED && reply_status(request) == 503 && request_method(request) == HTTP_GET &&
        !connection_is_good(worker->connection) && connection_restore(worker->connection) == STATUS_OK) {
        reply_forget(request);
        answer_begin(request);
        outcome = open_and_run(request, worker->connection);
    }
    return outcome;
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct request *request;
    while ((request = take(worker->workers)) != NULL)
        if (run_job(worker, request) == HANDLED) {
            answer_end(request);
            request_finish(request);
        }
    return NULL;
}

struct workers *workers_open(struct service *service, const struct database_options *options, int count)
{
    struct workers *workers = calloc(1, sizeof *workers);
    struct database_options reader = *options;
    (void)service;
    reader.role = DATABASE_READER;
    if (workers == NULL)
        return NULL;
    workers->worker = calloc((size_t)count, sizeof *workers->worker);
    if (workers->worker == NULL) {
        free(workers);
        return NULL;
    }
    workers->last = &workers->first;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->filled, NULL);
    for (; workers->count < count; workers->count++) {
        struct worker *worker = &workers->worker[workers->count];
        worker->workers = workers;
        if (connection_open(&reader, "read", &worker->connection) != STATUS_OK) {
            workers_close(workers);
            return NULL;
        }
        if (pthread_create(&worker->thread, NULL, work, worker) != 0)
            log_fatal("can't start a worker's thread");
    }
    return workers;
}

void workers_close(struct workers *workers)
{
    if (workers == NULL)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->is_closed = true;
    pthread_cond_broadcast(&workers->filled);
    pthread_mutex_unlock(&workers->lock);
    for (int i = 0; i < workers->count; i++) {
        pthread_join(workers->worker[i].thread, NULL);
        connection_close(workers->worker[i].connection);
    }
    pthread_cond_destroy(&workers->filled);
    pthread_mutex_destroy(&workers->lock);
    free(workers->worker);
    free(workers);
}
