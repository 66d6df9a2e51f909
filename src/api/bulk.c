/* SPDX-License-Identifier: MIT */
#include "bulk.h"

#include "base/clock.h"
#include "call.h"
#include "http/reply.h"
#include "limits.h"
#include "parse.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOWS = 2, WINDOW_ITEMS = 512, WINDOW_BYTES = 1 << 20, REJECTED_MAX = 10000 };

/* What became of an object before ingest saw it; 0: it is with ingest. */
struct entry {
    struct ingest_item item;
    size_t index;
    int status;
    struct faults faults;
};

struct window {
    struct bulk *bulk;
    struct arena *arena;
    struct entry *entries;
    size_t count;
    size_t bytes; /* of text decoded into it */
    size_t under_way;
};

struct bulk {
    struct service *service;
    enum ingest_kind kind;
    const struct principal *principal;
    const char *idempotency_key;
    /* Guarded by lock: what committers touch too. */
    pthread_mutex_t lock;
    struct request *request; /* NULL: it ended */
    int holders;             /* the request, and each window under way */
    bool is_paused;
    bool is_finished;
    /* The request's thread's own. */
    struct window windows[WINDOWS];
    int filling;
    size_t count;
    size_t accepted;
    size_t duplicates;
    size_t rejected;
    struct buffer rejections;
};

static bool window_open(struct bulk *bulk, struct window *window)
{
    window->bulk = bulk;
    window->arena = arena_new(0);
    window->entries = window->arena ? arena_array(window->arena, WINDOW_ITEMS, sizeof *window->entries) : NULL;
    window->count = 0;
    window->bytes = 0;
    return window->entries != NULL;
}

static void bulk_free(struct bulk *bulk)
{
    for (int i = 0; i < WINDOWS; i++)
        arena_free(bulk->windows[i].arena);
    buffer_clear(&bulk->rejections);
    pthread_mutex_destroy(&bulk->lock);
    free(bulk);
}

struct bulk *bulk_new(struct service *service, struct request *request, enum ingest_kind kind)
{
    struct bulk *bulk = calloc(1, sizeof *bulk);
    if (bulk == NULL)
        return NULL;
    pthread_mutex_init(&bulk->lock, NULL);
    bulk->service = service;
    bulk->request = request;
    bulk->kind = kind;
    bulk->principal = request_principal(request);
    bulk->idempotency_key = request_header(request, "Idempotency-Key");
    bulk->holders = 1;
    buffer_init(&bulk->rejections);
    if (window_open(bulk, &bulk->windows[0]))
        return bulk;
    bulk_free(bulk);
    return NULL;
}

static void let_go(struct bulk *bulk)
{
    bool is_last;
    pthread_mutex_lock(&bulk->lock);
    is_last = --bulk->holders == 0;
    pthread_mutex_unlock(&bulk->lock);
    if (is_last)
        bulk_free(bulk);
}

void bulk_detach(struct bulk *bulk)
{
    pthread_mutex_lock(&bulk->lock);
    bulk->request = NULL;
    pthread_mutex_unlock(&bulk->lock);
    let_go(bulk);
}

size_t bulk_count(const struct bulk *bulk)
{
    return bulk->count;
}

static void write_rejection(struct bulk *bulk, const struct entry *entry, int status, bool is_retryable,
                            const char *detail, bool has_id)
{
    char id[ID_TEXT_SIZE];
    if (bulk->rejected++ >= REJECTED_MAX)
        return;
    buffer_format(&bulk->rejections, "%s{\"index\":%zu,\"id\":", bulk->rejections.size ? "," : "", entry->index);
    if (has_id)
        buffer_format(&bulk->rejections, "\"%s\"", id_format(submission_id(&entry->item), id));
    else
        buffer_string(&bulk->rejections, "null");
    buffer_format(&bulk->rejections, ",\"status\":%d,\"retryable\":%s,\"errors\":", status,
                  is_retryable ? "true" : "false");
    if (detail) {
        buffer_string(&bulk->rejections, "[{\"pointer\":\"#\",\"detail\":");
        buffer_json_string(&bulk->rejections, detail, strlen(detail));
        buffer_string(&bulk->rejections, "}]");
    } else {
        faults_write(&entry->faults, &bulk->rejections);
    }
    buffer_string(&bulk->rejections, "}");
}

