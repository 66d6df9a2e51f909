/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>

/* /v1/surveys: defining, reading and deleting surveys, and who sees them. */

static struct api api;
static struct api other; /* a project of another organization */

static const char stay[] = "{\"title\":{\"en\":\"Your stay\",\"es\":\"Tu estancia\"},\"questions\":["
                           "{\"key\":\"nps\",\"metric\":\"nps\",\"wording\":\"Would you recommend us?\"},"
                           "{\"key\":\"room\",\"metric\":\"csat\",\"scale\":{\"min\":1,\"max\":7}},"
                           "{\"key\":\"stars\",\"metric\":\"rating\",\"satisfied\":[5]}]}";
static const char only_nps[] = "{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}]}";

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

static const struct api_reply *put_with(struct api *to, const char *key, const char *headers, const char *body)
{
    return api_send_with(to, to->keys[SCOPE_ADMIN], "PUT", api_text("/v1/surveys/%s", key),
                         api_text("Content-Type: application/json\r\n%s", headers), body, strlen(body));
}

static const struct api_reply *put(const char *key, const char *body)
{
    return put_with(&api, key, "", body);
}

static const struct api_reply *get(const char *key)
{
    return api_get(&api, api_text("/v1/surveys/%s", key));
}

static const struct api_reply *form(struct api *of, const char *key)
{
    return api_send(of, of->keys[SCOPE_WRITE], "GET", api_text("/v1/surveys/%s/form", key), NULL);
}

static const struct api_reply *delete (const char *key, const char *headers)
{
    return api_send_with(&api, api.keys[SCOPE_ADMIN], "DELETE", api_text("/v1/surveys/%s", key), headers, NULL, 0);
}

static char *header(const struct api_reply *reply, const char *name)
{
    char value[512];
    return api_text("%s", http_reply_header(&reply->http, name, value, sizeof value));
}

static bool is_true(const struct api_reply *reply, const char *path)
{
    return json_is_true(api_at(reply, path));
}

/* --- define, read, delete -------------------------------------------------------------------------------------------- */

START_TEST(new_survey_is_told_whole_and_read_back_the_same)
{
    const struct api_reply *made = put("stay", stay);
    ck_assert_status(made, 201);
    ck_assert_str_eq(header(made, "Location"), "/v1/surveys/stay");
    ck_assert_str_eq(api_string(made, "key"), "stay");
    ck_assert_int_eq((int)api_number(made, "version"), 1);
    ck_assert_str_eq(api_string(made, "title.es"), "Tu estancia");
    ck_assert_str_eq(api_string(made, "created_at"), api_string(made, "updated_at"));
    ck_assert_uint_eq(api_size(made, "versions"), 1);
    ck_assert_uint_eq(api_size(made, "questions"), 3);
    ck_assert_str_eq(api_string(made, "questions.0.wording"), "Would you recommend us?");
    ck_assert_str_eq(api_string(made, "questions.0.definition"), "nps_0_10");
    ck_assert_uint_eq(api_size(made, "questions.0.dissatisfied"), 7);
    ck_assert_str_eq(api_string(made, "questions.1.definition"), "csat_1_7_top2");
    ck_assert_int_eq((int)api_number(made, "questions.1.satisfied.0"), 6);
    ck_assert_int_eq((int)api_number(made, "questions.1.scale.max"), 7);
    ck_assert(api_is_null(made, "questions.1.wording"));
    ck_assert_str_eq(api_string(made, "questions.2.headline"), "mean");
    ck_assert_uint_eq(api_size(made, "questions.2.satisfied"), 1);
    ck_assert(is_true(made, "starts_version"));

    const struct api_reply *read = get("stay");
    ck_assert_status(read, 200);
    ck_assert_str_eq(header(read, "ETag"), header(made, "ETag"));
    json_object_del(made->json, "starts_version");
    ck_assert(json_equal(made->json, read->json));
}
END_TEST

START_TEST(the_same_again_is_a_200_that_changes_nothing)
{
    const struct api_reply *made = put("stay", stay);
    const struct api_reply *again = put("stay", stay);
    ck_assert_status(again, 200);
    ck_assert(!is_true(again, "starts_version"));
    ck_assert_str_eq(header(again, "ETag"), header(made, "ETag"));
    ck_assert_str_eq(header(again, "Location"), "");
}
END_TEST

