/* SPDX-License-Identifier: MIT */
#include "layer_fixture.h"
#include "support/runner.h"

#include "base/meter.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- limits --- */
START_TEST(connections_over_the_limit_get_a_503)
{
    struct http_client clients[8];
    for (int i = 0; i < 8; i++) {
        clients[i] = layer_connect();
        struct http_reply reply = layer_exchange(&clients[i], "GET", "/livez", NULL, NULL);
        ck_assert_int_eq(reply.status, 200);
        http_reply_clear(&reply);
    }
    struct http_reply reply = http_client_fetch(layer_address, "GET", "/livez", NULL, NULL);
    ck_assert_int_eq(reply.status, 503);
    layer_check_header(&reply, "Retry-After", "5");
    http_reply_clear(&reply);
    http_client_close(&clients[0]);
    usleep(100000);
    ck_assert_int_eq(layer_status_of("GET", "/livez", NULL, NULL), 200);
    for (int i = 1; i < 8; i++) {
        http_client_close(&clients[i]);
    }
}
END_TEST

START_TEST(idle_connection_is_closed)
{
    struct http_client client = layer_connect();
    struct http_reply reply = layer_exchange(&client, "GET", "/livez", NULL, NULL);
    http_reply_clear(&reply);
    int64_t start = layer_now_ms();
    ck_assert(http_client_is_closed(&client, 5000));
    ck_assert_int_ge(layer_now_ms() - start, 800);
    http_client_close(&client);
}
END_TEST

START_TEST(pending_request_is_not_idle)
{
    atomic_store(&layer_delay_ms, 2500);
    ck_assert_int_eq(layer_status_of("GET", "/pending", NULL, NULL), 200);
}
END_TEST

/* --- the admin listener --- */

START_TEST(admin_routes_are_on_the_admin_listener_only)
{
    ck_assert_int_eq(layer_status_of("GET", "/metrics", NULL, NULL), 404);
    ck_assert_int_eq(layer_status_of("GET", "/livez", NULL, NULL), 200);
    ck_assert_int_eq(layer_status_of("GET", "/show", NULL, NULL), 200);
    layer_address = http_admin_address(layer_server);
    ck_assert_int_eq(layer_status_of("GET", "/metrics", NULL, NULL), 200);
    ck_assert_int_eq(layer_status_of("GET", "/livez", NULL, NULL), 200);
    ck_assert_int_eq(layer_status_of("GET", "/show", NULL, NULL), 404);
}
END_TEST

START_TEST(without_an_admin_listener_all_is_on_the_main_one)
{
    ck_assert_ptr_null(http_admin_address(layer_server));
    ck_assert_int_eq(layer_status_of("GET", "/metrics", NULL, NULL), 200);
}
END_TEST

/* --- opening and closing --- */

START_TEST(taken_port_is_told)
{
    static const struct http_application nothing_served = {.routes = NULL};
    struct http_options same = layer_options;
    same.listen = layer_address;
    struct http_server *second = NULL;
    ck_assert_int_eq(http_open(&nothing_served, &same, &second), STATUS_CONFLICT);
    same.listen = "nonsense";
    ck_assert_int_eq(http_open(&nothing_served, &same, &second), STATUS_INVALID);
}
END_TEST

struct burster {
    pthread_t thread;
    size_t ok;
};

static void *run_burst(void *context)
{
    struct burster *burster = context;
    burster->ok = http_client_burst(layer_address, 300, 1, "POST", "/pending", "{}");
    return NULL;
}

START_TEST(drain_loses_no_pending_request)
{
    ck_assert(http_client_allow_descriptors(1000));
    atomic_store(&layer_delay_ms, 300);
    struct http_client idle = layer_connect();
    struct http_reply reply = layer_exchange(&idle, "GET", "/livez", NULL, NULL);
    http_reply_clear(&reply);
    struct burster burster;
    ck_assert_int_eq(pthread_create(&burster.thread, NULL, run_burst, &burster), 0);
    layer_wait_for(&layer_counts.handled, 301);
    int64_t start = layer_now_ms();
    ck_assert(http_drain(layer_server, 10000));
    ck_assert_int_lt(layer_now_ms() - start, 3000);
    pthread_join(burster.thread, NULL);
    ck_assert_uint_eq(burster.ok, 300);
    ck_assert(http_client_is_closed(&idle, 0));
    http_client_close(&idle);
    struct http_client late;
    ck_assert(!http_client_connect(&late, layer_address));
}
END_TEST

