/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"
#include "layer_fixture.h"
#include "support/runner.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- routes, headers --- */

START_TEST(inline_route_answers)
{
    struct http_reply reply = http_client_fetch(layer_address, "GET", "/livez", NULL, NULL);
    ck_assert_int_eq(reply.status, 200);
    ck_assert_str_eq(reply.body, "ok\n");
    layer_check_header(&reply, "Content-Type", "text/plain");
    layer_check_header(&reply, "X-Content-Type-Options", "nosniff");
    layer_check_header(&reply, "Cache-Control", "no-store");
    layer_check_header(&reply, "Connection", "");
    http_reply_clear(&reply);
}
END_TEST

START_TEST(unknown_path_is_a_404_problem)
{
    struct http_reply reply = http_client_fetch(layer_address, "GET", "/nowhere?key=secret", NULL, NULL);
    ck_assert_int_eq(reply.status, 404);
    layer_check_header(&reply, "Content-Type", "application/problem+json");
    json_t *problem = json_loads(reply.body, 0, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(problem, "type")), "/problems/not-found");
    ck_assert_str_eq(json_string_value(json_object_get(problem, "instance")), "/nowhere");
    ck_assert_str_eq(json_string_value(json_object_get(problem, "title")), "Not Found");
    char id[64];
    ck_assert_str_eq(json_string_value(json_object_get(problem, "request_id")),
                     http_reply_header(&reply, "X-Request-Id", id, sizeof id));
    json_decref(problem);
    http_reply_clear(&reply);
}
END_TEST

START_TEST(wrong_method_is_a_405_with_allow)
{
    struct http_reply reply = http_client_fetch(layer_address, "DELETE", "/refused", NULL, NULL);
    ck_assert_int_eq(reply.status, 405);
    layer_check_header(&reply, "Allow", "GET, HEAD, POST, OPTIONS");
    http_reply_clear(&reply);
    ck_assert_int_eq(layer_status_of("BREW", "/livez", NULL, NULL), 405);
    ck_assert_int_eq(layer_status_of("BREW", "/nowhere", NULL, NULL), 404);
}
END_TEST

START_TEST(errors_without_a_body_keep_the_connection)
{
    struct http_client client = layer_connect();
    static const char *const paths[] = {"/nowhere", "/refused", "/show?a=%", "/livez"};
    static const int statuses[] = {404, 401, 400, 200};
    for (int i = 0; i < 4; i++) {
        struct http_reply reply = layer_exchange(&client, "GET", paths[i], NULL, NULL);
        ck_assert_int_eq(reply.status, statuses[i]);
        http_reply_clear(&reply);
    }
    http_client_close(&client);
}
END_TEST

START_TEST(head_is_get_without_a_body)
{
    struct http_client client = layer_connect();
    struct http_reply reply = layer_exchange(&client, "HEAD", "/livez", NULL, NULL);
    ck_assert_int_eq(reply.status, 200);
    layer_check_header(&reply, "Content-Length", "3");
    http_reply_clear(&reply);
    reply = layer_exchange(&client, "HEAD", "/nowhere", NULL, NULL);
    ck_assert_int_eq(reply.status, 404);
    http_reply_clear(&reply);
    reply = layer_exchange(&client, "GET", "/livez", NULL, NULL); /* nothing was left over */
    ck_assert_str_eq(reply.body, "ok\n");
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

START_TEST(options_tells_the_methods)
{
    struct http_reply reply = http_client_fetch(layer_address, "OPTIONS", "/livez", NULL, NULL);
    ck_assert_int_eq(reply.status, 204);
    layer_check_header(&reply, "Allow", "GET, HEAD, OPTIONS");
    layer_check_header(&reply, "Access-Control-Allow-Origin", "");
    http_reply_clear(&reply);
}
END_TEST

START_TEST(preflight_opens_cors_routes)
{
    struct http_reply reply = http_client_fetch(layer_address, "OPTIONS", "/echo",
                                                "Origin: https://shop.example\r\n"
                                                "Access-Control-Request-Method: POST\r\n",
                                                NULL);
    ck_assert_int_eq(reply.status, 204);
    layer_check_header(&reply, "Access-Control-Allow-Origin", "*");
    layer_check_header(&reply, "Access-Control-Allow-Methods", "POST, OPTIONS");
    layer_check_header(&reply, "Access-Control-Allow-Headers",
                       "authorization, content-type, idempotency-key, x-request-id");
    layer_check_header(&reply, "Access-Control-Max-Age", "86400");
    http_reply_clear(&reply);
}
END_TEST

START_TEST(errors_of_cors_routes_can_be_read_by_pages)
{
    static const struct {
        const char *method;
        const char *path;
        const char *body;
        int status;
    } cases[] = {{"POST", "/echo", "x", 200}, {"GET", "/echo", NULL, 405}, {"POST", "/echo?a=%", NULL, 400}};
    for (int i = 0; i < 3; i++) {
        struct http_reply reply = http_client_fetch(layer_address, cases[i].method, cases[i].path, NULL, cases[i].body);
        ck_assert_int_eq(reply.status, cases[i].status);
        layer_check_header(&reply, "Access-Control-Allow-Origin", "*");
        char exposed[128];
        ck_assert_ptr_nonnull(
            strstr(http_reply_header(&reply, "Access-Control-Expose-Headers", exposed, 128), "X-Request-Id"));
        http_reply_clear(&reply);
    }
    struct http_reply reply = http_client_fetch(layer_address, "GET", "/show", NULL, NULL);
    layer_check_header(&reply, "Access-Control-Allow-Origin", "");
    http_reply_clear(&reply);
}
END_TEST

START_TEST(sane_request_id_is_echoed)
{
    struct http_reply reply = http_client_fetch(layer_address, "GET", "/livez", "x-request-id: abc-1.2_3\r\n", NULL);
    layer_check_header(&reply, "X-Request-Id", "abc-1.2_3");
    http_reply_clear(&reply);
    static const char *const strange[] = {"", "a b", "a\"b", "<script>", "\xC3\xA9"};
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        char header[64];
        char id[64];
        snprintf(header, sizeof header, "X-Request-Id: %s\r\n", strange[i]);
        reply = http_client_fetch(layer_address, "GET", "/livez", header, NULL);
        ck_assert_uint_eq(strlen(http_reply_header(&reply, "X-Request-Id", id, sizeof id)), 36);
        http_reply_clear(&reply);
    }
}
END_TEST

