/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "support/runner.h"
#include "swarm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* POST /v1/erasures. */

static struct api api;
static char ids[3][40]; /* two responses and an event of customer c1 */

static const char *response_body(int i)
{
    return api_text("{\"id\":\"%s\",\"channel\":\"web\",\"answers\":{\"nps\":%d},\"comment\":\"my secret words\","
                    "\"tags\":[\"mine\"],\"customer_id\":\"c1\",\"interaction_id\":\"order-77\","
                    "\"properties\":{\"mail\":\"me@example.org\"},\"source\":\"ios\"}",
                    ids[i], 9 - i);
}

static const char *event_body(void)
{
    return api_text("{\"id\":\"%s\",\"action\":\"viewed\",\"customer_id\":\"c1\",\"session_id\":\"session-1\","
                    "\"interaction_id\":\"order-77\",\"properties\":{\"mail\":\"me@example.org\"},\"channel\":\"web\"}",
                    ids[2]);
}

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
    for (int i = 0; i < 3; i++)
        snprintf(ids[i], sizeof ids[i], "%s", api_id());
    for (int i = 0; i < 2; i++)
        ck_assert_status(api_post(&api, "/v1/responses", response_body(i)), 201);
    ck_assert_status(api_post(&api, "/v1/events", event_body()), 201);
    ck_assert_status(api_post(&api, "/v1/responses",
                              "{\"answers\":{\"nps\":0},\"customer_id\":\"c2\",\"comment\":\"another's words\"}"),
                     201);
}

static void teardown(void)
{
    api_close(&api);
}

static const struct api_reply *erase(void)
{
    const struct api_reply *reply = api_post(&api, "/v1/erasures", "{\"customer_id\":\"c1\"}");
    ck_assert_status(reply, 201);
    return reply;
}

static const struct api_reply *response(int i)
{
    const struct api_reply *reply = api_get(&api, api_text("/v1/responses/%s", ids[i]));
    ck_assert_status(reply, 200);
    return reply;
}

START_TEST(receipt_says_how_much_was_erased_and_not_whom)
{
    const struct api_reply *receipt = erase();
    ck_assert_uint_eq(strlen(api_string(receipt, "id")), 36);
    ck_assert_uint_ge(strlen(api_string(receipt, "erased_at")), 20);
    ck_assert_int_eq((int)api_number(receipt, "responses"), 2);
    ck_assert_int_eq((int)api_number(receipt, "events"), 1);
    ck_assert_ptr_null(strstr(receipt->http.body, "c1\""));
    const struct api_reply *again = erase();
    ck_assert_int_eq((int)api_number(again, "responses"), 0);
    ck_assert_int_eq((int)api_number(again, "events"), 0);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM erasure WHERE project_id = %d"), 2);
}
END_TEST

START_TEST(words_and_identifiers_are_gone_and_scores_stay)
{
    erase();
    for (int i = 0; i < 2; i++) {
        const struct api_reply *row = response(i);
        ck_assert(json_is_true(api_at(row, "erased")));
        ck_assert(api_is_null(row, "comment") && api_is_null(row, "interaction_id") && api_is_null(row, "properties"));
        ck_assert_uint_eq(api_size(row, "tags"), 0);
        ck_assert_int_eq((int)api_number(row, "answers.nps"), 9 - i);
        ck_assert_str_eq(api_string(row, "channel"), "web");
        /* A token in place of the customer: one person's answers stay one person's. */
        ck_assert_str_eq(api_string(row, "customer_id"), api_string(response(0), "customer_id"));
        ck_assert_str_ne(api_string(row, "customer_id"), "c1");
    }
    const struct api_reply *events = api_get(&api, "/v1/events");
    ck_assert(json_is_true(api_at(events, "data.0.erased")));
    ck_assert(api_is_null(events, "data.0.session_id") && api_is_null(events, "data.0.interaction_id"));
    ck_assert(api_is_null(events, "data.0.properties"));
    ck_assert_str_eq(api_string(events, "data.0.action"), "viewed");
    ck_assert_str_eq(api_string(events, "data.0.customer_id"), api_string(response(0), "customer_id"));
    ck_assert_uint_eq(api_size(api_get(&api, "/v1/responses?customer_id=c1"), "data"), 0);
    ck_assert_uint_eq(api_size(api_get(&api, "/v1/responses?q=secret"), "data"), 0);
    ck_assert_uint_eq(api_size(api_get(&api, "/v1/responses?q=another"), "data"), 1);
}
END_TEST

START_TEST(nothing_of_what_was_erased_is_left_in_a_table)
{
    static const char *const tables[] = {"response", "event", "erasure", "dimension_value"};
    erase();
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char sql[256];
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM %s t WHERE project_id = %%d AND "
                 "t::text ~ 'secret|mine|order-77|example.org|session-1|[(,\"]c1[),\"]'",
                 tables[i]);
        ck_assert_msg(api_count(&api, sql) == 0, "%s", tables[i]);
    }
}
END_TEST

START_TEST(numbers_that_were_reported_stay)
{
    double before;
    double after;
    ck_assert_int_eq(api_metric(&api, "nps", &before), 3);
    erase();
    ck_assert_int_eq(api_metric(&api, "nps", &after), 3);
    ck_assert_double_eq(before, after);
}
END_TEST

