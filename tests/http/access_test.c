/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "api/service.h"
#include "base/clock.h"
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Keys, scopes, tenants, and pages of other origins. */

static struct api api;   /* the project under test */
static struct api other; /* one of another organization */

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
    api_open(&other, serve_shared(), NULL);
}

static void teardown(void)
{
    api_close(&other);
    api_close(&api);
}

/* --- routes and scopes ------------------------------------------------------------------------------------------------- */

enum { WRITE = 1 << SCOPE_WRITE, METRICS = 1 << SCOPE_METRICS, READ = 1 << SCOPE_READ, ADMIN = 1 << SCOPE_ADMIN };

/* Every route that asks for a key, with a request that would be answered with status, and the scopes that open it. */
static const struct {
    const char *method;
    const char *path;
    const char *body;
    int status;
    unsigned opens;
} routes[] = {
    {"POST", "/v1/responses", "{\"answers\":{\"nps\":9}}", 201, WRITE | ADMIN},
    {"GET", "/v1/responses", NULL, 200, READ | ADMIN},
    {"GET", "/v1/responses/0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00", NULL, 404, READ | ADMIN},
    {"PATCH", "/v1/responses/0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00", "{\"comment\":\"x\"}", 404, WRITE | ADMIN},
    {"POST", "/v1/events", "{\"action\":\"viewed\"}", 201, WRITE | ADMIN},
    {"GET", "/v1/events", NULL, 200, READ | ADMIN},
    {"POST", "/v1/erasures", "{\"customer_id\":\"nobody\"}", 201, ADMIN},
    {"GET", "/v1/metrics", NULL, 200, METRICS | READ | ADMIN},
    {"HEAD", "/v1/metrics/stream", NULL, 200, METRICS | READ | ADMIN}, /* GET has no end */
    {"GET", "/v1/metrics/index", NULL, 200, METRICS | READ | ADMIN},
    {"GET", "/v1/metrics/nps/distribution", NULL, 200, METRICS | READ | ADMIN},
    {"GET", "/v1/metrics/nps/contrast?by=channel", NULL, 200, METRICS | READ | ADMIN},
    {"GET", "/v1/metrics/nps/impact?by=channel", NULL, 200, METRICS | READ | ADMIN},
    {"GET", "/v1/sample-size?margin=10", NULL, 200, METRICS | READ | ADMIN},
    {"GET", "/v1/surveys", NULL, 200, READ | ADMIN},
    {"GET", "/v1/surveys/none", NULL, 404, READ | ADMIN},
    {"GET", "/v1/surveys/none/form", NULL, 404, WRITE | ADMIN},
    {"PUT", "/v1/surveys/stay", "{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"}]}", 201, ADMIN},
    {"DELETE", "/v1/surveys/none", NULL, 404, ADMIN},
    {"GET", "/v1/customers/nobody/export", NULL, 200, ADMIN},
    {"POST", "/v1/exclusions", "{\"key_id\":1,\"from\":\"2026-01-01T00:00:00Z\",\"excluded\":true}", 200, ADMIN},
};
enum { ROUTES = sizeof routes / sizeof *routes };

static const struct api_reply *call(size_t route, const char *key)
{
    return api_send(&api, key, routes[route].method, routes[route].path, routes[route].body);
}

static void check_refused(const struct api_reply *reply, int status, const char *method, const char *path)
{
    char challenge[128];
    ck_assert_msg(reply->status == status, "%s %s: %d, not %d", method, path, reply->status, status);
    http_reply_header(&reply->http, "WWW-Authenticate", challenge, sizeof challenge);
    if (status == 401)
        ck_assert_msg(strncmp(challenge, "Bearer", 6) == 0, "%s %s: %s", method, path, reply->http.headers);
    if (strcmp(method, "HEAD") != 0)
        ck_assert_str_ne(api_string(reply, "detail"), "");
}

/* The route that the row of the table asks for; NULL: none. */
static const struct route *route_of(size_t row)
{
    char path[128];
    snprintf(path, sizeof path, "%.*s", (int)strcspn(routes[row].path, "?"), routes[row].path);
    return router_match(api_routes, api_route_count, http_method_parse(routes[row].method), path).route;
}

