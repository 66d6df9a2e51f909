/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/clock.h"
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a stolen key posted: found, taken out of the numbers and put back, by an admin over the API. */

static struct api api;
static struct api other;
static char thief[KEY_TEXT_SIZE];
static int32_t thief_id;

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
    api_open(&other, serve_shared(), NULL);
    api_key_new(&api, api.project, SCOPE_WRITE, thief);
    thief_id = (int32_t)api_count(&api, "SELECT max(id) FROM key WHERE project_id = %d");
}

static void teardown(void)
{
    api_close(&other);
    api_close(&api);
}

/* --- the list ----------------------------------------------------------------------------------------------------------- */

/* The sources of the rows, in the order of the list: each row has one of its own, of one letter. */
static const char *sources(const char *path)
{
    const struct api_reply *reply = api_send(&api, api.keys[SCOPE_ADMIN], "GET", path, NULL);
    char letters[64] = "";
    ck_assert_status(reply, 200);
    for (size_t i = 0; i < api_size(reply, "data"); i++)
        strcat(letters, api_string(reply, api_text("data.%zu.source", i)));
    return api_text("%s", letters);
}

static void post(const char *key, const char *path, const char *members)
{
    ck_assert_status(api_send(&api, key, "POST", path, api_text("{%s}", members)), 201);
}

/* a and d by others; b, c and e by the thief, who claims other times than those at which they came. Returns when the first two of his
 * were in. */
static void steal_some(const char *path, const char *content, char between[40])
{
    post(api.keys[SCOPE_WRITE], path, api_text("%s,\"source\":\"a\"", content));
    post(thief, path, api_text("%s,\"source\":\"b\",\"occurred_at\":\"2020-03-01T00:00:00Z\"", content));
    post(thief, path, api_text("%s,\"source\":\"c\",\"occurred_at\":\"2024-03-01T00:00:00Z\"", content));
    usleep(2000);
    snprintf(between, 40, "%s", api_time(clock_now_us()));
    usleep(2000);
    post(api.keys[SCOPE_WRITE], path, api_text("%s,\"source\":\"d\"", content));
    post(thief, path, api_text("%s,\"source\":\"e\"", content));
}

static void check_list(const char *path, const char *between)
{
    ck_assert_str_eq(sources(api_text("%s?key_id=%d", path, (int)thief_id)), "ecb");
    ck_assert_str_eq(sources(api_text("%s?key_id=%d&received_to=%s", path, (int)thief_id, between)), "cb");
    ck_assert_str_eq(sources(api_text("%s?key_id=%d&received_from=%s", path, (int)thief_id, between)), "e");
    ck_assert_str_eq(sources(api_text("%s?received_from=%s", path, between)), "ed");
    ck_assert_str_eq(sources(api_text("%s?key_id=%d&to=2022-01-01T00:00:00Z", path, (int)thief_id)), "b");
}

START_TEST(what_a_key_posted_is_listed_by_when_it_came)
{
    char between[40];
    steal_some("/v1/responses", "\"answers\":{\"nps\":0}", between);
    check_list("/v1/responses", between);
    steal_some("/v1/events", "\"action\":\"viewed\"", between);
    check_list("/v1/events", between);
    /* The other order of the list takes the filter, too. It ends before what is not settled yet. */
    const char *found = "";
    for (int tries = 0; tries < 200 && strcmp(found, "bc") != 0; tries++) {
        usleep(50000);
        found = sources(api_text("/v1/responses?updated_since=2026-01-01T00:00:00Z&key_id=%d&limit=2", (int)thief_id));
    }
    ck_assert_str_eq(found, "bc");
}
END_TEST

START_TEST(whose_posts_they_are_is_for_admins_to_ask)
{
    static const char *const lists[] = {"/v1/responses", "/v1/events"};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_status(
            api_send(&api, api.keys[SCOPE_READ], "GET", api_text("%s?key_id=%d", lists[i], (int)thief_id), NULL), 403);
        ck_assert_status(api_send(&api, api.keys[SCOPE_READ], "GET",
                                  api_text("%s?received_from=2026-01-01T00:00:00Z", lists[i]), NULL),
                         200);
    }
}
END_TEST

