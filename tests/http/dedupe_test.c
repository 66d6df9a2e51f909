/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/buffer.h"
#include "base/timestamp.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* GET /v1/metrics?dedupe=. */

enum { SCORES = 11, PATIENCE_MS = 5000 };

static struct api api;

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
}

static void teardown(void)
{
    api_close(&api);
}

static const struct api_reply *metrics(const char *question)
{
    return api_send(&api, api.keys[SCOPE_METRICS], "GET", api_text("/v1/metrics?%s", question), NULL);
}

/* --- the published figures ------------------------------------------------------------------------------------------- */

/* 27,661 guests of a hotel group, of whom some answered again: only sums were published, so who answered when is made up. */
static int64_t count_at(json_t *counts, int score)
{
    ck_assert_uint_eq(json_array_size(counts), SCORES);
    return json_integer_value(json_array_get(counts, (size_t)score));
}

static int write_answers(struct buffer *lines, int64_t count, int score, const char *segment, int customer)
{
    char time[TIMESTAMP_TEXT_SIZE];
    bool is_first = segment != NULL;
    for (int64_t i = 0; i < count; i++, customer++) {
        int64_t minute = is_first ? customer % 14400 : 14400 + customer % 14400; /* the later ones ten days later */
        timestamp_format((INT64_C(1790812800) + minute * 60) * 1000000, time);
        buffer_format(
            lines,
            "{\"customer_id\":\"guest-%d\",\"segment\":\"%s\",\"occurred_at\":\"%s\",\"answers\":{\"nps\":%d}}\n",
            customer,
            is_first       ? segment
            : customer % 2 ? "F"
                           : "M",
            time, score);
    }
    return customer;
}

static void send_guests(json_t *data)
{
    static const char *const segments[] = {"F", "M"};
    json_t *first = json_object_get(data, "first_answer_per_customer");
    json_t *all = json_object_get(json_object_get(data, "all_answers"), "counts_0_to_10");
    json_t *counts[] = {json_object_get(json_object_get(first, "F"), "counts_0_to_10"),
                        json_object_get(json_object_get(first, "M"), "counts_0_to_10")};
    struct buffer lines;
    int customer = 0;
    buffer_init(&lines);
    /* What came later is sent first: the order of arrival must not matter. */
    for (int score = 0; score < SCORES; score++)
        customer = write_answers(&lines, count_at(all, score) - count_at(counts[0], score) - count_at(counts[1], score),
                                 score, NULL, customer);
    customer = 0;
    for (int s = 0; s < 2; s++)
        for (int score = 0; score < SCORES; score++)
            customer = write_answers(&lines, count_at(counts[s], score), score, segments[s], customer);
    const struct api_reply *reply = api_send_with(&api, api.keys[SCOPE_WRITE], "POST", "/v1/responses",
                                                  "Content-Type: application/x-ndjson\r\n", lines.data, lines.size);
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "accepted"), 33579);
    buffer_clear(&lines);
}

static void check_nps(const struct api_reply *reply, const char *place, json_t *figures)
{
    json_t *expected = json_object_get(figures, "expected");
    ck_assert_double_eq(api_number(reply, api_text("%s.nps.n", place)),
                        json_number_value(json_object_get(expected, "n")));
    ck_assert_double_eq_tol(api_number(reply, api_text("%s.nps.value", place)),
                            json_number_value(json_object_get(expected, "nps")), 1e-5);
}

START_TEST(published_scores_of_all_and_of_first_answers_come_out)
{
    static const char window[] = "metric=nps&group_by=segment&from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z";
    json_t *data = json_load_file("tests/data/hospitality-nps.json", 0, NULL);
    json_t *first = json_object_get(data, "first_answer_per_customer");
    ck_assert_msg(data != NULL, "tests/data/hospitality-nps.json can't be read");
    send_guests(data);
    const struct api_reply *reply = metrics(api_text("%s&dedupe=first", window));
    ck_assert_status(reply, 200);
    ck_assert_str_eq(api_string(reply, "dedupe"), "first");
    check_nps(reply, "groups.0", json_object_get(first, "F"));
    check_nps(reply, "groups.1", json_object_get(first, "M"));
    check_nps(reply, "total", first);
    reply = metrics(window);
    ck_assert_status(reply, 200);
    ck_assert_str_eq(api_string(reply, "dedupe"), "all");
    check_nps(reply, "total", json_object_get(data, "all_answers"));
    json_decref(data);
}
END_TEST

/* --- behaviour ------------------------------------------------------------------------------------------------------- */

static void send_answer(const char *id, const char *time, const char *customer, const char *channel, int nps)
{
    ck_assert_status(
        api_post(&api, "/v1/responses",
                 api_text("{\"id\":\"%s\",\"occurred_at\":\"%s\",\"customer_id\":\"%s\",\"channel\":\"%s\","
                          "\"answers\":{\"nps\":%d}}",
                          id, time, customer, channel, nps)),
        201);
}

static char ids[4][40];

