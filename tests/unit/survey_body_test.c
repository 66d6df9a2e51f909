/* SPDX-License-Identifier: MIT */
#include "../../src/api/survey_body.h"

#include "../../src/api/parse.h"
#include "../../src/api/question_meaning.h"
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What of a survey's body is taken, and where its faults are told of. */

static const struct project project = {.id = 1, .declared = {"release"}};
static struct arena *arena;

static void setup(void)
{
    arena = arena_new(0);
}

static void teardown(void)
{
    arena_free(arena);
}

static struct faults decode(struct survey_draft *draft, const char *json)
{
    char fault[PARSE_FAULT_SIZE];
    struct faults faults;
    json_t *object = parse_object(text_of(json), fault);
    ck_assert_msg(object != NULL, "%s: %s", json, fault);
    faults_init(&faults, arena);
    *draft = (struct survey_draft){0};
    survey_body_decode(draft, object, &project, &faults);
    json_decref(object);
    return faults;
}

/* A survey of one question. */
static struct faults decode_question(struct survey_draft *draft, const char *question)
{
    char json[2048];
    snprintf(json, sizeof json, "{\"questions\":[%s]}", question);
    return decode(draft, json);
}

static const struct question_definition *good_question(struct survey_draft *draft, const char *question)
{
    struct faults faults = decode_question(draft, question);
    ck_assert_msg(faults.count == 0, "%s: %s %s", question, faults.first ? faults.first->pointer : "",
                  faults.first ? faults.first->detail : "");
    ck_assert_uint_eq(draft->question_count, 1);
    return &draft->questions[0].definition;
}

/* --- what is taken --------------------------------------------------------------------------------------------------- */

struct good_case {
    const char *question;
    const char *id; /* that the numbers carry */
};

static const struct good_case good_questions[] = {
    {"{\"key\":\"nps\",\"metric\":\"nps\"}", "nps_0_10"},
    {"{\"key\":\"nps\",\"metric\":\"nps\",\"polarity\":\"high_is_good\"}", "nps_0_10"},
    {"{\"key\":\"recommend\",\"metric\":\"nps\",\"scale\":{\"min\":0,\"max\":10}}", "nps_0_10"},
    {"{\"key\":\"csat\",\"metric\":\"csat\"}", "csat_1_5_top2"},
    {"{\"key\":\"csat\",\"metric\":\"csat\",\"scale\":{\"max\":7,\"min\":1}}", "csat_1_7_top2"},
    {"{\"key\":\"csat\",\"metric\":\"csat\",\"satisfied\":[5]}", "csat_1_5_top1"},
    {"{\"key\":\"ces\",\"metric\":\"ces\"}", "ces_1_7_pct5_7"},
    {"{\"key\":\"ces\",\"metric\":\"ces\",\"polarity\":\"low_is_good\",\"scale\":{\"min\":1,\"max\":5}}",
     "ces_1_5_low_mean"},
    {"{\"key\":\"stars\",\"metric\":\"rating\"}", "rating_1_5_mean"},
    {"{\"key\":\"stars\",\"metric\":\"rating\",\"scale\":{\"min\":1.0,\"max\":1e1}}", "rating_1_10_mean"},
    {"{\"key\":\"stars\",\"metric\":\"rating\",\"headline\":\"share\"}", "rating_1_5_top2"},
    {"{\"key\":\"net\",\"metric\":\"custom\",\"scale\":{\"min\":1,\"max\":7},\"satisfied\":[7,6],\"dissatisfied\":"
     "[1,2,3],\"headline\":\"net\"}",
     "custom_1_7_net_top2_bottom3"},
    {"{\"key\":\"q\",\"metric\":\"custom\",\"scale\":{\"min\":-100,\"max\":-99}}", "custom_-100_-99_top1"},
    {"{\"key\":\"q\",\"metric\":\"custom\",\"scale\":{\"min\":90,\"max\":100},\"polarity\":\"high_is_good\"}",
     "custom_90_100_top2"},
    {"{\"key\":\"csat\",\"metric\":\"csat\",\"scale\":null,\"polarity\":null,\"satisfied\":null,"
     "\"dissatisfied\":null,\"headline\":null,\"wording\":null}",
     "csat_1_5_top2"},
    {"{\"key\":\"rating\",\"metric\":\"rating\"}", "rating_1_5_mean"},
    {"{\"key\":\"a2345678901234567890123456789012345678901234567890123456789_b4\",\"metric\":\"csat\"}",
     "csat_1_5_top2"},
};