START_TEST(retry_of_an_erased_answer_is_a_200_and_brings_nothing_back)
{
    erase();
    const struct api_reply *same = api_post(&api, "/v1/responses", response_body(0));
    ck_assert_status(same, 200);
    ck_assert_str_eq(api_string(same, "status"), "duplicate");
    ck_assert_status(api_post(&api, "/v1/responses",
                              api_text("{\"id\":\"%s\",\"answers\":{\"nps\":9,\"csat\":5},\"comment\":\"more words\","
                                       "\"customer_id\":\"c1\",\"channel\":\"web\"}",
                                       ids[0])),
                     200);
    ck_assert_status(api_post(&api, "/v1/events", event_body()), 200);
    const struct api_reply *row = response(0);
    ck_assert(api_is_null(row, "comment"));
    ck_assert_uint_eq(api_size(row, "answers"), 1);
    ck_assert_uint_eq(api_size(api_get(&api, "/v1/responses?customer_id=c1"), "data"), 0);
    ck_assert_uint_eq(api_size(api_get(&api, "/v1/events?customer_id=c1"), "data"), 0);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 3);
    ck_assert_int_eq(api_metric(&api, "csat", NULL), 0);
}
END_TEST

START_TEST(erased_answer_can_not_be_edited)
{
    erase();
    ck_assert_status(api_patch(&api, ids[0], "{\"comment\":\"again\"}"), 403);
    ck_assert_status(
        api_send(&api, api.keys[SCOPE_ADMIN], "PATCH", api_text("/v1/responses/%s", ids[0]), "{\"comment\":\"again\"}"),
        403);
    ck_assert(api_is_null(response(0), "comment"));
}
END_TEST

/* So many rows of a follower have been erased. */
static size_t count_erased(void)
{
    const struct api_reply *reply = api_get(&api, "/v1/responses?updated_since=2001-01-01T00:00:00Z");
    size_t erased = 0;
    ck_assert_status(reply, 200);
    for (size_t i = 0; i < api_size(reply, "data"); i++)
        erased += json_is_true(api_at(reply, api_text("data.%zu.erased", i)));
    return erased;
}

START_TEST(erasure_shows_to_followers)
{
    ck_assert_uint_eq(count_erased(), 0);
    erase();
    for (int tries = 0; tries < 250 && count_erased() == 0; tries++)
        usleep(20000);
    ck_assert_uint_eq(count_erased(), 2);
}
END_TEST

START_TEST(another_projects_customer_is_untouched)
{
    struct api other;
    api_open(&other, serve_shared(), NULL);
    ck_assert_status(
        api_post(&other, "/v1/responses", "{\"answers\":{\"nps\":9},\"customer_id\":\"c1\",\"comment\":\"theirs\"}"),
        201);
    erase();
    ck_assert_str_eq(api_string(api_get(&other, "/v1/responses?customer_id=c1"), "data.0.comment"), "theirs");
    api_close(&other);
}
END_TEST

START_TEST(faults_of_an_erasure_are_named)
{
    static const char *const bodies[] = {"{}", "{\"customer_id\":null}", "{\"customer_id\":\"\"}",
                                         "{\"customer_id\":7}"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const struct api_reply *reply = api_post(&api, "/v1/erasures", bodies[i]);
        ck_assert_status(reply, 422);
        ck_assert_int_eq(api_fault(reply, "#/customer_id"), 0);
    }
    const struct api_reply *both = api_post(&api, "/v1/erasures", "{\"customer_id\":\"c1\",\"x\":1}");
    ck_assert_status(both, 422);
    ck_assert_int_eq(api_fault(both, "#/x"), 0);
    ck_assert_status(api_post(&api, "/v1/erasures", "[]"), 400);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM erasure WHERE project_id = %d"), 0);
    ck_assert_str_eq(api_string(response(0), "comment"), "my secret words");
}
END_TEST

static const char *make(void *context, size_t i, char *buffer, size_t capacity)
{
    (void)context;
    snprintf(buffer, capacity, "{\"answers\":{\"nps\":9},\"customer_id\":\"busy\",\"comment\":\"%zu\"}", i);
    return buffer;
}

START_TEST(erasure_succeeds_while_the_customer_answers)
{
    struct swarm swarm = {.address = api.address,
                          .key = api.keys[SCOPE_WRITE],
                          .connections = 8,
                          .count = 1200,
                          .path = "/v1/responses",
                          .make = make};
    int erased = 0;
    swarm_start(&swarm);
    for (int i = 0; i < 15; i++) {
        const struct api_reply *reply = api_post(&api, "/v1/erasures", "{\"customer_id\":\"busy\"}");
        ck_assert_status(reply, 201);
        erased += (int)api_number(reply, "responses");
    }
    swarm_join(&swarm);
    ck_assert_uint_eq(swarm_count(&swarm, 201), 1200);
    erased += (int)api_number(api_post(&api, "/v1/erasures", "{\"customer_id\":\"busy\"}"), "responses");
    ck_assert_int_eq(erased, 1200);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 1203);
}
END_TEST

Suite *erasures_suite(void)
{
    return API_SUITE("erasures", setup, teardown, receipt_says_how_much_was_erased_and_not_whom,
                     words_and_identifiers_are_gone_and_scores_stay, nothing_of_what_was_erased_is_left_in_a_table,
                     numbers_that_were_reported_stay, retry_of_an_erased_answer_is_a_200_and_brings_nothing_back,
                     erased_answer_can_not_be_edited, erasure_shows_to_followers,
                     another_projects_customer_is_untouched, faults_of_an_erasure_are_named,
                     erasure_succeeds_while_the_customer_answers);
}
