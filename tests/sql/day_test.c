/* SPDX-License-Identifier: MIT */
#include "storage/day.h"

#include "base/clock.h"
#include "day_sample.h"
#include "generated/query_names.h"
#include "support/database.h"
#include "support/runner.h"

#include <libpq-fe.h>
#include <stdio.h>

static struct tenant tenant;

static void open_all(void)
{
    day_sample_open(&tenant);
}

static void close_all(void)
{
    tenant_close(&tenant);
}

static void answer(int32_t quarter, int8_t nps)
{
    struct response response = response_at(&tenant, quarter, nps, SCORE_ABSENT);
    ck_assert_int_eq(insert_response(tenant.connection, &response, 1), STATUS_OK);
}

/* "filled dirty" of the day as two bits, or -1: not known. */
static int state_of(int day)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT coalesce((SELECT 2 * filled::int + dirty::int FROM rollup_day_state WHERE project_id = %%d AND "
             "from_quarter = %d), -1)",
             (int)day_start(day));
    return (int)tenant_number(&tenant, sql);
}

enum { UNKNOWN = -1, OPEN = 0, OPEN_DIRTY = 1, FILLED = 2, FILLED_DIRTY = 3 };

/* How many quarters of it are known. */
static int length_of(int day)
{
    char sql[200];
    snprintf(
        sql, sizeof sql,
        "SELECT coalesce(max(to_quarter), %d) - %d FROM rollup_day_state WHERE project_id = %%d AND from_quarter = %d",
        (int)day_start(day), (int)day_start(day), (int)day_start(day));
    return (int)tenant_number(&tenant, sql);
}

START_TEST(the_day_that_is_not_over_is_copied_by_the_quarter)
{
    answer(day_start(2) + 3, 9);
    answer(day_start(2) + 9, 9);
    fill_days(&tenant, US_OF(day_start(2) + 4) - 1);
    ck_assert_int_eq(state_of(2), UNKNOWN);
    fill_days(&tenant, US_OF(day_start(2) + 5));
    ck_assert_int_eq(state_of(2), FILLED);
    ck_assert_int_eq(length_of(2), 4);
    ck_assert_int_eq(count_answers(&tenant, day_start(2), day_start(3)), 2);
    /* Nobody answered in the next five: they come along with the one after. */
    fill_days(&tenant, US_OF(day_start(2) + 10));
    ck_assert_int_eq(length_of(2), 4);
    fill_days(&tenant, US_OF(day_start(2) + 11));
    ck_assert_int_eq(state_of(2), FILLED);
    ck_assert_int_eq(length_of(2), 10);
    ck_assert_int_eq(count_answers(&tenant, day_start(2), day_start(3)), 2);
    ck_assert_int_eq(count_answers(&tenant, day_start(2), day_start(2) + 12), 2);
    ck_assert_int_eq(count_answers(&tenant, day_start(2), day_start(2) + 8), 1);
}
END_TEST

START_TEST(a_late_answer_within_the_day_is_read_at_once)
{
    answer(day_start(2) + 3, 9);
    fill_days(&tenant, US_OF(day_start(2) + 12));
    ck_assert_int_eq(length_of(2), 11);
    answer(day_start(2) + 7, 9);
    ck_assert_int_eq(state_of(2), FILLED_DIRTY);
    answer(day_start(2) + 8, 9);
    ck_assert_int_eq(count_answers(&tenant, day_start(2), day_start(3)), 3);
    fill_days(&tenant, US_OF(day_start(2) + 12));
    ck_assert_int_eq(state_of(2), FILLED);
    ck_assert_int_eq(count_answers(&tenant, day_start(2), day_start(3)), 3);
}
END_TEST

