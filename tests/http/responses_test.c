/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* POST /v1/responses with one object, PATCH and GET of one. */

static const int64_t SECOND_US = 1000000;
static const int64_t HOUR_US = INT64_C(3600) * 1000000;

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
    return api_post(&api, "/v1/responses", body);
}

static const struct api_reply *post_with(const char *key, const char *header, const char *body)
{
    return api_send_with(&api, key, "POST", "/v1/responses",
                         api_text("Content-Type: application/json\r\n%s\r\n", header), body, strlen(body));
}

static const struct api_reply *get(const char *id)
{
    const struct api_reply *reply = api_get(&api, api_text("/v1/responses/%s", id));
    ck_assert_status(reply, 200);
    return reply;
}

/* The id of a new one. */
static const char *create(const char *body)
{
    const struct api_reply *reply = post(body);
    ck_assert_status(reply, 201);
    return api_string(reply, "id");
}

static void check_verdict(const struct api_reply *reply, int status, const char *word)
{
    ck_assert_status(reply, status);
    ck_assert_str_eq(api_string(reply, "status"), word);
}

static int64_t time_at(const struct api_reply *reply, const char *path)
{
    const char *string = api_string(reply, path);
    int64_t us;
    ck_assert_msg(timestamp_parse(string, strlen(string), &us), "%s is no time: %s", path, string);
    ck_assert_msg(string[strlen(string) - 1] == 'Z', "%s is not in UTC: %s", path, string);
    return us;
}

static void check_nps(int n, double value)
{
    double found;
    ck_assert_int_eq(api_metric(&api, "nps", &found), n);
    if (n > 0)
        ck_assert_double_eq_tol(found, value, 1e-9);
}

/* --- created ---------------------------------------------------------------------------------------------------------- */

START_TEST(answer_is_kept_with_all_its_fields)
{
    const char *id = api_id();
    const struct api_reply *created = post(
        api_text("{\"id\":\"%s\",\"survey\":\"post-purchase\",\"occurred_at\":\"2026-01-22T10:00:00.25+01:00\","
                 "\"channel\":\"web\",\"region\":\"ES-CT\",\"touchpoint\":\"checkout\",\"product\":\"basic\","
                 "\"segment\":\"new\",\"dimensions\":{\"release\":\"4.1\"},\"customer_id\":\"c-1827\","
                 "\"interaction_id\":\"order-77\",\"answers\":{\"nps\":9,\"csat\":5,\"ces\":6},"
                 "\"comment\":\"Easy\\nand \\\"quick\\\" \\u2603\",\"tags\":[\"checkout\",\"fast\"],\"source\":\"ios\","
                 "\"properties\":{\"build\":\"4.1.2\",\"deep\":{\"list\":[1,2.5,null,true]}}}",
                 id));
    char location[80];
    check_verdict(created, 201, "created");
    ck_assert_str_eq(api_string(created, "id"), id);
    http_reply_header(&created->http, "Location", location, sizeof location);
    ck_assert_str_eq(location, api_text("/v1/responses/%s", id));

    const struct api_reply *row = api_get(&api, location);
    ck_assert_status(row, 200);
    static const char *const expected[][2] = {{"survey", "post-purchase"},
                                              {"occurred_at", "2026-01-22T09:00:00.250000Z"},
                                              {"channel", "web"},
                                              {"region", "ES-CT"},
                                              {"country", "ES"},
                                              {"touchpoint", "checkout"},
                                              {"product", "basic"},
                                              {"segment", "new"},
                                              {"dimensions.release", "4.1"},
                                              {"customer_id", "c-1827"},
                                              {"interaction_id", "order-77"},
                                              {"comment", "Easy\nand \"quick\" \u2603"},
                                              {"tags.0", "checkout"},
                                              {"tags.1", "fast"},
                                              {"source", "ios"},
                                              {"properties.build", "4.1.2"}};
    ck_assert_str_eq(api_string(row, "id"), id);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        ck_assert_str_eq(api_string(row, expected[i][0]), expected[i][1]);
    ck_assert_int_eq((int)api_number(row, "answers.nps"), 9);
    ck_assert_int_eq((int)api_number(row, "answers.csat"), 5);
    ck_assert_int_eq((int)api_number(row, "answers.ces"), 6);
    ck_assert_double_eq(api_number(row, "properties.deep.list.1"), 2.5);
    ck_assert(api_is_null(row, "dimensions.store"));
    ck_assert(json_is_false(api_at(row, "excluded")) && json_is_false(api_at(row, "erased")));
    ck_assert(json_is_false(api_at(row, "test")));
}
END_TEST

