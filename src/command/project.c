/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/timestamp.h"
#include "commands.h"
#include "session.h"
#include "storage/account.h"
#include "table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CREATE_NAME, CREATE_TIME_ZONE, CREATE_ORGANIZATION, CREATE_DIMENSION, CREATE_PUBLISH_MIN_N };
enum { SET_PUBLISH_MIN_N };
enum { LIST_COLUMNS = 6 };

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

int project_set_run(const struct options *options)
{
    struct session session;
    int32_t min_n;
    if (options->operand_count != 1 || !option_is_set(options, SET_PUBLISH_MIN_N)) {
        log_error("needs a name and what to set: hark project set NAME --publish-min-n N");
        return EXIT_USAGE;
    }
    if (!parse_min_n(option_value(options, SET_PUBLISH_MIN_N), &min_n))
        return EXIT_USAGE;
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    enum status status = project_set_publish_min_n(session.connection, options->operands[0], min_n);
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
    memcpy(cells, (const char *[LIST_COLUMNS]){"ID", "NAME", "ORGANIZATION", "TIME ZONE", "DIMENSIONS", "CREATED"},
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
