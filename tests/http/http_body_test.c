/* SPDX-License-Identifier: MIT */
#include "layer_fixture.h"
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- bodies --- */

START_TEST(body_is_collected)
{
    static char body[ECHO_LIMIT + 1];
    for (size_t i = 0; i < ECHO_LIMIT; i++) {
        body[i] = (char)('a' + i % 23);
    }
    struct http_client client = layer_connect();
    for (size_t size = 1; size <= ECHO_LIMIT;
         size = size < ECHO_LIMIT && size * 10 > ECHO_LIMIT ? ECHO_LIMIT : size * 10) {
        struct http_reply reply;
        ck_assert(http_client_send(&client, "POST", "/echo", NULL, body, size));
        ck_assert(http_client_receive(&client, false, &reply));
        ck_assert_int_eq(reply.status, 200);
        ck_assert_uint_eq(reply.size, size);
        ck_assert_mem_eq(reply.body, body, size);
        http_reply_clear(&reply);
    }
    http_client_close(&client);
}
END_TEST

START_TEST(empty_body_is_collected_too)
{
    struct http_client client = layer_connect();
    struct http_reply reply = layer_exchange(&client, "POST", "/echo", NULL, "");
    ck_assert_int_eq(reply.status, 200);
    ck_assert_uint_eq(reply.size, 0);
    http_reply_clear(&reply);
    reply = layer_exchange(&client, "POST", "/echo", NULL, NULL);
    ck_assert_int_eq(reply.status, 200);
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

START_TEST(chunked_body_is_collected)
{
    struct http_client client = layer_connect();
    ck_assert(http_client_send(&client, "POST", "/echo", "Transfer-Encoding: chunked\r\n", NULL, 0));
    static const char *const pieces[] = {
        "5\r\nhel", "lo\r\n", "1", "0;x=y\r\n, here is more..\r\n", "0\r\n", "X-Trailer: z\r\n\r\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        ck_assert(http_client_write(&client, pieces[i], strlen(pieces[i])));
        usleep(10000);
    }
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_str_eq(reply.body, "hello, here is more..");
    http_reply_clear(&reply);
    reply = layer_exchange(&client, "GET", "/livez", NULL, NULL);
    ck_assert_int_eq(reply.status, 200);
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

static void check_413(struct http_client *client)
{
    struct http_reply reply;
    ck_assert(http_client_receive(client, false, &reply));
    ck_assert_int_eq(reply.status, 413);
    layer_check_header(&reply, "Connection", "close");
    layer_check_header(&reply, "Content-Type", "application/problem+json");
    layer_check_header(&reply, "Access-Control-Allow-Origin", "*");
    char id[64];
    ck_assert_uint_eq(strlen(http_reply_header(&reply, "X-Request-Id", id, sizeof id)), 36);
    http_reply_clear(&reply);
    ck_assert(http_client_is_closed(client, 3000));
}

START_TEST(announced_body_over_the_limit_is_a_413_before_it_comes)
{
    struct http_client client = layer_connect();
    ck_assert(http_client_send(&client, "POST", "/echo", "Content-Length: 100001\r\n", NULL, 0));
    check_413(&client);
    ck_assert_int_eq(atomic_load(&layer_counts.handled), 0);
    http_client_close(&client);
}
END_TEST

START_TEST(chunked_body_over_the_limit_is_a_413_where_it_crosses)
{
    struct http_client client = layer_connect();
    ck_assert(http_client_send(&client, "POST", "/echo", "Transfer-Encoding: chunked\r\n", NULL, 0));
    static char chunk[1000];
    memset(chunk, 'x', sizeof chunk);
    for (int i = 0; i < ECHO_LIMIT / 1000; i++) {
        ck_assert(http_client_write(&client, "3e8\r\n", 5) && http_client_write(&client, chunk, 1000) &&
                  http_client_write(&client, "\r\n", 2));
    }
    ck_assert(!http_client_is_closed(&client, 100)); /* just at the limit */
    ck_assert(http_client_write(&client, "1\r\nx\r\n", 6));
    check_413(&client);
    ck_assert_int_eq(atomic_load(&layer_counts.handled), 0);
    http_client_close(&client);
}
END_TEST

/* A client that goes on sending megabytes must still be able to read why it was refused. */
START_TEST(refusal_survives_a_body_that_keeps_coming)
{
    static char megabyte[1 << 20];
    memset(megabyte, 'x', sizeof megabyte);
    for (int round = 0; round < 5; round++) {
        struct http_client client = layer_connect();
        ck_assert(http_client_send(&client, "POST", "/echo", "Content-Length: 8388608\r\n", NULL, 0));
        for (int i = 0; i < 8; i++) {
            ck_assert(http_client_write(&client, megabyte, sizeof megabyte));
        }
        check_413(&client);
        http_client_close(&client);
    }
}
END_TEST

START_TEST(refusal_in_begin_comes_before_the_body)
{
    struct http_client client = layer_connect();
    ck_assert(http_client_send(&client, "POST", "/refused", "Content-Length: 1000\r\n", NULL, 0));
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_int_eq(reply.status, 401);
    layer_check_header(&reply, "Connection", "close");
    http_reply_clear(&reply);
    ck_assert(http_client_is_closed(&client, 3000));
    http_client_close(&client);
}
END_TEST

START_TEST(body_where_none_is_taken_is_refused)
{
    ck_assert_int_eq(layer_status_of("GET", "/livez", NULL, "body"), 400);
    ck_assert_int_eq(layer_status_of("GET", "/nowhere", NULL, "body"), 404);
    ck_assert_int_eq(layer_status_of("GET", "/livez", NULL, ""), 200);
}
END_TEST

START_TEST(expect_100_is_answered_before_the_body)
{
    struct http_client client = layer_connect();
    ck_assert(http_client_send(&client, "POST", "/echo", "Content-Length: 2\r\nExpect: 100-continue\r\n", NULL, 0));
    char interim[64] = "";
    ck_assert_int_gt(recv(client.fd, interim, sizeof interim - 1, 0), 0);
    ck_assert_str_eq(interim, "HTTP/1.1 100 Continue\r\n\r\n");
    ck_assert(http_client_write(&client, "ab", 2));
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_str_eq(reply.body, "ab");
    http_reply_clear(&reply);
    ck_assert(http_client_send(&client, "POST", "/refused", "Content-Length: 2\r\nExpect: 100-continue\r\n", NULL, 0));
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_ptr_null(strstr(reply.headers, "100"));
    ck_assert_int_eq(reply.status, 401);
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

/* --- streams --- */

static long resident_kilobytes(void)
{
    char text[64];
    FILE *file = fopen("/proc/self/statm", "r"); /* the second number: resident pages */
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    fclose(file);
    return strtol(strchr(text, ' '), NULL, 10) * (sysconf(_SC_PAGESIZE) / 1024);
}

static void check_stream(size_t size, bool chunked)
{
    struct http_client client = layer_connect();
    char header[64];
    snprintf(header, sizeof header, chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: %zu\r\n", size);
    ck_assert(http_client_send(&client, "POST", "/stream", header, NULL, 0));
    uint64_t sum = layer_send_stream(&client, size, chunked);
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    char expected[64];
    snprintf(expected, sizeof expected, "%zu %llu", size, (unsigned long long)sum);
    ck_assert_str_eq(reply.body, expected);
    http_reply_clear(&reply);
    reply = layer_exchange(&client, "GET", "/livez", NULL, NULL);
    ck_assert_int_eq(reply.status, 200);
    http_reply_clear(&reply);
    http_client_close(&client);
}

START_TEST(stream_of_20_megabytes_waits_for_its_slow_reader_in_little_memory)
{
    atomic_store(&layer_delay_ms, 2);
    check_stream(1000000, false);
    long before = resident_kilobytes();
    check_stream(20 << 20, false);
    ck_assert_int_gt(atomic_load(&layer_counts.pauses), 100);
    ck_assert_int_lt(resident_kilobytes() - before, 8192);
}
END_TEST

START_TEST(chunked_stream_waits_for_its_slow_reader)
{
    atomic_store(&layer_delay_ms, 2);
    check_stream(5000000, true);
    ck_assert_int_gt(atomic_load(&layer_counts.pauses), 20);
}
END_TEST

START_TEST(streams_of_every_size_arrive)
{
    for (size_t size = 1; size < 300000; size = size * 3 + 1) {
        check_stream(size, false);
        check_stream(size, true);
    }
}
END_TEST

START_TEST(client_that_leaves_its_stream_is_noticed)
{
    for (int i = 0; i < 20; i++) {
        struct http_client client = layer_connect();
        ck_assert(http_client_send(&client, "POST", "/stream", "Content-Length: 1000000\r\n", NULL, 0));
        layer_send_stream(&client, (size_t)i * 10000, false);
        http_client_close(&client);
    }
    layer_wait_for(&layer_counts.ended, 20);
}
END_TEST

START_TEST(reply_set_while_streaming_ends_the_upload)
{
    struct http_client client = layer_connect();
    ck_assert(http_client_send(&client, "POST", "/stream", "Content-Length: 1000000\r\n", NULL, 0));
    ck_assert(http_client_write(&client, "poison", 6));
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_int_eq(reply.status, 422);
    layer_check_header(&reply, "Connection", "close");
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

Suite *http_body_suite(void)
{
    Suite *suite = suite_create("http_body");
    layer_case(suite, "bodies", layer_setup,
               LAYER_TESTS(body_is_collected, empty_body_is_collected_too, chunked_body_is_collected,
                           announced_body_over_the_limit_is_a_413_before_it_comes,
                           chunked_body_over_the_limit_is_a_413_where_it_crosses,
                           refusal_survives_a_body_that_keeps_coming, refusal_in_begin_comes_before_the_body,
                           body_where_none_is_taken_is_refused, expect_100_is_answered_before_the_body));
    layer_case(suite, "streams", layer_setup,
               LAYER_TESTS(stream_of_20_megabytes_waits_for_its_slow_reader_in_little_memory,
                           chunked_stream_waits_for_its_slow_reader, streams_of_every_size_arrive,
                           client_that_leaves_its_stream_is_noticed, reply_set_while_streaming_ends_the_upload));
    return suite;
}