START_TEST(change_of_scale_starts_a_version_and_the_earlier_one_can_be_read)
{
    ck_assert_status(put("stay", stay), 201);
    const struct api_reply *changed = put("stay", "{\"questions\":[{\"key\":\"room\",\"metric\":\"csat\"}]}");
    ck_assert_status(changed, 200);
    ck_assert(is_true(changed, "starts_version"));
    ck_assert_int_eq((int)api_number(changed, "version"), 2);
    ck_assert_uint_eq(api_size(changed, "versions"), 2);
    ck_assert(api_is_null(changed, "title"));
    ck_assert_str_eq(api_string(changed, "questions.0.definition"), "csat_1_5_top2");
    const struct api_reply *first = get("stay?version=1");
    ck_assert_status(first, 200);
    ck_assert_int_eq((int)api_number(first, "version"), 1);
    ck_assert_uint_eq(api_size(first, "questions"), 3);
    ck_assert_str_eq(api_string(first, "questions.1.definition"), "csat_1_7_top2");
    ck_assert_status(get("stay?version=3"), 404);
    ck_assert_status(get("stay?version=0"), 422);
    ck_assert_status(get("stay?version=x"), 422);
}
END_TEST

START_TEST(deleted_survey_is_gone_and_goes_on_counting_when_it_comes_back)
{
    ck_assert_status(put("stay", stay), 201);
    const struct api_reply *gone = delete ("stay", NULL);
    ck_assert_status(gone, 204);
    ck_assert_uint_eq(gone->http.size, 0);
    ck_assert_status(get("stay"), 404);
    ck_assert_status(get("stay?version=1"), 404);
    ck_assert_status(form(&api, "stay"), 404);
    ck_assert_status(delete ("stay", NULL), 404);
    ck_assert_uint_eq(api_size(api_get(&api, "/v1/surveys"), "data"), 0);
    const struct api_reply *back = put("stay", stay);
    ck_assert_status(back, 201);
    ck_assert_int_eq((int)api_number(back, "version"), 2);
    ck_assert_uint_eq(api_size(back, "versions"), 2);
}
END_TEST

START_TEST(never_defined_surveys_are_not_found)
{
    ck_assert_status(get("stay"), 404);
    ck_assert_status(form(&api, "stay"), 404);
    ck_assert_status(delete ("stay", NULL), 404);
    ck_assert_status(delete ("stay", "If-Match: *\r\n"), 404);
    ck_assert_status(get(api_text("%065d", 1)), 404);
    ck_assert_status(get("%01"), 404);
}
END_TEST

/* --- keys of all kinds ----------------------------------------------------------------------------------------------- */

