/* SPDX-License-Identifier: MIT */
#include "http/server.h"

#include "layer_application.h"
#include "support/http_client.h"
#include "support/runner.h"

#include "base/meter.h"

#include <fcntl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Each test runs in a process of its own, with a server of its own. */
static struct http_server *server;
static const char *address;

static struct http_options options = {
    .listen = "127.0.0.1:0",
    .threads = 2,
    .max_connections = 2000,
    .idle_timeout_ms = 30000,
    .access_log = true,
};

static void silence_log(void)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, STDERR_FILENO);
    close(null);
}

static void open_server(void)
{
    server = layer_open(&options);
    ck_assert_ptr_nonnull(server);
    address = http_address(server);
}

static void setup(void)
{
    silence_log();
    open_server();
}

/* Every request that the application saw begin must have ended. */
static void teardown(void)
{
    if (server != NULL) {
        http_drain(server, 5000);
        layer_close();
        http_close(server);
    }
    for (int i = 0; i < 1000 && atomic_load(&layer_counts.begun) != atomic_load(&layer_counts.ended); i++) {
        usleep(5000);
    }
    ck_assert_int_eq(atomic_load(&layer_counts.begun), atomic_load(&layer_counts.ended));
}

static struct http_client connect_client(void)
{
    struct http_client client;
    ck_assert(http_client_connect(&client, address));
    return client;
}

static void check_header(const struct http_reply *reply, const char *name, const char *expected)
{
    char value[256];
    ck_assert_str_eq(http_reply_header(reply, name, value, sizeof value), expected);
}

/* One request and its reply on a connection that is open. */
static struct http_reply exchange(struct http_client *client, const char *method, const char *path, const char *headers,
                                  const char *body)
{
    struct http_reply reply;
    ck_assert(http_client_send(client, method, path, headers, body, body == NULL ? 0 : strlen(body)));
    ck_assert(http_client_receive(client, strcmp(method, "HEAD") == 0, &reply));
    return reply;
}

static int status_of(const char *method, const char *path, const char *headers, const char *body)
{
    struct http_reply reply = http_client_fetch(address, method, path, headers, body);
    int status = reply.status;
    http_reply_clear(&reply);
    return status;
}