START_TEST(what_is_not_sent_is_null)
{
    static const char *const nulls[] = {
        "survey",  "channel",     "region",         "country", "touchpoint", "product",           "segment",
        "comment", "customer_id", "interaction_id", "source",  "properties", "dimensions.release"};
    int64_t before = clock_now_us();
    const struct api_reply *row = get(create("{\"answers\":{\"csat\":3}}"));
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        ck_assert_msg(api_is_null(row, nulls[i]), "%s in %s", nulls[i], row->http.body);
    ck_assert_uint_eq(api_size(row, "tags"), 0);
    ck_assert_uint_eq(api_size(row, "answers"), 1);
    ck_assert_int_ge(time_at(row, "occurred_at"), before);
    ck_assert_int_le(time_at(row, "occurred_at"), clock_now_us());
    ck_assert_int_ge(time_at(row, "received_at"), before);
    ck_assert_int_eq(time_at(row, "updated_at"), time_at(row, "received_at"));
}
END_TEST

START_TEST(fields_that_are_null_count_as_not_sent)
{
    const struct api_reply *row =
        get(create("{\"id\":null,\"survey\":null,\"occurred_at\":null,\"channel\":null,\"region\":null,"
                   "\"dimensions\":{\"release\":null},\"customer_id\":null,\"comment\":null,\"tags\":null,"
                   "\"sent_at\":null,\"source\":null,\"properties\":null,\"answers\":{\"nps\":0,\"ces\":null}}"));
    ck_assert_uint_eq(api_size(row, "answers"), 1);
    ck_assert(api_is_null(row, "channel") && api_is_null(row, "comment") && api_is_null(row, "properties"));
}
END_TEST

START_TEST(ids_that_we_make_are_ordered_in_time)
{
    char first[40];
    snprintf(first, sizeof first, "%s", create("{\"answers\":{\"nps\":9}}"));
    const char *second = create("{\"answers\":{\"nps\":9}}");
    ck_assert_int_eq(first[14], '7'); /* UUID version 7 */
    ck_assert_int_lt(strcmp(first, second), 0);
}
END_TEST

START_TEST(longest_values_are_taken)
{
    char value[65 * 4] = "";
    char comment[4001 * 3] = "";
    char tags[20 * 70] = "";
    char property[4096 - 7] = "";
    for (int i = 0; i < 64; i++)
        strcat(value, "\u00e9"); /* two bytes each: it is characters that count */
    for (int i = 0; i < 4000; i++)
        memcpy(comment + 2 * (size_t)i, "\u00e9", 3);
    for (int i = 0; i < 20; i++)
        sprintf(tags + strlen(tags), "%s\"%064d\"", i > 0 ? "," : "", i);
    memset(property, 'x', sizeof property - 1);
    const struct api_reply *row =
        get(create(api_text("{\"channel\":\"%s\",\"answers\":{\"nps\":9},\"comment\":\"%s\"}", value, comment)));
    ck_assert_str_eq(api_string(row, "channel"), value);
    ck_assert_str_eq(api_string(row, "comment"), comment);
    row =
        get(create(api_text("{\"tags\":[%s],\"answers\":{\"nps\":9},\"properties\":{\"a\":\"%s\"}}", tags, property)));
    ck_assert_uint_eq(api_size(row, "tags"), 20);
    ck_assert_str_eq(api_string(row, "properties.a"), property);
}
END_TEST

START_TEST(repeated_tags_are_one)
{
    const struct api_reply *row = get(create("{\"answers\":{\"nps\":9},\"tags\":[\"a\",\"b\",\"a\"]}"));
    ck_assert_uint_eq(api_size(row, "tags"), 2);
}
END_TEST

START_TEST(every_score_of_a_scale_is_counted_where_it_belongs)
{
    static const struct {
        const char *metric;
        int min;
        int max;
    } scales[] = {{"nps", 0, 10}, {"csat", 1, 5}, {"ces", 1, 7}};
    for (size_t s = 0; s < 3; s++)
        for (int score = scales[s].min; score <= scales[s].max; score++)
            for (int i = scales[s].min; i <= score; i++)
                create(api_text("{\"answers\":{\"%s\":%d}}", scales[s].metric, score));
    const struct api_reply *reply = api_get(&api, "/v1/metrics");
    for (size_t s = 0; s < 3; s++)
        for (int i = 0; i <= scales[s].max - scales[s].min; i++)
            ck_assert_int_eq((int)api_number(reply, api_text("total.%s.distribution.%d", scales[s].metric, i)), i + 1);
}
END_TEST

