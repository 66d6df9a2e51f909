/* SPDX-License-Identifier: MIT */
#include "../../src/api/draft.h"

#include "../../src/api/answers.h"
#include "../../src/api/parse.h"
#include "support/runner.h"

#include <string.h>

static const struct project project = {.id = 1, .declared = {"release"}};
static struct arena *arena;
static struct response response; /* what the answers of the last draft became */

static struct faults decode(struct draft *draft, const char *json, const struct field *fields)
{
    char fault[PARSE_FAULT_SIZE];
    struct faults faults;
    json_t *object = parse_object(text_of(json), fault);
    ck_assert_msg(object != NULL, "%s", json);
    faults_init(&faults, arena);
    draft_decode(draft, object, fields, &project, &faults);
    json_decref(object);
    response = (struct response){.answer_count = 0};
    answers_check(draft, NULL, project.id, &response, &faults);
    return faults;
}

struct bad_case {
    const char *json;
    const char *pointer;
};

static const struct bad_case bad_responses[] = {
    {"{\"answers\":{\"nps\":11}}", "#/answers/nps"},
    {"{\"answers\":{\"nps\":-1}}", "#/answers/nps"},
    {"{\"answers\":{\"nps\":9.5}}", "#/answers/nps"},
    {"{\"answers\":{\"nps\":\"9\"}}", "#/answers/nps"},
    {"{\"answers\":{\"nps\":true}}", "#/answers/nps"},
    {"{\"answers\":{\"csat\":0}}", "#/answers/csat"},
    {"{\"answers\":{\"csat\":6}}", "#/answers/csat"},
    {"{\"answers\":{\"ces\":8}}", "#/answers/ces"},
    {"{\"answers\":{\"joy\":1}}", "#/answers/joy"},
    {"{\"answers\":{\"a/b~c d\":1}}", "#/answers/a~1b~0c%20d"},
    {"{\"answers\":[9]}", "#/answers"},
    {"{\"answers\":null}", "#/answers"},
    {"{\"answers\":{\"nps\":1e300}}", "#/answers/nps"},
    {"{\"survey_version\":1}", "#/survey_version"},
    {"{\"survey\":\"s\",\"survey_version\":1}", "#/survey_version"},
    {"{\"survey\":\"s\",\"survey_version\":0}", "#/survey_version"},
    {"{\"survey\":\"s\",\"survey_version\":\"1\"}", "#/survey_version"},
    {"{\"channel\":\"\"}", "#/channel"},
    {"{\"channel\":5}", "#/channel"},
    {"{\"channel\":\"a\\nb\"}", "#/channel"},
    {"{\"channel\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}", "#/channel"},
    {"{\"dimensions\":{\"store\":\"1\"}}", "#/dimensions/store"},
    {"{\"dimensions\":{\"channel\":\"1\"}}", "#/dimensions/channel"},
    {"{\"dimensions\":7}", "#/dimensions"},
    {"{\"occurred_at\":\"now\"}", "#/occurred_at"},
    {"{\"occurred_at\":\"2026-11-22T10:00:00\"}", "#/occurred_at"},
    {"{\"occurred_at\":\"10000-01-01T00:00:00Z\"}", "#/occurred_at"},
    {"{\"occurred_at\":1790000000}", "#/occurred_at"},
    {"{\"id\":\"7\"}", "#/id"},
    {"{\"id\":\"00000000-0000-0000-0000-000000000000\"}", "#/id"},
    {"{\"tags\":\"a\"}", "#/tags"},
    {"{\"tags\":[\"a\",\"\"]}", "#/tags/1"},
    {"{\"tags\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21]}", "#/tags"},
    {"{\"properties\":[]}", "#/properties"},
    {"{\"comment\":[]}", "#/comment"},
    {"{\"excluded\":true}", "#/excluded"},
    {"{\"chanel\":\"web\"}", "#/chanel"},
};

START_TEST(each_fault_of_an_answer_is_named)
{
    struct draft draft;
    struct faults faults = decode(&draft, bad_responses[_i].json, draft_response_fields);
    ck_assert_msg(faults.first != NULL, "%s", bad_responses[_i].json);
    ck_assert_str_eq(faults.first->pointer, bad_responses[_i].pointer);
}
END_TEST

