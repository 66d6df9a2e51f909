/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "support/runner.h"

#include <string.h>

/* Answers to a survey that is defined, from its definition to what is stored. */

static struct api api;
static struct api other; /* a project of another organization */

/* Version 1 asks for a room on 1-7, version 2 on 1-5, and for stars. */
static const char first[] = "{\"questions\":[{\"key\":\"room\",\"metric\":\"csat\",\"scale\":{\"min\":1,\"max\":7}},"
                            "{\"key\":\"nps\",\"metric\":\"nps\"}]}";
static const char second[] = "{\"questions\":[{\"key\":\"room\",\"metric\":\"csat\"},{\"key\":\"nps\",\"metric\":"
                             "\"nps\"},{\"key\":\"stars\",\"metric\":\"rating\"}]}";

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
    api_open(&other, serve_shared(), NULL);
}

static void teardown(void)
{
    api_close(&other);
    api_close(&api);
}

static void define(struct api *of, const char *body)
{
    const struct api_reply *reply = api_send(of, of->keys[SCOPE_ADMIN], "PUT", "/v1/surveys/stay", body);
    ck_assert_msg(reply->status == 200 || reply->status == 201, "%d %s", reply->status, reply->http.body);
}

static void define_twice(void)
{
    define(&api, first);
    define(&api, second);
}

static void delete_survey(void)
{
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "DELETE", "/v1/surveys/stay", NULL), 204);
}

/* members: of an answer to "stay". */
static const struct api_reply *answer(const char *members)
{
    return api_post(&api, "/v1/responses", api_text("{\"survey\":\"stay\",%s}", members));
}

static const struct api_reply *stored(const struct api_reply *posted)
{
    ck_assert_status(posted, 201);
    const struct api_reply *row = api_get(&api, api_text("/v1/responses/%s", api_string(posted, "id")));
    ck_assert_status(row, 200);
    return row;
}

static void check_fault(const char *members, const char *pointer)
{
    const struct api_reply *reply = answer(members);
    ck_assert_status(reply, 422);
    ck_assert_msg(api_fault(reply, pointer) >= 0, "%s: %s", members, reply->http.body);
    ck_assert_uint_eq(api_size(reply, "errors"), 1);
}

START_TEST(answer_is_checked_against_the_current_version)
{
    define_twice();
    const struct api_reply *row = stored(answer("\"answers\":{\"room\":5,\"nps\":9,\"stars\":1}"));
    ck_assert_int_eq((int)api_number(row, "survey_version"), 2);
    ck_assert_int_eq((int)api_number(row, "answers.room"), 5);
    ck_assert_int_eq((int)api_number(row, "answers.nps"), 9);
    ck_assert_int_eq((int)api_number(row, "answers.stars"), 1);
    check_fault("\"answers\":{\"room\":6}", "#/answers/room");
    check_fault("\"answers\":{\"room\":0}", "#/answers/room");
    check_fault("\"answers\":{\"room\":4.5}", "#/answers/room");
    check_fault("\"answers\":{\"room\":\"4\"}", "#/answers/room");
    check_fault("\"answers\":{\"nps\":11}", "#/answers/nps");
    check_fault("\"answers\":{\"mood\":1}", "#/answers/mood");
    /* A built-in question that this survey doesn't ask. */
    check_fault("\"answers\":{\"csat\":5}", "#/answers/csat");
    check_fault("\"answers\":{\"room\":null}", "#/answers");
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM response WHERE project_id = %d"), 1);
}
END_TEST

START_TEST(phone_that_was_offline_names_the_version_that_it_asked)
{
    define_twice();
    const struct api_reply *row = stored(answer("\"survey_version\":1,\"answers\":{\"room\":7}"));
    ck_assert_int_eq((int)api_number(row, "survey_version"), 1);
    ck_assert_int_eq((int)api_number(row, "answers.room"), 7);
    check_fault("\"survey_version\":1,\"answers\":{\"stars\":5}", "#/answers/stars");
    check_fault("\"survey_version\":2,\"answers\":{\"room\":7}", "#/answers/room");
    check_fault("\"survey_version\":3,\"answers\":{\"room\":3}", "#/survey_version");
    check_fault("\"survey_version\":0,\"answers\":{\"room\":3}", "#/survey_version");
    check_fault("\"survey_version\":\"1\",\"answers\":{\"room\":3}", "#/survey_version");
    stored(answer("\"survey_version\":2,\"answers\":{\"room\":3}"));
}
END_TEST

START_TEST(version_of_no_defined_survey_is_refused)
{
    check_fault("\"survey_version\":1,\"answers\":{\"nps\":3}", "#/survey_version");
    const struct api_reply *reply = api_post(&api, "/v1/responses", "{\"survey_version\":1,\"answers\":{\"nps\":3}}");
    ck_assert_status(reply, 422);
    ck_assert_int_eq(api_fault(reply, "#/survey_version"), 0);
}
END_TEST

START_TEST(deleted_survey_takes_what_was_asked_before_and_is_else_unchecked)
{
    define_twice();
    delete_survey();
    const struct api_reply *row = stored(answer("\"survey_version\":2,\"answers\":{\"room\":5,\"stars\":4}"));
    ck_assert_int_eq((int)api_number(row, "answers.stars"), 4);
    check_fault("\"answers\":{\"room\":5}", "#/answers/room");
    row = stored(answer("\"answers\":{\"csat\":5}"));
    ck_assert(api_is_null(row, "survey_version"));
    define(&api, first);
    ck_assert_int_eq((int)api_number(stored(answer("\"answers\":{\"room\":7}")), "survey_version"), 3);
}
END_TEST