START_TEST(a_day_is_copied_whole_when_it_ended_a_quarter_of_an_hour_ago)
{
    answer(day_start(2) + 7, 9);
    answer(day_start(2) + 95, 9);
    answer(day_start(4), 3);
    answer(day_start(SHORT_DAY) + 91, 8);
    fill_days(&tenant, US_OF(day_start(3) + 1) - 1);
    ck_assert_int_eq(length_of(2), 95);
    fill_days(&tenant, US_OF(day_start(3) + 1));
    ck_assert_int_eq(state_of(2), FILLED);
    ck_assert_int_eq(length_of(2), 96);
    ck_assert_int_eq(state_of(4), UNKNOWN);
    fill_days(&tenant, after_day(SHORT_DAY));
    ck_assert_int_eq(state_of(3), UNKNOWN); /* nobody answered */
    ck_assert_int_eq(state_of(4), FILLED);
    ck_assert_int_eq(state_of(SHORT_DAY), FILLED);
    ck_assert_int_eq(count_answers(&tenant, day_start(0), day_start(DAYS)), 4);
}
END_TEST

START_TEST(a_late_answer_is_read_at_once_and_copied_in_the_next_round)
{
    answer(day_start(1), 9);
    fill_days(&tenant, after_day(1));
    answer(day_start(1) + 1, 9);
    ck_assert_int_eq(state_of(1), FILLED_DIRTY);
    ck_assert_int_eq(count_answers(&tenant, day_start(1), day_start(2)), 2);
    fill_days(&tenant, after_day(1));
    ck_assert_int_eq(state_of(1), FILLED);
    ck_assert_int_eq(count_answers(&tenant, day_start(1), day_start(2)), 2);
}
END_TEST

START_TEST(an_answer_of_a_day_between_known_days_is_found)
{
    answer(day_start(1), 9);
    answer(day_start(3), 9);
    fill_days(&tenant, after_day(4));
    answer(day_start(2) + 50, 9);
    ck_assert_int_eq(state_of(2), UNKNOWN);
    fill_days(&tenant, after_day(4));
    ck_assert_int_eq(state_of(2), FILLED);
}
END_TEST

START_TEST(the_keeper_gives_way_to_a_writer_under_way)
{
    struct connection *writer;
    struct response response = response_at(&tenant, day_start(1) + 3, 7, SCORE_ABSENT);
    int64_t before = clock_monotonic_us();
    int filled;
    answer(day_start(1), 9);
    ck_assert_int_eq(connection_open(tenant_database(), "writer", &writer), STATUS_OK);
    ck_assert_int_eq(connection_begin(writer), STATUS_OK);
    ck_assert_int_eq(insert_response(writer, &response, 2), STATUS_OK);
    ck_assert_int_eq(day_fill(tenant.connection, after_day(1), &filled), STATUS_RETRY);
    ck_assert_int_lt(clock_monotonic_us() - before, 2000000);
    ck_assert_int_eq(state_of(1), UNKNOWN);
    ck_assert_int_eq(connection_commit(writer), STATUS_OK);
    fill_days(&tenant, after_day(1));
    ck_assert_int_eq(state_of(1), FILLED);
    ck_assert_int_eq(count_answers(&tenant, day_start(1), day_start(2)), 2);
    connection_close(writer);
}
END_TEST

/* Behind its lock every writer would wait. */
START_TEST(where_there_is_nothing_to_copy_nobody_waits)
{
    struct connection *writer;
    struct response response = response_at(&tenant, day_start(2), 7, SCORE_ABSENT);
    int filled;
    answer(day_start(1), 9);
    fill_days(&tenant, after_day(1));
    ck_assert_int_eq(connection_open(tenant_database(), "writer", &writer), STATUS_OK);
    ck_assert_int_eq(connection_begin(writer), STATUS_OK);
    ck_assert_int_eq(insert_response(writer, &response, 2), STATUS_OK);
    ck_assert_int_eq(day_fill(tenant.connection, after_day(1), &filled), STATUS_OK);
    ck_assert_int_eq(filled, 0);
    ck_assert_int_eq(connection_commit(writer), STATUS_OK);
    connection_close(writer);
}
END_TEST

