/* SPDX-License-Identifier: MIT */
#include "../../src/api/handlers.h"
#include "asked.h"
#include "http/inquiry.h"
#include "http/reply.h"
#include "support/runner.h"

#include <jansson.h>
#include <string.h>

/* What GET /v1/sample-size is asked, and answers. */

static void ask(const char *query)
{
    asked_get("/v1/sample-size", NULL, query);
    ck_assert_int_eq(sample_size_read(asked.request, NULL, NULL), HANDLED);
}

/* The reply is that object, members in any order. */
static void check(const char *query, const char *expected)
{
    size_t size;
    ask(query);
    ck_assert_msg(reply_status(asked.request) == 200, "%s", query);
    const char *body = inquiry_body(asked.request, &size);
    json_t *json = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
    json_t *wanted = json_loads(expected, 0, NULL);
    ck_assert_ptr_nonnull(wanted);
    ck_assert_msg(json_equal(json, wanted), "%s: %.*s", query, (int)size, body);
    json_decref(json);
    json_decref(wanted);
}

/* The examples of openapi.yaml; MeasuringU's tables and R's power.prop.test (see sample_size_test.c). */
START_TEST(sizes_are_told_with_what_was_asked)
{
    check("margin=10", "{\"of\":\"nps\",\"n\":255,\"groups\":1,\"margin\":10,\"level\":0.95,\"variance\":0.67}");
    check("difference=10&power=0.9", "{\"of\":\"nps\",\"n\":1405,\"groups\":2,\"difference\":10,\"level\":0.95,"
                                     "\"power\":0.9,\"sides\":\"two\",\"variance\":0.67}");
    check("benchmark=10&sides=one", "{\"of\":\"nps\",\"n\":412,\"groups\":1,\"benchmark\":10,\"level\":0.95,"
                                    "\"power\":0.8,\"sides\":\"one\",\"variance\":0.67}");
    check("of=share&difference=10", "{\"of\":\"share\",\"n\":388,\"groups\":2,\"difference\":10,\"level\":0.95,"
                                    "\"power\":0.8,\"sides\":\"two\",\"share\":50}");
    check("of=share&difference=10&share=10&level=0.99",
          "{\"of\":\"share\",\"n\":297,\"groups\":2,\"difference\":10,\"level\":0.99,\"power\":0.8,\"sides\":\"two\","
          "\"share\":10}");
    /* Wilson 1927: (z / d)^2 - z^2 at a share of a half. */
    check("of=share&margin=5", "{\"of\":\"share\",\"n\":381,\"groups\":1,\"margin\":5,\"level\":0.95,\"share\":50}");
}
END_TEST

START_TEST(a_difference_downwards_is_as_large)
{
    check("of=share&difference=-5&share=85&power=0.9",
          "{\"of\":\"share\",\"n\":1212,\"groups\":2,\"difference\":-5,\"level\":0.95,\"power\":0.9,\"sides\":\"two\","
          "\"share\":85}");
    /* Half the time, by hand: 1.645^2 x 2 x 0.25 x 0.75 / 0.5^2 = 4.06. */
    check("of=share&difference=-50&sides=one&power=0.5",
          "{\"of\":\"share\",\"n\":5,\"groups\":2,\"difference\":-50,\"level\":0.95,\"power\":0.5,\"sides\":\"one\","
          "\"share\":50}");
}
END_TEST

START_TEST(what_does_not_go_together_is_refused)
{
    static const struct {
        const char *query;
        const char *parameter;
        const char *detail;
    } cases[] = {
        {"", "margin", "or difference or benchmark is needed, one of them: in points of the score"},
        {"margin=1&benchmark=1", "margin", "or difference or benchmark is needed, one of them: in points of the score"},
        {"margin=0.09", "margin", "must be at least 0.1 points"},
        {"difference=-0.05", "difference", "must be at least 0.1 points"},
        {"of=share&margin=5&variance=0.5", "variance", "is of nps: that of a share follows from share"},
        {"margin=5&share=50", "share", "goes with of=share"},
        {"of=share&benchmark=5", "benchmark", "is of nps"},
        {"of=share&difference=60", "difference", "leads from a share of 50 to one of 110"},
        {"of=share&difference=-60", "difference", "leads from a share of 50 to one of -10"},
        {"difference=5&power=0.4", "power", "must be a number from 0.5 to 0.999"},
        {"difference=5&power=1", "power", "must be a number from 0.5 to 0.999"},
        {"margin=5&power=0.8", "power", "goes with difference or benchmark"},
        {"margin=5&sides=one", "sides", "goes with difference or benchmark"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask(cases[i].query);
        asked_check_fault(cases[i].parameter, cases[i].detail);
    }
    ask("of=share&variance=0.5&power=0.1");
    asked_check_problem(422, "validation", 3);
}
END_TEST

Suite *sample_size_read_suite(void)
{
    Suite *suite = suite_create("sample_size_read");
    TCase *tcase = tcase_create("sample_size_read");
    tcase_add_checked_fixture(tcase, asked_setup, asked_teardown);
    tcase_add_test(tcase, sizes_are_told_with_what_was_asked);
    tcase_add_test(tcase, a_difference_downwards_is_as_large);
    tcase_add_test(tcase, what_does_not_go_together_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
