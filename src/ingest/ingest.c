/* SPDX-License-Identifier: MIT */
#include "ingest/ingest.h"

#include "base/clock.h"
#include "base/log.h"
#include "committer.h"

#include <stdlib.h>

/* A restart of PostgreSQL takes half a second: what comes in meanwhile waits. After this long nothing more is queued. */
static const int64_t AWAY_GRACE_US = 2000000;

static double read_queue_size(void *context)
{
    return (double)queue_size(&((struct ingest *)context)->queue);
}

static double read_available(void *context)
{
    return ingest_is_available(context) ? 1 : 0;
}

static double read_cells(void *context)
{
    return (double)dictionary_size(((struct ingest *)context)->dictionary);
}

static void register_meters(struct ingest *ingest)
{
    static const double rows[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
    static const double seconds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    ingest->batch_rows = meter_register(METER_HISTOGRAM, "hark_ingest_batch_rows", NULL,
                                        "Items that one batch of a committer wrote.", rows, sizeof rows / sizeof *rows);
    ingest->batch_seconds =
        meter_register(METER_HISTOGRAM, "hark_ingest_commit_duration_seconds", NULL,
                       "Time from taking a batch to having it on disk.", seconds, sizeof seconds / sizeof *seconds);
    ingest->retries = meter_register(METER_COUNTER, "hark_ingest_retries_total", NULL,
                                     "Batches run again because PostgreSQL chose them to give way.", NULL, 0);
    ingest->bisections = meter_register(METER_COUNTER, "hark_ingest_bisections_total", NULL,
                                        "Batches halved because PostgreSQL refused one of their rows.", NULL, 0);
    ingest->reconnections = meter_register(METER_COUNTER, "hark_ingest_reconnections_total", NULL,
                                           "Sessions that a committer lost and got back.", NULL, 0);
    meter_register_reader("hark_ingest_queue_items", NULL, "Items that wait for a committer.", read_queue_size, ingest);
    meter_register_reader("hark_ingest_cached_cells", NULL, "Dimension combinations that the process holds in memory.",
                          read_cells, ingest);
    meter_register_reader("hark_postgresql_up", NULL, "1 while answers can be stored.", read_available, ingest);
}

static enum status start(struct ingest *ingest)
{
    for (int i = 0; i < ingest->count; i++) {
        struct committer *committer = &ingest->committers[i];
        enum status status;
        committer->ingest = ingest;
        atomic_init(&committer->away_since_us, 0);
        committer->pending = pending_new();
        if (committer->pending == NULL)
            return STATUS_NO_MEMORY;
        status = connection_open(&ingest->database, "ingest", &committer->connection);
        if (status == STATUS_OK)
            status = committer_lease(committer);
        if (status != STATUS_OK)
            return status;
    }
    for (int i = 0; i < ingest->count; i++)
        if (pthread_create(&ingest->committers[i].thread, NULL, committer_run, &ingest->committers[i]) != 0)
            log_fatal("can't start a committer's thread");
    return STATUS_OK;
}

static void release(struct ingest *ingest)
{
    for (int i = 0; i < ingest->count; i++) {
        connection_close(ingest->committers[i].connection);
        pending_free(ingest->committers[i].pending);
    }
    queue_clear(&ingest->queue);
    free(ingest->committers);
    free(ingest);
}

enum status ingest_open(const struct ingest_options *options, struct ingest **ingest)
{
    struct ingest *opened = calloc(1, sizeof *opened);
    enum status status;

    *ingest = NULL;
    if (opened == NULL)
        return STATUS_NO_MEMORY;
    opened->committers = calloc((size_t)options->committers, sizeof *opened->committers);
    if (opened->committers == NULL) {
        free(opened);
        return STATUS_NO_MEMORY;
    }
    opened->database = *options->database;
    opened->database.role = DATABASE_WRITER;
    opened->dictionary = options->dictionary;
    opened->timeout_us = (int64_t)options->timeout_ms * 1000;
    opened->count = options->committers;
    queue_init(&opened->queue, (size_t)options->queue_size);
    register_meters(opened);
    status = start(opened);
    if (status != STATUS_OK) {
        release(opened);
        return status;
    }
    *ingest = opened;
    return STATUS_OK;
}

void ingest_close(struct ingest *ingest)
{
    if (ingest == NULL)
        return;
    queue_close(&ingest->queue);
    for (int i = 0; i < ingest->count; i++)
        pthread_join(ingest->committers[i].thread, NULL);
    release(ingest);
}

bool ingest_is_available(struct ingest *ingest)
{
    int64_t now_us = clock_monotonic_us();
    for (int i = 0; i < ingest->count; i++) {
        int64_t since_us = atomic_load_explicit(&ingest->committers[i].away_since_us, memory_order_relaxed);
        if (since_us == 0 || now_us - since_us < AWAY_GRACE_US)
            return true;
    }
    return false;
}

atomic_llong *committed_slot(struct ingest *ingest, int32_t project_id)
{
    return &ingest->committed_us[(uint32_t)project_id % COMMITTED_SLOTS];
}

int64_t ingest_committed_us(struct ingest *ingest, int32_t project_id)
{
    return atomic_load(committed_slot(ingest, project_id));
}

enum status ingest_submit(struct ingest *ingest, struct ingest_item *items, size_t count)
{
    int64_t deadline_us = clock_monotonic_us() + ingest->timeout_us;
    if (!ingest_is_available(ingest))
        return STATUS_UNAVAILABLE;
    for (struct ingest_item *item = items; item; item = item->next) {
        item->verdict = VERDICT_PENDING;
        item->was_run = false;
        item->deadline_us = deadline_us;
    }
    return queue_push(&ingest->queue, items, count) ? STATUS_OK : STATUS_BUSY;
}