START_TEST(a_list_that_asks_for_nothing_is_refused)
{
    static const struct {
        const char *query;
        const char *parameter;
    } wrong[] = {{"key_id=0", "key_id"},
                 {"key_id=x", "key_id"},
                 {"key_id=2147483648", "key_id"},
                 {"received_from=yesterday", "received_from"},
                 {"received_to=2026-01-01", "received_to"},
                 {"received_from=2026-01-01T00:00:00Z&received_to=2026-01-01T00:00:00Z", "received_from"}};
    static const char *const lists[] = {"/v1/responses", "/v1/events"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        for (size_t l = 0; l < 2; l++) {
            const struct api_reply *reply =
                api_send(&api, api.keys[SCOPE_ADMIN], "GET", api_text("%s?%s", lists[l], wrong[i].query), NULL);
            ck_assert_msg(reply->status == 422 && api_fault(reply, wrong[i].parameter) == 0, "%s: %s", wrong[i].query,
                          reply->http.body);
        }
}
END_TEST

/* --- out of the numbers and back ------------------------------------------------------------------------------------------ */

static void check_numbers(int n, double value)
{
    double found;
    ck_assert_int_eq(api_metric(&api, "nps", &found), n);
    if (n > 0)
        ck_assert_double_eq_tol(found, value, 1e-9);
    struct hark_result verified = serve_command(api.serve, HARK_WORDS("verify"));
    ck_assert_msg(verified.status == 0, "%s%s", verified.output, verified.errors);
    hark_result_clear(&verified);
}

/* So many detractors. */
static void steal_many(size_t count)
{
    char *lines = malloc(count * 48 + 1);
    char *at = lines;
    ck_assert_ptr_nonnull(lines);
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, "{\"answers\":{\"nps\":%zu},\"channel\":\"c%zu\"}\n", i % 7, i % 5);
    const struct api_reply *reply = api_send_with(&api, thief, "POST", "/v1/responses",
                                                  "Content-Type: application/x-ndjson\r\n", lines, strlen(lines));
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "accepted"), (int)count);
    free(lines);
}

static const struct api_reply *exclude(struct api *from, int32_t key_id, const char *span, bool excluded)
{
    const char *body = api_text("{\"key_id\":%d,%s,\"excluded\":%s}", (int)key_id, span, excluded ? "true" : "false");
    const struct api_reply *reply = api_send(from, from->keys[SCOPE_ADMIN], "POST", "/v1/exclusions", body);
    ck_assert_status(reply, 200);
    return reply;
}

static void check_report(const struct api_reply *reply, int responses, bool is_complete)
{
    ck_assert_int_eq((int)api_number(reply, "responses"), responses);
    ck_assert(json_is_boolean(api_at(reply, "complete")) && json_is_true(api_at(reply, "complete")) == is_complete);
}

START_TEST(posts_of_a_span_are_excluded_and_put_back)
{
    for (int i = 0; i < 10; i++)
        post(api.keys[SCOPE_WRITE], "/v1/responses", "\"answers\":{\"nps\":9}");
    post(thief, "/v1/responses", "\"answers\":{\"nps\":9}"); /* before the theft, by the key's owner */
    usleep(2000);
    char from[60];
    char span[120];
    snprintf(from, sizeof from, "\"from\":\"%s\"", api_time(clock_now_us()));
    steal_many(1100);
    usleep(2000);
    snprintf(span, sizeof span, "%s,\"to\":\"%s\"", from, api_time(clock_now_us()));
    steal_many(50);
    check_numbers(1161, (11 - 1150) / 1161.0 * 100);
    check_report(exclude(&api, thief_id, span, true), 1100, true);
    check_numbers(61, (11 - 50) / 61.0 * 100);
    check_report(exclude(&api, thief_id, span, true), 0, true);
    check_report(exclude(&api, thief_id, from, true), 50, true);
    check_numbers(11, 100);
    check_report(exclude(&api, thief_id, from, false), 1150, true);
    check_numbers(1161, (11 - 1150) / 1161.0 * 100);
    ck_assert_int_eq(
        (int)api_count(&api, "SELECT count(*) FROM audit WHERE project_id = %1$d AND act IN ('responses excluded', "
                             "'responses put back') AND actor = (SELECT 'key ' || id FROM key WHERE project_id = %1$d "
                             "AND scope = 4) AND (detail ->> 'responses')::int IN (1100, 50, 1150)"),
        3);
}
END_TEST

