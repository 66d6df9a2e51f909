/* SPDX-License-Identifier: MIT */
#include "storage/verify.h"

#include "feedback.h"
#include "generated/query_names.h"
#include "storage/day.h"
#include "storage/response.h"
#include "support/database.h"
#include "support/runner.h"
#include "tenant.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { FIRST = 1969344, LAST = FIRST + 5 * 96, ROWS = 600 };
#define US_OF(quarter_) ((int64_t)(quarter_)*900 * 1000000)

static struct tenant tenant;

static void open_all(void)
{
    tenant_open(&tenant, "UTC");
    feedback_make(&tenant, &(struct feedback_options){.rows = ROWS, .from = FIRST, .to = LAST, .seed = 0.125});
}

static void close_all(void)
{
    feedback_drop(&tenant);
    tenant_close(&tenant);
}

/* Other tests share the database: only this project's differences count. */
struct found {
    int count;
    struct verify_difference last;
};

static void note(void *context, const struct verify_difference *difference)
{
    struct found *found = context;
    if (difference->project_id != tenant.project_id)
        return;
    found->count++;
    found->last = *difference;
}

static struct found compare(struct verify_report *report)
{
    struct found found = {0};
    ck_assert_int_eq(verify_compare(tenant.connection, 0, 1000, note, &found, report), STATUS_OK);
    return found;
}

static int differences(void)
{
    struct verify_report report;
    return compare(&report).count;
}

static void fill_days(void)
{
    int filled = DAY_ROUND;
    while (filled == DAY_ROUND)
        ck_assert_int_eq(day_fill(tenant.connection, US_OF(LAST + 100), &filled), STATUS_OK);
}

START_TEST(rollups_that_say_what_the_rows_say_are_clean)
{
    struct verify_report report;
    ck_assert_int_eq(compare(&report).count, 0);
    ck_assert_int_ge(report.rows, ROWS);
    ck_assert_int_ge(report.counters, 23);
    fill_days();
    ck_assert_int_eq(differences(), 0);
}
END_TEST

START_TEST(a_counter_that_is_off_by_one_is_named)
{
    struct verify_report report;
    struct found found;
    int64_t stored;
    tenant_execute(&tenant,
                   "UPDATE rollup_quarter SET csat_3 = csat_3 + 1 WHERE project_id = %d AND (quarter, cell_id, slot) "
                   "= (SELECT quarter, cell_id, slot FROM rollup_quarter r WHERE slot = 1 AND r.project_id = "
                   "rollup_quarter.project_id ORDER BY quarter DESC LIMIT 1)");
    found = compare(&report);
    ck_assert_int_eq(found.count, 1);
    ck_assert_int_ge(report.differences, 1);
    ck_assert_int_eq(found.last.table, VERIFY_QUARTERS);
    ck_assert(text_is(found.last.question, "csat"));
    ck_assert_int_eq(found.last.score, 3);
    ck_assert_int_eq(found.last.stored, found.last.truth + 1);
    stored = tenant_number(&tenant, "SELECT max(quarter) FROM rollup_quarter WHERE slot = 1 AND project_id = %d");
    ck_assert_int_eq(found.last.quarter, stored);
}
END_TEST

START_TEST(a_row_that_no_counter_knows_and_a_counter_without_rows_are_found)
{
    tenant_execute(&tenant,
                   "INSERT INTO response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, "
                   "key_id, nps, is_test, content_hash) SELECT %d, gen_random_uuid(), now(), now(), now(), 1900000, "
                   "1, 1, 10, false, ''");
    tenant_execute(&tenant,
                   "INSERT INTO rollup_quarter (project_id, quarter, cell_id, slot, ces_7) VALUES (%d, 1900001, 1, "
                   "0, 1)");
    ck_assert_int_eq(differences(), 2);
}
END_TEST

