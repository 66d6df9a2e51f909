/* SPDX-License-Identifier: MIT */
#include "../../src/api/etag.h"

#include "support/runner.h"

#include <string.h>

START_TEST(equal_bodies_have_equal_tags_and_others_do_not)
{
    char a[ETAG_SIZE];
    char b[ETAG_SIZE];
    etag_make("{\"n\":1}", 7, 7, 7, a);
    etag_make("{\"n\":1}", 7, 7, 7, b);
    ck_assert_str_eq(a, b);
    etag_make("{\"n\":2}", 7, 7, 7, b);
    ck_assert_str_ne(a, b);
    ck_assert_uint_eq(strlen(a), ETAG_SIZE - 1);
    ck_assert_int_eq(a[0], '"');
    ck_assert_int_eq(a[ETAG_SIZE - 2], '"');
}
END_TEST

START_TEST(what_is_skipped_changes_no_tag)
{
    char a[ETAG_SIZE];
    char b[ETAG_SIZE];
    etag_make("from 10:00 to", 13, 5, 10, a);
    etag_make("from 10:01:30 to", 16, 5, 13, b);
    ck_assert_str_eq(a, b);
    /* Where it was skipped is part of it. */
    etag_make("from  to", 8, 4, 4, b);
    ck_assert_str_ne(a, b);
}
END_TEST

START_TEST(if_none_match_finds_a_tag_in_a_list)
{
    const char *tag = "\"abc\"";
    ck_assert(etag_is_listed("\"abc\"", tag));
    ck_assert(etag_is_listed("W/\"abc\"", tag));
    ck_assert(etag_is_listed("\"x\", \"y,z\" ,\t\"abc\"", tag));
    ck_assert(etag_is_listed("*", tag));
    ck_assert(!etag_is_listed(NULL, tag));
    ck_assert(!etag_is_listed("", tag));
    ck_assert(!etag_is_listed("abc", tag));
    ck_assert(!etag_is_listed("\"ab\", \"abcd\"", tag));
    ck_assert(!etag_is_listed("\"x \"abc", tag));
    ck_assert(!etag_is_listed("W/", tag));
    ck_assert(!etag_is_listed("\"", tag));
}
END_TEST

START_TEST(if_match_takes_no_weak_tag)
{
    const char *tag = "\"abc\"";
    ck_assert(etag_is_matched("\"abc\"", tag));
    ck_assert(etag_is_matched("\"x\", W/\"abc\", \"abc\"", tag));
    ck_assert(etag_is_matched("*", tag));
    ck_assert(!etag_is_matched("W/\"abc\"", tag));
    ck_assert(!etag_is_matched("W/\"abc\", \"ab\"", tag));
    ck_assert(!etag_is_matched("", tag));
}
END_TEST

START_TEST(gzipped_form_has_a_tag_of_its_own)
{
    static const char body[] = "{\"a\":1}";
    char tag[ETAG_SIZE];
    char packed[ETAG_GZIP_SIZE];
    etag_make(body, sizeof body - 1, 0, 0, tag);
    etag_of_gzip(tag, packed);
    ck_assert_uint_eq(strlen(packed), ETAG_GZIP_SIZE - 1);
    ck_assert(strncmp(packed, tag, ETAG_SIZE - 2) == 0);
    ck_assert_str_eq(packed + ETAG_SIZE - 2, "-gzip\"");
    ck_assert(!etag_is_listed(packed, tag));
    ck_assert(!etag_is_listed(tag, packed));
    ck_assert(etag_is_listed(packed, packed));
}
END_TEST

Suite *etag_suite(void)
{
    return RUNNER_SUITE("etag", equal_bodies_have_equal_tags_and_others_do_not, what_is_skipped_changes_no_tag,
                        if_none_match_finds_a_tag_in_a_list, if_match_takes_no_weak_tag,
                        gzipped_form_has_a_tag_of_its_own);
}
