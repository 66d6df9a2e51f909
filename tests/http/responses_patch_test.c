/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "support/runner.h"
#include "swarm.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* PATCH /v1/responses/{id}. */

static struct api api;
static char id[40]; /* of a response with nps 9, csat 4, a comment and a tag */

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
    snprintf(id, sizeof id, "%s", api_id());
    ck_assert_status(api_post(&api, "/v1/responses",
                              api_text("{\"id\":\"%s\",\"channel\":\"web\",\"answers\":{\"nps\":9,\"csat\":4},"
                                       "\"comment\":\"first\",\"tags\":[\"a\"],\"customer_id\":\"c1\"}",
                                       id)),
                     201);
}

static void teardown(void)
{
    api_close(&api);
}

static const struct api_reply *patch_as(const char *key, const char *body)
{
    return api_send(&api, key, "PATCH", api_text("/v1/responses/%s", id), body);
}

static void patch(const char *body)
{
    const struct api_reply *reply = patch_as(api.keys[SCOPE_WRITE], body);
    ck_assert_status(reply, 200);
    ck_assert_str_eq(api_string(reply, "id"), id);
    ck_assert_str_eq(api_string(reply, "status"), "updated");
}

static const struct api_reply *row(void)
{
    const struct api_reply *reply = api_get(&api, api_text("/v1/responses/%s", id));
    ck_assert_status(reply, 200);
    return reply;
}

static void check_metric(const char *metric, int n, double value)
{
    double found;
    ck_assert_int_eq(api_metric(&api, metric, &found), n);
    if (n > 0)
        ck_assert_double_eq_tol(found, value, 1e-9);
}

START_TEST(comment_that_comes_later_is_added_and_nothing_counts_twice)
{
    patch("{\"comment\":\"second\",\"tags\":[\"b\",\"c\"]}");
    ck_assert_str_eq(api_string(row(), "comment"), "second");
    ck_assert_uint_eq(api_size(row(), "tags"), 2);
    ck_assert_str_gt(api_string(row(), "updated_at"), api_string(row(), "received_at"));
    check_metric("nps", 1, 100);
}
END_TEST

START_TEST(further_answer_is_counted_once_however_often_it_comes)
{
    for (int i = 0; i < 3; i++)
        patch("{\"answers\":{\"ces\":7}}");
    ck_assert_int_eq((int)api_number(row(), "answers.ces"), 7);
    ck_assert_int_eq((int)api_number(row(), "answers.nps"), 9);
    check_metric("ces", 1, 100);
    check_metric("nps", 1, 100);
}
END_TEST

START_TEST(corrected_score_moves_its_count)
{
    patch("{\"answers\":{\"nps\":3}}");
    check_metric("nps", 1, -100);
    patch("{\"answers\":{\"nps\":8}}");
    check_metric("nps", 1, 0);
    patch("{\"answers\":{\"nps\":9}}");
    check_metric("nps", 1, 100);
}
END_TEST

START_TEST(null_takes_away)
{
    patch("{\"answers\":{\"csat\":null},\"comment\":null,\"tags\":null}");
    ck_assert_uint_eq(api_size(row(), "answers"), 1);
    ck_assert(api_is_null(row(), "comment"));
    ck_assert_uint_eq(api_size(row(), "tags"), 0);
    check_metric("csat", 0, 0);
    check_metric("nps", 1, 100);
}
END_TEST

START_TEST(last_answer_can_not_be_taken_away)
{
    const struct api_reply *reply = patch_as(api.keys[SCOPE_WRITE], "{\"answers\":{\"csat\":null,\"nps\":null}}");
    ck_assert_status(reply, 422);
    check_metric("nps", 1, 100);
    check_metric("csat", 1, 100);
}
END_TEST

START_TEST(what_a_patch_does_not_name_stays)
{
    patch("{\"answers\":{\"csat\":1}}");
    const struct api_reply *found = row();
    ck_assert_str_eq(api_string(found, "comment"), "first");
    ck_assert_str_eq(api_string(found, "tags.0"), "a");
    ck_assert_str_eq(api_string(found, "customer_id"), "c1");
    ck_assert_str_eq(api_string(found, "channel"), "web");
    check_metric("csat", 1, 0);
}
END_TEST

