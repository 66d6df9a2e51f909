/* SPDX-License-Identifier: MIT */
#include "../../src/api/parse.h"

#include "support/runner.h"

#include <string.h>

static struct text text_from(const char *string)
{
    return (struct text){string, strlen(string)};
}

static bool loads(const char *json)
{
    char fault[PARSE_FAULT_SIZE];
    json_t *loaded = parse_object(text_from(json), fault);
    json_decref(loaded);
    return loaded != NULL;
}

START_TEST(raw_nul_is_refused)
{
    static const char with_nul[] = "{\"a\":1\0}";
    char fault[PARSE_FAULT_SIZE];
    ck_assert_ptr_null(parse_object((struct text){with_nul, sizeof with_nul - 1}, fault));
    ck_assert_ptr_nonnull(strstr(fault, "NUL"));
}
END_TEST

static const char *const refused[] = {
    "",
    "  \n",
    "[]",
    "7",
    "\"a\"",
    "{",
    "{\"a\":1,}",
    "{\"a\":1}{",
    "{\"a\":1,\"a\":2}",
    "{\"a\":\"\\u0000\"}",
    "{\"\\u0000\":1}",
    "{\"a\":1e400}",
    "{\"a\":99999999999999999999999}",
    "{\"a\":\"\xFF\"}",
    "{\"a\":\"\xED\xA0\x80\"}",
    "{\"a\":NaN}",
    "{\"a\":\"\\ud800\"}",
    "{a:1}",
    "{\"a\":01}",
    "// x\n{}",
    "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}",
};

START_TEST(what_is_no_object_is_refused)
{
    ck_assert_msg(!loads(refused[_i]), "%s", refused[_i]);
}
END_TEST

START_TEST(sixteen_levels_are_taken)
{
    ck_assert(loads("{\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}"));
    ck_assert(loads("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[\"}"));
    ck_assert(loads(" {} "));
}
END_TEST

START_TEST(an_object_over_64_kib_is_refused)
{
    static char large[PARSE_OBJECT_BYTES + 16];
    memset(large, ' ', sizeof large - 1);
    memcpy(large, "{}", 2);
    ck_assert(!loads(large));
    large[PARSE_OBJECT_BYTES] = '\0';
    ck_assert(loads(large));
}
END_TEST

START_TEST(elements_of_an_array_come_one_by_one)
{
    struct parse_elements elements = {.text = text_from(" [ {\"a\":[1,2]} , \"x,]\\\"\" ,3] ")};
    struct text element;
    ck_assert_int_eq(parse_next(&elements, &element), PARSE_ELEMENT);
    ck_assert(strncmp(element.bytes, "{\"a\":[1,2]}", 11) == 0);
    ck_assert_int_eq(parse_next(&elements, &element), PARSE_ELEMENT);
    ck_assert(strncmp(element.bytes, "\"x,]\\\"\"", 7) == 0);
    ck_assert_int_eq(parse_next(&elements, &element), PARSE_ELEMENT);
    ck_assert_uint_eq(element.size, 1);
    ck_assert_int_eq(parse_next(&elements, &element), PARSE_END);
}
END_TEST

static const char *const broken[] = {"[",         "[1",   "[1,",  "[1,]", "[,1]",  "[1 2", "[{} {}]",
                                     "[\"a\" 1]", "[[",   "[{",   "[[1]", "[[1],", "[\"a", "[[\"a",
                                     "[1\"a\"]",  "[1]]", "[1]x", "{}",   "[\"a",  "[{]",  "[1}"};

START_TEST(an_array_that_does_not_close_is_broken)
{
    struct parse_elements elements = {.text = text_from(broken[_i])};
    struct text element;
    enum parse_step step;
    while ((step = parse_next(&elements, &element)) == PARSE_ELEMENT)
        ;
    ck_assert_msg(step == PARSE_BROKEN, "%s", broken[_i]);
}
END_TEST

