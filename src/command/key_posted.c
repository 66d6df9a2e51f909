/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "commands.h"
#include "ingest/exclusion.h"
#include "moment.h"
#include "session.h"
#include "storage/account.h"
#include "storage/posted.h"

#include <stdio.h>
#include <stdlib.h>

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

/* Whatever was done is noted, also where it ended early. */
static enum status change_and_note(struct session *session, struct ingest *ingest, const struct posted_query *query,
                                   bool excluded)
{
    struct exclusion_report report;
    enum status status = exclusion_run(ingest, session->connection, query, excluded, NULL, &report);
    enum status noted = STATUS_OK;
    if (report.responses > 0)
        noted = posted_note(session->connection, query, 0, excluded, report.responses);
    printf("%zu responses were %s\n", report.responses,
           excluded ? "taken out of the numbers" : "put back into the numbers");
    return status == STATUS_OK ? noted : status;
}

/* A committer of this process, with a slot of its own: running servers are not in the way. */
static enum status change(struct session *session, const struct posted_query *query, bool excluded)
{
    struct dictionary *dictionary = dictionary_new(NULL);
    struct ingest_options options = {.database = &session->database,
                                     .dictionary = dictionary,
                                     .committers = 1,
                                     .queue_size = POSTED_PAGE,
                                     .timeout_ms = session->config.commit_timeout_ms};
    struct ingest *ingest = NULL;
    enum status status = dictionary == NULL ? STATUS_NO_MEMORY : ingest_open(&options, &ingest);
    if (status == STATUS_OK)
        status = change_and_note(session, ingest, query, excluded);
    ingest_close(ingest);
    dictionary_free(dictionary);
    return status;
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
