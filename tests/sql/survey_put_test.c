/* SPDX-License-Identifier: MIT */
#include "storage/survey.h"

#include "support/runner.h"
#include "tenant.h"

#include <stdio.h>
#include <string.h>

/* Storing surveys: what starts a version, and which definition a question has. What is expected is read from the tables by SQL
 * of the test's own. */

static struct tenant tenant;

static void setup(void)
{
    tenant_open(&tenant, NULL);
}

static void teardown(void)
{
    tenant_close(&tenant);
}

#define CSAT_1_5                                                                              \
    {                                                                                         \
        .definition = {.question = "csat", .metric = "csat", .scale_min = 1, .scale_max = 5 } \
    }
#define CSAT_1_7                                                                              \
    {                                                                                         \
        .definition = {.question = "csat", .metric = "csat", .scale_min = 1, .scale_max = 7 } \
    }
#define NPS                                                                                  \
    {                                                                                        \
        .definition = {.question = "nps", .metric = "nps", .scale_min = 0, .scale_max = 10 } \
    }
#define STARS                                                                                    \
    {                                                                                            \
        .definition = {.question = "stars", .metric = "rating", .scale_min = 1, .scale_max = 5 } \
    }

#define QUESTIONS(...)                                          \
    .questions = (struct survey_draft_question[]){__VA_ARGS__}, \
    .question_count = sizeof((struct survey_draft_question[]){__VA_ARGS__}) / sizeof(struct survey_draft_question)

/* A draft of the survey "stay" for the tenant. */
#define DRAFT(...) (&(struct survey_draft){.project_id = tenant.project_id, .key = "stay", __VA_ARGS__})

static struct survey_put put(const struct survey_draft *draft)
{
    struct survey_put done;
    ck_assert_int_eq(survey_put(tenant.connection, draft, &done), STATUS_OK);
    return done;
}

static int number(const char *sql)
{
    return (int)tenant_number(&tenant, sql);
}

/* The definition that a question has in a version of "stay". */
static int definition(const char *question, int version)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT definition_id FROM survey_question WHERE project_id = %%d AND survey = 'stay' AND question = '%s' "
             "AND version = %d",
             question, version);
    return number(sql);
}

static int64_t updated_us(void)
{
    return tenant_number(&tenant, "SELECT (extract(epoch FROM updated_at) * 1000000)::int8 FROM survey "
                                  "WHERE project_id = %d AND key = 'stay'");
}

START_TEST(first_survey_is_version_1_with_its_questions_in_their_order)
{
    struct survey_put done = put(DRAFT(QUESTIONS(STARS, NPS, CSAT_1_7), .title = text_of("\"Your stay\"")));
    ck_assert(done.is_new && done.starts_version && done.version == 1);
    ck_assert_int_eq(number("SELECT count(*) FROM survey WHERE project_id = %d AND key = 'stay' AND version = 1 "
                            "AND title = '\"Your stay\"' AND deleted_at IS NULL AND created_at = updated_at"),
                     1);
    ck_assert_int_eq(number("SELECT count(*) FROM survey_version WHERE project_id = %d AND version = 1"), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM (SELECT string_agg(question, ',' ORDER BY place) AS all_of_them "
                            "FROM survey_question WHERE project_id = %d) q WHERE all_of_them = 'stars,nps,csat'"),
                     1);
    ck_assert_int_eq(number("SELECT count(*) FROM question_definition WHERE project_id = %d AND survey = 'stay' AND "
                            "version = 1 AND polarity = 1 AND satisfied = '{}' AND dissatisfied = '{}' "
                            "AND headline IS NULL AND ((question, metric, scale_min, scale_max) = "
                            "('stars', 'rating', 1, 5) OR (question, metric, scale_min, scale_max) = "
                            "('csat', 'csat', 1, 7))"),
                     2);
}
END_TEST

