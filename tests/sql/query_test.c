/* SPDX-License-Identifier: MIT */
#include "../../src/storage/connection.h"
#include "base/arena.h"
#include "generated/query_names.h"
#include "storage/rollup.h"
#include "support/database.h"
#include "support/runner.h"
#include "tenant.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

/* The highest $n of a statement, outside of its comments. */
static int highest_parameter(const char *sql)
{
    int highest = 0;
    for (const char *c = sql; *c; c++) {
        if (c[0] == '-' && c[1] == '-') {
            c += strcspn(c, "\n");
            if (*c == '\0')
                break;
        } else if (c[0] == '$' && isdigit((unsigned char)c[1])) {
            int number = atoi(c + 1);
            highest = number > highest ? number : highest;
        }
    }
    return highest;
}

START_TEST(every_statement_prepares_and_uses_all_its_parameters)
{
    struct tenant tenant;
    PGconn *pg;
    tenant_open(&tenant, NULL);
    pg = PQconnectdb(test_database_url());
    for (int i = 0; i < QUERY_COUNT; i++) {
        PGresult *result = PQprepare(pg, query_texts[i].name, query_texts[i].sql, 0, NULL);
        ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s: %s", query_texts[i].name,
                      PQresultErrorMessage(result));
        PQclear(result);
        result = PQdescribePrepared(pg, query_texts[i].name);
        ck_assert_msg(PQnparams(result) == highest_parameter(query_texts[i].sql), "%s: %d parameters",
                      query_texts[i].name, PQnparams(result));
        PQclear(result);
    }
    PQfinish(pg);
    tenant_close(&tenant);
}
END_TEST

/* A parameter whose type nobody says is taken as text, and a binary number is then read as garbage. */
START_TEST(no_parameter_is_taken_as_text_by_default)
{
    enum { TEXT_OID = 25 };
    struct tenant tenant;
    PGconn *pg;
    tenant_open(&tenant, NULL);
    pg = PQconnectdb(test_database_url());
    for (int i = 0; i < QUERY_COUNT; i++) {
        PGresult *result;
        PQclear(PQprepare(pg, query_texts[i].name, query_texts[i].sql, 0, NULL));
        result = PQdescribePrepared(pg, query_texts[i].name);
        for (int n = 0; n < PQnparams(result); n++) {
            char cast[24];
            snprintf(cast, sizeof cast, "$%d::text", n + 1);
            ck_assert_msg(PQparamtype(result, n) != TEXT_OID || strstr(query_texts[i].sql, cast) != NULL,
                          "%s: $%d is text and nobody says so", query_texts[i].name, n + 1);
        }
        PQclear(result);
    }
    PQfinish(pg);
    tenant_close(&tenant);
}
END_TEST

/* --- what a file tells the planner ---------------------------------------------------------------------------------- */

static bool scans(struct tenant *tenant)
{
    PGconn *pg = tenant->connection->pg;
    PGresult *result;
    bool is_on;
    result = PQexec(pg, "SHOW enable_seqscan");
    is_on = strcmp(PQgetvalue(result, 0, 0), "on") == 0;
    PQclear(result);
    result = PQexec(pg, "SHOW work_mem");
    /* The two are set by one file, and taken back together. */
    ck_assert_int_eq(strcmp(PQgetvalue(result, 0, 0), "1MB") != 0, is_on);
    PQclear(result);
    return is_on;
}

/* Of no answers: by packs, whose file forbids scans. */
static void ask(struct tenant *tenant, struct arena *arena)
{
    struct rollup_query query = {.project_ids = &tenant->project_id, .project_count = 1, .from = 0, .to = 96};
    struct rollup rollup;
    ck_assert_int_eq(rollup_read(tenant->connection, &query, arena, &rollup), STATUS_OK);
}

static void run_another(struct tenant *tenant)
{
    ck_assert_int_eq(query_execute(tenant->connection, QUERY_TIME_ZONE_LIST, NULL), STATUS_OK);
}

START_TEST(what_a_query_tells_the_planner_holds_for_it_alone)
{
    struct tenant tenant;
    struct arena *arena = arena_new(0);
    tenant_open(&tenant, NULL);
    ck_assert(scans(&tenant));
    for (int i = 0; i < 2; i++) {
        ask(&tenant, arena);
        ck_assert(!scans(&tenant));
        run_another(&tenant);
        ck_assert(scans(&tenant));
    }
    tenant_close(&tenant);
    arena_free(arena);
}
END_TEST

/* PostgreSQL takes back what a transaction set that failed, or was given up. */
START_TEST(what_was_set_in_a_transaction_is_set_again_after_it)
{
    struct tenant tenant;
    struct arena *arena = arena_new(0);
    tenant_open(&tenant, NULL);
    ck_assert_int_eq(connection_begin(tenant.connection), STATUS_OK);
    ask(&tenant, arena);
    connection_rollback(tenant.connection);
    ck_assert(scans(&tenant));
    ask(&tenant, arena);
    ck_assert(!scans(&tenant));
    ck_assert_int_eq(connection_begin(tenant.connection), STATUS_OK);
    run_another(&tenant);
    connection_rollback(tenant.connection);
    ck_assert(!scans(&tenant));
    run_another(&tenant);
    ck_assert(scans(&tenant));
    tenant_close(&tenant);
    arena_free(arena);
}
END_TEST

START_TEST(a_new_session_is_told_anew)
{
    struct tenant tenant;
    struct arena *arena = arena_new(0);
    tenant_open(&tenant, NULL);
    ask(&tenant, arena);
    tenant.connection->is_broken = true;
    ck_assert_int_eq(connection_restore(tenant.connection), STATUS_OK);
    ck_assert(scans(&tenant));
    ask(&tenant, arena);
    ck_assert(!scans(&tenant));
    tenant_close(&tenant);
    arena_free(arena);
}
END_TEST

Suite *query_suite(void)
{
    return RUNNER_SUITE("queries", every_statement_prepares_and_uses_all_its_parameters,
                        no_parameter_is_taken_as_text_by_default, what_a_query_tells_the_planner_holds_for_it_alone,
                        what_was_set_in_a_transaction_is_set_again_after_it, a_new_session_is_told_anew);
}
