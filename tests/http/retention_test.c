/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/clock.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Projects that keep answers for some days: the commands, and what clients see of it. */

static struct api api;

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
}

static void teardown(void)
{
    api_close(&api);
}

/* The project's settings are known to the server once it refuses, or takes, what they are about. */
static const struct api_reply *wait_for_post(const char *path, const char *text, int status)
{
    char body[200]; /* what api_text gives is taken again */
    snprintf(body, sizeof body, "%s", text);
    const struct api_reply *reply = api_post(&api, path, body);
    for (int waited = 0; waited < 10000 && reply->status != status; waited += 20) {
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        reply = api_post(&api, path, body);
    }
    return reply;
}

static const char *days_ago(int days)
{
    return api_time(clock_now_us() - days * INT64_C(86400) * 1000000);
}

START_TEST(what_is_past_the_age_of_a_project_that_deletes_is_refused)
{
    char old[100];
    snprintf(old, sizeof old, "{\"answers\":{\"nps\":9},\"occurred_at\":\"%s\"}", days_ago(31));
    ck_assert_status(api_post(&api, "/v1/responses", old), 201);
    api_execute(&api, "UPDATE project SET retain_mode = 'delete', retain_days = 30 WHERE id = %d");
    const struct api_reply *reply = wait_for_post("/v1/responses", old, 422);
    ck_assert_status(reply, 422);
    ck_assert_int_eq(api_fault(reply, "#/occurred_at"), 0);
    reply = api_post(&api, "/v1/events", api_text("{\"action\":\"viewed\",\"occurred_at\":\"%s\"}", days_ago(31)));
    ck_assert_int_eq(api_fault(reply, "#/occurred_at"), 0);
    ck_assert_status(
        api_post(&api, "/v1/responses", api_text("{\"answers\":{\"nps\":9},\"occurred_at\":\"%s\"}", days_ago(29))),
        201);
    /* One of many is refused alone. */
    reply = api_post(&api, "/v1/responses", api_text("[%s,{\"answers\":{\"nps\":9}}]", old));
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "accepted"), 1);
    ck_assert_int_eq((int)api_number(reply, "rejected.0.status"), 422);
    /* Kept longer again: what lies before the horizon stays refused, since nothing could tell it from a repeat. */
    api_execute(&api, "UPDATE project SET retain_mode = NULL, retain_days = NULL, retention_horizon = now() - "
                      "interval '20 days' WHERE id = %d");
    ck_assert_status(
        wait_for_post("/v1/responses", api_text("{\"answers\":{\"nps\":9},\"occurred_at\":\"%s\"}", days_ago(21)), 422),
        422);
    api_execute(&api, "UPDATE project SET retain_mode = 'anonymise', retain_days = 2, retention_horizon = '-infinity' "
                      "WHERE id = %d");
    ck_assert_status(wait_for_post("/v1/responses", old, 201), 201);
}
END_TEST

static const char *command(const char *const words[], int status)
{
    struct hark_result result = serve_command(api.serve, words);
    ck_assert_msg(result.status == status, "status %d: %s", result.status, result.errors);
    const char *text = api_text("%.1900s", status == 0 ? result.output : result.errors);
    hark_result_clear(&result);
    return text;
}

START_TEST(commands_set_count_and_keep_retention)
{
    char id[40];
    char old[200];
    snprintf(id, sizeof id, "%s", api_id());
    snprintf(
        old, sizeof old,
        "{\"id\":\"%s\",\"answers\":{\"nps\":9},\"comment\":\"words\",\"occurred_at\":\"%s\",\"customer_id\":\"c1\"}",
        id, days_ago(9));
    ck_assert_status(api_post(&api, "/v1/responses", old), 201);
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9},\"customer_id\":\"c1\"}"), 201);
    ck_assert_status(
        api_post(&api, "/v1/events",
                 api_text("{\"action\":\"viewed\",\"customer_id\":\"c1\",\"occurred_at\":\"%s\"}", days_ago(9))),
        201);
    ck_assert_ptr_nonnull(
        strstr(command(HARK_WORDS("retain", "--project", api.project), 1), "doesn't keep all for ever"));
    (void)command(HARK_WORDS("project", "set", api.project, "--retain", "anonymise", "--retain-days", "7"), 0);
    ck_assert_ptr_nonnull(
        strstr(command(HARK_WORDS("retain", "--project", api.project, "--dry-run"), 0), "1 answers and 1 events"));
    ck_assert_str_eq(api_string(api_get(&api, api_text("/v1/responses/%s", id)), "comment"), "words");
    const char *done = command(HARK_WORDS("retain", "--project", api.project), 0);
    ck_assert_ptr_nonnull(strstr(done, "1 answers and 1 events"));
    ck_assert_ptr_nonnull(strstr(done, "anonymised"));
    const struct api_reply *row = api_get(&api, api_text("/v1/responses/%s", id));
    ck_assert(api_is_null(row, "comment"));
    ck_assert(json_is_true(api_at(row, "erased")));
    /* A retry brings nothing back, and an edit is refused as of one that was erased. */
    ck_assert_status(api_post(&api, "/v1/responses", old), 200);
    ck_assert_status(api_patch(&api, id, "{\"comment\":\"again\"}"), 403);
    ck_assert_uint_eq(api_size(api_get(&api, "/v1/responses?customer_id=c1"), "data"), 1);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 2);
    (void)command(HARK_WORDS("project", "set", api.project, "--retain", "delete", "--retain-days", "7"), 0);
    ck_assert_ptr_nonnull(strstr(command(HARK_WORDS("project", "list"), 0), "KEEPS"));
    ck_assert_ptr_nonnull(strstr(command(HARK_WORDS("retain", "--project", api.project), 0), "deleted"));
    ck_assert_status(api_get(&api, api_text("/v1/responses/%s", id)), 404);
    ck_assert_status(api_patch(&api, id, "{\"comment\":\"again\"}"), 404);
    ck_assert_status(api_post(&api, "/v1/responses", old), 422);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 2);
    const struct api_reply *dedupe = api_get(&api, "/v1/metrics?metric=nps&dedupe=first");
    ck_assert_status(dedupe, 422);
    ck_assert_int_eq(api_fault(dedupe, "dedupe"), 0);
}
END_TEST

