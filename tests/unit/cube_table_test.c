/* SPDX-License-Identifier: MIT */
#include "../../src/api/cube_table.h"

#include "../../src/storage/cube_rows.h"
#include "support/runner.h"

#include <stdlib.h>

enum { DAY = 96, NOW = 2000000, CUBE_BYTES = 100000 };
#define SECOND_US INT64_C(1000000)

static int32_t project_ids[200];

static struct rollup_query query_of(int project, int32_t from, int32_t to)
{
    project_ids[project] = project;
    return (struct rollup_query){.project_ids = &project_ids[project], .project_count = 1, .from = from, .to = to};
}

static struct cube_moment *moment_new(int64_t read_us)
{
    struct cube_moment *moment = calloc(1, sizeof *moment);
    struct arena *arena = arena_new(0);
    moment->cube = arena_alloc(arena, sizeof *moment->cube);
    moment->cube->arena = arena;
    ck_assert_ptr_nonnull(arena_alloc(arena, CUBE_BYTES));
    moment->read_us = read_us;
    moment->holders = 1;
    return moment;
}

static struct cube_entry *keep(struct cube_table *table, int project, int64_t read_us)
{
    struct rollup_query query = query_of(project, NOW - DAY, NOW);
    struct cube_entry *entry = cube_table_ask(table, &query);
    struct cube_moment *moment = moment_new(read_us);
    cube_table_keep(table, entry, moment);
    cube_moment_release(moment);
    return entry;
}

static void check_scope(const struct cube_entry *entry, int32_t from, int32_t to)
{
    struct cube_scope scope = cube_entry_scope(entry, NOW);
    ck_assert_int_eq(scope.from, from);
    ck_assert_int_eq(scope.to, to);
}

START_TEST(one_entry_is_of_a_project_and_a_grouping)
{
    struct cube_table table;
    cube_table_init(&table, SIZE_MAX, 60 * SECOND_US);
    struct rollup_query query = query_of(1, 0, DAY);
    struct cube_entry *entry = cube_table_ask(&table, &query);
    query.from = 5;
    ck_assert_ptr_eq(cube_table_ask(&table, &query), entry);
    query.group_by = 4;
    ck_assert_ptr_ne(cube_table_ask(&table, &query), entry);
    query = query_of(2, 0, DAY);
    ck_assert_ptr_ne(cube_table_ask(&table, &query), entry);
    ck_assert_uint_eq(table.count, 3);
    cube_table_clear(&table);
}
END_TEST

START_TEST(what_is_kept_stays_within_its_bytes_and_the_latest_asked_for_stays)
{
    struct cube_table table;
    cube_table_init(&table, 4 * CUBE_BYTES, 60 * SECOND_US);
    struct cube_entry *first = keep(&table, 1, 1);
    keep(&table, 2, 2);
    struct rollup_query query = query_of(1, 0, 1);
    ck_assert_ptr_eq(cube_table_ask(&table, &query), first);
    for (int project = 3; project <= 5; project++) {
        keep(&table, project, project);
        ck_assert_ptr_nonnull(cube_table_ask(&table, &query)->moment);
        ck_assert_uint_le(table.bytes, table.bytes_max);
    }
    query = query_of(2, 0, 1);
    ck_assert_ptr_null(cube_table_ask(&table, &query)->moment);
    ck_assert_uint_gt(table.bytes, 2 * CUBE_BYTES);
    cube_table_clear(&table);
    ck_assert_uint_eq(table.bytes, 0);
}
END_TEST

START_TEST(entries_are_few_and_the_one_being_read_stays)
{
    struct cube_table table;
    cube_table_init(&table, SIZE_MAX, 60 * SECOND_US);
    struct cube_entry *entry = keep(&table, 0, 1);
    entry->is_reading = true;
    for (int project = 1; project < 200; project++) {
        struct rollup_query query = query_of(project, 0, DAY);
        ck_assert_ptr_nonnull(cube_table_ask(&table, &query));
        ck_assert_uint_le(table.count, 64);
    }
    struct rollup_query query = query_of(0, 0, DAY);
    ck_assert_ptr_eq(cube_table_ask(&table, &query), entry);
    cube_table_clear(&table);
}
END_TEST

START_TEST(all_that_are_being_read_stay)
{
    struct cube_table table;
    cube_table_init(&table, SIZE_MAX, 60 * SECOND_US);
    struct cube_entry *read[3];
    for (int project = 0; project < 3; project++) {
        read[project] = keep(&table, project, 1);
        read[project]->is_reading = true;
    }
    for (int project = 3; project < 200; project++) {
        struct rollup_query query = query_of(project, 0, DAY);
        ck_assert_ptr_nonnull(cube_table_ask(&table, &query));
        ck_assert_uint_le(table.count, 64);
    }
    for (int project = 0; project < 3; project++)
        ck_assert_ptr_eq(cube_table_find(&table, project, 0), read[project]);
    ck_assert_ptr_null(cube_table_find(&table, 3, 0));
    cube_table_clear(&table);
}
END_TEST