START_TEST(each_project_has_its_own_survey_of_that_key)
{
    define_twice();
    define(&other, first);
    const char *body = "{\"survey\":\"stay\",\"answers\":{\"room\":7}}";
    ck_assert_status(api_post(&api, "/v1/responses", body), 422);
    ck_assert_status(api_post(&other, "/v1/responses", body), 201);
    body = "{\"survey\":\"stay\",\"survey_version\":2,\"answers\":{\"nps\":7}}";
    ck_assert_status(api_post(&api, "/v1/responses", body), 201);
    ck_assert_status(api_post(&other, "/v1/responses", body), 422);
}
END_TEST

START_TEST(objects_of_a_stream_are_checked_one_by_one)
{
    define_twice();
    const struct api_reply *report =
        api_post_lines(&api, "/v1/responses",
                       "{\"survey\":\"stay\",\"answers\":{\"room\":5}}\n"
                       "{\"survey\":\"stay\",\"answers\":{\"room\":7}}\n"
                       "{\"survey\":\"stay\",\"survey_version\":1,\"answers\":{\"room\":7}}\n"
                       "{\"survey\":\"free\",\"answers\":{\"csat\":5}}\n");
    ck_assert_status(report, 200);
    ck_assert_int_eq((int)api_number(report, "accepted"), 3);
    ck_assert_int_eq((int)api_number(report, "rejected.0.index"), 1);
    ck_assert_str_eq(api_string(report, "rejected.0.errors.0.pointer"), "#/answers/room");
}
END_TEST

START_TEST(patch_is_checked_against_the_version_of_its_answer)
{
    define_twice();
    const struct api_reply *posted = answer("\"survey_version\":1,\"answers\":{\"room\":7}");
    const char *id = api_string(posted, "id");
    ck_assert_status(posted, 201);
    ck_assert_status(api_patch(&api, id, "{\"answers\":{\"room\":6,\"nps\":3}}"), 200);
    ck_assert_int_eq((int)api_number(stored(posted), "answers.room"), 6);
    ck_assert_status(api_patch(&api, id, "{\"answers\":{\"room\":8}}"), 422);
    ck_assert_status(api_patch(&api, id, "{\"answers\":{\"stars\":5}}"), 422);
    ck_assert_status(api_patch(&api, id, "{\"answers\":{\"mood\":5}}"), 422);
    ck_assert_int_eq((int)api_number(stored(posted), "answers.room"), 6);
    ck_assert_int_eq((int)api_number(stored(posted), "answers.nps"), 3);
}
END_TEST

/* A form, its answer, the same again after the survey has moved on: the retry of a client that lost the reply. */
START_TEST(answer_that_was_stored_is_a_duplicate_after_the_survey_has_changed)
{
    define(&api, first);
    const char *id = api_id();
    const struct api_reply *form = api_send(&api, api.keys[SCOPE_WRITE], "GET", "/v1/surveys/stay/form", NULL);
    const char *members =
        api_text("\"id\":\"%s\",\"survey_version\":%d,\"answers\":{\"room\":7}", id, (int)api_number(form, "version"));
    ck_assert_status(answer(members), 201);
    define(&api, second);
    const struct api_reply *again = answer(members);
    ck_assert_status(again, 200);
    ck_assert_str_eq(api_string(again, "status"), "duplicate");
    delete_survey();
    ck_assert_str_eq(api_string(answer(members), "status"), "duplicate");
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM response WHERE project_id = %d"), 1);
}
END_TEST

START_TEST(retry_without_a_version_is_a_duplicate_too_where_both_versions_take_it)
{
    const char *members = api_text("\"id\":\"%s\",\"answers\":{\"room\":5}", api_id());
    define(&api, first);
    const struct api_reply *posted = answer(members);
    ck_assert_status(posted, 201);
    define(&api, second);
    const struct api_reply *again = answer(members);
    ck_assert_status(again, 200);
    ck_assert_str_eq(api_string(again, "status"), "duplicate");
    ck_assert_int_eq((int)api_number(stored(posted), "survey_version"), 1);
}
END_TEST

START_TEST(built_in_question_of_a_survey_counts_among_all_others)
{
    double value;
    define_twice();
    ck_assert_status(answer("\"answers\":{\"nps\":9,\"room\":5}"), 201);
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":0}}"), 201);
    ck_assert_int_eq(api_metric(&api, "nps", &value), 2);
    ck_assert_double_eq(value, 0);
    /* room is a csat, and no csat. */
    ck_assert_int_eq(api_metric(&api, "csat", NULL), 0);
}
END_TEST

Suite *surveys_answers_suite(void)
{
    return API_SUITE("surveys_answers", setup, teardown, answer_is_checked_against_the_current_version,
                     phone_that_was_offline_names_the_version_that_it_asked, version_of_no_defined_survey_is_refused,
                     deleted_survey_takes_what_was_asked_before_and_is_else_unchecked,
                     each_project_has_its_own_survey_of_that_key, objects_of_a_stream_are_checked_one_by_one,
                     patch_is_checked_against_the_version_of_its_answer,
                     answer_that_was_stored_is_a_duplicate_after_the_survey_has_changed,
                     retry_without_a_version_is_a_duplicate_too_where_both_versions_take_it,
                     built_in_question_of_a_survey_counts_among_all_others);
}
