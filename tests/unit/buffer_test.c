/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"

#include "support/runner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct buffer buffer;

static void assert_json(const char *bytes, size_t size, const char *expected)
{
    buffer_reset(&buffer);
    buffer_json_string(&buffer, bytes, size);
    ck_assert_str_eq(buffer.data, expected);
    ck_assert_uint_eq(buffer.size, strlen(expected));
}

static void assert_double(double value, const char *expected)
{
    buffer_reset(&buffer);
    buffer_json_double(&buffer, value);
    ck_assert_str_eq(buffer.data, expected);
}

START_TEST(appended_bytes_are_kept_in_order)
{
    for (int i = 0; i < 10000; i++)
        buffer_format(&buffer, "%d,", i % 10);
    ck_assert_uint_eq(buffer.size, 20000);
    for (size_t i = 0; i < buffer.size; i++)
        ck_assert_int_eq(buffer.data[i], i % 2 == 1 ? ',' : (char)('0' + i / 2 % 10));
    ck_assert_int_eq(buffer.data[buffer.size], '\0');
    buffer_clear(&buffer);
}
END_TEST

START_TEST(data_ends_in_a_nul_at_every_size)
{
    for (size_t i = 0; i < 1100; i++) {
        buffer_append(&buffer, "x", 1);
        ck_assert_uint_eq(strlen(buffer.data), i + 1);
    }
    buffer_clear(&buffer);
}
END_TEST

START_TEST(bytes_may_hold_nul)
{
    buffer_append(&buffer, "a\0b", 3);
    ck_assert_uint_eq(buffer.size, 3);
    ck_assert_mem_eq(buffer.data, "a\0b", 4);
    buffer_clear(&buffer);
}
END_TEST

START_TEST(failure_sticks_until_reset)
{
    buffer_string(&buffer, "kept");
    buffer_append(&buffer, "", SIZE_MAX / 2);
    ck_assert(buffer.failed);
    buffer_string(&buffer, "ignored");
    ck_assert_str_eq(buffer.data, "kept");
    buffer_reset(&buffer);
    ck_assert(!buffer.failed);
    buffer_string(&buffer, "again");
    ck_assert_str_eq(buffer.data, "again");
    buffer_clear(&buffer);
}
END_TEST

START_TEST(take_gives_the_bytes_away_and_empties)
{
    size_t size;
    buffer_string(&buffer, "bytes");
    char *bytes = buffer_take(&buffer, &size);
    ck_assert_str_eq(bytes, "bytes");
    ck_assert_uint_eq(size, 5);
    ck_assert_ptr_null(buffer.data);
    free(bytes);
}
END_TEST

START_TEST(take_of_a_failed_or_empty_buffer_is_null)
{
    size_t size;
    ck_assert_ptr_null(buffer_take(&buffer, &size));
    buffer_string(&buffer, "bytes");
    buffer.failed = true;
    ck_assert_ptr_null(buffer_take(&buffer, &size));
    ck_assert(!buffer.failed);
}
END_TEST

START_TEST(json_string_escapes_quotes_backslashes_and_control_characters)
{
    assert_json("say \"hi\" c:\\", 12, "\"say \\\"hi\\\" c:\\\\\"");
    assert_json("\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"");
    assert_json("\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\\u007f\"");
    assert_json("", 0, "\"\"");
    buffer_clear(&buffer);
}
END_TEST

START_TEST(json_string_keeps_utf8)
{
    assert_json("\xC2\x80 \xC3\xA9 \xE2\x82\xAC \xED\x9F\xBF \xEE\x80\x80 \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF", 27,
                "\"\xC2\x80 \xC3\xA9 \xE2\x82\xAC \xED\x9F\xBF \xEE\x80\x80 \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF\"");
    buffer_clear(&buffer);
}
END_TEST

#define REPLACED "\xEF\xBF\xBD"

/* Overlong forms, surrogates, beyond U+10FFFF, lone and missing continuations (Unicode 15, table 3-7). */
START_TEST(json_string_replaces_what_is_not_utf8)
{
    assert_json("\xC0\x80", 2, "\"" REPLACED REPLACED "\"");
    assert_json("\xC1\xBF", 2, "\"" REPLACED REPLACED "\"");
    assert_json("\xE0\x9F\xBF", 3, "\"" REPLACED REPLACED REPLACED "\"");
    assert_json("\xED\xA0\x80", 3, "\"" REPLACED REPLACED REPLACED "\"");
    assert_json("\xF0\x8F\xBF\xBF", 4, "\"" REPLACED REPLACED REPLACED REPLACED "\"");
    assert_json("\xF4\x90\x80\x80", 4, "\"" REPLACED REPLACED REPLACED REPLACED "\"");
    assert_json("\xF5\x80", 2, "\"" REPLACED REPLACED "\"");
    assert_json("a\x80z", 3, "\"a" REPLACED "z\"");
    assert_json("\xE2\x82z", 3, "\"" REPLACED REPLACED "z\"");
    buffer_clear(&buffer);
}
END_TEST

START_TEST(json_string_reads_nothing_past_its_size)
{
    assert_json("\xC3\xA9", 1, "\"" REPLACED "\"");
    assert_json("\xE2\x82\xAC", 2, "\"" REPLACED REPLACED "\"");
    assert_json("\xF0\x90\x80\x80", 3, "\"" REPLACED REPLACED REPLACED "\"");
    buffer_clear(&buffer);
}
END_TEST

START_TEST(double_is_written_as_short_as_reads_back)
{
    assert_double(0, "0");
    assert_double(100, "100");
    assert_double(-62.5, "-62.5");
    assert_double(0.1, "0.1");
    assert_double(1.0 / 3, "0.3333333333333333");
    assert_double(0.1 + 0.2, "0.30000000000000004");
    assert_double(123.0 / 7 * 1e20, "1.7571428571428574e+21");
    assert_double(5e-324, "4.94065645841247e-324");
    assert_double(1.7976931348623157e308, "1.7976931348623157e+308");
    buffer_clear(&buffer);
}
END_TEST

START_TEST(every_double_reads_back_as_itself)
{
    uint64_t bits = 88172645463325252;
    for (int i = 0; i < 20000; i++) {
        bits ^= bits << 13; /* Marsaglia's xorshift64 */
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) {
            buffer_reset(&buffer);
            buffer_json_double(&buffer, value);
            ck_assert(strtod(buffer.data, NULL) == value);
        }
    }
    buffer_clear(&buffer);
}
END_TEST

START_TEST(what_json_has_no_number_for_is_null)
{
    assert_double((double)NAN, "null");
    assert_double((double)INFINITY, "null");
    assert_double(-(double)INFINITY, "null");
    buffer_clear(&buffer);
}
END_TEST

Suite *buffer_suite(void)
{
    return RUNNER_SUITE("buffer", appended_bytes_are_kept_in_order, data_ends_in_a_nul_at_every_size,
                        bytes_may_hold_nul, failure_sticks_until_reset, take_gives_the_bytes_away_and_empties,
                        take_of_a_failed_or_empty_buffer_is_null,
                        json_string_escapes_quotes_backslashes_and_control_characters, json_string_keeps_utf8,
                        json_string_replaces_what_is_not_utf8, json_string_reads_nothing_past_its_size,
                        double_is_written_as_short_as_reads_back, every_double_reads_back_as_itself,
                        what_json_has_no_number_for_is_null);
}
