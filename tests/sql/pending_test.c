/* SPDX-License-Identifier: MIT */
#include "storage/pending.h"

#include "feedback.h"
#include "storage/cube.h"
#include "storage/day.h"
#include "storage/response.h"
#include "storage/verify.h"
#include "support/database.h"
#include "support/runner.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

/* 2026-03-02 and the day after it, in quarters. */
enum { FIRST = 1969344, LAST = FIRST + 2 * 96, SLOT = 40 };
#define US_OF(quarter_) ((int64_t)(quarter_)*900 * 1000000)

static struct tenant tenant;
static struct tenant neighbour;
static struct pending *pending;
static struct arena *arena;

static void setup(void)
{
    tenant_open(&tenant, "UTC");
    tenant_open(&neighbour, "UTC");
    tenant_execute(&tenant, "INSERT INTO cell SELECT %d, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0");
    tenant_execute(&neighbour, "INSERT INTO cell SELECT %d, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0");
    pending = pending_new();
    arena = arena_new(0);
}

static void teardown(void)
{
    feedback_drop(&tenant);
    feedback_drop(&neighbour);
    pending_free(pending);
    arena_free(arena);
    tenant_close(&neighbour);
    tenant_close(&tenant);
}

static struct response response_of(const struct tenant *of, int32_t quarter, int nps)
{
    return (struct response){.cell = {.project_id = of->project_id},
                             .id = id_new(),
                             .occurred_us = US_OF(quarter) + 1,
                             .cell_id = 1,
                             .key_id = of->key_id,
                             .scores = {(int8_t)nps, SCORE_ABSENT, SCORE_ABSENT},
                             .is_own_id = true};
}

static void add(struct response *responses, size_t count)
{
    struct response *list[8];
    for (size_t i = 0; i < count; i++)
        list[i] = &responses[i];
    ck_assert_int_eq(response_add(tenant.connection, list, count, pending), STATUS_OK);
}

static void add_one(int32_t quarter, int nps)
{
    struct response response = response_of(&tenant, quarter, nps);
    add(&response, 1);
}

/* How many gave that score, as each of the three ways to read has it: days as they are kept, rows of cells, counts in memory. */
static int64_t told(const struct tenant *of, int nps)
{
    static const struct text absent;
    struct rollup_query query = {.project_ids = &of->project_id, .project_count = 1, .from = FIRST, .to = LAST};
    const struct cube_scope scope = {.project_id = of->project_id, .group_by = 0, .from = FIRST, .to = LAST};
    struct rollup rollups[3];
    struct cube *cube;
    int64_t counts[3] = {0};
    ck_assert_int_eq(rollup_read(of->connection, &query, arena, &rollups[0]), STATUS_OK);
    ck_assert_int_eq(cube_read(of->connection, &scope, NULL, 1 << 20, &cube), STATUS_OK);
    ck_assert_int_eq(cube_answer(cube, &query, arena, &rollups[1]), STATUS_OK);
    cube_free(cube);
    query.values[DIMENSION_CHANNEL] = &absent;
    query.value_counts[DIMENSION_CHANNEL] = 1;
    ck_assert_int_eq(rollup_read(of->connection, &query, arena, &rollups[2]), STATUS_OK);
    for (int i = 0; i < 3; i++)
        counts[i] = rollups[i].group_count ? rollups[i].groups[0].points[0].counts[nps] : 0;
    ck_assert_int_eq(counts[0], counts[1]);
    ck_assert_int_eq(counts[0], counts[2]);
    return counts[0];
}

static int64_t waiting(void)
{
    return tenant_number(&tenant, "SELECT count(*) FROM rollup_pending WHERE project_id = %d");
}

static int64_t added_up(void)
{
    return tenant_number(&tenant,
                         "SELECT coalesce(sum(nps_0 + nps_9 + nps_10), 0) FROM rollup_quarter WHERE project_id = %d");
}

static void fill_days(void)
{
    int filled = DAY_ROUND;
    while (filled == DAY_ROUND)
        ck_assert_int_eq(day_fill(tenant.connection, US_OF(LAST + 100), &filled), STATUS_OK);
}

static int64_t days(const char *state)
{
    return tenant_number(&tenant, strcmp(state, "dirty") == 0
                                      ? "SELECT count(*) FROM rollup_day_state WHERE dirty AND project_id = %d"
                                      : "SELECT count(*) FROM rollup_day_state WHERE NOT dirty AND project_id = %d");
}

static void note(void *context, const struct verify_difference *difference)
{
    if (difference->project_id == tenant.project_id)
        ++*(int *)context;
}

static int differences(void)
{
    struct verify_report report;
    int count = 0;
    ck_assert_int_eq(verify_compare(tenant.connection, tenant.project_id, 1000, note, &count, &report), STATUS_OK);
    return count;
}

