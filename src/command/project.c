/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/timestamp.h"
#include "commands.h"
#include "session.h"
#include "storage/account.h"
#include "storage/retention.h"
#include "table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CREATE_NAME, CREATE_TIME_ZONE, CREATE_ORGANIZATION, CREATE_DIMENSION, CREATE_PUBLISH_MIN_N };
enum { SET_PUBLISH_MIN_N, SET_RETAIN, SET_RETAIN_DAYS };
enum { LIST_COLUMNS = 7 };

const struct option_rule project_create_rules[] = {
    {.name = "name", .value = "NAME", .meaning = "the project's name, in place of the argument"},
    {.name = "time-zone", .value = "ZONE", .meaning = "where its days begin, such as Europe/Madrid; UTC otherwise"},
    {.name = "organization", .value = "NAME", .meaning = "who owns it; made when new; the project's name otherwise"},
    {.name = "dimension",
     .value = "NAME",
     .meaning = "a dimension of its own, up to four times",
     .limit = DECLARED_MAX},
    {.name = "publish-min-n",
     .value = "N",
     .meaning = "how many answers a number needs before keys of scope metrics see it, 1 to 1000; 1 otherwise"},
    {.name = NULL},
};
const struct option_rule project_set_rules[] = {
    {.name = "publish-min-n",
     .value = "N",
     .meaning = "how many answers a number needs before keys of scope metrics see it, 1 to 1000"},
    {.name = "retain",
     .value = "MODE",
     .meaning = "what becomes of answers and events past their age: anonymise, delete, or keep (for ever)"},
    {.name = "retain-days", .value = "N", .meaning = "that age in days, 1 to 36500"},
    {.name = NULL},
};
_Static_assert((int)DECLARED_MAX <= (int)OPTION_VALUES_MAX, "all declared dimensions can be given");

/* NULL: 0, which leaves it as it is. */
static bool parse_min_n(const char *text, int32_t *min_n)
{
    char *end = NULL;
    long number = text == NULL ? 0 : strtol(text, &end, 10);
    *min_n = (int32_t)number;
    if (text == NULL || (isdigit((unsigned char)*text) && *end == '\0' && number >= 1 && number <= PUBLISH_MIN_N_MAX))
        return true;
    log_error("--publish-min-n takes a number from 1 to %d", (int)PUBLISH_MIN_N_MAX);
    return false;
}

static int create(const struct project_options *project)
{
    struct session session;
    const char *fault = NULL;
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    enum status status = project_create(session.connection, project, &fault);
    if (status == STATUS_INVALID && fault != NULL)
        log_error("%s", fault);
    else if (status == STATUS_CONFLICT)
        log_error("there is a project %s already", project->name);
    else
        session_report(status);
    session_close(&session);
    return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int project_create_run(const struct options *options)
{
    const char *named = option_value(options, CREATE_NAME);
    if ((named != NULL) + options->operand_count != 1) {
        log_error("needs one name: hark project create NAME");
        return EXIT_USAGE;
    }
    struct project_options project = {
        .name = named != NULL ? named : options->operands[0],
        .organization = option_value(options, CREATE_ORGANIZATION),
        .time_zone = option_value(options, CREATE_TIME_ZONE),
        .dimension_count = options->counts[CREATE_DIMENSION],
    };
    if (!parse_min_n(option_value(options, CREATE_PUBLISH_MIN_N), &project.publish_min_n))
        return EXIT_USAGE;
    memcpy(project.dimensions, options->values[CREATE_DIMENSION], sizeof project.dimensions);
    return create(&project);
}

struct changes {
    int32_t min_n; /* 0: none */
    bool sets_retention;
    enum retain_mode retain_mode;
    int32_t retain_days;
};

static bool parse_retention(const struct options *options, struct changes *changes)
{
    const char *mode = option_value(options, SET_RETAIN);
    const char *days = option_value(options, SET_RETAIN_DAYS);
    changes->sets_retention = mode != NULL || days != NULL;
    if (!changes->sets_retention)
        return true;
    if (mode == NULL || !retain_mode_parse(mode, &changes->retain_mode)) {
        log_error("--retain takes anonymise, delete or keep");
        return false;
    }
    if ((days != NULL) != (changes->retain_mode != RETAIN_KEEP)) {
        log_error("--retain-days N belongs to --retain anonymise and --retain delete");
        return false;
    }
    if (days != NULL && (!command_parse_number(days, &changes->retain_days) || changes->retain_days < 1 ||
                         changes->retain_days > RETAIN_DAYS_MAX)) {
        log_error("--retain-days takes a number from 1 to %d", (int)RETAIN_DAYS_MAX);
        return false;
    }
    return true;
}

static enum status set(struct connection *connection, const char *project, const struct changes *changes)
{
    enum status status = STATUS_OK;
    if (changes->min_n != 0)
        status = project_set_publish_min_n(connection, project, changes->min_n);
    if (status == STATUS_OK && changes->sets_retention)
        status = retention_set(connection, project, changes->retain_mode, changes->retain_days);
    return status;
}

int project_set_run(const struct options *options)
{
    struct session session;
    struct changes changes;
    if (!parse_min_n(option_value(options, SET_PUBLISH_MIN_N), &changes.min_n) || !parse_retention(options, &changes))
        return EXIT_USAGE;
    if (options->operand_count != 1 || (changes.min_n == 0 && !changes.sets_retention)) {
        log_error("needs a name and what to set: hark project set NAME --publish-min-n N, or --retain MODE");
        return EXIT_USAGE;
    }
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    enum status status = set(session.connection, options->operands[0], &changes);
    if (status == STATUS_NOT_FOUND)
        log_error("there is no project %s", options->operands[0]);
    else
        session_report(status);
    session_close(&session);
    return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static enum status print(const struct project_row *rows, size_t count, struct arena *arena)
{
    const char **cells = arena_array(arena, (count + 1) * LIST_COLUMNS, sizeof *cells);
    if (cells == NULL)
        return STATUS_NO_MEMORY;
    memcpy(cells,
           (const char *[LIST_COLUMNS]){"ID", "NAME", "ORGANIZATION", "TIME ZONE", "DIMENSIONS", "CREATED", "KEEPS"},
           LIST_COLUMNS * sizeof *cells);
    for (size_t i = 0; i < count; i++) {
        const char **row = cells + (i + 1) * LIST_COLUMNS;
        char created[TIMESTAMP_TEXT_SIZE];
        timestamp_format(rows[i].created_us - rows[i].created_us % 1000000, created);
        row[0] = arena_format(arena, "%d", (int)rows[i].id);
        row[1] = rows[i].name;
        row[2] = rows[i].organization;
        row[3] = rows[i].time_zone;
        row[4] = *rows[i].dimensions == '\0' ? NULL : rows[i].dimensions;
        row[5] = arena_string(arena, created);
        row[6] = rows[i].retain_days == 0
                     ? NULL
                     : arena_format(arena, "%d days, then %s", (int)rows[i].retain_days, rows[i].retain_mode);
    }
    table_print(cells, count + 1, LIST_COLUMNS);
    return STATUS_OK;
}

int project_list_run(const struct options *options)
{
    struct session session;
    struct project_row *rows;
    size_t count;
    (void)options;
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    struct arena *arena = arena_new(0);
    enum status status = arena == NULL ? STATUS_NO_MEMORY : project_list(session.connection, arena, &rows, &count);
    if (status == STATUS_OK)
        status = print(rows, count, arena);
    exit_status = session_report(status);
    arena_free(arena);
    session_close(&session);
    return exit_status;
}
