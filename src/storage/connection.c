/* SPDX-License-Identifier: MIT */
#include "connection.h"

#include "base/clock.h"
#include "base/log.h"
#include "role.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINIMUM_VERSION = 150000, LOCK_TIMEOUT_MS = 5000 };

static void ignore_notice(void *context, const PGresult *result)
{
    /* A notice may quote a row: never printed. */
    (void)context;
    (void)result;
}

enum status connection_script(struct connection *connection, const char *sql)
{
    PGresult *pg = PQsendQuery(connection->pg, sql) ? connection_await(connection) : NULL;
    ExecStatusType result = PQresultStatus(pg);
    const char *sqlstate = PQresultErrorField(pg, PG_DIAG_SQLSTATE);
    enum status status = STATUS_OK;
    if (result != PGRES_COMMAND_OK && result != PGRES_TUPLES_OK) {
        status = sqlstate_status(sqlstate);
        LOG(LOG_LEVEL_WARN, "statement failed", LOG_STRING("sqlstate", sqlstate),
            LOG_STRING("status", status_name(status)));
        if (status == STATUS_LOST || PQstatus(connection->pg) != CONNECTION_OK)
            connection->is_broken = true;
    }
    PQclear(pg);
    return status;
}

static bool setting_is_off(struct connection *connection, const char *name)
{
    char sql[64];
    PGresult *result;
    bool off;
    snprintf(sql, sizeof sql, "SHOW %s", name);
    result = PQsendQuery(connection->pg, sql) ? connection_await(connection) : NULL;
    off = PQresultStatus(result) == PGRES_TUPLES_OK && strcmp(PQgetvalue(result, 0, 0), "off") == 0;
    PQclear(result);
    return off;
}

/* A 201 says "on disk": a server set up to lie about that is refused. */
static enum status check_server(struct connection *connection)
{
    static const char *const needed[] = {"fsync", "full_page_writes", "synchronous_commit"};
    int version = PQserverVersion(connection->pg);
    if (version < MINIMUM_VERSION) {
        log_error("PostgreSQL %d is too old: version 15 or later is needed", version / 10000);
        return STATUS_INVALID;
    }
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!connection->options.allow_unsafe && setting_is_off(connection, needed[i])) {
            log_error("PostgreSQL runs with %s = off: an acknowledged answer could be lost. Turn it on, or set "
                      "HARK_ALLOW_UNSAFE_DATABASE=on to accept that",
                      needed[i]);
            return STATUS_INVALID;
        }
    return STATUS_OK;
}

static enum status configure(struct connection *connection)
{
    char sql[320];
    PQsetnonblocking(connection->pg, 1); /* connection_await waits, with a limit */
    PQsetErrorVerbosity(connection->pg, PQERRORS_SQLSTATE);
    PQsetErrorContextVisibility(connection->pg, PQSHOW_CONTEXT_NEVER);
    PQsetNoticeReceiver(connection->pg, ignore_notice, NULL);
    /* Synchronous commit as the server has it; everything that could change what a statement means is fixed. */
    snprintf(sql, sizeof sql,
             "SET search_path = public; SET timezone = 'UTC'; SET statement_timeout = %d; SET lock_timeout = %d;"
             "SET idle_in_transaction_session_timeout = 60000; SET client_min_messages = warning;"
             "SET jit = off" /* compiling costs more than any of our statements takes */,
             connection->options.statement_timeout_ms, LOCK_TIMEOUT_MS);
    return connection_script(connection, sql);
}

static enum status establish(struct connection *connection)
{
    char name[40];
    snprintf(name, sizeof name, "hark %s", connection->purpose);
    const char *keywords[] = {"dbname",           "application_name", "connect_timeout",
                              "client_encoding",  "keepalives_idle",  "keepalives_interval",
                              "keepalives_count", "tcp_user_timeout", NULL};
    const char *values[] = {connection->options.url, name, "5", "UTF8", "15", "5", "3", "20000", NULL};
    enum status status;

    PQfinish(connection->pg);
    memset(connection->is_prepared, 0, sizeof connection->is_prepared);
    connection->set = connection->reset = "";
    connection->is_set = true;
    labels_clear(&connection->labels);
    connection->open_count = SIZE_MAX;
    connection->is_broken = true;
    connection->pg = PQconnectdbParams(keywords, values, 1);
    if (connection->pg == NULL)
        return STATUS_NO_MEMORY;
    if (PQstatus(connection->pg) != CONNECTION_OK) {
        /* Before there is a session its messages carry no rows; PQhost is NULL where the URL itself could not be read,
         * and then the message may quote it. */
        log_warn("can't connect to PostgreSQL: %s",
                 PQhost(connection->pg) ? PQerrorMessage(connection->pg) : "the connection string can't be read");
        return STATUS_UNAVAILABLE;
    }
    connection->is_broken = false;
    connection->generation++;
    connection->since_us = clock_monotonic_us();
    status = configure(connection);
    if (status == STATUS_OK)
        status = check_server(connection);
    if (status == STATUS_OK)
        status = role_take_on(connection);
    if (status != STATUS_OK)
        connection->is_broken = true;
    return status;
}

enum status connection_open(const struct database_options *options, const char *purpose, struct connection **connection)
{
    enum status status;
    struct connection *opened = calloc(1, sizeof *opened);
    *connection = NULL;
    if (opened == NULL)
        return STATUS_NO_MEMORY;
    opened->options = *options;
    snprintf(opened->purpose, sizeof opened->purpose, "%s", purpose);
    status = establish(opened);
    if (status != STATUS_OK) {
        connection_close(opened);
        return status;
    }
    *connection = opened;
    return STATUS_OK;
}

void connection_close(struct connection *connection)
{
    if (connection == NULL)
        return;
    PQfinish(connection->pg);
    labels_clear(&connection->labels);
    free(connection->open_ids);
    free(connection);
}

enum status connection_restore(struct connection *connection)
{
    return connection_is_good(connection) ? STATUS_OK : establish(connection);
}

bool connection_is_alive(struct connection *connection)
{
    struct pollfd polled = {.fd = PQsocket(connection->pg), .events = POLLIN};
    if (!connection_is_good(connection))
        return false;
    /* Between statements the server has nothing to say but goodbye. */
    if (poll(&polled, 1, 0) != 0)
        connection->is_broken = true;
    return !connection->is_broken;
}

bool connection_is_good(const struct connection *connection)
{
    return !connection->is_broken && PQstatus(connection->pg) == CONNECTION_OK;
}

uint64_t connection_generation(const struct connection *connection)
{
    return connection->generation;
}

enum status connection_begin(struct connection *connection)
{
    return connection_is_good(connection) ? connection_script(connection, "BEGIN") : STATUS_UNAVAILABLE;
}

enum status connection_begin_snapshot(struct connection *connection)
{
    return connection_is_good(connection)
               ? connection_script(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
               : STATUS_UNAVAILABLE;
}

enum status connection_commit(struct connection *connection)
{
    return connection_script(connection, "COMMIT");
}

void connection_rollback(struct connection *connection)
{
    if (connection_is_good(connection) && PQtransactionStatus(connection->pg) != PQTRANS_IDLE &&
        connection_script(connection, "ROLLBACK") != STATUS_OK)
        connection->is_broken = true;
}

enum status connection_ping(struct connection *connection)
{
    return connection_is_good(connection) ? connection_script(connection, "SELECT 1") : STATUS_UNAVAILABLE;
}
