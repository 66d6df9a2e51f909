/* SPDX-License-Identifier: MIT */
#include "api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct serve *serve;
static const char UNTIL[] = "2026-06-01T12:00:00Z";
enum { KEY_PATIENCE_MS = 5000 };

static void setup(void)
{
    serve = serve_start(NULL);
}

static void teardown(void)
{
    ck_assert_int_eq(serve_stop(serve), 0);
}

/* Runs it beside the server, and says how it ended. The caller clears the result. */
static struct hark_result fill(const char *const arguments[], int status)
{
    struct hark_result result = serve_command(serve, arguments);
    ck_assert_msg(result.status == status, "status %d, not %d: %s", result.status, status, result.errors);
    return result;
}

/* A server that is busy copying the days of a made-up year hears of a new key a moment later. */
static struct http_reply fetch_when_known(const char *path, const char *headers)
{
    struct http_reply reply = http_client_fetch(serve_address(serve), "GET", path, headers, NULL);
    for (int waited_ms = 0; reply.status == 401 && waited_ms < KEY_PATIENCE_MS; waited_ms += 5) {
        http_reply_clear(&reply);
        api_sleep_ms(5);
        reply = http_client_fetch(serve_address(serve), "GET", path, headers, NULL);
    }
    return reply;
}

static json_t *ask(const char *project, const char *path)
{
    char headers[128];
    char *key = serve_key_new(serve, project, SCOPE_METRICS, false);
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", key);
    struct http_reply reply = fetch_when_known(path, headers);
    ck_assert_msg(reply.status == 200, "%d: %s", reply.status, reply.body);
    json_t *json = json_loads(reply.body, 0, NULL);
    ck_assert_ptr_nonnull(json);
    http_reply_clear(&reply);
    free(key);
    return json;
}

/* Four weeks of a region against the four before: the change of its NPS, and whether it counts. */
static double change(const char *region, const char *from, const char *to, int *is_significant)
{
    char path[256];
    double delta;
    snprintf(path, sizeof path, "/v1/metrics?metric=nps&region=%s&from=%sT00:00:00Z&to=%sT00:00:00Z&compare=previous",
             region, from, to);
    json_t *json = ask("demo", path);
    ck_assert_int_eq(
        json_unpack(json, "{s{s{s{sFsb}}}}", "total", "nps", "compare", "delta", &delta, "significant", is_significant),
        0);
    json_decref(json);
    return delta;
}

/* The bad release, 62 to 35 days before the end of May. */
static void assert_story(void)
{
    int is_significant;
    ck_assert_double_lt(change("ES-MD", "2026-03-31", "2026-04-28", &is_significant), -10);
    ck_assert(is_significant);
    ck_assert_double_gt(change("ES-MD", "2026-04-28", "2026-05-26", &is_significant), 10);
    ck_assert(is_significant);
    (void)change("ES-CT", "2026-03-31", "2026-04-28", &is_significant);
    ck_assert(!is_significant);
}

/* Of as many answers as the command says that it stored. */
static void assert_counted(const char *output)
{
    json_int_t counted;
    unsigned long long stored = strtoull(output, NULL, 10);
    json_t *json = ask("demo", "/v1/metrics?metric=csat&from=2025-05-01T00:00:00Z&to=2026-06-02T00:00:00Z");
    ck_assert_int_eq(json_unpack(json, "{s{s{sI}}}", "total", "csat", "n", &counted), 0);
    ck_assert_int_gt(counted, (json_int_t)stored / 2);
    ck_assert_int_lt(counted, (json_int_t)stored);
    json_decref(json);
}

START_TEST(demo_tells_its_story_and_the_rows_bear_it_out)
{
    struct hark_result result = fill(HARK_WORDS("demo", "--answers", "40000", "--until", UNTIL), 0);
    ck_assert_ptr_nonnull(strstr(result.output, " 0 differences"));
    ck_assert_ptr_nonnull(strstr(result.output, "made up"));
    assert_counted(result.output);
    assert_story();
    hark_result_clear(&result);
    result = fill(HARK_WORDS("verify"), 0);
    ck_assert_ptr_nonnull(strstr(result.output, ", 0 differences"));
    hark_result_clear(&result);
}
END_TEST

START_TEST(demo_prints_keys_that_work_and_keeps_them)
{
    struct stat found;
    char path[256];
    char headers[128];
    struct hark_result result = fill(HARK_WORDS("demo", "--answers", "1000", "--until", UNTIL), 0);
    const char *fragment = strstr(result.output, "/#key=");
    ck_assert_ptr_nonnull(fragment);
    snprintf(headers, sizeof headers, "Authorization: Bearer %.*s\r\n", (int)strcspn(fragment + 6, "\n"), fragment + 6);
    struct http_reply reply = http_client_fetch(
        serve_address(serve), "GET", "/v1/responses?has_comment=true&from=2026-01-01T00:00:00Z", headers, NULL);
    ck_assert_int_eq(reply.status, 200);
    ck_assert_ptr_nonnull(strstr(reply.body, "\"source\":\"demo\""));
    http_reply_clear(&reply);
    fragment = strstr(result.output, "/widget-demo#key=") + strlen("/widget-demo#key=");
    snprintf(headers, sizeof headers, "Authorization: Bearer %.*s\r\n", (int)strcspn(fragment, "\n"), fragment);
    reply = http_client_fetch(serve_address(serve), "GET", "/v1/surveys/support/form", headers, NULL);
    ck_assert_int_eq(reply.status, 200);
    ck_assert_ptr_nonnull(strstr(reply.body, "Fue fácil resolver mi problema."));
    http_reply_clear(&reply);
    snprintf(path, sizeof path, "%s/data/keys-demo", serve_folder(serve));
    ck_assert_int_eq(stat(path, &found), 0);
    ck_assert_int_eq(found.st_mode & 0777, 0600);
    hark_result_clear(&result);
}
END_TEST

