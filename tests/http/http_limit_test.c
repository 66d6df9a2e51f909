/* SPDX-License-Identifier: MIT */
#include "layer_fixture.h"
#include "support/runner.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Limits by address. The loopback stands for a proxy here. */

static int status_from(const char *forwarded)
{
    char header[512];
    snprintf(header, sizeof header, "%s%s%s",
             forwarded == NULL ? "" : "X-Forwarded-For: ", forwarded == NULL ? "" : forwarded,
             forwarded == NULL ? "" : "\r\n");
    return layer_status_of("GET", "/livez", header, NULL);
}

START_TEST(address_that_asks_too_much_is_a_429)
{
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(status_from("192.0.2.1"), 200);
    }
    struct http_reply reply = http_client_fetch(layer_address, "GET", "/livez", "X-Forwarded-For: 192.0.2.1\r\n", NULL);
    ck_assert_int_eq(reply.status, 429);
    layer_check_header(&reply, "Content-Type", "application/problem+json");
    layer_check_header(&reply, "RateLimit-Policy", "\"address\";q=5;w=3600");
    layer_check_header(&reply, "RateLimit", "\"address\";r=0;t=3600");
    layer_check_header(&reply, "Retry-After", "720");
    ck_assert_ptr_nonnull(strstr(reply.body, "/problems/rate-limited"));
    http_reply_clear(&reply);
    ck_assert_int_eq(status_from("192.0.2.2"), 200);
}
END_TEST

START_TEST(what_is_not_there_counts_too)
{
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(layer_status_of("GET", "/nowhere", "X-Forwarded-For: 192.0.2.9\r\n", NULL), 404);
    }
    ck_assert_int_eq(layer_status_of("GET", "/nowhere", "X-Forwarded-For: 192.0.2.9\r\n", NULL), 429);
}
END_TEST

START_TEST(what_a_client_claims_before_the_proxy_changes_nothing)
{
    for (int i = 0; i < 5; i++) {
        char claim[64];
        snprintf(claim, sizeof claim, "10.0.0.%d, 203.0.113.%d, 192.0.2.1", i, i);
        ck_assert_int_eq(status_from(claim), 200);
    }
    ck_assert_int_eq(status_from("127.0.0.1, 192.0.2.1"), 429);
    ck_assert_int_eq(status_from("192.0.2.1, 127.0.0.9"), 429); /* a second proxy of ours */
    ck_assert_int_eq(
        layer_status_of("GET", "/livez", "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 192.0.2.1\r\n", NULL), 429);
    ck_assert_int_eq(
        layer_status_of("GET", "/livez", "X-Forwarded-For: 192.0.2.1\r\nForwarded: for=198.51.100.1\r\n", NULL), 429);
}
END_TEST

START_TEST(one_subscriber_of_ipv6_counts_as_one)
{
    for (int i = 0; i < 5; i++) {
        char address[64];
        snprintf(address, sizeof address, "2001:db8:0:1:%x::1", i);
        ck_assert_int_eq(status_from(address), 200);
    }
    ck_assert_int_eq(status_from("2001:db8:0:1:ffff::9"), 429);
    ck_assert_int_eq(status_from("2001:db8:0:2::1"), 200);
}
END_TEST

START_TEST(loopback_is_never_limited)
{
    struct http_client clients[8];
    for (int i = 0; i < 8; i++) { /* nor in its connections */
        clients[i] = layer_connect();
        struct http_reply reply = layer_exchange(&clients[i], "GET", "/livez", NULL, NULL);
        ck_assert_int_eq(reply.status, 200);
        http_reply_clear(&reply);
    }
    for (int i = 0; i < 8; i++) {
        http_client_close(&clients[i]);
    }
}
END_TEST

/* "10.1.2.3:41234" of some interface of this machine; NULL: it has none but the loopback. */
static const char *own_address(void)
{
    static char text[64];
    struct ifaddrs *list = NULL;
    const char *found = NULL;
    ck_assert_int_eq(getifaddrs(&list), 0);
    for (struct ifaddrs *at = list; at != NULL && found == NULL; at = at->ifa_next) {
        struct sockaddr_in address;
        if (at->ifa_addr == NULL || at->ifa_addr->sa_family != AF_INET) {
            continue;
        }
        memcpy(&address, at->ifa_addr, sizeof address);
        char name[INET_ADDRSTRLEN];
        inet_ntop(AF_INET, &address.sin_addr, name, sizeof name);
        if (strncmp(name, "127.", 4) != 0) {
            snprintf(text, sizeof text, "%s%s", name, strrchr(layer_address, ':'));
            found = text;
        }
    }
    freeifaddrs(list);
    return found;
}

static int status_at(const char *address, const char *headers)
{
    struct http_reply reply = http_client_fetch(address, "GET", "/livez", headers, NULL);
    int status = reply.status;
    http_reply_clear(&reply);
    return status;
}