START_TEST(standard_questions_have_the_built_in_definitions)
{
    const struct survey_draft_question ces = {
        .definition = {.question = "ces", .metric = "ces", .scale_min = 1, .scale_max = 7}};
    put(DRAFT(QUESTIONS(NPS, CSAT_1_5, ces)));
    ck_assert_int_eq(definition("nps", 1), DEFINITION_NPS);
    ck_assert_int_eq(definition("csat", 1), DEFINITION_CSAT);
    ck_assert_int_eq(definition("ces", 1), DEFINITION_CES);
    ck_assert_int_eq(number("SELECT count(*) FROM question_definition WHERE project_id = %d"), 0);
}
END_TEST

START_TEST(whatever_is_not_standard_has_a_definition_of_its_own)
{
    struct survey_draft_question questions[] = {
        {.definition = {.question = "recommend", .metric = "nps", .scale_min = 0, .scale_max = 10}},
        {.definition = {.question = "ces", .metric = "ces", .scale_min = 1, .scale_max = 7, .low_is_good = true}},
        {.definition = {.question = "csat", .metric = "csat", .scale_min = 1, .scale_max = 5, .satisfied = 1u << 4}},
    };
    put(DRAFT(.questions = questions, .question_count = 3));
    ck_assert_int_eq(definition("recommend", 1), 101);
    ck_assert_int_eq(definition("ces", 1), 102);
    ck_assert_int_eq(definition("csat", 1), 103);
    questions[2].definition.satisfied = 0;
    questions[2].definition.headline = "mean";
    ck_assert(!put(DRAFT(.questions = questions, .question_count = 3)).starts_version);
    questions[2].definition.headline = NULL;
    ck_assert_int_eq(put(DRAFT(.questions = questions, .question_count = 3)).version, 2);
    ck_assert_int_eq(definition("csat", 2), DEFINITION_CSAT);
}
END_TEST

START_TEST(sets_are_stored_as_the_scores_that_they_hold)
{
    struct survey_draft_question question = {.definition = {.question = "mood",
                                                            .metric = "custom",
                                                            .scale_min = -2,
                                                            .scale_max = 2,
                                                            .satisfied = 1u << 4 | 1u << 2,
                                                            .dissatisfied = 1u << 0,
                                                            .headline = "net"}};
    put(DRAFT(QUESTIONS(question)));
    ck_assert_int_eq(number("SELECT count(*) FROM question_definition WHERE project_id = %d AND satisfied = '{0,2}' "
                            "AND dissatisfied = '{-2}' AND headline = 'net'"),
                     1);
}
END_TEST

START_TEST(wording_sets_headline_title_and_order_change_in_place)
{
    struct survey_draft_question mood = {
        .definition = {.question = "mood", .metric = "custom", .scale_min = 0, .scale_max = 4}};
    put(DRAFT(QUESTIONS(mood, NPS)));
    int id = definition("mood", 1);
    mood.definition.satisfied = 1u << 4;
    mood.definition.dissatisfied = 1u << 1;
    mood.definition.headline = "net";
    mood.wording = text_of("{\"en\": \"How do you feel?\"}");
    struct survey_put done = put(DRAFT(QUESTIONS(NPS, mood), .title = text_of("\"Another\"")));
    ck_assert(!done.is_new && !done.starts_version && done.version == 1);
    ck_assert_int_eq(definition("mood", 1), id);
    ck_assert_int_eq(number("SELECT count(*) FROM question_definition WHERE project_id = %d AND satisfied = '{4}' "
                            "AND dissatisfied = '{1}' AND headline = 'net' AND version = 1"),
                     1);
    ck_assert_int_eq(number("SELECT count(*) FROM survey_question WHERE project_id = %d AND version = 1 AND place = 1 "
                            "AND question = 'mood' AND wording = '{\"en\": \"How do you feel?\"}'"),
                     1);
    ck_assert_int_eq(number("SELECT count(*) FROM survey WHERE project_id = %d AND title = '\"Another\"' "
                            "AND updated_at > created_at"),
                     1);
}
END_TEST