START_TEST(a_day_copy_that_is_off_is_named_unless_it_is_not_read)
{
    struct verify_report report;
    struct found found;
    fill_days();
    tenant_execute(&tenant, "UPDATE rollup_day_state SET grouped = false WHERE project_id = %d");
    tenant_execute(&tenant,
                   "UPDATE rollup_day SET nps_10 = nps_10 + 2 WHERE project_id = %d AND (from_quarter, cell_id) = "
                   "(SELECT from_quarter, min(cell_id) FROM rollup_day r WHERE from_quarter = 1969440 AND "
                   "r.project_id = rollup_day.project_id GROUP BY 1)");
    found = compare(&report);
    ck_assert_int_eq(found.count, 1);
    ck_assert_int_eq(found.last.table, VERIFY_DAYS);
    ck_assert_int_eq(found.last.quarter, 1969440);
    ck_assert(text_is(found.last.question, "nps"));
    ck_assert_int_eq(found.last.score, 10);
    ck_assert_int_eq(found.last.stored, found.last.truth + 2);
    tenant_execute(&tenant, "UPDATE rollup_day_state SET dirty = true WHERE project_id = %d");
    ck_assert_int_eq(differences(), 0);
}
END_TEST

START_TEST(a_summed_up_day_that_is_off_is_named_unless_it_is_not_read)
{
    struct verify_report report;
    struct found found;
    fill_days();
    ck_assert_int_eq(differences(), 0);
    tenant_execute(&tenant, "UPDATE rollup_day_pack SET groups = overlay(groups PLACING int4send(('x' || "
                            "encode(substr(groups, 85, 4), 'hex'))::bit(32)::int4 + 3) FROM 85) "
                            "WHERE project_id = %d AND grouping = 0 AND from_quarter = 1969440");
    found = compare(&report);
    ck_assert_int_eq(found.count, 1);
    ck_assert_int_eq(found.last.table, VERIFY_DAY_PACKS);
    ck_assert_int_eq(found.last.cell_id, 0);
    ck_assert_int_eq(found.last.quarter, 1969440);
    ck_assert(text_is(found.last.question, "csat"));
    ck_assert_int_eq(found.last.score, 5);
    ck_assert_int_eq(found.last.stored, found.last.truth + 3);
    tenant_execute(&tenant, "DELETE FROM rollup_day_pack WHERE project_id = %d AND grouping = 4");
    ck_assert_int_gt(compare(&report).count, 1);
    tenant_execute(&tenant, "UPDATE rollup_day_state SET grouped = false WHERE project_id = %d");
    ck_assert_int_eq(differences(), 0);
}
END_TEST

START_TEST(the_list_is_cut_and_the_number_is_not)
{
    struct verify_report all;
    struct verify_report none;
    struct found found = {0};
    tenant_execute(&tenant, "UPDATE rollup_quarter SET nps_5 = nps_5 + 1 WHERE slot = 0 AND project_id = %d");
    ck_assert_int_gt(compare(&all).count, 50);
    ck_assert_int_eq(verify_compare(tenant.connection, 0, 0, note, &found, &none), STATUS_OK);
    ck_assert_int_eq(found.count, 0);
    ck_assert_int_eq(none.differences, all.differences);
    ck_assert_int_eq(none.counters, all.counters);
}
END_TEST

START_TEST(before_the_retention_horizon_nothing_is_compared_or_rebuilt)
{
    /* In the middle of a quarter of an hour: the rows of its first part are gone. */
    tenant_execute(&tenant, "UPDATE project SET retention_horizon = to_timestamp(1969440 * 900 + 300) WHERE id = %d");
    tenant_execute(&tenant,
                   "DELETE FROM response WHERE occurred_at < to_timestamp(1969440 * 900 + 300) AND project_id = %d");
    ck_assert_int_eq(differences(), 0);
    ck_assert_int_gt(
        tenant_number(&tenant, "SELECT count(*) FROM rollup_quarter WHERE quarter < 1969440 AND project_id = %d"), 0);
    ck_assert_int_eq(verify_rebuild(tenant.connection), STATUS_OK);
    ck_assert_int_gt(
        tenant_number(&tenant, "SELECT count(*) FROM rollup_quarter WHERE quarter < 1969440 AND project_id = %d"), 0);
}
END_TEST