START_TEST(drain_tells_that_connections_close)
{
    atomic_store(&layer_delay_ms, 300);
    struct http_client client = layer_connect();
    ck_assert(http_client_send(&client, "GET", "/pending", NULL, NULL, 0));
    layer_wait_for(&layer_counts.pending, 1);
    ck_assert(http_drain(layer_server, 10000));
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_int_eq(reply.status, 200);
    layer_check_header(&reply, "Connection", "close");
    http_reply_clear(&reply);
    ck_assert(http_client_is_closed(&client, 1000));
    http_client_close(&client);
}
END_TEST

static void *send_rest(void *client)
{
    usleep(300000);
    (void)http_client_write(client, "cd", 2);
    return NULL;
}

START_TEST(drain_lets_an_upload_end)
{
    struct http_client client = layer_connect();
    ck_assert(http_client_send(&client, "POST", "/echo", "Content-Length: 4\r\n", NULL, 0));
    ck_assert(http_client_write(&client, "ab", 2));
    layer_wait_for(&layer_counts.begun, 1);
    pthread_t sender;
    ck_assert_int_eq(pthread_create(&sender, NULL, send_rest, &client), 0);
    ck_assert(http_drain(layer_server, 10000));
    pthread_join(sender, NULL);
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_str_eq(reply.body, "abcd");
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

START_TEST(drain_is_bounded)
{
    atomic_store(&layer_delay_ms, 1500);
    struct http_client slow = layer_connect();
    ck_assert(http_client_send(&slow, "GET", "/pending", NULL, NULL, 0));
    struct http_client upload = layer_connect();
    ck_assert(http_client_send(&upload, "POST", "/stream", "Content-Length: 1000000\r\n", NULL, 0));
    layer_send_stream(&upload, 500000, false);
    layer_wait_for(&layer_counts.begun, 2);
    layer_wait_for(&layer_counts.pending, 1);
    int64_t start = layer_now_ms();
    ck_assert(!http_drain(layer_server, 200));
    ck_assert_int_lt(layer_now_ms() - start, 1200);
    http_close(layer_server); /* the worker finishes its request after the server is gone */
    layer_server = NULL;
    layer_close();
    ck_assert(http_client_is_closed(&slow, 1000));
    ck_assert(http_client_is_closed(&upload, 1000));
    http_client_close(&slow);
    http_client_close(&upload);
}
END_TEST

START_TEST(requests_are_metered_and_logged_without_what_they_hold)
{
    FILE *log = tmpfile();
    dup2(fileno(log), STDERR_FILENO);
    ck_assert_int_eq(layer_status_of("GET", "/show/canary1?key=canary2", "Authorization: canary3\r\n", NULL), 200);
    ck_assert_int_eq(layer_status_of("POST", "/echo", NULL, "canary4"), 200);
    ck_assert_int_eq(layer_status_of("GET", "/canary5", NULL, NULL), 404);
    ck_assert(http_drain(layer_server, 5000));
    static char text[1 << 16];
    rewind(log);
    text[fread(text, 1, sizeof text - 1, log)] = '\0';
    fclose(log);
    ck_assert_ptr_null(strstr(text, "canary"));
    ck_assert_ptr_nonnull(strstr(text, "\"method\":\"GET\",\"route\":\"/show/{value}\",\"status\":200,\"ms\":"));
    ck_assert_ptr_nonnull(strstr(text, "\"method\":\"POST\",\"route\":\"/echo\",\"status\":200,\"ms\":"));
    ck_assert_ptr_nonnull(strstr(text, "\"bytes\":7}"));
    struct buffer meters;
    buffer_init(&meters);
    meter_write(&meters);
    ck_assert_ptr_nonnull(
        strstr(meters.data, "hark_http_requests_total{method=\"POST\",route=\"/echo\",status=\"200\"} 1\n"));
    ck_assert_ptr_nonnull(
        strstr(meters.data, "hark_http_requests_total{method=\"other\",route=\"none\",status=\"404\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(meters.data, "hark_http_request_duration_seconds_count{route=\"/show/{value}\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(meters.data, "hark_http_connections 0\n"));
    ck_assert_ptr_nonnull(strstr(meters.data, "hark_http_requests_in_flight 0\n"));
    buffer_clear(&meters);
}
END_TEST

Suite *http_closing_suite(void)
{
    Suite *suite = suite_create("http_closing");
    layer_case(
        suite, "tight", layer_setup_tight,
        LAYER_TESTS(connections_over_the_limit_get_a_503, idle_connection_is_closed, pending_request_is_not_idle));
    layer_case(suite, "admin", layer_setup_admin, LAYER_TESTS(admin_routes_are_on_the_admin_listener_only));
    layer_case(suite, "closing", layer_setup,
               LAYER_TESTS(without_an_admin_listener_all_is_on_the_main_one, taken_port_is_told,
                           drain_loses_no_pending_request, drain_tells_that_connections_close, drain_lets_an_upload_end,
                           drain_is_bounded, requests_are_metered_and_logged_without_what_they_hold));
    return suite;
}
