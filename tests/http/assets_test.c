/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The page and its files as a browser's requests see them. What they do in one: tests/browser. */

static const char *address(void)
{
    return serve_address(serve_shared());
}

static struct http_reply fetch(const char *path, const char *headers)
{
    return http_client_fetch(address(), "GET", path, headers, NULL);
}

static void check_header(const struct http_reply *reply, const char *name, const char *expected)
{
    char value[512];
    ck_assert_str_eq(http_reply_header(reply, name, value, sizeof value), expected);
}

START_TEST(the_page_needs_no_key_and_takes_any_query)
{
    static const char *const paths[] = {"/", "/?channel=web&window=30d&utm_source=mail", "/?%C3%B1"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct http_reply reply = fetch(paths[i], NULL);
        ck_assert_int_eq(reply.status, 200);
        check_header(&reply, "Content-Type", "text/html; charset=utf-8");
        ck_assert_ptr_nonnull(strstr(reply.body, "<!doctype html>"));
        http_reply_clear(&reply);
    }
}
END_TEST

START_TEST(the_page_is_confined_to_its_origin)
{
    struct http_reply reply = fetch("/", NULL);
    char policy[512];
    http_reply_header(&reply, "Content-Security-Policy", policy, sizeof policy);
    ck_assert_ptr_nonnull(strstr(policy, "default-src 'none'"));
    ck_assert_ptr_nonnull(strstr(policy, "script-src 'self';"));
    ck_assert_ptr_nonnull(strstr(policy, "frame-ancestors 'none'"));
    ck_assert_ptr_nonnull(strstr(policy, "require-trusted-types-for 'script'"));
    ck_assert_ptr_null(strstr(policy, "unsafe"));
    check_header(&reply, "X-Content-Type-Options", "nosniff");
    check_header(&reply, "Referrer-Policy", "no-referrer");
    check_header(&reply, "Cross-Origin-Opener-Policy", "same-origin");
    http_reply_clear(&reply);
}
END_TEST

/* The same bytes, for a client that unpacks them. */
static void check_unpacks_to(const struct http_reply *packed, const struct http_reply *plain)
{
    char name[] = "/tmp/hark-asset-XXXXXX";
    char command[64];
    char *unpacked = malloc(plain->size + 1);
    int file = mkstemp(name);
    ck_assert(unpacked != NULL && file >= 0);
    ck_assert_int_eq(write(file, packed->body, packed->size), (ssize_t)packed->size);
    close(file);
    snprintf(command, sizeof command, "gzip -dc < %s", name);
    FILE *output = popen(command, "re"); // NOLINT(cert-env33-c): the name is ours
    ck_assert_ptr_nonnull(output);
    ck_assert_uint_eq(fread(unpacked, 1, plain->size + 1, output), plain->size);
    ck_assert_int_eq(pclose(output), 0);
    ck_assert_mem_eq(unpacked, plain->body, plain->size);
    remove(name);
    free(unpacked);
}

START_TEST(a_file_comes_gzipped_to_those_who_take_that)
{
    struct http_reply plain = fetch("/page/app.js", NULL);
    struct http_reply packed = fetch("/page/app.js", "Accept-Encoding: br, gzip\r\n");
    ck_assert_int_eq(plain.status, 200);
    ck_assert_int_eq(packed.status, 200);
    check_header(&plain, "Content-Type", "text/javascript; charset=utf-8");
    check_header(&plain, "Content-Encoding", "");
    check_header(&packed, "Content-Encoding", "gzip");
    check_header(&plain, "Vary", "Accept-Encoding");
    check_unpacks_to(&packed, &plain);
    http_reply_clear(&plain);
    http_reply_clear(&packed);
}
END_TEST

START_TEST(a_file_that_is_known_is_not_sent_again)
{
    static const char *const forms[] = {"", "Accept-Encoding: gzip\r\n"};
    char tags[2][64];
    for (int i = 0; i < 2; i++) {
        struct http_reply reply = fetch("/page/page.css", forms[i]);
        char headers[160];
        http_reply_header(&reply, "ETag", tags[i], sizeof tags[i]);
        check_header(&reply, "Cache-Control", "no-cache");
        http_reply_clear(&reply);
        snprintf(headers, sizeof headers, "%sIf-None-Match: %s\r\n", forms[i], tags[i]);
        reply = fetch("/page/page.css", headers);
        ck_assert_int_eq(reply.status, 304);
        ck_assert_uint_eq(reply.size, 0);
        http_reply_clear(&reply);
    }
    ck_assert_str_ne(tags[0], tags[1]);
}
END_TEST

START_TEST(what_is_no_file_of_the_page_is_not_found)
{
    static const char *const paths[] = {"/page/none.js", "/page/..%2Findex.html", "/page/index.html",
                                        "/page/page.css.gz", "/page/%2e%2e%2f%2e%2e%2fetc%2fpasswd"};
    char path[600] = "/page/";
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct http_reply reply = fetch(paths[i], NULL);
        ck_assert_msg(reply.status == 404, "%s: %d", paths[i], reply.status);
        http_reply_clear(&reply);
    }
    memset(path + strlen(path), 'a', 500);
    struct http_reply reply = fetch(path, NULL);
    ck_assert_int_eq(reply.status, 404);
    http_reply_clear(&reply);
}
END_TEST

Suite *assets_suite(void)
{
    return API_SUITE("assets", NULL, NULL, the_page_needs_no_key_and_takes_any_query,
                     the_page_is_confined_to_its_origin, a_file_comes_gzipped_to_those_who_take_that,
                     a_file_that_is_known_is_not_sent_again, what_is_no_file_of_the_page_is_not_found);
}
