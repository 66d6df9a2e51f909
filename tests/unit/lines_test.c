/* SPDX-License-Identifier: MIT */
#include "../../src/api/lines.h"

#include "support/runner.h"

#include <string.h>

enum { MAX = 8 };

/* What came of a text, one after the other: lines, "!" for one that is too long. */
struct told {
    char text[256];
    size_t count;
};

static void tell(struct told *told, enum lines_step step, struct text line)
{
    if (step == LINES_NONE)
        return;
    ck_assert_int_ne(step, LINES_NO_MEMORY);
    strcat(told->text, told->count++ ? "|" : "");
    if (step == LINES_LINE)
        strncat(told->text, line.bytes, line.size);
    else
        strcat(told->text, "!");
}

/* In pieces of `step` bytes, each in memory that is gone when the next one comes. */
static struct told split(const char *text, size_t step)
{
    struct told told = {.count = 0};
    struct lines lines;
    struct text line;
    size_t size = strlen(text);
    lines_init(&lines, MAX);
    for (size_t at = 0; at < size; at += step) {
        char bytes[64] = {0};
        struct text piece = {bytes, at + step > size ? size - at : step};
        memcpy(bytes, text + at, piece.size);
        while (piece.size > 0) {
            enum lines_step found = lines_next(&lines, &piece, &line);
            tell(&told, found, line);
        }
        memset(bytes, '#', sizeof bytes);
    }
    tell(&told, lines_end(&lines, &line), line);
    lines_clear(&lines);
    return told;
}

static const struct {
    const char *text;
    const char *told;
    size_t count;
} cases[] = {
    {"", "", 0},
    {"a", "a", 1},
    {"a\n", "a", 1},
    {"a\nb", "a|b", 2},
    {"a\r\nb\r\n", "a|b", 2},
    {"\n\n", "|", 2},
    {"a\n\nb\n", "a||b", 3},
    {"a\rb\n", "a\rb", 1},
    {"a\r\r\n", "a\r", 1},
    {"a\r", "a", 1},
    {"12345678\n", "12345678", 1},
    {"12345678\r\n", "12345678", 1},
    {"12345678", "12345678", 1},
    {"123456789\n", "!", 1},
    {"123456789\r\n", "!", 1},
    {"123456789", "!", 1},
    {"12345678\r\r\n", "!", 1},
    {"1234567890123456789012345678901234567890\na\n", "!|a", 2},
    {"1234567890123456789012345678901234567890", "!", 1},
    {"a\n1234567890123456789012345678901234567890\n12345678\nb", "a|!|12345678|b", 4},
    {"1234567890123456\n1234567890123456\n\na", "!|!||a", 4},
};

START_TEST(lines_are_the_same_however_they_arrive)
{
    for (size_t step = 1; step <= 50; step++) {
        struct told told = split(cases[_i].text, step);
        ck_assert_msg(strcmp(told.text, cases[_i].told) == 0 && told.count == cases[_i].count,
                      "%s in pieces of %zu: %s", cases[_i].text, step, told.text);
    }
}
END_TEST

START_TEST(a_line_is_good_until_the_next_one)
{
    struct lines lines;
    struct text line;
    struct text piece = {"ab", 2};
    lines_init(&lines, MAX);
    ck_assert_int_eq(lines_next(&lines, &piece, &line), LINES_NONE);
    piece = (struct text){"c\nd\n", 4};
    ck_assert_int_eq(lines_next(&lines, &piece, &line), LINES_LINE);
    ck_assert(line.size == 3 && memcmp(line.bytes, "abc", 3) == 0);
    ck_assert_uint_eq(piece.size, 2);
    ck_assert_int_eq(lines_next(&lines, &piece, &line), LINES_LINE);
    ck_assert(line.size == 1 && line.bytes[0] == 'd');
    ck_assert_int_eq(lines_end(&lines, &line), LINES_NONE);
    lines_clear(&lines);
}
END_TEST

/* As a buffer is left that could not grow. */
START_TEST(a_line_that_could_not_be_kept_is_told_at_its_end_and_the_next_is_good)
{
    struct lines lines;
    struct text line;
    struct text piece = {"ab", 2};
    lines_init(&lines, MAX);
    ck_assert_int_eq(lines_next(&lines, &piece, &line), LINES_NONE);
    lines.kept.failed = true;
    piece = (struct text){"c\nd\n", 4};
    ck_assert_int_eq(lines_next(&lines, &piece, &line), LINES_NO_MEMORY);
    ck_assert_int_eq(lines_next(&lines, &piece, &line), LINES_LINE);
    ck_assert(line.size == 1 && line.bytes[0] == 'd');
    piece = (struct text){"e", 1};
    ck_assert_int_eq(lines_next(&lines, &piece, &line), LINES_NONE);
    lines.kept.failed = true;
    ck_assert_int_eq(lines_end(&lines, &line), LINES_NO_MEMORY);
    lines_clear(&lines);
    /* Nothing of it was kept, not even its first byte. */
    lines_init(&lines, MAX);
    lines.kept.failed = true;
    ck_assert_int_eq(lines_end(&lines, &line), LINES_NO_MEMORY);
    lines_clear(&lines);
}
END_TEST

Suite *lines_suite(void)
{
    Suite *suite = RUNNER_SUITE("lines", a_line_is_good_until_the_next_one,
                                a_line_that_could_not_be_kept_is_told_at_its_end_and_the_next_is_good);
    TCase *tables = tcase_create("tables");
    tcase_add_loop_test(tables, lines_are_the_same_however_they_arrive, 0, sizeof cases / sizeof *cases);
    suite_add_tcase(suite, tables);
    return suite;
}