static void check_place(const char *region, const char *kept, const char *country)
{
    const struct api_reply *row = get(create(api_text("{\"region\":\"%s\",\"answers\":{\"nps\":9}}", region)));
    ck_assert_str_eq(api_string(row, "region"), kept);
    if (country == NULL)
        ck_assert_msg(api_is_null(row, "country"), "%s: %s", region, row->http.body);
    else
        ck_assert_str_eq(api_string(row, "country"), country);
}

START_TEST(region_is_in_capitals_and_tells_the_country)
{
    check_place("es-ct", "ES-CT", "ES");
    check_place("ES", "ES", "ES");
    check_place("gb-Lnd", "GB-LND", "GB");
    check_place("us-ca", "US-CA", "US");
    check_place("FR-75", "FR-75", "FR");
    check_place("North", "NORTH", NULL);
    check_place("EU", "EU", NULL); /* exceptionally reserved: not a country's */
    check_place("UK", "UK", NULL);
    check_place("ES-", "ES-", NULL);
    check_place("ES-LONG", "ES-LONG", NULL);
    check_place("ESCT", "ESCT", NULL);
    check_place("m\u00e9xico", "M\u00e9XICO", NULL); /* ASCII only: no locale of ours changes what was sent */
}
END_TEST

/* --- time ------------------------------------------------------------------------------------------------------------- */

static int64_t stored_time(int64_t occurred_us, int64_t sent_us)
{
    const struct api_reply *row =
        get(create(api_text("{\"occurred_at\":\"%s\",\"sent_at\":\"%s\",\"answers\":{\"nps\":9}}",
                            api_time(occurred_us), api_time(sent_us))));
    return time_at(row, "occurred_at");
}

START_TEST(clock_error_of_the_phone_is_taken_out)
{
    int64_t now = clock_now_us();
    /* sent ten minutes after it happened, by a clock that is off by … */
    static const int64_t errors_h[] = {-50, -1, 3, 48, 24 * 400};
    for (size_t i = 0; i < sizeof errors_h / sizeof *errors_h; i++) {
        int64_t sent = now + errors_h[i] * HOUR_US;
        ck_assert_int_le(llabs(stored_time(sent - 600 * SECOND_US, sent) - (now - 600 * SECOND_US)), 20 * SECOND_US);
    }
    /* … the whole of time: it was never set */
    ck_assert_int_le(llabs(stored_time(0, 60 * SECOND_US) - (now - 60 * SECOND_US)), 20 * SECOND_US);
}
END_TEST

START_TEST(clock_that_is_right_changes_nothing)
{
    int64_t now = clock_now_us();
    int64_t occurred = now - HOUR_US;
    ck_assert_int_eq(stored_time(occurred, now), occurred);
}
END_TEST

START_TEST(a_day_ahead_is_taken_and_more_is_not)
{
    int64_t now = clock_now_us();
    ck_assert_status(post(api_text("{\"occurred_at\":\"%s\",\"answers\":{\"nps\":9}}", api_time(now + 23 * HOUR_US))),
                     201);
    const struct api_reply *late =
        post(api_text("{\"occurred_at\":\"%s\",\"answers\":{\"nps\":9}}", api_time(now + 25 * HOUR_US)));
    ck_assert_status(late, 422);
    ck_assert_int_eq(api_fault(late, "#/occurred_at"), 0);
    ck_assert_status(post("{\"occurred_at\":\"2000-01-01T00:00:00Z\",\"answers\":{\"nps\":9}}"), 201);
}
END_TEST

/* --- sent again ------------------------------------------------------------------------------------------------------- */

START_TEST(repetition_is_a_duplicate_and_counts_once)
{
    const char *body = api_text(
        "{\"id\":\"%s\",\"answers\":{\"nps\":9},\"comment\":\"good\",\"properties\":{\"b\":1,\"a\":2}}", api_id());
    check_verdict(post(body), 201, "created");
    check_verdict(post(body), 200, "duplicate");
    check_verdict(post(body), 200, "duplicate");
    check_nps(1, 100);
}
END_TEST

