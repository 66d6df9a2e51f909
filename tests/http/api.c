/* SPDX-License-Identifier: MIT */
#include "api.h"

#include "base/id.h"
#include "base/timestamp.h"
#include "storage/cluster.h"

#include <libpq-fe.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    KEY_PATIENCE_MS = 5000,
    ADD_UP_PATIENCE_MS = 20000,
    IDS = 64,
    TEXTS = 8,
    TEXT_SIZE = 20000,
    TIMES = 8,
    TEST_TIMEOUT_S = 180
};

void api_sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* --- the project ----------------------------------------------------------------------------------------------------- */

static void wait_for_key(struct api *api, const char *key)
{
    for (int waited = 0; waited < KEY_PATIENCE_MS; waited += 5) {
        if (api_send(api, key, "POST", "/v1/responses", "{}")->status != 401)
            return;
        api_sleep_ms(5);
    }
    ck_abort_msg("the server does not know a new key");
}

static void make_key(struct api *api, const struct key_options *options, char key[KEY_TEXT_SIZE])
{
    ck_assert_int_eq(key_create(api->connection, options, key), STATUS_OK);
}

static void make_project(struct api *api, const char *organization)
{
    const char *fault;
    snprintf(api->project, sizeof api->project, "p%s", api_id() + 2);
    snprintf(api->organization, sizeof api->organization, "%s", organization == NULL ? api->project : organization);
    const struct project_options options = {.name = api->project,
                                            .organization = api->organization,
                                            .dimensions = {"release", "store"},
                                            .dimension_count = 2};
    ck_assert_int_eq(project_create(api->connection, &options, &fault), STATUS_OK);
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT id FROM project WHERE name = '%s'", api->project);
    api->project_id = (int32_t)api_count(api, sql);
    for (enum scope scope = SCOPE_WRITE; scope <= SCOPE_ADMIN; scope++)
        make_key(api, &(struct key_options){.project = api->project, .scope = scope}, api->keys[scope]);
    make_key(api, &(struct key_options){.project = api->project, .scope = SCOPE_WRITE, .is_test = true}, api->test_key);
}

void api_open(struct api *api, const struct serve *serve, const char *organization)
{
    char folder[160];
    *api = (struct api){.serve = serve, .address = serve_address(serve)};
    snprintf(folder, sizeof folder, "%s/data", serve_folder(serve));
    char *url = cluster_url(folder);
    snprintf(api->url, sizeof api->url, "%s", url);
    free(url);
    const struct database_options options = {.url = api->url, .statement_timeout_ms = 20000};
    ck_assert_int_eq(connection_open(&options, "test", &api->connection), STATUS_OK);
    make_project(api, organization);
    wait_for_key(api, api->test_key); /* the last one: it knows the others too */
}

void api_close(struct api *api)
{
    while (api->replies != NULL) {
        struct api_reply *reply = api->replies;
        api->replies = reply->next;
        http_reply_clear(&reply->http);
        json_decref(reply->json);
        free(reply);
    }
    connection_close(api->connection);
}

void api_key_new(struct api *api, const char *project, enum scope scope, char key[KEY_TEXT_SIZE])
{
    make_key(api,
             &(struct key_options){
                 .project = project, .organization = project == NULL ? api->organization : NULL, .scope = scope},
             key);
    wait_for_key(api, key);
}

/* --- requests -------------------------------------------------------------------------------------------------------- */

static struct api_reply *keep(struct api *api, struct http_reply http)
{
    struct api_reply *reply = calloc(1, sizeof *reply);
    ck_assert_ptr_nonnull(reply);
    reply->http = http;
    reply->status = http.status;
    reply->json = http.body == NULL ? NULL : json_loadb(http.body, http.size, JSON_DECODE_ANY, NULL);
    reply->next = api->replies;
    api->replies = reply;
    return reply;
}

const struct api_reply *api_send_with(struct api *api, const char *key, const char *method, const char *path,
                                      const char *headers, const char *body, size_t size)
{
    struct http_client client;
    struct http_reply reply = {0};
    char all[1024];
    ck_assert_ptr_nonnull(api);
    snprintf(all, sizeof all, "%s%s%s%s", key == NULL ? "" : "Authorization: Bearer ", key == NULL ? "" : key,
             key == NULL ? "" : "\r\n", headers == NULL ? "" : headers);
    ck_assert(http_client_connect(&client, api->address));
    /* A refusal may come before all was sent. */
    (void)http_client_send(&client, method, path, all, body, size);
    (void)http_client_receive(&client, strcmp(method, "HEAD") == 0, &reply);
    http_client_close(&client);
    return keep(api, reply);
}

const struct api_reply *api_send(struct api *api, const char *key, const char *method, const char *path,
                                 const char *body)
{
    return api_send_with(api, key, method, path, body == NULL ? NULL : "Content-Type: application/json\r\n", body,
                         body == NULL ? 0 : strlen(body));
}

const struct api_reply *api_post(struct api *api, const char *path, const char *body)
{
    bool is_erasure = strcmp(path, "/v1/erasures") == 0;
    return api_send(api, api->keys[is_erasure ? SCOPE_ADMIN : SCOPE_WRITE], "POST", path, body);
}

const struct api_reply *api_get(struct api *api, const char *path)
{
    return api_send(api, api->keys[SCOPE_READ], "GET", path, NULL);
}

const struct api_reply *api_patch(struct api *api, const char *id, const char *body)
{
    char path[128];
    snprintf(path, sizeof path, "/v1/responses/%s", id);
    return api_send(api, api->keys[SCOPE_WRITE], "PATCH", path, body);
}

