/* SPDX-License-Identifier: MIT */
#include "storage/audit.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "commands.h"
#include "session.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

enum { AUDIT_PROJECT, AUDIT_LIMIT };
enum { COLUMNS = 5, LIMIT = 100, LIMIT_MAX = 100000 };

const struct option_rule audit_rules[] = {
    {.name = "project", .value = "NAME", .meaning = "only what was done to this project"},
    {.name = "limit", .value = "N", .meaning = "how many, the newest first; 100 otherwise"},
    {.name = NULL},
};

static enum status print(const struct audit_row *rows, size_t count, struct arena *arena)
{
    const char **cells = arena_array(arena, (count + 1) * COLUMNS, sizeof *cells);
    if (cells == NULL)
        return STATUS_NO_MEMORY;
    memcpy(cells, (const char *[COLUMNS]){"TIME", "ACTOR", "ACT", "PROJECT", "DETAIL"}, COLUMNS * sizeof *cells);
    for (size_t i = 0; i < count; i++) {
        const char **cell = cells + (i + 1) * COLUMNS;
        char at[TIMESTAMP_TEXT_SIZE];
        *cell++ = arena_string(arena, timestamp_format(rows[i].at_us, at));
        *cell++ = rows[i].actor;
        *cell++ = rows[i].act;
        *cell++ = rows[i].project;
        *cell++ = rows[i].detail;
    }
    table_print(cells, count + 1, COLUMNS);
    return STATUS_OK;
}

int audit_run(const struct options *options)
{
    struct session session;
    struct audit_row *rows;
    size_t count;
    int32_t limit = LIMIT;
    const char *given = option_value(options, AUDIT_LIMIT);
    if (given != NULL && (!command_parse_number(given, &limit) || limit < 1 || limit > LIMIT_MAX)) {
        log_error("--limit takes a number from 1 to %d", (int)LIMIT_MAX);
        return EXIT_USAGE;
    }
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    struct arena *arena = arena_new(0);
    enum status status = STATUS_NO_MEMORY;
    if (arena != NULL)
        status = audit_list(session.connection, option_value(options, AUDIT_PROJECT), limit, arena, &rows, &count);
    if (status == STATUS_OK)
        status = print(rows, count, arena);
    exit_status = session_report(status);
    arena_free(arena);
    session_close(&session);
    return exit_status;
}
