/* SPDX-License-Identifier: MIT */
#include "../../src/api/answers.h"

#include "../../src/api/parse.h"
#include "../../src/storage/directory_snapshot.h"
#include "support/runner.h"

#include <string.h>

/* What a score means, by the survey that it answers, and what is said of one that means nothing there. */

enum { PROJECT = 7, OTHER = 9 };

static const struct question_definition definitions[] = {
    {.id = 101,
     .survey = "shop",
     .question = "stars",
     .version = 1,
     .metric = "rating",
     .scale_min = 1,
     .scale_max = 5},
    {.id = 102,
     .survey = "shop",
     .question = "stars",
     .version = 3,
     .metric = "rating",
     .scale_min = 2,
     .scale_max = 9},
    {.id = 103,
     .survey = "shop",
     .question = "proud",
     .version = 3,
     .metric = "rating",
     .scale_min = -2,
     .scale_max = 2},
    {.id = 104, .survey = "shop", .question = "calm", .version = 3, .metric = "rating", .scale_min = 1, .scale_max = 5},
    {.id = 105, .survey = "visit", .question = "csat", .version = 1, .metric = "csat", .scale_min = 1, .scale_max = 7},
};
static const struct question_definition nps = {
    .id = DEFINITION_NPS, .question = "nps", .version = 1, .metric = "nps", .scale_min = 0, .scale_max = 10};

static const struct survey_question first[] = {{&definitions[0], {NULL, 0}}};
static const struct survey_question second[] = {{&definitions[0], {NULL, 0}}, {&nps, {NULL, 0}}};
static const struct survey_question third[] = {
    {&definitions[1], {NULL, 0}}, {&definitions[3], {NULL, 0}}, {&definitions[2], {NULL, 0}}, {&nps, {NULL, 0}}};
static const struct survey_question visit[] = {{&definitions[4], {NULL, 0}}};
static const struct survey_version shop_versions[] = {{1, 1000, first, 1}, {2, 2000, second, 2}, {3, 3000, third, 4}};
static const struct survey_version visit_versions[] = {{1, 1000, visit, 1}};

/* "gone" was the same as "visit", and was deleted. */
static const struct survey surveys[] = {
    {.project_id = PROJECT, .key = "gone", .is_deleted = true, .versions = visit_versions, .version_count = 1},
    {.project_id = PROJECT, .key = "shop", .versions = shop_versions, .version_count = 3},
    {.project_id = PROJECT, .key = "visit", .versions = visit_versions, .version_count = 1},
};
static const struct project_surveys project_surveys = {
    .project_id = PROJECT,
    .definitions = definitions,
    .definition_count = sizeof definitions / sizeof *definitions,
    .surveys = surveys,
    .survey_count = sizeof surveys / sizeof *surveys,
};
static struct survey_set set = {.projects = &project_surveys, .count = 1};
static const struct snapshot snapshot = {.surveys = &set};
static const struct project project = {.id = PROJECT};

static struct arena *arena;
static struct arena *small;
static struct draft draft;
static struct response response;
static struct patch patch;
static struct faults faults;

static void setup(void)
{
    arena = arena_new(0);
    small = NULL;
}

static void teardown(void)
{
    arena_free(small);
    arena_free(arena);
}

static void read_draft(const char *json, const struct field *fields)
{
    char fault[PARSE_FAULT_SIZE];
    json_t *object = parse_object(text_of(json), fault);
    ck_assert_msg(object != NULL, "%s", json);
    faults_init(&faults, arena);
    draft_decode(&draft, object, fields, &project, &faults);
    json_decref(object);
    ck_assert_msg(faults.count == 0, "%s", json);
}

static void check_of(int32_t project_id, const char *json)
{
    read_draft(json, draft_response_fields);
    response = (struct response){.answer_count = 0};
    answers_check(&draft, &snapshot, project_id, &response, &faults);
}

static void check(const char *json)
{
    check_of(PROJECT, json);
}

static void check_patch(const char *json)
{
    read_draft(json, draft_patch_fields);
    patch = (struct patch){.project_id = PROJECT};
    answers_check_patch(&draft, &snapshot, &patch, &faults);
}

struct bad_case {
    const char *json;
    const char *pointer;
    const char *detail;
};