START_TEST(every_route_that_asks_for_a_key_is_in_the_table)
{
    for (size_t i = 0; i < api_route_count; i++) {
        size_t row = 0;
        while (row < ROUTES && route_of(row) != &api_routes[i])
            row++;
        ck_assert_msg(row < ROUTES || api_routes[i].scope == SCOPE_NONE, "%s %s has no row",
                      http_method_name(api_routes[i].method), api_routes[i].pattern);
    }
}
END_TEST

START_TEST(each_scope_opens_its_routes_and_no_others)
{
    for (size_t route = 0; route < ROUTES; route++)
        for (enum scope scope = SCOPE_WRITE; scope <= SCOPE_ADMIN; scope++) {
            const struct api_reply *reply = call(route, api.keys[scope]);
            if ((routes[route].opens & 1U << scope) != 0)
                ck_assert_msg(reply->status == routes[route].status, "%s %s with %s: %d %s", routes[route].method,
                              routes[route].path, scope_name(scope), reply->status, reply->http.body);
            else
                check_refused(reply, 403, routes[route].method, routes[route].path);
        }
}
END_TEST

START_TEST(without_a_good_key_each_route_is_a_401)
{
    char changed[KEY_TEXT_SIZE];
    snprintf(changed, sizeof changed, "%s", api.keys[SCOPE_ADMIN]);
    changed[strlen(changed) - 1] = changed[strlen(changed) - 1] == 'a' ? 'b' : 'a';
    const char *keys[] = {NULL,
                          "",
                          "x",
                          "garbage in several words",
                          "hk_live_",
                          "hk_live_x",
                          changed,
                          api_text("%s0", api.keys[SCOPE_ADMIN]),
                          api_text("hk_live_%0600d", 1),
                          "' OR 1=1 --"};
    for (size_t route = 0; route < ROUTES; route++)
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            check_refused(call(route, keys[i]), 401, routes[route].method, routes[route].path);
}
END_TEST

START_TEST(key_comes_as_a_bearer_only)
{
    static const char *const forms[] = {"Authorization: Basic %s\r\n", "Authorization: %s\r\n", "X-Api-Key: %s\r\n",
                                        "Authorization: Bearer%s\r\n", "Cookie: key=%s\r\n"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char header[128];
        const char *mark = strstr(forms[i], "%s");
        snprintf(header, sizeof header, "%.*s%s%s", (int)(mark - forms[i]), forms[i], api.keys[SCOPE_ADMIN], mark + 2);
        check_refused(api_send_with(&api, NULL, "GET", "/v1/responses", header, NULL, 0), 401, "GET", forms[i]);
    }
    ck_assert_status(api_send_with(&api, NULL, "GET", "/v1/responses",
                                   api_text("authorization: bearer %s\r\n", api.keys[SCOPE_READ]), NULL, 0),
                     200);
}
END_TEST

START_TEST(refused_before_the_body_is_looked_at)
{
    ck_assert_status(api_send(&api, NULL, "POST", "/v1/responses", "no JSON at all"), 401);
    ck_assert_status(api_send(&api, api.keys[SCOPE_READ], "POST", "/v1/responses", "no JSON at all"), 403);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM response WHERE project_id = %d"), 0);
}
END_TEST

START_TEST(what_asks_for_no_key_is_open)
{
    static const char *const paths[] = {"/livez", "/readyz", "/metrics", "/openapi.yaml"};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_status(api_send(&api, NULL, "GET", paths[i], NULL), 200);
        ck_assert_status(api_send(&api, "garbage", "GET", paths[i], NULL), 200);
    }
}
END_TEST

START_TEST(revoked_key_is_refused_within_a_second)
{
    for (enum scope scope = SCOPE_WRITE; scope <= SCOPE_ADMIN; scope++) {
        size_t route = scope == SCOPE_WRITE ? 0 : 7;
        char key[KEY_TEXT_SIZE];
        api_key_new(&api, api.project, scope, key);
        ck_assert_int_lt(call(route, key)->status, 300);
        int32_t id = (int32_t)api_count(&api, "SELECT max(id) FROM key WHERE project_id = %d");
        struct hark_result result = serve_command(serve_shared(), HARK_WORDS("key", "revoke", api_text("%d", id)));
        ck_assert_int_eq(result.status, 0);
        hark_result_clear(&result);
        int64_t since = clock_monotonic_us();
        while (call(route, key)->status != 401)
            ck_assert_int_lt(clock_monotonic_us() - since, 1000000);
        for (size_t i = 0; i < ROUTES; i++)
            check_refused(call(i, key), 401, routes[i].method, routes[i].path);
    }
}
END_TEST