static void compare_with_rows(void)
{
    struct rollup_query query = {.project_ids = &tenant.project_id,
                                 .project_count = 1,
                                 .from = FIRST,
                                 .to = LAST,
                                 .group_by = 1u << DIMENSION_CHANNEL | 1u << DIMENSION_REGION};
    feedback_compare(tenant.connection, &query, NULL);
}

START_TEST(a_rebuild_makes_the_rollups_right_again)
{
    fill_days();
    tenant_execute(&tenant, "UPDATE rollup_quarter SET nps_5 = nps_5 + 1 WHERE slot = 0 AND project_id = %d");
    tenant_execute(&tenant, "DELETE FROM rollup_quarter WHERE slot = 1 AND quarter %% 2 = 0 AND project_id = %d");
    tenant_execute(&tenant, "UPDATE rollup_day SET ces_1 = 77 WHERE project_id = %d");
    ck_assert_int_gt(differences(), 0);
    ck_assert_int_eq(verify_rebuild(tenant.connection), STATUS_OK);
    ck_assert_int_eq(differences(), 0);
    compare_with_rows();
    fill_days();
    ck_assert_int_gt(tenant_number(&tenant, "SELECT count(*) FROM rollup_day_state WHERE filled AND project_id = %d"),
                     3);
    ck_assert_int_eq(differences(), 0);
    compare_with_rows();
}
END_TEST

enum { ANSWERS = 300 };

/* By both ways in, and adding up now and then; a rebuild may have done that. */
static bool write_answer(struct connection *connection, struct response *response, int16_t slot, int turn,
                         struct pending *pending)
{
    struct response *list[] = {response};
    bool is_new;
    if (turn % 10 == 0 && pending_fold(connection, pending, slot) != STATUS_OK)
        pending_forget(pending);
    return (turn % 2 ? response_add(connection, list, 1, pending)
                     : response_insert(connection, list, 1, slot, &is_new)) == STATUS_OK;
}

static void *write_answers(void *context)
{
    struct pending *pending = pending_new();
    struct connection *connection;
    bool failed = connection_open(tenant_database(), "writer", &connection) != STATUS_OK;
    for (int i = 0; !failed && i < ANSWERS; i++) {
        struct response response = {.id = id_new(), .occurred_us = US_OF(FIRST + i), .cell_id = 1, .key_id = 1};
        response.cell.project_id = tenant.project_id;
        memset(response.scores, 5, sizeof response.scores);
        failed = !write_answer(connection, &response, *(int16_t *)context, i, pending);
    }
    connection_close(connection);
    pending_free(pending);
    return failed ? context : NULL;
}

START_TEST(rebuilds_beside_writers_and_the_keeper_neither_block_for_good_nor_miscount)
{
    pthread_t threads[2];
    int16_t slots[2] = {3, 4};
    void *failed;
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_answers, &slots[i]), 0);
    for (int i = 0; i < 15; i++) {
        int filled;
        enum status status = verify_rebuild(tenant.connection);
        ck_assert_int_eq(status, STATUS_OK);
        status = day_fill(tenant.connection, US_OF(LAST + 100), &filled);
        ck_assert(status == STATUS_OK || status == STATUS_RETRY);
    }
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    ck_assert_int_eq(differences(), 0);
    fill_days();
    ck_assert_int_eq(differences(), 0);
}
END_TEST

static void *rebuild(void *context)
{
    struct connection *connection;
    bool failed = connection_open(tenant_database(), "rebuild", &connection) != STATUS_OK ||
                  verify_rebuild(connection) != STATUS_OK;
    connection_close(connection);
    return failed ? context : NULL;
}

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

