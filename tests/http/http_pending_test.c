/* SPDX-License-Identifier: MIT */
#include "layer_fixture.h"
#include "support/runner.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- pending requests --- */

START_TEST(request_is_finished_by_another_thread)
{
    struct http_client client = layer_connect();
    for (int i = 0; i < 200; i++) {
        struct http_reply reply = layer_exchange(&client, i % 2 == 0 ? "GET" : "POST", "/pending",
                                                 i % 3 == 0 ? "X-Complete: y\r\n" : NULL, i % 2 == 0 ? NULL : "body");
        ck_assert_int_eq(reply.status, 200);
        ck_assert(i % 3 != 0 || strcmp(reply.body, "completed") == 0);
        http_reply_clear(&reply);
    }
    http_client_close(&client);
}
END_TEST

START_TEST(request_finished_before_its_handler_returns_is_answered)
{
    ck_assert_uint_eq(http_client_burst(layer_address, 50, 100, "GET", "/hasty", NULL), 5000);
}
END_TEST

START_TEST(client_that_leaves_a_pending_request_does_no_harm)
{
    atomic_store(&layer_delay_ms, 30);
    for (int i = 0; i < 50; i++) {
        struct http_client client = layer_connect();
        ck_assert(http_client_send(&client, "POST", "/pending", NULL, "abc", 3));
        if (i % 2 == 0) { /* a reset rather than an end */
            const struct linger hard = {.l_onoff = 1};
            ck_assert_int_eq(setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
        }
        usleep(i % 5 == 0 ? 10000 : 0);
        http_client_close(&client);
    }
    ck_assert_int_eq(layer_status_of("GET", "/livez", NULL, NULL), 200);
    layer_wait_for(&layer_counts.pending, 0);
}
END_TEST

/* As `nc -N` does. The end of its input comes together with the request, which libmicrohttpd alone would miss. */
START_TEST(client_that_shuts_its_side_gets_its_reply_and_the_end)
{
    static const char *const paths[] = {"/livez", "/pending", "/hasty"};
    atomic_store(&layer_delay_ms, 50);
    struct http_client idle = layer_connect(); /* libmicrohttpd treats the one that is idle longest in another way */
    for (int i = 0; i < 30; i++) {
        struct http_client client = layer_connect();
        int corked = i < 15; /* one packet for both */
        ck_assert_int_eq(setsockopt(client.fd, IPPROTO_TCP, TCP_CORK, &corked, sizeof corked), 0);
        ck_assert(http_client_send(&client, "GET", paths[i % 3], NULL, NULL, 0));
        usleep(corked ? 0 : 10000);
        ck_assert_int_eq(shutdown(client.fd, SHUT_WR), 0);
        struct http_reply reply;
        ck_assert(http_client_receive(&client, false, &reply));
        ck_assert_int_eq(reply.status, 200);
        http_reply_clear(&reply);
        ck_assert(http_client_is_closed(&client, 2000));
        http_client_close(&client);
    }
    http_client_close(&idle);
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_order)
{
    struct http_client client = layer_connect();
    char text[4096];
    size_t size = 0;
    for (int i = 0; i < 30; i++) {
        size +=
            (size_t)snprintf(text + size, sizeof text - size, "GET /%s HTTP/1.1\r\nHost: a\r\nX-Request-Id: %d\r\n\r\n",
                             i % 2 == 0 ? "livez" : "pending", i);
    }
    ck_assert(http_client_write(&client, text, size));
    for (int i = 0; i < 30; i++) {
        struct http_reply reply;
        char id[16];
        ck_assert(http_client_receive(&client, false, &reply));
        ck_assert_int_eq(reply.status, 200);
        snprintf(id, sizeof id, "%d", i);
        layer_check_header(&reply, "X-Request-Id", id);
        http_reply_clear(&reply);
    }
    http_client_close(&client);
}
END_TEST

START_TEST(old_http_gets_one_reply_and_the_end)
{
    struct http_client client = layer_connect();
    static const char request[] = "GET /livez HTTP/1.0\r\n\r\n";
    ck_assert(http_client_write(&client, request, sizeof request - 1));
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_int_eq(reply.status, 200);
    http_reply_clear(&reply);
    ck_assert(http_client_is_closed(&client, 3000));
    http_client_close(&client);
}
END_TEST

START_TEST(request_may_come_byte_by_byte)
{
    struct http_client client = layer_connect();
    static const char request[] = "\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    for (size_t i = 0; i < sizeof request - 1; i++) {
        ck_assert(http_client_write(&client, request + i, 1));
        usleep(500);
    }
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_str_eq(reply.body, "abc");
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

/* --- many connections --- */

START_TEST(k_times_128_connections_are_served)
{
    static const size_t counts[] = {127, 128, 256, 512, 1000};
    ck_assert(http_client_allow_descriptors(2200));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        ck_assert_uint_eq(http_client_burst(layer_address, counts[i], 20, "GET", "/livez", NULL), counts[i] * 20);
    }
}
END_TEST

/* Their replies all become ready at one moment, in one thread. */
START_TEST(k_times_128_replies_at_once_are_sent)
{
    static const size_t counts[] = {127, 128, 256, 512, 1000};
    ck_assert(http_client_allow_descriptors(2200));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        layer_gate_set((int)counts[i]);
        ck_assert_uint_eq(http_client_burst(layer_address, counts[i], 10, "GET", "/gate", NULL), counts[i] * 10);
        ck_assert_uint_eq(http_client_burst(layer_address, counts[i], 10, "POST", "/gate", "{}"), counts[i] * 10);
    }
}
END_TEST

Suite *http_pending_suite(void)
{
    Suite *suite = suite_create("http_pending");
    layer_case(suite, "pending", layer_setup,
               LAYER_TESTS(request_is_finished_by_another_thread,
                           request_finished_before_its_handler_returns_is_answered,
                           client_that_leaves_a_pending_request_does_no_harm, pipelined_requests_are_answered_in_order,
                           old_http_gets_one_reply_and_the_end, request_may_come_byte_by_byte));
    layer_case(suite, "one thread", layer_setup_one_thread,
               LAYER_TESTS(k_times_128_connections_are_served, k_times_128_replies_at_once_are_sent,
                           client_that_shuts_its_side_gets_its_reply_and_the_end));
    return suite;
}
