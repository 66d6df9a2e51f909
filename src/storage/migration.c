/* SPDX-License-Identifier: MIT */
#include "storage/migration.h"

#include "base/log.h"
#include "connection.h"
#include "generated/migrations.h"
#include "role.h"

#include <stdio.h>
#include <stdlib.h>

/* "hark" and a number for what the lock is about: 1 migrations, 2 slots. */
#define LOCK_CLASS "1751216747"

static enum status newest_applied(struct connection *connection, int *newest)
{
    PGresult *result = PQexec(connection->pg, "SELECT coalesce(max(number), 0) FROM hark_migration");
    enum status status = STATUS_OK;
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        *newest = (int)strtol(PQgetvalue(result, 0, 0), NULL, 10);
    else
        status = sqlstate_status(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    PQclear(result);
    return status;
}

static enum status apply_one(struct connection *connection, const struct migration *migration)
{
    char sql[160];
    enum status status = connection_begin(connection);
    if (status == STATUS_OK)
        status = connection_script(connection, migration->sql);
    snprintf(sql, sizeof sql, "INSERT INTO hark_migration (number, name) VALUES (%d, '%s')", migration->number,
             migration->name);
    if (status == STATUS_OK)
        status = connection_script(connection, sql);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK) {
        connection_rollback(connection);
        log_error("migration %04d_%s failed and was undone", migration->number, migration->name);
    }
    return status;
}

static enum status apply_missing(struct connection *connection, int *applied)
{
    int newest = 0;
    int known = migration_count ? migrations[migration_count - 1].number : 0;
    enum status status = connection_script(
        connection, "CREATE TABLE IF NOT EXISTS hark_migration (number integer PRIMARY KEY, name text NOT NULL, "
                    "applied_at timestamptz NOT NULL DEFAULT now())");
    if (status == STATUS_OK)
        status = newest_applied(connection, &newest);
    if (status == STATUS_OK && newest > known) {
        log_error("the database was migrated by a newer hark (migration %d, this one knows %d)", newest, known);
        return STATUS_CONFLICT;
    }
    for (size_t i = 0; status == STATUS_OK && i < migration_count; i++) {
        if (migrations[i].number <= newest)
            continue;
        status = apply_one(connection, &migrations[i]);
        *applied += status == STATUS_OK;
    }
    return status;
}

enum status migration_apply(struct connection *connection, int *applied)
{
    enum status status;
    /* A migration of a large table, and the wait for another process that is at it, may take longer than a statement of
     * the service may. */
    connection->options.statement_timeout_ms = 0;
    status = connection_script(connection, "SET statement_timeout = 0; SET lock_timeout = 0;"
                                           "SELECT pg_advisory_lock(" LOCK_CLASS ", 1)");
    *applied = 0;
    if (status != STATUS_OK)
        return status;
    status = apply_missing(connection, applied);
    if (status == STATUS_OK)
        status = role_prepare(connection, *applied > 0);
    if (connection_is_good(connection)) {
        enum status unlocked = connection_script(connection, "SELECT pg_advisory_unlock(" LOCK_CLASS ", 1)");
        status = status == STATUS_OK ? unlocked : status;
    }
    return status;
}