START_TEST(one_request_changes_a_bounded_number_and_the_next_goes_on)
{
    size_t changed = 0;
    bool is_complete = false;
    steal_many(10700);
    for (int requests = 0; !is_complete; requests++) {
        const struct api_reply *reply = exclude(&api, thief_id, "\"from\":\"2026-01-01T00:00:00Z\"", true);
        ck_assert_int_lt(requests, 50);
        ck_assert_double_le(api_number(reply, "responses"), 10000 + 500);
        changed += (size_t)api_number(reply, "responses");
        is_complete = json_is_true(api_at(reply, "complete"));
        ck_assert(!is_complete || requests > 0);
    }
    ck_assert_uint_eq(changed, 10700);
    check_numbers(0, 0);
}
END_TEST

START_TEST(another_tenants_posts_stay)
{
    steal_many(3);
    check_report(exclude(&other, thief_id, "\"from\":\"2026-01-01T00:00:00Z\"", true), 0, true);
    check_numbers(3, -100);
    ck_assert_int_eq(
        (int)api_ask(&api, api_text("SELECT count(*) FROM audit WHERE project_id = %d AND act LIKE 'responses %%'",
                                    (int)other.project_id)),
        0);
}
END_TEST

START_TEST(an_exclusion_that_is_not_clear_changes_nothing)
{
    static const struct {
        const char *body;
        const char *pointers[3];
    } wrong[] = {
        {"{}", {"#/key_id", "#/from", "#/excluded"}},
        {"{\"key_id\":\"7\",\"from\":\"2026-01-01T00:00:00Z\",\"excluded\":true}", {"#/key_id"}},
        {"{\"key_id\":0,\"from\":\"2026-01-01T00:00:00Z\",\"excluded\":true}", {"#/key_id"}},
        {"{\"key_id\":2147483648,\"from\":\"2026-01-01T00:00:00Z\",\"excluded\":true}", {"#/key_id"}},
        {"{\"key_id\":%d,\"from\":\"yesterday\",\"excluded\":true}", {"#/from"}},
        {"{\"key_id\":%d,\"from\":7,\"excluded\":true}", {"#/from"}},
        {"{\"key_id\":%d,\"from\":null,\"excluded\":true}", {"#/from"}},
        {"{\"key_id\":%d,\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"later\",\"excluded\":true}", {"#/to"}},
        {"{\"key_id\":%d,\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:00:00Z\",\"excluded\":true}",
         {"#/from"}},
        {"{\"key_id\":%d,\"from\":\"2099-01-01T00:00:00Z\",\"excluded\":true}", {"#/from"}},
        {"{\"key_id\":%d,\"from\":\"2026-01-01T00:00:00Z\"}", {"#/excluded"}},
        {"{\"key_id\":%d,\"from\":\"2026-01-01T00:00:00Z\",\"excluded\":1}", {"#/excluded"}},
        {"{\"key_id\":%d,\"from\":\"2026-01-01T00:00:00Z\",\"excluded\":true,\"until\":1}", {"#/until"}},
    };
    steal_many(2);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char body[200];
        const char *mark = strstr(wrong[i].body, "%d");
        snprintf(body, sizeof body, "%s", wrong[i].body);
        if (mark)
            snprintf(body + (mark - wrong[i].body), sizeof body - (size_t)(mark - wrong[i].body), "%d%s", (int)thief_id,
                     mark + 2);
        const struct api_reply *reply = api_send(&api, api.keys[SCOPE_ADMIN], "POST", "/v1/exclusions", body);
        ck_assert_status(reply, 422);
        for (size_t p = 0; p < 3 && wrong[i].pointers[p]; p++)
            ck_assert_msg(api_fault(reply, wrong[i].pointers[p]) >= 0, "%s: %s", body, reply->http.body);
    }
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "POST", "/v1/exclusions", "[]"), 400);
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "POST", "/v1/exclusions", ""), 400);
    check_numbers(2, -100);
}
END_TEST

