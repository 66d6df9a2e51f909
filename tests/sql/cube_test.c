/* SPDX-License-Identifier: MIT */
#include "storage/cube.h"

#include "feedback.h"
#include "storage/day.h"
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2026-03-02 to 2026-04-06 in quarters, with the clock change of 29 March in Madrid. */
enum { FIRST = 1969344, DAYS = 35, LAST = FIRST + DAYS * 96, PLENTY = 64 << 20 };
#define US_OF(quarter_) ((int64_t)(quarter_)*900 * 1000000)

static struct tenant tenant;
static int32_t cuts[2]; /* of a cube; two that are the same are one */
static struct arena *arena;
static int told;
static int untold;

static void open_all(void)
{
    tenant_open(&tenant, "Europe/Madrid");
    feedback_make(&tenant, &(struct feedback_options){.rows = 3000, .from = FIRST, .to = LAST, .seed = 0.25});
    arena = arena_new(0);
    told = untold = 0;
    cuts[0] = cuts[1] = 0;
    srandom(20261130);
}

static void close_all(void)
{
    feedback_drop(&tenant);
    arena_free(arena);
    tenant_close(&tenant);
}

static void fill_days(void)
{
    int filled = DAY_ROUND;
    while (filled == DAY_ROUND)
        ck_assert_int_eq(day_fill(tenant.connection, US_OF(LAST), &filled), STATUS_OK);
}

static int32_t state_number(const char *what)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT %s FROM rollup_day_state WHERE project_id = %%d AND filled", what);
    return (int32_t)tenant_number(&tenant, sql);
}

static struct rollup_query query_of(uint32_t group_by, int32_t from, int32_t to)
{
    return (struct rollup_query){
        .project_ids = &tenant.project_id, .project_count = 1, .from = from, .to = to, .group_by = group_by};
}

static struct cube *read_again(const struct cube *before, uint32_t group_by, int32_t from, int32_t to)
{
    struct cube *cube;
    const struct cube_scope scope = {.project_id = tenant.project_id,
                                     .group_by = group_by,
                                     .from = from,
                                     .to = to,
                                     .cuts = {cuts[0], cuts[1]},
                                     .cut_count = cuts[0] == cuts[1] ? 1 : 2};
    ck_assert_int_eq(cube_read(tenant.connection, &scope, before, PLENTY, &cube), STATUS_OK);
    ck_assert_uint_gt(cube_bytes(cube), 0);
    return cube;
}

static struct cube *read_cube(uint32_t group_by, int32_t from, int32_t to)
{
    return read_again(NULL, group_by, from, to);
}

/* Against the rows, counted by SQL. */
static bool compare(const struct cube *cube, const struct rollup_query *query)
{
    struct rollup rollup;
    if (!cube_tells(cube, query)) {
        untold++;
        return false;
    }
    told++;
    ck_assert(cube_reaches(cube, query));
    ck_assert_int_eq(cube_answer(cube, query, arena, &rollup), STATUS_OK);
    feedback_compare_rollup(query, &rollup, NULL);
    return true;
}

/* --- what it tells ------------------------------------------------------------------------------------------------- */

static const uint32_t groupings[] = {
    0,
    1u << DIMENSION_CHANNEL,
    1u << DIMENSION_REGION,
    1u << DIMENSION_SEGMENT,
    1u << DIMENSION_DECLARED_1,
    1u << DIMENSION_COUNTRY,
    1u << DIMENSION_CHANNEL | 1u << DIMENSION_REGION,
};
enum { GROUPINGS = sizeof groupings / sizeof groupings[0], WINDOWS = 40 };

static int below(int end)
{
    return (int)(random() % end);
}

/* Most are of whole days of the project's zone. */
static int32_t random_moment(void)
{
    int day = below(DAYS);
    if (below(5) == 0)
        return FIRST + below(DAYS * 96);
    return FIRST + day * 96 - 4 - (day > 27 ? 4 : 0);
}

static void random_window(struct rollup_query *query)
{
    int32_t a = random_moment();
    int32_t b = random_moment();
    query->from = a < b ? a : b;
    query->to = a < b ? b : a + 1;
}

