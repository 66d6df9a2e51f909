/* SPDX-License-Identifier: MIT */
#include "committer.h"

#include "base/clock.h"
#include "base/log.h"
#include "storage/slot.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RETRY_PAUSE_MS = 5, RECONNECT_PAUSE_MS = 100, RETRIES_MAX = 20 };
/* Scores are added up by whichever comes first: so seldom that one update of a counter stands for many answers, and so soon that a reader
 * has few to add up itself. */
enum { PENDING_ANSWERS_MAX = 1024, PENDING_MS = 200, PENDING_QUIET_MS = 20 };

static void pause_ms(long ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

enum status committer_lease(struct committer *committer)
{
    enum status status = STATUS_OK;
    if (committer->generation == connection_generation(committer->connection))
        return STATUS_OK;
    /* What waits of the session that was lost may be there or not. */
    pending_forget(committer->pending);
    status = slot_lease(committer->connection, &committer->slot);
    if (status == STATUS_OK)
        committer->generation = connection_generation(committer->connection);
    return status;
}

static void set_away(struct committer *committer, bool away)
{
    int64_t since = atomic_load(&committer->away_since_us);
    if (away && since == 0) {
        atomic_store(&committer->away_since_us, clock_monotonic_us());
        log_warn("PostgreSQL is away: what was submitted waits");
    } else if (!away && since != 0) {
        atomic_store(&committer->away_since_us, 0);
        log_info("PostgreSQL is back");
    }
}

/* Items whose time is up leave with VERDICT_UNAVAILABLE; returns how many stay, moved to the front. */
static size_t expire(struct ingest_item **items, size_t count)
{
    int64_t now_us = clock_monotonic_us();
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        if (items[i]->deadline_us <= now_us)
            items[i]->verdict = VERDICT_UNAVAILABLE;
        else
            items[left++] = items[i];
    }
    return left;
}

/* One attempt to get a session back, and a pause when it fails. */
static void reconnect(struct committer *committer)
{
    if (connection_is_good(committer->connection))
        return;
    if (connection_restore(committer->connection) == STATUS_OK) {
        meter_add(committer->ingest->reconnections, 1);
        set_away(committer, false);
        return;
    }
    set_away(committer, true);
    pause_ms(RECONNECT_PAUSE_MS);
}

static void give_up(struct ingest_item **items, size_t count, enum verdict verdict)
{
    for (size_t i = 0; i < count; i++)
        items[i]->verdict = verdict;
}

static void mark_run(struct ingest_item **items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        items[i]->was_run = true;
}

static int compare_keys(int32_t a_project, const struct id *a, int32_t b_project, const struct id *b)
{
    if (a_project != b_project)
        return a_project < b_project ? -1 : 1;
    return id_compare(a, b);
}

static void key_of(const struct ingest_item *item, int32_t *project_id, const struct id **id)
{
    *project_id = item->kind == INGEST_PATCH      ? item->patch->project_id
                  : item->kind == INGEST_RESPONSE ? item->response->cell.project_id
                                                  : item->event->cell.project_id;
    *id = item->kind == INGEST_PATCH      ? &item->patch->id
          : item->kind == INGEST_RESPONSE ? &item->response->id
                                          : &item->event->id;
}

/* The session sees the rows of the items' projects, and no others. Mostly that is one project, and nothing is sent. */
static enum status open_projects(struct committer *committer, struct ingest_item **items, size_t count)
{
    int32_t ids[INGEST_BATCH_MAX];
    size_t kept = 0;
    const struct id *id;
    for (size_t i = 0; i < count; i++) {
        key_of(items[i], &ids[kept], &id);
        kept += kept == 0 || ids[kept] != ids[kept - 1];
    }
    return connection_open_each_project(committer->connection, ids, kept);
}

static enum status try_step(struct committer *committer, step_fn *step, struct ingest_item **items, size_t count)
{
    enum status status =
        connection_is_good(committer->connection) ? open_projects(committer, items, count) : STATUS_LOST;
    return status == STATUS_OK ? step(committer, items, count) : status;
}

static void run_step(struct committer *committer, step_fn *step, struct ingest_item **items, size_t count);

/* PostgreSQL refused the batch for one of its rows: halves, until the bad one stands alone. */
static void bisect(struct committer *committer, step_fn *step, struct ingest_item **items, size_t count,
                   enum status status)
{
    if (count == 1) {
        log_error("PostgreSQL refused one row (%s)", status_name(status));
        items[0]->verdict = status == STATUS_INVALID ? VERDICT_REFUSED : VERDICT_UNAVAILABLE;
        return;
    }
    meter_add(committer->ingest->bisections, 1);
    run_step(committer, step, items, count / 2);
    run_step(committer, step, items + count / 2, count - count / 2);
}

