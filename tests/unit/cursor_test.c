/* SPDX-License-Identifier: MIT */
#include "api/parameter.h"

#include "support/runner.h"

#include <string.h>

START_TEST(a_cursor_opens_to_what_was_sealed)
{
    struct arena *arena = arena_new(0);
    struct id id = id_new();
    struct id opened;
    int64_t us;
    const char *text = cursor_seal(arena, "responses", INT64_C(1790000100123456), &id);
    ck_assert(cursor_open(text_of(text), "responses", &us, &opened));
    ck_assert_int_eq(us, INT64_C(1790000100123456));
    ck_assert_int_eq(id_compare(&id, &opened), 0);
    ck_assert(!cursor_open(text_of(text), "events", &us, &opened));
    arena_free(arena);
}
END_TEST

START_TEST(a_cursor_changed_anywhere_never_crashes)
{
    struct arena *arena = arena_new(0);
    struct id id = id_new();
    struct id opened;
    int64_t us;
    char *text = (char *)(uintptr_t)cursor_seal(arena, "events", 1, &id);
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++) {
        char kept = text[i];
        for (int c = 1; c < 256; c++) {
            text[i] = (char)c;
            (void)!cursor_open((struct text){text, size}, "events", &us, &opened);
        }
        text[i] = kept;
        (void)!cursor_open((struct text){text, i}, "events", &us, &opened);
    }
    ck_assert(!cursor_open(text_of(""), "events", &us, &opened));
    ck_assert(!cursor_open(text_of("AAAA"), "events", &us, &opened));
    arena_free(arena);
}
END_TEST

START_TEST(a_cursor_of_a_key_opens_to_it)
{
    static const char *const keys[] = {"a", "ab", "abc", " stay. ", "\u00e9\U0001f600"};
    struct arena *arena = arena_new(0);
    char longest[CURSOR_KEY_MAX + 1] = {0};
    memset(longest, 'k', CURSOR_KEY_MAX);
    for (size_t i = 0; i <= sizeof keys / sizeof *keys; i++) {
        const char *key = i < sizeof keys / sizeof *keys ? keys[i] : longest;
        struct text text = text_of(cursor_seal_key(arena, "surveys", key));
        ck_assert_str_eq(cursor_open_key(arena, text, "surveys"), key);
        ck_assert_ptr_null(cursor_open_key(arena, text, "survey"));
        ck_assert_ptr_null(cursor_open_key(arena, (struct text){text.bytes, text.size - 1}, "surveys"));
    }
    arena_free(arena);
}
END_TEST

START_TEST(a_cursor_of_a_key_changed_anywhere_never_crashes)
{
    struct arena *arena = arena_new(0);
    char *text = (char *)(uintptr_t)cursor_seal_key(arena, "surveys", "stay");
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++) {
        char kept = text[i];
        for (int c = 0; c < 256; c++) {
            text[i] = (char)c;
            const char *key = cursor_open_key(arena, (struct text){text, size}, "surveys");
            ck_assert(key == NULL || text_is_utf8(text_of(key), NULL));
        }
        text[i] = kept;
    }
    ck_assert_ptr_null(cursor_open_key(arena, text_of(""), "surveys"));
    arena_free(arena);
}
END_TEST

START_TEST(a_cursor_of_any_length_opens)
{
    static const char *const lists[] = {"a", "ab", "abc"};
    struct arena *arena = arena_new(0);
    struct id id = id_new();
    for (size_t i = 0; i < 3; i++)
        for (int64_t us = 1; us < INT64_MAX / 16; us *= 16) {
            struct id opened;
            int64_t found;
            ck_assert(cursor_open(text_of(cursor_seal(arena, lists[i], us, &id)), lists[i], &found, &opened));
            ck_assert_int_eq(found, us);
            ck_assert_int_eq(id_compare(&id, &opened), 0);
        }
    arena_free(arena);
}
END_TEST

START_TEST(what_no_list_gave_out_is_not_opened)
{
    struct arena *arena = arena_new(0);
    char longest[600] = {0};
    struct id opened;
    int64_t us;
    memset(longest, 'A', sizeof longest - 1);
    for (size_t size = 1; size < sizeof longest; size++) {
        ck_assert(!cursor_open((struct text){longest, size}, "responses", &us, &opened));
        ck_assert_ptr_null(cursor_open_key(arena, (struct text){longest, size}, "surveys"));
    }
    /* Of this list, but no key: not UTF-8; longer than any key. */
    ck_assert_ptr_null(cursor_open_key(arena, text_of(cursor_seal_key(arena, "surveys", "\xFF")), "surveys"));
    memset(longest, 'k', CURSOR_KEY_MAX + 1);
    longest[CURSOR_KEY_MAX + 1] = '\0';
    ck_assert_ptr_null(cursor_open_key(arena, text_of(cursor_seal_key(arena, "surveys", longest)), "surveys"));
    arena_free(arena);
}
END_TEST

Suite *cursor_suite(void)
{
    return RUNNER_SUITE("cursor", a_cursor_opens_to_what_was_sealed, a_cursor_changed_anywhere_never_crashes,
                        a_cursor_of_a_key_opens_to_it, a_cursor_of_a_key_changed_anywhere_never_crashes,
                        a_cursor_of_any_length_opens, what_no_list_gave_out_is_not_opened);
}
