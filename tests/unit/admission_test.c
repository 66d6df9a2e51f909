/* SPDX-License-Identifier: MIT */
#include "asked.h"
#include "http/reply.h"
#include "lone_request.h"
#include "support/runner.h"

#include <string.h>

/* Which bodies are taken, by the headers that tell of them. */

static const struct route *find(enum http_method method, const char *pattern)
{
    const struct route *route = api_routes;
    while (route->method != method || strcmp(route->pattern, pattern) != 0)
        route++;
    return route;
}

static struct request *admit(enum http_method method, const char *pattern, const char *const (*headers)[2])
{
    if (asked.request)
        lone_request_free(asked.request);
    asked.call.is_stream = false;
    asked.request = lone_request_new(
        &(struct lone_request){.route = find(method, pattern), .headers = headers, .context = &asked.call});
    admit_body(asked.request);
    return asked.request;
}

static struct request *admit_type(enum http_method method, const char *pattern, const char *type)
{
    return admit(method, pattern, (const char *const[][2]){{"Content-Type", type}, {NULL, NULL}});
}

static void check_limit(enum http_method method, const char *pattern, const char *type, size_t limit)
{
    const struct request *request = admit_type(method, pattern, type);
    size_t found;
    ck_assert_msg(reply_status(request) == 0, "%s", type);
    ck_assert_int_eq(lone_request_body(request, &found), LONE_BODY_COLLECTED);
    ck_assert_uint_eq(found, limit);
    ck_assert(!asked.call.is_stream);
}

START_TEST(json_is_collected_up_to_its_limit)
{
    check_limit(HTTP_POST, "/v1/responses", "application/json", 1048576);
    check_limit(HTTP_POST, "/v1/events", "application/json; charset=utf-8", 1048576);
    check_limit(HTTP_POST, "/v1/responses", "Application/JSON", 1048576);
    check_limit(HTTP_POST, "/v1/responses", "application/json ; charset=utf-8", 1048576);
    /* What sendBeacon sends without asking first. */
    check_limit(HTTP_POST, "/v1/responses", "text/plain;charset=UTF-8", 1048576);
    check_limit(HTTP_PATCH, "/v1/responses/{id}", "application/json", 65536);
    check_limit(HTTP_PATCH, "/v1/responses/{id}", "application/merge-patch+json", 65536);
    check_limit(HTTP_PUT, "/v1/surveys/{key}", "application/json", 65536);
    check_limit(HTTP_POST, "/v1/erasures", "application/json", 65536);
}
END_TEST

START_TEST(lines_are_taken_as_they_arrive)
{
    const struct request *request = admit_type(HTTP_POST, "/v1/events", "application/x-ndjson");
    size_t limit;
    ck_assert_int_eq(reply_status(request), 0);
    ck_assert_int_eq(lone_request_body(request, &limit), LONE_BODY_STREAMED);
    ck_assert(asked.call.is_stream);
    ck_assert_uint_eq(limit, 50 * 1048576);
}
END_TEST

static void check_refused(enum http_method method, const char *pattern, const char *type, const char *header,
                          const char *takes)
{
    const struct request *request = admit_type(method, pattern, type);
    size_t limit;
    asked_check_problem(415, "unsupported-media-type", 0);
    ck_assert_str_eq(reply_header_value(request, header), takes);
    ck_assert_int_eq(lone_request_body(request, &limit), LONE_BODY_REFUSED);
}

START_TEST(other_types_are_refused_with_those_that_are_taken)
{
    static const char both[] = "application/json, application/x-ndjson";
    check_refused(HTTP_POST, "/v1/responses", "application/jsonx", "Accept-Post", both);
    check_refused(HTTP_POST, "/v1/responses", "application/xml", "Accept-Post", both);
    check_refused(HTTP_POST, "/v1/responses", "application/merge-patch+json", "Accept-Post", both);
    check_refused(HTTP_POST, "/v1/responses", "", "Accept-Post", both);
    check_refused(HTTP_POST, "/v1/erasures", "text/plain", "Accept", "application/json");
    check_refused(HTTP_POST, "/v1/erasures", "application/x-ndjson", "Accept", "application/json");
    check_refused(HTTP_PUT, "/v1/surveys/{key}", "application/merge-patch+json", "Accept", "application/json");
    check_refused(HTTP_PATCH, "/v1/responses/{id}", "application/xml", "Accept", "application/json");
    admit(HTTP_POST, "/v1/responses", (const char *const[][2]){{NULL, NULL}});
    asked_check_problem(415, "unsupported-media-type", 0);
}
END_TEST

START_TEST(coded_bodies_are_refused)
{
    admit(HTTP_POST, "/v1/responses",
          (const char *const[][2]){{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}, {NULL, NULL}});
    asked_check_problem(415, "unsupported-media-type", 0);
    admit(
        HTTP_POST, "/v1/responses",
        (const char *const[][2]){{"Content-Type", "application/json"}, {"Content-Encoding", "Identity"}, {NULL, NULL}});
    ck_assert_int_eq(reply_status(asked.request), 0);
}
END_TEST

START_TEST(an_idempotency_key_has_a_length)
{
    static const char detail[] = "must be 1 to 255 bytes long";
    char key[257];
    const char *const headers[][2] = {{"Content-Type", "application/json"}, {"Idempotency-Key", key}, {NULL, NULL}};
    memset(key, 'a', sizeof key);
    key[256] = '\0';
    admit(HTTP_POST, "/v1/responses", headers);
    asked_check_fault("Idempotency-Key", detail);
    key[255] = '\0';
    ck_assert_int_eq(reply_status(admit(HTTP_POST, "/v1/responses", headers)), 0);
    key[0] = '\0';
    admit(HTTP_POST, "/v1/responses", headers);
    asked_check_fault("Idempotency-Key", detail);
}
END_TEST

Suite *admission_suite(void)
{
    Suite *suite = suite_create("admission");
    TCase *tcase = tcase_create("admission");
    tcase_add_checked_fixture(tcase, asked_setup, asked_teardown);
    tcase_add_test(tcase, json_is_collected_up_to_its_limit);
    tcase_add_test(tcase, lines_are_taken_as_they_arrive);
    tcase_add_test(tcase, other_types_are_refused_with_those_that_are_taken);
    tcase_add_test(tcase, coded_bodies_are_refused);
    tcase_add_test(tcase, an_idempotency_key_has_a_length);
    suite_add_tcase(suite, tcase);
    return suite;
}
