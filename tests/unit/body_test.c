/* SPDX-License-Identifier: MIT */
#include "../../src/api/body.h"

#include "../../src/api/path.h"
#include "asked.h"
#include "base/clock.h"
#include "http/reply.h"
#include "ingest/ingest.h"
#include "lone_request.h"
#include "support/runner.h"

#include <string.h>

/* Bodies that change what is stored, and the paths that name what they change. */

static const char RESPONSE[] = "/v1/responses/{id}";
static const char ID[] = "0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00";

static struct patch patch;
static struct text customer_id;
static struct posted_query posted;
static bool excluded;
static struct survey_draft survey;

static bool send_patch(const char *body)
{
    patch = (struct patch){.project_id = 0};
    asked_send(HTTP_PATCH, RESPONSE, ID, body);
    return body_patch(asked.request, &patch);
}

static bool send_erasure(const char *body)
{
    asked_send(HTTP_POST, "/v1/erasures", NULL, body);
    return body_erasure(asked.request, &customer_id);
}

static bool send_exclusion(const char *body)
{
    asked_send(HTTP_POST, "/v1/exclusions", NULL, body);
    return body_exclusion(asked.request, &posted, &excluded);
}

static bool send_survey(const char *body)
{
    survey = (struct survey_draft){.question_count = 0};
    asked_send(HTTP_PUT, "/v1/surveys/{key}", "visit", body);
    return body_survey(asked.request, &survey);
}

/* --- all -------------------------------------------------------------------------------------------------------------- */

START_TEST(what_is_no_object_is_malformed)
{
    static const char *const bodies[] = {NULL, "", " ", "[]", "null", "{", "{\"a\":1,\"a\":2}", "{} x"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        ck_assert(!send_patch(bodies[i]));
        asked_check_problem(400, "malformed", 0);
        ck_assert(!send_erasure(bodies[i]));
        asked_check_problem(400, "malformed", 0);
        ck_assert(!send_exclusion(bodies[i]));
        asked_check_problem(400, "malformed", 0);
        ck_assert(!send_survey(bodies[i]));
        asked_check_problem(400, "malformed", 0);
    }
}
END_TEST

/* Whatever part of it memory lacked for, it is to be sent again, and is none of the sender's faults. */
START_TEST(what_could_not_be_kept_is_not_taken)
{
    static const char body[] =
        "{\"comment\":\"later, and at some length\",\"tags\":[\"a\",\"b\"],\"answers\":{\"nps\":9}}";
    bool is_taken = false;
    for (asked.arena_limit = 64; !is_taken; asked.arena_limit += 64) {
        is_taken = send_patch(body);
        ck_assert_int_eq(is_taken, !arena_has_failed(request_arena(asked.request)));
        ck_assert_int_eq(reply_status(asked.request), is_taken ? 0 : 503);
    }
    ck_assert_uint_eq(patch.tag_count, 2);
}
END_TEST

/* --- PATCH ------------------------------------------------------------------------------------------------------------ */

START_TEST(a_patch_sets_what_it_names_and_no_more)
{
    ck_assert(send_patch("{\"comment\":\"later\"}"));
    ck_assert_int_eq(patch.project_id, ASKED_SHOP);
    ck_assert_int_eq(patch.key_id, 5);
    ck_assert(patch.sets_comment && !patch.sets_tags && !patch.sets_excluded && !patch.own_only);
    ck_assert(text_is(patch.comment, "later"));
    ck_assert_uint_eq(patch.answer_count, 0);
    ck_assert(send_patch("{\"comment\":null,\"tags\":[\"a\",\"b\"],\"excluded\":true,\"answers\":{\"nps\":9}}"));
    ck_assert(patch.sets_comment && patch.sets_tags && patch.sets_excluded && patch.excluded);
    ck_assert(text_is_absent(patch.comment));
    ck_assert_uint_eq(patch.tag_count, 2);
    ck_assert(text_is(patch.tags[1], "b"));
    ck_assert_uint_eq(patch.answer_count, 1);
    ck_assert(text_is(patch.answers[0].key, "nps"));
    ck_assert(send_patch("{\"excluded\":false}"));
    ck_assert(patch.sets_excluded && !patch.excluded && !patch.sets_comment);
}
END_TEST

START_TEST(a_write_key_patches_what_it_or_the_one_before_it_posted)
{
    asked.key.scope = SCOPE_WRITE;
    asked.key.replaces = 4;
    ck_assert(send_patch("{\"comment\":\"later\"}"));
    ck_assert(patch.own_only);
    ck_assert_int_eq(patch.replaced_key_id, 4);
}
END_TEST