START_TEST(retry_with_a_new_sent_at_is_a_duplicate)
{
    const char *id = api_id();
    const char *occurred = api_time(clock_now_us() - HOUR_US);
    for (int i = 0; i < 2; i++)
        ck_assert_status(
            post(api_text("{\"id\":\"%s\",\"occurred_at\":\"%s\",\"sent_at\":\"%s\",\"answers\":{\"nps\":9}}", id,
                          occurred, api_time(clock_now_us() - (2 - i) * 60 * SECOND_US))),
            i == 0 ? 201 : 200);
    check_nps(1, 100);
}
END_TEST

START_TEST(retry_that_adds_is_merged_and_counted_once)
{
    const char *id = api_id();
    const char *first = api_text("{\"id\":\"%s\",\"answers\":{\"nps\":9}}", id);
    const char *second =
        api_text("{\"id\":\"%s\",\"answers\":{\"nps\":9,\"csat\":4},\"channel\":\"web\",\"comment\":\"later\","
                 "\"tags\":[\"x\"],\"customer_id\":\"c\",\"properties\":{\"a\":1}}",
                 id);
    check_verdict(post(first), 201, "created");
    check_verdict(post(second), 200, "merged");
    check_verdict(post(second), 200, "duplicate");
    check_verdict(post(first), 200, "duplicate");

    const struct api_reply *row = get(id);
    ck_assert_str_eq(api_string(row, "comment"), "later");
    ck_assert_str_eq(api_string(row, "channel"), "web");
    ck_assert_str_eq(api_string(row, "customer_id"), "c");
    ck_assert_int_eq((int)api_number(row, "answers.csat"), 4);
    ck_assert_int_gt(time_at(row, "updated_at"), time_at(row, "received_at"));
    const struct api_reply *metrics = api_get(&api, "/v1/metrics?group_by=channel");
    ck_assert_uint_eq(api_size(metrics, "groups"), 1); /* it moved, and left nothing behind */
    ck_assert_str_eq(api_string(metrics, "groups.0.channel"), "web");
    ck_assert_int_eq((int)api_number(metrics, "total.nps.n"), 1);
    ck_assert_int_eq((int)api_number(metrics, "total.csat.n"), 1);
}
END_TEST

START_TEST(contradiction_is_a_409_and_changes_nothing)
{
    const char *id = api_id();
    static const char *const others[] = {"\"answers\":{\"nps\":8}",
                                         "\"answers\":{\"nps\":9},\"channel\":\"email\"",
                                         "\"answers\":{\"nps\":9},\"comment\":\"bad\"",
                                         "\"answers\":{\"nps\":9},\"customer_id\":\"d\"",
                                         "\"answers\":{\"nps\":9},\"tags\":[\"y\"]",
                                         "\"answers\":{\"nps\":9},\"properties\":{\"a\":2}",
                                         "\"answers\":{\"nps\":9},\"dimensions\":{\"release\":\"2\"}",
                                         "\"answers\":{\"nps\":9},\"occurred_at\":\"2026-01-02T00:00:00Z\"",
                                         "\"answers\":{\"nps\":9,\"csat\":1},\"comment\":\"bad\""};
    ck_assert_status(post(api_text("{\"id\":\"%s\",\"occurred_at\":\"2026-01-01T00:00:00Z\",\"answers\":{\"nps\":9},"
                                   "\"channel\":\"web\",\"comment\":\"good\",\"customer_id\":\"c\",\"tags\":[\"x\"],"
                                   "\"properties\":{\"a\":1},\"dimensions\":{\"release\":\"1\"}}",
                                   id)),
                     201);
    char *before = strdup(get(id)->http.body);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct api_reply *reply = post(api_text("{\"id\":\"%s\",%s}", id, others[i]));
        ck_assert_msg(reply->status == 409, "%s: %d", others[i], reply->status);
        ck_assert_str_eq(api_string(reply, "type"), "/problems/conflict");
    }
    ck_assert_str_eq(get(id)->http.body, before);
    check_nps(1, 100);
    free(before);
}
END_TEST

