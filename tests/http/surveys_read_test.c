/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>

/* What is read of surveys: the list, the form for pages and apps, and what caches may keep of both. */

static struct api api;

static const char stay[] =
    "{\"title\":\"Your stay\",\"questions\":[{\"key\":\"room\",\"metric\":\"csat\",\"satisfied\":[5],\"headline\":"
    "\"share\",\"wording\":{\"en\":\"How was your room?\",\"es\":\"¿Y la habitación?\"}},{\"key\":\"nps\",\"metric\":"
    "\"nps\"}]}";

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
}

static void teardown(void)
{
    api_close(&api);
}

static void define(const char *key, const char *body)
{
    const struct api_reply *reply = api_send(&api, api.keys[SCOPE_ADMIN], "PUT", api_text("/v1/surveys/%s", key), body);
    ck_assert_msg(reply->status == 200 || reply->status == 201, "%d %s", reply->status, reply->http.body);
}

static const struct api_reply *form_with(const char *headers)
{
    return api_send_with(&api, api.keys[SCOPE_WRITE], "GET", "/v1/surveys/stay/form", headers, NULL, 0);
}

static char *header(const struct api_reply *reply, const char *name)
{
    char value[512];
    return api_text("%s", http_reply_header(&reply->http, name, value, sizeof value));
}

START_TEST(form_shows_what_is_asked_and_nothing_else)
{
    static const char expected[] =
        "{\"survey\":\"stay\",\"version\":1,\"title\":\"Your stay\",\"questions\":[{\"key\":\"room\",\"metric\":"
        "\"csat\",\"scale\":{\"min\":1,\"max\":5},\"polarity\":\"high_is_good\",\"wording\":{\"en\":\"How was your "
        "room?\",\"es\":\"¿Y la habitación?\"}},{\"key\":\"nps\",\"metric\":\"nps\",\"scale\":{\"min\":0,\"max\":10},"
        "\"polarity\":\"high_is_good\",\"wording\":null}]}";
    define("stay", stay);
    define("secret", "{\"title\":\"Secret\",\"questions\":[{\"key\":\"hidden_question\",\"metric\":\"rating\"}]}");
    const struct api_reply *form = form_with(NULL);
    ck_assert_status(form, 200);
    json_t *wanted = json_loads(expected, 0, NULL);
    ck_assert_msg(json_equal(form->json, wanted), "%s", form->http.body);
    json_decref(wanted);
}
END_TEST

START_TEST(form_is_of_the_current_version_at_once)
{
    define("stay", stay);
    char *etag = header(form_with(NULL), "ETag");
    define("stay", "{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}]}");
    const struct api_reply *form = form_with(api_text("If-None-Match: %s\r\n", etag));
    ck_assert_status(form, 200);
    ck_assert_int_eq((int)api_number(form, "version"), 2);
    ck_assert_uint_eq(api_size(form, "questions"), 1);
}
END_TEST

START_TEST(form_may_be_kept_for_a_minute_by_its_reader_alone)
{
    define("stay", stay);
    const struct api_reply *form = form_with(NULL);
    ck_assert_str_eq(header(form, "Cache-Control"), "private, max-age=60");
    ck_assert_str_eq(header(form, "Vary"), "Authorization");
    const struct api_reply *again = form_with(api_text("If-None-Match: %s\r\n", header(form, "ETag")));
    ck_assert_status(again, 304);
    ck_assert_uint_eq(again->http.size, 0);
    ck_assert_str_eq(header(again, "ETag"), header(form, "ETag"));
    /* What only those see who read the numbers changes nothing here. */
    define("stay", "{\"title\":\"Your stay\",\"questions\":[{\"key\":\"room\",\"metric\":\"csat\",\"satisfied\":[5],"
                   "\"dissatisfied\":[1,2,3],\"wording\":{\"en\":\"How was your room?\",\"es\":\"¿Y la habitación?\"}},"
                   "{\"key\":\"nps\",\"metric\":\"nps\"}]}");
    ck_assert_status(form_with(api_text("If-None-Match: %s\r\n", header(form, "ETag"))), 304);
}
END_TEST

START_TEST(page_of_another_origin_may_read_the_form)
{
    define("stay", stay);
    const struct api_reply *asked =
        api_send_with(&api, NULL, "OPTIONS", "/v1/surveys/stay/form",
                      "Origin: https://shop.example\r\nAccess-Control-Request-Method: GET\r\n"
                      "Access-Control-Request-Headers: authorization\r\n",
                      NULL, 0);
    ck_assert_status(asked, 204);
    ck_assert_str_eq(header(asked, "Access-Control-Allow-Origin"), "*");
    ck_assert_ptr_nonnull(strstr(header(asked, "Access-Control-Allow-Methods"), "GET"));
    ck_assert_ptr_nonnull(strstr(header(asked, "Access-Control-Allow-Headers"), "authorization"));
    ck_assert_str_eq(header(form_with("Origin: https://shop.example\r\n"), "Access-Control-Allow-Origin"), "*");
    /* And nothing else of surveys. */
    const struct api_reply *refused =
        api_send_with(&api, NULL, "OPTIONS", "/v1/surveys/stay", "Origin: https://shop.example\r\n", NULL, 0);
    ck_assert_str_eq(header(refused, "Access-Control-Allow-Origin"), "");
    ck_assert_status(api_send(&api, NULL, "GET", api_text("/v1/surveys/stay/form?key=%s", api.keys[SCOPE_WRITE]), NULL),
                     401);
}
END_TEST

