/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* GET /v1/customers/{customer_id}/export. */

static struct api api;
static const char survey[] = "{\"questions\":[{\"key\":\"ease\",\"metric\":\"ces\",\"scale\":{\"min\":1,\"max\":5}}]}";

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
}

static void teardown(void)
{
    api_close(&api);
}

static const struct api_reply *export(const char *customer)
{
    return api_send(&api, api.keys[SCOPE_ADMIN], "GET", api_text("/v1/customers/%s/export", customer), NULL);
}

static void respond(const char *fields)
{
    ck_assert_status(api_post(&api, "/v1/responses", api_text("{\"answers\":{\"nps\":9},%s}", fields)), 201);
}

static void happen(const char *fields)
{
    ck_assert_status(api_post(&api, "/v1/events", api_text("{\"action\":\"viewed\",%s}", fields)), 201);
}

START_TEST(everything_of_one_customer_is_there_as_the_lists_show_it)
{
    respond("\"customer_id\":\"c1\",\"comment\":\"mine\",\"tags\":[\"a\"],\"interaction_id\":\"i\",\"channel\":\"web\","
            "\"dimensions\":{\"release\":\"4.1\"},\"properties\":{\"build\":1}");
    respond("\"customer_id\":\"c2\",\"comment\":\"of another\"");
    respond("\"comment\":\"of nobody\"");
    happen("\"customer_id\":\"c1\",\"session_id\":\"s\",\"amount\":9.5,\"currency\":\"EUR\"");
    happen("\"customer_id\":\"c2\"");
    const struct api_reply *reply = export("c1");
    ck_assert_status(reply, 200);
    ck_assert_str_eq(api_string(reply, "customer_id"), "c1");
    ck_assert_uint_eq(api_size(reply, "responses"), 1);
    ck_assert_uint_eq(api_size(reply, "events"), 1);
    ck_assert(api_is_null(reply, "next"));
    ck_assert(
        json_equal(api_at(reply, "responses.0"), api_at(api_get(&api, "/v1/responses?customer_id=c1"), "data.0")) == 1);
    ck_assert(json_equal(api_at(reply, "events.0"), api_at(api_get(&api, "/v1/events?customer_id=c1"), "data.0")) == 1);
    char control[40];
    ck_assert_str_eq(http_reply_header(&reply->http, "Cache-Control", control, sizeof control), "no-store");
}
END_TEST

START_TEST(answers_to_questions_of_surveys_have_their_keys)
{
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "PUT", "/v1/surveys/checkout", survey), 201);
    ck_assert_status(
        api_post(&api, "/v1/responses", "{\"survey\":\"checkout\",\"answers\":{\"ease\":4},\"customer_id\":\"c1\"}"),
        201);
    const struct api_reply *reply = export("c1");
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "responses.0.answers.ease"), 4);
    ck_assert_int_eq((int)api_number(reply, "responses.0.survey_version"), 1);
}
END_TEST

/* A score alone says nothing: what was asked is there as well, also of a survey that was changed or deleted since. */
START_TEST(what_was_asked_is_told_with_the_answers)
{
    static const char later[] =
        "{\"title\":\"Later\",\"questions\":[{\"key\":\"ease\",\"metric\":\"rating\",\"scale\":{\"min\":0,"
        "\"max\":3},\"wording\":{\"en\":\"How \\\"easy\\\"?\"}}]}";
    const char *answer = "\"survey\":\"checkout\",\"answers\":{\"ease\":3},\"customer_id\":\"c1\"";
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "PUT", "/v1/surveys/checkout", survey), 201);
    for (int i = 0; i < 2; i++)
        ck_assert_status(api_post(&api, "/v1/responses", api_text("{%s}", answer)), 201);
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "PUT", "/v1/surveys/checkout", later), 200);
    ck_assert_status(api_post(&api, "/v1/responses", api_text("{%s}", answer)), 201);
    respond("\"survey\":\"unknown\",\"customer_id\":\"c1\"");
    respond("\"customer_id\":\"c1\"");
    json_t *form =
        json_deep_copy(api_send(&api, api.keys[SCOPE_ADMIN], "GET", "/v1/surveys/checkout/form", NULL)->json);
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "DELETE", "/v1/surveys/checkout", NULL), 204);
    const struct api_reply *reply = export("c1");
    ck_assert_status(reply, 200);
    ck_assert_uint_eq(api_size(reply, "responses"), 5);
    ck_assert_uint_eq(api_size(reply, "surveys"), 2);
    ck_assert(json_equal(api_at(reply, "surveys.0"), form));
    ck_assert_str_eq(api_string(reply, "surveys.0.questions.0.wording.en"), "How \"easy\"?");
    ck_assert_int_eq((int)api_number(reply, "surveys.1.version"), 1);
    ck_assert_str_eq(api_string(reply, "surveys.1.questions.0.key"), "ease");
    json_decref(form);
    ck_assert_uint_eq(api_size(export("c2"), "surveys"), 0);
}
END_TEST

