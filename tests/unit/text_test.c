/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include "support/runner.h"

struct utf8_case {
    const char *bytes;
    size_t size;
    bool is_valid;
};

/* From the table of well-formed sequences, Unicode 15, table 3-7: the ends of each row, and one step past them. */
static const struct utf8_case utf8_cases[] = {
    {"a\x7F", 2, true},
    {"\xC2\x80", 2, true},
    {"\xDF\xBF", 2, true},
    {"\xE0\xA0\x80", 3, true},
    {"\xED\x9F\xBF", 3, true},
    {"\xEE\x80\x80", 3, true},
    {"\xF0\x90\x80\x80", 4, true},
    {"\xF4\x8F\xBF\xBF", 4, true},
    {"\x80", 1, false},
    {"\xC1\xBF", 2, false},
    {"\xC2", 1, false},
    {"\xC2\x7F", 2, false},
    {"\xE0\x9F\xBF", 3, false},
    {"\xED\xA0\x80", 3, false},
    {"\xF0\x8F\xBF\xBF", 4, false},
    {"\xF4\x90\x80\x80", 4, false},
    {"\xF5\x80\x80\x80", 4, false},
    {"\xE2\x82", 2, false},
    {"\xFF", 1, false},
};

START_TEST(utf8_follows_the_table_of_well_formed_sequences)
{
    const struct utf8_case *test = &utf8_cases[_i];
    ck_assert_int_eq(text_is_utf8((struct text){test->bytes, test->size}, NULL), test->is_valid);
}
END_TEST

START_TEST(characters_are_counted_not_bytes)
{
    size_t characters;
    ck_assert(text_is_utf8(text_of("\xC3\xB1"
                                   "a\xF0\x9F\x99\x82"),
                           &characters));
    ck_assert_uint_eq(characters, 3);
}
END_TEST

START_TEST(control_characters_are_found_in_both_blocks)
{
    ck_assert(text_has_control(text_of("a\tb")));
    ck_assert(text_has_control(text_of("\x7F")));
    ck_assert(text_has_control(text_of("\xC2\x85")));
    ck_assert(!text_has_control(text_of("\xC2\xA0 \xC3\xA9")));
}
END_TEST

START_TEST(a_control_character_that_was_cut_is_none)
{
    ck_assert(!text_has_control((struct text){"\xC2\x85", 1}));
    ck_assert(!text_has_control((struct text){"\xC2\xA0", 2}));
    ck_assert(text_has_control((struct text){"\xC2\x9F", 2}));
}
END_TEST

START_TEST(absent_is_equal_to_absent_alone)
{
    ck_assert(text_equal(TEXT_ABSENT, TEXT_ABSENT));
    ck_assert(!text_equal(TEXT_ABSENT, text_of("")));
    ck_assert(!text_equal(text_of(""), TEXT_ABSENT));
    ck_assert(!text_is(text_of("a"), NULL));
}
END_TEST

START_TEST(absent_is_not_empty)
{
    ck_assert(text_equal(TEXT_ABSENT, TEXT_ABSENT));
    ck_assert(!text_equal(TEXT_ABSENT, text_of("")));
    ck_assert(text_is_absent(text_of(NULL)));
}
END_TEST

Suite *text_suite(void)
{
    Suite *suite =
        RUNNER_SUITE("text", characters_are_counted_not_bytes, control_characters_are_found_in_both_blocks,
                     absent_is_not_empty, absent_is_equal_to_absent_alone, a_control_character_that_was_cut_is_none);
    TCase *table = tcase_create("table");
    tcase_add_loop_test(table, utf8_follows_the_table_of_well_formed_sequences, 0,
                        sizeof utf8_cases / sizeof utf8_cases[0]);
    suite_add_tcase(suite, table);
    return suite;
}
