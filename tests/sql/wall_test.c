/* SPDX-License-Identifier: MIT */
#include "storage/erasure.h"
#include "storage/response.h"
#include "support/database.h"
#include "support/runner.h"
#include "tenant.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the roles of sessions may do, asked of PostgreSQL itself on a session that takes them on as the service does. */

static struct tenant tenant;
static struct tenant neighbour;
static PGconn *pg;

static void insert_row(const struct tenant *of, const char *comment)
{
    struct response response = {.id = id_new(),
                                .occurred_us = INT64_C(1790000100) * 1000000,
                                .cell_id = 1,
                                .key_id = of->key_id,
                                .scores = {9, -1, -1}};
    struct response *list[] = {&response};
    bool is_new;
    response.cell.project_id = of->project_id;
    response.comment = text_of(comment);
    response.customer_id = text_of("c1");
    tenant_execute(of, "INSERT INTO cell SELECT %d, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 ON CONFLICT DO NOTHING");
    ck_assert_int_eq(response_insert(of->connection, list, 1, 0, &is_new), STATUS_OK);
}

static void setup(void)
{
    tenant_open(&tenant, NULL);
    tenant_open(&neighbour, NULL);
    insert_row(&tenant, "of the tenant");
    insert_row(&neighbour, "of the neighbour");
    pg = PQconnectdb(test_database_url());
}

static void teardown(void)
{
    PQfinish(pg);
    tenant_close(&neighbour);
    tenant_close(&tenant);
}