static const struct bad_case bad_responses[] = {
    {"{\"survey_version\":1,\"answers\":{\"nps\":9}}", "#/survey_version",
     "names a version of a survey, and there is no survey beside it"},
    {"{\"survey\":\"never\",\"survey_version\":1,\"answers\":{\"nps\":9}}", "#/survey_version",
     "is a version of a survey that is not defined"},
    {"{\"survey\":\"shop\",\"survey_version\":4,\"answers\":{\"nps\":9}}", "#/survey_version",
     "must be from 1 to 3: the survey has no other versions"},
    {"{\"answers\":{\"stars\":4}}", "#/answers/stars", "is not a known question: nps, csat and ces are"},
    {"{\"survey\":\"never\",\"answers\":{\"stars\":4}}", "#/answers/stars",
     "is not a known question: nps, csat and ces are"},
    {"{\"survey\":\"gone\",\"answers\":{\"csat\":7}}", "#/answers/csat", "must be an integer from 1 to 5"},
    {"{\"survey\":\"gone\",\"survey_version\":1,\"answers\":{\"csat\":8}}", "#/answers/csat",
     "must be an integer from 1 to 7"},
    {"{\"survey\":\"shop\",\"survey_version\":1,\"answers\":{\"nps\":9}}", "#/answers/nps",
     "is not a question of version 1 of the survey: stars"},
    {"{\"survey\":\"shop\",\"survey_version\":2,\"answers\":{\"proud\":1}}", "#/answers/proud",
     "is not a question of version 2 of the survey: stars and nps"},
    {"{\"survey\":\"shop\",\"answers\":{\"csat\":null}}", "#/answers/csat",
     "is not a question of version 3 of the survey: stars, calm, proud and nps"},
    {"{\"survey\":\"shop\",\"answers\":{\"stars\":1}}", "#/answers/stars", "must be an integer from 2 to 9"},
    {"{\"survey\":\"shop\",\"answers\":{\"stars\":10}}", "#/answers/stars", "must be an integer from 2 to 9"},
    {"{\"survey\":\"shop\",\"answers\":{\"stars\":\"5\"}}", "#/answers/stars", "must be an integer from 2 to 9"},
    {"{\"survey\":\"shop\",\"answers\":{\"proud\":-3}}", "#/answers/proud", "must be an integer from -2 to 2"},
};

static void check_told(const struct bad_case *bad)
{
    ck_assert_msg(faults.count == 1, "%s", bad->json);
    ck_assert_str_eq(faults.first->pointer, bad->pointer);
    ck_assert_str_eq(faults.first->detail, bad->detail);
}

START_TEST(each_answer_that_its_survey_does_not_take_is_told)
{
    check(bad_responses[_i].json);
    check_told(&bad_responses[_i]);
}
END_TEST

START_TEST(without_a_survey_the_built_in_questions_are_asked)
{
    static const char *const asked[] = {"{\"answers\":{\"nps\":0,\"csat\":5,\"ces\":null}}",
                                        "{\"survey\":\"never\",\"answers\":{\"nps\":0,\"csat\":5,\"ces\":null}}",
                                        "{\"survey\":\"gone\",\"answers\":{\"nps\":0,\"csat\":5,\"ces\":null}}"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        check(asked[i]);
        ck_assert_uint_eq(faults.count, 0);
        ck_assert_int_eq(response.scores[QUESTION_NPS], 0);
        ck_assert_int_eq(response.scores[QUESTION_CSAT], 5);
        ck_assert_int_eq(response.scores[QUESTION_CES], SCORE_ABSENT);
        ck_assert_int_eq(response.survey_version, 0);
        ck_assert_uint_eq(response.answer_count, 0);
    }
}
END_TEST

/* A survey of the same name in another project is none of this one's. */
START_TEST(surveys_are_a_projects_own)
{
    check_of(OTHER, "{\"survey\":\"visit\",\"answers\":{\"csat\":7}}");
    check_told(&(struct bad_case){"other project", "#/answers/csat", "must be an integer from 1 to 5"});
    check("{\"survey\":\"visit\",\"answers\":{\"csat\":7}}");
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_uint_eq(response.answer_count, 1);
    ck_assert_int_eq(response.answers[0].definition_id, 105);
    ck_assert_int_eq(response.scores[QUESTION_CSAT], SCORE_ABSENT);
}
END_TEST

/* The current version where none is named; in the order of the definitions, whatever that of the keys. */
START_TEST(scores_are_kept_by_their_definitions)
{
    check("{\"survey\":\"shop\",\"answers\":{\"calm\":5,\"nps\":10,\"proud\":-2,\"stars\":9}}");
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_int_eq(response.survey_version, 3);
    ck_assert_int_eq(response.scores[QUESTION_NPS], 10);
    ck_assert_uint_eq(response.answer_count, 3);
    static const struct answer want[] = {{102, 9}, {103, -2}, {104, 5}};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(response.answers[i].definition_id, want[i].definition_id);
        ck_assert_int_eq(response.answers[i].score, want[i].score);
    }
}
END_TEST

START_TEST(a_version_that_is_named_is_the_one_that_was_asked)
{
    check("{\"survey\":\"shop\",\"survey_version\":1,\"answers\":{\"stars\":1}}");
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_int_eq(response.survey_version, 1);
    ck_assert_uint_eq(response.answer_count, 1);
    ck_assert_int_eq(response.answers[0].definition_id, 101);
    /* Of a deleted survey, too: an app that was offline still has it. */
    check("{\"survey\":\"gone\",\"survey_version\":1,\"answers\":{\"csat\":7}}");
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_int_eq(response.answers[0].definition_id, 105);
}
END_TEST

