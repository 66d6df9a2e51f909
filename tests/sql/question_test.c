/* SPDX-License-Identifier: MIT */
#include "day_sample.h"
#include "storage/dedupe.h"
#include "storage/survey.h"
#include "storage/verify.h"
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Answers to the questions of surveys, from their rows to their counts. The same numbers are counted by SQL of the test's
 * own, from response.answers. */

enum { SCORE_MIN = -2, SCORE_MAX = 3, OTHER_MAX = 10, ROWS = 400, CUSTOMERS = 25 };

static struct tenant tenant;
static struct arena *arena;
static int32_t mood;  /* the definition of a question on -2..3 */
static int32_t other; /* of one on 0..10 */
static struct response rows[ROWS];
static struct answer answers[ROWS][2];
static char customers[CUSTOMERS][8];

static void define_survey(void)
{
    struct survey_draft_question questions[] = {
        {.definition = {.question = "mood", .metric = "custom", .scale_min = SCORE_MIN, .scale_max = SCORE_MAX}},
        {.definition = {.question = "other", .metric = "custom", .scale_min = 0, .scale_max = OTHER_MAX}}};
    struct survey_draft draft = {
        .project_id = tenant.project_id, .key = "stay", .questions = questions, .question_count = 2};
    struct survey_put put;
    ck_assert_int_eq(survey_put(tenant.connection, &draft, &put), STATUS_OK);
    mood = (int32_t)tenant_number(&tenant, "SELECT id FROM question_definition "
                                           "WHERE project_id = %d AND question = 'mood'");
    other = (int32_t)tenant_number(&tenant, "SELECT id FROM question_definition "
                                            "WHERE project_id = %d AND question = 'other'");
}

/* Over two local days and two cells; some answer one of the questions only, and some have no customer. */
static void make_row(int i, unsigned *seed)
{
    struct response *row = &rows[i];
    int32_t quarter = FIRST + rand_r(seed) % 192;
    *row = response_at(&tenant, quarter, (int8_t)(rand_r(seed) % 12 - 1), SCORE_ABSENT);
    row->cell_id = 1 + rand_r(seed) % 2;
    row->survey_version = 1;
    row->answers = answers[i];
    if (rand_r(seed) % 4 != 0)
        answers[i][row->answer_count++] =
            (struct answer){mood, (int8_t)(SCORE_MIN + rand_r(seed) % (SCORE_MAX - SCORE_MIN + 1))};
    if (rand_r(seed) % 4 != 0)
        answers[i][row->answer_count++] = (struct answer){other, (int8_t)(rand_r(seed) % (OTHER_MAX + 1))};
    row->is_test = rand_r(seed) % 10 == 0;
    if (rand_r(seed) % 3 != 0)
        row->customer_id = text_of(customers[rand_r(seed) % CUSTOMERS]);
}

static int by_id(const void *a, const void *b)
{
    return id_compare(&((const struct response *)a)->id, &((const struct response *)b)->id);
}

static void insert_rows(void)
{
    struct response *list[ROWS];
    bool is_new[ROWS];
    unsigned seed = 7;
    for (int i = 0; i < CUSTOMERS; i++)
        snprintf(customers[i], sizeof customers[i], "c%d", i);
    for (int i = 0; i < ROWS; i++)
        make_row(i, &seed);
    qsort(rows, ROWS, sizeof *rows, by_id);
    for (int i = 0; i < ROWS; i++)
        list[i] = &rows[i];
    ck_assert_int_eq(response_insert(tenant.connection, list, ROWS, 0, is_new), STATUS_OK);
    /* Known by now: nothing is counted twice. */
    ck_assert_int_eq(response_insert(tenant.connection, list, ROWS, 1, is_new), STATUS_OK);
    ck_assert(!is_new[0]);
}

static void setup(void)
{
    arena = arena_new(0);
    day_sample_open(&tenant);
    tenant_execute(&tenant, "INSERT INTO dimension_value VALUES (%d, 1, 1, 'web')");
    tenant_execute(&tenant, "INSERT INTO cell SELECT %d, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0");
    define_survey();
    insert_rows();
}

static void teardown(void)
{
    tenant_close(&tenant);
    arena_free(arena);
}