START_TEST(each_good_question_means_what_its_numbers_say)
{
    struct survey_draft draft;
    struct definition meaning;
    const struct question_definition *question = good_question(&draft, good_questions[_i].question);
    ck_assert_int_eq(question_meaning(question, &meaning), STATUS_OK);
    ck_assert_str_eq(meaning.id, good_questions[_i].id);
}
END_TEST

START_TEST(question_that_is_spelled_out_is_the_one_that_is_not)
{
    static const char *const pairs[][2] = {
        {"{\"key\":\"csat\",\"metric\":\"csat\",\"scale\":{\"min\":1,\"max\":5},\"polarity\":\"high_is_good\","
         "\"satisfied\":[4,5],\"dissatisfied\":[2,1],\"headline\":\"share\"}",
         "{\"key\":\"csat\",\"metric\":\"csat\"}"},
        {"{\"key\":\"nps\",\"metric\":\"nps\",\"satisfied\":[9,10],\"dissatisfied\":[0,1,2,3,4,5,6],"
         "\"headline\":\"net\"}",
         "{\"key\":\"nps\",\"metric\":\"nps\"}"},
        /* The usual bad end follows the good one. */
        {"{\"key\":\"csat\",\"metric\":\"csat\",\"satisfied\":[5],\"dissatisfied\":[1]}",
         "{\"key\":\"csat\",\"metric\":\"csat\",\"satisfied\":[5]}"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct survey_draft drafts[2];
        const struct question_definition *spelled = good_question(&drafts[0], pairs[i][0]);
        const struct question_definition *brief = good_question(&drafts[1], pairs[i][1]);
        ck_assert_uint_eq(spelled->satisfied, brief->satisfied);
        ck_assert_uint_eq(spelled->dissatisfied, brief->dissatisfied);
        ck_assert(spelled->headline == NULL && brief->headline == NULL);
    }
}
END_TEST

START_TEST(sets_that_differ_from_the_usual_ones_are_kept)
{
    struct survey_draft draft;
    const struct question_definition *question =
        good_question(&draft, "{\"key\":\"csat\",\"metric\":\"csat\",\"dissatisfied\":[1],\"headline\":\"mean\"}");
    ck_assert_uint_eq(question->satisfied, 0);
    ck_assert_uint_eq(question->dissatisfied, 1);
    ck_assert_str_eq(question->headline, "mean");
}
END_TEST

START_TEST(words_are_kept_as_json)
{
    struct survey_draft draft;
    struct faults faults = decode(&draft, "{\"title\":\"Your \\\"stay\\\"\",\"questions\":[{\"key\":\"nps\","
                                          "\"metric\":\"nps\",\"wording\":{\"en\":\"How\\nlikely?\",\"pt-BR\":\"Á\","
                                          "\"zh-Hant-TW\":\"好\"}},{\"key\":\"csat\",\"metric\":\"csat\"}]}");
    ck_assert_uint_eq(faults.count, 0);
    ck_assert(text_is(draft.title, "\"Your \\\"stay\\\"\""));
    json_t *wording = json_loadb(draft.questions[0].wording.bytes, draft.questions[0].wording.size, 0, NULL);
    ck_assert_uint_eq(json_object_size(wording), 3);
    ck_assert_str_eq(json_string_value(json_object_get(wording, "en")), "How\nlikely?");
    ck_assert_str_eq(json_string_value(json_object_get(wording, "zh-Hant-TW")), "好");
    json_decref(wording);
    ck_assert(text_is_absent(draft.questions[1].wording));
    ck_assert_str_eq(draft.questions[1].definition.question, "csat");
}
END_TEST

/* --- what is refused ------------------------------------------------------------------------------------------------- */

struct bad_case {
    const char *json;
    const char *pointer;
};

static const struct bad_case bad_bodies[] = {
    {"{}", "#/questions"},
    {"{\"questions\":null}", "#/questions"},
    {"{\"questions\":{}}", "#/questions"},
    {"{\"questions\":[]}", "#/questions"},
    {"{\"questions\":[7]}", "#/questions/0"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":\"\"}", "#/title"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":7}", "#/title"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":[\"a\"]}", "#/title"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":{}}", "#/title"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":{\"\":\"a\"}}", "#/title/"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":{\"e\":\"a\"}}", "#/title/e"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":{\"en_GB\":\"a\"}}", "#/title/en_GB"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":{\"en-\":\"a\"}}", "#/title/en-"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":{\"abcdefghi\":\"a\"}}", "#/title/abcdefghi"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":{\"1n\":\"a\"}}", "#/title/1n"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":{\"en\":{}}}", "#/title/en"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":{\"en\":\"a\\tb\"}}", "#/title/en"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"title\":{\"en-GB\":\"a\",\"EN-gb\":\"b\"}}",
     "#/title/EN-gb"},
    {"{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}],\"version\":3}", "#/version"},
    {"{\"questions\":[{\"key\":\"a\",\"metric\":\"csat\"},{\"key\":\"a\",\"metric\":\"rating\"}]}",
     "#/questions/1/key"},
};

START_TEST(each_fault_of_a_body_is_named)
{
    struct survey_draft draft;
    struct faults faults = decode(&draft, bad_bodies[_i].json);
    ck_assert_msg(faults.count == 1, "%s: %zu faults", bad_bodies[_i].json, faults.count);
    ck_assert_str_eq(faults.first->pointer, bad_bodies[_i].pointer);
}
END_TEST

static const struct bad_case bad_questions[] = {
    {"{\"metric\":\"nps\"}", "key"},
    {"{\"key\":null,\"metric\":\"nps\"}", "key"},
    {"{\"key\":7,\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"Nps\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"_a\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"a-b\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"é\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"a2345678901234567890123456789012345678901234567890123456789012345\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"channel\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"country\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"project\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"release\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"series\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"from\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"cuts\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"n\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"csat\",\"metric\":\"rating\"}", "key"},
    {"{\"key\":\"nps\",\"metric\":\"custom\",\"scale\":{\"min\":0,\"max\":10}}", "key"},
    {"{\"key\":\"custom\",\"metric\":\"nps\"}", "key"},
    {"{\"key\":\"a\"}", "metric"},
    {"{\"key\":\"a\",\"metric\":\"NPS\"}", "metric"},
    {"{\"key\":\"a\",\"metric\":[\"nps\"]}", "metric"},
    {"{\"key\":\"a\",\"metric\":\"custom\"}", "scale"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":[1,5]}", "scale"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"min\":1}}", "scale/max"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"max\":5}}", "scale/min"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"min\":1,\"max\":1}}", "scale/max"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"min\":5,\"max\":1}}", "scale/max"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"min\":0,\"max\":11}}", "scale/max"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"min\":0,\"max\":101}}", "scale/max"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"min\":-101,\"max\":-95}}", "scale/min"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"min\":1.5,\"max\":5}}", "scale/min"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"min\":\"1\",\"max\":5}}", "scale/min"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"min\":1,\"max\":1e300}}", "scale/max"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"min\":1,\"max\":9223372036854775807}}", "scale/max"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"scale\":{\"min\":1,\"max\":5,\"step\":1}}", "scale/step"},
    {"{\"key\":\"nps\",\"metric\":\"nps\",\"scale\":{\"min\":1,\"max\":10}}", "scale"},
    {"{\"key\":\"a\",\"metric\":\"nps\",\"scale\":{\"min\":0,\"max\":5}}", "scale"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"polarity\":1}", "polarity"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"polarity\":\"high\"}", "polarity"},
    {"{\"key\":\"a\",\"metric\":\"nps\",\"polarity\":\"low_is_good\"}", "polarity"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"satisfied\":5}", "satisfied"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"satisfied\":[]}", "satisfied"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"satisfied\":[1,2,3,4,5]}", "satisfied"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"satisfied\":[4,6]}", "satisfied/1"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"satisfied\":[\"5\"]}", "satisfied/0"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"satisfied\":[4.5]}", "satisfied/0"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"satisfied\":[4,5,4]}", "satisfied/2"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"satisfied\":[4],\"dissatisfied\":[1,4]}", "dissatisfied"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"dissatisfied\":[4]}", "dissatisfied"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"dissatisfied\":[]}", "dissatisfied"},
    {"{\"key\":\"a\",\"metric\":\"nps\",\"satisfied\":[10]}", ""},
    {"{\"key\":\"a\",\"metric\":\"nps\",\"dissatisfied\":[0]}", ""},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"headline\":\"median\"}", "headline"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"headline\":true}", "headline"},
    {"{\"key\":\"a\",\"metric\":\"nps\",\"headline\":\"mean\"}", "headline"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"wording\":\"\"}", "wording"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"wording\":\"a\\u001bb\"}", "wording"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"wording\":\"a\\u0085b\"}", "wording"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"wording\":{\"en\":null}}", "wording/en"},
    {"{\"key\":\"a\",\"metric\":\"csat\",\"definition\":\"x\"}", "definition"},
};

