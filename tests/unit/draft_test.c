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
    {"{\"comment\":7}", "#/comment"},
    {"{\"occurred_at\":true}", "#/occurred_at"},
    {"{\"sent_at\":\"now\"}", "#/sent_at"},
    {"{\"sent_at\":7}", "#/sent_at"},
    {"{\"customer_id\":7}", "#/customer_id"},
    {"{\"customer_id\":\"\"}", "#/customer_id"},
    {"{\"source\":\"a\\u0085b\"}", "#/source"},
    {"{\"id\":7}", "#/id"},
    {"{\"survey\":\"s\",\"survey_version\":1000001}", "#/survey_version"},
    {"{\"tags\":[7]}", "#/tags/0"},
    {"{\"dimensions\":{\"release\":7}}", "#/dimensions/release"},
    {"{\"dimensions\":{\"release\":\"\"}}", "#/dimensions/release"},
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
    {"{\"action\":\"Two words\"}", "#/action"},   {"{\"action\":\"\"}", "#/action"},
    {"{\"duration_ms\":-1}", "#/duration_ms"},    {"{\"duration_ms\":1.5}", "#/duration_ms"},
    {"{\"amount\":\"5\"}", "#/amount"},           {"{\"amount\":1e12}", "#/amount"},
    {"{\"amount\":0.00001}", "#/amount"},         {"{\"currency\":\"eur\"}", "#/currency"},
    {"{\"currency\":\"EURO\"}", "#/currency"},    {"{\"response_id\":\"x\"}", "#/response_id"},
    {"{\"answers\":{\"nps\":1}}", "#/answers"},   {"{\"action\":7}", "#/action"},
    {"{\"action\":\"caf\u00e9\"}", "#/action"},   {"{\"action\":\"a.b\"}", "#/action"},
    {"{\"duration_ms\":\"5\"}", "#/duration_ms"}, {"{\"duration_ms\":316224000001}", "#/duration_ms"},
    {"{\"amount\":-1e11}", "#/amount"},           {"{\"amount\":true}", "#/amount"},
    {"{\"currency\":7}", "#/currency"},           {"{\"currency\":\"EUr\"}", "#/currency"},
    {"{\"currency\":\"ErR\"}", "#/currency"},     {"{\"response_id\":7}", "#/response_id"},
};

START_TEST(each_fault_of_an_event_is_named)
{
    struct draft draft;
    struct faults faults = decode(&draft, bad_events[_i].json, draft_event_fields);
    ck_assert_msg(faults.first != NULL, "%s", bad_events[_i].json);
    ck_assert_str_eq(faults.first->pointer, bad_events[_i].pointer);
}
END_TEST

START_TEST(a_whole_event_is_kept)
{
    struct draft draft;
    struct faults faults = decode(&draft,
                                  "{\"action\":\"checked-out_2\",\"stage\":\"Late\",\"duration_ms\":316224000000,"
                                  "\"amount\":49.9,\"currency\":\"EUR\",\"response_id\":"
                                  "\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00\",\"session_id\":\"s\",\"sent_at\":"
                                  "\"2026-11-22T10:00:00Z\"}",
                                  draft_event_fields);
    ck_assert_uint_eq(faults.count, 0);
    ck_assert(text_is(draft.texts[DRAFT_ACTION], "checked-out_2"));
    ck_assert(text_is(draft.texts[DRAFT_STAGE], "Late"));
    ck_assert(text_is(draft.texts[DRAFT_AMOUNT], "49.9000"));
    ck_assert(text_is(draft.texts[DRAFT_CURRENCY], "EUR"));
    ck_assert(text_is(draft.texts[DRAFT_SESSION_ID], "s"));
    ck_assert_int_eq(draft.duration_ms, INT64_C(316224000000));
    ck_assert_uint_eq(draft.flags, DRAFT_HAS_DURATION | DRAFT_HAS_RESPONSE_ID | DRAFT_HAS_SENT);
}
END_TEST

/* null stands for "not sent". */
START_TEST(an_amount_is_kept_as_a_decimal)
{
    static const char *const amounts[][2] = {{"50", "50.0000"},
                                             {"-0.0001", "-0.0001"},
                                             {"99999999999.9999", "99999999999.9999"},
                                             {"0", "0.0000"},
                                             {"1e2", "100.0000"}};
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        struct draft draft;
        char json[64];
        snprintf(json, sizeof json, "{\"amount\":%s}", amounts[i][0]);
        ck_assert_uint_eq(decode(&draft, json, draft_event_fields).count, 0);
        ck_assert_msg(text_is(draft.texts[DRAFT_AMOUNT], amounts[i][1]), "%s", json);
    }
}
END_TEST