/* All routes about numbers; as_of is the time of the reading. */
static char *all_numbers(void)
{
    static const char *const paths[] = {"/v1/metrics?group_by=channel,touchpoint&interval=day&dedupe=first",
                                        "/v1/metrics?group_by=country",
                                        "/v1/metrics/index?group_by=channel",
                                        "/v1/metrics/nps/distribution?group_by=channel",
                                        "/v1/metrics/nps/contrast?by=channel",
                                        "/v1/metrics/nps/impact?by=channel"};
    json_t *all = json_array();
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const struct api_reply *reply =
            api_send_with(&api, api.keys[SCOPE_READ], "GET", paths[i], "Cache-Control: no-cache\r\n", NULL, 0);
        ck_assert_status(reply, 200);
        json_t *numbers = json_deep_copy(reply->json);
        ck_assert_int_eq(json_object_del(numbers, "as_of"), 0);
        json_array_append_new(all, numbers);
    }
    char *text = json_dumps(all, JSON_SORT_KEYS);
    json_decref(all);
    return text;
}

/* So that there is nothing to take them out of, and nothing to undo. */
START_TEST(events_have_no_part_in_any_number)
{
    static const char *const actions[] = {"answered", "viewed", "completed", "failed", "left"};
    post(api.keys[SCOPE_WRITE], "/v1/responses",
         "\"channel\":\"web\",\"touchpoint\":\"pay\",\"customer_id\":\"c\",\"answers\":{\"nps\":9,\"csat\":2,\"ces\":"
         "6}");
    post(api.keys[SCOPE_WRITE], "/v1/responses", "\"channel\":\"app\",\"region\":\"ES-CT\",\"answers\":{\"nps\":2}");
    char *before = all_numbers();
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        post(thief, "/v1/events",
             api_text(
                 "\"action\":\"%s\",\"channel\":\"web\",\"touchpoint\":\"pay\",\"region\":\"FR\",\"customer_id\":\"c\"",
                 actions[i]));
    char *after = all_numbers();
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    const struct api_reply *reply =
        api_send(&api, api.keys[SCOPE_ADMIN], "POST", "/v1/exclusions",
                 api_text("{\"key_id\":%d,\"from\":\"2020-01-01T00:00:00Z\",\"excluded\":true}", (int)thief_id));
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "responses"), 0);
    ck_assert(json_is_true(api_at(reply, "complete")));
    reply = api_send(&api, api.keys[SCOPE_ADMIN], "GET", api_text("/v1/events?key_id=%d", (int)thief_id), NULL);
    ck_assert_uint_eq(api_size(reply, "data"), 5);
}
END_TEST

Suite *exclusions_suite(void)
{
    return API_SUITE("exclusions", setup, teardown, what_a_key_posted_is_listed_by_when_it_came,
                     whose_posts_they_are_is_for_admins_to_ask, a_list_that_asks_for_nothing_is_refused,
                     posts_of_a_span_are_excluded_and_put_back,
                     one_request_changes_a_bounded_number_and_the_next_goes_on, another_tenants_posts_stay,
                     an_exclusion_that_is_not_clear_changes_nothing, events_have_no_part_in_any_number);
}