static void wait_for(atomic_int *count, int value)
{
    for (int i = 0; i < 4000 && atomic_load(count) != value; i++) {
        usleep(2000);
    }
    ck_assert_int_eq(atomic_load(count), value);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- routes, headers ---------------------------------------------------------------------------------------------------- */

START_TEST(inline_route_answers)
{
    struct http_reply reply = http_client_fetch(address, "GET", "/livez", NULL, NULL);
    ck_assert_int_eq(reply.status, 200);
    ck_assert_str_eq(reply.body, "ok\n");
    check_header(&reply, "Content-Type", "text/plain");
    check_header(&reply, "X-Content-Type-Options", "nosniff");
    check_header(&reply, "Cache-Control", "no-store");
    check_header(&reply, "Connection", "");
    http_reply_clear(&reply);
}
END_TEST

START_TEST(unknown_path_is_a_404_problem)
{
    struct http_reply reply = http_client_fetch(address, "GET", "/nowhere?key=secret", NULL, NULL);
    ck_assert_int_eq(reply.status, 404);
    check_header(&reply, "Content-Type", "application/problem+json");
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
    struct http_reply reply = http_client_fetch(address, "DELETE", "/refused", NULL, NULL);
    ck_assert_int_eq(reply.status, 405);
    check_header(&reply, "Allow", "GET, HEAD, POST, OPTIONS");
    http_reply_clear(&reply);
    ck_assert_int_eq(status_of("BREW", "/livez", NULL, NULL), 405);
    ck_assert_int_eq(status_of("BREW", "/nowhere", NULL, NULL), 404);
}
END_TEST

START_TEST(errors_without_a_body_keep_the_connection)
{
    struct http_client client = connect_client();
    static const char *const paths[] = {"/nowhere", "/refused", "/show?a=%", "/livez"};
    static const int statuses[] = {404, 401, 400, 200};
    for (int i = 0; i < 4; i++) {
        struct http_reply reply = exchange(&client, "GET", paths[i], NULL, NULL);
        ck_assert_int_eq(reply.status, statuses[i]);
        http_reply_clear(&reply);
    }
    http_client_close(&client);
}
END_TEST

START_TEST(head_is_get_without_a_body)
{
    struct http_client client = connect_client();
    struct http_reply reply = exchange(&client, "HEAD", "/livez", NULL, NULL);
    ck_assert_int_eq(reply.status, 200);
    check_header(&reply, "Content-Length", "3");
    http_reply_clear(&reply);
    reply = exchange(&client, "HEAD", "/nowhere", NULL, NULL);
    ck_assert_int_eq(reply.status, 404);
    http_reply_clear(&reply);
    reply = exchange(&client, "GET", "/livez", NULL, NULL); /* nothing was left over */
    ck_assert_str_eq(reply.body, "ok\n");
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

START_TEST(options_tells_the_methods)
{
    struct http_reply reply = http_client_fetch(address, "OPTIONS", "/livez", NULL, NULL);
    ck_assert_int_eq(reply.status, 204);
    check_header(&reply, "Allow", "GET, HEAD, OPTIONS");
    check_header(&reply, "Access-Control-Allow-Origin", "");
    http_reply_clear(&reply);
}
END_TEST

START_TEST(preflight_opens_cors_routes)
{
    struct http_reply reply = http_client_fetch(address, "OPTIONS", "/echo",
                                                "Origin: https://shop.example\r\n"
                                                "Access-Control-Request-Method: POST\r\n",
                                                NULL);
    ck_assert_int_eq(reply.status, 204);
    check_header(&reply, "Access-Control-Allow-Origin", "*");
    check_header(&reply, "Access-Control-Allow-Methods", "POST, OPTIONS");
    check_header(&reply, "Access-Control-Allow-Headers", "authorization, content-type, idempotency-key, x-request-id");
    check_header(&reply, "Access-Control-Max-Age", "86400");
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
        struct http_reply reply = http_client_fetch(address, cases[i].method, cases[i].path, NULL, cases[i].body);
        ck_assert_int_eq(reply.status, cases[i].status);
        check_header(&reply, "Access-Control-Allow-Origin", "*");
        char exposed[128];
        ck_assert_ptr_nonnull(strstr(http_reply_header(&reply, "Access-Control-Expose-Headers", exposed, 128), "X-Request-Id"));
        http_reply_clear(&reply);
    }
    struct http_reply reply = http_client_fetch(address, "GET", "/show", NULL, NULL);
    check_header(&reply, "Access-Control-Allow-Origin", "");
    http_reply_clear(&reply);
}
END_TEST

START_TEST(sane_request_id_is_echoed)
{
    struct http_reply reply = http_client_fetch(address, "GET", "/livez", "x-request-id: abc-1.2_3\r\n", NULL);
    check_header(&reply, "X-Request-Id", "abc-1.2_3");
    http_reply_clear(&reply);
    static const char *const strange[] = {"", "a b", "a\"b", "<script>", "\xC3\xA9"};
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        char header[64];
        char id[64];
        snprintf(header, sizeof header, "X-Request-Id: %s\r\n", strange[i]);
        reply = http_client_fetch(address, "GET", "/livez", header, NULL);
        ck_assert_uint_eq(strlen(http_reply_header(&reply, "X-Request-Id", id, sizeof id)), 36);
        http_reply_clear(&reply);
    }
}
END_TEST

