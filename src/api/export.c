/* SPDX-License-Identifier: MIT */
#include "api/export.h"

#include "export_line.h"
#include "storage/audit.h"
#include "storage/export.h"
#include "storage/survey.h"
#include "survey_write.h"
#include "write.h"

struct export
{
    const struct export_options *options;
    struct connection *connection;
    struct principal principal; /* without a key */
    struct export_place place;
    struct buffer line;
    struct export_report *report;
};

static enum status give(struct export *export, bool *goes_on)
{
    buffer_string(&export->line, "\n");
    if (export->line.failed)
        return STATUS_NO_MEMORY;
    *goes_on = export->options->sink(export->options->context, export->line.data, export->line.size);
    export->report->lines += *goes_on;
    buffer_reset(&export->line);
    return STATUS_OK;
}

static enum status give_responses(struct export *export, struct arena *arena, bool *goes_on)
{
    struct stored_response *rows;
    size_t count = 0;
    enum status status =
        export_responses(export->connection, export->principal.project->id, &export->place, arena, &rows, &count);
    *goes_on = count > 0;
    export->report->is_complete = status == STATUS_OK && count == 0;
    for (size_t i = 0; status == STATUS_OK && *goes_on && i < count; i++) {
        if (export->options->is_full)
            write_response(&export->line, &rows[i], &export->principal);
        else if (rows[i].excluded || rows[i].response.is_test)
            continue;
        else
            export_line_response(&export->line, &rows[i].response, &export->principal);
        status = give(export, goes_on);
    }
    return status;
}

static enum status give_events(struct export *export, struct arena *arena, bool *goes_on)
{
    struct stored_event *rows;
    size_t count = 0;
    enum status status =
        export_events(export->connection, export->principal.project->id, &export->place, arena, &rows, &count);
    *goes_on = count > 0;
    export->report->is_complete = status == STATUS_OK && count == 0;
    for (size_t i = 0; status == STATUS_OK && *goes_on && i < count; i++) {
        if (export->options->is_full)
            write_event(&export->line, &rows[i], export->principal.project);
        else if (rows[i].event.is_test)
            continue;
        else
            export_line_event(&export->line, &rows[i].event, export->principal.project);
        status = give(export, goes_on);
    }
    return status;
}

/* --- surveys --------------------------------------------------------------------------------------------------------- */

/* With the line's end. */
static enum status give_version(struct export *export, const struct survey *survey,
                                const struct survey_version *version, bool *goes_on)
{
    enum status status;
    if (export->options->is_full)
        status = survey_write(&export->line, survey, version);
    else
        status = export_line_survey(&export->line, survey, version);
    return status == STATUS_OK ? give(export, goes_on) : status;
}

/* Deleted ones too: their answers are there. */
static enum status give_surveys(struct export *export)
{
    size_t count;
    const struct survey *surveys = snapshot_surveys(export->principal.snapshot, export->principal.project->id, &count);
    enum status status = STATUS_OK;
    bool goes_on = true;
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; status == STATUS_OK && goes_on && v < surveys[i].version_count; v++)
            status = give_version(export, &surveys[i], &surveys[i].versions[v], &goes_on);
    export->report->is_complete = status == STATUS_OK && goes_on;
    return status;
}

/* --- all ------------------------------------------------------------------------------------------------------------- */

/* A page's memory goes with it. */
static enum status give_rows(struct export *export)
{
    enum status status = STATUS_OK;
    bool goes_on = true;
    while (status == STATUS_OK && goes_on) {
        struct arena *arena = arena_new(0);
        if (arena == NULL)
            return STATUS_NO_MEMORY;
        status = export->options->kind == EXPORT_RESPONSES ? give_responses(export, arena, &goes_on)
                                                           : give_events(export, arena, &goes_on);
        arena_free(arena);
    }
    return status;
}

/* Before anything is handed out, so that nobody is given what nobody could tell of. */
static enum status note(const struct export *export)
{
    static const char *const acts[] = {[EXPORT_RESPONSES] = "responses exported",
                                       [EXPORT_EVENTS] = "events exported",
                                       [EXPORT_SURVEYS] = "surveys exported"};
    const struct audit_act act = {.act = acts[export->options->kind],
                                  .project_id = export->principal.project->id,
                                  .detail = export->options->is_full ? "{\"full\":true}" : "{\"full\":false}"};
    return audit_add(export->connection, &act, 1);
}

static enum status export_in_snapshot(struct export *export, struct directory *directory)
{
    enum status status = connection_begin_snapshot(export->connection);
    /* What the answers are called must be known of all rows that the snapshot has. */
    if (status == STATUS_OK)
        status = directory_refresh(directory, export->connection);
    if (status != STATUS_OK)
        return status;
    snapshot_release(export->principal.snapshot);
    export->principal.snapshot = directory_hold(directory);
    export->principal.project = snapshot_project_named(export->principal.snapshot, export->options->project);
    if (export->principal.project == NULL)
        return STATUS_NOT_FOUND;
    status = export->options->kind == EXPORT_SURVEYS ? give_surveys(export) : give_rows(export);
    return status == STATUS_OK ? connection_commit(export->connection) : status;
}

enum status export_run(struct connection *connection, struct directory *directory, const struct export_options *options,
                       struct export_report *report)
{
    struct export export = {
        .options = options,
        .connection = connection,
        .principal = {.snapshot = directory_hold(directory)},
        .report = report,
    };
    enum status status = STATUS_NOT_FOUND;
    *report = (struct export_report){.lines = 0};
    buffer_init(&export.line);
    export.principal.project = snapshot_project_named(export.principal.snapshot, options->project);
    if (export.principal.project)
        status = note(&export);
    if (status == STATUS_OK)
        status = export_in_snapshot(&export, directory);
    if (status != STATUS_OK)
        connection_rollback(connection);
    report->is_complete = report->is_complete && status == STATUS_OK;
    snapshot_release(export.principal.snapshot);
    buffer_clear(&export.line);
    return status;
}