START_TEST(patch_may_come_as_merge_patch)
{
    const char *body = "{\"comment\":\"x\"}";
    ck_assert_status(api_send_with(&api, api.keys[SCOPE_WRITE], "PATCH", api_text("/v1/responses/%s", id),
                                   "Content-Type: application/merge-patch+json\r\n", body, strlen(body)),
                     200);
}
END_TEST

START_TEST(write_key_changes_only_what_it_posted)
{
    char other[KEY_TEXT_SIZE];
    api_key_new(&api, api.project, SCOPE_WRITE, other);
    /* 404: it sees no stored row, not even that there is one. */
    ck_assert_status(patch_as(other, "{\"answers\":{\"nps\":0}}"), 404);
    ck_assert_status(patch_as(api.test_key, "{\"answers\":{\"nps\":0}}"), 404);
    ck_assert_status(patch_as(api.keys[SCOPE_READ], "{\"answers\":{\"nps\":0}}"), 403);
    ck_assert_status(patch_as(api.keys[SCOPE_METRICS], "{\"answers\":{\"nps\":0}}"), 403);
    check_metric("nps", 1, 100);
    ck_assert_status(patch_as(api.keys[SCOPE_ADMIN], "{\"answers\":{\"nps\":0}}"), 200);
    check_metric("nps", 1, -100);
}
END_TEST

START_TEST(write_key_changes_nothing_after_a_day)
{
    api_execute(&api, "UPDATE response SET received_at = received_at - interval '23 hours 59 minutes' "
                      "WHERE project_id = %d");
    patch("{\"comment\":\"in time\"}");
    api_execute(&api, "UPDATE response SET received_at = received_at - interval '2 minutes' WHERE project_id = %d");
    ck_assert_status(patch_as(api.keys[SCOPE_WRITE], "{\"answers\":{\"nps\":0},\"comment\":\"late\"}"), 403);
    ck_assert_str_eq(api_string(row(), "comment"), "in time");
    check_metric("nps", 1, 100);
    ck_assert_status(patch_as(api.keys[SCOPE_ADMIN], "{\"comment\":\"late\"}"), 200);
}
END_TEST

START_TEST(admin_takes_an_answer_out_of_the_numbers_and_puts_it_back)
{
    for (int i = 0; i < 2; i++) {
        ck_assert_status(patch_as(api.keys[SCOPE_ADMIN], "{\"excluded\":true}"), 200);
        ck_assert(json_is_true(api_at(row(), "excluded")));
        check_metric("nps", 0, 0);
    }
    ck_assert_status(patch_as(api.keys[SCOPE_ADMIN], "{\"answers\":{\"nps\":2}}"), 200);
    check_metric("nps", 0, 0);
    /* Posted again meanwhile: 200, and merges nothing. */
    ck_assert_status(api_post(&api, "/v1/responses", api_text("{\"id\":\"%s\",\"answers\":{\"ces\":7}}", id)), 200);
    ck_assert_status(patch_as(api.keys[SCOPE_ADMIN], "{\"excluded\":false}"), 200);
    check_metric("nps", 1, -100);
    check_metric("csat", 1, 100);
    check_metric("ces", 0, 0);
}
END_TEST

START_TEST(only_an_admin_excludes)
{
    ck_assert_status(patch_as(api.keys[SCOPE_WRITE], "{\"excluded\":true}"), 403);
    check_metric("nps", 1, 100);
}
END_TEST