static void collect_entry(struct bulk *bulk, const struct entry *entry)
{
    enum verdict verdict = entry->item.verdict;
    if (entry->status != 0)
        write_rejection(bulk, entry, entry->status, entry->status == 503 || entry->status == 429, NULL, false);
    else if (verdict == VERDICT_CREATED || verdict == VERDICT_MERGED)
        bulk->accepted++;
    else if (verdict == VERDICT_KNOWN)
        bulk->duplicates++;
    else
        write_rejection(bulk, entry, submission_status(verdict), submission_is_retryable(verdict),
                        submission_detail(verdict), true);
}

/* In the order of the objects, when the window is back. */
static void collect(struct bulk *bulk, struct window *window)
{
    for (size_t i = 0; i < window->count; i++)
        collect_entry(bulk, &window->entries[i]);
    arena_free(window->arena);
    window->arena = NULL;
    window->count = 0;
}

static void write_reply(struct request *request, struct bulk *bulk)
{
    struct buffer json;
    buffer_init(&json);
    buffer_format(&json, "{\"accepted\":%zu,\"duplicates\":%zu,\"rejected\":[", bulk->accepted, bulk->duplicates);
    buffer_append(&json, bulk->rejections.data, bulk->rejections.size);
    buffer_string(&json, "]");
    if (bulk->rejected > REJECTED_MAX)
        buffer_format(&json, ",\"rejected_not_listed\":%zu", bulk->rejected - REJECTED_MAX);
    buffer_string(&json, "}");
    json.failed = json.failed || bulk->rejections.failed;
    reply_json(request, 200, &json);
}

/* The windows are back; oldest first. */
static void complete_bulk(struct request *request, struct bulk *bulk)
{
    for (int i = 1; i <= WINDOWS; i++)
        collect(bulk, &bulk->windows[(bulk->filling + i) % WINDOWS]);
    write_reply(request, bulk);
}

/* On the loop's thread. */
static void complete(struct request *request)
{
    complete_bulk(request, request_call(request)->bulk);
}

static bool is_idle(const struct bulk *bulk)
{
    for (int i = 0; i < WINDOWS; i++)
        if (bulk->windows[i].under_way > 0)
            return false;
    return true;
}

/* On a committer's thread. The last item of a window wakes the request where it waits for that. */
static void item_done(struct ingest_item *item)
{
    struct window *window = item->context;
    struct bulk *bulk = window->bulk;
    bool is_back;

    pthread_mutex_lock(&bulk->lock);
    is_back = --window->under_way == 0;
    if (is_back && bulk->request && bulk->is_finished && is_idle(bulk)) {
        request_finish_with(bulk->request, complete);
    } else if (is_back && bulk->request && bulk->is_paused) {
        bulk->is_paused = false;
        request_continue(bulk->request);
    }
    pthread_mutex_unlock(&bulk->lock);
    if (is_back)
        let_go(bulk);
}

/* Submits what the window holds. What ingest can't take now is told to come again. */
static void send_window(struct bulk *bulk, struct window *window)
{
    struct ingest_item *first = NULL;
    struct ingest_item **last = &first;
    size_t count = 0;
    enum status status;

    for (size_t i = 0; i < window->count; i++)
        if (window->entries[i].status == 0) {
            window->entries[i].item.done = item_done;
            window->entries[i].item.context = window;
            *last = &window->entries[i].item;
            last = &window->entries[i].item.next;
            count++;
        }
    if (count == 0)
        return;
    pthread_mutex_lock(&bulk->lock);
    window->under_way = count;
    bulk->holders++;
    pthread_mutex_unlock(&bulk->lock);
    status = ingest_submit(bulk->service->ingest, first, count);
    if (status == STATUS_OK)
        return;
    pthread_mutex_lock(&bulk->lock);
    window->under_way = 0;
    bulk->holders--;
    pthread_mutex_unlock(&bulk->lock);
    for (size_t i = 0; i < window->count; i++)
        if (window->entries[i].status == 0)
            window->entries[i].item.verdict = VERDICT_UNAVAILABLE;
}