START_TEST(each_fault_of_a_question_is_named)
{
    struct survey_draft draft;
    char pointer[64];
    struct faults faults = decode_question(&draft, bad_questions[_i].json);
    snprintf(pointer, sizeof pointer, "#/questions/0%s%s", *bad_questions[_i].pointer ? "/" : "",
             bad_questions[_i].pointer);
    ck_assert_msg(faults.count == 1, "%s: %zu faults", bad_questions[_i].json, faults.count);
    ck_assert_str_eq(faults.first->pointer, pointer);
}
END_TEST

START_TEST(all_faults_are_told_at_once)
{
    static const char *const pointers[] = {"#/colour",
                                           "#/title/en",
                                           "#/questions/0/key",
                                           "#/questions/0/scale/min",
                                           "#/questions/0/scale/max",
                                           "#/questions/0/satisfied/0",
                                           "#/questions/1/metric",
                                           "#/questions/1/polarity",
                                           "#/questions/1/headline",
                                           "#/questions/1/wording/de"};
    struct survey_draft draft;
    size_t i = 0;
    struct faults faults =
        decode(&draft, "{\"colour\":1,\"title\":{\"en\":5},\"questions\":[{\"key\":\"Q\",\"metric\":\"csat\","
                       "\"scale\":{\"min\":\"a\",\"max\":900},\"satisfied\":[101]},{\"key\":\"b\",\"metric\":\"x\","
                       "\"polarity\":\"x\",\"headline\":\"x\",\"wording\":{\"de\":\"\"}}]}");
    ck_assert_uint_eq(faults.count, sizeof pointers / sizeof *pointers);
    for (const struct fault *fault = faults.first; fault; fault = fault->next)
        ck_assert_str_eq(fault->pointer, pointers[i++]);
}
END_TEST