START_TEST(a_patch_that_changes_nothing_or_what_is_fixed_is_refused)
{
    ck_assert(!send_patch("{}"));
    asked_check_fault("#", "changes nothing: answers, comment, tags or excluded is expected");
    ck_assert(!send_patch("{\"channel\":\"web\"}"));
    asked_check_problem(422, "validation", 1);
    ck_assert(!send_patch("{\"comment\":7,\"tags\":\"a\",\"excluded\":\"yes\",\"answers\":{\"nps\":11}}"));
    asked_check_problem(422, "validation", 4);
}
END_TEST

/* --- POST /v1/erasures ------------------------------------------------------------------------------------------------ */

START_TEST(an_erasure_names_a_customer)
{
    ck_assert(send_erasure("{\"customer_id\":\"c-1\"}"));
    ck_assert(text_is(customer_id, "c-1"));
    ck_assert(!send_erasure("{}"));
    asked_check_fault("#/customer_id", "must be given");
    ck_assert(!send_erasure("{\"customer_id\":null}"));
    asked_check_fault("#/customer_id", "must be given");
    /* One fault of one field, not two. */
    ck_assert(!send_erasure("{\"customer_id\":7}"));
    asked_check_problem(422, "validation", 1);
    ck_assert(!send_erasure("{\"customer\":\"c-1\"}"));
    asked_check_problem(422, "validation", 1);
}
END_TEST

/* --- POST /v1/exclusions ---------------------------------------------------------------------------------------------- */

#define TIME "must be a time with its zone (RFC 3339), such as \"2026-11-22T10:00:00+01:00\""

START_TEST(an_exclusion_names_a_key_and_a_span)
{
    ck_assert(send_exclusion("{\"key_id\":7,\"from\":\"2026-11-20T00:00:00+01:00\",\"to\":\"2026-11-21T00:00:00Z\","
                             "\"excluded\":true}"));
    ck_assert_int_eq(posted.project_id, ASKED_SHOP);
    ck_assert_int_eq(posted.key_id, 7);
    ck_assert_int_eq(posted.from_us, asked_at("2026-11-19T23:00:00Z"));
    ck_assert_int_eq(posted.to_us, asked_at("2026-11-21T00:00:00Z"));
    ck_assert(excluded);
    ck_assert(send_exclusion("{\"key_id\":2147483647,\"from\":\"1970-01-01T00:00:00Z\",\"excluded\":false}"));
    ck_assert_int_eq(posted.key_id, INT32_MAX);
    ck_assert(!excluded);
}
END_TEST

START_TEST(an_exclusion_without_an_end_reaches_to_now)
{
    static const char *const bodies[] = {
        "{\"key_id\":7,\"from\":\"2026-11-20T00:00:00Z\",\"excluded\":true}",
        "{\"key_id\":7,\"from\":\"2026-11-20T00:00:00Z\",\"to\":null,\"excluded\":true}"};
    for (size_t i = 0; i < 2; i++) {
        ck_assert(send_exclusion(bodies[i]));
        ck_assert_int_le(posted.to_us, clock_now_us());
        ck_assert_int_gt(posted.to_us, clock_now_us() - INT64_C(60) * 1000000);
    }
}
END_TEST

