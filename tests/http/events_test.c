/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "support/runner.h"
#include "swarm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* POST /v1/events, GET /v1/events. */

static struct api api;

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
}

static void teardown(void)
{
    api_close(&api);
}

static const struct api_reply *post(const char *body)
{
    return api_post(&api, "/v1/events", body);
}

/* The only one of the list that a query finds. */
static const struct api_reply *find(const char *query)
{
    const struct api_reply *reply = api_get(&api, api_text("/v1/events?%s", query));
    ck_assert_status(reply, 200);
    ck_assert_uint_eq(api_size(reply, "data"), 1);
    return reply;
}

START_TEST(event_is_kept_with_all_its_fields)
{
    const char *id = api_id();
    const char *response = api_id();
    const struct api_reply *created =
        post(api_text("{\"id\":\"%s\",\"action\":\"completed\",\"touchpoint\":\"checkout\",\"stage\":\"Buying now\","
                      "\"channel\":\"web\",\"region\":\"gb-lnd\",\"product\":\"basic\",\"segment\":\"new\","
                      "\"dimensions\":{\"release\":\"4.1\",\"store\":\"s\"},\"survey\":\"sv\",\"customer_id\":\"c1\","
                      "\"session_id\":\"s1\",\"interaction_id\":\"i1\",\"response_id\":\"%s\",\"duration_ms\":1250,"
                      "\"amount\":19.9,\"currency\":\"EUR\",\"occurred_at\":\"2026-01-22T10:00:00+05:30\","
                      "\"source\":\"ios\",\"properties\":{\"a\":[1,{\"b\":null}]}}",
                      id, response));
    static const char *const expected[][2] = {{"action", "completed"},
                                              {"touchpoint", "checkout"},
                                              {"stage", "Buying now"},
                                              {"channel", "web"},
                                              {"region", "GB-LND"},
                                              {"country", "GB"},
                                              {"product", "basic"},
                                              {"segment", "new"},
                                              {"dimensions.release", "4.1"},
                                              {"dimensions.store", "s"},
                                              {"survey", "sv"},
                                              {"customer_id", "c1"},
                                              {"session_id", "s1"},
                                              {"interaction_id", "i1"},
                                              {"currency", "EUR"},
                                              {"occurred_at", "2026-01-22T04:30:00Z"},
                                              {"source", "ios"}};
    ck_assert_status(created, 201);
    ck_assert_str_eq(api_string(created, "id"), id);
    ck_assert_str_eq(api_string(created, "status"), "created");
    const struct api_reply *row = find("customer_id=c1");
    ck_assert_str_eq(api_string(row, "data.0.id"), id);
    ck_assert_str_eq(api_string(row, "data.0.response_id"), response);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        ck_assert_str_eq(api_string(row, api_text("data.0.%s", expected[i][0])), expected[i][1]);
    ck_assert_int_eq((int)api_number(row, "data.0.duration_ms"), 1250);
    ck_assert_double_eq(api_number(row, "data.0.amount"), 19.9);
    ck_assert(json_is_null(api_at(row, "data.0.properties.a.1.b")));
    ck_assert(json_is_false(api_at(row, "data.0.test")) && json_is_false(api_at(row, "data.0.erased")));
}
END_TEST

START_TEST(action_alone_is_an_event)
{
    static const char *const nulls[] = {
        "touchpoint",     "stage",  "channel",     "region",     "country",     "product",
        "segment",        "survey", "customer_id", "session_id", "response_id", "duration_ms",
        "interaction_id", "amount", "currency",    "source",     "properties",  "dimensions.release"};
    int64_t before = clock_now_us();
    int64_t occurred;
    ck_assert_status(post("{\"action\":\"viewed\"}"), 201);
    const struct api_reply *row = find("");
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        ck_assert_msg(api_is_null(row, api_text("data.0.%s", nulls[i])), "%s in %s", nulls[i], row->http.body);
    const char *time = api_string(row, "data.0.occurred_at");
    ck_assert(timestamp_parse(time, strlen(time), &occurred));
    ck_assert(occurred >= before && occurred <= clock_now_us());
}
END_TEST

START_TEST(every_action_is_kept_known_or_not)
{
    static const char *const actions[] = {"viewed",    "started",    "completed", "failed",   "abandoned", "invited",
                                          "shown",     "dismissed",  "answered",  "joined",   "purchased", "left",
                                          "contacted", "complained", "returned",  "referred", "own_word-2"};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        ck_assert_status(post(api_text("{\"action\":\"%s\"}", actions[i])), 201);
        ck_assert_str_eq(api_string(find(api_text("action=%s", actions[i])), "data.0.action"), actions[i]);
    }
}
END_TEST

