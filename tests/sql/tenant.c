/* SPDX-License-Identifier: MIT */
#include "tenant.h"

#include "base/id.h"
#include "storage/account.h"
#include "storage/migration.h"
#include "support/database.h"

#include <check.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

static struct database_options options = {.statement_timeout_ms = 20000};

const struct database_options *tenant_database(void)
{
    /* Only the first time: threads of a test call it too. */
    if (options.url == NULL)
        options.url = test_database_url();
    return &options;
}

void tenant_open(struct tenant *tenant, const char *time_zone)
{
    struct project_options project = {
        .name = tenant->name, .time_zone = time_zone, .dimensions = {"release", "store"}, .dimension_count = 2};
    struct key_options key = {.project = tenant->name, .scope = SCOPE_WRITE};
    struct id id = id_new();
    char id_text[ID_TEXT_SIZE];
    char text[KEY_TEXT_SIZE];
    const char *fault;
    int applied;

    snprintf(tenant->name, sizeof tenant->name, "t%s", id_format(&id, id_text));
    ck_assert_int_eq(connection_open(tenant_database(), "test", &tenant->connection), STATUS_OK);
    ck_assert_int_eq(migration_apply(tenant->connection, &applied), STATUS_OK);
    ck_assert_int_eq(project_create(tenant->connection, &project, &fault), STATUS_OK);
    ck_assert_int_eq(key_create(tenant->connection, &key, text), STATUS_OK);
    tenant->project_id = 0;
    tenant->project_id = (int32_t)tenant_number(tenant, "SELECT max(id) FROM project WHERE %d = 0");
    tenant->key_id = (int32_t)tenant_number(tenant, "SELECT max(id) FROM key WHERE project_id = %d");
}

void tenant_close(struct tenant *tenant)
{
    connection_close(tenant->connection);
}

static PGresult *run(const struct tenant *tenant, const char *format)
{
    char sql[4096];
    PGconn *pg = PQconnectdb(test_database_url());
    PGresult *result;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(sql, sizeof sql, format, tenant->project_id);
#pragma GCC diagnostic pop
    result = PQexec(pg, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        ck_abort_msg("%s: %s", sql, PQresultErrorMessage(result));
    PQfinish(pg);
    return result;
}

int64_t tenant_number(const struct tenant *tenant, const char *sql)
{
    PGresult *result = run(tenant, sql);
    int64_t number = PQntuples(result) ? atoll(PQgetvalue(result, 0, 0)) : 0;
    PQclear(result);
    return number;
}

void tenant_execute(const struct tenant *tenant, const char *sql)
{
    PQclear(run(tenant, sql));
}