/* None, or one of its zone or another. */
static void random_calendar(struct rollup_query *query, struct calendar *calendar)
{
    static const char *const zones[] = {"Europe/Madrid", "Europe/Madrid", "Australia/Adelaide"};
    if (below(3) == 0)
        return;
    ck_assert_int_eq(calendar_read(tenant.connection, zones[below(3)], (enum calendar_unit)below(CALENDAR_UNIT_COUNT),
                                   query->from, query->to, arena, calendar),
                     STATUS_OK);
    query->calendar = calendar;
}

static void compare_randomly(void)
{
    for (int i = 0; i < GROUPINGS; i++) {
        struct cube *cube = read_cube(groupings[i], FIRST - 96, LAST + 96);
        for (int w = 0; w < WINDOWS; w++) {
            struct rollup_query query = query_of(groupings[i], FIRST, LAST);
            struct calendar calendar;
            random_window(&query);
            random_calendar(&query, &calendar);
            query.by_project = below(4) == 0;
            compare(cube, &query);
        }
        cube_free(cube);
    }
}

START_TEST(without_days_any_question_is_told_as_the_rows_count)
{
    compare_randomly();
    ck_assert_int_eq(told, GROUPINGS * WINDOWS);
}
END_TEST

START_TEST(with_days_what_is_told_is_what_the_rows_count)
{
    fill_days();
    ck_assert_int_gt(state_number("count(*)"), 30);
    compare_randomly();
    ck_assert_int_gt(told, GROUPINGS * WINDOWS / 10);
    ck_assert_int_gt(untold, GROUPINGS * WINDOWS / 10);
    /* As where a day has more groups than are kept. */
    feedback_execute("DELETE FROM rollup_day_pack WHERE from_quarter / 96 %% 2 = 0 AND project_id = %d",
                     (int)tenant.project_id);
    compare_randomly();
    feedback_execute("UPDATE rollup_day_state SET dirty = true WHERE from_quarter %% 3 = 0 AND project_id = %d",
                     (int)tenant.project_id);
    feedback_execute("UPDATE rollup_day_state SET filled = false WHERE from_quarter %% 5 = 0 AND project_id = %d",
                     (int)tenant.project_id);
    compare_randomly();
    ck_assert_int_gt(told, GROUPINGS * WINDOWS / 3);
}
END_TEST

START_TEST(a_question_that_cuts_a_day_is_not_told)
{
    fill_days();
    int32_t from = state_number("(array_agg(from_quarter ORDER BY from_quarter))[10]");
    int32_t to = state_number("(array_agg(to_quarter ORDER BY to_quarter))[12]");
    struct cube *cube = read_cube(0, FIRST, LAST);
    struct rollup_query query = query_of(0, from, to);
    ck_assert(compare(cube, &query));
    query.from = from + 1;
    ck_assert(!compare(cube, &query));
    query.from = from;
    query.to = to - 1;
    ck_assert(!compare(cube, &query));
    query.to = to;
    struct calendar calendar = {(int32_t[]){from, from + 96, to}, 2};
    query.calendar = &calendar;
    ck_assert(compare(cube, &query));
    calendar.boundaries = (int32_t[]){from, from + 97, to};
    ck_assert(!compare(cube, &query));
    cube_free(cube);
}
END_TEST

START_TEST(what_is_skipped_is_not_told_and_may_cut_no_day)
{
    fill_days();
    int32_t from = state_number("(array_agg(from_quarter ORDER BY from_quarter))[5]");
    struct calendar calendar = {(int32_t[]){from, from + 96, from + 3 * 96, from + 4 * 96}, 3};
    struct cube *cube = read_cube(0, FIRST, LAST);
    struct rollup_query query = query_of(0, from, from + 4 * 96);
    struct rollup rollup;
    query.calendar = &calendar;
    query.skip_from = from + 96;
    query.skip_to = from + 3 * 96;
    ck_assert(cube_tells(cube, &query));
    ck_assert_int_eq(cube_answer(cube, &query, arena, &rollup), STATUS_OK);
    ck_assert_uint_eq(rollup.group_count, 1);
    ck_assert_uint_eq(rollup.groups[0].point_count, 2);
    ck_assert_int_eq(rollup.groups[0].points[0].bucket, 0);
    ck_assert_int_eq(rollup.groups[0].points[1].bucket, 2);
    query.skip_from = query.skip_to = 0;
    ck_assert(compare(cube, &query));
    query.skip_from = from + 97;
    query.skip_to = from + 3 * 96;
    ck_assert(!cube_tells(cube, &query));
    query.skip_from = from + 96;
    query.skip_to = from + 3 * 96 - 1;
    ck_assert(!cube_tells(cube, &query));
    cube_free(cube);
}
END_TEST

