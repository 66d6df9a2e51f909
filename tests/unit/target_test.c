/* SPDX-License-Identifier: MIT */
#include "../../src/http/target.h"

#include "http/reply.h"
#include "lone_request.h"
#include "support/runner.h"

#include <string.h>

/* What the first line of a request asks for. */

static const struct route route = {.method = HTTP_GET, .pattern = "/v1/{a}/{b}/{c}/{d}"};

static struct request *request;
static char target[256];

static void setup(void)
{
    request = lone_request_new(&(struct lone_request){.route = &route});
    request->query_text = "";
}

static void teardown(void)
{
    lone_request_free(request);
}

static void check_split(const char *text, const char *path, const char *query)
{
    teardown();
    setup();
    strcpy(target, text);
    request->target = target;
    target_split(request);
    ck_assert_str_eq(request->path, path);
    ck_assert_str_eq(request->query_text, query);
}

/* RFC 9112, section 3.2. */
START_TEST(a_target_is_a_path_and_a_query)
{
    check_split("/v1/metrics", "/v1/metrics", "");
    check_split("/v1/metrics?", "/v1/metrics", "");
    check_split("/v1/metrics?a=b?c", "/v1/metrics", "a=b?c");
    check_split("*", "*", "");
    check_split("http://hark.example/livez?x", "/livez", "x");
    check_split("http://hark.example?x", "/", "x");
    check_split("http://hark.example", "/", "");
}
END_TEST

static void match(const char *const *values, size_t count)
{
    teardown();
    setup();
    for (size_t i = 0; i < count; i++) {
        request->match.values[i] = values[i];
        request->match.sizes[i] = strlen(values[i]);
    }
}

START_TEST(values_of_a_path_are_decoded_and_a_plus_is_one)
{
    match((const char *const[]){"a%20b", "c+d", "%C3%A9", "x"}, ROUTE_VALUES_MAX);
    target_decode(request);
    ck_assert_int_eq(reply_status(request), 0);
    ck_assert_str_eq(request_path_value(request, 0), "a b");
    ck_assert_str_eq(request_path_value(request, 1), "c+d");
    ck_assert_str_eq(request_path_value(request, 2), "\xc3\xa9");
    ck_assert_str_eq(request_path_value(request, 3), "x");
}
END_TEST

static void check_told(const char *slug, const char *detail)
{
    json_t *problem = lone_request_problem(request);
    ck_assert_int_eq(reply_status(request), 400);
    ck_assert_str_eq(json_string_value(json_object_get(problem, "type")), slug);
    ck_assert_str_eq(json_string_value(json_object_get(problem, "detail")), detail);
    json_decref(problem);
}

START_TEST(a_path_that_can_not_be_read_is_told_where)
{
    match((const char *const[]){"a", "%FF"}, 2);
    target_decode(request);
    check_told("/problems/bad-path", "part 2 of the path that varies is not UTF-8");
    match((const char *const[]){"%0"}, 1);
    request->query_text = "a=%zz";
    target_decode(request);
    check_told("/problems/bad-path",
               "part 1 of the path that varies has a % that two hexadecimal digits do not follow");
}
END_TEST

START_TEST(a_query_is_decoded_in_its_order)
{
    size_t count;
    match(NULL, 0);
    request->query_text = "b=1+2&a=%2B&b";
    target_decode(request);
    const struct query_pair *pairs = request_query(request, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(pairs[0].name, "b");
    ck_assert_str_eq(pairs[0].value, "1 2");
    ck_assert_str_eq(pairs[1].value, "+");
    ck_assert_str_eq(pairs[2].value, "");
}
END_TEST

START_TEST(a_query_that_can_not_be_read_is_told_of)
{
    char text[100];
    match(NULL, 0);
    request->query_text = "ok=1&q=%FF";
    target_decode(request);
    check_told("/problems/bad-query", "the query can't be read: q is not UTF-8");
    match(NULL, 0);
    request->query_text = "=%FF";
    target_decode(request);
    check_told("/problems/bad-query", "the query can't be read: it is not UTF-8");
    match(NULL, 0);
    memset(text, 'a', 90);
    strcpy(text + 90, "=%FF");
    request->query_text = text;
    target_decode(request);
    json_t *problem = lone_request_problem(request);
    const json_t *fault = json_array_get(json_object_get(problem, "errors"), 0);
    ck_assert_uint_eq(strlen(json_string_value(json_object_get(fault, "parameter"))), 64);
    json_decref(problem);
}
END_TEST

Suite *target_suite(void)
{
    Suite *suite = suite_create("target");
    TCase *tcase = tcase_create("target");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_target_is_a_path_and_a_query);
    tcase_add_test(tcase, values_of_a_path_are_decoded_and_a_plus_is_one);
    tcase_add_test(tcase, a_path_that_can_not_be_read_is_told_where);
    tcase_add_test(tcase, a_query_is_decoded_in_its_order);
    tcase_add_test(tcase, a_query_that_can_not_be_read_is_told_of);
    suite_add_tcase(suite, tcase);
    return suite;
}