static void send_four(void)
{
    static const char *const times[] = {"2026-10-03T10:00:00Z", "2026-10-10T10:00:00Z", "2026-10-10T18:00:00Z",
                                        "2026-10-12T10:00:00Z"};
    static const char *const channels[] = {"web", "web", "app", "app"};
    static const int scores[] = {10, 10, 3, 0};
    for (int i = 0; i < 4; i++) {
        snprintf(ids[i], sizeof ids[i], "%s", api_id());
        send_answer(ids[i], times[i], "c1", channels[i], scores[i]);
    }
}

#define WINDOW "metric=nps&from=2026-10-08T00:00:00Z&to=2026-10-15T00:00:00Z"

START_TEST(a_series_counts_a_customer_once_a_day_and_once_in_all)
{
    send_four();
    const struct api_reply *reply = metrics(WINDOW "&interval=day&dedupe=last&compare=previous");
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "total.nps.n"), 1);
    ck_assert_int_eq((int)api_number(reply, "groups.0.nps.n"), 1);
    ck_assert_int_eq((int)api_number(reply, "groups.0.nps.distribution.0"), 1);
    ck_assert_uint_eq(api_size(reply, "groups.0.series"), 7);
    ck_assert_int_eq((int)api_number(reply, "groups.0.series.2.nps.n"), 1);
    ck_assert_int_eq((int)api_number(reply, "groups.0.series.2.nps.distribution.3"), 1);
    ck_assert_int_eq((int)api_number(reply, "groups.0.series.3.nps.n"), 0);
    ck_assert_int_eq((int)api_number(reply, "groups.0.series.4.nps.distribution.0"), 1);
    /* 0 now against 10 in the week before. */
    ck_assert_double_eq(api_number(reply, "total.nps.compare.delta"), -200);
}
END_TEST

START_TEST(one_answer_is_chosen_after_the_filters_and_before_the_groups)
{
    send_four();
    const struct api_reply *reply = metrics(WINDOW "&group_by=channel&dedupe=first");
    ck_assert_uint_eq(api_size(reply, "groups"), 1);
    ck_assert_str_eq(api_string(reply, "groups.0.channel"), "web");
    reply = metrics(WINDOW "&group_by=channel&dedupe=first&channel=app");
    ck_assert_uint_eq(api_size(reply, "groups"), 1);
    ck_assert_int_eq((int)api_number(reply, "groups.0.nps.distribution.3"), 1);
    ck_assert_int_eq((int)api_number(reply, "groups.0.nps.n"), 1);
}
END_TEST

START_TEST(when_the_first_answer_is_excluded_the_next_one_counts)
{
    send_four();
    ck_assert_status(
        api_send(&api, api.keys[SCOPE_ADMIN], "PATCH", api_text("/v1/responses/%s", ids[1]), "{\"excluded\":true}"),
        200);
    const struct api_reply *reply = metrics(WINDOW "&dedupe=first");
    ck_assert_int_eq((int)api_number(reply, "total.nps.n"), 1);
    ck_assert_int_eq((int)api_number(reply, "total.nps.distribution.3"), 1);
}
END_TEST

START_TEST(what_cannot_be_deduplicated_is_a_clear_422)
{
    static const char *const questions[] = {"dedupe=once", "dedupe=first&interval=day&rolling=7d"};
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        const struct api_reply *reply = metrics(questions[i]);
        ck_assert_status(reply, 422);
        ck_assert_int_ge(api_fault(reply, "dedupe"), 0);
    }
}
END_TEST

/* The server learns of a changed project a moment later. */
static const struct api_reply *wait_for(const char *question, int status)
{
    const struct api_reply *reply = metrics(question);
    for (int waited = 0; waited < PATIENCE_MS && reply->status != status; waited += 20) {
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        reply = metrics(question);
    }
    return reply;
}

START_TEST(a_window_from_before_the_retention_horizon_is_refused)
{
    send_four();
    ck_assert_status(metrics(WINDOW "&dedupe=first"), 200);
    api_execute(&api, "UPDATE project SET retention_horizon = '2026-10-08T00:00:01Z' WHERE id = %d");
    const struct api_reply *reply = wait_for(WINDOW "&dedupe=first", 422);
    ck_assert_status(reply, 422);
    ck_assert_int_eq(api_fault(reply, "dedupe"), 0);
    ck_assert_status(metrics(WINDOW), 200);
    api_execute(&api, "UPDATE project SET retention_horizon = '2026-10-08T00:00:00Z' WHERE id = %d");
    ck_assert_status(wait_for(WINDOW "&dedupe=first", 200), 200);
    /* The window before it needs rows that are gone. */
    ck_assert_int_eq(api_fault(metrics(WINDOW "&dedupe=first&compare=previous"), "dedupe"), 0);
}
END_TEST

Suite *dedupe_suite(void)
{
    return API_SUITE("dedupe", setup, teardown, published_scores_of_all_and_of_first_answers_come_out,
                     a_series_counts_a_customer_once_a_day_and_once_in_all,
                     one_answer_is_chosen_after_the_filters_and_before_the_groups,
                     when_the_first_answer_is_excluded_the_next_one_counts, what_cannot_be_deduplicated_is_a_clear_422,
                     a_window_from_before_the_retention_horizon_is_refused);
}
