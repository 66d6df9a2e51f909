/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "support/folder.h"
#include "support/runner.h"
#include "swarm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The real input: the first answer of each of 27,661 guests of a hotel group, as published. Each is a POST of its own, every
 * tenth is sent twice. */
enum { ANSWERS_MAX = 40000, CONNECTIONS = 64, TWICE = 10, SCORES = 11 };

static const double TOLERANCE = 1e-5; /* the published figures have five decimals */

struct answer {
    char id[40];
    char segment;
    int score;
};

static struct answer answers[ANSWERS_MAX];
static size_t answer_count;
static size_t sendings[ANSWERS_MAX * 2]; /* which answer */
static size_t sending_count;
static json_t *data;

static void add_answers(const char *segment)
{
    const json_t *of_segment = json_object_get(json_object_get(data, "first_answer_per_customer"), segment);
    const json_t *counts = json_object_get(of_segment, "counts_0_to_10");
    ck_assert_uint_eq(json_array_size(counts), SCORES);
    for (int score = 0; score < SCORES; score++) {
        for (json_int_t i = json_integer_value(json_array_get(counts, (size_t)score)); i > 0; i--) {
            struct answer *answer = &answers[answer_count++];
            ck_assert_uint_lt(answer_count, ANSWERS_MAX);
            *answer = (struct answer){.segment = *segment, .score = score};
            snprintf(answer->id, sizeof answer->id, "%s", api_id());
        }
    }
}

/* One order, the same in each run. */
static void shuffle(size_t *list, size_t count)
{
    uint64_t state = 20261122;
    for (size_t i = count; i > 1; i--) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        size_t j = (size_t)(state >> 33) % i;
        size_t kept = list[i - 1];
        list[i - 1] = list[j];
        list[j] = kept;
    }
}

/* Of those that are sent twice one half follows at once, on another connection, the other half when all else was sent. */
static void plan_sendings(void)
{
    static size_t order[ANSWERS_MAX];
    for (size_t i = 0; i < answer_count; i++)
        order[i] = i;
    shuffle(order, answer_count);
    for (size_t i = 0; i < answer_count; i++) {
        sendings[sending_count++] = order[i];
        if (i % (TWICE * 2) == 0)
            sendings[sending_count++] = order[i];
    }
    for (size_t i = TWICE; i < answer_count; i += TWICE * 2)
        sendings[sending_count++] = order[i];
}

/* Over ten days, so that many cells and quarters of an hour count. */
static const char *make(void *context, size_t i, char *buffer, size_t capacity)
{
    static const char *const channels[] = {"web", "email", "sms"};
    const int64_t *now_us = context;
    const struct answer *answer = &answers[sendings[i]];
    char time[TIMESTAMP_TEXT_SIZE];
    timestamp_format(*now_us - (int64_t)(sendings[i] * 7919 % 864000) * 1000000, time);
    snprintf(buffer, capacity,
             "{\"id\":\"%s\",\"survey\":\"stay\",\"segment\":\"%c\",\"channel\":\"%s\",\"occurred_at\":\"%s\","
             "\"answers\":{\"nps\":%d}}",
             answer->id, answer->segment, channels[sendings[i] % 3], time, answer->score);
    return buffer;
}

static double expected_value(const char *segment)
{
    const json_t *all = json_object_get(data, "first_answer_per_customer");
    const json_t *part = segment == NULL ? all : json_object_get(all, segment);
    return json_number_value(json_object_get(json_object_get(part, "expected"), "nps"));
}

static int expected_count(const char *segment)
{
    const json_t *all = json_object_get(data, "first_answer_per_customer");
    const json_t *part = segment == NULL ? all : json_object_get(all, segment);
    return (int)json_integer_value(json_object_get(json_object_get(part, "expected"), "n"));
}

