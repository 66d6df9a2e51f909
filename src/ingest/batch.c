/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "committer.h"
#include "merge.h"
#include "storage/audit.h"

static const struct cell_key *cell_of(const struct ingest_item *item)
{
    return item->kind == INGEST_RESPONSE ? &item->response->cell : &item->event->cell;
}

enum status batch_resolve(struct committer *committer, struct ingest_item **items, size_t count)
{
    struct cell_lookup lookups[INGEST_BATCH_MAX];
    enum status status;
    for (size_t i = 0; i < count; i++)
        lookups[i] = (struct cell_lookup){.key = cell_of(items[i])};
    status = dictionary_resolve(committer->ingest->dictionary, committer->connection, lookups, count);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        if (lookups[i].status != STATUS_OK)
            items[i]->verdict = VERDICT_CAP;
        else if (items[i]->kind == INGEST_RESPONSE)
            items[i]->response->cell_id = lookups[i].cell_id;
        else
            items[i]->event->cell_id = lookups[i].cell_id;
    }
    return status;
}

enum status batch_responses(struct committer *committer, struct ingest_item **items, size_t count)
{
    struct response *responses[INGEST_BATCH_MAX] = {0};
    bool is_new[INGEST_BATCH_MAX];
    enum status status = committer_lease(committer);
    for (size_t i = 0; i < count; i++)
        responses[i] = items[i]->response;
    if (status == STATUS_OK)
        status = response_insert(committer->connection, responses, count, committer->slot, is_new);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        if (is_new[i])
            items[i]->verdict = VERDICT_CREATED;
    return status;
}

static bool was_any_run(struct ingest_item *const *items, size_t count)
{
    bool was_run = false;
    for (size_t i = 0; i < count; i++)
        was_run = was_run || items[i]->was_run;
    return was_run;
}

enum status batch_additions(struct committer *committer, struct ingest_item **items, size_t count)
{
    struct response *responses[INGEST_BATCH_MAX] = {0};
    enum status status;
    if (was_any_run(items, count))
        return batch_responses(committer, items, count);
    status = committer_lease(committer);
    for (size_t i = 0; i < count; i++)
        responses[i] = items[i]->response;
    if (status == STATUS_OK)
        status = response_add(committer->connection, responses, count, committer->pending);
    /* The slow way tells what was wrong, and with which. */
    if (status == STATUS_INVALID)
        return batch_responses(committer, items, count);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        items[i]->verdict = VERDICT_CREATED;
    return status;
}

static enum verdict verdict_of_event(enum event_verdict verdict, bool was_run)
{
    switch (verdict) {
    case EVENT_NEW:
        return VERDICT_CREATED;
    case EVENT_KNOWN:
        return was_run ? VERDICT_CREATED : VERDICT_KNOWN;
    case EVENT_CONTRADICTS:
        break;
    }
    return VERDICT_CONFLICT;
}

enum status batch_events(struct committer *committer, struct ingest_item **items, size_t count)
{
    struct event *events[INGEST_BATCH_MAX] = {0};
    enum event_verdict verdicts[INGEST_BATCH_MAX];
    enum status status;
    for (size_t i = 0; i < count; i++)
        events[i] = items[i]->event;
    status = event_insert(committer->connection, events, count, verdicts);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        items[i]->verdict = verdict_of_event(verdicts[i], items[i]->was_run);
    return status;
}

static struct response_key key_of(const struct ingest_item *item)
{
    if (item->kind == INGEST_PATCH)
        return (struct response_key){.project_id = item->patch->project_id,
                                     .id = item->patch->id,
                                     .comment = item->patch->comment,
                                     .compares_comment = item->patch->sets_comment};
    return (struct response_key){item->response->cell.project_id, item->response->id, item->response->properties,
                                 item->response->comment, !text_is_absent(item->response->comment)};
}

struct edits {
    struct arena *arena;
    struct stored_response *rows;
    size_t found;
    struct stored_response *changed[INGEST_BATCH_MAX];
    size_t changed_count;
    struct merge merges[INGEST_BATCH_MAX];
};

/* Rows come back in the order of the keys, without those that don't exist. */
static void merge_all(struct edits *edits, struct ingest_item **items, size_t count)
{
    size_t row = 0;
    int64_t now_us = clock_now_us();
    edits->changed_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct response_key key = key_of(items[i]);
        struct stored_response *stored = row < edits->found ? &edits->rows[row] : NULL;
        if (stored == NULL || stored->response.cell.project_id != key.project_id ||
            id_compare(&stored->response.id, &key.id) != 0) {
            /* A response that was known a moment ago and is not there now was deleted meanwhile: its turn comes again. */
            edits->merges[i] =
                (struct merge){.verdict = items[i]->kind == INGEST_PATCH ? VERDICT_NOT_FOUND : VERDICT_PENDING};
            continue;
        }
        row++;
        edits->merges[i] = items[i]->kind == INGEST_PATCH
                               ? merge_patch(stored, items[i]->patch, now_us, edits->arena)
                               : merge_response(stored, items[i]->response, items[i]->was_run, edits->arena);
        if (edits->merges[i].changes)
            edits->changed[edits->changed_count++] = stored;
    }
}