/* --- tenants ----------------------------------------------------------------------------------------------------------- */

START_TEST(same_id_in_two_projects_is_two_rows)
{
    const char *id = api_id();
    const char *path = api_text("/v1/responses/%s", id);
    ck_assert_status(
        api_post(&api, "/v1/responses", api_text("{\"id\":\"%s\",\"answers\":{\"nps\":9},\"comment\":\"a\"}", id)),
        201);
    ck_assert_status(
        api_post(&other, "/v1/responses", api_text("{\"id\":\"%s\",\"answers\":{\"nps\":1},\"comment\":\"b\"}", id)),
        201);
    ck_assert_status(api_post(&api, "/v1/events", api_text("{\"id\":\"%s\",\"action\":\"viewed\"}", id)), 201);
    ck_assert_status(api_post(&other, "/v1/events", api_text("{\"id\":\"%s\",\"action\":\"left\"}", id)), 201);
    ck_assert_status(api_patch(&api, id, "{\"answers\":{\"csat\":5}}"), 200);
    ck_assert_str_eq(api_string(api_get(&api, path), "comment"), "a");
    ck_assert_str_eq(api_string(api_get(&other, path), "comment"), "b");
    ck_assert_int_eq(api_metric(&other, "csat", NULL), 0);
    double value;
    ck_assert_int_eq(api_metric(&api, "nps", &value), 1);
    ck_assert_double_eq(value, 100);
    ck_assert_int_eq(api_metric(&other, "nps", &value), 1);
    ck_assert_double_eq(value, -100);
}
END_TEST

START_TEST(another_projects_rows_are_not_to_be_seen_or_touched)
{
    const char *id = api_id();
    const char *path = api_text("/v1/responses/%s", id);
    ck_assert_status(
        api_post(&api, "/v1/responses",
                 api_text("{\"id\":\"%s\",\"answers\":{\"nps\":9},\"comment\":\"words\",\"customer_id\":\"c\","
                          "\"channel\":\"web\",\"dimensions\":{\"store\":\"s\"}}",
                          id)),
        201);
    ck_assert_status(api_post(&api, "/v1/events", "{\"action\":\"viewed\",\"customer_id\":\"c\"}"), 201);
    for (enum scope scope = SCOPE_READ; scope <= SCOPE_ADMIN; scope++) {
        const char *key = other.keys[scope];
        ck_assert_status(api_send(&other, key, "GET", path, NULL), 404);
        ck_assert_uint_eq(api_size(api_send(&other, key, "GET", "/v1/responses", NULL), "data"), 0);
        ck_assert_uint_eq(
            api_size(api_send(&other, key, "GET", "/v1/responses?customer_id=c&channel=web", NULL), "data"), 0);
        ck_assert_uint_eq(api_size(api_send(&other, key, "GET", "/v1/events", NULL), "data"), 0);
        ck_assert_uint_eq(api_size(api_send(&other, key, "GET", "/v1/metrics?group_by=channel,store", NULL), "groups"),
                          0);
        check_refused(api_send(&other, key, "GET", api_text("/v1/metrics?project=%s", api.project), NULL), 422, "GET",
                      "/v1/metrics?project=");
    }
    ck_assert_status(api_send(&other, other.keys[SCOPE_WRITE], "PATCH", path, "{\"comment\":\"x\"}"), 404);
    ck_assert_status(api_send(&other, other.keys[SCOPE_ADMIN], "PATCH", path, "{\"comment\":\"x\"}"), 404);
    const struct api_reply *erased =
        api_send(&other, other.keys[SCOPE_ADMIN], "POST", "/v1/erasures", "{\"customer_id\":\"c\"}");
    ck_assert_int_eq((int)api_number(erased, "responses"), 0);
    ck_assert_int_eq((int)api_number(erased, "events"), 0);
    ck_assert_str_eq(api_string(api_get(&api, path), "comment"), "words");
    ck_assert_str_eq(api_string(api_get(&api, path), "customer_id"), "c");
}
END_TEST

/* The path, with the id of a row that is there in place of the one that is not. */
static const char *path_with_id(const char *path, const char *id)
{
    static const char absent[] = "0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00";
    const char *found = strstr(path, absent);
    if (found == NULL)
        return path;
    return api_text("%.*s%s%s", (int)(found - path), path, id, found + sizeof absent - 1);
}

