/* SPDX-License-Identifier: MIT */
#include "api.h"

#include "base/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The widget's addresses. What it does on a page: tests/browser. */

static struct http_reply fetch(const char *method, const char *path, const char *headers)
{
    return http_client_fetch(serve_address(serve_shared()), method, path, headers, NULL);
}

static void check_header(const struct http_reply *reply, const char *name, const char *expected)
{
    char value[512];
    ck_assert_str_eq(http_reply_header(reply, name, value, sizeof value), expected);
}

/* What /widget.json says. The caller releases it. */
static json_t *version(void)
{
    struct http_reply reply = fetch("GET", "/widget.json", NULL);
    ck_assert_int_eq(reply.status, 200);
    check_header(&reply, "Access-Control-Allow-Origin", "*");
    json_t *json = json_loads(reply.body, 0, NULL);
    ck_assert_ptr_nonnull(json);
    http_reply_clear(&reply);
    return json;
}

static const char *string_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    ck_assert_ptr_nonnull(text);
    return text;
}

START_TEST(widget_is_for_pages_of_any_origin)
{
    struct http_reply reply = fetch("GET", "/widget.js?v=1", "Origin: https://shop.example\r\n");
    ck_assert_int_eq(reply.status, 200);
    check_header(&reply, "Content-Type", "text/javascript; charset=utf-8");
    check_header(&reply, "Access-Control-Allow-Origin", "*");
    check_header(&reply, "Cross-Origin-Resource-Policy", "cross-origin");
    check_header(&reply, "Cache-Control", "public, max-age=3600, stale-while-revalidate=86400");
    ck_assert_ptr_nonnull(strstr(reply.body, "customElements.define('hark-survey'"));
    http_reply_clear(&reply);
}
END_TEST

START_TEST(pinned_widget_is_what_its_path_and_its_integrity_say)
{
    uint8_t digest[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1];
    char integrity[DIGEST_INTEGRITY_SIZE];
    char path[64];
    json_t *json = version();
    struct http_reply reply = fetch("GET", string_of(json, "path"), NULL);
    ck_assert_int_eq(reply.status, 200);
    check_header(&reply, "Cache-Control", "public, max-age=31536000, immutable");
    check_header(&reply, "Access-Control-Allow-Origin", "*");
    ck_assert(digest_start());
    digest_sha256(reply.body, reply.size, digest);
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    snprintf(path, sizeof path, "/widget/%.16s.js", hex);
    ck_assert_str_eq(string_of(json, "path"), path);
    ck_assert_str_eq(string_of(json, "integrity"), digest_integrity(hex, integrity));
    ck_assert_uint_eq((size_t)json_integer_value(json_object_get(json, "bytes")), reply.size);
    ck_assert_int_lt(json_integer_value(json_object_get(json, "gzip_bytes")), 12 * 1024);
    http_reply_clear(&reply);
    json_decref(json);
}
END_TEST

START_TEST(another_version_is_not_found_and_the_present_one_is_named)
{
    static const char *const paths[] = {"/widget/0000000000000000.js", "/widget/widget.js", "/widget/x"};
    json_t *json = version();
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct http_reply reply = fetch("GET", paths[i], NULL);
        ck_assert_int_eq(reply.status, 404);
        ck_assert_ptr_nonnull(strstr(reply.body, string_of(json, "path")));
        http_reply_clear(&reply);
    }
    json_decref(json);
}
END_TEST

START_TEST(command_prints_the_tag_that_pins_what_is_served)
{
    char expected[256];
    json_t *json = version();
    struct hark_result result = hark_run(HARK_WORDS("widget", "--origin", "https://hark.shop.example"), NULL);
    snprintf(expected, sizeof expected, "src=\"https://hark.shop.example%s\"\n        integrity=\"%s\"",
             string_of(json, "path"), string_of(json, "integrity"));
    ck_assert_int_eq(result.status, 0);
    ck_assert_ptr_nonnull(strstr(result.output, expected));
    hark_result_clear(&result);
    json_decref(json);
}
END_TEST

START_TEST(command_takes_an_origin_that_can_stand_in_a_page)
{
    static const char *const wrong[] = {"hark.example", "https://a.example/", "https://a\"><script>",
                                        "javascript:alert(1)"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct hark_result result = hark_run(HARK_WORDS("widget", "--origin", wrong[i]), NULL);
        ck_assert_msg(result.status == 2, "%s: %d", wrong[i], result.status);
        ck_assert_str_eq(result.output, "");
        hark_result_clear(&result);
    }
}
END_TEST

/* All that a browser asks before it lets the widget post. */
START_TEST(browsers_may_post_patch_and_read_the_form_from_elsewhere)
{
    static const char *const asked[][2] = {{"/v1/responses", "POST"},
                                           {"/v1/responses/0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00", "PATCH"},
                                           {"/v1/events", "POST"},
                                           {"/v1/surveys/stay/form", "GET"}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char headers[256];
        char value[256];
        snprintf(headers, sizeof headers,
                 "Origin: https://shop.example\r\nAccess-Control-Request-Method: %s\r\n"
                 "Access-Control-Request-Headers: authorization,content-type\r\n",
                 asked[i][1]);
        struct http_reply reply = fetch("OPTIONS", asked[i][0], headers);
        ck_assert_int_eq(reply.status, 204);
        check_header(&reply, "Access-Control-Allow-Origin", "*");
        ck_assert_ptr_nonnull(
            strstr(http_reply_header(&reply, "Access-Control-Allow-Methods", value, sizeof value), asked[i][1]));
        http_reply_header(&reply, "Access-Control-Allow-Headers", value, sizeof value);
        ck_assert_ptr_nonnull(strstr(value, "authorization"));
        ck_assert_ptr_nonnull(strstr(value, "content-type"));
        http_reply_clear(&reply);
    }
}
END_TEST

START_TEST(page_to_try_it_is_confined_to_its_origin)
{
    char policy[512];
    struct http_reply reply = fetch("GET", "/widget-demo?x=1", NULL);
    ck_assert_int_eq(reply.status, 200);
    check_header(&reply, "Content-Type", "text/html; charset=utf-8");
    http_reply_header(&reply, "Content-Security-Policy", policy, sizeof policy);
    ck_assert_ptr_nonnull(strstr(policy, "script-src 'self';"));
    ck_assert_ptr_null(strstr(policy, "unsafe"));
    http_reply_clear(&reply);
}
END_TEST

Suite *widget_suite(void)
{
    return API_SUITE(
        "widget", NULL, NULL, widget_is_for_pages_of_any_origin, pinned_widget_is_what_its_path_and_its_integrity_say,
        another_version_is_not_found_and_the_present_one_is_named, command_prints_the_tag_that_pins_what_is_served,
        command_takes_an_origin_that_can_stand_in_a_page, browsers_may_post_patch_and_read_the_form_from_elsewhere,
        page_to_try_it_is_confined_to_its_origin);
}