START_TEST(key_may_be_any_text_that_an_answer_may_name)
{
    static const char *const keys[][2] = {
        {"post-purchase", "post-purchase"},
        {"Aufenthalt%20%C3%BC%2Fber%20100%25", "Aufenthalt ü/ber 100%"},
        {"%E5%AE%BF%F0%9F%98%80", "宿😀"},
        {"a+b", "a+b"},
        {"%22%5C%7B%7D'%3B--", "\"\\{}';--"},
        {"form", "form"},
        {"%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
         "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
         "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
         "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9",
         "éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct api_reply *made = put(keys[i][0], only_nps);
        ck_assert_status(made, 201);
        ck_assert_str_eq(api_string(made, "key"), keys[i][1]);
        /* Where it says it is, it is. */
        const struct api_reply *read = api_get(&api, header(made, "Location"));
        ck_assert_status(read, 200);
        ck_assert_str_eq(api_string(read, "key"), keys[i][1]);
        ck_assert_str_eq(api_string(form(&api, keys[i][0]), "survey"), keys[i][1]);
    }
    ck_assert_uint_eq(api_size(api_get(&api, "/v1/surveys"), "data"), sizeof keys / sizeof *keys);
    ck_assert_status(delete (keys[1][0], NULL), 204);
    ck_assert_status(get(keys[1][0]), 404);
}
END_TEST

START_TEST(key_that_no_answer_could_name_is_refused)
{
    static const char *const keys[] = {"%0A", "a%7Fb", "%C2%85",
                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct api_reply *reply = put(keys[i], only_nps);
        ck_assert_status(reply, 422);
        ck_assert_int_eq(api_fault(reply, "key"), 0);
    }
    ck_assert_status(put("%FF", only_nps), 400);
    ck_assert_status(put("a%00b", only_nps), 400);
    ck_assert_status(put("%zz", only_nps), 400);
    ck_assert_status(put("", only_nps), 404);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM survey WHERE project_id = %d"), 0);
}
END_TEST

/* --- bodies ---------------------------------------------------------------------------------------------------------- */

START_TEST(every_fault_of_a_body_is_told_at_once_and_nothing_is_stored)
{
    static const char *const places[] = {"#/colour",
                                         "#/title/en",
                                         "#/questions/0/key",
                                         "#/questions/0/polarity",
                                         "#/questions/1/metric",
                                         "#/questions/2/scale/max",
                                         "#/questions/3/satisfied/1",
                                         "#/questions/4/wording/de"};
    const struct api_reply *reply =
        put("stay", "{\"colour\":1,\"title\":{\"en\":\"\"},\"questions\":[{\"key\":\"store\",\"metric\":\"nps\","
                    "\"polarity\":\"low_is_good\"},{\"key\":\"a\"},{\"key\":\"b\",\"metric\":\"csat\",\"scale\":"
                    "{\"min\":0,\"max\":11}},{\"key\":\"c\",\"metric\":\"csat\",\"satisfied\":[5,6]},"
                    "{\"key\":\"d\",\"metric\":\"ces\",\"wording\":{\"de\":7}}]}");
    ck_assert_status(reply, 422);
    ck_assert_uint_eq(api_size(reply, "errors"), sizeof places / sizeof *places);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        ck_assert_msg(api_fault(reply, places[i]) == (int)i, "%s: %s", places[i], reply->http.body);
    ck_assert_status(get("stay"), 404);
}
END_TEST

START_TEST(bodies_of_an_enemy_are_refused)
{
    static const char *const malformed[] = {"",
                                            "null",
                                            "[]",
                                            "7",
                                            "{",
                                            "{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}]",
                                            "{\"questions\":[],\"questions\":[]}",
                                            "{\"title\":\"a\\u0000b\"}",
                                            "{\"title\":\"\\ud800\"}",
                                            "{\"title\":\"\xff\"}",
                                            "{\"title\":1e400}",
                                            "{\"a\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}"};
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
        ck_assert_status(put("stay", malformed[i]), 400);
    ck_assert_status(put("stay", api_text("{\"title\":\"%019000d\"}", 0)), 422);
    static char large[70000];
    memset(large, ' ', sizeof large - 1);
    memcpy(large, only_nps, sizeof only_nps - 1);
    ck_assert_status(put("stay", large), 413);
    ck_assert_status(api_send_with(&api, api.keys[SCOPE_ADMIN], "PUT", "/v1/surveys/stay",
                                   "Content-Type: text/plain\r\n", only_nps, sizeof only_nps - 1),
                     415);
    ck_assert_status(api_send_with(&api, api.keys[SCOPE_ADMIN], "DELETE", "/v1/surveys/stay",
                                   "Content-Type: application/json\r\n", "{}", 2),
                     400);
    ck_assert_status(put("stay?colour=1", only_nps), 422);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM survey WHERE project_id = %d"), 0);
}
END_TEST

/* --- who changes what -------------------------------------------------------------------------------------------------- */

START_TEST(of_two_admins_who_read_the_same_the_second_is_refused)
{
    char *etag = header(put("stay", stay), "ETag");
    const struct api_reply *first = put_with(&api, "stay", api_text("If-Match: %s\r\n", etag), only_nps);
    ck_assert_status(first, 200);
    const struct api_reply *second = put_with(&api, "stay", api_text("If-Match: %s\r\n", etag), stay);
    ck_assert_status(second, 412);
    ck_assert_str_eq(api_string(second, "type"), "/problems/precondition-failed");
    ck_assert_status(delete ("stay", api_text("If-Match: %s\r\n", etag)), 412);
    ck_assert_int_eq((int)api_number(get("stay"), "version"), 2);
    /* A wording alone changes the tag, too, though no version starts. */
    etag = header(put("stay", "{\"title\":\"New\",\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}]}"), "ETag");
    ck_assert_str_ne(etag, header(first, "ETag"));
    ck_assert_status(delete ("stay", api_text("If-Match: %s\r\n", header(first, "ETag"))), 412);
    ck_assert_status(delete ("stay", api_text("If-Match: W/%s\r\n", etag)), 412);
    ck_assert_status(delete ("stay", api_text("If-Match: \"x\", %s\r\n", etag)), 204);
    ck_assert_status(put_with(&api, "stay", "If-Match: *\r\n", stay), 412);
}
END_TEST

START_TEST(survey_that_must_be_new_replaces_none)
{
    ck_assert_status(put_with(&api, "stay", "If-None-Match: *\r\n", stay), 201);
    ck_assert_status(put_with(&api, "stay", "If-None-Match: *\r\n", only_nps), 412);
    ck_assert_uint_eq(api_size(get("stay"), "questions"), 3);
    ck_assert_status(put_with(&api, "stay", "If-Match: *\r\n", only_nps), 200);
    ck_assert_status(delete ("stay", "If-Match: *\r\n"), 204);
    ck_assert_status(put_with(&api, "stay", "If-None-Match: *\r\n", only_nps), 201);
}
END_TEST

/* What another process stored is compared with, before this one heard of it. */
START_TEST(state_is_that_of_the_database_and_not_of_memory)
{
    char *etag = header(put("stay", stay), "ETag");
    api_execute(&api, "ALTER TABLE survey DISABLE TRIGGER survey_changed; UPDATE survey SET title = '\"Theirs\"', "
                      "updated_at = updated_at + interval '1 second' WHERE project_id = %d; "
                      "ALTER TABLE survey ENABLE TRIGGER survey_changed");
    ck_assert_status(put_with(&api, "stay", api_text("If-Match: %s\r\n", etag), only_nps), 412);
    ck_assert_str_eq(api_string(get("stay"), "title"), "Theirs");
}
END_TEST

START_TEST(projects_with_the_same_survey_never_see_each_other)
{
    ck_assert_status(put("stay", stay), 201);
    ck_assert_status(form(&other, "stay"), 404);
    ck_assert_status(api_get(&other, "/v1/surveys/stay"), 404);
    ck_assert_uint_eq(api_size(api_get(&other, "/v1/surveys"), "data"), 0);
    ck_assert_status(api_send(&other, other.keys[SCOPE_ADMIN], "DELETE", "/v1/surveys/stay", NULL), 404);
    const struct api_reply *theirs = put_with(&other, "stay", "", only_nps);
    ck_assert_status(theirs, 201);
    ck_assert_int_eq((int)api_number(theirs, "version"), 1);
    ck_assert_uint_eq(api_size(get("stay"), "questions"), 3);
    ck_assert_uint_eq(api_size(form(&other, "stay"), "questions"), 1);
    ck_assert_status(api_send(&other, other.keys[SCOPE_ADMIN], "DELETE", "/v1/surveys/stay", NULL), 204);
    ck_assert_uint_eq(api_size(form(&api, "stay"), "questions"), 3);
}
END_TEST

START_TEST(organization_key_names_its_project)
{
    char admin[KEY_TEXT_SIZE];
    api_key_new(&api, NULL, SCOPE_ADMIN, admin);
    ck_assert_status(api_send(&api, admin, "PUT", "/v1/surveys/stay", only_nps), 422);
    const struct api_reply *made =
        api_send(&api, admin, "PUT", api_text("/v1/surveys/stay?project=%s", api.project), only_nps);
    ck_assert_status(made, 201);
    ck_assert_status(api_send(&api, admin, "GET", header(made, "Location"), NULL), 200);
    ck_assert_status(get("stay"), 200);
    ck_assert_status(api_send(&api, admin, "PUT", api_text("/v1/surveys/stay?project=%s", other.project), only_nps),
                     422);
    ck_assert_status(api_send(&api, admin, "GET", api_text("/v1/surveys?project=%s", api.project), NULL), 200);
    ck_assert_status(api_send(&api, admin, "DELETE", api_text("/v1/surveys/stay?project=%s", api.project), NULL), 204);
}
END_TEST

Suite *surveys_suite(void)
{
    return API_SUITE(
        "surveys", setup, teardown, new_survey_is_told_whole_and_read_back_the_same,
        the_same_again_is_a_200_that_changes_nothing, change_of_scale_starts_a_version_and_the_earlier_one_can_be_read,
        deleted_survey_is_gone_and_goes_on_counting_when_it_comes_back, never_defined_surveys_are_not_found,
        key_may_be_any_text_that_an_answer_may_name, key_that_no_answer_could_name_is_refused,
        every_fault_of_a_body_is_told_at_once_and_nothing_is_stored, bodies_of_an_enemy_are_refused,
        of_two_admins_who_read_the_same_the_second_is_refused, survey_that_must_be_new_replaces_none,
        state_is_that_of_the_database_and_not_of_memory, projects_with_the_same_survey_never_see_each_other,
        organization_key_names_its_project);
}