static void wait_for_count(const struct api *of, const char *sql, int count)
{
    int64_t since = clock_monotonic_us();
    while ((int)api_count(of, sql) != count) {
        ck_assert_msg(clock_monotonic_us() - since < 30000000, "%s: still %d", sql, (int)api_count(of, sql));
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
}

/* Twice, for the first round is that of the server's start. */
START_TEST(a_running_server_keeps_to_the_age_by_itself)
{
    static const char *const settings[] = {"HARK_RETENTION_PERIOD=1s", NULL};
    static const char named[] = "SELECT count(*) FROM response WHERE customer_id = 'c1' AND project_id = %d";
    static const char rows[] = "SELECT count(*) FROM response WHERE project_id = %d";
    struct api own;
    api_open(&own, serve_start(&(struct serve_options){.settings = settings}), NULL);
    api_execute(&own, "UPDATE project SET retain_mode = 'anonymise', retain_days = 7 WHERE id = %d");
    for (int round = 1; round <= 2; round++) {
        const char *old =
            api_text("{\"answers\":{\"nps\":9},\"comment\":\"words\",\"customer_id\":\"c1\",\"occurred_at\":"
                     "\"%s\"}",
                     days_ago(7 + round));
        ck_assert_status(api_post(&own, "/v1/responses", old), 201);
        wait_for_count(&own, named, 0);
        ck_assert_int_eq((int)api_count(&own, "SELECT count(*) FROM response WHERE comment IS NULL AND erased AND "
                                              "project_id = %d"),
                         round);
    }
    ck_assert_status(api_post(&own, "/v1/responses", "{\"answers\":{\"nps\":9},\"customer_id\":\"c1\"}"), 201);
    api_execute(&own, "UPDATE project SET retain_mode = 'delete', retain_days = 7 WHERE id = %d");
    wait_for_count(&own, rows, 1);
    ck_assert_int_eq((int)api_count(&own, named), 1);
    ck_assert_int_eq(api_metric(&own, "nps", NULL), 3);
    char *log = serve_log(own.serve);
    ck_assert_ptr_nonnull(strstr(log, "\"msg\":\"retention\""));
    free(log);
    api_close(&own);
}
END_TEST

START_TEST(settings_that_say_nothing_are_refused)
{
    static const char *const wrong[][4] = {{"--retain", "shred", "--retain-days", "7"},
                                           {"--retain", "keep", "--retain-days", "7"},
                                           {"--retain", "delete", "--retain-days", "0"},
                                           {"--retain", "delete", "--retain-days", "36501"},
                                           {"--retain", "delete", "--retain-days", "7d"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        (void)command(HARK_WORDS("project", "set", api.project, wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3]), 2);
    (void)command(HARK_WORDS("project", "set", api.project, "--retain", "delete"), 2);
    (void)command(HARK_WORDS("project", "set", api.project, "--retain-days", "7"), 2);
    (void)command(HARK_WORDS("project", "set", api.project), 2);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM project WHERE retain_mode IS NULL AND id = %d"), 1);
    (void)command(
        HARK_WORDS("project", "set", api.project, "--publish-min-n", "5", "--retain", "delete", "--retain-days", "365"),
        0);
    ck_assert_int_eq((int)api_count(&api, "SELECT retain_days FROM project WHERE publish_min_n = 5 AND id = %d"), 365);
    (void)command(HARK_WORDS("project", "set", api.project, "--retain", "keep"), 0);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM project WHERE retain_mode IS NULL AND id = %d"), 1);
}
END_TEST

Suite *retention_suite(void)
{
    return API_SUITE("retention", setup, teardown, what_is_past_the_age_of_a_project_that_deletes_is_refused,
                     commands_set_count_and_keep_retention, settings_that_say_nothing_are_refused,
                     a_running_server_keeps_to_the_age_by_itself);
}