/* What is left of the day that the time cuts is one: whoever asks from there is told. */
START_TEST(a_cube_may_begin_within_a_day)
{
    fill_days();
    int32_t from = state_number("(array_agg(from_quarter ORDER BY from_quarter))[10]");
    struct cube *cube = read_cube(1u << DIMENSION_CHANNEL, from + 40, LAST);
    struct rollup_query query = query_of(1u << DIMENSION_CHANNEL, from + 40, LAST);
    ck_assert(compare(cube, &query));
    query.from = from + 96;
    ck_assert(compare(cube, &query));
    query.from = from + 50;
    ck_assert(!compare(cube, &query));
    query.from = from + 39;
    ck_assert(!cube_reaches(cube, &query));
    ck_assert(!compare(cube, &query));
    cube_free(cube);
}
END_TEST

START_TEST(where_it_is_cut_a_question_may_begin_or_end)
{
    fill_days();
    int32_t from = state_number("(array_agg(from_quarter ORDER BY from_quarter))[10]");
    struct rollup_query query = query_of(1u << DIMENSION_CHANNEL, from + 40, from + 3 * 96 + 7);
    cuts[0] = query.from;
    cuts[1] = query.to;
    struct cube *cube = read_cube(1u << DIMENSION_CHANNEL, FIRST, LAST);
    ck_assert(compare(cube, &query));
    query.to = LAST;
    ck_assert(compare(cube, &query));
    query.from = FIRST;
    ck_assert(compare(cube, &query));
    query.from++;
    ck_assert(!compare(cube, &query));
    /* Both within one day, and taken from one that was cut otherwise. */
    for (int i = 1; i < 96; i += 7) {
        struct cube *before = cube;
        cuts[0] = query.from = from + i / 2;
        cuts[1] = query.to = from + i;
        cube = read_again(before, 1u << DIMENSION_CHANNEL, from - 5, LAST);
        cube_free(before);
        if (query.from < query.to)
            ck_assert(compare(cube, &query));
    }
    cube_free(cube);
}
END_TEST

START_TEST(it_stays_what_it_was_at_its_moment)
{
    struct rollup_query query = query_of(1u << DIMENSION_CHANNEL, FIRST, LAST);
    fill_days();
    struct cube *cube = read_cube(1u << DIMENSION_CHANNEL, FIRST - 96, LAST);
    feedback_execute(
        "DELETE FROM rollup_quarter WHERE project_id = %d; DELETE FROM rollup_pending WHERE project_id = %d;"
        "UPDATE rollup_day_state SET dirty = true WHERE project_id = %d",
        (int)tenant.project_id, (int)tenant.project_id, (int)tenant.project_id);
    query.from = FIRST - 96;
    ck_assert(compare(cube, &query));
    cube_free(cube);
    cube = read_cube(1u << DIMENSION_CHANNEL, FIRST - 96, LAST);
    struct rollup rollup;
    ck_assert_int_eq(cube_answer(cube, &query, arena, &rollup), STATUS_OK);
    ck_assert_uint_eq(rollup.group_count, 0);
    cube_free(cube);
}
END_TEST

/* --- what was read before ------------------------------------------------------------------------------------------ */

/* Behind the back of those who count: no day is marked. What is told then was not read. */
static void count_twice(void)
{
    feedback_execute("UPDATE rollup_quarter SET nps_9 = nps_9 + 1000 WHERE project_id = %d", (int)tenant.project_id);
    feedback_execute("UPDATE rollup_day SET nps_9 = nps_9 + 1000 WHERE project_id = %d", (int)tenant.project_id);
    feedback_execute("UPDATE rollup_day_pack SET groups = groups || decode(repeat('00', 24) || repeat('000003e8', 23), "
                     "'hex') WHERE project_id = %d",
                     (int)tenant.project_id);
}