START_TEST(an_answer_counts_before_it_is_added_up_and_not_twice_after)
{
    add_one(FIRST + 3, 9);
    add_one(FIRST + 3, 9);
    add_one(FIRST + 96, 0);
    ck_assert_int_eq(told(&tenant, 9), 2);
    ck_assert_int_eq(added_up(), 0);
    ck_assert_int_eq(differences(), 0);
    ck_assert_uint_eq(pending_answers(pending), 3);
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_OK);
    ck_assert_uint_eq(pending_answers(pending), 0);
    ck_assert_int_eq(waiting(), 0);
    ck_assert_int_eq(added_up(), 3);
    ck_assert_int_eq(told(&tenant, 9), 2);
    ck_assert_int_eq(told(&tenant, 0), 1);
    ck_assert_int_eq(differences(), 0);
}
END_TEST

START_TEST(to_add_up_again_does_nothing)
{
    add_one(FIRST, 9);
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_OK);
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_OK);
    add_one(FIRST, 9);
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_OK);
    ck_assert_int_eq(added_up(), 2);
}
END_TEST

/* Of a day that is copied already: it is read beside the copy, and when it is added up the copy is stale in the same moment. */
START_TEST(a_late_answer_counts_beside_the_copy_of_its_day)
{
    add_one(FIRST + 3, 9);
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_OK);
    fill_days();
    ck_assert_int_eq(days("clean"), 1);
    add_one(FIRST + 4, 9);
    ck_assert_int_eq(days("clean"), 1);
    ck_assert_int_eq(told(&tenant, 9), 2);
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_OK);
    ck_assert_int_eq(days("dirty"), 1);
    ck_assert_int_eq(told(&tenant, 9), 2);
    fill_days();
    ck_assert_int_eq(days("clean"), 1);
    ck_assert_int_eq(told(&tenant, 9), 2);
    ck_assert_int_eq(differences(), 0);
}
END_TEST

/* The edit is counted in a slot, and the day copied, before the answer itself is added up. */
START_TEST(an_answer_that_was_taken_out_at_once_counts_nowhere)
{
    add_one(FIRST, 9);
    tenant_execute(&tenant, "UPDATE response SET excluded = true WHERE project_id = %d");
    tenant_execute(&tenant,
                   "INSERT INTO rollup_quarter (project_id, quarter, cell_id, slot, nps_9) SELECT project_id, quarter, "
                   "cell_id, 41, -1 FROM response WHERE project_id = %d");
    ck_assert_int_eq(told(&tenant, 9), 0);
    fill_days();
    ck_assert_int_eq(days("clean"), 1);
    ck_assert_int_eq(told(&tenant, 9), 0);
    ck_assert_int_eq(differences(), 0);
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_OK);
    ck_assert_int_eq(told(&tenant, 9), 0);
}
END_TEST

START_TEST(what_a_test_key_sent_counts_neither_before_nor_after)
{
    struct response responses[] = {response_of(&tenant, FIRST, 9), response_of(&tenant, FIRST, 9)};
    responses[id_compare(&responses[0].id, &responses[1].id) < 0 ? 1 : 0].is_test = true;
    add(responses, 2);
    ck_assert_int_eq(told(&tenant, 9), 1);
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_OK);
    ck_assert_int_eq(told(&tenant, 9), 1);
    ck_assert_int_eq(waiting(), 0);
}
END_TEST

START_TEST(answers_of_several_projects_in_a_batch_stay_apart)
{
    struct response responses[] = {response_of(&tenant, FIRST, 9), response_of(&tenant, FIRST, 10),
                                   response_of(&neighbour, FIRST, 9), response_of(&neighbour, FIRST, 9),
                                   response_of(&neighbour, FIRST, 0)};
    char sql[200];
    PGconn *pg = PQconnectdb(test_database_url());
    PGresult *result;
    add(responses, 5);
    ck_assert_int_eq(told(&tenant, 9), 1);
    ck_assert_int_eq(told(&neighbour, 9), 2);
    /* As a reader of the one sees it. */
    snprintf(sql, sizeof sql,
             "SET ROLE hark_reader; SET hark.projects = '%d'; SELECT sum(nps_0 + nps_9 + nps_10), count(DISTINCT "
             "project_id) FROM rollup_pending_quarter",
             (int)tenant.project_id);
    result = PQexec(pg, sql);
    ck_assert_int_eq(PQresultStatus(result), PGRES_TUPLES_OK);
    ck_assert_str_eq(PQgetvalue(result, 0, 0), "2");
    ck_assert_str_eq(PQgetvalue(result, 0, 1), "1");
    PQclear(result);
    PQfinish(pg);
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_OK);
    ck_assert_int_eq(told(&tenant, 10), 1);
    ck_assert_int_eq(told(&neighbour, 9), 2);
    ck_assert_int_eq(told(&neighbour, 0), 1);
    ck_assert_int_eq(added_up(), 2);
}
END_TEST