START_TEST(handler_sees_path_query_and_headers_decoded)
{
    struct http_reply reply =
        http_client_fetch(layer_address, "GET", "/show/a%2Fb?x=1+2&y=%C3%A9&x=3", "X-Show:  spaced \t \r\n", NULL);
    ck_assert_int_eq(reply.status, 200);
    ck_assert_str_eq(reply.body, "GET a/b x=1 2 y=\xC3\xA9 x=3 [spaced]");
    layer_check_header(&reply, "ETag", "\"1\"");
    layer_check_header(&reply, "Cache-Control", "max-age=5");
    http_reply_clear(&reply);
    reply = http_client_fetch(layer_address, "GET", "http://other.example/show?a", NULL, NULL);
    ck_assert_str_eq(reply.body, "GET - a= []");
    http_reply_clear(&reply);
}
END_TEST

/* libmicrohttpd would keep each pair in the memory of the connection, and run out of it. */
START_TEST(query_of_thousands_of_pairs_is_a_400)
{
    static const size_t counts[] = {101, 300, 4000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char path[16 + 2 * 4000];
        size_t size = (size_t)snprintf(path, sizeof path, "/livez?");
        for (size_t n = 0; n < counts[i]; n++)
            size += (size_t)snprintf(path + size, sizeof path - size, "a&");
        ck_assert_int_eq(layer_status_of("GET", path, NULL, NULL), 400);
    }
}
END_TEST

START_TEST(bad_query_names_the_parameter)
{
    static const char *const paths[] = {"/show?a=1&channel=%zz", "/show?channel=%00", "/show?channel=%ff"};
    for (int i = 0; i < 3; i++) {
        struct http_reply reply = http_client_fetch(layer_address, "GET", paths[i], NULL, NULL);
        ck_assert_int_eq(reply.status, 400);
        json_t *problem = json_loads(reply.body, 0, NULL);
        json_t *first = json_array_get(json_object_get(problem, "errors"), 0);
        ck_assert_str_eq(json_string_value(json_object_get(first, "parameter")), "channel");
        json_decref(problem);
        http_reply_clear(&reply);
    }
    ck_assert_int_eq(layer_status_of("GET", "/show/%00", NULL, NULL), 400);
    ck_assert_int_eq(layer_status_of("GET", "/show/%f", NULL, NULL), 400);
}
END_TEST

START_TEST(at_most_100_faults_are_listed)
{
    struct http_reply reply = http_client_fetch(layer_address, "GET", "/fault", NULL, NULL);
    ck_assert_int_eq(reply.status, 422);
    json_t *problem = json_loads(reply.body, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(problem, "errors")), 100);
    ck_assert_int_eq(json_integer_value(json_object_get(problem, "errors_omitted")), 20);
    ck_assert_str_eq(json_string_value(json_object_get(problem, "detail")), "120 faults");
    json_decref(problem);
    http_reply_clear(&reply);
}
END_TEST