START_TEST(pages_hold_every_row_once_and_events_follow_responses)
{
    size_t responses = 0;
    size_t events = 0;
    char seen[8][40];
    for (int i = 0; i < 4; i++)
        respond("\"customer_id\":\"c1\",\"occurred_at\":\"2026-10-01T00:00:00Z\"");
    for (int i = 0; i < 3; i++)
        happen("\"customer_id\":\"c1\",\"occurred_at\":\"2026-11-01T00:00:00Z\"");
    const char *path = "/v1/customers/c1/export?limit=2";
    for (int pages = 0; path != NULL; pages++) {
        ck_assert_int_lt(pages, 6);
        const struct api_reply *reply = api_send(&api, api.keys[SCOPE_ADMIN], "GET", path, NULL);
        ck_assert_status(reply, 200);
        ck_assert_uint_le(api_size(reply, "responses") + api_size(reply, "events"), 2);
        ck_assert(events == 0 || api_size(reply, "responses") == 0);
        for (size_t i = 0; i < api_size(reply, "responses"); i++)
            snprintf(seen[responses++ + events], 40, "%s", api_string(reply, api_text("responses.%zu.id", i)));
        for (size_t i = 0; i < api_size(reply, "events"); i++)
            snprintf(seen[responses + events++], 40, "%s", api_string(reply, api_text("events.%zu.id", i)));
        path = api_is_null(reply, "next") ? NULL : api_string(reply, "next");
    }
    ck_assert_uint_eq(responses, 4);
    ck_assert_uint_eq(events, 3);
    for (size_t i = 0; i < 7; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(seen[i], seen[j]);
}
END_TEST

START_TEST(any_customer_can_be_named)
{
    static const char *const names[][2] = {{"me%40example.org%2Fx", "me@example.org/x"},
                                           {"a%20b%3Fc%23d%25", "a b?c#d%"},
                                           {"%C3%B1%20%F0%9F%98%80", "\u00f1 \U0001f600"},
                                           {"..", ".."},
                                           {"export", "export"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        respond(api_text("\"customer_id\":\"%s\"", names[i][1]));
        const struct api_reply *reply = api_send(&api, api.keys[SCOPE_ADMIN], "GET",
                                                 api_text("/v1/customers/%s/export?limit=1", names[i][0]), NULL);
        ck_assert_status(reply, 200);
        ck_assert_str_eq(api_string(reply, "customer_id"), names[i][1]);
        ck_assert_uint_eq(api_size(reply, "responses"), 1);
        /* Its next page is of the same customer. */
        reply = api_send(&api, api.keys[SCOPE_ADMIN], "GET", api_string(reply, "next"), NULL);
        ck_assert_status(reply, 200);
        ck_assert_str_eq(api_string(reply, "customer_id"), names[i][1]);
        ck_assert_uint_eq(api_size(reply, "responses"), 0);
    }
}
END_TEST

START_TEST(what_names_no_customer_is_refused)
{
    char longest[140];
    memset(longest, 'x', sizeof longest);
    longest[129] = '\0';
    const char *const wrong[] = {longest, "a%0Ab", "%C3%28"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_status(export(wrong[i]), i < 2 ? 422 : 400);
    longest[128] = '\0';
    ck_assert_status(export(longest), 200);
    ck_assert_status(export(""), 404);
    ck_assert_int_eq(
        api_fault(api_send(&api, api.keys[SCOPE_ADMIN], "GET", "/v1/customers/c1/export?cursor=AAAA&limit=0", NULL),
                  "limit"),
        0);
    ck_assert_int_eq(
        api_fault(api_send(&api, api.keys[SCOPE_ADMIN], "GET", "/v1/customers/c1/export?cursor=AAAA", NULL), "cursor"),
        0);
}
END_TEST

START_TEST(unknown_and_erased_customers_have_nothing)
{
    const struct api_reply *reply = export("nobody");
    ck_assert_status(reply, 200);
    ck_assert_uint_eq(api_size(reply, "responses") + api_size(reply, "events"), 0);
    respond("\"customer_id\":\"c1\"");
    happen("\"customer_id\":\"c1\"");
    ck_assert_status(api_post(&api, "/v1/erasures", "{\"customer_id\":\"c1\"}"), 201);
    reply = export("c1");
    ck_assert_uint_eq(api_size(reply, "responses") + api_size(reply, "events"), 0);
    /* Nor does the token that took the customer's place open anything. */
    const char *token = api_string(api_get(&api, "/v1/responses"), "data.0.customer_id");
    reply = export(token);
    ck_assert_status(reply, 200);
    ck_assert_uint_eq(api_size(reply, "responses") + api_size(reply, "events"), 0);
}
END_TEST

START_TEST(an_export_is_noted_without_the_customer)
{
    respond("\"customer_id\":\"canary-customer\"");
    ck_assert_status(export("canary-customer"), 200);
    ck_assert_int_eq((int)api_count(&api,
                                    "SELECT count(*) FROM audit WHERE act = 'customer exported' AND detail = "
                                    "'{\"responses\": 1, \"events\": 0}' AND actor LIKE 'key %%' AND project_id = %d"),
                     1);
    ck_assert_int_eq(
        (int)api_count(&api, "SELECT count(*) FROM audit a WHERE a::text LIKE '%%canary%%' AND project_id = %d"), 0);
}
END_TEST

Suite *customers_suite(void)
{
    return API_SUITE("customers", setup, teardown, everything_of_one_customer_is_there_as_the_lists_show_it,
                     answers_to_questions_of_surveys_have_their_keys, what_was_asked_is_told_with_the_answers,
                     pages_hold_every_row_once_and_events_follow_responses, any_customer_can_be_named,
                     what_names_no_customer_is_refused, unknown_and_erased_customers_have_nothing,
                     an_export_is_noted_without_the_customer);
}