START_TEST(demo_never_touches_a_project_with_data)
{
    char headers[256];
    snprintf(headers, sizeof headers, "%sContent-Type: application/json\r\n", serve_authorization(serve, SCOPE_WRITE));
    struct http_reply reply =
        http_client_fetch(serve_address(serve), "POST", "/v1/responses", headers, "{\"answers\":{\"nps\":3}}");
    ck_assert_int_eq(reply.status, 201);
    http_reply_clear(&reply);

    struct hark_result result = fill(HARK_WORDS("demo", "--project", "default", "--answers", "1000"), 1);
    ck_assert_ptr_nonnull(strstr(result.errors, "nothing was added"));
    hark_result_clear(&result);
    json_t *json = ask("default", "/v1/metrics?metric=nps");
    json_int_t n;
    ck_assert_int_eq(json_unpack(json, "{s{s{sI}}}", "total", "nps", "n", &n), 0);
    ck_assert_int_eq(n, 1);
    json_decref(json);
}
END_TEST

START_TEST(demo_runs_once_in_a_project)
{
    struct hark_result result = fill(HARK_WORDS("demo", "--answers", "1000", "--until", UNTIL), 0);
    hark_result_clear(&result);
    result = fill(HARK_WORDS("demo", "--answers", "1000", "--until", UNTIL), 1);
    ck_assert_str_eq(result.output, "");
    hark_result_clear(&result);
    /* `make demo` again: the keys, and on it goes. */
    result = fill(HARK_WORDS("demo", "--serve"), 0);
    ck_assert_ptr_nonnull(strstr(result.errors, "nothing was added"));
    ck_assert_ptr_nonnull(strstr(result.output, "/#key=hk_live_"));
    hark_result_clear(&result);
}
END_TEST

START_TEST(demo_fills_an_empty_project_without_the_dimension)
{
    struct hark_result result = fill(HARK_WORDS("project", "create", "shop / one"), 0);
    hark_result_clear(&result);
    result = fill(HARK_WORDS("demo", "--project", "shop / one", "--answers", "1000", "--until", UNTIL), 0);
    ck_assert_ptr_nonnull(strstr(result.output, " 0 differences"));
    hark_result_clear(&result);
}
END_TEST

START_TEST(demo_leaves_a_survey_that_is_there_alone)
{
    char headers[256];
    snprintf(headers, sizeof headers, "%sContent-Type: application/json\r\n", serve_authorization(serve, SCOPE_ADMIN));
    struct http_reply reply = http_client_fetch(serve_address(serve), "PUT", "/v1/surveys/support", headers,
                                                "{\"questions\":[{\"key\":\"stars\",\"metric\":\"rating\"}]}");
    ck_assert_msg(reply.status == 201, "%d: %s", reply.status, reply.body);
    http_reply_clear(&reply);
    struct hark_result result = fill(HARK_WORDS("demo", "--project", "default", "--answers", "1000"), 1);
    ck_assert_ptr_nonnull(strstr(result.errors, "survey support"));
    hark_result_clear(&result);
    json_t *json = ask("default", "/v1/metrics?metric=nps");
    json_int_t n;
    ck_assert_int_eq(json_unpack(json, "{s{s{sI}}}", "total", "nps", "n", &n), 0);
    ck_assert_int_eq(n, 0);
    json_decref(json);
}
END_TEST

START_TEST(demo_takes_sensible_numbers_only)
{
    static const char *const wrong[][2] = {{"--answers", "999"},
                                           {"--answers", "1000001"},
                                           {"--answers", "many"},
                                           {"--answers", "2e3"},
                                           {"--seed", "-1"},
                                           {"--until", "tomorrow"},
                                           {"--until", "2999-01-01T00:00:00Z"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct hark_result result = fill(HARK_WORDS("demo", wrong[i][0], wrong[i][1]), 2);
        ck_assert_ptr_nonnull(strstr(result.errors, wrong[i][0]));
        hark_result_clear(&result);
    }
}
END_TEST

Suite *demo_suite(void)
{
    return api_suite("demo", setup, teardown,
                     (const TTest *const[]){demo_tells_its_story_and_the_rows_bear_it_out,
                                            demo_prints_keys_that_work_and_keeps_them,
                                            demo_never_touches_a_project_with_data, demo_runs_once_in_a_project,
                                            demo_fills_an_empty_project_without_the_dimension,
                                            demo_leaves_a_survey_that_is_there_alone, demo_takes_sensible_numbers_only},
                     7);
}