/* What the reply says, without the moments that it names. */
static char *check_scores(struct serve *serve)
{
    struct http_reply http = http_client_fetch(serve_address(serve), "GET", "/v1/metrics?metric=nps&group_by=segment",
                                               serve_authorization(serve, SCOPE_METRICS), NULL);
    struct api_reply reply = {.status = http.status, .http = http, .json = json_loadb(http.body, http.size, 0, NULL)};
    ck_assert_status(&reply, 200);
    ck_assert_uint_eq(api_size(&reply, "groups"), 2);
    ck_assert_str_eq(api_string(&reply, "groups.0.segment"), "F");
    ck_assert_int_eq((int)api_number(&reply, "groups.0.nps.n"), expected_count("F"));
    ck_assert_double_eq_tol(api_number(&reply, "groups.0.nps.value"), expected_value("F"), TOLERANCE);
    ck_assert_str_eq(api_string(&reply, "groups.1.segment"), "M");
    ck_assert_int_eq((int)api_number(&reply, "groups.1.nps.n"), expected_count("M"));
    ck_assert_double_eq_tol(api_number(&reply, "groups.1.nps.value"), expected_value("M"), TOLERANCE);
    ck_assert_int_eq((int)api_number(&reply, "total.nps.n"), expected_count(NULL));
    ck_assert_double_eq_tol(api_number(&reply, "total.nps.value"), expected_value(NULL), TOLERANCE);
    char *groups = json_dumps(json_object_get(reply.json, "groups"), JSON_SORT_KEYS);
    json_decref(reply.json);
    http_reply_clear(&http);
    return groups;
}

static void check_verified(struct serve *serve)
{
    char rows[32];
    struct hark_result result = serve_command(serve, HARK_WORDS("verify"));
    snprintf(rows, sizeof rows, "%d rows", expected_count(NULL));
    ck_assert_msg(result.status == 0, "verify: %d\n%s%s", result.status, result.output, result.errors);
    ck_assert_msg(strncmp(result.output, rows, strlen(rows)) == 0, "verify: %s", result.output);
    hark_result_clear(&result);
}

static void read_data(void)
{
    data = json_load_file("tests/data/hospitality-nps.json", 0, NULL);
    ck_assert_msg(data != NULL, "tests/data/hospitality-nps.json can't be read");
    add_answers("F");
    add_answers("M");
    ck_assert_uint_eq(answer_count, (size_t)expected_count(NULL));
    plan_sendings();
}

static void send_all(struct serve *serve)
{
    int64_t now_us = clock_now_us();
    struct swarm swarm = {.address = serve_address(serve),
                          .key = serve_key(serve, SCOPE_WRITE),
                          .connections = CONNECTIONS,
                          .count = sending_count,
                          .context = &now_us,
                          .path = "/v1/responses",
                          .make = make};
    swarm_run(&swarm);
    ck_assert_uint_eq(swarm_count(&swarm, 201), answer_count);
    ck_assert_uint_eq(swarm_count(&swarm, 200), sending_count - answer_count);
}

START_TEST(published_scores_of_27661_guests_come_out)
{
    char folder[TEST_FOLDER_SIZE];
    const struct serve_options options = {.folder = test_folder_new(folder),
                                          .settings = HARK_WORDS("HARK_ACCESS_LOG=off")};
    read_data();
    struct serve *serve = serve_start(&options);
    send_all(serve);
    char *before = check_scores(serve);
    check_verified(serve);
    ck_assert_int_eq(serve_stop(serve), 0);

    serve = serve_start(&options);
    char *after = check_scores(serve);
    ck_assert_str_eq(before, after);
    check_verified(serve);
    ck_assert_int_eq(serve_stop(serve), 0);
    free(before);
    free(after);
    json_decref(data);
    test_folder_remove(folder);
}
END_TEST

/* Not by autovacuum, which comes later. */
START_TEST(the_planner_is_told_of_the_first_answers)
{
    struct serve *serve = serve_start(NULL);
    struct api api;
    int64_t until_us = clock_monotonic_us() + INT64_C(10000000);
    int64_t told = 0;
    api_open(&api, serve, NULL);
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}"), 201);
    while (told == 0 && clock_monotonic_us() < until_us)
        told = api_ask(&api, "SELECT analyze_count FROM pg_stat_user_tables WHERE relname = 'response'");
    ck_assert_int_gt(told, 0);
    api_close(&api);
}
END_TEST

Suite *end_to_end_suite(void)
{
    return API_SUITE("end_to_end", NULL, NULL, published_scores_of_27661_guests_come_out,
                     the_planner_is_told_of_the_first_answers);
}