START_TEST(who_holds_a_moment_has_it_when_its_entry_has_another)
{
    struct cube_table table;
    cube_table_init(&table, SIZE_MAX, 60 * SECOND_US);
    struct cube_moment *held = keep(&table, 1, 10)->moment;
    cube_moment_hold(held);
    ck_assert_ptr_ne(keep(&table, 1, 20)->moment, held);
    ck_assert_int_eq(held->read_us, 10);
    ck_assert_uint_gt(cube_bytes(held->cube), CUBE_BYTES);
    cube_moment_release(held);
    cube_table_clear(&table);
}
END_TEST

START_TEST(what_is_too_old_is_forgotten)
{
    struct cube_table table;
    cube_table_init(&table, SIZE_MAX, 60 * SECOND_US);
    struct cube_entry *old = keep(&table, 1, 10);
    struct cube_entry *fresh = keep(&table, 2, 20);
    cube_table_expire(&table, 20);
    ck_assert_ptr_null(old->moment);
    ck_assert_ptr_nonnull(fresh->moment);
    ck_assert_uint_lt(table.bytes, 2 * CUBE_BYTES);
    cube_table_clear(&table);
}
END_TEST

START_TEST(the_time_read_is_that_of_the_questions_asked_lately)
{
    struct cube_table table;
    cube_table_init(&table, SIZE_MAX, 60 * SECOND_US);
    struct rollup_query query = query_of(1, NOW - 30 * DAY, NOW - DAY);
    struct cube_entry *entry = cube_table_ask(&table, &query);
    ck_assert(cube_entry_ask(entry, &query, SECOND_US));
    check_scope(entry, NOW - 30 * DAY, NOW - DAY);
    query = query_of(1, NOW - 2 * DAY, NOW + 1);
    ck_assert(cube_entry_ask(entry, &query, 2 * SECOND_US));
    check_scope(entry, NOW - 30 * DAY, NOW + 5);
    /* The first one is left out some time later. */
    for (int second = 3; second <= 14; second++)
        ck_assert(cube_entry_ask(entry, &query, second * SECOND_US));
    check_scope(entry, NOW - 2 * DAY, NOW + 5);
    cube_table_clear(&table);
}
END_TEST

START_TEST(a_question_of_years_is_not_for_it_and_far_ones_are_not_united)
{
    struct cube_table table;
    cube_table_init(&table, SIZE_MAX, 60 * SECOND_US);
    struct rollup_query query = query_of(1, NOW - 500 * DAY, NOW);
    struct cube_entry *entry = cube_table_ask(&table, &query);
    ck_assert(!cube_entry_ask(entry, &query, SECOND_US));
    query = query_of(1, NOW - 500 * DAY, NOW - 400 * DAY);
    ck_assert(cube_entry_ask(entry, &query, SECOND_US));
    query = query_of(1, NOW - 2 * DAY, NOW - DAY);
    ck_assert(cube_entry_ask(entry, &query, 2 * SECOND_US));
    check_scope(entry, NOW - 2 * DAY, NOW - DAY);
    cube_table_clear(&table);
}
END_TEST

START_TEST(what_was_too_large_is_asked_for_by_halves)
{
    struct cube_table table;
    cube_table_init(&table, SIZE_MAX, 60 * SECOND_US);
    struct rollup_query query = query_of(1, NOW - 100 * DAY, NOW - DAY);
    struct cube_entry *entry = cube_table_ask(&table, &query);
    ck_assert(cube_entry_ask(entry, &query, SECOND_US));
    struct cube_scope scope = cube_entry_scope(entry, NOW);
    cube_entry_fail(entry, &scope, true, 2 * SECOND_US);
    ck_assert_int_gt(entry->rests_until_us, 2 * SECOND_US);
    ck_assert(!cube_entry_ask(entry, &query, 3 * SECOND_US));
    query.from = NOW - 40 * DAY;
    ck_assert(cube_entry_ask(entry, &query, 4 * SECOND_US));
    check_scope(entry, NOW - 40 * DAY, NOW - DAY);
    query.from = NOW - 100 * DAY;
    ck_assert(cube_entry_ask(entry, &query, 60 * SECOND_US));
    /* Another failure says nothing about its size. */
    cube_entry_fail(entry, &scope, false, 61 * SECOND_US);
    ck_assert(cube_entry_ask(entry, &query, 62 * SECOND_US));
    cube_table_clear(&table);
}
END_TEST

static bool is_cut_at(const struct cube_scope *scope, int32_t quarter)
{
    bool is_cut = false;
    for (size_t i = 0; i < scope->cut_count; i++)
        is_cut = is_cut || scope->cuts[i] == quarter;
    return is_cut;
}