START_TEST(only_one_session_keeps)
{
    PGconn *pg = PQconnectdb(test_database_url());
    int filled;
    answer(day_start(1), 9);
    PQclear(PQexec(pg, query_texts[QUERY_DAY_TRY_KEEP].sql));
    ck_assert_int_eq(day_fill(tenant.connection, after_day(1), &filled), STATUS_OK);
    ck_assert_int_eq(filled, 0);
    ck_assert_int_eq(state_of(1), UNKNOWN);
    PQfinish(pg);
    for (int i = 0; i < 100 && state_of(1) == UNKNOWN; i++)
        ck_assert_int_eq(day_fill(tenant.connection, after_day(1), &filled), STATUS_OK);
    ck_assert_int_eq(state_of(1), FILLED);
}
END_TEST

/* The keeper step by step, so that a writer can come in between any two of them. */
struct keeper {
    PGconn *pg;
    int numbers[3]; /* project, from, to */
    char values[3][16];
};

static void step(struct keeper *keeper, const char *sql, int count)
{
    const char *values[] = {keeper->values[0], keeper->values[1], keeper->values[2]};
    PGresult *result = PQexecParams(keeper->pg, sql, count, NULL, values, NULL, NULL, 0);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK, "%s",
                  PQresultErrorMessage(result));
    PQclear(result);
}

static struct keeper keeper_of(int day)
{
    struct keeper keeper = {.pg = PQconnectdb(test_database_url()),
                            .numbers = {tenant.project_id, day_start(day), day_start(day + 1)}};
    for (int i = 0; i < 3; i++)
        snprintf(keeper.values[i], sizeof keeper.values[i], "%d", keeper.numbers[i]);
    return keeper;
}

static void announce(struct keeper *keeper)
{
    struct keeper lists = *keeper;
    for (int i = 1; i < 3; i++)
        snprintf(lists.values[i], sizeof lists.values[i], "{%d}", keeper->numbers[i]);
    step(keeper, "BEGIN", 0);
    step(keeper, query_texts[QUERY_DAY_LOCK].sql, 0);
    step(&lists, query_texts[QUERY_DAY_ADD].sql, 3);
    snprintf(lists.values[0], sizeof lists.values[0], "{%d}", keeper->numbers[0]);
    step(&lists, query_texts[QUERY_DAY_OPEN].sql, 2);
    step(keeper, "COMMIT", 0);
}

static void copy(struct keeper *keeper)
{
    step(keeper, "BEGIN", 0);
    step(keeper, query_texts[QUERY_DAY_CLEAR].sql, 2);
    step(keeper, query_texts[QUERY_DAY_COPY].sql, 3);
}

static void finish(struct keeper *keeper)
{
    step(keeper, query_texts[QUERY_DAY_CLOSE].sql, 2);
    step(keeper, "COMMIT", 0);
}

START_TEST(a_writer_at_any_moment_of_a_copy_is_never_missed)
{
    /* When the writer comes: before the copy, before it ends, after it; and what becomes of the day. */
    static const int states[] = {OPEN_DIRTY, OPEN_DIRTY, FILLED_DIRTY};
    for (int moment = 0; moment < 3; moment++) {
        int day = moment + 1;
        struct keeper keeper = keeper_of(day);
        answer(day_start(day), 9);
        announce(&keeper);
        ck_assert_int_eq(state_of(day), OPEN);
        if (moment == 0)
            answer(day_start(day) + 1, 9);
        copy(&keeper);
        if (moment == 1)
            answer(day_start(day) + 1, 9);
        finish(&keeper);
        if (moment == 2)
            answer(day_start(day) + 1, 9);
        ck_assert_int_eq(state_of(day), states[moment]);
        ck_assert_int_eq(count_answers(&tenant, day_start(day), day_start(day + 1)), 2);
        fill_days(&tenant, after_day(day));
        ck_assert_int_eq(state_of(day), FILLED);
        ck_assert_int_eq(count_answers(&tenant, day_start(day), day_start(day + 1)), 2);
        PQfinish(keeper.pg);
    }
}
END_TEST

