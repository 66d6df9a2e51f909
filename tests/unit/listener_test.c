/* SPDX-License-Identifier: MIT */
#include "http/listener.h"

#include "support/runner.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void check_parts(const char *address, const char *host, const char *port)
{
    struct text found_host;
    const char *found_port;
    ck_assert_msg(listener_parse(address, &found_host, &found_port), "%s", address);
    ck_assert(text_is(found_host, host));
    ck_assert_str_eq(found_port, port);
}

START_TEST(address_has_a_host_and_a_port)
{
    check_parts("127.0.0.1:8080", "127.0.0.1", "8080");
    check_parts("[::1]:0", "::1", "0");
    check_parts("localhost:65535", "localhost", "65535");
    check_parts(":80", "", "80");
}
END_TEST

START_TEST(other_addresses_are_refused)
{
    static const char *const addresses[] = {"",          "8080",     "127.0.0.1", "127.0.0.1:", "127.0.0.1:http",
                                            "::1:80",    "[::1]",    "[::1",      "[::1:80",    "a:65536",
                                            "a:123456",  "a:-1",     "a: 80",     "[]:80",      "[127.0.0.1]:80",
                                            "[::1]x:80", "x[::1]:80"};
    struct text host;
    const char *port;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        ck_assert_msg(!listener_parse(addresses[i], &host, &port), "%s", addresses[i]);
    }
}
END_TEST

static void silence_log(void)
{
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
}

START_TEST(listener_tells_the_port_it_was_given)
{
    struct listener listener;
    ck_assert_int_eq(listener_open("127.0.0.1:0", &listener), STATUS_OK);
    ck_assert_int_eq(strncmp(listener.address, "127.0.0.1:", 10), 0);
    ck_assert_str_ne(listener.address, "127.0.0.1:0");
    listener_close(&listener);
}
END_TEST

START_TEST(taken_port_is_a_conflict)
{
    silence_log();
    struct listener first;
    struct listener second;
    ck_assert_int_eq(listener_open("127.0.0.1:0", &first), STATUS_OK);
    ck_assert_int_eq(listener_open(first.address, &second), STATUS_CONFLICT);
    ck_assert_int_eq(second.fd, -1);
    listener_close(&first);
    ck_assert_int_eq(listener_open(first.address, &second), STATUS_OK);
    listener_close(&second);
}
END_TEST

START_TEST(address_of_another_machine_is_refused)
{
    silence_log();
    struct listener listener;
    ck_assert_int_eq(listener_open("192.0.2.1:0", &listener), STATUS_INVALID);
    ck_assert_int_eq(listener_open("nonsense", &listener), STATUS_INVALID);
}
END_TEST

Suite *listener_suite(void)
{
    return RUNNER_SUITE("listener", address_has_a_host_and_a_port, other_addresses_are_refused,
                        listener_tells_the_port_it_was_given, taken_port_is_a_conflict,
                        address_of_another_machine_is_refused);
}