static const struct bad_case bad_events[] = {
    {"{\"action\":\"Two words\"}", "#/action"}, {"{\"action\":\"\"}", "#/action"},
    {"{\"duration_ms\":-1}", "#/duration_ms"},  {"{\"duration_ms\":1.5}", "#/duration_ms"},
    {"{\"amount\":\"5\"}", "#/amount"},         {"{\"amount\":1e12}", "#/amount"},
    {"{\"amount\":0.00001}", "#/amount"},       {"{\"currency\":\"eur\"}", "#/currency"},
    {"{\"currency\":\"EURO\"}", "#/currency"},  {"{\"response_id\":\"x\"}", "#/response_id"},
    {"{\"answers\":{\"nps\":1}}", "#/answers"},
};

START_TEST(each_fault_of_an_event_is_named)
{
    struct draft draft;
    struct faults faults = decode(&draft, bad_events[_i].json, draft_event_fields);
    ck_assert_msg(faults.first != NULL, "%s", bad_events[_i].json);
    ck_assert_str_eq(faults.first->pointer, bad_events[_i].pointer);
}
END_TEST

START_TEST(all_faults_come_at_once)
{
    struct draft draft;
    struct faults faults = decode(&draft, "{\"chanel\":1,\"region\":2,\"answers\":{\"nps\":11,\"csat\":9,\"joy\":1}}",
                                  draft_response_fields);
    ck_assert_uint_eq(faults.count, 5);
}
END_TEST

START_TEST(a_whole_answer_is_kept)
{
    struct draft draft;
    struct faults faults =
        decode(&draft,
               "{\"survey\":\"s\",\"channel\":\"web\",\"region\":\"es-ct\",\"dimensions\":{\"release\":\"4.1\"},"
               "\"answers\":{\"nps\":0,\"ces\":7,\"csat\":null},\"tags\":[\"a\",\"a\",\"b\"],\"comment\":\"x\\ny\","
               "\"properties\":{\"b\":1,\"a\":2}}",
               draft_response_fields);
    ck_assert_uint_eq(faults.count, 0);
    ck_assert(text_is(draft.dimensions[DIMENSION_REGION], "ES-CT"));
    ck_assert(text_is(draft.dimensions[DIMENSION_DECLARED_1], "4.1"));
    ck_assert_int_eq(response.scores[QUESTION_NPS], 0);
    ck_assert_int_eq(response.scores[QUESTION_CSAT], SCORE_ABSENT);
    ck_assert_int_eq(response.scores[QUESTION_CES], 7);
    ck_assert_int_eq(response.survey_version, 0);
    ck_assert_uint_eq(draft.tag_count, 2);
    ck_assert(text_is(draft.texts[DRAFT_PROPERTIES], "{\"a\":2,\"b\":1}"));
}
END_TEST

START_TEST(properties_of_4096_bytes_are_taken_and_one_more_refused)
{
    char json[5000];
    struct draft draft;
    int at_limit = 4096 - (int)strlen("{\"a\":\"\"}");
    for (int more = 0; more < 2; more++) {
        snprintf(json, sizeof json, "{\"properties\":{\"a\":\"%0*d\"}}", at_limit + more, 0);
        ck_assert_uint_eq(decode(&draft, json, draft_response_fields).count, (size_t)more);
    }
}
END_TEST

static void make_arena(void)
{
    arena = arena_new(0);
}

static void free_arena(void)
{
    arena_free(arena);
}

Suite *draft_suite(void)
{
    Suite *suite = suite_create("draft");
    TCase *tests = tcase_create("draft");
    tcase_add_checked_fixture(tests, make_arena, free_arena);
    tcase_add_loop_test(tests, each_fault_of_an_answer_is_named, 0, sizeof bad_responses / sizeof bad_responses[0]);
    tcase_add_loop_test(tests, each_fault_of_an_event_is_named, 0, sizeof bad_events / sizeof bad_events[0]);
    tcase_add_test(tests, all_faults_come_at_once);
    tcase_add_test(tests, a_whole_answer_is_kept);
    tcase_add_test(tests, properties_of_4096_bytes_are_taken_and_one_more_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