static void take_on(const char *role, int32_t project_id)
{
    char sql[120];
    snprintf(sql, sizeof sql, "RESET ROLE; SET ROLE %s; SET hark.projects = '%d'", role, (int)project_id);
    PGresult *result = PQexec(pg, sql);
    ck_assert_int_eq(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
}

/* The SQLSTATE; "" for success. */
static const char *state_of(const char *sql)
{
    static char state[6];
    PGresult *result = PQexec(pg, sql);
    const char *found = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(state, sizeof state, "%s", found ? found : "");
    PQclear(result);
    return state;
}

static int number(const char *sql)
{
    PGresult *result = PQexec(pg, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s: %s", sql, PQerrorMessage(pg));
    int found = atoi(PQgetvalue(result, 0, 0));
    PQclear(result);
    return found;
}

static const char DENIED[] = "42501";

START_TEST(no_role_is_more_than_it_must_be)
{
    ck_assert_int_eq(number("SELECT count(*) FROM pg_roles WHERE rolname IN ('hark', 'hark_writer', 'hark_reader')"),
                     3);
    ck_assert_int_eq(
        number("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'hark%' AND (rolsuper OR rolcreaterole OR "
               "rolcreatedb OR rolreplication OR rolbypassrls)"),
        0);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'hark\\_%' AND rolcanlogin"), 0);
}
END_TEST

/* What a writer is refused. */
static const char *const not_for_writers[] = {
    "SELECT comment FROM response",
    "SELECT * FROM response",
    "SELECT count(*) FROM response WHERE comment LIKE 'a%'",
    "UPDATE response SET customer_id = comment",
    "UPDATE response SET tags = NULL RETURNING comment",
    "UPDATE response SET id = gen_random_uuid()",
    "DELETE FROM response",
    "TRUNCATE response",
    "DELETE FROM rollup_quarter",
    "UPDATE rollup_pending SET nps = '{}'",
    "TRUNCATE rollup_pending",
    "UPDATE customer_token SET token = 'x'",
    "INSERT INTO customer_token VALUES (1, sha256(''), 'x')",
    "SELECT digest FROM key",
    "UPDATE key SET scope = 4",
    "INSERT INTO project (organization_id, name, secret) VALUES (1, 'x', sha256(''))",
    "UPDATE project SET publish_min_n = 1",
    "SELECT * FROM audit",
    "UPDATE audit SET actor = 'x'",
    "SELECT * FROM survey",
    "DELETE FROM question_definition",
    "UPDATE rollup_day_state SET filled = true",
    "CREATE TABLE made (id integer)",
    "ALTER TABLE response DISABLE ROW LEVEL SECURITY",
    "SET ROLE postgres",
};

START_TEST(a_writer_reads_no_comment_and_writes_no_more_than_answers)
{
    take_on("hark_writer", tenant.project_id);
    ck_assert_msg(strcmp(state_of(not_for_writers[_i]), DENIED) == 0, "%s: %s", not_for_writers[_i],
                  state_of(not_for_writers[_i]));
}
END_TEST

static const char *const not_for_readers[] = {
    "INSERT INTO response SELECT * FROM response",
    "UPDATE response SET nps = 0",
    "DELETE FROM event",
    "INSERT INTO rollup_quarter (project_id, quarter, cell_id, slot) VALUES (1, 1, 1, 1)",
    "DELETE FROM rollup_pending",
    "INSERT INTO audit (actor, act, detail) VALUES ('x', 'y', '{}')",
    "UPDATE key SET revoked_at = NULL",
    "SELECT comment_fit(1, gen_random_uuid(), 'x')",
    "CREATE TABLE made (id integer)",
    "SELECT id FROM response FOR UPDATE",
    "SELECT * FROM customer_token",
};

START_TEST(a_reader_writes_nothing)
{
    take_on("hark_reader", tenant.project_id);
    ck_assert_msg(strcmp(state_of(not_for_readers[_i]), DENIED) == 0, "%s: %s", not_for_readers[_i],
                  state_of(not_for_readers[_i]));
}
END_TEST

START_TEST(rows_of_other_projects_are_not_there)
{
    static const char *const roles[] = {"hark_writer", "hark_reader"};
    for (size_t i = 0; i < 2; i++) {
        char sql[100];
        take_on(roles[i], tenant.project_id);
        ck_assert_int_eq(number("SELECT count(*) FROM response"), 1);
        snprintf(sql, sizeof sql, "SELECT count(*) FROM rollup_quarter WHERE project_id <> %d", (int)tenant.project_id);
        ck_assert_int_eq(number(sql), 0);
        ck_assert_str_eq(state_of("RESET hark.projects"), "");
        ck_assert_int_eq(number("SELECT count(*) FROM response"), 0);
    }
}
END_TEST

START_TEST(a_writer_adds_no_row_to_a_project_that_is_not_open)
{
    char sql[200];
    take_on("hark_writer", tenant.project_id);
    snprintf(sql, sizeof sql, "INSERT INTO rollup_quarter (project_id, quarter, cell_id, slot) VALUES (%d, 1, 1, 99)",
             (int)neighbour.project_id);
    ck_assert_str_eq(state_of(sql), DENIED);
    snprintf(sql, sizeof sql, "UPDATE response SET nps = 0 WHERE project_id = %d", (int)neighbour.project_id);
    ck_assert_str_eq(state_of(sql), "");
    ck_assert_int_eq((int)tenant_number(&neighbour, "SELECT nps FROM response WHERE project_id = %d"), 9);
}
END_TEST

/* A table that comes later must be thought of. */
START_TEST(every_table_of_tenants_has_the_wall)
{
    ck_assert_int_eq(
        number(
            "SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'project_id' "
            "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT (c.relrowsecurity AND "
            "EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)) AND c.relname NOT IN ('key', 'audit', 'survey', "
            "'survey_version', 'survey_question', 'question_definition', 'test_feedback')"),
        0);
}
END_TEST

/* --- the sessions of the service ----------------------------------------------------------------------------------- */

static struct connection *open_as(enum database_role role)
{
    struct database_options options = *tenant_database();
    struct connection *connection;
    options.role = role;
    ck_assert_int_eq(connection_open(&options, "test", &connection), STATUS_OK);
    return connection;
}

static size_t count_rows(struct connection *connection, int32_t project_id)
{
    struct arena *arena = arena_new(0);
    struct response_filter filter = {.project_id = project_id,
                                     .to_us = INT64_MAX / 2,
                                     .has_comment = -1,
                                     .excluded = -1,
                                     .is_test = -1,
                                     .posted = {.to_us = INT64_MAX},
                                     .limit = 10};
    struct response_page page;
    ck_assert_int_eq(response_list(connection, &filter, arena, &page), STATUS_OK);
    size_t count = page.count;
    arena_free(arena);
    return count;
}

START_TEST(a_session_sees_the_projects_that_were_opened_last)
{
    struct connection *connection = open_as(DATABASE_READER);
    const int32_t both[] = {tenant.project_id, neighbour.project_id};
    ck_assert_uint_eq(count_rows(connection, tenant.project_id), 0);
    ck_assert_int_eq(connection_open_projects(connection, both, 1), STATUS_OK);
    ck_assert_uint_eq(count_rows(connection, tenant.project_id), 1);
    ck_assert_uint_eq(count_rows(connection, neighbour.project_id), 0);
    ck_assert_int_eq(connection_open_projects(connection, both, 2), STATUS_OK);
    ck_assert_uint_eq(count_rows(connection, neighbour.project_id), 1);
    ck_assert_int_eq(connection_open_projects(connection, &both[1], 1), STATUS_OK);
    ck_assert_uint_eq(count_rows(connection, tenant.project_id), 0);
    ck_assert_int_eq(connection_open_projects(connection, NULL, 0), STATUS_OK);
    ck_assert_uint_eq(count_rows(connection, neighbour.project_id), 0);
    int32_t any[] = {neighbour.project_id, tenant.project_id, neighbour.project_id};
    ck_assert_int_eq(connection_open_each_project(connection, any, 3), STATUS_OK);
    ck_assert_mem_eq(any, both, sizeof both);
    ck_assert_uint_eq(count_rows(connection, tenant.project_id), 1);
    ck_assert_uint_eq(count_rows(connection, neighbour.project_id), 1);
    connection_close(connection);
}
END_TEST

START_TEST(an_erasure_on_a_readers_session_stays_within_its_project)
{
    struct connection *connection = open_as(DATABASE_READER);
    struct erasure erasure = {.id = id_new()};
    ck_assert_int_eq(connection_open_projects(connection, &tenant.project_id, 1), STATUS_OK);
    ck_assert_int_eq(erasure_run(connection, tenant.project_id, tenant.key_id, text_of("c1"), &erasure), STATUS_OK);
    ck_assert_int_eq((int)erasure.responses, 1);
    ck_assert_int_eq((int)tenant_number(&neighbour, "SELECT count(*) FROM response WHERE project_id = %d AND erased"),
                     0);
    /* And is a reader's again. */
    ck_assert_int_ne(erasure_run(connection, neighbour.project_id, tenant.key_id, text_of("c1"), &erasure), STATUS_OK);
    connection_close(connection);
}
END_TEST

Suite *wall_suite(void)
{
    const TTest *const tests[] = {no_role_is_more_than_it_must_be,
                                  rows_of_other_projects_are_not_there,
                                  a_writer_adds_no_row_to_a_project_that_is_not_open,
                                  every_table_of_tenants_has_the_wall,
                                  a_session_sees_the_projects_that_were_opened_last,
                                  an_erasure_on_a_readers_session_stays_within_its_project};
    Suite *suite = suite_create("wall");
    TCase *tcase = tcase_create("wall");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(tcase, tests[i]);
    tcase_add_loop_test(tcase, a_writer_reads_no_comment_and_writes_no_more_than_answers, 0,
                        sizeof not_for_writers / sizeof *not_for_writers);
    tcase_add_loop_test(tcase, a_reader_writes_nothing, 0, sizeof not_for_readers / sizeof *not_for_readers);
    suite_add_tcase(suite, tcase);
    return suite;
}
