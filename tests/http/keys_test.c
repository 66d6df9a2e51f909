/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/clock.h"
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Keys that end, take each other's place, are limited, and belong to pages; what is known of what was done with them. */

static struct api api;
static const char one[] = "{\"answers\":{\"nps\":9}}";

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
}

static void teardown(void)
{
    api_close(&api);
}

/* --- helpers of this suite ----------------------------------------------------------------------------------------------- */

/* What the command prints, without its line end. In memory of its own, taken again some calls later. */
static const char *command(const char *const words[])
{
    struct hark_result result = serve_command(api.serve, words);
    ck_assert_msg(result.status == 0, "%s", result.errors);
    char *text = api_text("%s", result.output);
    text[strcspn(text, "\n")] = '\0';
    hark_result_clear(&result);
    return text;
}

static const char *command_output(const char *const words[])
{
    struct hark_result result = serve_command(api.serve, words);
    ck_assert_msg(result.status == 0, "%s", result.errors);
    const char *text = api_text("%.19000s", result.output);
    hark_result_clear(&result);
    return text;
}

static void create(struct key_options options, char key[KEY_TEXT_SIZE])
{
    options.project = api.project;
    ck_assert_int_eq(key_create(api.connection, &options, key), STATUS_OK);
    /* Whoever knows one that was made later knows this one, which must not be used for waiting: that would count. */
    char later[KEY_TEXT_SIZE];
    api_key_new(&api, api.project, SCOPE_METRICS, later);
}

static int32_t newest_key(void)
{
    return (int32_t)api_count(&api, "SELECT max(id) FROM key WHERE project_id = %d AND scope = 1");
}

static const struct api_reply *post(const char *key)
{
    return api_send(&api, key, "POST", "/v1/responses", one);
}

static void wait_for_status(const char *key, int status, int64_t most_us)
{
    int64_t since = clock_monotonic_us();
    while (post(key)->status != status)
        ck_assert_msg(clock_monotonic_us() - since < most_us, "no %d within %lld us", status, (long long)most_us);
}

static const char *header_of(const struct api_reply *reply, const char *name)
{
    static char values[4][128];
    static size_t next;
    return http_reply_header(&reply->http, name, values[next++ % 4], sizeof values[0]);
}

/* --- the end of a key ------------------------------------------------------------------------------------------------------ */

START_TEST(key_ends_when_it_expires)
{
    char key[KEY_TEXT_SIZE];
    create((struct key_options){.scope = SCOPE_WRITE, .expires_us = clock_now_us() + 2000000}, key);
    ck_assert_status(post(key), 201);
    wait_for_status(key, 401, 4000000);
    ck_assert_ptr_nonnull(strstr(api_string(post(key), "detail"), "expired"));
}
END_TEST

START_TEST(rotated_key_and_its_successor_work_side_by_side_for_a_while)
{
    char key[KEY_TEXT_SIZE];
    create((struct key_options){.scope = SCOPE_WRITE, .rate = {.count = 100000, .window_ms = 60000}}, key);
    const char *id = api_text("%d", newest_key());
    char fresh[KEY_TEXT_SIZE];
    snprintf(fresh, sizeof fresh, "%s", command(HARK_WORDS("key", "rotate", id, "--overlap", "3s")));
    ck_assert_status(post(fresh), 201);
    ck_assert_status(post(key), 201);
    ck_assert_str_eq(header_of(post(fresh), "RateLimit-Policy"), "\"key\";q=100000;w=60");
    wait_for_status(key, 401, 5000000);
    ck_assert_status(post(fresh), 201);
    struct hark_result again = serve_command(api.serve, HARK_WORDS("key", "rotate", id));
    ck_assert_int_eq(again.status, 1);
    ck_assert_ptr_nonnull(strstr(again.errors, "has ended"));
    hark_result_clear(&again);
}
END_TEST

START_TEST(successor_goes_on_with_what_the_old_key_began)
{
    char key[KEY_TEXT_SIZE];
    static const char headers[] = "Content-Type: application/json\r\nIdempotency-Key: once\r\n";
    create((struct key_options){.scope = SCOPE_WRITE}, key);
    const struct api_reply *first = api_send_with(&api, key, "POST", "/v1/responses", headers, one, sizeof one - 1);
    ck_assert_status(first, 201);
    const char *path = api_text("/v1/responses/%s", api_string(first, "id"));
    char fresh[KEY_TEXT_SIZE];
    snprintf(fresh, sizeof fresh, "%s", command(HARK_WORDS("key", "rotate", api_text("%d", newest_key()))));
    const struct api_reply *second = api_send_with(&api, fresh, "POST", "/v1/responses", headers, one, sizeof one - 1);
    ck_assert_status(second, 200);
    ck_assert_str_eq(api_string(second, "id"), api_string(first, "id"));
    ck_assert_status(api_send(&api, fresh, "PATCH", path, "{\"comment\":\"later\"}"), 200);
    /* Not the other way round, and not for anybody else. */
    ck_assert_status(api_send(&api, api.keys[SCOPE_WRITE], "PATCH", path, "{\"comment\":\"x\"}"), 404);
}
END_TEST