START_TEST(each_change_in_place_is_told_by_the_survey_row)
{
    struct survey_draft_question stars = STARS;
    struct survey_draft draft = {
        .project_id = tenant.project_id, .key = "stay", .questions = &stars, .question_count = 1};
    put(&draft);
    int64_t before = updated_us();
    put(&draft);
    ck_assert_int_eq(updated_us(), before);
    stars.definition.satisfied = 1u << 4;
    put(&draft);
    ck_assert_int_gt(updated_us(), before);
    before = updated_us();
    stars.wording = text_of("\"How many stars?\"");
    put(&draft);
    ck_assert_int_gt(updated_us(), before);
    before = updated_us();
    draft.title = text_of("\"Stars\"");
    put(&draft);
    ck_assert_int_gt(updated_us(), before);
    before = updated_us();
    put(&draft);
    ck_assert_int_eq(updated_us(), before);
}
END_TEST

START_TEST(metric_scale_polarity_and_the_set_of_questions_start_versions)
{
    struct survey_draft_question mood = {
        .definition = {.question = "mood", .metric = "custom", .scale_min = 1, .scale_max = 5}};
    ck_assert_int_eq(put(DRAFT(QUESTIONS(mood))).version, 1);
    mood.definition.metric = "rating";
    ck_assert_int_eq(put(DRAFT(QUESTIONS(mood))).version, 2);
    mood.definition.scale_max = 7;
    ck_assert_int_eq(put(DRAFT(QUESTIONS(mood))).version, 3);
    mood.definition.scale_min = 0;
    ck_assert_int_eq(put(DRAFT(QUESTIONS(mood))).version, 4);
    mood.definition.low_is_good = true;
    ck_assert_int_eq(put(DRAFT(QUESTIONS(mood))).version, 5);
    ck_assert_int_eq(put(DRAFT(QUESTIONS(mood, NPS))).version, 6);
    ck_assert_int_eq(put(DRAFT(QUESTIONS(NPS, mood))).version, 6);
    ck_assert_int_eq(put(DRAFT(QUESTIONS(NPS))).version, 7);
    /* As many questions as before, but another one. */
    ck_assert_int_eq(put(DRAFT(QUESTIONS(STARS))).version, 8);
    ck_assert_int_eq(number("SELECT count(*) FROM survey_version WHERE project_id = %d"), 8);
    ck_assert_int_eq(number("SELECT count(*) FROM survey_question WHERE project_id = %d AND version = 5 "
                            "AND question = 'mood'"),
                     1);
    ck_assert_int_eq(number("SELECT version FROM survey WHERE project_id = %d"), 8);
}
END_TEST

START_TEST(definition_is_used_again_while_its_meaning_stays_or_when_it_comes_back)
{
    put(DRAFT(QUESTIONS(CSAT_1_7, STARS)));
    put(DRAFT(QUESTIONS(CSAT_1_5, STARS)));
    put(DRAFT(QUESTIONS(CSAT_1_7, STARS)));
    ck_assert_int_eq(definition("csat", 1), 101);
    ck_assert_int_eq(definition("csat", 2), DEFINITION_CSAT);
    ck_assert_int_eq(definition("csat", 3), 101);
    for (int version = 1; version <= 3; version++)
        ck_assert_int_eq(definition("stars", version), 102);
    ck_assert_int_eq(number("SELECT count(*) FROM question_definition WHERE project_id = %d"), 2);
}
END_TEST

START_TEST(surveys_never_share_definitions_of_their_own)
{
    struct survey_draft other = *DRAFT(QUESTIONS(STARS));
    struct tenant neighbour = {0};
    put(&other);
    other.key = "Stay";
    ck_assert_int_eq(put(&other).version, 1);
    ck_assert_int_eq(number("SELECT count(DISTINCT id) FROM question_definition WHERE project_id = %d"), 2);
    tenant_open(&neighbour, NULL);
    other.project_id = neighbour.project_id;
    ck_assert_int_eq(put(&other).version, 1);
    ck_assert_int_eq((int)tenant_number(&neighbour, "SELECT max(id) FROM question_definition WHERE project_id = %d"),
                     101);
    ck_assert_int_eq(survey_delete(neighbour.connection, neighbour.project_id, "Stay", 0), STATUS_OK);
    ck_assert_int_eq(number("SELECT count(*) FROM survey WHERE project_id = %d AND deleted_at IS NULL"), 2);
    tenant_close(&neighbour);
}
END_TEST

