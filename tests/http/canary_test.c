/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No log holds what people wrote, who they are, or what opens the door: distinctive values are sent wherever a value can go,
 * and then looked for in what the service and its PostgreSQL have logged. */

static struct api api;

/* Every one has been sent by the time that the logs are read. */
static const char *const canaries[] = {
    "kanary-comment",  "kanary-customer", "kanary-interaction", "kanary-session", "kanary-tag",
    "kanary-property", "kanary-channel",  "kanary-source",      "kanary-agent",   "kanary-referer",
    "kanary-query",    "kanary-header",   "kanary-path",        "kanary-field",   "kanary-malformed",
    "kanary-refused",  "kanary-wording",  "kanary-idempotency", "kanary-cookie",  "kanary-key",
    "kanary-survey",   "203.0.113.77",    "2001:db8::77:77",    "kanary-long",
};

static void setup(void)
{
    static const char *const settings[] = {"HARK_TRUSTED_PROXIES=127.0.0.1", "HARK_LOG_LEVEL=debug", NULL};
    api_open(&api, serve_start(&(struct serve_options){.settings = settings}), NULL);
}

static void teardown(void)
{
    api_close(&api);
}

#define HEADERS                                                                                                     \
    "Content-Type: application/json\r\nUser-Agent: kanary-agent\r\nReferer: https://kanary-referer.example/x?y\r\n" \
    "Cookie: kanary-cookie=1\r\nX-Something: kanary-header\r\nX-Forwarded-For: 203.0.113.77\r\n"

static const struct api_reply *send(enum scope scope, const char *method, const char *path, const char *body)
{
    return api_send_with(&api, api.keys[scope], method, path, HEADERS, body, body ? strlen(body) : 0);
}

#define ANSWER                                                                                                       \
    "\"answers\":{\"nps\":9},\"comment\":\"kanary-comment\",\"customer_id\":\"kanary-customer\",\"interaction_id\":" \
    "\"kanary-interaction\",\"tags\":[\"kanary-tag\"],\"properties\":{\"kanary-property\":\"kanary-property\"},"     \
    "\"channel\":\"kanary-channel\",\"source\":\"kanary-source\""

static void send_what_is_taken(void)
{
    const char *id = api_id();
    const char *path = api_text("/v1/responses/%s", id);
    ck_assert_status(send(SCOPE_WRITE, "POST", "/v1/responses", api_text("{\"id\":\"%s\"," ANSWER "}", id)), 201);
    ck_assert_status(send(SCOPE_WRITE, "POST", "/v1/responses", "[{" ANSWER "},{\"kanary-field\":1}]"), 200);
    ck_assert_status(send(SCOPE_WRITE, "PATCH", path, "{\"tags\":[\"kanary-tag\",\"x\"]}"), 200);
    ck_assert_status(
        send(SCOPE_WRITE, "POST", "/v1/events",
             "{\"action\":\"viewed\",\"customer_id\":\"kanary-customer\",\"session_id\":\"kanary-session\"}"),
        201);
    ck_assert_status(send(SCOPE_READ, "GET", "/v1/responses?q=kanary-query&customer_id=kanary-customer", NULL), 200);
    ck_assert_status(send(SCOPE_ADMIN, "GET", "/v1/customers/kanary-customer/export?limit=1", NULL), 200);
    ck_assert_status(
        send(SCOPE_ADMIN, "PUT", "/v1/surveys/kanary-survey",
             "{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\",\"wording\":{\"en\":\"kanary-wording\"}}]}"),
        201);
    ck_assert_status(send(SCOPE_METRICS, "GET", "/v1/metrics?channel=kanary-query", NULL), 200);
    ck_assert_status(send(SCOPE_ADMIN, "POST", "/v1/erasures", "{\"customer_id\":\"kanary-customer\"}"), 201);
    ck_assert_status(api_send_with(&api, api.keys[SCOPE_WRITE], "POST", "/v1/responses",
                                   HEADERS "Idempotency-Key: kanary-idempotency\r\n", "{\"answers\":{\"nps\":1}}", 21),
                     201);
    ck_assert_status(api_send_with(&api, NULL, "POST", api_text("/v1/responses?key=%s", api.keys[SCOPE_WRITE]),
                                   "Content-Type: text/plain\r\nX-Forwarded-For: 2001:db8::77:77\r\n",
                                   "{\"answers\":{\"nps\":1}}", 21),
                     201);
}