static int64_t nps_9_of(const struct cube *cube, int32_t from, int32_t to)
{
    struct rollup_query query = query_of(0, from, to);
    struct rollup rollup;
    ck_assert(cube_tells(cube, &query));
    ck_assert_int_eq(cube_answer(cube, &query, arena, &rollup), STATUS_OK);
    ck_assert_uint_eq(rollup.group_count, 1);
    return rollup.groups[0].points[0].counts[9];
}

START_TEST(days_in_which_nothing_was_counted_are_not_read_again)
{
    fill_days();
    feedback_execute("DELETE FROM rollup_day_pack WHERE from_quarter / 96 %% 3 = 0 AND project_id = %d",
                     (int)tenant.project_id);
    int32_t from = state_number("(array_agg(from_quarter ORDER BY from_quarter))[10]") + 40;
    int32_t to = state_number("(array_agg(to_quarter ORDER BY to_quarter))[20]");
    int32_t third = state_number("(array_agg(from_quarter ORDER BY from_quarter))[12]");
    struct cube *first = read_cube(0, from, to);
    int64_t truth = nps_9_of(first, from, to);
    count_twice();
    struct cube *second = read_again(first, 0, from, to);
    ck_assert_int_eq(nps_9_of(second, from, to), truth);
    /* Longer: what is new is read; from elsewhere in the first day: that is, too. */
    struct cube *third_cube = read_again(second, 0, from + 1, to + 96);
    ck_assert_int_eq(nps_9_of(third_cube, third, to), nps_9_of(first, third, to));
    ck_assert_int_gt(nps_9_of(third_cube, from + 1, third), nps_9_of(first, from, third) + 900);
    ck_assert_int_gt(nps_9_of(third_cube, to, to + 96), 900);
    /* Marked, as whoever counts does. */
    feedback_execute("UPDATE rollup_day_state SET dirty = true WHERE from_quarter = %d AND project_id = %d", (int)third,
                     (int)tenant.project_id);
    struct cube *fourth = read_again(third_cube, 0, from + 1, to + 96);
    ck_assert_int_gt(nps_9_of(fourth, third, third + 96), nps_9_of(first, third, third + 96) + 900);
    ck_assert_int_eq(nps_9_of(fourth, third + 96, to), nps_9_of(first, third + 96, to));
    cube_free(first);
    cube_free(second);
    cube_free(third_cube);
    cube_free(fourth);
}
END_TEST

START_TEST(nothing_is_taken_from_another_session_grouping_or_project)
{
    fill_days();
    int32_t from = state_number("(array_agg(from_quarter ORDER BY from_quarter))[10]");
    int32_t to = state_number("(array_agg(to_quarter ORDER BY to_quarter))[20]");
    struct cube *first = read_cube(0, from, to);
    struct cube *other = read_cube(1u << DIMENSION_CHANNEL, from, to);
    int64_t truth = nps_9_of(first, from, to);
    count_twice();
    struct cube *second = read_again(other, 0, from, to);
    ck_assert_int_gt(nps_9_of(second, from, to), truth + 900);
    connection_close(tenant.connection);
    ck_assert_int_eq(connection_open(tenant_database(), "test", &tenant.connection), STATUS_OK);
    struct cube *third = read_again(first, 0, from, to);
    ck_assert_int_gt(nps_9_of(third, from, to), truth + 900);
    cube_free(first);
    cube_free(other);
    cube_free(second);
    cube_free(third);
}
END_TEST

/* What is asked is another time each turn, and what was counted changes. */
START_TEST(read_from_one_another_they_tell_what_the_rows_count)
{
    for (int i = 0; i < GROUPINGS; i++) {
        struct cube *before = NULL;
        fill_days();
        for (int turn = 0; turn < WINDOWS; turn++) {
            struct rollup_query query = query_of(groupings[i], FIRST, LAST);
            random_window(&query);
            cuts[0] = query.to;
            cuts[1] = below(3) ? cuts[1] : random_moment();
            struct cube *cube = read_again(before, groupings[i], query.from, LAST + 96);
            compare(cube, &query); /* not told where it ends within the first days, and they are not copied */
            query.to = LAST + 96;
            ck_assert(compare(cube, &query));
            cube_free(before);
            before = cube;
            feedback_execute(
                "UPDATE rollup_day_state SET dirty = true WHERE from_quarter %% 7 = %d AND project_id = %d", turn % 7,
                (int)tenant.project_id);
            if (turn % 4 == 0)
                fill_days();
        }
        cube_free(before);
    }
    ck_assert_int_gt(told, 10 * untold);
}
END_TEST