/* Every route, with every key of another tenant: what the tenant has must neither be told nor change. */
START_TEST(no_route_tells_or_changes_anything_of_another_tenant)
{
    static const char row[] =
        "{\"answers\":{\"nps\":9,\"csat\":4},\"comment\":\"canary words\",\"customer_id\":\"canary\","
        "\"channel\":\"canary-web\",\"region\":\"ES-CT\",\"dimensions\":{\"store\":\"canary-store\"}}";
    const char *id = api_text("%s", api_string(api_post(&api, "/v1/responses", row), "id"));
    ck_assert_status(api_post(&api, "/v1/events", "{\"action\":\"canary-act\",\"customer_id\":\"canary\"}"), 201);
    static const char state[] =
        "SELECT hashtext(string_agg(t, '')) FROM (SELECT r::text AS t FROM response r WHERE project_id = %1$d "
        "UNION ALL SELECT e::text FROM event e WHERE project_id = %1$d UNION ALL SELECT q::text FROM rollup_quarter q "
        "WHERE project_id = %1$d UNION ALL SELECT p::text FROM rollup_pending p WHERE project_id = %1$d ORDER BY 1) AS "
        "all_of_it";
    api_wait_until_added_up(&api);
    int64_t before = api_count(&api, state);
    for (size_t route = 0; route < ROUTES; route++)
        for (enum scope scope = SCOPE_WRITE; scope <= SCOPE_ADMIN; scope++) {
            const char *path = path_with_id(routes[route].path, id);
            const struct api_reply *reply =
                api_send(&other, other.keys[scope], routes[route].method, path, routes[route].body);
            int expected = (routes[route].opens & 1U << scope) != 0 ? routes[route].status : 403;
            ck_assert_msg(reply->status == expected, "%s %s with %s: %d %s", routes[route].method, path,
                          scope_name(scope), reply->status, reply->http.body);
            ck_assert_msg(strstr(reply->http.body, "canary") == NULL, "%s %s with %s: %s", routes[route].method, path,
                          scope_name(scope), reply->http.body);
        }
    ck_assert_int_eq(api_count(&api, state), before);
}
END_TEST

START_TEST(cursor_of_another_project_opens_nothing_of_it)
{
    for (int i = 0; i < 3; i++)
        ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}"), 201);
    const char *next = api_string(api_get(&api, "/v1/responses?limit=1"), "next");
    const struct api_reply *reply = api_get(&other, next);
    ck_assert_status(reply, 200);
    ck_assert_uint_eq(api_size(reply, "data"), 0);
}
END_TEST

/* --- keys of an organization ------------------------------------------------------------------------------------------- */

START_TEST(organization_key_opens_its_projects_one_at_a_time)
{
    struct api sister;
    char admin[KEY_TEXT_SIZE];
    api_open(&sister, serve_shared(), api.organization);
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}"), 201);
    ck_assert_status(api_post(&sister, "/v1/responses", "{\"answers\":{\"nps\":1}}"), 201);
    ck_assert_status(api_post(&other, "/v1/responses", "{\"answers\":{\"nps\":1}}"), 201);
    ck_assert_int_eq(key_create(api.connection,
                                &(struct key_options){.organization = api.organization, .scope = SCOPE_ADMIN}, admin),
                     STATUS_OK);
    while (api_send(&api, admin, "GET", "/v1/metrics", NULL)->status == 401)
        usleep(5000);

    const struct api_reply *reply = api_send(&api, admin, "GET", "/v1/responses", NULL);
    ck_assert_status(reply, 422);
    ck_assert_int_eq(api_fault(reply, "project"), 0);
    reply = api_send(&api, admin, "GET", api_text("/v1/responses?project=%s", api.project), NULL);
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "data.0.answers.nps"), 9);
    reply = api_send(&api, admin, "GET", api_text("/v1/responses?project=%s&limit=1", sister.project), NULL);
    ck_assert_int_eq((int)api_number(reply, "data.0.answers.nps"), 1);
    /* The next page is one of the same project. */
    reply = api_send(&api, admin, "GET", api_string(reply, "next"), NULL);
    ck_assert_status(reply, 200);
    ck_assert_uint_eq(api_size(reply, "data"), 0);
    ck_assert_status(api_send(&api, admin, "GET", api_text("/v1/responses?project=%s", other.project), NULL), 422);
    ck_assert_status(api_send(&api, admin, "GET", "/v1/responses?project=none", NULL), 422);
    ck_assert_status(api_send(&api, admin, "POST", api_text("/v1/responses?project=%s", sister.project),
                              "{\"answers\":{\"nps\":1}}"),
                     201);
    ck_assert_int_eq(api_metric(&sister, "nps", NULL), 2);

    reply = api_send(&api, admin, "GET", "/v1/metrics?group_by=project&order=-nps", NULL);
    ck_assert_uint_eq(api_size(reply, "groups"), 2);
    ck_assert_str_eq(api_string(reply, "groups.0.project"), api.project);
    ck_assert_int_eq((int)api_number(reply, "total.nps.n"), 3);
    reply = api_send(&api, admin, "GET", api_text("/v1/metrics?project=%s", sister.project), NULL);
    ck_assert_int_eq((int)api_number(reply, "total.nps.n"), 2);
    api_close(&sister);
}
END_TEST