/* --- what is counted, and what it is compared with ----------------------------------------------------------------- */

static struct rollup_definition wanted[2];

static struct rollup_query query_of_days(uint32_t group_by)
{
    wanted[0] = (struct rollup_definition){tenant.project_id, other, 1};
    wanted[1] = (struct rollup_definition){tenant.project_id, mood, 2};
    return (struct rollup_query){.project_ids = &tenant.project_id,
                                 .project_count = 1,
                                 .from = FIRST,
                                 .to = FIRST + 192,
                                 .group_by = group_by,
                                 .definitions = wanted,
                                 .definition_count = 2};
}

/* From the rows that `where` lets through. */
static int64_t truth(int32_t definition, int score, const char *where)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM response WHERE project_id = %%d AND NOT is_test AND NOT excluded "
             "AND (answers ->> '%d')::int = %d AND %s",
             definition, score, where);
    return tenant_number(&tenant, sql);
}

static int64_t counted(const struct rollup_group *group, int bucket, int place, int i)
{
    int64_t n = 0;
    for (size_t p = 0; p < group->question_point_count; p++)
        if (group->question_points[p].definition == place && group->question_points[p].bucket == bucket)
            n += group->question_points[p].counts[i];
    return n;
}

static void compare(const struct rollup_group *group, int bucket, const char *where)
{
    int64_t all = 0;
    for (int i = 0; i <= SCORE_MAX - SCORE_MIN; i++) {
        all += counted(group, bucket, 1, i);
        ck_assert_int_eq(counted(group, bucket, 1, i), truth(mood, SCORE_MIN + i, where));
    }
    for (int i = 0; i <= OTHER_MAX; i++)
        ck_assert_int_eq(counted(group, bucket, 0, i), truth(other, i, where));
    ck_assert_int_gt(all, 0);
}

static struct rollup read_all(const struct rollup_query *query)
{
    struct rollup rollup;
    ck_assert_int_eq(rollup_read(tenant.connection, query, arena, &rollup), STATUS_OK);
    return rollup;
}

static void compare_whole(void)
{
    struct rollup_query query = query_of_days(0);
    struct rollup rollup = read_all(&query);
    ck_assert_uint_eq(rollup.group_count, 1);
    compare(&rollup.groups[0], 0, "true");
}

static int verified(void);

START_TEST(answers_are_counted_by_definition_and_score)
{
    compare_whole();
}
END_TEST

START_TEST(nothing_of_them_is_read_unless_it_is_asked_for)
{
    struct rollup_query query = query_of_days(0);
    query.definition_count = 1;
    struct rollup rollup = read_all(&query);
    ck_assert_int_eq(counted(&rollup.groups[0], 0, 0, 5), truth(other, 5, "true"));
    ck_assert_int_eq(counted(&rollup.groups[0], 0, 1, 1), 0);
    query.definition_count = 0;
    rollup = read_all(&query);
    ck_assert_uint_eq(rollup.groups[0].question_point_count, 0);
}
END_TEST

START_TEST(they_are_grouped_and_filtered_as_all_else)
{
    struct rollup_query query = query_of_days(1u << DIMENSION_CHANNEL);
    static const struct text web = {"web", 3};
    struct rollup rollup = read_all(&query);
    ck_assert_uint_eq(rollup.group_count, 2);
    for (size_t g = 0; g < 2; g++)
        compare(&rollup.groups[g], 0,
                text_is_absent(rollup.groups[g].values[DIMENSION_CHANNEL]) ? "cell_id = 1" : "cell_id = 2");
    query.values[DIMENSION_CHANNEL] = &web;
    query.value_counts[DIMENSION_CHANNEL] = 1;
    rollup = read_all(&query);
    ck_assert_uint_eq(rollup.group_count, 1);
    compare(&rollup.groups[0], 0, "cell_id = 2");
}
END_TEST