/* The keeper was sooner with one of two: the counts that the caller brings are of both, and none is taken. */
START_TEST(what_is_gone_is_not_added_up_twice)
{
    add_one(FIRST, 9);
    add_one(FIRST, 0);
    tenant_execute(&tenant,
                   "DELETE FROM rollup_pending WHERE id = (SELECT min(id) FROM rollup_pending WHERE project_id = %d)");
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_INVALID);
    ck_assert_int_eq(waiting(), 1);
    ck_assert_int_eq(added_up(), 0);
}
END_TEST

static void sweep(int seconds)
{
    int64_t rows;
    ck_assert_int_eq(pending_sweep(tenant.connection, seconds, &rows), STATUS_OK);
}

START_TEST(only_what_is_old_is_swept)
{
    struct response responses[] = {response_of(&tenant, FIRST, 9), response_of(&tenant, FIRST, 10)};
    responses[id_compare(&responses[0].id, &responses[1].id) < 0 ? 1 : 0].is_test = true;
    add(responses, 2);
    add_one(FIRST + 97, 0);
    fill_days();
    tenant_execute(&tenant,
                   "UPDATE rollup_pending SET added_at = added_at - interval '30 s' WHERE id = (SELECT min(id) FROM "
                   "rollup_pending WHERE project_id = %d)");
    sweep(40);
    ck_assert_int_eq(waiting(), 2);
    sweep(20);
    ck_assert_int_eq(waiting(), 1);
    ck_assert_int_eq(added_up(), 1);
    ck_assert_int_eq(told(&tenant, 9) + told(&tenant, 10), 1);
    ck_assert_int_eq(told(&tenant, 0), 1);
    sweep(PENDING_ALL_S);
    ck_assert_int_eq(waiting(), 0);
    ck_assert_int_eq(told(&tenant, 0), 1);
    ck_assert_int_eq(differences(), 0);
    /* The committer that left them finds them gone. */
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_INVALID);
    ck_assert_int_eq(told(&tenant, 0), 1);
}
END_TEST

START_TEST(a_sweep_makes_copied_days_stale)
{
    add_one(FIRST, 9);
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_OK);
    fill_days();
    add_one(FIRST, 9);
    sweep(PENDING_ALL_S);
    ck_assert_int_eq(days("dirty"), 1);
    ck_assert_int_eq(told(&tenant, 9), 2);
}
END_TEST

START_TEST(a_rebuild_counts_what_waits_once)
{
    add_one(FIRST, 9);
    add_one(FIRST + 97, 9);
    ck_assert_int_eq(verify_rebuild(tenant.connection), STATUS_OK);
    ck_assert_int_eq(waiting(), 0);
    ck_assert_int_eq(told(&tenant, 9), 2);
    ck_assert_int_eq(differences(), 0);
}
END_TEST

/* Noted is what there is room for; the rest counts all the same. */
START_TEST(what_finds_no_room_is_left_to_the_sweep)
{
    enum { BATCHES = 4100 };
    for (int i = 0; i < BATCHES; i++)
        add_one(FIRST, 9);
    ck_assert_uint_lt(pending_answers(pending), BATCHES);
    ck_assert_int_eq(told(&tenant, 9), BATCHES);
    ck_assert_int_eq(pending_fold(tenant.connection, pending, SLOT), STATUS_OK);
    ck_assert_int_gt(waiting(), 0);
    ck_assert_int_eq(told(&tenant, 9), BATCHES);
    sweep(PENDING_ALL_S);
    ck_assert_int_eq(told(&tenant, 9), BATCHES);
    ck_assert_int_eq(differences(), 0);
}
END_TEST

Suite *pending_suite(void)
{
    Suite *suite = suite_create("pending");
    TCase *cases = tcase_create("pending");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, an_answer_counts_before_it_is_added_up_and_not_twice_after);
    tcase_add_test(cases, to_add_up_again_does_nothing);
    tcase_add_test(cases, a_late_answer_counts_beside_the_copy_of_its_day);
    tcase_add_test(cases, an_answer_that_was_taken_out_at_once_counts_nowhere);
    tcase_add_test(cases, what_a_test_key_sent_counts_neither_before_nor_after);
    tcase_add_test(cases, answers_of_several_projects_in_a_batch_stay_apart);
    tcase_add_test(cases, what_is_gone_is_not_added_up_twice);
    tcase_add_test(cases, only_what_is_old_is_swept);
    tcase_add_test(cases, a_sweep_makes_copied_days_stale);
    tcase_add_test(cases, a_rebuild_counts_what_waits_once);
    tcase_add_test(cases, what_finds_no_room_is_left_to_the_sweep);
    suite_add_tcase(suite, cases);
    return suite;
}
