/* SPDX-License-Identifier: MIT */
#include "../../src/command/moment.h"
#include "support/runner.h"

START_TEST(spans_have_units)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } spans[] = {{"90s", 90}, {"30m", 1800}, {"24h", 86400}, {"90d", 7776000}, {"0s", 0}, {"3653d", 315619200}};
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        int64_t us;
        ck_assert_msg(moment_parse_span(spans[i].text, &us), "%s", spans[i].text);
        ck_assert_int_eq(us, spans[i].seconds * 1000000);
    }
}
END_TEST

START_TEST(what_is_no_span_is_refused)
{
    static const char *const wrong[] = {"", "s", "90", "90 d", "1.5h", "-1h", "90days", "3654d", "9999999999s", "1w"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t us;
        ck_assert_msg(!moment_parse_span(wrong[i], &us), "%s", wrong[i]);
    }
}
END_TEST

START_TEST(an_end_is_a_time_or_a_span_from_now_on)
{
    int64_t us;
    ck_assert(moment_parse_end("1970-01-02T00:00:00Z", 5, &us));
    ck_assert_int_eq(us, INT64_C(86400000000));
    ck_assert(moment_parse_end("1m", 5, &us));
    ck_assert_int_eq(us, 60000005);
    ck_assert(!moment_parse_end("tomorrow", 5, &us));
}
END_TEST

Suite *moment_suite(void)
{
    return RUNNER_SUITE("moment", spans_have_units, what_is_no_span_is_refused, an_end_is_a_time_or_a_span_from_now_on);
}