/* Somebody holds a counter, so that a rebuild which let writers in would stand still between its steps. */
START_TEST(a_writer_that_comes_during_a_rebuild_is_counted_once)
{
    PGconn *holder = PQconnectdb(test_database_url());
    pthread_t threads[2];
    int16_t slot = 3;
    void *failed;
    char sql[120];
    snprintf(sql, sizeof sql, "BEGIN; SELECT 1 FROM rollup_quarter WHERE project_id = %d FOR UPDATE",
             (int)tenant.project_id);
    PQclear(PQexec(holder, sql));
    ck_assert_int_eq(pthread_create(&threads[0], NULL, rebuild, &slot), 0);
    pause_ms(300);
    ck_assert_int_eq(pthread_create(&threads[1], NULL, write_answers, &slot), 0);
    pause_ms(500);
    PQclear(PQexec(holder, "COMMIT"));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    ck_assert_int_eq(differences(), 0);
    PQfinish(holder);
}
END_TEST

static void run_query(PGconn *pg, enum query_name name, const char *const *values, int count)
{
    PGresult *result = PQexecParams(pg, query_texts[name].sql, count, NULL, values, NULL, NULL, 0);
    ck_assert(PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK);
    PQclear(result);
}

START_TEST(a_day_that_is_copied_during_a_rebuild_stays_unfilled)
{
    PGconn *keeper = PQconnectdb(test_database_url());
    char project[16];
    const char *values[] = {project, "1969440", "1969536"};
    snprintf(project, sizeof project, "%d", (int)tenant.project_id);
    fill_days();
    tenant_execute(&tenant, "UPDATE rollup_quarter SET nps_5 = nps_5 + 1 WHERE slot = 0 AND project_id = %d");
    tenant_execute(&tenant, "UPDATE rollup_day_state SET filled = false WHERE project_id = %d");
    PQclear(PQexec(keeper, "BEGIN"));
    run_query(keeper, QUERY_DAY_CLEAR, values, 2);
    run_query(keeper, QUERY_DAY_COPY, values, 3);
    ck_assert_int_eq(verify_rebuild(tenant.connection), STATUS_OK);
    run_query(keeper, QUERY_DAY_CLOSE, values, 2);
    PQclear(PQexec(keeper, "COMMIT"));
    ck_assert_int_eq(tenant_number(&tenant, "SELECT count(*) FROM rollup_day_state WHERE filled AND project_id = %d"),
                     0);
    ck_assert_int_eq(differences(), 0);
    PQfinish(keeper);
}
END_TEST

Suite *verify_suite(void)
{
    Suite *suite = suite_create("verify");
    TCase *tcase = tcase_create("verify");
    tcase_add_checked_fixture(tcase, open_all, close_all);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, rollups_that_say_what_the_rows_say_are_clean);
    tcase_add_test(tcase, a_counter_that_is_off_by_one_is_named);
    tcase_add_test(tcase, a_row_that_no_counter_knows_and_a_counter_without_rows_are_found);
    tcase_add_test(tcase, a_day_copy_that_is_off_is_named_unless_it_is_not_read);
    tcase_add_test(tcase, a_summed_up_day_that_is_off_is_named_unless_it_is_not_read);
    tcase_add_test(tcase, the_list_is_cut_and_the_number_is_not);
    tcase_add_test(tcase, before_the_retention_horizon_nothing_is_compared_or_rebuilt);
    tcase_add_test(tcase, a_rebuild_makes_the_rollups_right_again);
    tcase_add_test(tcase, rebuilds_beside_writers_and_the_keeper_neither_block_for_good_nor_miscount);
    tcase_add_test(tcase, a_writer_that_comes_during_a_rebuild_is_counted_once);
    tcase_add_test(tcase, a_day_that_is_copied_during_a_rebuild_stays_unfilled);
    suite_add_tcase(suite, tcase);
    return suite;
}