/* A merge that adds a dimension value moves its row to another cell. Cells are not added while rows are locked (that
 * would turn the lock order around), so a new one is added first and the edit then starts again. */
static enum status find_cells(struct committer *committer, struct edits *edits, bool *complete)
{
    *complete = true;
    for (size_t i = 0; i < edits->changed_count; i++) {
        struct response *response = &edits->changed[i]->response;
        int32_t cell_id = dictionary_peek(committer->ingest->dictionary, &response->cell);
        *complete = *complete && cell_id != 0;
        response->cell_id = cell_id;
    }
    return STATUS_OK;
}

static enum status add_cells(struct committer *committer, struct edits *edits)
{
    struct cell_lookup lookups[INGEST_BATCH_MAX];
    enum status status;
    for (size_t i = 0; i < edits->changed_count; i++)
        lookups[i] = (struct cell_lookup){.key = &edits->changed[i]->response.cell};
    status = dictionary_resolve(committer->ingest->dictionary, committer->connection, lookups, edits->changed_count);
    for (size_t i = 0; status == STATUS_OK && i < edits->changed_count; i++)
        if (lookups[i].status != STATUS_OK)
            status = STATUS_TOO_LARGE;
    return status;
}

static enum status lock_and_merge(struct committer *committer, struct edits *edits, struct ingest_item **items,
                                  size_t count, bool *complete)
{
    struct response_key keys[INGEST_BATCH_MAX];
    enum status status = connection_begin(committer->connection);
    for (size_t i = 0; i < count; i++)
        keys[i] = key_of(items[i]);
    if (status == STATUS_OK)
        status = response_lock(committer->connection, keys, count, edits->arena, &edits->rows, &edits->found);
    if (status != STATUS_OK)
        return status;
    merge_all(edits, items, count);
    return find_cells(committer, edits, complete);
}

/* What an admin takes out of the numbers or puts back. Commands say themselves what they did, once for all. */
static enum status audit(struct committer *committer, const struct edits *edits, struct ingest_item **items,
                         size_t count)
{
    struct audit_act acts[INGEST_BATCH_MAX];
    char id[ID_TEXT_SIZE];
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const struct patch *patch = items[i]->kind == INGEST_PATCH ? items[i]->patch : NULL;
        if (patch == NULL || !patch->sets_excluded || patch->key_id == 0 || !edits->merges[i].changes)
            continue;
        acts[used++] = (struct audit_act){
            .key_id = patch->key_id,
            .act = patch->excluded ? "response excluded" : "response put back",
            .project_id = patch->project_id,
            .detail = arena_format(edits->arena, "{\"id\":\"%s\"}", id_format(&patch->id, id)),
        };
    }
    return used == 0 ? STATUS_OK : audit_add(committer->connection, acts, used);
}

static enum status edit_once(struct committer *committer, struct edits *edits, struct ingest_item **items, size_t count,
                             bool *complete)
{
    enum status status = lock_and_merge(committer, edits, items, count, complete);
    if (status == STATUS_OK && *complete && edits->changed_count > 0)
        status = response_update(committer->connection, edits->changed, edits->changed_count, committer->slot);
    if (status == STATUS_OK && *complete)
        status = audit(committer, edits, items, count);
    if (status == STATUS_OK && *complete)
        return connection_commit(committer->connection);
    connection_rollback(committer->connection);
    return status;
}

enum status batch_edits(struct committer *committer, struct ingest_item **items, size_t count)
{
    enum { ROUNDS = 3 };
    struct edits edits = {.arena = arena_new(0)};
    bool complete = false;
    enum status status = edits.arena ? committer_lease(committer) : STATUS_NO_MEMORY;

    for (int round = 0; status == STATUS_OK && !complete && round < ROUNDS; round++) {
        status = edit_once(committer, &edits, items, count, &complete);
        if (status == STATUS_OK && !complete)
            status = add_cells(committer, &edits);
    }
    if (status == STATUS_OK && !complete)
        status = STATUS_RETRY;
    if (status == STATUS_TOO_LARGE && count == 1) {
        items[0]->verdict = VERDICT_CAP;
        status = STATUS_OK;
    } else if (status == STATUS_TOO_LARGE) {
        status = STATUS_INVALID; /* halve until it stands alone */
    } else if (status == STATUS_OK) {
        for (size_t i = 0; i < count; i++) {
            items[i]->verdict = edits.merges[i].verdict;
            items[i]->unfit = edits.merges[i].unfit;
        }
    }
    arena_free(edits.arena);
    return status;
}