START_TEST(buckets_of_a_calendar_and_copied_days_agree)
{
    int32_t boundaries[] = {FIRST, FIRST + 50, FIRST + 96, FIRST + 192};
    struct calendar calendar = {boundaries, 3};
    struct rollup_query query = query_of_days(0);
    query.calendar = &calendar;
    for (int copied = 0; copied < 2; copied++) {
        struct rollup rollup = read_all(&query);
        char where[80];
        for (int b = 0; b < 3; b++) {
            snprintf(where, sizeof where, "quarter >= %d AND quarter < %d", boundaries[b], boundaries[b + 1]);
            compare(&rollup.groups[0], b, where);
        }
        compare_whole();
        fill_days(&tenant, after_day(2));
        ck_assert_int_gt(tenant_number(&tenant, "SELECT count(*) FROM rollup_question_day WHERE project_id = %d"), 0);
    }
    /* The copy is what was read: without the quarters the numbers stay. */
    tenant_execute(&tenant, "DELETE FROM rollup_question_quarter WHERE project_id = %d");
    compare_whole();
}
END_TEST

static void edit(struct response *row, bool excluded)
{
    struct response_key key = {.project_id = tenant.project_id, .id = row->id};
    struct stored_response *stored;
    size_t found;
    ck_assert_int_eq(connection_begin(tenant.connection), STATUS_OK);
    ck_assert_int_eq(response_lock(tenant.connection, &key, 1, arena, &stored, &found), STATUS_OK);
    ck_assert_uint_eq(found, 1);
    ck_assert_uint_eq(stored->response.answer_count, row->answer_count);
    ck_assert_int_eq(stored->response.survey_version, 1);
    for (size_t i = 0; i < row->answer_count; i++) {
        ck_assert_int_eq(stored->response.answers[i].definition_id, row->answers[i].definition_id);
        ck_assert_int_eq(stored->response.answers[i].score, row->answers[i].score);
    }
    stored->excluded = excluded;
    if (!excluded && stored->response.answer_count > 0)
        stored->response.answers[0].score = 1;
    ck_assert_int_eq(response_update(tenant.connection, &stored, 1, 2), STATUS_OK);
    ck_assert_int_eq(connection_commit(tenant.connection), STATUS_OK);
}

START_TEST(edits_move_the_counts_also_of_a_copied_day)
{
    fill_days(&tenant, after_day(2));
    for (int i = 0; i < 60; i++)
        edit(&rows[i], i % 2 == 0);
    compare_whole();
    fill_days(&tenant, after_day(2));
    compare_whole();
    ck_assert_int_eq(verified(), 0);
}
END_TEST

/* --- one answer per customer --------------------------------------------------------------------------------------- */

