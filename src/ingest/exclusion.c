/* SPDX-License-Identifier: MIT */
#include "ingest/exclusion.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>

/* A committer locks the rows of a page and moves their counts in the statement that changes them. So what was done until a
 * failure is whole. */
struct page {
    pthread_mutex_t lock;
    pthread_cond_t done;
    size_t under_way;
    struct posted_row rows[POSTED_PAGE];
    struct patch patches[POSTED_PAGE];
    struct ingest_item items[POSTED_PAGE];
};
_Static_assert((int)POSTED_PAGE <= (int)INGEST_BATCH_MAX, "a page is one batch");

static void item_done(struct ingest_item *item)
{
    struct page *page = item->context;
    pthread_mutex_lock(&page->lock);
    page->under_way--;
    pthread_cond_signal(&page->done);
    pthread_mutex_unlock(&page->lock);
}

static void fill(struct page *page, const struct posted_query *query, bool excluded, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        page->patches[i] = (struct patch){
            .project_id = query->project_id, .id = page->rows[i].id, .sets_excluded = true, .excluded = excluded};
        page->items[i] = (struct ingest_item){.kind = INGEST_PATCH,
                                              .patch = &page->patches[i],
                                              .done = item_done,
                                              .context = page,
                                              .next = i + 1 < count ? &page->items[i + 1] : NULL};
    }
    page->under_way = count;
}

static enum status commit(struct ingest *ingest, struct page *page, size_t count, size_t *changed)
{
    enum status status = ingest_submit(ingest, page->items, count);
    if (status != STATUS_OK)
        return status;
    pthread_mutex_lock(&page->lock);
    while (page->under_way > 0)
        pthread_cond_wait(&page->done, &page->lock);
    pthread_mutex_unlock(&page->lock);
    for (size_t i = 0; i < count; i++) {
        if (page->items[i].verdict == VERDICT_CHANGED)
            ++*changed;
        else if (page->items[i].verdict != VERDICT_NOT_FOUND) /* retention may have been quicker */
            status = STATUS_UNAVAILABLE;
    }
    return status;
}

static bool is_reached(const struct exclusion_limit *limit, const struct exclusion_report *report)
{
    return limit && (report->responses >= limit->responses || clock_monotonic_us() >= limit->until_us);
}

static enum status change_all(struct page *page, struct ingest *ingest, struct connection *connection,
                              const struct posted_query *query, const struct exclusion_limit *limit,
                              struct exclusion_report *report)
{
    size_t count = 0;
    enum status status = posted_list(connection, query, NULL, page->rows, &count);
    while (status == STATUS_OK && count > 0 && !is_reached(limit, report)) {
        struct posted_row last = page->rows[count - 1];
        fill(page, query, !query->excluded, count);
        status = commit(ingest, page, count, &report->responses);
        if (status == STATUS_OK)
            status = posted_list(connection, query, &last, page->rows, &count);
    }
    report->is_complete = status == STATUS_OK && count == 0;
    return status;
}

enum status exclusion_run(struct ingest *ingest, struct connection *connection, const struct posted_query *query,
                          bool excluded, const struct exclusion_limit *limit, struct exclusion_report *report)
{
    struct posted_query wanted = *query;
    struct page *page = calloc(1, sizeof *page);
    enum status status;
    *report = (struct exclusion_report){.responses = 0};
    if (page == NULL)
        return STATUS_NO_MEMORY;
    pthread_mutex_init(&page->lock, NULL);
    pthread_cond_init(&page->done, NULL);
    wanted.is_excluded_given = true;
    wanted.excluded = !excluded;
    status = change_all(page, ingest, connection, &wanted, limit, report);
    pthread_cond_destroy(&page->done);
    pthread_mutex_destroy(&page->lock);
    free(page);
    return status;
}
