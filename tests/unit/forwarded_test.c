/* SPDX-License-Identifier: MIT */
#include "../../src/http/forwarded.h"
#include "support/runner.h"

#include <string.h>

enum { LINES = 3 };

static struct address_range ranges[2];

static struct http_proxies proxies(enum http_forwarding forwarding)
{
    ck_assert(address_range_parse(text_of("10.0.0.0/8"), &ranges[0]));
    ck_assert(address_range_parse(text_of("2001:db8:ffff::/48"), &ranges[1]));
    return (struct http_proxies){.ranges = ranges, .count = 2, .forwarding = forwarding};
}

/* lines: in the order sent. The peer is 10.0.0.1. */
static void check(enum http_forwarding forwarding, const char *const lines[LINES], const char *expected)
{
    const struct http_proxies trusted = proxies(forwarding);
    struct address peer;
    struct address client;
    struct forwarded found;
    ck_assert(address_parse(text_of("10.0.0.1"), &peer) && address_parse(text_of(expected), &client));
    forwarded_begin(&found, &peer);
    for (int i = LINES - 1; i >= 0; i--)
        if (lines[i] != NULL && !forwarded_add(&found, &trusted, text_of(lines[i])))
            break;
    ck_assert_msg(address_equal(&found.client, &client), "%s: not %s", lines[0], expected);
}

static const struct {
    const char *lines[LINES];
    const char *expected;
} common[] = {
    {{"192.0.2.1"}, "192.0.2.1"},
    {{"192.0.2.1, 198.51.100.2"}, "198.51.100.2"},
    {{"192.0.2.1,198.51.100.2,10.0.0.7"}, "198.51.100.2"},
    {{"192.0.2.1\t, 10.9.9.9 , 10.0.0.7"}, "192.0.2.1"},
    {{"10.0.0.9, 10.0.0.8"}, "10.0.0.9"}, /* all are ours: the first of them asked */
    {{"192.0.2.1", "198.51.100.2"}, "198.51.100.2"},
    {{"192.0.2.1", "10.0.0.3", "10.0.0.4"}, "192.0.2.1"},
    {{"192.0.2.1:4711"}, "192.0.2.1"},
    {{"[2001:db8::7]:4711"}, "2001:db8::7"},
    {{"[2001:db8::7]"}, "2001:db8::7"},
    {{"2001:db8::7"}, "2001:db8::7"},
    {{"192.0.2.1, 2001:db8:ffff::1"}, "192.0.2.1"},
    {{""}, "10.0.0.1"},
    {{" , ,"}, "10.0.0.1"},
    {{"192.0.2.1,, "}, "192.0.2.1"},
    {{"unknown"}, "10.0.0.1"},
    {{"192.0.2.1, unknown"}, "10.0.0.1"}, /* what stands before it can't be believed */
    {{"192.0.2.1, unknown, 10.0.0.3"}, "10.0.0.3"},
    {{"[2001:db8::7"}, "10.0.0.1"},
    {{"[]"}, "10.0.0.1"},
    {{"\"192.0.2.1\""}, "10.0.0.1"},
    {{"\", 192.0.2.1"}, "192.0.2.1"}, /* a quote means nothing in this header */
};

static const struct {
    const char *lines[LINES];
    const char *expected;
} standard[] = {
    {{"for=192.0.2.1"}, "192.0.2.1"},
    {{"For=\"192.0.2.1:4711\"; proto=https;by=203.0.113.1"}, "192.0.2.1"},
    {{"proto=https;for=\"[2001:db8::7]:4711\""}, "2001:db8::7"},
    {{"for=192.0.2.1, for=198.51.100.2"}, "198.51.100.2"},
    {{"for=192.0.2.1;host=\"a,b\", for=10.0.0.3;host=\"x;y\""}, "192.0.2.1"},
    {{"for=192.0.2.1", "for=10.0.0.3"}, "192.0.2.1"},
    {{"for=unknown"}, "10.0.0.1"},
    {{"for=_hidden"}, "10.0.0.1"},
    {{"by=192.0.2.1"}, "10.0.0.1"},
    {{"a;b"}, "10.0.0.1"},
    {{"192.0.2.1"}, "10.0.0.1"},
    {{"for="}, "10.0.0.1"},
    {{"for=\""}, "10.0.0.1"},
    {{"for=\"192.0.2.1"}, "10.0.0.1"},
    /* A client that opens a quote must not hide what the proxy adds. */
    {{"for=\", for=192.0.2.1"}, "192.0.2.1"},
    {{"for=\"203.0.113.9, for=\"192.0.2.1:80\""}, "192.0.2.1"},
    {{"for=203.0.113.9;x=\"", "for=192.0.2.1"}, "192.0.2.1"},
};

START_TEST(common_header_gives_the_last_that_is_not_ours)
{
    check(HTTP_FORWARDING_COMMON, common[_i].lines, common[_i].expected);
}
END_TEST

START_TEST(standard_header_gives_the_last_that_is_not_ours)
{
    check(HTTP_FORWARDING_STANDARD, standard[_i].lines, standard[_i].expected);
}
END_TEST

START_TEST(each_way_has_its_header)
{
    ck_assert_str_eq(forwarded_header_name(HTTP_FORWARDING_COMMON), "X-Forwarded-For");
    ck_assert_str_eq(forwarded_header_name(HTTP_FORWARDING_STANDARD), "Forwarded");
}
END_TEST

Suite *forwarded_suite(void)
{
    Suite *suite = RUNNER_SUITE("forwarded", each_way_has_its_header);
    TCase *tables = tcase_create("tables");
    tcase_add_loop_test(tables, common_header_gives_the_last_that_is_not_ours, 0, sizeof common / sizeof *common);
    tcase_add_loop_test(tables, standard_header_gives_the_last_that_is_not_ours, 0, sizeof standard / sizeof *standard);
    suite_add_tcase(suite, tables);
    return suite;
}