START_TEST(faults_of_an_event_are_all_named)
{
    static const struct {
        const char *body;
        const char *pointer;
    } cases[] = {
        {"{}", "#/action"},
        {"{\"action\":\"two words\"}", "#/action"},
        {"{\"action\":\"Viewed\"}", "#/action"},
        {"{\"action\":\"\"}", "#/action"},
        {"{\"action\":7}", "#/action"},
        {"{\"action\":\"x\",\"amount\":1}", "#/amount"},
        {"{\"action\":\"x\",\"currency\":\"EUR\"}", "#/amount"},
        {"{\"action\":\"x\",\"currency\":\"eur\",\"amount\":1}", "#/currency"},
        {"{\"action\":\"x\",\"currency\":\"EURO\",\"amount\":1}", "#/currency"},
        {"{\"action\":\"x\",\"currency\":\"EUR\",\"amount\":\"1\"}", "#/amount"},
        {"{\"action\":\"x\",\"currency\":\"EUR\",\"amount\":1.00001}", "#/amount"},
        {"{\"action\":\"x\",\"currency\":\"EUR\",\"amount\":1e12}", "#/amount"},
        {"{\"action\":\"x\",\"duration_ms\":-1}", "#/duration_ms"},
        {"{\"action\":\"x\",\"duration_ms\":1.5}", "#/duration_ms"},
        {"{\"action\":\"x\",\"duration_ms\":9223372036854775807}", "#/duration_ms"},
        {"{\"action\":\"x\",\"response_id\":\"7\"}", "#/response_id"},
        {"{\"action\":\"x\",\"answers\":{\"nps\":1}}", "#/answers"},
        {"{\"action\":\"x\",\"comment\":\"c\"}", "#/comment"},
        {"{\"action\":\"x\",\"external_id\":\"c\"}", "#/source"},
        {"{\"action\":\"x\",\"session_id\":\"a\\tb\"}", "#/session_id"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct api_reply *reply = post(cases[i].body);
        ck_assert_msg(reply->status == 422, "%s: %d", cases[i].body, reply->status);
        ck_assert_msg(api_fault(reply, cases[i].pointer) == 0, "%s: %s", cases[i].body, reply->http.body);
        ck_assert_uint_eq(api_size(reply, "errors"), 1);
    }
    const struct api_reply *all = post("{\"action\":\"A b\",\"x\":1,\"duration_ms\":-1,\"dimensions\":{\"y\":\"z\"}}");
    ck_assert_uint_eq(api_size(all, "errors"), 4);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM event WHERE project_id = %d"), 0);
}
END_TEST

static void check_amount(const char *sent, const char *kept)
{
    ck_assert_status(
        post(api_text("{\"action\":\"a\",\"customer_id\":\"%s\",\"amount\":%s,\"currency\":\"EUR\"}", sent, sent)),
        201);
    const struct api_reply *reply = api_get(&api, api_text("/v1/events?customer_id=%s", sent));
    ck_assert_msg(strstr(reply->http.body, api_text("\"amount\":%s,", kept)) != NULL, "%s: %s", sent, reply->http.body);
}

START_TEST(amounts_are_decimals_not_doubles)
{
    check_amount("0", "0");
    check_amount("0.1", "0.1");
    check_amount("1234567.8901", "1234567.8901");
    check_amount("-5.50", "-5.5");
    check_amount("99999999999", "99999999999");
    check_amount("1e3", "1000");
}
END_TEST

START_TEST(repetition_is_a_duplicate_and_contradiction_a_conflict)
{
    const char *id = api_id();
    const char *body = api_text("{\"id\":\"%s\",\"action\":\"viewed\",\"properties\":{\"a\":1}}", id);
    ck_assert_status(post(body), 201);
    const struct api_reply *again = post(body);
    ck_assert_status(again, 200);
    ck_assert_str_eq(api_string(again, "status"), "duplicate");
    ck_assert_status(post(api_text("{\"id\":\"%s\",\"action\":\"left\"}", id)), 409);
    find("");
    ck_assert_str_eq(api_string(find(""), "data.0.action"), "viewed");
    /* An answer under the same id is another thing. */
    ck_assert_status(api_post(&api, "/v1/responses", api_text("{\"id\":\"%s\",\"answers\":{\"nps\":9}}", id)), 201);
}
END_TEST

START_TEST(external_id_and_idempotency_key_make_ids)
{
    for (int i = 0; i < 2; i++) {
        ck_assert_status(post("{\"source\":\"s\",\"external_id\":\"1\",\"action\":\"viewed\"}"), i == 0 ? 201 : 200);
        ck_assert_status(api_send_with(&api, api.keys[SCOPE_WRITE], "POST", "/v1/events",
                                       "Content-Type: application/json\r\nIdempotency-Key: k\r\n",
                                       "{\"action\":\"viewed\"}", 19),
                         i == 0 ? 201 : 200);
    }
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM event WHERE project_id = %d"), 2);
}
END_TEST

START_TEST(clock_error_is_taken_out_of_events_too)
{
    int64_t occurred;
    int64_t now = clock_now_us();
    int64_t phone = now + INT64_C(30) * 86400 * 1000000;
    ck_assert_status(post(api_text("{\"action\":\"viewed\",\"occurred_at\":\"%s\",\"sent_at\":\"%s\"}",
                                   api_time(phone - 60000000), api_time(phone))),
                     201);
    const char *time = api_string(find(""), "data.0.occurred_at");
    ck_assert(timestamp_parse(time, strlen(time), &occurred));
    ck_assert_int_le(llabs(occurred - (now - 60000000)), 20000000);
}
END_TEST

START_TEST(each_filter_finds_its_events)
{
    static const char *const rows[] = {
        "{\"stage\":\"a\",\"action\":\"viewed\",\"channel\":\"web\",\"region\":\"ES-CT\",\"occurred_at\":\"2026-01-"
        "01T10:00:00Z\"}",
        "{\"stage\":\"b\",\"action\":\"viewed\",\"touchpoint\":\"t\",\"customer_id\":\"c1\",\"occurred_at\":\"2026-01-"
        "01T11:00:00Z\"}",
        "{\"stage\":\"c\",\"action\":\"left\",\"session_id\":\"s1\",\"survey\":\"v\",\"occurred_at\":\"2026-01-01T12:"
        "00:00Z\"}",
        "{\"stage\":\"d\",\"action\":\"left\",\"interaction_id\":\"i1\",\"dimensions\":{\"store\":\"x\"},"
        "\"occurred_at\":\"2026-01-01T13:00:00Z\"}"};
    static const struct {
        const char *query;
        const char *letters;
    } cases[] = {{"", "dcba"},
                 {"action=viewed", "ba"},
                 {"stage=c", "c"},
                 {"channel=web", "a"},
                 {"channel=", "dcb"},
                 {"country=ES", "a"},
                 {"touchpoint=t", "b"},
                 {"customer_id=c1", "b"},
                 {"session_id=s1", "c"},
                 {"survey=v", "c"},
                 {"interaction_id=i1", "d"},
                 {"store=x", "d"},
                 {"from=2026-01-01T11:00:00Z&to=2026-01-01T13:00:00Z", "cb"},
                 {"action=viewed&channel=web&region=es-ct", "a"},
                 {"action=none", ""}};
    for (size_t i = 0; i < 4; i++)
        ck_assert_status(post(rows[i]), 201);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[16] = "";
        const struct api_reply *reply = api_get(&api, api_text("/v1/events?%s", cases[i].query));
        for (size_t row = 0; row < api_size(reply, "data"); row++)
            strcat(found, api_string(reply, api_text("data.%zu.stage", row)));
        ck_assert_msg(strcmp(found, cases[i].letters) == 0, "%s: found %s", cases[i].query, found);
    }
}
END_TEST