START_TEST(survey_is_asked_for_anew_by_its_tag)
{
    define("stay", stay);
    const struct api_reply *read = api_get(&api, "/v1/surveys/stay");
    ck_assert_str_eq(header(read, "Cache-Control"), "no-cache");
    char *condition = api_text("If-None-Match: %s\r\n", header(read, "ETag"));
    ck_assert_status(api_send_with(&api, api.keys[SCOPE_READ], "GET", "/v1/surveys/stay", condition, NULL, 0), 304);
    define("stay", "{\"title\":\"Their stay\",\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}]}");
    ck_assert_status(api_send_with(&api, api.keys[SCOPE_READ], "GET", "/v1/surveys/stay", condition, NULL, 0), 200);
    ck_assert_status(api_send(&api, api.keys[SCOPE_READ], "HEAD", "/v1/surveys/stay", NULL), 200);
}
END_TEST

START_TEST(list_is_ascending_by_key_and_comes_in_pages)
{
    static const char *const keys[] = {"A", "a", "a%20b", "ab", "%C3%A9"};
    static const char *const names[] = {"A", "a", "a b", "ab", "é"};
    enum { KEYS = sizeof keys / sizeof *keys };
    const char *path = "/v1/surveys?limit=2";
    size_t seen = 0;
    for (size_t i = KEYS; i > 0; i--)
        define(keys[i - 1], stay);
    define("abba", stay);
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "DELETE", "/v1/surveys/abba", NULL), 204);
    for (int page = 0; path != NULL; page++) {
        const struct api_reply *reply = api_get(&api, path);
        ck_assert_status(reply, 200);
        for (size_t i = 0; i < api_size(reply, "data"); i++)
            ck_assert_str_eq(api_string(reply, api_text("data.%zu.key", i)), names[seen++]);
        path = api_is_null(reply, "next") ? NULL : api_string(reply, "next");
        if (path != NULL)
            ck_assert_str_eq(header(reply, "Link"), api_text("<%s>; rel=\"next\"", path));
        ck_assert_int_lt(page, 3);
    }
    ck_assert_uint_eq(seen, KEYS);
    const struct api_reply *all = api_get(&api, "/v1/surveys?limit=5");
    ck_assert(api_is_null(all, "next"));
    ck_assert_str_eq(api_string(all, "data.4.questions.0.definition"), "csat_1_5_top1");
}
END_TEST

START_TEST(page_goes_on_behind_a_survey_that_was_deleted_meanwhile)
{
    define("a", stay);
    define("b", stay);
    define("c", stay);
    const char *next = api_string(api_get(&api, "/v1/surveys?limit=1"), "next");
    for (const char *key = "ab"; *key; key++)
        ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "DELETE", api_text("/v1/surveys/%c", *key), NULL), 204);
    const struct api_reply *reply = api_get(&api, next);
    ck_assert_uint_eq(api_size(reply, "data"), 1);
    ck_assert_str_eq(api_string(reply, "data.0.key"), "c");
    ck_assert(api_is_null(reply, "next"));
}
END_TEST

START_TEST(queries_of_the_list_are_checked)
{
    static const char *const queries[] = {
        "limit=0", "limit=1001", "limit=x", "cursor=", "cursor=AAAA", "colour=red", "channel=web"};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        ck_assert_status(api_get(&api, api_text("/v1/surveys?%s", queries[i])), 422);
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}"), 201);
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}"), 201);
    const char *foreign = strstr(api_string(api_get(&api, "/v1/responses?limit=1"), "next"), "cursor=");
    ck_assert_status(api_get(&api, api_text("/v1/surveys?%.*s", (int)strcspn(foreign, "&"), foreign)), 422);
}
END_TEST

Suite *surveys_read_suite(void)
{
    return API_SUITE("surveys_read", setup, teardown, form_shows_what_is_asked_and_nothing_else,
                     form_is_of_the_current_version_at_once, form_may_be_kept_for_a_minute_by_its_reader_alone,
                     page_of_another_origin_may_read_the_form, survey_is_asked_for_anew_by_its_tag,
                     list_is_ascending_by_key_and_comes_in_pages,
                     page_goes_on_behind_a_survey_that_was_deleted_meanwhile, queries_of_the_list_are_checked);
}