START_TEST(key_never_outlives_its_end_by_rotation)
{
    char key[KEY_TEXT_SIZE];
    create((struct key_options){.scope = SCOPE_WRITE, .expires_us = clock_now_us() + 3000000}, key);
    (void)command(HARK_WORDS("key", "rotate", api_text("%d", newest_key()), "--overlap", "1h"));
    wait_for_status(key, 401, 5000000);
}
END_TEST

/* --- revocation ------------------------------------------------------------------------------------------------------------ */

static int status_at(const char *address, const char *key)
{
    char header[160];
    snprintf(header, sizeof header, "Authorization: Bearer %s\r\nContent-Type: application/json\r\n", key);
    struct http_reply reply = http_client_fetch(address, "POST", "/v1/responses", header, one);
    int status = reply.status;
    http_reply_clear(&reply);
    return status;
}

static void revoke_and_watch(const char *first, const char *second)
{
    char key[KEY_TEXT_SIZE];
    create((struct key_options){.scope = SCOPE_WRITE}, key);
    ck_assert_int_eq(status_at(first, key), 201);
    ck_assert_int_eq(status_at(second, key), 201);
    ck_assert_int_eq(key_revoke(api.connection, newest_key()), STATUS_OK);
    int64_t since = clock_monotonic_us();
    while (status_at(first, key) != 401 || status_at(second, key) != 401)
        ck_assert_int_lt(clock_monotonic_us() - since, 1500000);
}

START_TEST(revocation_reaches_every_process)
{
    const char *settings[] = {api_text("HARK_DATABASE_URL=%s", api.url), NULL};
    struct serve *second = serve_start(&(struct serve_options){.settings = settings});
    revoke_and_watch(serve_address(api.serve), serve_address(second));
    /* Also where the session that listens for it was lost. */
    api_execute(&api, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                      "WHERE application_name = 'hark directory' AND %d > 0");
    usleep(1200000);
    revoke_and_watch(serve_address(api.serve), serve_address(second));
    serve_stop(second);
}
END_TEST

/* --- rates ----------------------------------------------------------------------------------------------------------------- */

START_TEST(key_that_asks_too_much_is_a_429)
{
    char key[KEY_TEXT_SIZE];
    create((struct key_options){.scope = SCOPE_WRITE, .rate = {.count = 3, .window_ms = 3600000}}, key);
    for (int i = 0; i < 3; i++) {
        const struct api_reply *reply = post(key);
        ck_assert_status(reply, 201);
        ck_assert_str_eq(header_of(reply, "RateLimit-Policy"), "\"key\";q=3;w=3600");
        ck_assert_ptr_nonnull(strstr(header_of(reply, "RateLimit"), api_text("\"key\";r=%d;t=", 2 - i)));
    }
    const struct api_reply *refused = post(key);
    ck_assert_status(refused, 429);
    ck_assert_str_eq(api_string(refused, "type"), "/problems/rate-limited");
    ck_assert_int_gt(atoi(header_of(refused, "Retry-After")), 1100);
    ck_assert_str_eq(header_of(refused, "Access-Control-Allow-Origin"), "*");
    ck_assert_status(post(api.keys[SCOPE_WRITE]), 201);
    ck_assert_str_eq(header_of(post(api.keys[SCOPE_WRITE]), "RateLimit"), "");
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 5);
    /* A key in its place has no share of its own. */
    char fresh[KEY_TEXT_SIZE];
    snprintf(fresh, sizeof fresh, "%s", command(HARK_WORDS("key", "rotate", api_text("%d", newest_key()))));
    ck_assert_status(post(fresh), 429);
}
END_TEST

