/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_API_H
#define HARK_TESTS_API_H

#include "base/scope.h"
#include "storage/account.h"
#include "support/http_client.h"
#include "support/serve.h"

#include <check.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* A project of one test's own on a running server, and the API as a client of it sees it. Whatever fails here fails the
 * test. */

struct api_reply {
    int status;
    struct http_reply http;
    json_t *json; /* NULL: the body is no JSON */
    struct api_reply *next;
};

struct api {
    const struct serve *serve;
    const char *address;
    char url[256]; /* of the database */
    struct connection *connection;
    char project[40];
    char organization[40];
    int32_t project_id;
    char keys[SCOPE_ADMIN + 1][KEY_TEXT_SIZE];
    char test_key[KEY_TEXT_SIZE]; /* write, --test */
    struct api_reply *replies;
};

/* The project declares the dimensions release and store, and has a key of each scope, which work already. organization:
 * NULL for one of its own. */
void api_open(struct api *api, const struct serve *serve, const char *organization);
/* Frees all replies too. */
void api_close(struct api *api);
/* project: NULL for a key of the whole organization. Returns when the server knows it. */
void api_key_new(struct api *api, const char *project, enum scope scope, char key[KEY_TEXT_SIZE]);

/* key: NULL for none. body: NULL for none; application/json otherwise. The reply belongs to api. */
const struct api_reply *api_send(struct api *api, const char *key, const char *method, const char *path,
                                 const char *body);
/* headers: "Name: value\r\n…", with the Content-Type, or NULL. */
const struct api_reply *api_send_with(struct api *api, const char *key, const char *method, const char *path,
                                      const char *headers, const char *body, size_t size);
/* With the key that the path takes at least: what most tests want. */
const struct api_reply *api_post(struct api *api, const char *path, const char *body);
const struct api_reply *api_get(struct api *api, const char *path);
const struct api_reply *api_patch(struct api *api, const char *id, const char *body);
const struct api_reply *api_post_lines(struct api *api, const char *path, const char *lines);

/* "errors.0.pointer" and the like; NULL when it isn't there. */
json_t *api_at(const struct api_reply *reply, const char *path);
/* They fail the test when it isn't there or of another type. */
const char *api_string(const struct api_reply *reply, const char *path);
double api_number(const struct api_reply *reply, const char *path);
size_t api_size(const struct api_reply *reply, const char *path);
bool api_is_null(const struct api_reply *reply, const char *path);
/* The index in errors of the fault with this pointer or parameter; -1. */
int api_fault(const struct api_reply *reply, const char *place);

#define ck_assert_status(reply_, status_)                                                              \
    ck_assert_msg((reply_)->status == (status_), "status %d, not %d: %s", (reply_)->status, (status_), \
                  (reply_)->http.body)

/* The number that a statement gives. */
int64_t api_ask(const struct api *api, const char *sql);
/* %d in it stands for the project. */
int64_t api_count(const struct api *api, const char *sql);
void api_execute(const struct api *api, const char *sql);
/* n of a metric over all of the project, and its value. */
int api_metric(struct api *api, const char *metric, double *value);
/* What GET /metrics of the server says of a meter without labels. */
double api_meter(const struct api *api, const char *name);
void api_sleep_ms(long ms);
/* Until the counters hold what was answered; numbers held it before. Dies after twenty seconds. */
void api_wait_until_added_up(const struct api *api);

/* A suite of one case, whose tests may take as long as a crowded machine needs. */
Suite *api_suite(const char *name, SFun setup, SFun teardown, const TTest *const tests[], size_t count);
#define API_SUITE(name_, setup_, teardown_, ...)                                   \
    api_suite((name_), (setup_), (teardown_), (const TTest *const[]){__VA_ARGS__}, \
              sizeof((const TTest *const[]){__VA_ARGS__}) / sizeof(const TTest *))

/* In memory of their own, which is taken again some calls later: a new id; a formatted text; a time. */
const char *api_id(void);
char *api_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *api_time(int64_t us);

#endif
