/* SPDX-License-Identifier: MIT */
#include "storage/retention.h"

#include "base/timestamp.h"
#include "query.h"
#include "storage/audit.h"

#include <stdio.h>
#include <string.h>

static const int64_t DAY_US = INT64_C(86400) * 1000000;
enum { ATTEMPTS = 5, MODES = RETAIN_DELETE + 1 };

static const char *const mode_names[MODES] = {"keep", "anonymise", "delete"};

const char *retain_mode_name(enum retain_mode mode)
{
    return mode_names[mode];
}

bool retain_mode_parse(const char *name, enum retain_mode *mode)
{
    for (int i = 0; i < MODES; i++)
        if (strcmp(name, mode_names[i]) == 0) {
            *mode = (enum retain_mode)i;
            return true;
        }
    return false;
}

enum status retention_set(struct connection *connection, const char *project, enum retain_mode mode, int32_t days)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_text(&arguments, text_of(project));
    if (mode == RETAIN_KEEP) {
        argument_null(&arguments);
        argument_null(&arguments);
    } else {
        argument_text(&arguments, text_of(mode_names[mode]));
        argument_int4(&arguments, days);
    }
    status = query_run(connection, QUERY_PROJECT_RETAIN, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && result_rows(result) == 0)
        status = STATUS_NOT_FOUND;
    result_free(result);
    return status;
}

static bool read_due(const struct result *result, int row, int64_t now_us, struct arena *arena,
                     struct retention *retention)
{
    bool failed = false;
    const char *mode = result_copy(result, row, 2, arena, &failed).bytes;
    retention->project_id = result_int4(result, row, 0);
    retention->project = result_copy(result, row, 1, arena, &failed).bytes;
    retention->days = result_int4(result, row, 3);
    retention->before_us = quarter_start_us(timestamp_quarter(now_us - retention->days * DAY_US) - 1);
    return !failed && retain_mode_parse(mode, &retention->mode);
}

enum status retention_due(struct connection *connection, const char *project, int64_t now_us, struct arena *arena,
                          struct retention **list, size_t *count)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_text(&arguments, project ? text_of(project) : (struct text){0});
    status = query_run(connection, QUERY_RETENTION_PROJECTS, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    *count = (size_t)result_rows(result);
    *list = arena_array(arena, *count + 1, sizeof **list);
    if (*list == NULL)
        status = STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < *count; i++)
        if (!read_due(result, (int)i, now_us, arena, &(*list)[i]))
            status = STATUS_NO_MEMORY;
    result_free(result);
    return status;
}

enum status retention_count(struct connection *connection, const struct retention *retention,
                            struct retention_report *report)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, retention->project_id);
    argument_bool(&arguments, retention->mode == RETAIN_ANONYMISE);
    argument_time(&arguments, retention->before_us);
    status = query_run(connection, QUERY_RETENTION_COUNT, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK)
        *report = (struct retention_report){result_int8(result, 0, 0), result_int8(result, 0, 1)};
    result_free(result);
    return status;
}

/* --- a run ------------------------------------------------------------------------------------------------------------- */

struct run {
    struct connection *connection;
    const struct retention *retention;
    retention_pause_fn *pause;
    void *context;
    bool is_stopped;
};

struct place {
    int64_t us;
    struct id id;
};

static void take_breath(struct run *run, bool has_moved)
{
    if (run->pause && !run->pause(run->context, has_moved))
        run->is_stopped = true;
}

