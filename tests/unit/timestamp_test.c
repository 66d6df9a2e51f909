/* SPDX-License-Identifier: MIT */
#include "base/timestamp.h"

#include "support/runner.h"

#include <stdlib.h>
#include <string.h>

/* The seconds were taken from GNU date. */

static void assert_parses(const char *text, int64_t seconds, int64_t fraction_us)
{
    int64_t us = -1;
    ck_assert_msg(timestamp_parse(text, strlen(text), &us), "refused: %s", text);
    ck_assert_int_eq(us, seconds * 1000000 + fraction_us);
}

static void assert_refused(const char *text)
{
    int64_t us;
    ck_assert_msg(!timestamp_parse(text, strlen(text), &us), "taken: %s", text);
}

static void assert_formats(int64_t us, const char *expected)
{
    char text[TIMESTAMP_TEXT_SIZE];
    ck_assert_str_eq(timestamp_format(us, text), expected);
}

START_TEST(rfc3339_moments_are_read)
{
    assert_parses("1970-01-01T00:00:00Z", 0, 0);
    assert_parses("2000-02-29T00:00:00Z", 951782400, 0);
    assert_parses("2020-02-29T23:59:59Z", 1583020799, 0);
    assert_parses("2024-12-31T23:59:59Z", 1735689599, 0);
    assert_parses("2100-03-01T00:00:00Z", 4107542400, 0);
    assert_parses("2400-02-29T23:59:59Z", 13574649599, 0);
    assert_parses("9999-12-31T23:59:59Z", 253402300799, 0);
}
END_TEST

START_TEST(zones_are_taken_off)
{
    assert_parses("2026-11-22T10:00:00+05:45", 1795320900, 0);
    assert_parses("1990-12-31T15:59:59-08:00", 662687999, 0);
    assert_parses("1996-12-19T16:39:57-08:00", 851042397, 0);
    assert_parses("2026-11-22T08:59:59-00:00", 1795337999, 0);
    assert_parses("2026-11-23T08:58:59+23:59", 1795337999, 0);
}
END_TEST

START_TEST(t_and_z_may_be_lower_case)
{
    assert_parses("2026-11-22t08:59:59z", 1795337999, 0);
}
END_TEST

START_TEST(fractions_are_cut_at_the_microsecond)
{
    assert_parses("1970-01-01T00:00:00.5Z", 0, 500000);
    assert_parses("1970-01-01T00:00:00.000001Z", 0, 1);
    assert_parses("1970-01-01T00:00:00.123456999999Z", 0, 123456);
    assert_parses("1970-01-01T00:00:00.00000000000000000000009Z", 0, 0);
    assert_parses("9999-12-31T23:59:59.9999999Z", 253402300799, 999999);
}
END_TEST

START_TEST(leap_second_is_the_next_second)
{
    assert_parses("2016-12-31T23:59:60Z", 1483228800, 0);
    assert_parses("2016-12-31T15:59:60.25-08:00", 1483228800, 250000);
}
END_TEST

START_TEST(second_60_within_a_day_is_refused)
{
    assert_refused("2016-12-31T12:00:60Z");
    assert_refused("2016-12-31T23:59:60+01:00");
    assert_refused("2016-12-31T23:59:61Z");
}
END_TEST

START_TEST(rfc3339_without_zone_is_refused)
{
    assert_refused("2026-11-22T10:00:00");
    assert_refused("2026-11-22T10:00:00.5");
}
END_TEST

START_TEST(what_postgresql_would_take_is_refused)
{
    assert_refused("now");
    assert_refused("infinity");
    assert_refused("today");
    assert_refused("epoch");
    assert_refused("01/02/2024");
    assert_refused("2026-11-22 10:00:00Z");
    assert_refused("20261122T100000Z");
    assert_refused("2026-11-22");
    assert_refused("2026-11-22T10:00Z");
    assert_refused("2026-11-22T10:00:00 Europe/Madrid");
    assert_refused("2026-11-22T10:00:00 BC");
}
END_TEST

START_TEST(dates_that_do_not_exist_are_refused)
{
    assert_refused("2026-00-10T00:00:00Z");
    assert_refused("2026-13-10T00:00:00Z");
    assert_refused("2026-01-00T00:00:00Z");
    assert_refused("2026-01-32T00:00:00Z");
    assert_refused("2026-04-31T00:00:00Z");
    assert_refused("2026-02-29T00:00:00Z");
    assert_refused("2100-02-29T00:00:00Z");
    assert_refused("2026-01-01T24:00:00Z");
    assert_refused("2026-01-01T00:60:00Z");
}
END_TEST

