/* SPDX-License-Identifier: MIT */
#include "base/rate.h"
#include "support/runner.h"

START_TEST(rates_are_read_and_written)
{
    static const struct {
        const char *text;
        int32_t count;
        int32_t window_ms;
        const char *written;
    } rates[] = {{"100/s", 100, 1000, "100/1s"},
                 {"2000/10s", 2000, 10000, "2000/10s"},
                 {"60/m", 60, 60000, "60/60s"},
                 {"1/24h", 1, 86400000, "1/86400s"},
                 {"1000000/2m", 1000000, 120000, "1000000/120s"},
                 {"off", 0, 0, "off"}};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        char text[RATE_TEXT_SIZE];
        struct rate rate;
        ck_assert_msg(rate_parse(rates[i].text, &rate), "%s", rates[i].text);
        ck_assert_int_eq(rate.count, rates[i].count);
        ck_assert_int_eq(rate.window_ms, rates[i].window_ms);
        ck_assert_str_eq(rate_format(&rate, text), rates[i].written);
    }
}
END_TEST

START_TEST(what_is_no_rate_is_refused)
{
    static const char *const wrong[] = {"",          "100",      "/s",         "100/",        "100/x",  "100/s ",
                                        " 100/s",    "0/s",      "-1/s",       "1.5/s",       "100/0s", "100/25h",
                                        "1000001/s", "1/86401s", "12345678/s", "1/12345678s", "100/ms", "OFF",
                                        "100/s/s",   "100/-1s"};
    struct rate rate;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!rate_parse(wrong[i], &rate), "%s", wrong[i]);
}
END_TEST

Suite *rate_suite(void)
{
    return RUNNER_SUITE("rate", rates_are_read_and_written, what_is_no_rate_is_refused);
}