START_TEST(days_are_cut_where_a_question_that_is_asked_again_begins_and_ends)
{
    struct cube_table table;
    cube_table_init(&table, SIZE_MAX, 60 * SECOND_US);
    struct rollup_query query = query_of(1, NOW - 30 * DAY + 40, NOW - 2 * DAY + 7);
    struct rollup_query other = query_of(1, NOW - 30 * DAY, NOW - DAY);
    struct cube_entry *entry = cube_table_ask(&table, &query);
    ck_assert(cube_entry_ask(entry, &query, SECOND_US));
    ck_assert(!entry->is_again);
    ck_assert_uint_eq(cube_entry_scope(entry, NOW).cut_count, 0);
    ck_assert(cube_entry_ask(entry, &query, 2 * SECOND_US));
    ck_assert(entry->is_again);
    ck_assert(cube_entry_ask(entry, &other, 3 * SECOND_US));
    struct cube_scope scope = cube_entry_scope(entry, NOW);
    ck_assert_uint_eq(scope.cut_count, 2);
    ck_assert(is_cut_at(&scope, query.from) && is_cut_at(&scope, query.to));
    /* Some time later it is no more. */
    ck_assert(cube_entry_ask(entry, &other, 61 * SECOND_US));
    scope = cube_entry_scope(entry, NOW);
    ck_assert(is_cut_at(&scope, query.from) && is_cut_at(&scope, other.from));
    ck_assert(cube_entry_ask(entry, &other, 62 * SECOND_US));
    scope = cube_entry_scope(entry, NOW);
    ck_assert(!is_cut_at(&scope, query.from) && is_cut_at(&scope, other.from));
    ck_assert(cube_entry_ask(entry, &other, 122 * SECOND_US));
    ck_assert(!entry->is_again);
    ck_assert_uint_eq(cube_entry_scope(entry, NOW).cut_count, 0);
    cube_table_clear(&table);
}
END_TEST

START_TEST(of_more_cuts_than_there_is_room_for_the_latest_stay)
{
    struct cube_table table;
    cube_table_init(&table, SIZE_MAX, 60 * SECOND_US);
    struct rollup_query query = query_of(1, NOW - 30 * DAY, NOW);
    struct cube_entry *entry = cube_table_ask(&table, &query);
    for (int i = 0; i < 3 * CUBE_CUTS_MAX; i++) {
        query.from = NOW - 30 * DAY + i;
        for (int again = 0; again < 2; again++)
            ck_assert(cube_entry_ask(entry, &query, SECOND_US + i));
        struct cube_scope scope = cube_entry_scope(entry, NOW);
        ck_assert_uint_le(scope.cut_count, CUBE_CUTS_MAX);
        ck_assert(is_cut_at(&scope, query.from) && is_cut_at(&scope, query.to));
    }
    ck_assert_uint_eq(cube_entry_scope(entry, NOW).cut_count, CUBE_CUTS_MAX);
    cube_table_clear(&table);
}
END_TEST

START_TEST(what_is_read_next_may_tell_what_was_not_cut_yet)
{
    struct cube_table table;
    cube_table_init(&table, SIZE_MAX, 60 * SECOND_US);
    struct cube_entry *entry = keep(&table, 1, SECOND_US);
    struct rollup_query query = query_of(1, NOW - 30 * DAY, NOW - DAY + 5);
    struct rollup_query wide = query_of(1, NOW - 40 * DAY, NOW);
    ck_assert(cube_entry_ask(entry, &wide, SECOND_US));
    ck_assert(cube_entry_may_tell(entry, &wide)); /* it would begin and end there */
    ck_assert(cube_entry_ask(entry, &query, SECOND_US));
    ck_assert(!cube_entry_may_tell(entry, &query));
    ck_assert(cube_entry_ask(entry, &query, 2 * SECOND_US));
    ck_assert(cube_entry_may_tell(entry, &query));
    entry->moment->cube->scope = cube_entry_scope(entry, NOW);
    ck_assert(!cube_entry_may_tell(entry, &query)); /* for that is how it is read already */
    cube_table_clear(&table);
}
END_TEST

Suite *cube_table_suite(void)
{
    return RUNNER_SUITE(
        "cube_table", one_entry_is_of_a_project_and_a_grouping,
        what_is_kept_stays_within_its_bytes_and_the_latest_asked_for_stays,
        entries_are_few_and_the_one_being_read_stays, all_that_are_being_read_stay,
        who_holds_a_moment_has_it_when_its_entry_has_another, what_is_too_old_is_forgotten,
        the_time_read_is_that_of_the_questions_asked_lately,
        a_question_of_years_is_not_for_it_and_far_ones_are_not_united, what_was_too_large_is_asked_for_by_halves,
        days_are_cut_where_a_question_that_is_asked_again_begins_and_ends,
        of_more_cuts_than_there_is_room_for_the_latest_stay, what_is_read_next_may_tell_what_was_not_cut_yet);
}