START_TEST(reply_that_was_never_set_is_a_500)
{
    ck_assert_int_eq(layer_status_of("GET", "/nothing", NULL, NULL), 500);
}
END_TEST

START_TEST(unchanged_has_no_body)
{
    struct http_client client = layer_connect();
    for (int i = 0; i < 2; i++) {
        struct http_reply reply = layer_exchange(&client, "GET", "/unchanged", NULL, NULL);
        ck_assert_int_eq(reply.status, 304);
        http_reply_clear(&reply);
    }
    http_client_close(&client);
}
END_TEST

START_TEST(large_reply_arrives_whole)
{
    struct http_reply reply = http_client_fetch(layer_address, "GET", "/large", NULL, NULL);
    ck_assert_uint_eq(reply.size, LARGE_SIZE);
    ck_assert_uint_eq(strspn(reply.body, "x"), LARGE_SIZE);
    http_reply_clear(&reply);
}
END_TEST

/* --- the guard --- */

/* Sends raw bytes, with a second request behind them that must never be served. */
static int status_of_raw(const char *bytes, size_t size)
{
    static const char second[] = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n";
    int before = atomic_load(&layer_counts.handled);
    struct http_client client = layer_connect();
    ck_assert(http_client_write(&client, bytes, size));
    (void)http_client_write(&client, second, sizeof second - 1);
    struct http_reply reply;
    (void)http_client_receive(&client, false, &reply);
    int status = reply.status;
    http_reply_clear(&reply);
    if (status == 200) { /* then the second one is served too */
        ck_assert(http_client_receive(&client, false, &reply));
        http_reply_clear(&reply);
    } else {
        ck_assert_msg(http_client_is_closed(&client, 3000), "open after: %s", bytes);
        ck_assert_int_eq(atomic_load(&layer_counts.handled), before);
    }
    http_client_close(&client);
    return status;
}
#define STATUS_OF_RAW(bytes_) status_of_raw("" bytes_, sizeof(bytes_) - 1)