/* Runs a step until it is done, its items' time is up, or they are refused. A step is safe to run again: ids are unique, and
 * an edit takes its difference from the stored row. */
static void run_step(struct committer *committer, step_fn *step, struct ingest_item **items, size_t count)
{
    int retries = 0;
    while (count > 0) {
        enum status status = try_step(committer, step, items, count);
        switch (status) {
        case STATUS_OK:
            return;
        case STATUS_RETRY:
            meter_add(committer->ingest->retries, 1);
            if (++retries > RETRIES_MAX) {
                give_up(items, count, VERDICT_UNAVAILABLE);
                return;
            }
            pause_ms((long)RETRY_PAUSE_MS * retries);
            break;
        case STATUS_INVALID:
        case STATUS_INTERNAL:
            bisect(committer, step, items, count, status);
            return;
        case STATUS_LOST:
            mark_run(items, count);
            reconnect(committer);
            break;
        default: /* no disk, no memory, no time: the server is there and can't at the moment */
            reconnect(committer);
            pause_ms(RECONNECT_PAUSE_MS);
            break;
        }
        count = expire(items, count);
    }
}

static int compare_items(const struct ingest_item *a, const struct ingest_item *b)
{
    int32_t a_project;
    int32_t b_project;
    const struct id *a_id;
    const struct id *b_id;
    key_of(a, &a_project, &a_id);
    key_of(b, &b_project, &b_id);
    return compare_keys(a_project, a_id, b_project, b_id);
}

/* Of two with one id the one that was submitted first wins. */
static int by_key(const void *a, const void *b)
{
    const struct ingest_item *left = *(struct ingest_item *const *)a;
    const struct ingest_item *right = *(struct ingest_item *const *)b;
    int order = compare_items(left, right);
    return order ? order : (left->order > right->order) - (left->order < right->order);
}

/* Sorts by (project, id), moves the first of each key to the front and the repeats behind. Returns how many are first. */
static size_t first_of_each(struct ingest_item **items, size_t count)
{
    struct ingest_item *repeats[INGEST_BATCH_MAX];
    size_t first = 0;
    size_t repeated = 0;
    qsort(items, count, sizeof *items, by_key);
    for (size_t i = 0; i < count; i++) {
        if (first > 0 && compare_items(items[first - 1], items[i]) == 0)
            repeats[repeated++] = items[i];
        else
            items[first++] = items[i];
    }
    for (size_t i = 0; i < repeated; i++)
        items[first + i] = repeats[i];
    return first;
}

static bool is_stored_as_sent(const struct ingest_item *item)
{
    return item->kind == INGEST_RESPONSE && (item->verdict == VERDICT_CREATED || item->verdict == VERDICT_KNOWN);
}

/* A response that is the same as the one before it, which this batch has just stored or found, is known: nothing need be read. */
static void settle_repeats(struct ingest_item **batch, size_t count)
{
    struct ingest_item *all[INGEST_BATCH_MAX];
    const struct ingest_item *stored = NULL;
    memcpy(all, batch, count * sizeof(struct ingest_item *));
    qsort(all, count, sizeof(struct ingest_item *), by_key);
    for (size_t i = 0; i < count; i++) {
        if (is_stored_as_sent(all[i]))
            stored = all[i];
        else if (stored && all[i]->kind == INGEST_RESPONSE && all[i]->verdict == VERDICT_PENDING &&
                 compare_items(stored, all[i]) == 0 &&
                 memcmp(stored->response->content_hash, all[i]->response->content_hash, CONTENT_HASH_SIZE) == 0)
            all[i]->verdict = VERDICT_KNOWN;
    }
}

/* The items of the wanted kinds (bits) that have no verdict yet. */
static size_t pick(struct ingest_item **batch, size_t count, unsigned kinds, struct ingest_item **picked)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (batch[i]->verdict == VERDICT_PENDING && (kinds & 1u << batch[i]->kind))
            picked[n++] = batch[i];
    return n;
}

/* Of those picked, the responses that are surely new: in front; returns how many. */
static size_t pick_additions(struct ingest_item **picked, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (picked[i]->response->is_own_id && picked[i]->response->answer_count == 0 && !picked[i]->was_run)
            picked[n++] = picked[i];
    return n;
}