START_TEST(one_address_has_so_many_connections_and_no_more)
{
    const char *address = own_address();
    if (address == NULL) {
        return; /* peers_test tries it without a network */
    }
    struct http_client clients[4];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++) {
            ck_assert(http_client_connect(&clients[i], address));
            ck_assert(http_client_write(&clients[i], "GET ", 4)); /* no whole request: not counted by the rate */
        }
        usleep(100000);
        ck_assert_int_eq(status_at(address, NULL), 503);
        ck_assert_int_eq(status_from(NULL), 200); /* from the proxy */
        for (int i = 0; i < 4; i++) {
            http_client_close(&clients[i]);
        }
        usleep(100000);
    }
    /* The rate is by the peer's address; what the peer says of others is not believed. */
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(status_at(address, "X-Forwarded-For: 127.0.0.1\r\n"), 200);
    }
    ck_assert_int_eq(status_at(address, "X-Forwarded-For: 192.0.2.77\r\n"), 429);
}
END_TEST

/* --- what follows an error on the same connection --- */

/* All that comes back until the server closes or has been silent for a while: statuses in order, "…" where it closed. */
static const char *statuses_of(const char *bytes)
{
    static char found[128];
    static char reply[65536];
    struct http_client client = layer_connect();
    size_t size = 0;
    ck_assert(http_client_write(&client, bytes, strlen(bytes)));
    for (;;) {
        struct pollfd wait = {.fd = client.fd, .events = POLLIN};
        if (poll(&wait, 1, 700) <= 0) {
            break;
        }
        ssize_t got = recv(client.fd, reply + size, sizeof reply - size - 1, 0);
        if (got <= 0) {
            break;
        }
        size += (size_t)got;
    }
    reply[size] = '\0';
    bool is_closed = http_client_is_closed(&client, 0);
    http_client_close(&client);
    found[0] = '\0';
    for (const char *at = reply; (at = strstr(at, "HTTP/1.1 ")) != NULL; at += 9) {
        snprintf(found + strlen(found), sizeof found - strlen(found), "%.3s ", at + 9);
    }
    return strcat(found, is_closed ? "end" : "open");
}

#define NEXT     "GET /show HTTP/1.1\r\nHost: a\r\n\r\n"
#define SMUGGLED "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"

/* After each of them the next request is either read from its first byte, or the connection ends: what is a body is never
 * taken for a request. Bodies here look like one. */
static const struct {
    const char *bytes;
    const char *expected;
} errors[] = {
    {"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "200 200 open"},
    {"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "404 200 open"},
    {"DELETE /livez HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "405 200 open"},
    {"BREW /livez HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "405 200 open"},
    {"GET /show?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "400 200 open"},
    {"GET /show/%zz HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "400 200 open"},
    {"GET /refused HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "401 200 open"},
    {"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "500 200 open"},
    {"HEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "404 200 open"},
    {"OPTIONS /echo HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "204 200 open"},
    {"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 32\r\n\r\n" SMUGGLED NEXT, "404 end"},
    {"DELETE /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 32\r\n\r\n" SMUGGLED NEXT, "405 end"},
    {"GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 32\r\n\r\n" SMUGGLED NEXT, "400 end"},
    {"POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 32\r\n\r\n" SMUGGLED NEXT, "401 end"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" SMUGGLED NEXT, "413 end"},
    {"POST /refused HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n" SMUGGLED "\r\n0\r\n\r\n" NEXT,
     "401 end"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 32\r\nContent-Length: 0\r\n\r\n" SMUGGLED NEXT, "400 end"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED NEXT,
     "400 end"},
    /* libmicrohttpd 0.9.75 answers these two by itself, and sends the head of that reply twice. */
    {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 32, 32\r\n\r\n" SMUGGLED NEXT, "400 400 end"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +32\r\n\r\n" SMUGGLED NEXT, "400 400 end"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n20\r\n" SMUGGLED NEXT, "400 end"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" SMUGGLED NEXT, "400 end"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nX: a\rTransfer-Encoding: chunked\r\n\r\n" SMUGGLED NEXT, "400 end"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\n Content-Length: 32\r\n\r\n" SMUGGLED NEXT, "400 end"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 32\r\n\r\n" SMUGGLED NEXT, "200 200 open"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n" SMUGGLED "\r\n0\r\n\r\n" NEXT,
     "200 200 open"},
};

START_TEST(what_follows_an_error_is_never_misread)
{
    const char *found = statuses_of(errors[_i].bytes);
    ck_assert_msg(strcmp(found, errors[_i].expected) == 0, "%s after %s", found, errors[_i].bytes);
}
END_TEST

Suite *http_limit_suite(void)
{
    Suite *suite = suite_create("http_limit");
    layer_case(suite, "limits", layer_setup_limited,
               LAYER_TESTS(address_that_asks_too_much_is_a_429, what_is_not_there_counts_too,
                           what_a_client_claims_before_the_proxy_changes_nothing, one_subscriber_of_ipv6_counts_as_one,
                           loopback_is_never_limited, one_address_has_so_many_connections_and_no_more));
    TCase *pipelines = tcase_create("pipelines");
    tcase_add_checked_fixture(pipelines, layer_setup, NULL);
    tcase_set_timeout(pipelines, 60);
    tcase_add_loop_test(pipelines, what_follows_an_error_is_never_misread, 0, sizeof errors / sizeof *errors);
    suite_add_tcase(suite, pipelines);
    return suite;
}