START_TEST(an_exclusion_is_told_each_of_its_faults)
{
    static const struct {
        const char *body;
        const char *pointer;
        const char *detail;
    } cases[] = {
        {"{\"key_id\":0,\"from\":\"2026-11-20T00:00:00Z\",\"excluded\":true}", "#/key_id",
         "must be the number of a key, such as 7"},
        {"{\"key_id\":\"7\",\"from\":\"2026-11-20T00:00:00Z\",\"excluded\":true}", "#/key_id",
         "must be the number of a key, such as 7"},
        {"{\"key_id\":2147483648,\"from\":\"2026-11-20T00:00:00Z\",\"excluded\":true}", "#/key_id",
         "must be the number of a key, such as 7"},
        {"{\"from\":\"2026-11-20T00:00:00Z\",\"excluded\":true}", "#/key_id", "must be the number of a key, such as 7"},
        {"{\"key_id\":7,\"from\":\"yesterday\",\"excluded\":true}", "#/from", TIME},
        {"{\"key_id\":7,\"from\":1,\"excluded\":true}", "#/from", TIME},
        {"{\"key_id\":7,\"from\":null,\"excluded\":true}", "#/from", TIME},
        {"{\"key_id\":7,\"excluded\":true}", "#/from", TIME},
        {"{\"key_id\":7,\"from\":\"2026-11-20T00:00:00Z\",\"to\":\"2026-11-21\",\"excluded\":true}", "#/to", TIME},
        {"{\"key_id\":7,\"from\":\"2026-11-20T00:00:00Z\",\"to\":\"2026-11-20T00:00:00Z\",\"excluded\":true}", "#/from",
         "must be before to"},
        {"{\"key_id\":7,\"from\":\"2026-11-20T00:00:00Z\"}", "#/excluded",
         "must be true, to take them out of the numbers, or false, to put them back"},
        {"{\"key_id\":7,\"from\":\"2026-11-20T00:00:00Z\",\"excluded\":1}", "#/excluded",
         "must be true, to take them out of the numbers, or false, to put them back"},
        {"{\"key_id\":7,\"from\":\"2026-11-20T00:00:00Z\",\"excluded\":true,\"until\":1}", "#/until",
         "is not a field that is known here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_msg(!send_exclusion(cases[i].body), "%s", cases[i].body);
        asked_check_fault(cases[i].pointer, cases[i].detail);
    }
    ck_assert(!send_exclusion("{\"a\":1}"));
    asked_check_problem(422, "validation", 4);
}
END_TEST

/* --- PUT /v1/surveys/{key} -------------------------------------------------------------------------------------------- */

START_TEST(a_survey_is_read_with_its_questions)
{
    ck_assert(send_survey("{\"title\":\"After\",\"questions\":[{\"key\":\"stars\",\"metric\":\"rating\","
                          "\"scale\":{\"min\":1,\"max\":5}}]}"));
    ck_assert(text_is(survey.title, "\"After\""));
    ck_assert_uint_eq(survey.question_count, 1);
    ck_assert_str_eq(survey.questions[0].definition.question, "stars");
    /* A dimension of the project has that name. */
    ck_assert(
        !send_survey("{\"questions\":[{\"key\":\"release\",\"metric\":\"rating\",\"scale\":{\"min\":1,\"max\":5}}]}"));
    asked_check_problem(422, "validation", 1);
}
END_TEST

/* --- paths ------------------------------------------------------------------------------------------------------------ */

START_TEST(a_path_names_a_response_by_its_id)
{
    struct id id;
    struct id expected;
    ck_assert(id_parse(ID, strlen(ID), &expected));
    asked_get(RESPONSE, ID, "");
    ck_assert(path_response_id(asked.request, &id));
    ck_assert_int_eq(id_compare(&id, &expected), 0);
    asked_get(RESPONSE, "7", "");
    ck_assert(!path_response_id(asked.request, &id));
    asked_check_problem(404, "not-found", 0);
}
END_TEST

START_TEST(a_path_names_a_survey_that_there_could_be)
{
    static const char detail[] = "must be 1 to 64 characters long, without control characters";
    static const char *const wrong[] = {"", "a\tb", "\xff",
                                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    asked_send(HTTP_PUT, "/v1/surveys/{key}", wrong[3] + 1, "{}");
    ck_assert(path_survey_key(asked.request));
    ck_assert_int_eq(reply_status(asked.request), 0);
    for (size_t i = 0; i < 4; i++) {
        asked_send(HTTP_PUT, "/v1/surveys/{key}", wrong[i], "{}");
        ck_assert(!path_survey_key(asked.request));
        asked_check_fault("key", detail);
    }
}
END_TEST

Suite *body_suite(void)
{
    Suite *suite = suite_create("body");
    TCase *tcase = tcase_create("body");
    tcase_add_checked_fixture(tcase, asked_setup, asked_teardown);
    tcase_add_test(tcase, what_is_no_object_is_malformed);
    tcase_add_test(tcase, what_could_not_be_kept_is_not_taken);
    tcase_add_test(tcase, a_patch_sets_what_it_names_and_no_more);
    tcase_add_test(tcase, a_write_key_patches_what_it_or_the_one_before_it_posted);
    tcase_add_test(tcase, a_patch_that_changes_nothing_or_what_is_fixed_is_refused);
    tcase_add_test(tcase, an_erasure_names_a_customer);
    tcase_add_test(tcase, an_exclusion_names_a_key_and_a_span);
    tcase_add_test(tcase, an_exclusion_without_an_end_reaches_to_now);
    tcase_add_test(tcase, an_exclusion_is_told_each_of_its_faults);
    tcase_add_test(tcase, a_survey_is_read_with_its_questions);
    tcase_add_test(tcase, a_path_names_a_response_by_its_id);
    tcase_add_test(tcase, a_path_names_a_survey_that_there_could_be);
    suite_add_tcase(suite, tcase);
    return suite;
}