START_TEST(each_object_counts_for_the_rate)
{
    char key[KEY_TEXT_SIZE];
    char lines[4000] = "";
    create((struct key_options){.scope = SCOPE_WRITE, .rate = {.count = 10, .window_ms = 3600000}}, key);
    for (int i = 0; i < 25; i++)
        snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%s\n", one);
    const struct api_reply *reply = api_send_with(&api, key, "POST", "/v1/responses",
                                                  "Content-Type: application/x-ndjson\r\n", lines, strlen(lines));
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "accepted"), 10);
    ck_assert_uint_eq(api_size(reply, "rejected"), 15);
    ck_assert_int_eq((int)api_number(reply, "rejected.0.index"), 10);
    ck_assert_int_eq((int)api_number(reply, "rejected.0.status"), 429);
    ck_assert(json_is_true(api_at(reply, "rejected.0.retryable")));
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 10);
    ck_assert_status(post(key), 429);
}
END_TEST

START_TEST(failures_of_an_address_are_limited_and_good_keys_are_not)
{
    static const char *const settings[] = {"HARK_TRUSTED_PROXIES=127.0.0.1", "HARK_FAILED_KEY_RATE=5/h", NULL};
    struct api own;
    api_open(&own, serve_start(&(struct serve_options){.settings = settings}), NULL);
    static const char from[] = "X-Forwarded-For: 192.0.2.1\r\n";
    for (int i = 0; i < 5; i++)
        ck_assert_status(api_send_with(&own, "hk_live_wrong", "GET", "/v1/metrics", from, NULL, 0), 401);
    const struct api_reply *reply = api_send_with(&own, NULL, "GET", "/v1/metrics", from, NULL, 0);
    ck_assert_status(reply, 429);
    ck_assert_str_eq(header_of(reply, "RateLimit-Policy"), "\"failed-key\";q=5;w=3600");
    ck_assert_status(api_send_with(&own, own.keys[SCOPE_METRICS], "GET", "/v1/metrics", from, NULL, 0), 200);
    ck_assert_status(api_send_with(&own, NULL, "GET", "/v1/metrics", "X-Forwarded-For: 192.0.2.2\r\n", NULL, 0), 401);
    /* What the log tells of it names nobody. */
    char *log = serve_log(own.serve);
    ck_assert_ptr_null(strstr(log, "192.0.2.1"));
    free(log);
    api_close(&own);
}
END_TEST

/* --- pages ------------------------------------------------------------------------------------------------------------------ */

static const struct api_reply *post_from(const char *key, const char *origin)
{
    const char *headers = api_text("Content-Type: application/json\r\n%s%s%s", origin ? "Origin: " : "",
                                   origin ? origin : "", origin ? "\r\n" : "");
    return api_send_with(&api, key, "POST", "/v1/responses", headers, one, sizeof one - 1);
}

START_TEST(only_pages_of_its_origins_may_use_a_key)
{
    static const char *const refused[] = {"https://evil.example",
                                          "http://shop.example",
                                          "https://shop.example:8443",
                                          "https://shop.example.evil.example",
                                          "null",
                                          "https://SHOP.example",
                                          "https://shop.example, https://evil.example"};
    char key[KEY_TEXT_SIZE];
    create((struct key_options){.scope = SCOPE_WRITE,
                                .origins = {"https://shop.example", "http://localhost:3000"},
                                .origin_count = 2},
           key);
    const struct api_reply *reply = post_from(key, "https://shop.example");
    ck_assert_status(reply, 201);
    ck_assert_str_eq(header_of(reply, "Access-Control-Allow-Origin"), "https://shop.example");
    ck_assert_str_eq(header_of(reply, "Vary"), "Origin");
    ck_assert_status(post_from(key, "http://localhost:3000"), 201);
    ck_assert_status(post_from(key, NULL), 201); /* no page at all */
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        reply = post_from(key, refused[i]);
        ck_assert_status(reply, 403);
        ck_assert_str_eq(header_of(reply, "Access-Control-Allow-Origin"), "");
        ck_assert_str_eq(header_of(reply, "Vary"), "Origin");
    }
    /* A beacon's key is in the query. */
    static const char from[] = "Content-Type: text/plain\r\nOrigin: https://evil.example\r\n";
    ck_assert_status(
        api_send_with(&api, NULL, "POST", api_text("/v1/responses?key=%s", key), from, one, sizeof one - 1), 403);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 3);
    reply = post_from(api.keys[SCOPE_WRITE], "https://evil.example");
    ck_assert_status(reply, 201);
    ck_assert_str_eq(header_of(reply, "Access-Control-Allow-Origin"), "*");
    ck_assert_str_eq(header_of(reply, "Vary"), "");
}
END_TEST

/* --- what is known of keys ---------------------------------------------------------------------------------------------------- */