START_TEST(deleted_survey_that_comes_back_goes_on_counting)
{
    put(DRAFT(QUESTIONS(STARS)));
    ck_assert_int_eq(survey_delete(tenant.connection, tenant.project_id, "stay", 0), STATUS_OK);
    ck_assert_int_eq(number("SELECT count(*) FROM survey WHERE project_id = %d AND deleted_at = updated_at"), 1);
    ck_assert_int_eq(survey_delete(tenant.connection, tenant.project_id, "stay", 0), STATUS_NOT_FOUND);
    ck_assert_int_eq(survey_delete(tenant.connection, tenant.project_id, "never", 0), STATUS_NOT_FOUND);
    struct survey_put done = put(DRAFT(QUESTIONS(STARS)));
    ck_assert(done.is_new && done.starts_version && done.version == 2);
    ck_assert_int_eq(definition("stars", 2), definition("stars", 1));
    ck_assert_int_eq(number("SELECT count(*) FROM survey WHERE project_id = %d AND deleted_at IS NULL"), 1);
}
END_TEST

START_TEST(condition_that_does_not_hold_changes_nothing)
{
    struct survey_put done;
    ck_assert_int_eq(survey_put(tenant.connection, DRAFT(QUESTIONS(STARS), .if_updated_us = 1), &done),
                     STATUS_CONFLICT);
    put(DRAFT(QUESTIONS(STARS), .if_absent = true));
    int64_t first = updated_us();
    ck_assert_int_eq(survey_put(tenant.connection, DRAFT(QUESTIONS(NPS), .if_absent = true), &done), STATUS_CONFLICT);
    ck_assert_int_eq(survey_put(tenant.connection, DRAFT(QUESTIONS(NPS), .if_updated_us = first - 1), &done),
                     STATUS_CONFLICT);
    ck_assert_int_eq(survey_delete(tenant.connection, tenant.project_id, "stay", first - 1), STATUS_CONFLICT);
    ck_assert_int_eq(number("SELECT version FROM survey WHERE project_id = %d AND deleted_at IS NULL"), 1);
    ck_assert_int_eq(put(DRAFT(QUESTIONS(NPS), .if_updated_us = first)).version, 2);
    ck_assert_int_eq(survey_delete(tenant.connection, tenant.project_id, "stay", updated_us()), STATUS_OK);
    ck_assert_int_eq(survey_put(tenant.connection, DRAFT(QUESTIONS(NPS), .if_updated_us = updated_us()), &done),
                     STATUS_CONFLICT);
    ck_assert_int_eq(put(DRAFT(QUESTIONS(NPS), .if_absent = true)).version, 3);
}
END_TEST

START_TEST(project_that_does_not_exist_has_no_surveys)
{
    struct survey_put done;
    struct survey_draft draft = *DRAFT(QUESTIONS(NPS));
    draft.project_id = INT32_MAX;
    ck_assert_int_eq(survey_put(tenant.connection, &draft, &done), STATUS_NOT_FOUND);
    ck_assert_int_eq(survey_delete(tenant.connection, INT32_MAX, "stay", 0), STATUS_NOT_FOUND);
    /* And nothing of it is left open on the session. */
    ck_assert_int_eq(put(DRAFT(QUESTIONS(NPS))).version, 1);
}
END_TEST

START_TEST(no_project_has_more_surveys_than_it_may)
{
    struct survey_put done;
    struct survey_draft draft = *DRAFT(QUESTIONS(NPS));
    char sql[256];
    snprintf(sql, sizeof sql,
             "INSERT INTO survey SELECT %%d, 's' || i, 1, NULL, now(), now() FROM generate_series(1, %d) i",
             SURVEYS_MAX - 1);
    tenant_execute(&tenant, sql);
    put(&draft);
    draft.key = "one more";
    ck_assert_int_eq(survey_put(tenant.connection, &draft, &done), STATUS_TOO_LARGE);
    /* A deleted one keeps its place, and may come back. */
    ck_assert_int_eq(survey_delete(tenant.connection, tenant.project_id, "stay", 0), STATUS_OK);
    ck_assert_int_eq(survey_put(tenant.connection, &draft, &done), STATUS_TOO_LARGE);
    draft.key = "stay";
    ck_assert_int_eq(put(&draft).version, 2);
    ck_assert_int_eq(number("SELECT count(*) FROM survey WHERE project_id = %d"), SURVEYS_MAX);
}
END_TEST

