/* SPDX-License-Identifier: MIT */
#include "base/timestamp.h"
#include "commands.h"
#include "session.h"
#include "storage/account.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_PROJECT };
enum { COLUMNS = 13 };

const struct option_rule key_list_rules[] = {
    {.name = "project", .value = "NAME", .meaning = "only the keys of this project"},
    {.name = NULL},
};

static const char *format_time(struct arena *arena, int64_t us)
{
    char text[TIMESTAMP_TEXT_SIZE];
    return us == 0 ? NULL : arena_string(arena, timestamp_format(us - us % 1000000, text));
}

static enum status print(const struct key_row *rows, size_t count, struct arena *arena)
{
    const char **cells = arena_array(arena, (count + 1) * COLUMNS, sizeof *cells);
    if (cells == NULL)
        return STATUS_NO_MEMORY;
    memcpy(cells,
           (const char *[COLUMNS]){"ID", "PROJECT", "ORGANIZATION", "SCOPE", "TEST", "STARTS WITH", "CREATED",
                                   "REVOKED", "EXPIRES", "LAST USED", "RATE", "ORIGINS", "REPLACES"},
           COLUMNS * sizeof *cells);
    for (size_t i = 0; i < count; i++) {
        const char **cell = cells + (i + 1) * COLUMNS;
        char rate[RATE_TEXT_SIZE];
        *cell++ = arena_format(arena, "%d", (int)rows[i].id);
        *cell++ = rows[i].project;
        *cell++ = rows[i].organization;
        *cell++ = scope_name(rows[i].scope);
        *cell++ = rows[i].is_test ? "yes" : "no";
        *cell++ = rows[i].prefix;
        *cell++ = format_time(arena, rows[i].created_us);
        *cell++ = format_time(arena, rows[i].revoked_us);
        *cell++ = format_time(arena, rows[i].expires_us);
        *cell++ = format_time(arena, rows[i].used_us);
        *cell++ = rows[i].rate.count == 0 ? NULL : arena_string(arena, rate_format(&rows[i].rate, rate));
        *cell++ = *rows[i].origins == '\0' ? NULL : rows[i].origins;
        *cell++ = rows[i].replaces == 0 ? NULL : arena_format(arena, "%d", (int)rows[i].replaces);
    }
    table_print(cells, count + 1, COLUMNS);
    return STATUS_OK;
}

int key_list_run(const struct options *options)
{
    struct session session;
    struct key_row *rows;
    size_t count;
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    struct arena *arena = arena_new(0);
    enum status status = STATUS_NO_MEMORY;
    if (arena != NULL)
        status = key_list(session.connection, option_value(options, LIST_PROJECT), arena, &rows, &count);
    if (status == STATUS_OK)
        status = print(rows, count, arena);
    exit_status = session_report(status);
    arena_free(arena);
    session_close(&session);
    return exit_status;
}