START_TEST(source_and_external_id_make_the_id)
{
    const char *body = "{\"source\":\"shop\",\"external_id\":\"42\",\"answers\":{\"nps\":9}}";
    char id[40];
    snprintf(id, sizeof id, "%s", create(body));
    const struct api_reply *again = post(body);
    check_verdict(again, 200, "duplicate");
    ck_assert_str_eq(api_string(again, "id"), id);
    ck_assert_str_ne(create("{\"source\":\"app\",\"external_id\":\"42\",\"answers\":{\"nps\":9}}"), id);
    ck_assert_str_ne(create("{\"source\":\"shop\",\"external_id\":\"43\",\"answers\":{\"nps\":9}}"), id);
    ck_assert_str_ne(create("{\"source\":\"shop4\",\"external_id\":\"2\",\"answers\":{\"nps\":9}}"), id);
    const struct api_reply *event =
        api_post(&api, "/v1/events", "{\"source\":\"shop\",\"external_id\":\"42\",\"action\":\"viewed\"}");
    ck_assert_status(event, 201);
    ck_assert_str_ne(api_string(event, "id"), id);
    ck_assert_status(post("{\"source\":\"shop\",\"external_id\":\"42\",\"answers\":{\"nps\":1}}"), 409);
    ck_assert_str_eq(api_string(get(id), "source"), "shop");
    check_nps(4, 100);
}
END_TEST

START_TEST(derived_ids_differ_between_projects)
{
    struct api other;
    const char *body = "{\"source\":\"shop\",\"external_id\":\"42\",\"answers\":{\"nps\":9}}";
    api_open(&other, serve_shared(), NULL);
    const struct api_reply *theirs = api_post(&other, "/v1/responses", body);
    ck_assert_status(theirs, 201);
    ck_assert_str_ne(api_string(theirs, "id"), create(body));
    const struct api_reply *keyed =
        api_send_with(&other, other.keys[SCOPE_WRITE], "POST", "/v1/responses",
                      "Content-Type: application/json\r\nIdempotency-Key: k1\r\n", "{\"answers\":{\"nps\":9}}", 21);
    ck_assert_status(keyed, 201);
    const struct api_reply *ours = post_with(api.keys[SCOPE_WRITE], "Idempotency-Key: k1", "{\"answers\":{\"nps\":9}}");
    ck_assert_status(ours, 201);
    ck_assert_str_ne(api_string(ours, "id"), api_string(keyed, "id"));
    api_close(&other);
}
END_TEST

START_TEST(idempotency_key_makes_the_id)
{
    const char *body = "{\"answers\":{\"nps\":9}}";
    const struct api_reply *first = post_with(api.keys[SCOPE_WRITE], "Idempotency-Key: \"8e03978e\"", body);
    check_verdict(first, 201, "created");
    const struct api_reply *again = post_with(api.keys[SCOPE_WRITE], "Idempotency-Key: \"8e03978e\"", body);
    check_verdict(again, 200, "duplicate");
    ck_assert_str_eq(api_string(again, "id"), api_string(first, "id"));
    const struct api_reply *other = post_with(api.keys[SCOPE_WRITE], "Idempotency-Key: \"8e03978f\"", body);
    check_verdict(other, 201, "created");
    ck_assert_status(post_with(api.keys[SCOPE_WRITE], "Idempotency-Key: \"8e03978e\"", "{\"answers\":{\"nps\":1}}"),
                     409);
    check_nps(2, 100);
}
END_TEST

/* A client that sends the header with nothing in it would otherwise have all its answers swallowed as one. */
START_TEST(empty_and_overlong_idempotency_keys_are_refused)
{
    const char *headers[] = {"Idempotency-Key: ", api_text("Idempotency-Key: %0256d", 1)};
    for (size_t i = 0; i < 2; i++) {
        const struct api_reply *reply = post_with(api.keys[SCOPE_WRITE], headers[i], "{\"answers\":{\"nps\":9}}");
        ck_assert_int_eq(reply->status / 100, 4);
        ck_assert_int_eq(api_fault(reply, "Idempotency-Key"), 0);
    }
    check_nps(0, 0);
}
END_TEST

START_TEST(id_in_the_body_comes_before_derived_ones)
{
    const char *id = api_id();
    const struct api_reply *reply =
        post_with(api.keys[SCOPE_WRITE], "Idempotency-Key: k",
                  api_text("{\"id\":\"%s\",\"source\":\"s\",\"external_id\":\"e\",\"answers\":{\"nps\":9}}", id));
    ck_assert_status(reply, 201);
    ck_assert_str_eq(api_string(reply, "id"), id);
}
END_TEST

