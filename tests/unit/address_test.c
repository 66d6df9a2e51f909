/* SPDX-License-Identifier: MIT */
#include "base/address.h"
#include "support/runner.h"

#include <arpa/inet.h>
#include <string.h>

static struct address parsed(const char *string)
{
    struct address address;
    ck_assert_msg(address_parse(text_of(string), &address), "%s", string);
    return address;
}

START_TEST(both_families_are_read)
{
    struct address v4 = parsed("192.0.2.7");
    struct address mapped = parsed("::ffff:192.0.2.7");
    struct address v6 = parsed("2001:db8::7");
    ck_assert(address_equal(&v4, &mapped));
    ck_assert(!address_equal(&v4, &v6));
    ck_assert_int_eq(v6.bytes[0], 0x20);
    ck_assert_int_eq(v6.bytes[15], 7);
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
    static const char *const wrong[] = {"",           "1.2.3",
                                        "1.2.3.4.5",  "256.1.1.1",
                                        "1.2.3.4:80", "[::1]",
                                        "::1%lo",     "unknown",
                                        "_hidden",    " 1.2.3.4",
                                        "1.2.3.4 ",   "01.2.3.4",
                                        "1:2:3:4:5:", "12345::1",
                                        "::1::",      "localhost",
                                        "0x7f.0.0.1", "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa"};
    struct address address;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!address_parse(text_of(wrong[i]), &address), "%s", wrong[i]);
    ck_assert(!address_parse((struct text){.bytes = "1.2.3.4\0x", .size = 9}, &address));
    ck_assert(!address_parse(TEXT_ABSENT, &address));
}
END_TEST

START_TEST(socket_address_is_taken)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct sockaddr local = {.sa_family = AF_UNIX};
    struct address address;
    struct address expected = parsed("198.51.100.1");
    inet_pton(AF_INET, "198.51.100.1", &v4.sin_addr);
    ck_assert(address_of_socket((const struct sockaddr *)&v4, &address) && address_equal(&address, &expected));
    inet_pton(AF_INET6, "::ffff:198.51.100.1", &v6.sin6_addr);
    ck_assert(address_of_socket((const struct sockaddr *)&v6, &address) && address_equal(&address, &expected));
    ck_assert(!address_of_socket(&local, &address));
}
END_TEST

static bool is_in(const char *string, const char *range_text)
{
    struct address_range range;
    struct address address = parsed(string);
    ck_assert_msg(address_range_parse(text_of(range_text), &range), "%s", range_text);
    return address_in_ranges(&address, &range, 1);
}

START_TEST(ranges_hold_what_they_name)
{
    ck_assert(is_in("10.255.0.1", "10.0.0.0/8") && !is_in("11.0.0.0", "10.0.0.0/8"));
    ck_assert(is_in("172.31.255.255", "172.16.0.0/12") && !is_in("172.32.0.0", "172.16.0.0/12"));
    ck_assert(is_in("192.0.2.7", "192.0.2.7") && !is_in("192.0.2.6", "192.0.2.7"));
    ck_assert(is_in("192.0.2.7", "192.0.2.7/32") && is_in("8.8.8.8", "0.0.0.0/0"));
    ck_assert(!is_in("2001:db8::1", "0.0.0.0/0") && is_in("8.8.8.8", "::/0"));
    ck_assert(is_in("2001:db8:ffff::1", "2001:db8::/32") && !is_in("2001:db9::", "2001:db8::/32"));
    ck_assert(is_in("::1", "::1/128") && !is_in("::2", "::1/128"));
    ck_assert(is_in("2001:db8::1", "2001:db8::/127") && !is_in("2001:db8::2", "2001:db8::/127"));
    ck_assert(is_in("192.0.2.1", "::ffff:192.0.2.0/120"));
    struct address any = parsed("192.0.2.1");
    ck_assert(!address_in_ranges(&any, NULL, 0));
}
END_TEST

START_TEST(ranges_that_are_none_are_refused)
{
    static const char *const wrong[] = {"",
                                        "/8",
                                        "10.0.0.0/",
                                        "10.0.0.0/33",
                                        "10.0.0.0/-1",
                                        "10.0.0.1/8",
                                        "10.0.0.0/8x",
                                        "10.0.0.0/0008",
                                        "::/129",
                                        "2001:db8::1/64",
                                        "10.0.0.0 /8",
                                        "all",
                                        "10.0.0.0/8/8"};
    struct address_range range;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!address_range_parse(text_of(wrong[i]), &range), "%s", wrong[i]);
}
END_TEST

START_TEST(loopback_is_known_in_each_form)
{
    static const char *const local[] = {"127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"};
    static const char *const remote[] = {"128.0.0.1",        "0.0.0.0", "::",         "::2",
                                         "::ffff:128.0.0.1", "7f00::1", "::127.0.0.1"};
    for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
        struct address address = parsed(local[i]);
        ck_assert_msg(address_is_loopback(&address), "%s", local[i]);
    }
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++) {
        struct address address = parsed(remote[i]);
        ck_assert_msg(!address_is_loopback(&address), "%s", remote[i]);
    }
}
END_TEST

START_TEST(subscriber_of_ipv6_has_64_bits)
{
    struct address a = parsed("2001:db8:1:2:aaaa::1");
    struct address b = parsed("2001:db8:1:2:bbbb::2");
    struct address c = parsed("2001:db8:1:3::1");
    struct address v4 = parsed("192.0.2.7");
    a = address_subscriber(&a);
    b = address_subscriber(&b);
    c = address_subscriber(&c);
    ck_assert(address_equal(&a, &b) && !address_equal(&a, &c));
    a = address_subscriber(&v4);
    ck_assert(address_equal(&a, &v4));
}
END_TEST

Suite *address_suite(void)
{
    return RUNNER_SUITE("address", both_families_are_read, what_is_no_address_is_refused, socket_address_is_taken,
                        ranges_hold_what_they_name, ranges_that_are_none_are_refused, loopback_is_known_in_each_form,
                        subscriber_of_ipv6_has_64_bits);
}