static bool is_full(const struct window *window)
{
    return window->count == WINDOW_ITEMS || window->bytes >= WINDOW_BYTES;
}

bool bulk_has_room(struct bulk *bulk)
{
    struct window *next;
    bool is_busy;

    if (!is_full(&bulk->windows[bulk->filling]))
        return true;
    next = &bulk->windows[(bulk->filling + 1) % WINDOWS];
    pthread_mutex_lock(&bulk->lock);
    is_busy = next->under_way > 0;
    bulk->is_paused = is_busy;
    pthread_mutex_unlock(&bulk->lock);
    return !is_busy;
}

/* The window to add to; a full one is on its way. */
static struct window *room(struct bulk *bulk)
{
    struct window *window = &bulk->windows[bulk->filling];
    if (!is_full(window))
        return window;
    bulk->filling = (bulk->filling + 1) % WINDOWS;
    window = &bulk->windows[bulk->filling];
    collect(bulk, window);
    return window_open(bulk, window) ? window : NULL;
}

static struct entry *add_entry(struct bulk *bulk)
{
    struct window *window = room(bulk);
    struct entry *entry;
    if (window == NULL || window->entries == NULL)
        return NULL;
    entry = &window->entries[window->count++];
    entry->index = bulk->count++;
    faults_init(&entry->faults, window->arena);
    return entry;
}

/* No memory for a window: the object is counted as one to send again. */
static void refuse_unkept(struct bulk *bulk)
{
    struct entry entry = {.index = bulk->count++};
    write_rejection(bulk, &entry, 503, true, "out of memory: send it again", false);
}

static void send_if_full(struct bulk *bulk)
{
    struct window *window = &bulk->windows[bulk->filling];
    if (is_full(window))
        send_window(bulk, window);
}

void bulk_add(struct bulk *bulk, struct text text)
{
    /* The first one is what the request itself was counted as. */
    if (bulk->count > 0 && !limits_admit_item(bulk->service->limits, bulk->principal->key)) {
        bulk_refuse(bulk, 429, "is more than the key may send in this time: send it again later");
        return;
    }
    struct entry *entry = add_entry(bulk);
    struct submission submission = {.principal = bulk->principal,
                                    .kind = bulk->kind,
                                    .received_us = clock_now_us(),
                                    .idempotency_key = bulk->idempotency_key};
    if (entry == NULL) {
        refuse_unkept(bulk);
        return;
    }
    submission.index = entry->index;
    bulk->windows[bulk->filling].bytes += text.size;
    entry->status = submission_decode(&submission, text, &entry->item, &entry->faults);
    send_if_full(bulk);
}

void bulk_refuse(struct bulk *bulk, int status, const char *detail)
{
    struct entry *entry = add_entry(bulk);
    if (entry == NULL) {
        refuse_unkept(bulk);
        return;
    }
    entry->status = status;
    faults_add(&entry->faults, "#", "%s", detail);
    send_if_full(bulk);
}

enum outcome bulk_finish(struct bulk *bulk)
{
    struct request *request = bulk->request;
    bool waits;
    if (!is_full(&bulk->windows[bulk->filling]))
        send_window(bulk, &bulk->windows[bulk->filling]);
    pthread_mutex_lock(&bulk->lock);
    bulk->is_finished = true;
    waits = !is_idle(bulk);
    pthread_mutex_unlock(&bulk->lock);
    if (waits)
        return PENDING;
    complete_bulk(request, bulk);
    return HANDLED;
}