START_TEST(no_survey_and_no_project_has_more_versions_than_it_may)
{
    struct survey_put done;
    char sql[256];
    put(DRAFT(QUESTIONS(NPS)));
    snprintf(sql, sizeof sql, "UPDATE survey SET version = %d WHERE project_id = %%d", SURVEY_VERSIONS_MAX);
    tenant_execute(&tenant, sql);
    snprintf(sql, sizeof sql, "UPDATE survey_question SET version = %d WHERE project_id = %%d", SURVEY_VERSIONS_MAX);
    tenant_execute(&tenant, sql);
    ck_assert_int_eq(survey_put(tenant.connection, DRAFT(QUESTIONS(STARS)), &done), STATUS_TOO_LARGE);
    ck_assert_int_eq(put(DRAFT(QUESTIONS(NPS), .title = text_of("\"Last\""))).version, SURVEY_VERSIONS_MAX);
    snprintf(sql, sizeof sql, "INSERT INTO survey_version SELECT %%d, 'many', i, now() FROM generate_series(1, %d) i",
             PROJECT_VERSIONS_MAX - 1);
    tenant_execute(&tenant, sql);
    struct survey_draft other = *DRAFT(QUESTIONS(NPS));
    other.key = "other";
    ck_assert_int_eq(survey_put(tenant.connection, &other, &done), STATUS_TOO_LARGE);
    ck_assert_int_eq(number("SELECT count(*) FROM question_definition WHERE project_id = %d"), 0);
}
END_TEST

START_TEST(a_survey_of_as_many_questions_as_it_may_is_stored)
{
    static struct survey_draft_question questions[SURVEY_QUESTIONS_MAX + 1];
    static char keys[SURVEY_QUESTIONS_MAX + 1][8];
    struct survey_put done;
    for (int i = 0; i <= SURVEY_QUESTIONS_MAX; i++) {
        snprintf(keys[i], sizeof keys[i], "q%d", i);
        questions[i].definition = (struct question_definition){
            .question = keys[i], .metric = "custom", .scale_min = 0, .scale_max = (int8_t)(1 + i % 10)};
    }
    ck_assert_int_eq(
        survey_put(tenant.connection, DRAFT(.questions = questions, .question_count = SURVEY_QUESTIONS_MAX + 1), &done),
        STATUS_TOO_LARGE);
    put(DRAFT(.questions = questions, .question_count = SURVEY_QUESTIONS_MAX));
    ck_assert_int_eq(number("SELECT count(DISTINCT definition_id) FROM survey_question WHERE project_id = %d"),
                     SURVEY_QUESTIONS_MAX);
    ck_assert_int_eq(number("SELECT min(id) FROM question_definition WHERE project_id = %d"), 101);
}
END_TEST

Suite *survey_put_suite(void)
{
    const TTest *const tests[] = {
        first_survey_is_version_1_with_its_questions_in_their_order,
        standard_questions_have_the_built_in_definitions,
        whatever_is_not_standard_has_a_definition_of_its_own,
        sets_are_stored_as_the_scores_that_they_hold,
        wording_sets_headline_title_and_order_change_in_place,
        each_change_in_place_is_told_by_the_survey_row,
        metric_scale_polarity_and_the_set_of_questions_start_versions,
        definition_is_used_again_while_its_meaning_stays_or_when_it_comes_back,
        surveys_never_share_definitions_of_their_own,
        deleted_survey_that_comes_back_goes_on_counting,
        condition_that_does_not_hold_changes_nothing,
        project_that_does_not_exist_has_no_surveys,
        no_project_has_more_surveys_than_it_may,
        no_survey_and_no_project_has_more_versions_than_it_may,
        a_survey_of_as_many_questions_as_it_may_is_stored,
    };
    Suite *suite = suite_create("survey_put");
    TCase *tcase = tcase_create("survey_put");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    return suite;
}