START_TEST(write_key_never_opens_an_organization)
{
    char key[KEY_TEXT_SIZE];
    ck_assert_int_ne(
        key_create(api.connection, &(struct key_options){.organization = api.organization, .scope = SCOPE_WRITE}, key),
        STATUS_OK);
}
END_TEST

/* --- pages of other origins --------------------------------------------------------------------------------------------- */

START_TEST(beacon_brings_its_key_in_the_query)
{
    static const char *const paths[] = {"/v1/responses", "/v1/events"};
    static const char *const bodies[] = {"{\"answers\":{\"nps\":9}}", "{\"action\":\"viewed\"}"};
    static const char *const types[] = {"Content-Type: text/plain;charset=UTF-8\r\n",
                                        "Content-Type: application/json\r\n"};
    for (size_t i = 0; i < 4; i++) {
        const struct api_reply *reply =
            api_send_with(&api, NULL, "POST", api_text("%s?key=%s", paths[i / 2], api.keys[SCOPE_WRITE]), types[i % 2],
                          bodies[i / 2], strlen(bodies[i / 2]));
        ck_assert_status(reply, 201);
    }
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 2);
    /* It is the key's project, as with the header. */
    ck_assert_int_eq(api_metric(&other, "nps", NULL), 0);
}
END_TEST

START_TEST(key_in_the_query_is_refused_elsewhere)
{
    static const char body[] = "{\"answers\":{\"nps\":9}}";
    /* Keys that can do more than write must not get into logs and histories. */
    for (enum scope scope = SCOPE_METRICS; scope <= SCOPE_ADMIN; scope++)
        ck_assert_status(api_send(&api, NULL, "POST", api_text("/v1/responses?key=%s", api.keys[scope]), body), 403);
    ck_assert_status(api_send(&api, NULL, "POST", "/v1/responses?key=garbage", body), 401);
    ck_assert_status(api_send(&api, NULL, "POST", "/v1/responses?key=", body), 401);
    for (size_t route = 0; route < ROUTES; route++) {
        if (strcmp(routes[route].method, "POST") == 0 && routes[route].opens != ADMIN)
            continue;
        for (enum scope scope = SCOPE_WRITE; scope <= SCOPE_ADMIN; scope++)
            check_refused(api_send(&api, NULL, routes[route].method,
                                   api_text("%s?key=%s", routes[route].path, api.keys[scope]), routes[route].body),
                          401, routes[route].method, routes[route].path);
    }
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 0);
}
END_TEST

START_TEST(no_key_is_ever_logged_or_echoed)
{
    const char *key = api.keys[SCOPE_WRITE];
    const struct api_reply *reply =
        api_send(&api, NULL, "POST", api_text("/v1/responses?key=%s&colour=red", key), "{\"answers\":{\"nps\":9}}");
    ck_assert_status(reply, 422);
    ck_assert_ptr_null(strstr(reply->http.body, key));
    ck_assert_ptr_null(strstr(reply->http.headers, key));
    ck_assert_status(api_send(&api, key, "GET", "/v1/metrics", NULL), 403);
    ck_assert_status(api_send(&api, api.keys[SCOPE_READ], "GET", "/v1/responses?q=PrivateWords&customer_id=Ana", NULL),
                     200);
    ck_assert_status(api_post(&api, "/v1/responses",
                              "{\"answers\":{\"nps\":9},\"comment\":\"PrivateWords\",\"customer_id\":\"Ana\"}"),
                     201);
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":99},\"comment\":\"PrivateWords\"}"), 422);
    char *log = serve_log(serve_shared());
    ck_assert_ptr_nonnull(log);
    ck_assert_ptr_nonnull(strstr(log, "\"/v1/responses\""));
    ck_assert_ptr_null(strstr(log, key + 8));
    ck_assert_ptr_null(strstr(log, api.keys[SCOPE_READ] + 8));
    ck_assert_ptr_null(strstr(log, "PrivateWords"));
    ck_assert_ptr_null(strstr(log, "Ana"));
    free(log);
}
END_TEST

