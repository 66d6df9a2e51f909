/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "commands.h"
#include "ingest/ingest.h"
#include "moment.h"
#include "session.h"
#include "storage/account.h"
#include "storage/audit.h"
#include "storage/posted.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one key posted in a span of time: listed, taken out of every number, and put back. */

enum { POSTED_FROM, POSTED_TO };

const struct option_rule key_posted_rules[] = {
    {.name = "from", .value = "TIME", .meaning = "received from then on, such as 2026-11-22T10:00:00Z"},
    {.name = "to", .value = "TIME", .meaning = "received before then; now otherwise"},
    {.name = NULL},
};

static bool parse_query(const struct options *options, struct posted_query *query)
{
    const char *from = option_value(options, POSTED_FROM);
    const char *to = option_value(options, POSTED_TO);
    *query = (struct posted_query){.to_us = clock_now_us()};
    if (options->operand_count != 1 || !command_parse_number(options->operands[0], &query->key_id)) {
        log_error("needs the number of a key, as `hark key list` shows it");
        return false;
    }
    if (from == NULL || !moment_parse(from, &query->from_us)) {
        log_error("needs --from TIME, such as 2026-11-22T10:00:00Z");
        return false;
    }
    if (to != NULL && !moment_parse(to, &query->to_us)) {
        log_error("--to takes a time such as 2026-11-22T10:00:00Z");
        return false;
    }
    if (query->from_us >= query->to_us) {
        log_error("--from must be before --to");
        return false;
    }
    return true;
}

typedef enum status posted_fn(struct session *session, const struct posted_query *query);

/* Opens a session, finds the key's project, and runs it. */
static int run(const struct options *options, posted_fn *run_query)
{
    struct session session;
    struct posted_query query;
    if (!parse_query(options, &query))
        return EXIT_USAGE;
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    enum status status = key_find(session.connection, query.key_id, &query.project_id);
    if (status == STATUS_OK && query.project_id == 0)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        status = run_query(&session, &query);
    if (status == STATUS_NOT_FOUND)
        log_error("there is no key %d of a project", (int)query.key_id);
    else
        session_report(status);
    session_close(&session);
    return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* --- the list ---------------------------------------------------------------------------------------------------------- */

static enum status list(struct session *session, const struct posted_query *query)
{
    static struct posted_row rows[POSTED_PAGE];
    struct posted_row last;
    size_t count = 0;
    enum status status = posted_list(session->connection, query, NULL, rows, &count);
    while (status == STATUS_OK && count > 0) {
        for (size_t i = 0; i < count; i++) {
            char id[ID_TEXT_SIZE];
            char received[TIMESTAMP_TEXT_SIZE];
            printf("%s  %s  %s\n", id_format(&rows[i].id, id), timestamp_format(rows[i].received_us, received),
                   rows[i].excluded ? "excluded" : "counted");
        }
        last = rows[count - 1];
        status = posted_list(session->connection, query, &last, rows, &count);
    }
    return status;
}

int key_posted_run(const struct options *options)
{
    return run(options, list);
}

/* --- out of the numbers and back ----------------------------------------------------------------------------------------- */

/* The way of every edit: a committer of this process, with a slot of its own, locks the rows and moves their counts in the
 * statement that changes them. So running servers are not in the way, and what was done until a failure is whole. */
struct page {
    pthread_mutex_t lock;
    pthread_cond_t filled;
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
    pthread_cond_signal(&page->filled);
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
        pthread_cond_wait(&page->filled, &page->lock);
    pthread_mutex_unlock(&page->lock);
    for (size_t i = 0; i < count; i++) {
        if (page->items[i].verdict == VERDICT_CHANGED)
            ++*changed;
        else if (page->items[i].verdict != VERDICT_NOT_FOUND) /* retention may have been quicker */
            status = STATUS_UNAVAILABLE;
    }
    return status;
}

static enum status change_all(struct session *session, struct ingest *ingest, const struct posted_query *query,
                              bool excluded, size_t *changed)
{
    static struct page page = {.lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER};
    struct posted_row last;
    size_t count = 0;
    enum status status = posted_list(session->connection, query, NULL, page.rows, &count);
    while (status == STATUS_OK && count > 0) {
        last = page.rows[count - 1];
        fill(&page, query, excluded, count);
        status = commit(ingest, &page, count, changed);
        if (status == STATUS_OK)
            status = posted_list(session->connection, query, &last, page.rows, &count);
    }
    return status;
}

/* Whatever was done is noted, also where it ended early. */
static enum status note(struct session *session, const struct posted_query *query, bool excluded, size_t changed)
{
    char detail[200];
    char from[TIMESTAMP_TEXT_SIZE];
    char to[TIMESTAMP_TEXT_SIZE];
    snprintf(detail, sizeof detail, "{\"key_id\":%d,\"from\":\"%s\",\"to\":\"%s\",\"responses\":%zu}",
             (int)query->key_id, timestamp_format(query->from_us, from), timestamp_format(query->to_us, to), changed);
    const struct audit_act act = {.act = excluded ? "responses excluded" : "responses put back",
                                  .project_id = query->project_id,
                                  .detail = detail};
    return audit_add(session->connection, &act, 1);
}

static enum status change(struct session *session, const struct posted_query *asked, bool excluded)
{
    struct posted_query query = *asked;
    struct dictionary *dictionary = dictionary_new(NULL);
    struct ingest_options options = {.database = &session->database,
                                     .dictionary = dictionary,
                                     .committers = 1,
                                     .queue_size = POSTED_PAGE,
                                     .timeout_ms = session->config.commit_timeout_ms};
    struct ingest *ingest = NULL;
    size_t changed = 0;
    query.is_excluded_given = true;
    query.excluded = !excluded;
    enum status status = dictionary == NULL ? STATUS_NO_MEMORY : ingest_open(&options, &ingest);
    if (status == STATUS_OK)
        status = change_all(session, ingest, &query, excluded, &changed);
    ingest_close(ingest);
    dictionary_free(dictionary);
    enum status noted = changed > 0 ? note(session, asked, excluded, changed) : STATUS_OK;
    printf("%zu responses were %s\n", changed, excluded ? "taken out of the numbers" : "put back into the numbers");
    return status == STATUS_OK ? noted : status;
}

static enum status exclude(struct session *session, const struct posted_query *query)
{
    return change(session, query, true);
}

static enum status put_back(struct session *session, const struct posted_query *query)
{
    return change(session, query, false);
}

int key_exclude_run(const struct options *options)
{
    return run(options, exclude);
}

int key_put_back_run(const struct options *options)
{
    return run(options, put_back);
}
