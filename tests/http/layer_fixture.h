/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_LAYER_FIXTURE_H
#define HARK_TESTS_LAYER_FIXTURE_H

#include "http/server.h"
#include "layer_application.h"
#include "support/http_client.h"

#include <check.h>
#include <stdint.h>

/* Each test runs in a process of its own, with a server of its own. */
extern struct http_server *layer_server; /* NULL: the test has closed it */
extern const char *layer_address;
extern struct http_options layer_options;

void layer_setup(void);
void layer_setup_one_thread(void);
void layer_setup_tight(void); /* 8 connections, idle for a second at most */
void layer_setup_admin(void);
void layer_setup_hasty(void); /* half a second for headers, body and reply */
void layer_setup_limited(
    void); /* 5 requests an hour an address; the loopback is a proxy; on every address of the machine */

#define LAYER_TESTS(...) ((const TTest *const[]){__VA_ARGS__, NULL})
void layer_case(Suite *suite, const char *name, SFun setup, const TTest *const tests[]);

struct http_client layer_connect(void);
/* One request and its reply on a connection that is open. */
struct http_reply layer_exchange(struct http_client *client, const char *method, const char *path, const char *headers,
                                 const char *body);
int layer_status_of(const char *method, const char *path, const char *headers, const char *body);
void layer_check_header(const struct http_reply *reply, const char *name, const char *expected);
void layer_wait_for(atomic_int *count, int value);
int64_t layer_now_ms(void);
/* Sends a body of size bytes in pieces of an uneven size, as chunks or plain. Returns the sum that the server should find. */
uint64_t layer_send_stream(struct http_client *client, size_t size, bool chunked);

#endif