START_TEST(what_may_be_read_in_two_ways_is_refused)
{
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    ck_assert_int_eq(
        STATUS_OF_RAW("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd"), 400);
    ck_assert_int_eq(
        STATUS_OF_RAW(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        400);
    ck_assert_int_eq(STATUS_OF_RAW("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                     400);
    ck_assert_int_eq(STATUS_OF_RAW("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length : 4\r\n\r\nabcd"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /li vez HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}
END_TEST

/* libmicrohttpd hides these: only the count of bytes shows them. */
START_TEST(what_libmicrohttpd_hides_is_refused)
{
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a\r\nX: y\r\n folded\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("POST /echo HTTP/1.1\r\nHost: a\r\nContent: 4\r\n -Length\r\n\r\nabcd"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez\0x HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\nHost: a\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a\r\n\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a\n\0C\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1\r\nHost: a\r\n\0\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET  /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez  HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("GET /livez HTTP/1.1 \r\nHost: a\r\n\r\n"), 400);
}
END_TEST

/* However the bytes of a header come in, and however long it is: the buffer of libmicrohttpd may grow and move. */
START_TEST(long_headers_in_pieces_are_accounted_for)
{
    for (size_t size = 1; size <= 9000; size += 749) {
        char *text = NULL;
        int used =
            asprintf(&text, "GET /show?q=%0*d HTTP/1.1\r\nHost: a\r\nCookie: a=b; c=%0*d\r\nX-Show: %0*d\r\n\r\n",
                     (int)size / 4, 0, (int)size / 4, 0, (int)size / 2, 0);
        ck_assert_int_gt(used, 0);
        struct http_client client = layer_connect();
        for (int round = 0; round < 3; round++) {
            for (int done = 0; done < used; done += 1501) {
                ck_assert(http_client_write(&client, text + done, (size_t)(used - done < 1501 ? used - done : 1501)));
                usleep((useconds_t)round * 1000);
            }
            struct http_reply reply;
            ck_assert(http_client_receive(&client, false, &reply));
            ck_assert_msg(reply.status == 200, "%zu: %d %s", size, reply.status, reply.body);
            http_reply_clear(&reply);
        }
        http_client_close(&client);
        free(text);
    }
}
END_TEST

START_TEST(more_than_100_headers_are_a_431)
{
    char headers[101 * 6 + 1];
    for (size_t i = 0; i < 101; i++) {
        memcpy(headers + i * 6, "X: y\r\n", 7);
    }
    struct http_reply reply = http_client_fetch(layer_address, "GET", "/livez", headers, NULL);
    ck_assert_int_eq(reply.status, 431);
    http_reply_clear(&reply);
    ck_assert_int_eq(layer_status_of("GET", "/livez", NULL, NULL), 200);
}
END_TEST

/* A head of so many bytes with so many headers. */
static char *make_head(const char *line, size_t bytes, int headers, size_t body)
{
    struct buffer head;
    buffer_init(&head);
    buffer_format(&head, "%s HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n", line, body);
    for (int i = 2; i < headers; i++) {
        size_t left = bytes > head.size + 2 ? (bytes - head.size - 2) / (size_t)(headers - i) : 0;
        buffer_format(&head, "X: %0*d\r\n", left > 6 ? (int)left - 5 : 1, 0);
    }
    buffer_string(&head, "\r\n");
    ck_assert(!head.failed);
    return buffer_take(&head, NULL);
}

static int status_of_head(const char *head, size_t body)
{
    static char bytes[3000];
    struct http_client client = layer_connect();
    struct http_reply reply;
    (void)(http_client_write(&client, head, strlen(head)) && http_client_write(&client, bytes, body));
    int status = http_client_receive(&client, false, &reply) ? reply.status : 0;
    http_reply_clear(&reply);
    http_client_close(&client);
    return status;
}

static void check_head(const char *head, size_t body, size_t limit)
{
    int expected = strlen(head) <= limit ? 200 : 431;
    int status = status_of_head(head, body);
    ck_assert_msg(status == expected, "%zu bytes of head, %zu of body: %d", strlen(head), body, status);
}

/* Without a body and with one. How many bytes the head of the latter has. */
static size_t check_heads(size_t bytes, int headers, size_t limit)
{
    enum { PLAIN = 0, WITH_BODY = 3000 };
    char *get = make_head("GET /show", bytes, headers, PLAIN);
    char *post = make_head("POST /echo", bytes, headers, WITH_BODY);
    size_t size = strlen(post);
    check_head(get, PLAIN, limit);
    check_head(post, WITH_BODY, limit);
    free(get);
    free(post);
    return size;
}

/* libmicrohttpd closes a connection without a word where a reply doesn't fit beside the request. Whatever the size, there is a reply. */
START_TEST(a_head_that_is_too_large_is_a_431)
{
    static const int headers[] = {3, 12, 45, 100};
    for (int h = 0; h < 4; h++) {
        size_t limit = (size_t)layer_options.head_bytes - HTTP_FIELD_BYTES * (size_t)headers[h];
        for (size_t bytes = 200; bytes < 20000; bytes += bytes < 15500 ? 61 : 977)
            check_heads(bytes, headers[h], limit);
        ck_assert_uint_eq(check_heads(limit, headers[h], limit), limit);
        ck_assert_uint_eq(check_heads(limit + 1, headers[h], limit), limit + 1);
    }
}
END_TEST

START_TEST(header_without_end_is_refused)
{
    static char header[40000];
    memset(header, 'x', sizeof header - 1);
    memcpy(header, "X: ", 3);
    memcpy(header + sizeof header - 3, "\r\n", 3);
    int status = layer_status_of("GET", "/livez", header, NULL);
    ck_assert(status == 431 || status == 413);
}
END_TEST

Suite *http_layer_suite(void)
{
    Suite *suite = suite_create("http_layer");
    layer_case(suite, "routes", layer_setup,
               LAYER_TESTS(inline_route_answers, unknown_path_is_a_404_problem, wrong_method_is_a_405_with_allow,
                           errors_without_a_body_keep_the_connection, head_is_get_without_a_body,
                           options_tells_the_methods, preflight_opens_cors_routes,
                           errors_of_cors_routes_can_be_read_by_pages, sane_request_id_is_echoed,
                           handler_sees_path_query_and_headers_decoded, bad_query_names_the_parameter,
                           query_of_thousands_of_pairs_is_a_400, at_most_100_faults_are_listed,
                           reply_that_was_never_set_is_a_500, unchanged_has_no_body, large_reply_arrives_whole));
    layer_case(suite, "guard", layer_setup,
               LAYER_TESTS(what_may_be_read_in_two_ways_is_refused, what_libmicrohttpd_hides_is_refused,
                           long_headers_in_pieces_are_accounted_for, more_than_100_headers_are_a_431,
                           a_head_that_is_too_large_is_a_431, header_without_end_is_refused));
    return suite;
}
