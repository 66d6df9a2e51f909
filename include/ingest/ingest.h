/* SPDX-License-Identifier: MIT */
#ifndef HARK_INGEST_INGEST_H
#define HARK_INGEST_INGEST_H

#include "base/arena.h"
#include "base/status.h"
#include "storage/database.h"
#include "storage/dictionary.h"
#include "storage/directory.h"
#include "storage/event.h"
#include "storage/response.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Group commit. A bounded queue of what is to be written, and committer threads that take everything queued (up to INGEST_BATCH_MAX)
 * whenever their session is free, write it with one statement, and give each item its own verdict once it is on disk. */
struct ingest;

enum { INGEST_BATCH_MAX = 2048 };

/* A score that a patch sets. What the key means depends on the survey of the response, and is looked up there. */
struct patch_answer {
    struct text key;
    int16_t score;
    bool is_taken_away; /* instead of a score */
};

/* A change of a stored response. Only what is set is changed. */
struct patch {
    int32_t project_id;
    struct id id;
    int32_t key_id;                  /* 0: a command */
    int32_t replaced_key_id;         /* what this one posted counts as its own too; 0: none */
    bool own_only;                   /* a write key: what the same key posted, within a day */
    const struct snapshot *snapshot; /* what the keys mean; as long as the patch */
    const struct patch_answer *answers;
    size_t answer_count;
    bool sets_comment;
    struct text comment; /* absent: taken away */
    bool sets_tags;
    struct text *tags;
    size_t tag_count;
    bool sets_excluded;
    bool excluded;
};

enum ingest_kind { INGEST_RESPONSE, INGEST_EVENT, INGEST_PATCH };

enum verdict {
    VERDICT_PENDING,
    VERDICT_CREATED,   /* stored now (or by an earlier run of the same batch) */
    VERDICT_KNOWN,     /* stored before, with the same content */
    VERDICT_MERGED,    /* what it adds to the stored row was added */
    VERDICT_CHANGED,   /* a patch was applied (or had been) */
    VERDICT_CONFLICT,  /* contradicts what is stored under its id */
    VERDICT_NOT_FOUND, /* a patch of nothing, or of what the key may not see */
    VERDICT_FORBIDDEN, /* a patch that comes too late for a write key, or of an erased row */
    VERDICT_EMPTY,     /* a patch that would leave no answer */
    VERDICT_UNFIT,   /* a patch with an answer (item->unfit) that the response's survey doesn't ask, or off its scale */
    VERDICT_CAP,     /* new dimension values, and the project's cap is reached */
    VERDICT_REFUSED, /* PostgreSQL refused this very row */
    VERDICT_UNAVAILABLE /* PostgreSQL was away too long: not known to be stored; safe to send again with the same id */
};

struct ingest_item;
typedef void ingest_done_fn(struct ingest_item *item);

/* What one request, or one item of a bulk request, wants written. Owned by the submitter; it and what it points to stay
 * untouched from submission until done. */
struct ingest_item {
    enum ingest_kind kind;
    struct response *response; /* by kind, one of the three */
    struct event *event;
    const struct patch *patch;
    ingest_done_fn *done; /* on a committer's thread, once; then the item is the submitter's again */
    void *context;
    enum verdict verdict;
    size_t unfit; /* of VERDICT_UNFIT: the index of the patch's answer */
    /* The committers' own. */
    struct ingest_item *next;
    uint64_t order; /* of submission */
    int64_t deadline_us;
    bool was_run; /* an earlier run's outcome is unknown: a known id with equal content is ours */
};

struct ingest_options {
    const struct database_options *database;
    struct dictionary *dictionary;
    int committers;
    int queue_size;
    int timeout_ms; /* how long an item may wait for a PostgreSQL that is away */
};

/* STATUS_UNAVAILABLE when no committer could connect. */
enum status ingest_open(const struct ingest_options *options, struct ingest **ingest)
    __attribute__((warn_unused_result));
/* Commits what is queued, then stops. */
void ingest_close(struct ingest *ingest);

/* Queues all of the items, linked by next, or none: STATUS_BUSY when the queue lacks room, STATUS_UNAVAILABLE while PostgreSQL is
 * away. Never waits. */
enum status ingest_submit(struct ingest *ingest, struct ingest_item *items, size_t count)
    __attribute__((warn_unused_result));

/* When a project's latest batch was on disk, on the monotonic clock: noted before anybody was told. 0: none yet. Perhaps a later
 * time, of another project's batch. */
int64_t ingest_committed_us(struct ingest *ingest, int32_t project_id);

/* A session of at least one committer is up. */
bool ingest_is_available(struct ingest *ingest);

#endif