/* --- sizes ----------------------------------------------------------------------------------------------------------- */

/* count times format, with the number in it, between commas. */
static void append_many(struct buffer *json, const char *before, const char *after, int count)
{
    for (int i = 0; i < count; i++)
        buffer_format(json, "%s%s%d%s", i ? "," : "", before, i, after);
}

static size_t count_faults(struct buffer *json, const char *pointer)
{
    struct survey_draft draft;
    struct faults faults = decode(&draft, json->data);
    if (faults.first)
        ck_assert_str_eq(faults.first->pointer, pointer);
    buffer_reset(json);
    return faults.count;
}

START_TEST(as_many_questions_languages_and_characters_as_may_be_are_taken_and_no_more)
{
    struct buffer json;
    buffer_init(&json);
    for (int more = 0; more <= 1; more++) {
        buffer_string(&json, "{\"questions\":[");
        append_many(&json, "{\"metric\":\"csat\",\"key\":\"q", "\"}", SURVEY_QUESTIONS_MAX + more);
        buffer_string(&json, "]}");
        ck_assert_uint_eq(count_faults(&json, "#/questions"), (size_t)more);
        buffer_string(&json, "{\"questions\":[{\"key\":\"a\",\"metric\":\"csat\",\"wording\":{");
        append_many(&json, "\"en-x", "\":\"Well?\"", SURVEY_LANGUAGES_MAX + more);
        buffer_string(&json, "}}]}");
        ck_assert_uint_eq(count_faults(&json, "#/questions/0/wording"), (size_t)more);
        buffer_string(&json, "{\"questions\":[{\"key\":\"a\",\"metric\":\"csat\",\"wording\":\"");
        for (int i = 0; i < SURVEY_WORDING_CHARACTERS + more; i++)
            buffer_string(&json, "é");
        buffer_string(&json, "\"}]}");
        ck_assert_uint_eq(count_faults(&json, "#/questions/0/wording"), (size_t)more);
    }
    buffer_clear(&json);
}
END_TEST