static void check_cors(const struct api_reply *reply, bool is_open, const char *what)
{
    char value[256];
    http_reply_header(&reply->http, "Access-Control-Allow-Origin", value, sizeof value);
    ck_assert_msg(strcmp(value, is_open ? "*" : "") == 0, "%s: %s", what, reply->http.headers);
    http_reply_header(&reply->http, "Access-Control-Allow-Credentials", value, sizeof value);
    ck_assert_str_eq(value, "");
}

START_TEST(pages_can_read_every_reply_of_the_routes_that_they_may_call)
{
    const char *path = api_text("/v1/responses/%s", api_id());
    check_cors(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}"), true, "201");
    check_cors(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":99}}"), true, "422");
    check_cors(api_post(&api, "/v1/responses", "x"), true, "400");
    check_cors(api_send(&api, NULL, "POST", "/v1/responses", "{}"), true, "401");
    check_cors(api_send(&api, api.keys[SCOPE_READ], "POST", "/v1/responses", "{}"), true, "403");
    check_cors(api_send(&api, NULL, "DELETE", "/v1/responses", NULL), true, "405");
    check_cors(api_post(&api, "/v1/events", "{\"action\":\"viewed\"}"), true, "event");
    check_cors(api_send(&api, api.keys[SCOPE_WRITE], "PATCH", path, "{\"comment\":\"x\"}"), true, "404");
    check_cors(api_get(&api, "/v1/metrics"), false, "metrics");
    check_cors(api_post(&api, "/v1/erasures", "{\"customer_id\":\"x\"}"), false, "erasures");
}
END_TEST

START_TEST(preflight_allows_what_a_page_sends)
{
    static const char *const paths[] = {"/v1/responses", "/v1/events",
                                        "/v1/responses/0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00"};
    char value[256];
    for (size_t i = 0; i < 3; i++) {
        const struct api_reply *reply =
            api_send_with(&api, NULL, "OPTIONS", paths[i],
                          "Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\n"
                          "Access-Control-Request-Headers: authorization,content-type\r\n",
                          NULL, 0);
        ck_assert_status(reply, 204);
        check_cors(reply, true, paths[i]);
        http_reply_header(&reply->http, "Access-Control-Allow-Methods", value, sizeof value);
        ck_assert_ptr_nonnull(strstr(value, i == 2 ? "PATCH" : "POST"));
        http_reply_header(&reply->http, "Access-Control-Allow-Headers", value, sizeof value);
        ck_assert_ptr_nonnull(strstr(value, "authorization"));
        ck_assert_ptr_nonnull(strstr(value, "content-type"));
        ck_assert_ptr_nonnull(strstr(value, "idempotency-key"));
    }
    check_cors(api_send(&api, NULL, "OPTIONS", "/v1/metrics", NULL), false, "metrics");
}
END_TEST

Suite *access_suite(void)
{
    return API_SUITE(
        "access", setup, teardown, every_route_that_asks_for_a_key_is_in_the_table,
        each_scope_opens_its_routes_and_no_others, without_a_good_key_each_route_is_a_401, key_comes_as_a_bearer_only,
        refused_before_the_body_is_looked_at, what_asks_for_no_key_is_open, revoked_key_is_refused_within_a_second,
        same_id_in_two_projects_is_two_rows, another_projects_rows_are_not_to_be_seen_or_touched,
        no_route_tells_or_changes_anything_of_another_tenant, cursor_of_another_project_opens_nothing_of_it,
        organization_key_opens_its_projects_one_at_a_time, write_key_never_opens_an_organization,
        beacon_brings_its_key_in_the_query, key_in_the_query_is_refused_elsewhere, no_key_is_ever_logged_or_echoed,
        pages_can_read_every_reply_of_the_routes_that_they_may_call, preflight_allows_what_a_page_sends);
}