static void send_what_is_refused(void)
{
    char body[6000];
    ck_assert_status(send(SCOPE_WRITE, "POST", "/v1/responses", "{\"comment\":\"kanary-malformed"), 400);
    ck_assert_status(
        send(SCOPE_WRITE, "POST", "/v1/responses", "{\"kanary-field\":\"kanary-field\",\"answers\":{\"nps\":99}}"),
        422);
    snprintf(body, sizeof body, "{\"answers\":{\"nps\":9},\"comment\":\"kanary-long%5000d\"}", 1);
    ck_assert_status(send(SCOPE_WRITE, "POST", "/v1/responses", body), 422);
    ck_assert_status(send(SCOPE_READ, "GET", "/v1/responses?kanary-query=kanary-query&limit=kanary-query", NULL), 422);
    ck_assert_status(send(SCOPE_READ, "GET", "/kanary-path/kanary-path", NULL), 404);
    ck_assert_status(send(SCOPE_READ, "GET", "/v1/responses/kanary-path", NULL), 404);
    ck_assert_status(send(SCOPE_WRITE, "GET", "/v1/customers/kanary-customer/export", NULL), 403);
    ck_assert_status(api_send_with(&api, "hk_live_kanary-key", "GET", "/v1/responses", HEADERS, NULL, 0), 401);
    ck_assert_status(api_send_with(&api, NULL, "POST", "/v1/responses?key=kanary-key", HEADERS, "{}", 2), 401);
    ck_assert_status(api_send_with(&api, NULL, "GET", "/v1/responses", "Authorization: Basic kanary-key\r\n", NULL, 0),
                     401);
    (void)api_send_with(&api, NULL, "GET", "/kanary-path", "X-Forwarded-For : kanary-header, 203.0.113.77\r\n", NULL,
                        0);
    (void)api_send_with(&api, NULL, "KANARY", "/kanary-path", "Content-Length: kanary-header\r\n", NULL, 0);
}

/* Rows that PostgreSQL refuses: it would tell their values, and the statement's. */
static void send_what_the_database_refuses(void)
{
    static const char refused[] =
        "{\"answers\":{\"nps\":9},\"comment\":\"kanary-refused\",\"customer_id\":\"kanary-customer\"}";
    api_execute(&api, "ALTER TABLE response ADD CONSTRAINT no_kanary CHECK (comment NOT LIKE 'kanary-refused%%' OR "
                      "project_id <> %d)");
    ck_assert_int_ge(send(SCOPE_WRITE, "POST", "/v1/responses", refused)->status, 400);
    api_execute(&api,
                "ALTER TABLE event ADD CONSTRAINT no_kanary CHECK (octet_length(source) / (project_id - %d) > 0)");
    ck_assert_int_ge(send(SCOPE_WRITE, "POST", "/v1/events",
                          "{\"action\":\"viewed\",\"source\":\"kanary-source\",\"customer_id\":\"kanary-customer\"}")
                         ->status,
                     400);
}

static char *read_log(const char *path)
{
    FILE *file = fopen(path, "re");
    ck_assert_msg(file != NULL, "%s", path);
    char *text = NULL;
    size_t size = 0;
    ck_assert_int_ge(getdelim(&text, &size, '\0', file), 1);
    fclose(file);
    return text;
}

static void search(const char *name, const char *log)
{
    for (size_t i = 0; i < sizeof canaries / sizeof *canaries; i++) {
        const char *found = strstr(log, canaries[i]);
        ck_assert_msg(found == NULL, "%s holds %s: %.200s", name, canaries[i], found - (found - log > 80 ? 80 : 0));
    }
    for (enum scope scope = SCOPE_WRITE; scope <= SCOPE_ADMIN; scope++)
        ck_assert_msg(strstr(log, api.keys[scope] + 8) == NULL, "%s holds a key", name);
}

START_TEST(no_log_holds_what_was_sent)
{
    send_what_is_taken();
    send_what_is_refused();
    send_what_the_database_refuses();
    char *service = serve_log(api.serve);
    char *postgres = read_log(api_text("%s/data/postgres.log", serve_folder(api.serve)));
    search("the service's log", service);
    search("PostgreSQL's log", postgres);
    /* Both have something to tell of it: else nothing was looked for. */
    ck_assert_ptr_nonnull(strstr(service, "\"route\":\"/v1/customers/{customer_id}/export\""));
    ck_assert_ptr_nonnull(strstr(service, "23514"));
    ck_assert_ptr_nonnull(strstr(service, "22012"));
    ck_assert_ptr_nonnull(strstr(postgres, "no_kanary"));
    free(service);
    free(postgres);
}
END_TEST

Suite *canary_suite(void)
{
    return API_SUITE("canary", setup, teardown, no_log_holds_what_was_sent);
}