static void run_batch(struct committer *committer, struct ingest_item **batch, size_t count)
{
    static const unsigned responses = 1u << INGEST_RESPONSE;
    static const unsigned events = 1u << INGEST_EVENT;
    static const unsigned patches = 1u << INGEST_PATCH;
    struct ingest_item *picked[INGEST_BATCH_MAX];
    size_t n = pick(batch, count, responses | events, picked);

    run_step(committer, batch_resolve, picked, n);
    n = first_of_each(picked, pick_additions(picked, pick(batch, count, responses, picked)));
    run_step(committer, batch_additions, picked, n);
    n = first_of_each(picked, pick(batch, count, responses, picked));
    run_step(committer, batch_responses, picked, n);
    n = first_of_each(picked, pick(batch, count, events, picked));
    run_step(committer, batch_events, picked, n);
    n = first_of_each(picked, pick(batch, count, responses | patches, picked));
    run_step(committer, batch_edits, picked, n);
    if (pick(batch, count, responses, picked) > 0)
        settle_repeats(batch, count);
}

/* Before anybody is told: a number that was read before this moment may lack the batch. A slower committer must not turn the
 * time back. */
static void note_commit(struct committer *committer, struct ingest_item **batch, size_t count)
{
    long long now_us = clock_monotonic_us();
    for (size_t i = 0; i < count; i++) {
        int32_t project_id;
        const struct id *id;
        key_of(batch[i], &project_id, &id);
        atomic_llong *slot = committed_slot(committer->ingest, project_id);
        long long noted_us = atomic_load(slot);
        while (noted_us < now_us && !atomic_compare_exchange_weak(slot, &noted_us, now_us)) {
        }
    }
}

/* Items without a verdict share their id with another of the batch, and wait for the next one. */
static void finish_batch(struct committer *committer, struct ingest_item **batch, size_t count)
{
    note_commit(committer, batch, count);
    for (size_t i = 0; i < count; i++) {
        if (batch[i]->verdict == VERDICT_PENDING)
            queue_return(&committer->ingest->queue, batch[i], 1);
        else
            batch[i]->done(batch[i]);
    }
}

static void timed_batch(struct committer *committer, struct ingest_item **batch, size_t count)
{
    int64_t started_us = clock_monotonic_us();
    run_batch(committer, batch, count);
    meter_observe(committer->ingest->batch_rows, (double)count);
    meter_observe(committer->ingest->batch_seconds, (double)(clock_monotonic_us() - started_us) / 1e6);
    finish_batch(committer, batch, count);
}

/* --- adding up ----------------------------------------------------------------------------------------------------- */

static bool is_pending_due(const struct committer *committer, bool is_quiet)
{
    size_t answers = pending_answers(committer->pending);
    return answers >= PENDING_ANSWERS_MAX ||
           (answers > 0 &&
            (is_quiet || clock_monotonic_us() - pending_since_us(committer->pending) >= INT64_C(1000) * PENDING_MS));
}

/* Where it fails the keeper will do it: until then whoever reads has more to add up, and numbers are what they are. */
static void fold_pending(struct committer *committer)
{
    enum status status = STATUS_LOST;
    if (committer->generation == connection_generation(committer->connection))
        status = pending_fold(committer->connection, committer->pending, committer->slot);
    if (status == STATUS_OK)
        return;
    LOG(LOG_LEVEL_WARN, "scores wait to be added up", LOG_STRING("status", status_name(status)));
    pending_forget(committer->pending);
}

/* --- the thread ---------------------------------------------------------------------------------------------------- */

/* How long to wait for something to do. While PostgreSQL is away nothing is submitted, so the committer looks for it without being
 * asked. */
static int patience_ms(const struct committer *committer)
{
    if (!connection_is_good(committer->connection))
        return 0;
    return pending_answers(committer->pending) > 0 ? PENDING_QUIET_MS : -1;
}

void *committer_run(void *context)
{
    struct committer *committer = context;
    struct ingest_item *batch[INGEST_BATCH_MAX];
    size_t count;

    while (queue_take(&committer->ingest->queue, batch, INGEST_BATCH_MAX, patience_ms(committer), &count)) {
        if (count > 0)
            timed_batch(committer, batch, count);
        else
            reconnect(committer);
        if (is_pending_due(committer, count == 0))
            fold_pending(committer);
    }
    if (is_pending_due(committer, true))
        fold_pending(committer);
    return NULL;
}
