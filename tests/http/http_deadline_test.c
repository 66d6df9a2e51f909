/* SPDX-License-Identifier: MIT */
#include "layer_fixture.h"
#include "support/runner.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Clients that never stop, and never get anywhere: no byte of theirs is further than 100 ms from the next. */

enum { LIMIT_MS = 500, PATIENCE_MS = 5000 };

/* Sends the piece again and again until the server has closed. The milliseconds that it took; the reply, if there was one. */
static int64_t drip(struct http_client *client, const char *piece, char *reply, size_t size)
{
    int64_t start = layer_now_ms();
    size_t used = 0;
    reply[0] = '\0';
    while (layer_now_ms() - start < PATIENCE_MS) {
        ssize_t got = recv(client->fd, reply + used, size - used - 1, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            return layer_now_ms() - start;
        }
        used += got > 0 ? (size_t)got : 0;
        reply[used] = '\0';
        (void)!send(client->fd, piece, strlen(piece), MSG_NOSIGNAL | MSG_DONTWAIT);
        usleep(50000);
    }
    return PATIENCE_MS;
}

static void check_cut(struct http_client *client, const char *piece, const char *expected)
{
    char reply[2048];
    int64_t took = drip(client, piece, reply, sizeof reply);
    ck_assert_int_ge(took, LIMIT_MS - 100);
    ck_assert_int_lt(took, PATIENCE_MS);
    ck_assert_msg(strncmp(reply, expected, strlen(expected)) == 0 && (*expected != '\0' || *reply == '\0'), "%s",
                  reply);
    http_client_close(client);
}

START_TEST(headers_that_never_end_are_a_408)
{
    struct http_client client = layer_connect();
    ck_assert(http_client_write(&client, "GET /livez HTTP/1.1\r\nHost: a\r\n", 30));
    check_cut(&client, "X: y\r\n", "HTTP/1.1 408 ");
}
END_TEST

START_TEST(first_line_that_never_ends_is_cut)
{
    struct http_client client = layer_connect();
    check_cut(&client, "G", "");
}
END_TEST

START_TEST(connection_without_a_request_is_closed)
{
    struct http_client client = layer_connect();
    check_cut(&client, "", "");
}
END_TEST

START_TEST(next_request_has_a_deadline_too)
{
    struct http_client client = layer_connect();
    struct http_reply reply = layer_exchange(&client, "GET", "/livez", NULL, NULL);
    ck_assert_int_eq(reply.status, 200);
    http_reply_clear(&reply);
    ck_assert(http_client_write(&client, "GET /livez HTTP/1.1\r\nHost: a\r\n", 30));
    check_cut(&client, "X: y\r\n", "HTTP/1.1 408 ");
}
END_TEST

START_TEST(body_that_never_ends_is_a_408)
{
    struct http_client client = layer_connect();
    ck_assert(http_client_send(&client, "POST", "/echo", "Content-Length: 50000\r\n", NULL, 0));
    check_cut(&client, "x", "HTTP/1.1 408 ");
}
END_TEST

START_TEST(chunks_that_never_end_are_a_408)
{
    struct http_client client = layer_connect();
    ck_assert(http_client_send(&client, "POST", "/stream", "Transfer-Encoding: chunked\r\n", NULL, 0));
    check_cut(&client, "1\r\nx\r\n", "HTTP/1.1 408 ");
}
END_TEST

START_TEST(refusal_for_lateness_is_a_problem)
{
    struct http_client client = layer_connect();
    struct http_reply reply;
    ck_assert(http_client_send(&client, "POST", "/echo", "Content-Length: 5\r\n", NULL, 0));
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_int_eq(reply.status, 408);
    layer_check_header(&reply, "Content-Type", "application/problem+json");
    layer_check_header(&reply, "Connection", "close");
    ck_assert_ptr_nonnull(strstr(reply.body, "/problems/timeout"));
    http_reply_clear(&reply);
    ck_assert(http_client_is_closed(&client, PATIENCE_MS));
    http_client_close(&client);
}
END_TEST

/* What the server itself waits for is not the client's fault. */
START_TEST(waiting_for_the_server_is_not_late)
{
    atomic_store(&layer_delay_ms, 1500);
    ck_assert_int_eq(layer_status_of("GET", "/pending", NULL, NULL), 200);
}
END_TEST

START_TEST(stream_that_is_made_to_wait_is_not_late)
{
    atomic_store(&layer_delay_ms, 400); /* for each 64 KiB */
    struct http_client client = layer_connect();
    ck_assert(http_client_send(&client, "POST", "/stream", "Content-Length: 400000\r\n", NULL, 0));
    layer_send_stream(&client, 400000, false);
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_int_eq(reply.status, 200);
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

/* Sends until the server takes no more: it waits for a client that reads nothing of the replies. */
static void stuff(struct http_client *client, const char *bytes, size_t size)
{
    int64_t last = layer_now_ms();
    size_t sent = 0;
    while (layer_now_ms() - last < 200) {
        ssize_t now = send(client->fd, bytes + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (now > 0) {
            sent = (sent + (size_t)now) % size;
            last = layer_now_ms();
        }
    }
}

START_TEST(reader_that_never_reads_is_reset)
{
    enum { BODY = 20000 };
    int small = 4096;
    struct http_client client = layer_connect();
    setsockopt(client.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    char *request = NULL;
    int size = asprintf(&request, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%0*d", BODY, BODY, 0);
    stuff(&client, request, (size_t)size);
    int64_t start = layer_now_ms();
    struct pollfd wait = {.fd = client.fd, .events = 0};
    ck_assert_int_eq(poll(&wait, 1, PATIENCE_MS), 1);
    ck_assert((wait.revents & POLLERR) != 0); /* a reset, not an end: nothing is kept for it */
    ck_assert_int_ge(layer_now_ms() - start, LIMIT_MS - 300);
    free(request);
    http_client_close(&client);
}
END_TEST

START_TEST(others_are_served_meanwhile)
{
    struct http_client slow[50];
    for (int i = 0; i < 50; i++) {
        slow[i] = layer_connect();
        ck_assert(http_client_write(&slow[i], "GET /livez HTTP/1.1\r\n", 21));
    }
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(layer_status_of("GET", "/livez", NULL, NULL), 200);
    }
    for (int i = 0; i < 50; i++) {
        ck_assert(http_client_is_closed(&slow[i], PATIENCE_MS) || slow[i].fd >= 0);
        http_client_close(&slow[i]);
    }
}
END_TEST

Suite *http_deadline_suite(void)
{
    Suite *suite = suite_create("http_deadline");
    layer_case(suite, "deadlines", layer_setup_hasty,
               LAYER_TESTS(headers_that_never_end_are_a_408, first_line_that_never_ends_is_cut,
                           connection_without_a_request_is_closed, next_request_has_a_deadline_too,
                           body_that_never_ends_is_a_408, chunks_that_never_end_are_a_408,
                           refusal_for_lateness_is_a_problem, waiting_for_the_server_is_not_late,
                           stream_that_is_made_to_wait_is_not_late, reader_that_never_reads_is_reset,
                           others_are_served_meanwhile));
    return suite;
}