const struct api_reply *api_post_lines(struct api *api, const char *path, const char *lines)
{
    return api_send_with(api, api->keys[SCOPE_WRITE], "POST", path, "Content-Type: application/x-ndjson\r\n", lines,
                         strlen(lines));
}

/* --- replies --------------------------------------------------------------------------------------------------------- */

json_t *api_at(const struct api_reply *reply, const char *path)
{
    json_t *at = reply->json;
    while (at != NULL && *path != '\0') {
        char name[64];
        size_t size = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)size, path);
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(name)) : json_object_get(at, name);
        path += size + (path[size] == '.');
    }
    return at;
}

const char *api_string(const struct api_reply *reply, const char *path)
{
    const char *string = json_string_value(api_at(reply, path));
    ck_assert_msg(string != NULL, "no string at %s: %d %s", path, reply->status, reply->http.body);
    return string;
}

double api_number(const struct api_reply *reply, const char *path)
{
    json_t *at = api_at(reply, path);
    ck_assert_msg(json_is_number(at), "no number at %s: %d %s", path, reply->status, reply->http.body);
    return json_number_value(at);
}

size_t api_size(const struct api_reply *reply, const char *path)
{
    json_t *at = api_at(reply, path);
    ck_assert_msg(json_is_array(at) || json_is_object(at), "no array or object at %s: %d %s", path, reply->status,
                  reply->http.body);
    return json_is_array(at) ? json_array_size(at) : json_object_size(at);
}

bool api_is_null(const struct api_reply *reply, const char *path)
{
    return json_is_null(api_at(reply, path));
}

int api_fault(const struct api_reply *reply, const char *place)
{
    json_t *fault;
    size_t i;
    json_array_foreach(api_at(reply, "errors"), i, fault)
    {
        const char *pointer = json_string_value(json_object_get(fault, "pointer"));
        const char *parameter = json_string_value(json_object_get(fault, "parameter"));
        if ((pointer != NULL && strcmp(pointer, place) == 0) || (parameter != NULL && strcmp(parameter, place) == 0))
            return (int)i;
    }
    return -1;
}

double api_meter(const struct api *api, const char *name)
{
    struct http_reply reply = http_client_fetch(api->address, "GET", "/metrics", NULL, NULL);
    char line[80];
    snprintf(line, sizeof line, "\n%s ", name);
    const char *at = strstr(reply.body, line);
    ck_assert_msg(at != NULL, "no %s", name);
    double value = strtod(at + strlen(line), NULL);
    http_reply_clear(&reply);
    return value;
}

int api_metric(struct api *api, const char *metric, double *value)
{
    char place[40];
    /* Strict: what a command did a moment ago must show. */
    const struct api_reply *reply =
        api_send_with(api, api->keys[SCOPE_METRICS], "GET", "/v1/metrics?from=2001-01-01T00:00:00Z",
                      "Cache-Control: no-cache\r\n", NULL, 0);
    ck_assert_status(reply, 200);
    snprintf(place, sizeof place, "total.%s.value", metric);
    if (value != NULL)
        *value = api_is_null(reply, place) ? (double)NAN : api_number(reply, place);
    snprintf(place, sizeof place, "total.%s.n", metric);
    return (int)api_number(reply, place);
}

/* --- the database ---------------------------------------------------------------------------------------------------- */

int64_t api_ask(const struct api *api, const char *sql)
{
    PGconn *pg = PQconnectdb(api->url);
    PGresult *result = PQexec(pg, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        ck_abort_msg("%.500s: %s", sql, PQerrorMessage(pg));
    int64_t number = PQntuples(result) > 0 ? atoll(PQgetvalue(result, 0, 0)) : 0;
    PQclear(result);
    PQfinish(pg);
    return number;
}

int64_t api_count(const struct api *api, const char *sql)
{
    char filled[2048];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(filled, sizeof filled, sql, api->project_id);
#pragma GCC diagnostic pop
    return api_ask(api, filled);
}

void api_wait_until_added_up(const struct api *api)
{
    static const char pending[] = "SELECT count(*) FROM rollup_pending WHERE project_id = %d";
    for (int waited = 0; waited < ADD_UP_PATIENCE_MS && api_count(api, pending) > 0; waited += 10)
        api_sleep_ms(10);
    ck_assert_int_eq(api_count(api, pending), 0);
}

void api_execute(const struct api *api, const char *sql)
{
    (void)api_count(api, sql);
}

const char *api_id(void)
{
    static char texts[IDS][ID_TEXT_SIZE];
    static size_t next;
    const struct id id = id_new();
    return id_format(&id, texts[next++ % IDS]);
}

char *api_text(const char *format, ...)
{
    static char texts[TEXTS][TEXT_SIZE];
    static size_t next;
    char *text = texts[next++ % TEXTS];
    va_list list;
    va_start(list, format);
    int size = vsnprintf(text, TEXT_SIZE, format, list);
    va_end(list);
    ck_assert_int_lt(size, TEXT_SIZE);
    return text;
}

const char *api_time(int64_t us)
{
    static char texts[TIMES][TIMESTAMP_TEXT_SIZE];
    static size_t next;
    return timestamp_format(us, texts[next++ % TIMES]);
}

Suite *api_suite(const char *name, SFun setup, SFun teardown, const TTest *const tests[], size_t count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, TEST_TIMEOUT_S);
    tcase_add_checked_fixture(tcase, setup, teardown);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    return suite;
}
