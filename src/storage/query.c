/* SPDX-License-Identifier: MIT */
#include "query.h"

#include "base/log.h"
#include "connection.h"

#include <assert.h>
#include <libpq-fe.h>
#include <string.h>

struct status_row {
    const char *prefix; /* a SQLSTATE or its class */
    enum status status;
};

/* First match wins. */
static const struct status_row sqlstates[] = {
    {"40003", STATUS_LOST},        /* statement completion unknown */
    {"40", STATUS_RETRY},          /* deadlock, serialization */
    {"55P03", STATUS_RETRY},       /* lock timeout */
    {"57014", STATUS_TIMEOUT},     /* statement timeout */
    {"57P", STATUS_LOST},          /* shutdown, crash recovery */
    {"08", STATUS_LOST},           /* connection */
    {"25006", STATUS_UNAVAILABLE}, /* read-only: a replica after a failover */
    {"53", STATUS_UNAVAILABLE},    /* disk full, out of memory, too many connections */
    {"54000", STATUS_TOO_LARGE},   /* program limit */
    {"58", STATUS_UNAVAILABLE},    /* I/O error outside PostgreSQL */
    {"22", STATUS_INVALID},        /* data */
    {"23", STATUS_INVALID},        /* constraint */
};

enum status sqlstate_status(const char *sqlstate)
{
    if (sqlstate == NULL)
        return STATUS_LOST;
    for (size_t i = 0; i < sizeof sqlstates / sizeof sqlstates[0]; i++)
        if (strncmp(sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) == 0)
            return sqlstates[i].status;
    return STATUS_INTERNAL;
}

struct result;

static PGresult *pg_of(const struct result *result)
{
    return (PGresult *)(void *)result;
}

static enum status failed(struct connection *connection, enum query_name name, PGresult *pg)
{
    /* libpq makes up a result without SQLSTATE when the socket breaks. */
    const char *sqlstate = pg ? PQresultErrorField(pg, PG_DIAG_SQLSTATE) : NULL;
    enum status status = sqlstate_status(sqlstate);
    if (status == STATUS_INTERNAL && PQstatus(connection->pg) != CONNECTION_OK)
        status = STATUS_LOST;
    LOG(status == STATUS_INTERNAL ? LOG_LEVEL_ERROR : LOG_LEVEL_WARN, "statement failed",
        LOG_STRING("query", query_texts[name].name), LOG_STRING("sqlstate", sqlstate),
        LOG_STRING("status", status_name(status)));
    /* Read-only: another host of the connection string may be the primary now. After "disk full" the session is good. */
    if (status == STATUS_LOST || (sqlstate && strcmp(sqlstate, "25006") == 0) ||
        PQstatus(connection->pg) != CONNECTION_OK)
        connection->is_broken = true;
    PQclear(pg);
    return status;
}

static enum status prepare(struct connection *connection, enum query_name name)
{
    PGresult *pg;
    if (connection->is_prepared[name])
        return STATUS_OK;
    pg = PQsendPrepare(connection->pg, query_texts[name].name, query_texts[name].sql, 0, NULL)
             ? connection_await(connection)
             : NULL;
    if (PQresultStatus(pg) != PGRES_COMMAND_OK)
        return failed(connection, name, pg);
    PQclear(pg);
    connection->is_prepared[name] = true;
    return STATUS_OK;
}

/* What its file says in "-- Set:", in place of what the query before it had; mostly that is the same, and nothing is sent. */
static enum status set_for(struct connection *connection, enum query_name name)
{
    const struct query_text *query = &query_texts[name];
    struct buffer script;
    enum status status;
    if (connection->is_set && strcmp(connection->set, query->set) == 0)
        return STATUS_OK;
    buffer_init(&script);
    buffer_string(&script, connection->reset);
    buffer_string(&script, query->set);
    buffer_append(&script, "", 1);
    if (script.failed) {
        buffer_clear(&script);
        return STATUS_NO_MEMORY;
    }
    /* Until it is known to hold. What it might have set by then can be taken back nevertheless. */
    connection->is_set = false;
    if (*query->set != '\0')
        connection->reset = query->reset;
    connection->set = query->set;
    status = connection_script(connection, script.data);
    buffer_clear(&script);
    connection->is_set = status == STATUS_OK && PQtransactionStatus(connection->pg) == PQTRANS_IDLE;
    return status;
}

static int collect(struct arguments *arguments, const char **values, int *lengths, int *formats)
{
    for (int i = 0; i < arguments->count; i++) {
        size_t end = i + 1 < arguments->count ? arguments->offsets[i + 1] : arguments->bytes.size;
        lengths[i] = (int)(end - arguments->offsets[i]);
        /* An empty value still needs an address: libpq takes NULL for SQL's NULL. */
        values[i] = arguments->is_null[i] ? NULL : lengths[i] ? arguments->bytes.data + arguments->offsets[i] : "";
        formats[i] = 1;
    }
    return arguments->count;
}

enum status query_run(struct connection *connection, enum query_name name, struct arguments *arguments,
                      struct result **result)
{
    const char *values[ARGUMENTS_MAX];
    int lengths[ARGUMENTS_MAX];
    int formats[ARGUMENTS_MAX];
    int count = 0;
    PGresult *pg;
    enum status status;

    *result = NULL;
    if (arguments && arguments->bytes.failed)
        return STATUS_NO_MEMORY;
    if (!connection_is_good(connection))
        return STATUS_UNAVAILABLE;
    status = set_for(connection, name);
    if (status == STATUS_OK)
        status = prepare(connection, name);
    if (status != STATUS_OK)
        return status;
    if (arguments)
        count = collect(arguments, values, lengths, formats);
    pg = PQsendQueryPrepared(connection->pg, query_texts[name].name, count, values, lengths, formats, 1)
             ? connection_await(connection)
             : NULL;
    if (PQresultStatus(pg) != PGRES_TUPLES_OK && PQresultStatus(pg) != PGRES_COMMAND_OK)
        return failed(connection, name, pg);
    *result = (struct result *)(void *)pg;
    return STATUS_OK;
}

enum status query_execute(struct connection *connection, enum query_name name, struct arguments *arguments)
{
    struct result *result;
    enum status status = query_run(connection, name, arguments, &result);
    result_free(result);
    return status;
}

void result_free(struct result *result)
{
    PQclear(pg_of(result));
}

const void *result_bytes(const struct result *result, int row, int column, int *size)
{
    assert(row < PQntuples(pg_of(result)) && column < PQnfields(pg_of(result)));
    *size = PQgetlength(pg_of(result), row, column);
    return PQgetisnull(pg_of(result), row, column) ? NULL : PQgetvalue(pg_of(result), row, column);
}

int result_rows(const struct result *result)
{
    return PQntuples(pg_of(result));
}

int result_columns(const struct result *result)
{
    return PQnfields(pg_of(result));
}
