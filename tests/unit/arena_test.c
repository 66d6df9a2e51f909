/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "support/runner.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

START_TEST(memory_is_zeroed_and_aligned)
{
    struct arena *arena = arena_new(0);
    for (size_t size = 0; size < 300; size++) {
        unsigned char *memory = arena_alloc(arena, size);
        ck_assert_ptr_nonnull(memory);
        ck_assert_uint_eq((uintptr_t)memory % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            ck_assert_uint_eq(memory[i], 0);
        memset(memory, 0xAA, size);
    }
    arena_free(arena);
}
END_TEST

START_TEST(allocations_do_not_overlap)
{
    enum { COUNT = 2000, SIZE = 24 };
    struct arena *arena = arena_new(0);
    unsigned char *parts[COUNT];
    for (int i = 0; i < COUNT; i++) {
        parts[i] = arena_alloc(arena, SIZE);
        memset(parts[i], i % 251, SIZE);
    }
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < SIZE; j++)
            ck_assert_int_eq(parts[i][j], i % 251);
    arena_free(arena);
}
END_TEST

START_TEST(one_allocation_may_be_larger_than_any_block)
{
    struct arena *arena = arena_new(0);
    size_t size = (size_t)1024 * 1024;
    char *large = arena_alloc(arena, size);
    ck_assert_ptr_nonnull(large);
    large[size - 1] = 'x';
    ck_assert_ptr_nonnull(arena_alloc(arena, 1));
    ck_assert_uint_ge(arena_size(arena), size);
    arena_free(arena);
}
END_TEST

START_TEST(limit_is_never_crossed)
{
    enum { LIMIT = 10000 };
    struct arena *arena = arena_new(LIMIT);
    size_t taken = 0;
    while (arena_alloc(arena, 100) != NULL) {
        taken += 100;
        ck_assert_uint_le(arena_size(arena), LIMIT);
    }
    ck_assert_uint_gt(taken, LIMIT / 2); /* and the limit is put to use */
    ck_assert_ptr_null(arena_alloc(arena, LIMIT));
    arena_free(arena);
}
END_TEST

START_TEST(refusal_is_remembered)
{
    struct arena *arena = arena_new(10000);
    ck_assert_ptr_nonnull(arena_alloc(arena, 100));
    ck_assert(!arena_has_failed(arena));
    ck_assert_ptr_null(arena_alloc(arena, 20000));
    ck_assert_ptr_nonnull(arena_alloc(arena, 100));
    ck_assert(arena_has_failed(arena));
    arena_free(arena);
    arena = arena_new(0);
    ck_assert_ptr_null(arena_array(arena, SIZE_MAX / 2, 4));
    ck_assert(arena_has_failed(arena));
    arena_free(arena);
}
END_TEST

START_TEST(array_whose_size_overflows_is_refused)
{
    struct arena *arena = arena_new(0);
    ck_assert_ptr_null(arena_array(arena, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(arena_array(arena, SIZE_MAX, 1));
    ck_assert_ptr_null(arena_array(arena, SIZE_MAX / 8 + 2, 8)); /* the product wraps to 8 */
    ck_assert_ptr_nonnull(arena_array(arena, 3, 7));
    ck_assert_ptr_nonnull(arena_array(arena, 0, 7));
    arena_free(arena);
}
END_TEST

START_TEST(huge_sizes_are_refused)
{
    struct arena *arena = arena_new(0);
    ck_assert_ptr_null(arena_alloc(arena, SIZE_MAX));
    ck_assert_ptr_null(arena_alloc(arena, SIZE_MAX - 8));
    ck_assert_ptr_null(arena_copy(arena, "x", SIZE_MAX));
    arena_free(arena);
}
END_TEST

START_TEST(copy_keeps_every_byte_and_ends_in_nul)
{
    struct arena *arena = arena_new(0);
    char *copy = arena_copy(arena, "a\0b", 3);
    ck_assert_mem_eq(copy, "a\0b", 4);
    ck_assert_str_eq(arena_copy(arena, NULL, 0), "");
    ck_assert_str_eq(arena_string(arena, "hark"), "hark");
    arena_free(arena);
}
END_TEST

START_TEST(format_writes_all_of_a_long_text)
{
    struct arena *arena = arena_new(0);
    char *text = arena_format(arena, "%s-%09000d", "n", 7);
    ck_assert_uint_eq(strlen(text), 9002);
    ck_assert_int_eq(text[9001], '7');
    arena_free(arena);
}
END_TEST

START_TEST(format_beyond_the_limit_is_refused)
{
    struct arena *arena = arena_new(1000);
    ck_assert_ptr_null(arena_format(arena, "%05000d", 1));
    arena_free(arena);
}
END_TEST

START_TEST(freeing_nothing_is_allowed)
{
    arena_free(NULL);
}
END_TEST

Suite *arena_suite(void)
{
    return RUNNER_SUITE("arena", memory_is_zeroed_and_aligned, allocations_do_not_overlap,
                        one_allocation_may_be_larger_than_any_block, limit_is_never_crossed, refusal_is_remembered,
                        array_whose_size_overflows_is_refused, huge_sizes_are_refused,
                        copy_keeps_every_byte_and_ends_in_nul, format_writes_all_of_a_long_text,
                        format_beyond_the_limit_is_refused, freeing_nothing_is_allowed);
}