START_TEST(null_is_as_if_it_had_not_been_sent)
{
    static const struct field *const tables[] = {draft_response_fields, draft_event_fields};
    for (size_t t = 0; t < 2; t++)
        for (const struct field *field = tables[t]; field->name; field++) {
            char json[64];
            struct draft draft;
            if (strcmp(field->name, "answers") == 0)
                continue;
            snprintf(json, sizeof json, "{\"%s\":null}", field->name);
            struct faults faults = decode(&draft, json, tables[t]);
            ck_assert_msg(faults.count == 0, "%s", json);
            ck_assert_uint_eq(draft.flags & ~(unsigned)(DRAFT_HAS_COMMENT | DRAFT_HAS_TAGS), 0);
            for (int i = 0; i < DRAFT_TEXT_COUNT; i++)
                ck_assert(text_is_absent(draft.texts[i]));
            for (int i = 0; i < DIMENSION_SENT; i++)
                ck_assert(text_is_absent(draft.dimensions[i]));
        }
}
END_TEST

START_TEST(null_for_a_declared_dimension_is_a_missing_value)
{
    struct draft draft;
    ck_assert_uint_eq(
        decode(&draft, "{\"answers\":{\"nps\":9},\"dimensions\":{\"release\":null}}", draft_response_fields).count, 0);
    ck_assert(text_is_absent(draft.dimensions[DIMENSION_DECLARED_1]));
}
END_TEST

START_TEST(an_empty_comment_and_empty_properties_are_none)
{
    struct draft draft;
    ck_assert_uint_eq(
        decode(&draft, "{\"answers\":{\"nps\":9},\"comment\":\"\",\"properties\":{}}", draft_response_fields).count, 0);
    ck_assert(text_is_absent(draft.texts[DRAFT_COMMENT]));
    ck_assert(text_is_absent(draft.texts[DRAFT_PROPERTIES]));
}
END_TEST

START_TEST(answers_are_in_the_order_of_their_keys)
{
    struct draft draft;
    (void)decode(&draft, "{\"answers\":{\"ab\":1,\"b\":2,\"a\":3,\"abc\":4}}", draft_response_fields);
    ck_assert_uint_eq(draft.answer_count, 4);
    ck_assert(text_is(draft.answers[0].key, "a") && draft.answers[0].score == 3);
    ck_assert(text_is(draft.answers[1].key, "ab") && draft.answers[1].score == 1);
    ck_assert(text_is(draft.answers[2].key, "abc") && draft.answers[2].score == 4);
    ck_assert(text_is(draft.answers[3].key, "b") && draft.answers[3].score == 2);
}
END_TEST

/* excluded is a boolean, and no score, word or null. */
START_TEST(a_patch_excludes_by_true_and_false_alone)
{
    static const char *const wrong[] = {"null", "1", "0", "\"true\"", "{}", "[]"};
    struct draft draft;
    for (int excluded = 0; excluded < 2; excluded++) {
        (void)decode(&draft, excluded ? "{\"excluded\":true}" : "{\"excluded\":false}", draft_patch_fields);
        ck_assert_uint_eq(draft.flags, DRAFT_HAS_EXCLUDED);
        ck_assert_int_eq(draft.excluded, excluded);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char json[40];
        snprintf(json, sizeof json, "{\"excluded\":%s}", wrong[i]);
        struct faults faults = decode(&draft, json, draft_patch_fields);
        ck_assert_ptr_nonnull(faults.first);
        ck_assert_str_eq(faults.first->pointer, "#/excluded");
        ck_assert_uint_eq(draft.flags, 0);
    }
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
    tcase_add_test(tests, a_whole_event_is_kept);
    tcase_add_test(tests, an_amount_is_kept_as_a_decimal);
    tcase_add_test(tests, null_is_as_if_it_had_not_been_sent);
    tcase_add_test(tests, null_for_a_declared_dimension_is_a_missing_value);
    tcase_add_test(tests, an_empty_comment_and_empty_properties_are_none);
    tcase_add_test(tests, answers_are_in_the_order_of_their_keys);
    tcase_add_test(tests, a_patch_excludes_by_true_and_false_alone);
    tcase_add_test(tests, properties_of_4096_bytes_are_taken_and_one_more_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