START_TEST(handler_sees_path_query_and_headers_decoded)
{
    struct http_reply reply =
        http_client_fetch(address, "GET", "/show/a%2Fb?x=1+2&y=%C3%A9&x=3", "X-Show:  spaced \t \r\n", NULL);
    ck_assert_int_eq(reply.status, 200);
    ck_assert_str_eq(reply.body, "GET a/b x=1 2 y=\xC3\xA9 x=3 [spaced]");
    check_header(&reply, "ETag", "\"1\"");
    check_header(&reply, "Cache-Control", "max-age=5");
    http_reply_clear(&reply);
    reply = http_client_fetch(address, "GET", "http://other.example/show?a", NULL, NULL);
    ck_assert_str_eq(reply.body, "GET - a= []");
    http_reply_clear(&reply);
}
END_TEST

START_TEST(bad_query_names_the_parameter)
{
    static const char *const paths[] = {"/show?a=1&channel=%zz", "/show?channel=%00", "/show?channel=%ff"};
    for (int i = 0; i < 3; i++) {
        struct http_reply reply = http_client_fetch(address, "GET", paths[i], NULL, NULL);
        ck_assert_int_eq(reply.status, 400);
        json_t *problem = json_loads(reply.body, 0, NULL);
        json_t *first = json_array_get(json_object_get(problem, "errors"), 0);
        ck_assert_str_eq(json_string_value(json_object_get(first, "parameter")), "channel");
        json_decref(problem);
        http_reply_clear(&reply);
    }
    ck_assert_int_eq(status_of("GET", "/show/%00", NULL, NULL), 400);
    ck_assert_int_eq(status_of("GET", "/show/%f", NULL, NULL), 400);
}
END_TEST

START_TEST(at_most_100_faults_are_listed)
{
    struct http_reply reply = http_client_fetch(address, "GET", "/fault", NULL, NULL);
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
    ck_assert_int_eq(status_of("GET", "/nothing", NULL, NULL), 500);
}
END_TEST

START_TEST(unchanged_has_no_body)
{
    struct http_client client = connect_client();
    for (int i = 0; i < 2; i++) {
        struct http_reply reply = exchange(&client, "GET", "/unchanged", NULL, NULL);
        ck_assert_int_eq(reply.status, 304);
        http_reply_clear(&reply);
    }
    http_client_close(&client);
}
END_TEST

START_TEST(large_reply_arrives_whole)
{
    struct http_reply reply = http_client_fetch(address, "GET", "/large", NULL, NULL);
    ck_assert_uint_eq(reply.size, LARGE_SIZE);
    ck_assert_uint_eq(strspn(reply.body, "x"), LARGE_SIZE);
    http_reply_clear(&reply);
}
END_TEST

/* --- bodies --------------------------------------------------------------------------------------------------------------- */