START_TEST(body_of_faults_alone_costs_no_more_than_its_size_allows)
{
    struct buffer json;
    buffer_init(&json);
    buffer_string(&json, "{\"questions\":[{\"key\":\"a\",\"metric\":\"csat\",\"satisfied\":[");
    append_many(&json, "9", "", 8000);
    buffer_string(&json, "]}]}");
    ck_assert_uint_eq(count_faults(&json, "#/questions/0/satisfied"), 1);
    buffer_string(&json, "{");
    append_many(&json, "\"f", "\":[[[]]]", 4000);
    buffer_string(&json, "}");
    ck_assert_uint_eq(count_faults(&json, "#/f0"), 4001);
    ck_assert_uint_lt(arena_size(arena), 1 << 20);
    buffer_clear(&json);
}
END_TEST

/* Whatever byte is changed, a body is taken or refused. */
START_TEST(body_that_is_changed_anywhere_never_crashes)
{
    static const char body[] =
        "{\"title\":{\"en\":\"T\"},\"questions\":[{\"key\":\"mood\",\"metric\":\"custom\",\"scale\":{\"min\":-2,\"max\""
        ":2},\"polarity\":\"low_is_good\",\"satisfied\":[-2],\"dissatisfied\":[2],\"headline\":\"net\","
        "\"wording\":\"W\"}]}";
    char changed[sizeof body];
    char fault[PARSE_FAULT_SIZE];
    for (size_t i = 0; i < sizeof body - 1; i++)
        for (int c = 0; c < 256; c++) {
            struct survey_draft draft = {0};
            struct faults faults;
            memcpy(changed, body, sizeof body);
            changed[i] = (char)c;
            json_t *object = parse_object((struct text){changed, sizeof body - 1}, fault);
            if (object == NULL)
                continue;
            faults_init(&faults, arena);
            survey_body_decode(&draft, object, &project, &faults);
            json_decref(object);
            ck_assert(faults.count > 0 || draft.question_count == 1);
        }
}
END_TEST

Suite *survey_body_suite(void)
{
    Suite *suite = suite_create("survey_body");
    TCase *tcase = tcase_create("survey_body");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, each_good_question_means_what_its_numbers_say, 0,
                        sizeof good_questions / sizeof *good_questions);
    tcase_add_loop_test(tcase, each_fault_of_a_body_is_named, 0, sizeof bad_bodies / sizeof *bad_bodies);
    tcase_add_loop_test(tcase, each_fault_of_a_question_is_named, 0, sizeof bad_questions / sizeof *bad_questions);
    tcase_add_test(tcase, question_that_is_spelled_out_is_the_one_that_is_not);
    tcase_add_test(tcase, sets_that_differ_from_the_usual_ones_are_kept);
    tcase_add_test(tcase, words_are_kept_as_json);
    tcase_add_test(tcase, all_faults_are_told_at_once);
    tcase_add_test(tcase, as_many_questions_languages_and_characters_as_may_be_are_taken_and_no_more);
    tcase_add_test(tcase, body_of_faults_alone_costs_no_more_than_its_size_allows);
    tcase_add_test(tcase, body_that_is_changed_anywhere_never_crashes);
    suite_add_tcase(suite, tcase);
    return suite;
}
