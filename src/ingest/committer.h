/* SPDX-License-Identifier: MIT */
#ifndef HARK_INGEST_COMMITTER_H
#define HARK_INGEST_COMMITTER_H

#include "base/meter.h"
#include "ingest/ingest.h"
#include "queue.h"
#include "storage/pending.h"

#include <pthread.h>
#include <stdatomic.h>

/* Inside ingest/ only. */

enum { COMMITTED_SLOTS = 256 };

struct ingest {
    struct queue queue;
    atomic_llong committed_us[COMMITTED_SLOTS]; /* by the last bits of the project's id */
    struct database_options database;
    struct dictionary *dictionary;
    int64_t timeout_us;
    struct committer *committers;
    int count;
    struct meter *batch_rows;
    struct meter *batch_seconds;
    struct meter *retries;
    struct meter *bisections;
    struct meter *reconnections;
};

/* One thread, one session, one slot. */
struct committer {
    struct ingest *ingest;
    struct connection *connection;
    uint64_t generation; /* of the session that leased the slot */
    int16_t slot;
    pthread_t thread;
    struct pending *pending;    /* scores that it stored and did not add up yet */
    atomic_llong away_since_us; /* monotonic; 0: the session is up */
};

/* Of the project's slot. */
atomic_llong *committed_slot(struct ingest *ingest, int32_t project_id);
/* The thread: batches until the queue is closed and empty. context is a struct committer whose connection is open. */
void *committer_run(void *context);
/* The slot of the present session, leased anew after a reconnection. */
enum status committer_lease(struct committer *committer) __attribute__((warn_unused_result));

/* One step of a batch: writes the items and sets their verdicts, or fails as a whole and sets none. An item that has to wait for the
 * next batch is left VERDICT_PENDING. */
typedef enum status step_fn(struct committer *committer, struct ingest_item **items, size_t count);
step_fn batch_resolve;   /* cells of responses and events */
step_fn batch_additions; /* responses that are surely new, sorted by (project, id) */
step_fn batch_responses; /* sorted by (project, id), no repeats; a known id is left VERDICT_PENDING */
step_fn batch_events;    /* likewise; events have no second step */
step_fn batch_edits;     /* known ids and patches, one an id */

#endif