START_TEST(null_is_no_answer_to_a_question_that_is_asked)
{
    check("{\"survey\":\"shop\",\"answers\":{\"calm\":null,\"nps\":null}}");
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_uint_eq(response.answer_count, 0);
    ck_assert_int_eq(response.scores[QUESTION_NPS], SCORE_ABSENT);
}
END_TEST

static const struct bad_case bad_patches[] = {
    {"{\"answers\":{\"joy\":1}}", "#/answers/joy",
     "is not a known question: nps, csat and ces are, and those of surveys"},
    {"{\"answers\":{\"joy\":null}}", "#/answers/joy",
     "is not a known question: nps, csat and ces are, and those of surveys"},
    {"{\"answers\":{\"stars\":10}}", "#/answers/stars", "must be an integer from 2 to 9"},
    {"{\"answers\":{\"proud\":\"2\"}}", "#/answers/proud", "must be an integer from -2 to 2"},
    {"{\"answers\":{\"csat\":8}}", "#/answers/csat", "must be an integer from 1 to 5"},
    {"{\"answers\":{\"nps\":11}}", "#/answers/nps", "must be an integer from 0 to 10"},
};

START_TEST(each_change_that_no_survey_takes_is_told)
{
    check_patch(bad_patches[_i].json);
    check_told(&bad_patches[_i]);
    ck_assert_uint_eq(patch.answer_count, 0);
}
END_TEST

/* Which one is meant is known where the response is: stars from 1 to 9 fit one of two, csat to 7 that of a survey. */
START_TEST(a_change_that_some_survey_takes_is_kept)
{
    check_patch("{\"answers\":{\"ces\":7,\"csat\":7,\"proud\":null,\"stars\":1}}");
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_ptr_eq(patch.snapshot, &snapshot);
    ck_assert_uint_eq(patch.answer_count, 4);
    ck_assert(text_is(patch.answers[0].key, "ces") && patch.answers[0].score == 7);
    ck_assert(text_is(patch.answers[1].key, "csat") && patch.answers[1].score == 7);
    ck_assert(text_is(patch.answers[2].key, "proud") && patch.answers[2].is_taken_away);
    ck_assert(text_is(patch.answers[3].key, "stars") && !patch.answers[3].is_taken_away);
    check_patch("{\"answers\":{\"stars\":9}}");
    ck_assert_uint_eq(faults.count, 0);
}
END_TEST

/* The faults' arena holds what is kept: with any limit of it, all is kept, or memory is said to be lacking. */
START_TEST(answers_that_memory_lacks_for_are_not_kept_in_part)
{
    bool is_lacking = true;
    read_draft("{\"survey\":\"shop\",\"answers\":{\"calm\":5,\"joy\":1,\"proud\":2}}", draft_response_fields);
    for (size_t limit = 1; is_lacking; limit += 16) {
        arena_free(small);
        small = arena_new(limit);
        faults_init(&faults, small);
        response = (struct response){.answer_count = 0};
        answers_check(&draft, &snapshot, PROJECT, &response, &faults);
        is_lacking = faults_lack_memory(&faults);
        ck_assert_uint_eq(faults.count, 1);
        ck_assert(limit > 1 || is_lacking);
    }
    check_told(&(struct bad_case){"joy", "#/answers/joy",
                                  "is not a question of version 3 of the survey: stars, calm, proud and nps"});
    ck_assert_uint_eq(response.answer_count, 2);
    arena_free(small);
    small = arena_new(1);
    faults_init(&faults, small);
    patch = (struct patch){.project_id = PROJECT};
    answers_check_patch(&draft, &snapshot, &patch, &faults);
    ck_assert(faults_lack_memory(&faults));
    ck_assert_uint_eq(patch.answer_count, 0);
}
END_TEST

Suite *answers_suite(void)
{
    Suite *suite = suite_create("answers");
    TCase *tests = tcase_create("answers");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, each_answer_that_its_survey_does_not_take_is_told, 0,
                        sizeof bad_responses / sizeof *bad_responses);
    tcase_add_test(tests, without_a_survey_the_built_in_questions_are_asked);
    tcase_add_test(tests, surveys_are_a_projects_own);
    tcase_add_test(tests, scores_are_kept_by_their_definitions);
    tcase_add_test(tests, a_version_that_is_named_is_the_one_that_was_asked);
    tcase_add_test(tests, null_is_no_answer_to_a_question_that_is_asked);
    tcase_add_loop_test(tests, each_change_that_no_survey_takes_is_told, 0, sizeof bad_patches / sizeof *bad_patches);
    tcase_add_test(tests, a_change_that_some_survey_takes_is_kept);
    tcase_add_test(tests, answers_that_memory_lacks_for_are_not_kept_in_part);
    suite_add_tcase(suite, tests);
    return suite;
}