/* --- what it is for ------------------------------------------------------------------------------------------------ */

START_TEST(it_is_for_questions_of_one_project_without_filters)
{
    const int32_t ids[] = {tenant.project_id, tenant.project_id + 1};
    const struct text channel = text_of("web");
    const struct rollup_definition definition = {tenant.project_id, 100, 1};
    struct rollup_query query = query_of(1u << DIMENSION_CHANNEL, FIRST, LAST);
    ck_assert(cube_is_for(&query));
    query.values[DIMENSION_CHANNEL] = &channel;
    query.value_counts[DIMENSION_CHANNEL] = 1;
    ck_assert(!cube_is_for(&query));
    query.value_counts[DIMENSION_CHANNEL] = 0;
    query.definitions = &definition;
    query.definition_count = 1;
    ck_assert(!cube_is_for(&query));
    query.definition_count = 0;
    query.project_ids = ids;
    query.project_count = 2;
    ck_assert(!cube_is_for(&query));
    query.project_count = 1;
    query.group_by = 1u << DIMENSION_CHANNEL | 1u << DIMENSION_COUNTRY;
    ck_assert(!cube_is_for(&query));
}
END_TEST

START_TEST(another_project_or_grouping_is_not_told)
{
    const int32_t another = tenant.project_id + 1;
    struct cube *cube = read_cube(1u << DIMENSION_CHANNEL, FIRST, LAST);
    struct rollup_query query = query_of(1u << DIMENSION_CHANNEL, FIRST, LAST);
    ck_assert(cube_tells(cube, &query));
    query.project_ids = &another;
    ck_assert(!cube_reaches(cube, &query));
    ck_assert(!cube_tells(cube, &query));
    query = query_of(1u << DIMENSION_REGION, FIRST, LAST);
    ck_assert(!cube_tells(cube, &query));
    cube_free(cube);
}
END_TEST

START_TEST(one_that_takes_too_much_memory_is_none)
{
    const struct cube_scope scope = {
        .project_id = tenant.project_id, .group_by = 1u << DIMENSION_CHANNEL, .from = FIRST, .to = LAST};
    struct cube *cube;
    int refused = 0;
    for (size_t bytes_max = 256; bytes_max < 4 << 20; bytes_max *= 2) {
        enum status status = cube_read(tenant.connection, &scope, NULL, bytes_max, &cube);
        ck_assert(status == STATUS_OK || status == STATUS_TOO_LARGE || bytes_max == 256);
        ck_assert_int_eq(cube != NULL, status == STATUS_OK);
        if (cube != NULL)
            ck_assert_uint_le(cube_bytes(cube), bytes_max);
        refused += cube == NULL;
        cube_free(cube);
    }
    ck_assert_int_gt(refused, 4);
    ck_assert_int_lt(refused, 14);
}
END_TEST

Suite *cube_suite(void)
{
    Suite *suite = suite_create("cube");
    TCase *tcase = tcase_create("cube");
    tcase_add_checked_fixture(tcase, open_all, close_all);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, without_days_any_question_is_told_as_the_rows_count);
    tcase_add_test(tcase, with_days_what_is_told_is_what_the_rows_count);
    tcase_add_test(tcase, a_question_that_cuts_a_day_is_not_told);
    tcase_add_test(tcase, what_is_skipped_is_not_told_and_may_cut_no_day);
    tcase_add_test(tcase, a_cube_may_begin_within_a_day);
    tcase_add_test(tcase, where_it_is_cut_a_question_may_begin_or_end);
    tcase_add_test(tcase, it_stays_what_it_was_at_its_moment);
    tcase_add_test(tcase, days_in_which_nothing_was_counted_are_not_read_again);
    tcase_add_test(tcase, nothing_is_taken_from_another_session_grouping_or_project);
    tcase_add_test(tcase, read_from_one_another_they_tell_what_the_rows_count);
    tcase_add_test(tcase, it_is_for_questions_of_one_project_without_filters);
    tcase_add_test(tcase, another_project_or_grouping_is_not_told);
    tcase_add_test(tcase, one_that_takes_too_much_memory_is_none);
    suite_add_tcase(suite, tcase);
    return suite;
}
