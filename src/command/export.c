/* SPDX-License-Identifier: MIT */
#include "api/export.h"

#include "base/log.h"
#include "commands.h"
#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPORT_FULL };

const struct option_rule export_rules[] = {
    {.name = "full", .meaning = "every row as the lists of the API show it, also what doesn't count"},
    {.name = NULL},
};

static bool write_line(void *context, const char *line, size_t size)
{
    (void)context;
    return fwrite(line, 1, size, stdout) == size;
}

/* The last lines may still be on their way out when the last row was read. */
static bool is_written(const struct export_report *report)
{
    int fault = fflush(stdout) == 0 ? 0 : errno;
    if (fault == 0 && ferror(stdout))
        fault = EIO;
    if (fault != 0)
        log_error("cannot write to stdout: %s", strerrordesc_np(fault));
    return fault == 0 && report->is_complete;
}

static enum status run(struct session *session, const struct export_options *options, bool *is_complete)
{
    struct directory *directory;
    struct export_report report = {.lines = 0};
    enum status status = directory_open(&session->database, &directory);
    if (status != STATUS_OK)
        return status;
    status = export_run(session->connection, directory, options, &report);
    directory_close(directory);
    if (status == STATUS_NOT_FOUND)
        return status;
    *is_complete = is_written(&report);
    fprintf(stderr, "%zu lines: %s\n", report.lines, *is_complete ? "complete" : "NOT complete");
    return status;
}

static int export(const struct options *given, enum export_kind kind)
{
    struct session session;
    struct export_options options = {.kind = kind, .is_full = option_is_set(given, EXPORT_FULL), .sink = write_line};
    bool is_complete = false;
    if (given->operand_count != 1) {
        log_error("needs the name of a project");
        return EXIT_USAGE;
    }
    options.project = given->operands[0];
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    enum status status = run(&session, &options, &is_complete);
    if (status == STATUS_NOT_FOUND)
        log_error("there is no project %s", options.project);
    else
        session_report(status);
    session_close(&session);
    return status == STATUS_OK && is_complete ? EXIT_SUCCESS : EXIT_FAILURE;
}

int export_responses_run(const struct options *options)
{
    return export(options, EXPORT_RESPONSES);
}

int export_surveys_run(const struct options *options)
{
    return export(options, EXPORT_SURVEYS);
}

int export_events_run(const struct options *options)
{
    return export(options, EXPORT_EVENTS);
}
