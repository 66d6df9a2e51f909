/* SPDX-License-Identifier: MIT */
#include "base/decimal.h"

#include "support/runner.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* C's own printf and strtod, tried one after the other. */
static void print(double value, char text[DECIMAL_SIZE])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, DECIMAL_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

static void assert_same(double value)
{
    char text[DECIMAL_SIZE];
    char expected[DECIMAL_SIZE];
    print(value, expected);
    ck_assert_uint_eq(decimal_double(value, text), strlen(expected));
    ck_assert_str_eq(text, expected);
}

static void assert_same_around(double value)
{
    assert_same(value);
    assert_same(-value);
    assert_same(nextafter(value, 0));
    assert_same(nextafter(value, DBL_MAX));
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13; /* Marsaglia's xorshift64 */
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

START_TEST(a_double_is_written_as_by_printf_at_every_power_of_ten_and_of_two)
{
    for (int i = -30; i <= 30; i++)
        assert_same_around(pow(10, i));
    for (int i = -60; i <= 60; i++)
        assert_same_around(ldexp(1, i));
    assert_same_around(0.1 + 0.2);
    assert_same(0.0);
    assert_same(-0.0);
    assert_same(DBL_MAX);
    assert_same(DBL_MIN);
    assert_same(5e-324);
}
END_TEST

/* Of all sizes that are written without an exponent, and some beside. */
START_TEST(a_random_double_is_written_as_by_printf)
{
    uint64_t state = 88172645463325252;
    for (int i = 0; i < 400000; i++) {
        uint64_t mantissa = next(&state) >> 12;
        uint64_t exponent = 1023 - 16 + next(&state) % 70;
        uint64_t bits = exponent << 52 | mantissa;
        double value;
        memcpy(&value, &bits, sizeof value);
        assert_same(value);
    }
}
END_TEST

START_TEST(what_has_few_digits_is_written_as_by_printf)
{
    uint64_t state = 2463534242;
    for (int i = 0; i < 200000; i++) {
        double value = (double)(next(&state) % 1000000) / pow(10, (double)(next(&state) % 9));
        assert_same(value);
        assert_same(value / 3);
        assert_same(100 * value / 7);
    }
}
END_TEST

/* 17 digits whose rest is exactly a half: printf rounds to even. */
START_TEST(a_tie_is_rounded_to_even)
{
    for (int i = 0; i < 2000; i++) {
        assert_same(100000000000000.0 + i / 64.0);
        assert_same(999999999999000.0 + i / 8.0);
        assert_same(1.0 + i * DBL_EPSILON);
    }
}
END_TEST

START_TEST(an_integer_is_written_as_by_printf)
{
    static const int64_t values[] = {0, 1, -1, 9, 10, 99, 100, -1234567890123, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[DECIMAL_SIZE];
        char expected[DECIMAL_SIZE];
        int size = snprintf(expected, sizeof expected, "%" PRId64, values[i]);
        ck_assert_uint_eq(decimal_integer(values[i], text), (size_t)size);
        ck_assert_str_eq(text, expected);
    }
}
END_TEST

Suite *decimal_suite(void)
{
    return RUNNER_SUITE("decimal", a_double_is_written_as_by_printf_at_every_power_of_ten_and_of_two,
                        a_random_double_is_written_as_by_printf, what_has_few_digits_is_written_as_by_printf,
                        a_tie_is_rounded_to_even, an_integer_is_written_as_by_printf);
}
