/* SPDX-License-Identifier: MIT */
#include "http/router.h"

#include "support/runner.h"

#include <string.h>

static enum outcome no_handler(struct request *request, struct service *service, struct connection *connection)
{
    (void)request;
    (void)service;
    (void)connection;
    return HANDLED;
}

static const struct route routes[] = {
    {.method = HTTP_GET, .pattern = "/livez", .handler = no_handler},
    {.method = HTTP_POST, .pattern = "/v1/responses", .handler = no_handler, .flags = ROUTE_CORS},
    {.method = HTTP_GET, .pattern = "/v1/responses", .handler = no_handler},
    {.method = HTTP_GET, .pattern = "/v1/responses/{id}", .handler = no_handler},
    {.method = HTTP_PATCH, .pattern = "/v1/responses/{id}", .handler = no_handler},
    {.method = HTTP_GET, .pattern = "/v1/responses/export", .handler = no_handler},
    {.method = HTTP_GET, .pattern = "/v1/{a}/x/{b}", .handler = no_handler},
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

static struct route_match match(enum http_method method, const char *path)
{
    return router_match(routes, ROUTES, method, path);
}

static void check_value(const struct route_match *found, size_t i, const char *expected)
{
    ck_assert_uint_eq(found->sizes[i], strlen(expected));
    ck_assert_mem_eq(found->values[i], expected, found->sizes[i]);
}

START_TEST(path_finds_its_route)
{
    ck_assert_ptr_eq(match(HTTP_GET, "/livez").route, &routes[0]);
    ck_assert_ptr_eq(match(HTTP_POST, "/v1/responses").route, &routes[1]);
    ck_assert_ptr_eq(match(HTTP_GET, "/v1/responses").route, &routes[2]);
}
END_TEST

START_TEST(head_finds_the_get_route)
{
    ck_assert_ptr_eq(match(HTTP_HEAD, "/livez").route, &routes[0]);
}
END_TEST

START_TEST(values_are_slices_of_the_path)
{
    struct route_match one = match(HTTP_PATCH, "/v1/responses/a%20b");
    ck_assert_ptr_eq(one.route, &routes[4]);
    check_value(&one, 0, "a%20b");
    ck_assert_ptr_null(one.values[1]);
    struct route_match two = match(HTTP_GET, "/v1/first/x/second");
    ck_assert_ptr_eq(two.route, &routes[6]);
    check_value(&two, 0, "first");
    check_value(&two, 1, "second");
}
END_TEST

START_TEST(literal_wins_over_value_wherever_it_stands)
{
    struct route_match found = match(HTTP_GET, "/v1/responses/export");
    ck_assert_ptr_eq(found.route, &routes[5]);
    ck_assert_ptr_null(found.values[0]);
    ck_assert_ptr_eq(match(HTTP_PATCH, "/v1/responses/export").route, &routes[4]);
}
END_TEST

START_TEST(unknown_path_has_no_methods)
{
    static const char *const paths[] = {
        "",    "/",    "/livez/",        "/live",           "/livezz", "//livez",          "/LIVEZ",
        "/v1", "/v1/", "/v1/responses/", "/v1/responses//", "*",       "/v1/responses/a/b"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct route_match found = match(HTTP_GET, paths[i]);
        ck_assert_msg(found.route == NULL && found.methods == 0, "%s was found", paths[i]);
    }
}
END_TEST

START_TEST(wrong_method_names_those_of_the_path)
{
    char allow[64];
    struct route_match found = match(HTTP_DELETE, "/v1/responses");
    ck_assert_ptr_null(found.route);
    ck_assert_str_eq(router_allow(found.methods, allow, sizeof allow), "GET, HEAD, POST, OPTIONS");
    found = match(HTTP_OTHER, "/v1/responses/1");
    ck_assert_str_eq(router_allow(found.methods, allow, sizeof allow), "GET, HEAD, PATCH, OPTIONS");
}
END_TEST

START_TEST(allow_never_outgrows_its_text)
{
    char allow[12];
    ck_assert_str_eq(router_allow(~0U, allow, sizeof allow), "GET, HEAD");
    char little[1];
    ck_assert_str_eq(router_allow(~0U, little, sizeof little), "");
}
END_TEST

START_TEST(one_cors_route_opens_its_path)
{
    ck_assert(match(HTTP_GET, "/v1/responses").cors);
    ck_assert(match(HTTP_DELETE, "/v1/responses").cors);
    ck_assert(!match(HTTP_GET, "/v1/responses/1").cors);
}
END_TEST

START_TEST(pattern_of_too_many_values_is_not_found)
{
    static const struct route wide[] = {{.method = HTTP_GET, .pattern = "/{a}/{b}/{c}/{d}/{e}"},
                                        {.method = HTTP_GET, .pattern = "/{a}/{b}/{c}/{d}"},
                                        {.method = HTTP_GET, .pattern = "/{w}/{x}/{y}/{z}"}};
    ck_assert_ptr_null(router_match(wide, 3, HTTP_GET, "/1/2/3/4/5").route);
    /* Of two that fit alike, the first. */
    ck_assert_ptr_eq(router_match(wide, 3, HTTP_GET, "/1/2/3/4").route, &wide[1]);
}
END_TEST

START_TEST(method_names_read_back)
{
    for (int i = HTTP_GET; i < HTTP_OTHER; i++) {
        ck_assert_int_eq(http_method_parse(http_method_name((enum http_method)i)), i);
    }
    ck_assert_int_eq(http_method_parse("get"), HTTP_OTHER);
    ck_assert_int_eq(http_method_parse("TRACE"), HTTP_OTHER);
}
END_TEST

Suite *router_suite(void)
{
    return RUNNER_SUITE("router", path_finds_its_route, head_finds_the_get_route, values_are_slices_of_the_path,
                        literal_wins_over_value_wherever_it_stands, unknown_path_has_no_methods,
                        wrong_method_names_those_of_the_path, allow_never_outgrows_its_text,
                        one_cors_route_opens_its_path, pattern_of_too_many_values_is_not_found, method_names_read_back);
}