static const char *make(void *context, size_t i, char *buffer, size_t capacity)
{
    (void)context;
    snprintf(buffer, capacity,
             "{\"action\":\"viewed\",\"session_id\":\"%zu\",\"occurred_at\":\"2026-01-0%zuT00:00:00Z\"}", i, i % 3 + 1);
    return buffer;
}

START_TEST(pages_of_events_hold_each_once)
{
    bool seen[300] = {false};
    struct swarm swarm = {.address = api.address,
                          .key = api.keys[SCOPE_WRITE],
                          .connections = 8,
                          .count = 300,
                          .path = "/v1/events",
                          .make = make};
    size_t count = 0;
    swarm_run(&swarm);
    ck_assert_uint_eq(swarm_count(&swarm, 201), 300);
    for (const char *path = "/v1/events?limit=7&action=viewed"; path != NULL;) {
        const struct api_reply *reply = api_get(&api, path);
        ck_assert_status(reply, 200);
        for (size_t row = 0; row < api_size(reply, "data"); row++, count++) {
            int i = atoi(api_string(reply, api_text("data.%zu.session_id", row)));
            ck_assert(!seen[i]);
            seen[i] = true;
        }
        path = api_is_null(reply, "next") ? NULL : api_string(reply, "next");
    }
    ck_assert_uint_eq(count, 300);
}
END_TEST

START_TEST(events_of_a_test_key_say_so)
{
    ck_assert_status(api_send(&api, api.test_key, "POST", "/v1/events", "{\"action\":\"viewed\"}"), 201);
    ck_assert(json_is_true(api_at(find(""), "data.0.test")));
}
END_TEST

Suite *events_suite(void)
{
    return API_SUITE("events", setup, teardown, event_is_kept_with_all_its_fields, action_alone_is_an_event,
                     every_action_is_kept_known_or_not, faults_of_an_event_are_all_named,
                     amounts_are_decimals_not_doubles, repetition_is_a_duplicate_and_contradiction_a_conflict,
                     external_id_and_idempotency_key_make_ids, clock_error_is_taken_out_of_events_too,
                     each_filter_finds_its_events, pages_of_events_hold_each_once, events_of_a_test_key_say_so);
}