START_TEST(faults_of_a_patch_are_all_named)
{
    const struct api_reply *reply = patch_as(
        api.keys[SCOPE_WRITE], "{\"answers\":{\"nps\":11,\"x\":1},\"comment\":5,\"tags\":[7],\"channel\":\"web\","
                               "\"excluded\":\"yes\"}");
    static const char *const pointers[] = {"#/answers/nps", "#/answers/x", "#/comment",
                                           "#/tags/0",      "#/channel",   "#/excluded"};
    ck_assert_status(reply, 422);
    for (size_t i = 0; i < 6; i++)
        ck_assert_msg(api_fault(reply, pointers[i]) >= 0, "%s in %s", pointers[i], reply->http.body);
    ck_assert_uint_eq(api_size(reply, "errors"), 6);
    ck_assert_status(patch_as(api.keys[SCOPE_WRITE], "{}"), 422);
    ck_assert_status(patch_as(api.keys[SCOPE_WRITE], "[]"), 400);
    ck_assert_status(patch_as(api.keys[SCOPE_WRITE], ""), 400);
    check_metric("nps", 1, 100);
}
END_TEST

/* --- many at once ----------------------------------------------------------------------------------------------------- */

static const char *make_merge(void *context, size_t i, char *buffer, size_t capacity)
{
    static const char *const adds[] = {"\"ces\":5", "\"csat\":4"};
    (void)context;
    snprintf(buffer, capacity, "{\"id\":\"%s\",\"answers\":{\"nps\":9,%s}}", id, adds[i % 2]);
    return buffer;
}

/* Edits by patches go beside merges of the same row; each number that a patch changes is counted once. */
static void *patch_in_turn(void *context)
{
    size_t *changed = context;
    struct http_client client;
    char headers[160];
    char path[80];
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\nContent-Type: application/json\r\n",
             api.keys[SCOPE_WRITE]);
    snprintf(path, sizeof path, "/v1/responses/%s", id);
    if (!http_client_connect(&client, api.address))
        return NULL;
    for (int i = 0; i < 60; i++) {
        struct http_reply reply = {0};
        char body[64];
        int size = snprintf(body, sizeof body, "{\"answers\":{\"ces\":%d}}", i % 7 + 1);
        if (http_client_send(&client, "PATCH", path, headers, body, (size_t)size) &&
            http_client_receive(&client, false, &reply))
            *changed += reply.status == 200;
        http_reply_clear(&reply);
    }
    http_client_close(&client);
    return NULL;
}

START_TEST(edits_at_once_count_each_answer_once)
{
    enum { PATCHERS = 6 };
    pthread_t threads[PATCHERS];
    size_t changed[PATCHERS] = {0};
    struct swarm swarm = {.address = api.address,
                          .key = api.keys[SCOPE_WRITE],
                          .connections = 16,
                          .count = 400,
                          .path = "/v1/responses",
                          .make = make_merge};
    for (size_t i = 0; i < PATCHERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, patch_in_turn, &changed[i]), 0);
    swarm_run(&swarm);
    for (size_t i = 0; i < PATCHERS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_uint_eq(changed[i], 60);
    }
    ck_assert_uint_eq(swarm_count(&swarm, 200) + swarm_count(&swarm, 409), 400);
    int ces = (int)api_number(row(), "answers.ces");
    check_metric("nps", 1, 100);
    check_metric("csat", 1, 100);
    check_metric("ces", 1, ces >= 5 ? 100 : 0);
    const struct api_reply *metrics = api_get(&api, "/v1/metrics");
    for (int i = 0; i < 7; i++)
        ck_assert_int_eq((int)api_number(metrics, api_text("total.ces.distribution.%d", i)), i + 1 == ces);
}
END_TEST

Suite *responses_patch_suite(void)
{
    return API_SUITE("responses_patch", setup, teardown, comment_that_comes_later_is_added_and_nothing_counts_twice,
                     further_answer_is_counted_once_however_often_it_comes, corrected_score_moves_its_count,
                     null_takes_away, last_answer_can_not_be_taken_away, what_a_patch_does_not_name_stays,
                     patch_may_come_as_merge_patch, write_key_changes_only_what_it_posted,
                     write_key_changes_nothing_after_a_day, admin_takes_an_answer_out_of_the_numbers_and_puts_it_back,
                     only_an_admin_excludes, faults_of_a_patch_are_all_named, edits_at_once_count_each_answer_once);
}