START_TEST(last_use_is_noted)
{
    char key[KEY_TEXT_SIZE];
    create((struct key_options){.scope = SCOPE_WRITE}, key);
    int32_t id = newest_key();
    struct serve *second;
    const char *settings[] = {api_text("HARK_DATABASE_URL=%s", api.url), NULL};
    second = serve_start(&(struct serve_options){.settings = settings});
    ck_assert_int_eq((int)api_ask(&api, api_text("SELECT count(*) FROM key_use WHERE key_id = %d", id)), 0);
    ck_assert_int_eq(status_at(serve_address(second), key), 201);
    serve_stop(second); /* it writes what it noted, at the latest now */
    ck_assert_int_eq((int)api_ask(&api, api_text("SELECT count(*) FROM key_use WHERE key_id = %d AND used_at > now() - "
                                                 "interval '1 minute' AND used_at <= now()",
                                                 id)),
                     1);
    ck_assert_ptr_nonnull(strstr(command_output(HARK_WORDS("key", "list", "--project", api.project)), "LAST USED"));
}
END_TEST

START_TEST(acts_are_in_the_audit_log)
{
    char key[KEY_TEXT_SIZE];
    snprintf(key, sizeof key, "%s",
             command(HARK_WORDS("key", "create", "--project", api.project, "--scope", "write", "--rate", "600/m",
                                "--expires", "90d", "--origin", "https://shop.example")));
    int32_t id = newest_key();
    (void)command_output(HARK_WORDS("key", "revoke", api_text("%d", id)));
    (void)command_output(HARK_WORDS("project", "set", api.project, "--publish-min-n", "5"));
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9},\"customer_id\":\"secret-ana\"}"), 201);
    const char *path = api_text("/v1/responses/%s", api_string(api_post(&api, "/v1/responses", one), "id"));
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "PATCH", path, "{\"excluded\":true}"), 200);
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "PATCH", path, "{\"excluded\":false}"), 200);
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "PATCH", path, "{\"comment\":\"x\"}"), 200);
    ck_assert_status(api_post(&api, "/v1/erasures", "{\"customer_id\":\"secret-ana\"}"), 201);
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "PUT", "/v1/surveys/exit",
                              "{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}]}"),
                     201);
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "DELETE", "/v1/surveys/exit", NULL), 204);
    const char *log = command_output(HARK_WORDS("audit", "--project", api.project));
    static const char *const expected[] = {"key created",         "key changed",
                                           "\"rate_count\": 600", "\"https://shop.example\"",
                                           "project changed",     "\"publish_min_n\": 5",
                                           "response excluded",   "response put back",
                                           "erasure created",     "survey created",
                                           "survey changed",      "{\"key\": \"exit\"",
                                           "deleted_at",          "command ("};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        ck_assert_msg(strstr(log, expected[i]) != NULL, "%s is not in\n%s", expected[i], log);
    int64_t admin = api_count(&api, "SELECT id FROM key WHERE project_id = %d AND scope = 4");
    ck_assert_ptr_nonnull(strstr(log, api_text("key %d", (int)admin)));
    ck_assert_ptr_null(strstr(log, key + 12));
    ck_assert_ptr_null(strstr(log, "secret-ana"));
    ck_assert_ptr_null(strstr(log, "digest"));
    ck_assert_int_eq(
        (int)api_count(&api, "SELECT count(*) FROM audit WHERE project_id = %d AND act LIKE 'response %%'"), 2);
}
END_TEST

/* --- a stolen key ----------------------------------------------------------------------------------------------------------------- */

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

/* 1,100 detractors by the thief, which are more than two batches, ten promoters by everybody else. */
static void steal(const char *key)
{
    enum { STOLEN = 1100 };
    static char lines[STOLEN * 64];
    char *at = lines;
    for (int i = 0; i < STOLEN; i++)
        at += sprintf(at, "{\"answers\":{\"nps\":%d},\"channel\":\"c%d\"}\n", i % 7, i % 5);
    const struct api_reply *reply = api_send_with(&api, key, "POST", "/v1/responses",
                                                  "Content-Type: application/x-ndjson\r\n", lines, strlen(lines));
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "accepted"), STOLEN);
}