/* A statement is a transaction. *found false: nothing is left after the place. */
static enum status run_batch(const struct run *run, enum query_name name, struct place *place, bool *found,
                             int64_t *changed)
{
    struct arguments arguments;
    struct result *result = NULL;
    enum status status = STATUS_RETRY;
    arguments_init(&arguments);
    argument_int4(&arguments, run->retention->project_id);
    argument_time(&arguments, place->us);
    argument_id(&arguments, &place->id);
    argument_time(&arguments, run->retention->before_us);
    argument_int4(&arguments, RETENTION_BATCH);
    /* An erasure or an edit may hold rows of the batch: whoever is chosen to give way runs again. */
    for (int i = 0; i < ATTEMPTS && status == STATUS_RETRY; i++)
        status = query_run(run->connection, name, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    *found = result_rows(result) == 1;
    *changed = *found ? result_int8(result, 0, 0) : 0;
    if (*found)
        *place = (struct place){result_time(result, 0, 1), result_id(result, 0, 2)};
    result_free(result);
    return STATUS_OK;
}

static enum status run_batches(struct run *run, enum query_name name, int64_t from_us, int64_t *total)
{
    struct place place = {.us = from_us};
    enum status status = STATUS_OK;
    bool found = true;
    while (status == STATUS_OK && found && !run->is_stopped) {
        int64_t changed = 0;
        status = run_batch(run, name, &place, &found, &changed);
        *total += changed;
        if (status == STATUS_OK && changed > 0)
            take_breath(run, false);
    }
    return status;
}

/* Committed before the first row goes, so that whoever reads rows has heard of it by then. */
static enum status advance_horizon(struct run *run)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, run->retention->project_id);
    argument_time(&arguments, run->retention->before_us);
    status = query_run(run->connection, QUERY_RETENTION_ADVANCE, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && result_rows(result) == 1)
        take_breath(run, true);
    result_free(result);
    return status;
}

static enum status forget_tokens(const struct run *run)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, run->retention->project_id);
    status = query_execute(run->connection, QUERY_RETENTION_FORGET, &arguments);
    arguments_clear(&arguments);
    return status;
}

static enum status run_all(struct run *run, int64_t from_us, struct retention_report *report)
{
    static const enum query_name names[MODES][2] = {
        [RETAIN_ANONYMISE] = {QUERY_RETENTION_ANONYMISE_RESPONSES, QUERY_RETENTION_ANONYMISE_EVENTS},
        [RETAIN_DELETE] = {QUERY_RETENTION_DELETE_RESPONSES, QUERY_RETENTION_DELETE_EVENTS}};
    enum retain_mode mode = run->retention->mode;
    enum status status = STATUS_OK;
    if (mode == RETAIN_DELETE)
        status = forget_tokens(run);
    if (status == STATUS_OK && mode == RETAIN_DELETE)
        status = advance_horizon(run);
    if (status == STATUS_OK)
        status = run_batches(run, names[mode][0], from_us, &report->responses);
    if (status == STATUS_OK)
        status = run_batches(run, names[mode][1], from_us, &report->events);
    return status;
}

static enum status leave_receipt(const struct run *run, const struct retention_report *report)
{
    const struct retention *retention = run->retention;
    char detail[160];
    char before[TIMESTAMP_TEXT_SIZE];
    snprintf(detail, sizeof detail, "{\"mode\":\"%s\",\"before\":\"%s\",\"responses\":%lld,\"events\":%lld}",
             mode_names[retention->mode], timestamp_format(retention->before_us, before), (long long)report->responses,
             (long long)report->events);
    const struct audit_act act = {.act = "retention", .project_id = retention->project_id, .detail = detail};
    return audit_add(run->connection, &act, 1);
}

enum status retention_run(struct connection *connection, const struct retention *retention, int64_t from_us,
                          retention_pause_fn *pause, void *context, struct retention_report *report)
{
    struct run run = {.connection = connection, .retention = retention, .pause = pause, .context = context};
    enum status status;
    enum status noted = STATUS_OK;
    *report = (struct retention_report){0};
    if (retention->mode == RETAIN_KEEP)
        return STATUS_OK;
    status = run_all(&run, from_us, report);
    if (report->responses > 0 || report->events > 0)
        noted = leave_receipt(&run, report);
    return status != STATUS_OK ? status : noted;
}

/* --- one at a time ------------------------------------------------------------------------------------------------------- */

enum status retention_try_keep(struct connection *connection, bool *kept)
{
    struct result *result;
    enum status status = query_run(connection, QUERY_RETENTION_TRY_KEEP, NULL, &result);
    *kept = status == STATUS_OK && result_bool(result, 0, 0);
    result_free(result);
    return status;
}

enum status retention_let_go(struct connection *connection)
{
    return query_execute(connection, QUERY_RETENTION_LET_GO, NULL);
}
