/* SPDX-License-Identifier: MIT */
#include "storage/retention.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "commands.h"
#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RETAIN_PROJECT, RETAIN_DRY_RUN };
enum { PAUSE_MS = 20, SETTLE_MS = 2000 };

const struct option_rule retain_rules[] = {
    {.name = "project", .value = "NAME", .meaning = "of this one only"},
    {.name = "dry-run", .meaning = "only counts"},
    {.name = NULL},
};

static bool pause(void *context, bool has_moved)
{
    int ms = has_moved ? SETTLE_MS : PAUSE_MS;
    (void)context;
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
    return true;
}

static enum status retain_one(struct connection *connection, const struct retention *retention, bool is_dry)
{
    struct retention_report report = {0};
    char before[TIMESTAMP_TEXT_SIZE];
    const char *verb = retention->mode == RETAIN_DELETE ? "deleted" : "anonymised";
    enum status status = is_dry ? retention_count(connection, retention, &report)
                                : retention_run(connection, retention, 0, pause, NULL, &report);
    printf("%s: %" PRId64 " answers and %" PRId64 " events from before %s %s%s\n", retention->project, report.responses,
           report.events, timestamp_format(retention->before_us, before), is_dry ? "to be " : "", verb);
    return status;
}

static enum status retain_all(struct connection *connection, const char *project, bool is_dry, struct arena *arena)
{
    struct retention *list;
    size_t count;
    enum status status = retention_due(connection, project, clock_now_us(), arena, &list, &count);
    if (status == STATUS_OK && count == 0)
        log_error(project ? "there is no project %s that doesn't keep all for ever; see hark project set"
                          : "all projects keep all for ever; see hark project set%s",
                  project ? project : "");
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = retain_one(connection, &list[i], is_dry);
    return status == STATUS_OK && project && count == 0 ? STATUS_NOT_FOUND : status;
}

static enum status retain_in_turn(struct connection *connection, const char *project, bool is_dry, struct arena *arena)
{
    bool kept = false;
    enum status status = retention_try_keep(connection, &kept);
    if (status == STATUS_OK && !kept) {
        log_error("another process is at it: see its log, or try again when it is done");
        return STATUS_CONFLICT;
    }
    return status == STATUS_OK ? retain_all(connection, project, is_dry, arena) : status;
}

int retain_run(const struct options *options)
{
    struct session session;
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    struct arena *arena = arena_new(0);
    enum status status = arena ? retain_in_turn(session.connection, option_value(options, RETAIN_PROJECT),
                                                option_is_set(options, RETAIN_DRY_RUN), arena)
                               : STATUS_NO_MEMORY;
    if (status != STATUS_NOT_FOUND && status != STATUS_CONFLICT)
        session_report(status);
    arena_free(arena);
    session_close(&session);
    return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