START_TEST(elements_are_counted_as_far_as_the_array_is_whole)
{
    size_t count;
    ck_assert(parse_count(text_of(" [1, {\"a\":[2,3]} ,\"x]\" ] "), &count));
    ck_assert_uint_eq(count, 3);
    ck_assert(parse_count(text_of("[]"), &count));
    ck_assert_uint_eq(count, 0);
    ck_assert(!parse_count(text_of("[1,2"), &count));
    ck_assert(!parse_count(text_of("[1,2]]"), &count));
}
END_TEST

START_TEST(arrays_are_elements_of_an_array)
{
    struct parse_elements elements = {.text = text_from("[[1,[2]],[]]")};
    struct text element;
    ck_assert_int_eq(parse_next(&elements, &element), PARSE_ELEMENT);
    ck_assert(element.size == 7 && strncmp(element.bytes, "[1,[2]]", 7) == 0);
    ck_assert_int_eq(parse_next(&elements, &element), PARSE_ELEMENT);
    ck_assert_uint_eq(element.size, 2);
    ck_assert_int_eq(parse_next(&elements, &element), PARSE_END);
}
END_TEST

START_TEST(an_array_is_told_by_its_bracket)
{
    ck_assert(parse_is_array(text_from("[")));
    ck_assert(parse_is_array(text_from(" \t\r\n[1]")));
    ck_assert(!parse_is_array(text_from("{\"a\":[]}")));
    ck_assert(!parse_is_array(text_from("  ")));
    ck_assert(!parse_is_array(text_from("")));
}
END_TEST

/* As JSON Schema has it: 9.0 is an integer, 9.5 is none. */
START_TEST(a_number_without_a_fraction_is_an_integer)
{
    static const struct {
        const char *json;
        bool taken;
        int64_t integer;
    } numbers[] = {{"{\"a\":9}", true, 9},      {"{\"a\":9.0}", true, 9},    {"{\"a\":-0.0}", true, 0},
                   {"{\"a\":1e1}", true, 10},   {"{\"a\":9.5}", false, 0},   {"{\"a\":11}", false, 0},
                   {"{\"a\":-1}", false, 0},    {"{\"a\":\"9\"}", false, 0}, {"{\"a\":true}", false, 0},
                   {"{\"a\":1e300}", false, 0}, {"{\"b\":9}", false, 0}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char fault[PARSE_FAULT_SIZE];
        int64_t integer = 0;
        json_t *object = parse_object(text_from(numbers[i].json), fault);
        ck_assert_int_eq(parse_integer(json_object_get(object, "a"), 0, 10, &integer), numbers[i].taken);
        ck_assert_int_eq(integer, numbers[i].integer);
        json_decref(object);
    }
}
END_TEST

/* The allocator tells of lack alone, not of faults in a text. */
START_TEST(a_fault_of_the_text_is_no_lack_of_memory)
{
    parse_start();
    ck_assert(loads("{\"a\":[1,2,{\"b\":\"c\"}]}"));
    ck_assert(!parse_lacked_memory());
    ck_assert(!loads("{\"a\":"));
    ck_assert(!parse_lacked_memory());
}
END_TEST

START_TEST(an_empty_array_has_no_elements)
{
    struct parse_elements elements = {.text = text_from("[ ]")};
    struct text element;
    ck_assert_int_eq(parse_next(&elements, &element), PARSE_END);
}
END_TEST

Suite *parse_suite(void)
{
    Suite *suite = RUNNER_SUITE("parse", raw_nul_is_refused, sixteen_levels_are_taken, an_object_over_64_kib_is_refused,
                                elements_of_an_array_come_one_by_one, an_empty_array_has_no_elements,
                                elements_are_counted_as_far_as_the_array_is_whole, arrays_are_elements_of_an_array,
                                an_array_is_told_by_its_bracket, a_number_without_a_fraction_is_an_integer,
                                a_fault_of_the_text_is_no_lack_of_memory);
    TCase *tables = tcase_create("tables");
    tcase_add_loop_test(tables, what_is_no_object_is_refused, 0, sizeof refused / sizeof refused[0]);
    tcase_add_loop_test(tables, an_array_that_does_not_close_is_broken, 0, sizeof broken / sizeof broken[0]);
    suite_add_tcase(suite, tables);
    return suite;
}