START_TEST(id_in_capitals_is_the_same_id)
{
    const char *id = api_id();
    char upper[40];
    for (size_t i = 0; i <= strlen(id); i++)
        upper[i] = (char)(id[i] >= 'a' && id[i] <= 'f' ? id[i] - 32 : id[i]);
    upper[36] = '\0';
    ck_assert_status(post(api_text("{\"id\":\"%s\",\"answers\":{\"nps\":9}}", upper)), 201);
    const struct api_reply *again = post(api_text("{\"id\":\"%s\",\"answers\":{\"nps\":9}}", id));
    check_verdict(again, 200, "duplicate");
    ck_assert_str_eq(api_string(again, "id"), id);
    ck_assert_str_eq(api_string(get(upper), "id"), id);
}
END_TEST

/* --- test keys -------------------------------------------------------------------------------------------------------- */

START_TEST(what_a_test_key_posts_is_in_no_number)
{
    const char *id = api_id();
    const char *body = api_text("{\"id\":\"%s\",\"channel\":\"web\",\"answers\":{\"nps\":9}}", id);
    ck_assert_status(api_send(&api, api.test_key, "POST", "/v1/responses", body), 201);
    ck_assert(json_is_true(api_at(get(id), "test")));
    check_nps(0, 0);
    /* Nor by what is done to it later. */
    ck_assert_status(
        api_send(&api, api.test_key, "PATCH", api_text("/v1/responses/%s", id), "{\"answers\":{\"nps\":3,\"csat\":4}}"),
        200);
    ck_assert_status(
        api_send(&api, api.keys[SCOPE_ADMIN], "PATCH", api_text("/v1/responses/%s", id), "{\"excluded\":true}"), 200);
    ck_assert_status(
        api_send(&api, api.keys[SCOPE_ADMIN], "PATCH", api_text("/v1/responses/%s", id), "{\"excluded\":false}"), 200);
    check_nps(0, 0);
    /* A real key's answer under the id doesn't make it count, nor does a test key touch what counts. */
    ck_assert_status(
        post(api_text("{\"id\":\"%s\",\"channel\":\"web\",\"answers\":{\"nps\":3,\"csat\":4,\"ces\":7}}", id)), 409);
    const char *real = create("{\"answers\":{\"nps\":9}}");
    ck_assert_status(api_send(&api, api.test_key, "POST", "/v1/responses",
                              api_text("{\"id\":\"%s\",\"answers\":{\"nps\":9,\"csat\":1}}", real)),
                     409);
    check_nps(1, 100);
    ck_assert_int_eq(api_metric(&api, "csat", NULL), 0);
}
END_TEST

/* --- one by its id ---------------------------------------------------------------------------------------------------- */

START_TEST(unknown_id_is_a_404)
{
    const struct api_reply *reply = api_get(&api, api_text("/v1/responses/%s", api_id()));
    ck_assert_status(reply, 404);
    ck_assert_str_eq(api_string(reply, "type"), "/problems/not-found");
    ck_assert_status(api_get(&api, "/v1/responses/none"), 404);
    ck_assert_status(api_get(&api, "/v1/responses/0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f0g"), 404);
    ck_assert_status(api_patch(&api, api_id(), "{\"comment\":\"x\"}"), 404);
    ck_assert_status(api_patch(&api, "none", "{\"comment\":\"x\"}"), 404);
}
END_TEST

Suite *responses_suite(void)
{
    return API_SUITE("responses", setup, teardown, answer_is_kept_with_all_its_fields, what_is_not_sent_is_null,
                     fields_that_are_null_count_as_not_sent, ids_that_we_make_are_ordered_in_time,
                     longest_values_are_taken, repeated_tags_are_one,
                     every_score_of_a_scale_is_counted_where_it_belongs, region_is_in_capitals_and_tells_the_country,
                     clock_error_of_the_phone_is_taken_out, clock_that_is_right_changes_nothing,
                     a_day_ahead_is_taken_and_more_is_not, repetition_is_a_duplicate_and_counts_once,
                     retry_with_a_new_sent_at_is_a_duplicate, retry_that_adds_is_merged_and_counted_once,
                     contradiction_is_a_409_and_changes_nothing, source_and_external_id_make_the_id,
                     derived_ids_differ_between_projects, idempotency_key_makes_the_id,
                     empty_and_overlong_idempotency_keys_are_refused, id_in_the_body_comes_before_derived_ones,
                     id_in_capitals_is_the_same_id, what_a_test_key_posts_is_in_no_number, unknown_id_is_a_404);
}
