/* SPDX-License-Identifier: MIT */
#include "layer_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct http_server *layer_server;
const char *layer_address;

struct http_options layer_options = {
    .listen = "127.0.0.1:0",
    .threads = 2,
    .max_connections = 2000,
    .head_bytes = 12 << 10,
    .idle_timeout_ms = 30000,
    .access_log = true,
};

static void silence_log(void)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, STDERR_FILENO);
    close(null);
}

void layer_setup(void)
{
    silence_log();
    layer_server = layer_open(&layer_options);
    ck_assert_ptr_nonnull(layer_server);
    layer_address = http_address(layer_server);
}

void layer_setup_one_thread(void)
{
    layer_options.threads = 1;
    layer_setup();
}

void layer_setup_tight(void)
{
    layer_options.max_connections = 8;
    layer_options.idle_timeout_ms = 1000;
    layer_setup();
}

void layer_setup_admin(void)
{
    layer_options.admin_listen = "127.0.0.1:0";
    layer_setup();
}

void layer_setup_hasty(void)
{
    layer_options.header_timeout_ms = 500;
    layer_options.body_timeout_ms = 500;
    layer_options.reply_timeout_ms = 500;
    layer_options.idle_timeout_ms = 2000;
    layer_setup();
}

void layer_setup_limited(void)
{
    static struct address_range loopback;
    ck_assert(address_range_parse(text_of("127.0.0.0/8"), &loopback));
    layer_options.listen = "0.0.0.0:0";
    layer_options.proxies = (struct http_proxies){.ranges = &loopback, .count = 1};
    layer_options.max_connections_per_address = 4;
    layer_options.address_rate = (struct rate){.count = 5, .window_ms = 3600 * 1000};
    layer_setup();
}

/* Every request that the application saw begin must have ended. */
static void teardown(void)
{
    if (layer_server != NULL) {
        http_drain(layer_server, 5000);
        layer_close();
        http_close(layer_server);
    }
    for (int i = 0; i < 1000 && atomic_load(&layer_counts.begun) != atomic_load(&layer_counts.ended); i++) {
        usleep(5000);
    }
    ck_assert_int_eq(atomic_load(&layer_counts.begun), atomic_load(&layer_counts.ended));
}

void layer_case(Suite *suite, const char *name, SFun setup, const TTest *const tests[])
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    for (size_t i = 0; tests[i] != NULL; i++) {
        tcase_add_test(tcase, tests[i]);
    }
    suite_add_tcase(suite, tcase);
}

struct http_client layer_connect(void)
{
    struct http_client client;
    ck_assert(http_client_connect(&client, layer_address));
    return client;
}

void layer_check_header(const struct http_reply *reply, const char *name, const char *expected)
{
    char value[256];
    ck_assert_str_eq(http_reply_header(reply, name, value, sizeof value), expected);
}

struct http_reply layer_exchange(struct http_client *client, const char *method, const char *path, const char *headers,
                                 const char *body)
{
    struct http_reply reply;
    ck_assert(http_client_send(client, method, path, headers, body, body == NULL ? 0 : strlen(body)));
    ck_assert(http_client_receive(client, strcmp(method, "HEAD") == 0, &reply));
    return reply;
}

int layer_status_of(const char *method, const char *path, const char *headers, const char *body)
{
    struct http_reply reply = http_client_fetch(layer_address, method, path, headers, body);
    int status = reply.status;
    http_reply_clear(&reply);
    return status;
}

void layer_wait_for(atomic_int *count, int value)
{
    for (int i = 0; i < 4000 && atomic_load(count) != value; i++) {
        usleep(2000);
    }
    ck_assert_int_eq(atomic_load(count), value);
}

int64_t layer_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint64_t layer_send_stream(struct http_client *client, size_t size, bool chunked)
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