START_TEST(years_outside_1970_to_9999_are_refused)
{
    assert_refused("1969-12-31T23:59:59Z");
    assert_refused("1970-01-01T00:00:00+00:01");
    assert_refused("9999-12-31T23:59:59-00:01");
    assert_refused("9999-12-31T23:59:60Z");
    assert_refused("10000-01-01T00:00:00Z");
    assert_refused("+2026-11-22T10:00:00Z");
    assert_refused("-2026-11-22T10:00:00Z");
    assert_refused("0000-01-01T00:00:00Z");
}
END_TEST

START_TEST(malformed_moments_are_refused)
{
    assert_refused("");
    assert_refused("2026-11-22T10:00:00Z ");
    assert_refused(" 2026-11-22T10:00:00Z");
    assert_refused("2026-11-22T10:00:00ZZ");
    assert_refused("2026-11-22T10:00:00.Z");
    assert_refused("2026-11-22T10:00:00,5Z");
    assert_refused("2026-11-22T10:00:00+1:00");
    assert_refused("2026-11-22T10:00:00+0100");
    assert_refused("2026-11-22T10:00:00+01");
    assert_refused("2026-11-22T10:00:00+24:00");
    assert_refused("2026-11-22T10:00:00+01:60");
    assert_refused("2026-1-22T10:00:00Z");
    assert_refused("2026-11-22T1a:00:00Z");
    assert_refused("2026-11-22T10:00:-1Z");
}
END_TEST

START_TEST(every_cut_of_a_moment_is_refused)
{
    static const char text[] = "2026-11-22T10:00:00.123+01:00";
    for (size_t size = 0; size < sizeof text - 1; size++) {
        int64_t us;
        char *cut = strndup(text, size); /* so that a read past the end is seen by ASan */
        ck_assert(!timestamp_parse(cut, size, &us));
        free(cut);
    }
}
END_TEST

START_TEST(moments_are_written_in_utc)
{
    assert_formats(0, "1970-01-01T00:00:00Z");
    assert_formats(INT64_C(1795337999000000), "2026-11-22T08:59:59Z");
    assert_formats(INT64_C(1795337999123456), "2026-11-22T08:59:59.123456Z");
    assert_formats(INT64_C(1795337999000001), "2026-11-22T08:59:59.000001Z");
    assert_formats(INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z");
    assert_formats(-1, "1969-12-31T23:59:59.999999Z");
    assert_formats(INT64_C(-62167219200000000), "0000-01-01T00:00:00Z");
}
END_TEST

START_TEST(moments_beyond_four_digit_years_are_clamped)
{
    assert_formats(INT64_MAX, "9999-12-31T23:59:59.999999Z");
    assert_formats(INT64_MIN, "0000-01-01T00:00:00Z");
}
END_TEST

START_TEST(every_day_survives_format_and_parse)
{
    for (int64_t day = 0; day < 200000; day++) {
        int64_t us = day * 86400 * 1000000 + day;
        int64_t back;
        char text[TIMESTAMP_TEXT_SIZE];
        timestamp_format(us, text);
        ck_assert(timestamp_parse(text, strlen(text), &back));
        ck_assert_int_eq(back, us);
    }
}
END_TEST

START_TEST(quarters_start_on_the_quarter_hour)
{
    int64_t second = 1000000;
    ck_assert_int_eq(timestamp_quarter(0), 0);
    ck_assert_int_eq(timestamp_quarter(900 * second - 1), 0);
    ck_assert_int_eq(timestamp_quarter(900 * second), 1);
    ck_assert_int_eq(timestamp_quarter(-1), -1);
    ck_assert_int_eq(timestamp_quarter(-900 * second), -1);
    ck_assert_int_eq(timestamp_quarter(-900 * second - 1), -2);
    ck_assert_int_eq(quarter_start_us(-1), -900 * second);
    ck_assert_int_eq(quarter_start_us(timestamp_quarter(INT64_C(1795337999000000))), INT64_C(1795337100000000));
    ck_assert_int_eq(quarter_start_us(timestamp_quarter(INT64_C(253402300799999999))), INT64_C(253402299900000000));
}
END_TEST

Suite *timestamp_suite(void)
{
    return RUNNER_SUITE(
        "timestamp", rfc3339_moments_are_read, zones_are_taken_off, t_and_z_may_be_lower_case,
        fractions_are_cut_at_the_microsecond, leap_second_is_the_next_second, second_60_within_a_day_is_refused,
        rfc3339_without_zone_is_refused, what_postgresql_would_take_is_refused, dates_that_do_not_exist_are_refused,
        years_outside_1970_to_9999_are_refused, malformed_moments_are_refused, every_cut_of_a_moment_is_refused,
        moments_are_written_in_utc, moments_beyond_four_digit_years_are_clamped, every_day_survives_format_and_parse,
        quarters_start_on_the_quarter_hour);
}