START_TEST(body_is_collected)
{
    static char body[ECHO_LIMIT + 1];
    for (size_t i = 0; i < ECHO_LIMIT; i++) {
        body[i] = (char)('a' + i % 23);
    }
    struct http_client client = connect_client();
    for (size_t size = 1; size <= ECHO_LIMIT; size = size < ECHO_LIMIT && size * 10 > ECHO_LIMIT ? ECHO_LIMIT : size * 10) {
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
    struct http_client client = connect_client();
    struct http_reply reply = exchange(&client, "POST", "/echo", NULL, "");
    ck_assert_int_eq(reply.status, 200);
    ck_assert_uint_eq(reply.size, 0);
    http_reply_clear(&reply);
    reply = exchange(&client, "POST", "/echo", NULL, NULL);
    ck_assert_int_eq(reply.status, 200);
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

START_TEST(chunked_body_is_collected)
{
    struct http_client client = connect_client();
    ck_assert(http_client_send(&client, "POST", "/echo", "Transfer-Encoding: chunked\r\n", NULL, 0));
    static const char *const pieces[] = {"5\r\nhel", "lo\r\n", "1", "0;x=y\r\n, here is more..\r\n", "0\r\n", "X-Trailer: z\r\n\r\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        ck_assert(http_client_write(&client, pieces[i], strlen(pieces[i])));
        usleep(10000);
    }
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_str_eq(reply.body, "hello, here is more..");
    http_reply_clear(&reply);
    reply = exchange(&client, "GET", "/livez", NULL, NULL);
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
    check_header(&reply, "Connection", "close");
    check_header(&reply, "Content-Type", "application/problem+json");
    check_header(&reply, "Access-Control-Allow-Origin", "*");
    char id[64];
    ck_assert_uint_eq(strlen(http_reply_header(&reply, "X-Request-Id", id, sizeof id)), 36);
    http_reply_clear(&reply);
    ck_assert(http_client_is_closed(client, 3000));
}

START_TEST(announced_body_over_the_limit_is_a_413_before_it_comes)
{
    struct http_client client = connect_client();
    ck_assert(http_client_send(&client, "POST", "/echo", "Content-Length: 100001\r\n", NULL, 0));
    check_413(&client);
    ck_assert_int_eq(atomic_load(&layer_counts.handled), 0);
    http_client_close(&client);
}
END_TEST

START_TEST(chunked_body_over_the_limit_is_a_413_where_it_crosses)
{
    struct http_client client = connect_client();
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
        struct http_client client = connect_client();
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
    struct http_client client = connect_client();
    ck_assert(http_client_send(&client, "POST", "/refused", "Content-Length: 1000\r\n", NULL, 0));
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_int_eq(reply.status, 401);
    check_header(&reply, "Connection", "close");
    http_reply_clear(&reply);
    ck_assert(http_client_is_closed(&client, 3000));
    http_client_close(&client);
}
END_TEST

START_TEST(body_where_none_is_taken_is_refused)
{
    ck_assert_int_eq(status_of("GET", "/livez", NULL, "body"), 400);
    ck_assert_int_eq(status_of("GET", "/nowhere", NULL, "body"), 404);
    ck_assert_int_eq(status_of("GET", "/livez", NULL, ""), 200);
}
END_TEST

START_TEST(expect_100_is_answered_before_the_body)
{
    struct http_client client = connect_client();
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

/* --- streams -------------------------------------------------------------------------------------------------------------- */

static long resident_kilobytes(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%*d %ld", &pages), 1);
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Sends size bytes in pieces of an uneven size, as chunks or plain. Returns what the server should have counted. */
static uint64_t send_stream(struct http_client *client, size_t size, bool chunked)
{
    static unsigned char piece[40961];
    uint64_t sum = 0;
    for (size_t done = 0; done < size;) {
        size_t now = size - done < sizeof piece ? size - done : sizeof piece;
        for (size_t i = 0; i < now; i++) {
            piece[i] = (unsigned char)((done + i) * 2654435761U >> 24);
            sum = sum * 31 + piece[i];
        }
        char line[32];
        snprintf(line, sizeof line, "%zx\r\n", now);
        ck_assert(!chunked || http_client_write(client, line, strlen(line)));
        ck_assert(http_client_write(client, piece, now));
        ck_assert(!chunked || http_client_write(client, "\r\n", 2));
        done += now;
    }
    ck_assert(!chunked || http_client_write(client, "0\r\n\r\n", 5));
    return sum;
}

static void check_stream(size_t size, bool chunked)
{
    struct http_client client = connect_client();
    char header[64];
    snprintf(header, sizeof header, chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: %zu\r\n", size);
    ck_assert(http_client_send(&client, "POST", "/stream", header, NULL, 0));
    uint64_t sum = send_stream(&client, size, chunked);
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    char expected[64];
    snprintf(expected, sizeof expected, "%zu %llu", size, (unsigned long long)sum);
    ck_assert_str_eq(reply.body, expected);
    http_reply_clear(&reply);
    reply = exchange(&client, "GET", "/livez", NULL, NULL);
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
        struct http_client client = connect_client();
        ck_assert(http_client_send(&client, "POST", "/stream", "Content-Length: 1000000\r\n", NULL, 0));
        send_stream(&client, (size_t)i * 10000, false);
        http_client_close(&client);
    }
    wait_for(&layer_counts.ended, 20);
}
END_TEST

START_TEST(reply_set_while_streaming_ends_the_upload)
{
    struct http_client client = connect_client();
    ck_assert(http_client_send(&client, "POST", "/stream", "Content-Length: 1000000\r\n", NULL, 0));
    ck_assert(http_client_write(&client, "poison", 6));
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_int_eq(reply.status, 422);
    check_header(&reply, "Connection", "close");
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

/* --- pending requests ------------------------------------------------------------------------------------------------------- */

START_TEST(request_is_finished_by_another_thread)
{
    struct http_client client = connect_client();
    for (int i = 0; i < 200; i++) {
        struct http_reply reply = exchange(&client, i % 2 == 0 ? "GET" : "POST", "/pending",
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
    ck_assert_uint_eq(http_client_burst(address, 50, 100, "GET", "/hasty", NULL), 5000);
}
END_TEST

START_TEST(client_that_leaves_a_pending_request_does_no_harm)
{
    atomic_store(&layer_delay_ms, 30);
    for (int i = 0; i < 50; i++) {
        struct http_client client = connect_client();
        ck_assert(http_client_send(&client, "POST", "/pending", NULL, "abc", 3));
        if (i % 2 == 0) { /* a reset rather than an end */
            const struct linger hard = {.l_onoff = 1};
            ck_assert_int_eq(setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
        }
        usleep(i % 5 == 0 ? 10000 : 0);
        http_client_close(&client);
    }
    ck_assert_int_eq(status_of("GET", "/livez", NULL, NULL), 200);
    wait_for(&layer_counts.pending, 0);
}
END_TEST

/* As `nc -N` does. The end of its input comes together with the request, which libmicrohttpd alone would miss. */
START_TEST(client_that_shuts_its_side_gets_its_reply_and_the_end)
{
    static const char *const paths[] = {"/livez", "/pending", "/hasty"};
    atomic_store(&layer_delay_ms, 50);
    for (int i = 0; i < 30; i++) {
        struct http_client client = connect_client();
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
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_order)
{
    struct http_client client = connect_client();
    char text[4096] = "";
    for (int i = 0; i < 30; i++) {
        char one[128];
        snprintf(one, sizeof one, "GET /%s HTTP/1.1\r\nHost: a\r\nX-Request-Id: %d\r\n\r\n", i % 2 == 0 ? "livez" : "pending", i);
        strcat(text, one);
    }
    ck_assert(http_client_write(&client, text, strlen(text)));
    for (int i = 0; i < 30; i++) {
        struct http_reply reply;
        char id[16];
        ck_assert(http_client_receive(&client, false, &reply));
        ck_assert_int_eq(reply.status, 200);
        snprintf(id, sizeof id, "%d", i);
        check_header(&reply, "X-Request-Id", id);
        http_reply_clear(&reply);
    }
    http_client_close(&client);
}
END_TEST

START_TEST(old_http_gets_one_reply_and_the_end)
{
    struct http_client client = connect_client();
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
    struct http_client client = connect_client();
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

/* --- the guard --------------------------------------------------------------------------------------------------------------- */

/* Sends raw bytes, with a second request behind them that must never be served. */
static int status_of_raw(const char *bytes, size_t size)
{
    static const char second[] = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n";
    int before = atomic_load(&layer_counts.handled);
    struct http_client client = connect_client();
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
    ck_assert_int_eq(STATUS_OF_RAW("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n"), 400);
    ck_assert_int_eq(STATUS_OF_RAW("POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
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
        int used = asprintf(&text, "GET /show?q=%0*d HTTP/1.1\r\nHost: a\r\nCookie: a=b; c=%0*d\r\nX-Show: %0*d\r\n\r\n", (int)size / 4, 0,
                            (int)size / 4, 0, (int)size / 2, 0);
        ck_assert_int_gt(used, 0);
        struct http_client client = connect_client();
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
    char headers[2048] = "";
    for (int i = 0; i < 101; i++) {
        strcat(headers, "X: y\r\n");
    }
    struct http_reply reply = http_client_fetch(address, "GET", "/livez", headers, NULL);
    ck_assert_int_eq(reply.status, 431);
    http_reply_clear(&reply);
    ck_assert_int_eq(status_of("GET", "/livez", NULL, NULL), 200);
}
END_TEST

START_TEST(header_without_end_is_refused)
{
    static char header[40000];
    memset(header, 'x', sizeof header - 1);
    memcpy(header, "X: ", 3);
    strcpy(header + sizeof header - 3, "\r\n");
    int status = status_of("GET", "/livez", header, NULL);
    ck_assert(status == 431 || status == 413);
}
END_TEST

/* --- many connections ---------------------------------------------------------------------------------------------------------- */

START_TEST(k_times_128_connections_are_served)
{
    static const size_t counts[] = {127, 128, 256, 512, 1000};
    ck_assert(http_client_allow_descriptors(2200));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        ck_assert_uint_eq(http_client_burst(address, counts[i], 20, "GET", "/livez", NULL), counts[i] * 20);
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
        ck_assert_uint_eq(http_client_burst(address, counts[i], 10, "GET", "/gate", NULL), counts[i] * 10);
        ck_assert_uint_eq(http_client_burst(address, counts[i], 10, "POST", "/gate", "{}"), counts[i] * 10);
    }
}
END_TEST

START_TEST(connections_over_the_limit_get_a_503)
{
    struct http_client clients[8];
    for (int i = 0; i < 8; i++) {
        clients[i] = connect_client();
        struct http_reply reply = exchange(&clients[i], "GET", "/livez", NULL, NULL);
        ck_assert_int_eq(reply.status, 200);
        http_reply_clear(&reply);
    }
    struct http_reply reply = http_client_fetch(address, "GET", "/livez", NULL, NULL);
    ck_assert_int_eq(reply.status, 503);
    check_header(&reply, "Retry-After", "5");
    http_reply_clear(&reply);
    http_client_close(&clients[0]);
    usleep(100000);
    ck_assert_int_eq(status_of("GET", "/livez", NULL, NULL), 200);
    for (int i = 1; i < 8; i++) {
        http_client_close(&clients[i]);
    }
}
END_TEST

START_TEST(idle_connection_is_closed)
{
    struct http_client client = connect_client();
    struct http_reply reply = exchange(&client, "GET", "/livez", NULL, NULL);
    http_reply_clear(&reply);
    int64_t start = now_ms();
    ck_assert(http_client_is_closed(&client, 5000));
    ck_assert_int_ge(now_ms() - start, 800);
    http_client_close(&client);
}
END_TEST

START_TEST(pending_request_is_not_idle)
{
    atomic_store(&layer_delay_ms, 2500);
    ck_assert_int_eq(status_of("GET", "/pending", NULL, NULL), 200);
}
END_TEST

/* --- the admin listener ---------------------------------------------------------------------------------------------------------- */

START_TEST(admin_routes_are_on_the_admin_listener_only)
{
    ck_assert_int_eq(status_of("GET", "/metrics", NULL, NULL), 404);
    ck_assert_int_eq(status_of("GET", "/livez", NULL, NULL), 200);
    ck_assert_int_eq(status_of("GET", "/show", NULL, NULL), 200);
    address = http_admin_address(server);
    ck_assert_int_eq(status_of("GET", "/metrics", NULL, NULL), 200);
    ck_assert_int_eq(status_of("GET", "/livez", NULL, NULL), 200);
    ck_assert_int_eq(status_of("GET", "/show", NULL, NULL), 404);
}
END_TEST

START_TEST(without_an_admin_listener_all_is_on_the_main_one)
{
    ck_assert_ptr_null(http_admin_address(server));
    ck_assert_int_eq(status_of("GET", "/metrics", NULL, NULL), 200);
}
END_TEST

/* --- opening and closing ----------------------------------------------------------------------------------------------------------- */

START_TEST(taken_port_is_told)
{
    static const struct http_application nothing_served = {.routes = NULL};
    struct http_options same = options;
    same.listen = address;
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
    burster->ok = http_client_burst(address, 300, 1, "POST", "/pending", "{}");
    return NULL;
}

START_TEST(drain_loses_no_pending_request)
{
    ck_assert(http_client_allow_descriptors(1000));
    atomic_store(&layer_delay_ms, 300);
    struct http_client idle = connect_client();
    struct http_reply reply = exchange(&idle, "GET", "/livez", NULL, NULL);
    http_reply_clear(&reply);
    struct burster burster;
    ck_assert_int_eq(pthread_create(&burster.thread, NULL, run_burst, &burster), 0);
    wait_for(&layer_counts.handled, 301);
    int64_t start = now_ms();
    ck_assert(http_drain(server, 10000));
    ck_assert_int_lt(now_ms() - start, 3000);
    pthread_join(burster.thread, NULL);
    ck_assert_uint_eq(burster.ok, 300);
    ck_assert(http_client_is_closed(&idle, 0));
    http_client_close(&idle);
    struct http_client late;
    ck_assert(!http_client_connect(&late, address));
}
END_TEST

START_TEST(drain_tells_that_connections_close)
{
    atomic_store(&layer_delay_ms, 300);
    struct http_client client = connect_client();
    ck_assert(http_client_send(&client, "GET", "/pending", NULL, NULL, 0));
    wait_for(&layer_counts.pending, 1);
    ck_assert(http_drain(server, 10000));
    struct http_reply reply;
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_int_eq(reply.status, 200);
    check_header(&reply, "Connection", "close");
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
    struct http_client client = connect_client();
    ck_assert(http_client_send(&client, "POST", "/echo", "Content-Length: 4\r\n", NULL, 0));
    ck_assert(http_client_write(&client, "ab", 2));
    wait_for(&layer_counts.begun, 1);
    pthread_t sender;
    ck_assert_int_eq(pthread_create(&sender, NULL, send_rest, &client), 0);
    ck_assert(http_drain(server, 10000));
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
    struct http_client slow = connect_client();
    ck_assert(http_client_send(&slow, "GET", "/pending", NULL, NULL, 0));
    struct http_client upload = connect_client();
    ck_assert(http_client_send(&upload, "POST", "/stream", "Content-Length: 1000000\r\n", NULL, 0));
    send_stream(&upload, 500000, false);
    wait_for(&layer_counts.begun, 2);
    wait_for(&layer_counts.pending, 1);
    int64_t start = now_ms();
    ck_assert(!http_drain(server, 200));
    ck_assert_int_lt(now_ms() - start, 1200);
    http_close(server); /* the worker finishes its request after the server is gone */
    server = NULL;
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
    ck_assert_int_eq(status_of("GET", "/show/canary1?key=canary2", "Authorization: canary3\r\n", NULL), 200);
    ck_assert_int_eq(status_of("POST", "/echo", NULL, "canary4"), 200);
    ck_assert_int_eq(status_of("GET", "/canary5", NULL, NULL), 404);
    ck_assert(http_drain(server, 5000));
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
    ck_assert_ptr_nonnull(strstr(meters.data, "hark_http_requests_total{method=\"POST\",route=\"/echo\",status=\"200\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(meters.data, "hark_http_requests_total{method=\"other\",route=\"none\",status=\"404\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(meters.data, "hark_http_request_duration_seconds_count{route=\"/show/{value}\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(meters.data, "hark_http_connections 0\n"));
    ck_assert_ptr_nonnull(strstr(meters.data, "hark_http_requests_in_flight 0\n"));
    buffer_clear(&meters);
}
END_TEST

/* --- the suite ----------------------------------------------------------------------------------------------------------------------- */

static void setup_one_thread(void)
{
    options.threads = 1;
    setup();
}

static void setup_tight(void)
{
    options.max_connections = 8;
    options.idle_timeout_ms = 1000;
    setup();
}

static void setup_admin(void)
{
    options.admin_listen = "127.0.0.1:0";
    setup();
}

static void add_case(Suite *suite, const char *name, SFun case_setup, const TTest *const tests[])
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, case_setup, teardown);
    tcase_set_timeout(tcase, 60);
    for (size_t i = 0; tests[i] != NULL; i++) {
        tcase_add_test(tcase, tests[i]);
    }
    suite_add_tcase(suite, tcase);
}
#define TESTS(...) ((const TTest *const[]){__VA_ARGS__, NULL})

Suite *http_layer_suite(void)
{
    Suite *suite = suite_create("http_layer");
    add_case(suite, "routes", setup,
             TESTS(inline_route_answers, unknown_path_is_a_404_problem, wrong_method_is_a_405_with_allow,
                   errors_without_a_body_keep_the_connection, head_is_get_without_a_body, options_tells_the_methods,
                   preflight_opens_cors_routes, errors_of_cors_routes_can_be_read_by_pages, sane_request_id_is_echoed,
                   handler_sees_path_query_and_headers_decoded, bad_query_names_the_parameter,
                   at_most_100_faults_are_listed, reply_that_was_never_set_is_a_500, unchanged_has_no_body,
                   large_reply_arrives_whole));
    add_case(suite, "bodies", setup,
             TESTS(body_is_collected, empty_body_is_collected_too, chunked_body_is_collected,
                   announced_body_over_the_limit_is_a_413_before_it_comes,
                   chunked_body_over_the_limit_is_a_413_where_it_crosses, refusal_survives_a_body_that_keeps_coming,
                   refusal_in_begin_comes_before_the_body, body_where_none_is_taken_is_refused,
                   expect_100_is_answered_before_the_body));
    add_case(suite, "streams", setup,
             TESTS(stream_of_20_megabytes_waits_for_its_slow_reader_in_little_memory,
                   chunked_stream_waits_for_its_slow_reader, streams_of_every_size_arrive,
                   client_that_leaves_its_stream_is_noticed, reply_set_while_streaming_ends_the_upload));
    add_case(suite, "pending", setup,
             TESTS(request_is_finished_by_another_thread, request_finished_before_its_handler_returns_is_answered,
                   client_that_leaves_a_pending_request_does_no_harm,
                   client_that_shuts_its_side_gets_its_reply_and_the_end, pipelined_requests_are_answered_in_order,
                   old_http_gets_one_reply_and_the_end, request_may_come_byte_by_byte));
    add_case(suite, "guard", setup,
             TESTS(what_may_be_read_in_two_ways_is_refused, what_libmicrohttpd_hides_is_refused,
                   long_headers_in_pieces_are_accounted_for, more_than_100_headers_are_a_431,
                   header_without_end_is_refused));
    add_case(suite, "many", setup_one_thread,
             TESTS(k_times_128_connections_are_served, k_times_128_replies_at_once_are_sent));
    add_case(suite, "tight", setup_tight,
             TESTS(connections_over_the_limit_get_a_503, idle_connection_is_closed, pending_request_is_not_idle));
    add_case(suite, "admin", setup_admin, TESTS(admin_routes_are_on_the_admin_listener_only));
    add_case(suite, "closing", setup,
             TESTS(without_an_admin_listener_all_is_on_the_main_one, taken_port_is_told, drain_loses_no_pending_request,
                   drain_tells_that_connections_close, drain_lets_an_upload_end, drain_is_bounded,
                   requests_are_metered_and_logged_without_what_they_hold));
    return suite;
}