START_TEST(what_a_stolen_key_posted_is_taken_out_and_put_back)
{
    char key[KEY_TEXT_SIZE];
    create((struct key_options){.scope = SCOPE_WRITE}, key);
    const char *id = api_text("%d", newest_key());
    ck_assert_status(post(key), 201); /* before the theft, by its owner */
    usleep(10000);
    const char *from = api_time(clock_now_us());
    steal(key);
    for (int i = 0; i < 10; i++)
        ck_assert_status(post(api.keys[SCOPE_WRITE]), 201);
    check_numbers(1111, (11 - 1100) / 1111.0 * 100);

    struct hark_result list = serve_command(api.serve, HARK_WORDS("key", "posted", id, "--from", from));
    size_t lines = 0;
    for (const char *at = list.output; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    ck_assert_uint_eq(lines, 1100);
    hark_result_clear(&list);

    ck_assert_str_eq(command(HARK_WORDS("key", "exclude", id, "--from", from)),
                     "1100 responses were taken out of the numbers");
    check_numbers(11, 100);
    ck_assert_str_eq(command(HARK_WORDS("key", "exclude", id, "--from", from)),
                     "0 responses were taken out of the numbers");
}
END_TEST

START_TEST(excluding_is_undone_by_putting_back)
{
    char key[KEY_TEXT_SIZE];
    create((struct key_options){.scope = SCOPE_WRITE}, key);
    const char *id = api_text("%d", newest_key());
    const char *from = api_time(clock_now_us() - 1000000);
    steal(key);
    ck_assert_status(api_send(&api, key, "POST", "/v1/responses", "{\"answers\":{\"nps\":0},\"customer_id\":\"e\"}"),
                     201);
    ck_assert_status(api_post(&api, "/v1/erasures", "{\"customer_id\":\"e\"}"), 201);
    check_numbers(1101, -100);
    ck_assert_str_eq(command(HARK_WORDS("key", "exclude", id, "--from", from)),
                     "1101 responses were taken out of the numbers");
    check_numbers(0, 0);
    ck_assert_str_eq(command(HARK_WORDS("key", "put-back", id, "--from", from)),
                     "1101 responses were put back into the numbers");
    check_numbers(1101, -100);
    const char *log = command_output(HARK_WORDS("audit", "--project", api.project));
    ck_assert_ptr_nonnull(strstr(log, "responses excluded"));
    ck_assert_ptr_nonnull(strstr(log, "responses put back"));
    ck_assert_ptr_nonnull(strstr(log, "\"responses\": 1101"));
}
END_TEST

START_TEST(wrong_usage_is_told)
{
    static const struct {
        const char *words[8];
        const char *told;
    } wrong[] = {
        {{"key", "create", "--project", "x", "--scope", "write", "--rate=fast"}, "--rate takes"},
        {{"key", "create", "--project", "x", "--scope", "write", "--expires=2020-01-01T00:00:00Z"}, "--expires takes"},
        {{"key", "create", "--project", "x", "--scope", "write", "--expires=soon"}, "--expires takes"},
        {{"key", "create", "--project", "x", "--scope", "write", "--origin=shop.example"}, "--origin takes"},
        {{"key", "create", "--project", "x", "--scope", "write", "--origin=https://shop.example/"}, "--origin takes"},
        {{"key", "create", "--project", "x", "--scope", "read", "--origin=https://shop.example"}, "--origin is for"},
        {{"key", "rotate"}, "needs the number"},
        {{"key", "rotate", "1", "--overlap=long"}, "--overlap takes"},
        {{"key", "rotate", "999999"}, "there is no key"},
        {{"key", "posted", "1"}, "needs --from"},
        {{"key", "posted", "--from=2026-01-01T00:00:00Z"}, "needs the number"},
        {{"key", "exclude", "999999", "--from=2026-01-01T00:00:00Z"}, "there is no key"},
        {{"key", "exclude", "1", "--from=2026-01-01"}, "needs --from"},
        {{"key", "put-back", "1", "--from=2026-01-01T00:00:00Z", "--to=2025-01-01T00:00:00Z"}, "must be before"},
        {{"audit", "--limit=0"}, "--limit takes"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct hark_result result = serve_command(api.serve, wrong[i].words);
        ck_assert_msg(result.status != 0 && strstr(result.errors, wrong[i].told) != NULL, "%s %s: %d %s",
                      wrong[i].words[0], wrong[i].words[1], result.status, result.errors);
        hark_result_clear(&result);
    }
}
END_TEST

Suite *keys_suite(void)
{
    return API_SUITE("keys", setup, teardown, key_ends_when_it_expires,
                     rotated_key_and_its_successor_work_side_by_side_for_a_while,
                     successor_goes_on_with_what_the_old_key_began, key_never_outlives_its_end_by_rotation,
                     revocation_reaches_every_process, key_that_asks_too_much_is_a_429, each_object_counts_for_the_rate,
                     failures_of_an_address_are_limited_and_good_keys_are_not, only_pages_of_its_origins_may_use_a_key,
                     last_use_is_noted, acts_are_in_the_audit_log, what_a_stolen_key_posted_is_taken_out_and_put_back,
                     excluding_is_undone_by_putting_back, wrong_usage_is_told);
}
