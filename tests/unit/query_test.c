/* SPDX-License-Identifier: MIT */
#include "http/query.h"

#include "support/runner.h"

#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct query query;
static struct text name;

static void setup(void)
{
    arena = arena_new(0);
}

static void teardown(void)
{
    arena_free(arena);
}

static const char *parse(const char *text)
{
    return query_parse(arena, text, &query, &name);
}

static void check_pair(size_t i, const char *pair_name, const char *value)
{
    ck_assert_uint_lt(i, query.count);
    ck_assert_str_eq(query.pairs[i].name, pair_name);
    ck_assert_str_eq(query.pairs[i].value, value);
}

static void check_refused(const char *text, const char *where, const char *why)
{
    const char *wrong = parse(text);
    ck_assert_msg(wrong != NULL && strstr(wrong, why) != NULL, "%s: %s", text, wrong);
    ck_assert_msg(text_is(name, where), "%s: the fault was put on %.*s", text, (int)name.size, name.bytes);
}

START_TEST(pairs_keep_their_order)
{
    ck_assert_ptr_null(parse("metric=nps,csat&channel=web&channel=app&to="));
    ck_assert_uint_eq(query.count, 4);
    check_pair(0, "metric", "nps,csat");
    check_pair(1, "channel", "web");
    check_pair(2, "channel", "app");
    check_pair(3, "to", "");
}
END_TEST

START_TEST(name_without_value_has_an_empty_one)
{
    ck_assert_ptr_null(parse("a&b=&=c"));
    check_pair(0, "a", "");
    check_pair(1, "b", "");
    check_pair(2, "", "c");
}
END_TEST

START_TEST(empty_pieces_are_skipped)
{
    ck_assert_ptr_null(parse(""));
    ck_assert_uint_eq(query.count, 0);
    ck_assert_ptr_null(parse("&&a=1&&&b=2&"));
    ck_assert_uint_eq(query.count, 2);
    check_pair(1, "b", "2");
}
END_TEST

START_TEST(escapes_and_plus_are_decoded_once)
{
    ck_assert_ptr_null(parse("q=a+b%20c%2B%2b%25%32%35&%6eame=%C3%A9&x==%3D&y=%26"));
    check_pair(0, "q", "a b c++%25");
    check_pair(1, "name", "\xC3\xA9");
    check_pair(2, "x", "==");
    check_pair(3, "y", "&");
}
END_TEST

START_TEST(bad_escape_names_its_parameter)
{
    check_refused("a=1&b=%", "b", "%");
    check_refused("b=%4", "b", "%");
    check_refused("b=%4&c", "b", "%");
    check_refused("b=%zz", "b", "%");
    check_refused("b=%4g", "b", "%");
    check_refused("b=%4@", "b", "%");
    check_refused("b=%4-", "b", "%");
    check_refused("b=%:0", "b", "%");
    check_refused("%q=1", "%q", "%");
    check_refused("%q", "%q", "%");
}
END_TEST

START_TEST(nul_is_refused)
{
    check_refused("a=x%00y", "a", "NUL");
    check_refused("%00=x", "%00", "NUL");
}
END_TEST

START_TEST(bytes_that_are_not_utf8_are_refused)
{
    check_refused("a=%ff", "a", "UTF-8");
    check_refused("a=\xC3", "a", "UTF-8");
    check_refused("a=%C0%80", "a", "UTF-8");
    check_refused("a=%ED%A0%80", "a", "UTF-8");
}
END_TEST

START_TEST(more_than_100_parameters_are_refused)
{
    char text[202];
    for (size_t i = 0; i < 100; i++) {
        memcpy(text + 2 * i, "a&", 3);
    }
    ck_assert_ptr_null(parse(text));
    ck_assert_uint_eq(query.count, 100);
    memcpy(text + 200, "b", 2);
    ck_assert_ptr_nonnull(parse(text));
}
END_TEST

START_TEST(path_value_keeps_its_plus)
{
    const char *wrong = NULL;
    ck_assert_str_eq(query_decode(arena, text_of("a+b%2Fc"), false, &wrong), "a+b/c");
    ck_assert_ptr_null(query_decode(arena, text_of("a%00"), false, &wrong));
    ck_assert_ptr_nonnull(wrong);
}
END_TEST

START_TEST(lack_of_memory_is_told)
{
    struct arena *small = arena_new(64);
    char text[200];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    const char *wrong = NULL;
    ck_assert_ptr_null(query_decode(small, text_of(text), true, &wrong));
    ck_assert_ptr_nonnull(strstr(wrong, "memory"));
    ck_assert_ptr_nonnull(query_parse(small, text, &query, &name));
    ck_assert_ptr_nonnull(query_parse(small, "a&b&c&d&e&f&g&h", &query, &name));
    arena_free(small);
}
END_TEST

Suite *query_suite(void)
{
    static const TTest *const *const tests[] = {
        &pairs_keep_their_order,
        &name_without_value_has_an_empty_one,
        &empty_pieces_are_skipped,
        &escapes_and_plus_are_decoded_once,
        &bad_escape_names_its_parameter,
        &nul_is_refused,
        &bytes_that_are_not_utf8_are_refused,
        &more_than_100_parameters_are_refused,
        &path_value_keeps_its_plus,
        &lack_of_memory_is_told,
    };
    TCase *tcase = tcase_create("query");
    tcase_add_checked_fixture(tcase, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        tcase_add_test(tcase, *tests[i]);
    }
    Suite *suite = suite_create("query");
    suite_add_tcase(suite, tcase);
    return suite;
}