/* The writer has counted, but not committed, when the keeper ends its copy: the keeper waits for its verdict. */
START_TEST(a_writer_that_commits_late_leaves_the_day_unfilled)
{
    struct keeper keeper = keeper_of(1);
    const char *values[] = {keeper.values[0], keeper.values[1]};
    struct response response = response_at(&tenant, day_start(1) + 3, 7, SCORE_ABSENT);
    struct connection *writer;
    PGresult *result;
    answer(day_start(1), 9);
    announce(&keeper);
    copy(&keeper);
    ck_assert_int_eq(connection_open(tenant_database(), "writer", &writer), STATUS_OK);
    ck_assert_int_eq(connection_begin(writer), STATUS_OK);
    ck_assert_int_eq(insert_response(writer, &response, 2), STATUS_OK);
    ck_assert_int_eq(PQsendQueryParams(keeper.pg, query_texts[QUERY_DAY_CLOSE].sql, 2, NULL, values, NULL, NULL, 0), 1);
    ck_assert_int_eq(connection_commit(writer), STATUS_OK);
    result = PQgetResult(keeper.pg);
    ck_assert_int_eq(PQntuples(result), 0);
    PQclear(result);
    ck_assert_ptr_null(PQgetResult(keeper.pg));
    step(&keeper, "COMMIT", 0);
    ck_assert_int_eq(state_of(1), OPEN_DIRTY);
    ck_assert_int_eq(count_answers(&tenant, day_start(1), day_start(2)), 2);
    connection_close(writer);
    PQfinish(keeper.pg);
}
END_TEST

START_TEST(a_change_of_the_projects_zone_leaves_overlapping_days_to_their_quarters)
{
    for (int day = 1; day < 8; day++) {
        answer(day_start(day), 9);
        answer(day_start(day) + 90, 9);
    }
    fill_days(&tenant, after_day(4));
    tenant_execute(&tenant, "UPDATE project SET time_zone = 'Asia/Kathmandu' WHERE id = %d");
    fill_days(&tenant, after_day(8));
    ck_assert_int_gt(tenant_number(&tenant, "SELECT count(*) FROM rollup_day_state WHERE filled AND project_id = %d"),
                     5);
    ck_assert_int_eq(tenant_number(&tenant, "SELECT count(*) FROM rollup_day_state a JOIN rollup_day_state b USING "
                                            "(project_id) WHERE a.from_quarter < b.from_quarter AND "
                                            "b.from_quarter < a.to_quarter AND project_id = %d"),
                     0);
    ck_assert_int_eq(count_answers(&tenant, day_start(0), day_start(9)), 14);
}
END_TEST

Suite *day_suite(void)
{
    Suite *suite = suite_create("day");
    TCase *tcase = tcase_create("day");
    tcase_add_checked_fixture(tcase, open_all, close_all);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, the_day_that_is_not_over_is_copied_by_the_quarter);
    tcase_add_test(tcase, a_late_answer_within_the_day_is_read_at_once);
    tcase_add_test(tcase, a_day_is_copied_whole_when_it_ended_a_quarter_of_an_hour_ago);
    tcase_add_test(tcase, a_late_answer_is_read_at_once_and_copied_in_the_next_round);
    tcase_add_test(tcase, an_answer_of_a_day_between_known_days_is_found);
    tcase_add_test(tcase, the_keeper_gives_way_to_a_writer_under_way);
    tcase_add_test(tcase, where_there_is_nothing_to_copy_nobody_waits);
    tcase_add_test(tcase, only_one_session_keeps);
    tcase_add_test(tcase, a_writer_at_any_moment_of_a_copy_is_never_missed);
    tcase_add_test(tcase, a_writer_that_commits_late_leaves_the_day_unfilled);
    tcase_add_test(tcase, a_change_of_the_projects_zone_leaves_overlapping_days_to_their_quarters);
    suite_add_tcase(suite, tcase);
    return suite;
}
