/* SPDX-License-Identifier: MIT */
#include "../../src/api/credential.h"

#include "base/digest.h"
#include "lone_request.h"
#include "storage/account.h"
#include "support/runner.h"

#include "../../src/storage/key_text.h"

#include <stdio.h>
#include <string.h>

/* Where a key may stand in a request, and what a key looks like. */

static const struct route page_route = {
    .method = HTTP_POST, .pattern = "/v1/responses", .scope = SCOPE_WRITE, .flags = ROUTE_CORS};

static struct request *request;

static void teardown(void)
{
    if (request)
        lone_request_free(request);
    request = NULL;
}

static struct credential credential(const struct route *route, const char *header, const char *key)
{
    struct query_pair pairs[] = {{"limit", "1"}, {"key", key}, {"key", "second"}};
    teardown();
    request = lone_request_new(&(struct lone_request){
        .route = route,
        .query = {pairs, key ? 3 : 1},
        .headers = (const char *const[][2]){{header ? "authorization" : NULL, header}, {NULL, NULL}}});
    return credential_of(request);
}

static void check_header(const char *header, const char *text)
{
    struct credential found = credential(&page_route, header, NULL);
    if (text == NULL)
        ck_assert_ptr_null(found.text);
    else
        ck_assert_str_eq(found.text, text);
}

/* RFC 9110, section 11.1: the scheme in any case, one or more spaces; RFC 6750, section 2.1. */
START_TEST(a_bearer_token_is_read_from_its_header)
{
    check_header("Bearer hk_live_x", "hk_live_x");
    check_header("bEARER   hk_live_x", "hk_live_x");
    check_header("Bearer ", NULL);
    check_header("Bearer", NULL);
    check_header("Basic aGs6", NULL);
    check_header("hk_live_x", NULL);
    check_header(NULL, NULL);
    ck_assert(!credential(&page_route, "Bearer a", "b").is_of_query);
}
END_TEST

START_TEST(a_key_in_the_query_is_for_routes_that_pages_post_to)
{
    struct route route = page_route;
    struct credential found = credential(&route, NULL, "first");
    ck_assert(found.is_of_query);
    ck_assert_str_eq(found.text, "first");
    ck_assert_str_eq(credential(&route, "Bearer a", "b").text, "a");
    /* Of another scheme it is as good as none. */
    ck_assert_str_eq(credential(&route, "Basic a", "b").text, "b");
    route.method = HTTP_GET;
    ck_assert_ptr_null(credential(&route, NULL, "first").text);
    route.method = HTTP_POST;
    route.flags = ROUTE_INLINE;
    ck_assert_ptr_null(credential(&route, NULL, "first").text);
    route.flags = ROUTE_CORS;
    route.scope = SCOPE_ADMIN;
    ck_assert_ptr_null(credential(&route, NULL, "first").text);
}
END_TEST

START_TEST(projects_that_the_query_names_are_counted)
{
    struct query_pair pairs[] = {{"project", "shop"}, {"projects", "no"}, {"project", "cafe"}};
    size_t times;
    for (size_t count = 0; count <= 3; count++) {
        teardown();
        request = lone_request_new(&(struct lone_request){.route = &page_route, .query = {pairs, count}});
        const char *name = credential_project(request, &times);
        ck_assert_uint_eq(times, count == 3 ? 2 : count > 0);
        if (count > 0)
            ck_assert_str_eq(name, "shop");
        else
            ck_assert_ptr_null(name);
    }
}
END_TEST

START_TEST(a_key_that_was_made_looks_like_one)
{
    char text[2][KEY_TEXT_SIZE];
    uint8_t digest[DIGEST_SIZE];
    for (int i = 0; i < 2; i++) {
        key_text_make(i == 1, text[i]);
        ck_assert_uint_eq(strlen(text[i]), KEY_TEXT_SIZE - 1);
        ck_assert_uint_eq(strspn(text[i] + 8, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"), 43);
        ck_assert(key_digest(text[i], digest));
    }
    ck_assert_int_eq(strncmp(text[0], "hk_live_", 8), 0);
    ck_assert_int_eq(strncmp(text[1], "hk_test_", 8), 0);
    ck_assert_str_ne(text[0] + 8, text[1] + 8);
}
END_TEST

START_TEST(the_digest_of_a_key_is_its_sha_256)
{
    /* printf hk_live_000…0 (43 zeros) | sha256sum */
    static const char text[] = "hk_live_0000000000000000000000000000000000000000000";
    static const char expected[] = "ccd321a18e75667a2d912e9b0fd9599c6cc5ff71243621fed364bd2082c8ae58";
    char hex[2 * DIGEST_SIZE + 1];
    uint8_t digest[DIGEST_SIZE];
    ck_assert(key_digest(text, digest));
    for (int i = 0; i < DIGEST_SIZE; i++)
        sprintf(hex + 2 * i, "%02x", digest[i]);
    ck_assert_str_eq(hex, expected);
}
END_TEST

START_TEST(what_does_not_look_like_a_key_is_none)
{
    static const char *const wrong[] = {
        "",
        "hk_live_",
        "hk_live_000000000000000000000000000000000000000000",
        "hk_live_00000000000000000000000000000000000000000000",
        "hk_lave_0000000000000000000000000000000000000000000",
        "HK_LIVE_0000000000000000000000000000000000000000000",
    };
    uint8_t digest[DIGEST_SIZE];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!key_digest(wrong[i], digest), "%s", wrong[i]);
    ck_assert(key_digest("hk_test_0000000000000000000000000000000000000000000", digest));
}
END_TEST

/* As a browser sends it: RFC 6454, section 6.2. */
START_TEST(origins_are_those_that_browsers_send)
{
    static const char *const good[] = {"https://shop.example", "http://localhost:3000", "https://a-b.example:65535",
                                       "http://127.0.0.1"};
    static const char *const wrong[] = {"",
                                        "shop.example",
                                        "ftp://shop.example",
                                        "https://",
                                        "https://:80",
                                        "https://Shop.example",
                                        "https://shop.example/",
                                        "https://shop.example:",
                                        "https://shop.example:123456",
                                        "https://shop.example:80/",
                                        "https://shop example",
                                        "*",
                                        "null"};
    char longest[8 + 254 + 1] = "https://";
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(key_is_origin(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!key_is_origin(wrong[i]), "%s", wrong[i]);
    memset(longest + 8, 'a', 253);
    ck_assert(key_is_origin(longest));
    longest[8 + 253] = 'a';
    ck_assert(!key_is_origin(longest));
}
END_TEST

Suite *credential_suite(void)
{
    Suite *suite = suite_create("credential");
    TCase *tcase = tcase_create("credential");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, a_bearer_token_is_read_from_its_header);
    tcase_add_test(tcase, a_key_in_the_query_is_for_routes_that_pages_post_to);
    tcase_add_test(tcase, projects_that_the_query_names_are_counted);
    tcase_add_test(tcase, a_key_that_was_made_looks_like_one);
    tcase_add_test(tcase, the_digest_of_a_key_is_its_sha_256);
    tcase_add_test(tcase, what_does_not_look_like_a_key_is_none);
    tcase_add_test(tcase, origins_are_those_that_browsers_send);
    suite_add_tcase(suite, tcase);
    return suite;
}