/* The first or the last answer of each customer to a question, by window functions over rows. */
static int64_t deduplicated(int32_t definition, int score, bool is_last)
{
    char sql[700];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM (SELECT (answers ->> '%d')::int AS score, row_number() OVER (PARTITION BY "
             "coalesce(customer_id, id::text) ORDER BY occurred_at %s, id %s) AS nth FROM response "
             "WHERE project_id = %%d AND NOT is_test AND answers ? '%d') AS a WHERE nth = 1 AND score = %d",
             definition, is_last ? "DESC" : "", is_last ? "DESC" : "", definition, score);
    return tenant_number(&tenant, sql);
}

START_TEST(one_answer_of_a_customer_counts_for_each_question)
{
    const struct dedupe_window window = {FIRST, FIRST + 192, NULL};
    struct rollup_query query = query_of_days(0);
    for (enum dedupe dedupe = DEDUPE_FIRST; dedupe <= DEDUPE_LAST; dedupe++) {
        struct rollup rollup;
        ck_assert_int_eq(dedupe_read(tenant.connection, &query, dedupe, &window, 1, ROWS, arena, &rollup), STATUS_OK);
        for (int i = 0; i <= SCORE_MAX - SCORE_MIN; i++)
            ck_assert_int_eq(counted(&rollup.groups[0], 0, 1, i),
                             deduplicated(mood, SCORE_MIN + i, dedupe == DEDUPE_LAST));
        for (int i = 0; i <= OTHER_MAX; i++)
            ck_assert_int_eq(counted(&rollup.groups[0], 0, 0, i), deduplicated(other, i, dedupe == DEDUPE_LAST));
    }
}
END_TEST

/* A customer who answered the built-in nps, and other, which here is the same question: one of the two counts. */
START_TEST(definitions_of_one_question_are_deduplicated_together)
{
    const struct dedupe_window window = {FIRST, FIRST + 192, NULL};
    struct rollup_query query = query_of_days(0);
    struct rollup rollup;
    int64_t n = 0;
    wanted[1] = (struct rollup_definition){tenant.project_id, DEFINITION_NPS, 1};
    ck_assert_int_eq(dedupe_read(tenant.connection, &query, DEDUPE_FIRST, &window, 1, ROWS, arena, &rollup), STATUS_OK);
    for (size_t p = 0; p < rollup.groups[0].question_point_count; p++)
        for (int i = 0; i < ROLLUP_SCORES; i++)
            n += rollup.groups[0].question_points[p].counts[i];
    char sql[300];
    /* Of one without a customer, each question's answer counts: there is nobody to count once. */
    snprintf(sql, sizeof sql,
             "SELECT count(DISTINCT customer_id) + count(*) FILTER (WHERE customer_id IS NULL) FROM response "
             "WHERE project_id = %%d AND NOT is_test AND (nps IS NOT NULL OR answers ? '%d')",
             other);
    ck_assert_int_eq(n, tenant_number(&tenant, sql));
}
END_TEST

/* --- verify -------------------------------------------------------------------------------------------------------- */

static struct verify_difference last;
static char last_question[16];

static void keep(void *context, const struct verify_difference *difference)
{
    int *listed = context;
    last = *difference;
    snprintf(last_question, sizeof last_question, "%.*s", (int)difference->question.size, difference->question.bytes);
    (*listed)++;
}

static int verified(void)
{
    struct verify_report report;
    int own = 0;
    ck_assert_int_eq(verify_compare(tenant.connection, tenant.project_id, 1000, keep, &own, &report), STATUS_OK);
    ck_assert_int_eq((int)report.differences, own);
    return own;
}

START_TEST(a_counter_that_is_off_is_named_and_a_rebuild_mends_it)
{
    ck_assert_int_eq(verified(), 0);
    char sql[160];
    snprintf(sql, sizeof sql,
             "UPDATE rollup_question_quarter SET n_1 = n_1 + 1 WHERE (project_id, quarter, cell_id, definition_id) IN "
             "(SELECT project_id, quarter, cell_id, definition_id");
    char whole[400];
    snprintf(whole, sizeof whole,
             "%s FROM rollup_question_quarter WHERE project_id = %%d AND definition_id = %d LIMIT 1)", sql, mood);
    tenant_execute(&tenant, whole);
    ck_assert_int_eq(verified(), 1);
    ck_assert_int_eq(last.table, VERIFY_QUESTION_QUARTERS);
    ck_assert_str_eq(last_question, "mood");
    ck_assert_int_eq(last.score, SCORE_MIN + 1);
    ck_assert_int_eq(last.stored, last.truth + 1);
    ck_assert_int_eq(verify_rebuild(tenant.connection), STATUS_OK);
    ck_assert_int_eq(verified(), 0);
    compare_whole();
}
END_TEST

START_TEST(a_copied_day_that_is_off_is_named)
{
    fill_days(&tenant, after_day(2));
    ck_assert_int_eq(verified(), 0);
    tenant_execute(&tenant, "UPDATE rollup_question_day SET n_0 = n_0 + 1 WHERE (project_id, from_quarter, cell_id, "
                            "definition_id) IN (SELECT project_id, from_quarter, cell_id, definition_id FROM "
                            "rollup_question_day WHERE project_id = %d LIMIT 1)");
    ck_assert_int_eq(verified(), 1);
    ck_assert_int_eq(last.table, VERIFY_QUESTION_DAYS);
}
END_TEST

Suite *question_suite(void)
{
    const TTest *const tests[] = {answers_are_counted_by_definition_and_score,
                                  nothing_of_them_is_read_unless_it_is_asked_for,
                                  they_are_grouped_and_filtered_as_all_else,
                                  buckets_of_a_calendar_and_copied_days_agree,
                                  edits_move_the_counts_also_of_a_copied_day,
                                  one_answer_of_a_customer_counts_for_each_question,
                                  definitions_of_one_question_are_deduplicated_together,
                                  a_counter_that_is_off_is_named_and_a_rebuild_mends_it,
                                  a_copied_day_that_is_off_is_named};
    Suite *suite = suite_create("question");
    TCase *tcase = tcase_create("question");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    return suite;
}
