/* SPDX-License-Identifier: MIT */
#include "storage/dedupe.h"

#include "base/timestamp.h"
#include "dedupe_sample.h"
#include "feedback.h"
#include "storage/erasure.h"
#include "support/runner.h"

#include <string.h>

/* 2026-03-20 and 2026-10-16 in quarters, 18 days each, with both changes of the clock in Madrid. */
enum { SPRING = 1971072, AUTUMN = 1991232, LENGTH = 18 * 96, ROWS = 700, ALL_ROWS = 3 * ROWS };

static struct tenant tenant;
static struct tenant other;
static struct arena *arena;
static struct sample_row rows[ALL_ROWS];

static void open_all(void)
{
    tenant_open(&tenant, "Europe/Madrid");
    tenant_open(&other, "Europe/Madrid");
    sample_dictionary(&tenant);
    sample_dictionary(&other);
    arena = arena_new(0);
}

static void close_all(void)
{
    /* What was made by hand must not be found by tests that look at the whole database. */
    feedback_execute("DELETE FROM response WHERE project_id IN (%d, %d)", (int)tenant.project_id,
                     (int)other.project_id);
    arena_free(arena);
    tenant_close(&tenant);
    tenant_close(&other);
}

/* The same customers in two projects. */
static void make_random(void)
{
    uint64_t seed = 20261123;
    sample_random(rows, ROWS, tenant.project_id, SPRING, SPRING + LENGTH, &seed);
    sample_random(rows + ROWS, ROWS, tenant.project_id, AUTUMN, AUTUMN + LENGTH, &seed);
    sample_random(rows + 2 * (size_t)ROWS, ROWS, other.project_id, AUTUMN, AUTUMN + LENGTH, &seed);
    sample_insert(rows, ALL_ROWS);
}

static struct rollup_query query_of(int32_t from, int32_t to, uint32_t group_by)
{
    return (struct rollup_query){
        .project_ids = &tenant.project_id, .project_count = 1, .from = from, .to = to, .group_by = group_by};
}

static void compare(struct rollup_query query, struct sample_filter filter)
{
    sample_compare(tenant.connection, query, filter, DEDUPE_FIRST, rows, ALL_ROWS);
    sample_compare(tenant.connection, query, filter, DEDUPE_LAST, rows, ALL_ROWS);
}

static const uint32_t by_both = 1u << DIMENSION_CHANNEL | 1u << DIMENSION_REGION;
static const struct sample_filter no_filter;

START_TEST(every_window_equals_what_going_through_all_pairs_finds)
{
    static const uint32_t groupings[] = {0, 1u << DIMENSION_CHANNEL, 1u << DIMENSION_CHANNEL | 1u << DIMENSION_REGION};
    make_random();
    for (size_t i = 0; i < sizeof groupings / sizeof groupings[0]; i++) {
        compare(query_of(SPRING, SPRING + LENGTH, groupings[i]), no_filter);
        compare(query_of(SPRING, AUTUMN + LENGTH, groupings[i]), no_filter);
        compare(query_of(AUTUMN + 101, AUTUMN + 1001, groupings[i]), no_filter);
    }
}
END_TEST

START_TEST(filters_come_first_and_the_next_answer_counts)
{
    static const struct sample_filter filters[] = {{1, 0}, {1u << 3, 0}, {1u << 1 | 1u << 3, 0}, {5, 1u << 2}, {0, 1}};
    make_random();
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        compare(query_of(SPRING, AUTUMN + LENGTH, 0), filters[i]);
        compare(query_of(SPRING, SPRING + LENGTH, by_both), filters[i]);
    }
}
END_TEST

START_TEST(a_series_has_one_answer_a_customer_in_each_bucket)
{
    make_random();
    for (int unit = 0; unit < CALENDAR_UNIT_COUNT; unit++)
        for (int autumn = 0; autumn < 2; autumn++) {
            int32_t from = (autumn ? AUTUMN : SPRING) + 3;
            struct rollup_query query = query_of(from, from + LENGTH, 1u << DIMENSION_CHANNEL);
            struct calendar calendar;
            ck_assert_int_eq(calendar_read(tenant.connection, "Europe/Madrid", (enum calendar_unit)unit, query.from,
                                           query.to, arena, &calendar),
                             STATUS_OK);
            query.calendar = &calendar;
            compare(query, no_filter);
            compare(query, (struct sample_filter){3, 0});
        }
}
END_TEST

START_TEST(a_customer_is_one_in_each_project)
{
    const int32_t ids[] = {tenant.project_id, other.project_id};
    struct rollup_query query = query_of(SPRING, AUTUMN + LENGTH, 0);
    make_random();
    query.project_ids = ids;
    query.project_count = 2;
    compare(query, no_filter);
    query.group_by = by_both;
    compare(query, no_filter);
    compare(query, (struct sample_filter){6, 1});
    query.by_project = true;
    compare(query, no_filter);
    query.group_by = 0;
    compare(query, (struct sample_filter){9, 0});
}
END_TEST

/* --- by hand --------------------------------------------------------------------------------------------------------- */

static struct sample_row row_of(const char *time, int customer, int channel, int nps, int csat)
{
    struct sample_row row = {.project_id = tenant.project_id,
                             .id = id_new(),
                             .customer = customer,
                             .channel = channel,
                             .scores = {nps, csat, SAMPLE_NO_SCORE}};
    ck_assert(timestamp_parse(time, strlen(time), &row.occurred_us));
    return row;
}

static enum status ask(const struct rollup_query *query, enum dedupe dedupe, int32_t responses_max,
                       struct rollup *rollup)
{
    struct dedupe_window window = {query->from, query->to, query->calendar};
    return dedupe_read(tenant.connection, query, dedupe, &window, 1, responses_max, arena, rollup);
}

static struct rollup read(const struct rollup_query *query, enum dedupe dedupe)
{
    struct rollup rollup;
    ck_assert_int_eq(ask(query, dedupe, 1000, &rollup), STATUS_OK);
    return rollup;
}

/* Of the first group's bucket. */
static int64_t count_of(const struct rollup *rollup, int32_t bucket, int counter)
{
    for (size_t i = 0; rollup->group_count > 0 && i < rollup->groups[0].point_count; i++)
        if (rollup->groups[0].points[i].bucket == bucket)
            return rollup->groups[0].points[i].counts[counter];
    return 0;
}

static int64_t total_of(const struct rollup *rollup)
{
    int64_t total = 0;
    for (size_t g = 0; g < rollup->group_count; g++)
        for (size_t p = 0; p < rollup->groups[g].point_count; p++)
            for (int i = 0; i < ROLLUP_COUNTERS; i++)
                total += rollup->groups[g].points[p].counts[i];
    return total;
}

START_TEST(each_question_has_a_first_answer_of_its_own)
{
    enum { CSAT_1 = 11 };
    struct rollup_query query = query_of(AUTUMN, AUTUMN + LENGTH, 0);
    rows[0] = row_of("2026-10-20T10:00:00Z", 1, 0, SAMPLE_NO_SCORE, 2);
    rows[1] = row_of("2026-10-20T10:00:01Z", 1, 0, 9, 5);
    rows[2] = row_of("2026-10-20T10:00:02Z", 1, 0, 3, SAMPLE_NO_SCORE);
    sample_insert(rows, 3);
    struct rollup first = read(&query, DEDUPE_FIRST);
    ck_assert_int_eq(total_of(&first), 2);
    ck_assert_int_eq(count_of(&first, 0, 9), 1);
    ck_assert_int_eq(count_of(&first, 0, CSAT_1 + 1), 1);
    struct rollup last = read(&query, DEDUPE_LAST);
    ck_assert_int_eq(total_of(&last), 2);
    ck_assert_int_eq(count_of(&last, 0, 3), 1);
    ck_assert_int_eq(count_of(&last, 0, CSAT_1 + 4), 1);
}
END_TEST

START_TEST(of_one_moment_the_id_decides)
{
    struct rollup_query query = query_of(AUTUMN, AUTUMN + LENGTH, 0);
    for (int i = 0; i < 5; i++) {
        rows[i] = row_of("2026-10-20T10:00:00Z", 1, 0, i, SAMPLE_NO_SCORE);
        rows[i].id.bytes[0] = (uint8_t[]){0x80, 0x01, 0xff, 0x7f, 0x02}[i];
    }
    sample_insert(rows, 5);
    struct rollup first = read(&query, DEDUPE_FIRST);
    struct rollup last = read(&query, DEDUPE_LAST);
    ck_assert_int_eq(count_of(&first, 0, 1), 1);
    ck_assert_int_eq(count_of(&last, 0, 2), 1);
    ck_assert_int_eq(total_of(&first) + total_of(&last), 2);
}
END_TEST

static struct calendar calendar_of(enum calendar_unit unit, const struct rollup_query *query)
{
    struct calendar calendar;
    ck_assert_int_eq(calendar_read(tenant.connection, "Europe/Madrid", unit, query->from, query->to, arena, &calendar),
                     STATUS_OK);
    return calendar;
}

/* 2026-10-25 has 25 hours in Madrid, two of them called 02. */
START_TEST(the_long_day_is_one_bucket_and_its_two_hours_of_one_name_are_two)
{
    struct rollup_query query = query_of(1992048, 1992048 + 27 * 4, 0); /* from 2026-10-24T12:00Z */
    struct calendar days = calendar_of(CALENDAR_DAY, &query);
    struct calendar hours = calendar_of(CALENDAR_HOUR, &query);
    rows[0] = row_of("2026-10-24T23:59:59.999999+02:00", 1, 0, 1, SAMPLE_NO_SCORE);
    rows[1] = row_of("2026-10-25T00:00:00+02:00", 1, 0, 2, SAMPLE_NO_SCORE);
    rows[2] = row_of("2026-10-25T02:30:00+02:00", 1, 0, 3, SAMPLE_NO_SCORE);
    rows[3] = row_of("2026-10-25T02:30:00+01:00", 1, 0, 4, SAMPLE_NO_SCORE);
    rows[4] = row_of("2026-10-25T02:59:00+01:00", 1, 0, 5, SAMPLE_NO_SCORE);
    sample_insert(rows, 5);
    query.calendar = &days;
    struct rollup first = read(&query, DEDUPE_FIRST);
    ck_assert_int_eq(total_of(&first), 2);
    ck_assert_int_eq(count_of(&first, 0, 1), 1);
    ck_assert_int_eq(count_of(&first, 1, 2), 1);
    query.calendar = &hours;
    struct rollup last = read(&query, DEDUPE_LAST);
    ck_assert_int_eq(total_of(&last), 4);
    ck_assert_int_eq(count_of(&last, 9, 1), 1);
    ck_assert_int_eq(count_of(&last, 10, 2), 1);
    ck_assert_int_eq(count_of(&last, 12, 3), 1);
    ck_assert_int_eq(count_of(&last, 13, 5), 1);
}
END_TEST

START_TEST(windows_are_each_for_themselves_and_share_groups)
{
    struct rollup_query query = query_of(0, 0, 1u << DIMENSION_CHANNEL);
    struct rollup_query days_query = query_of(AUTUMN, AUTUMN + LENGTH, 0);
    struct calendar days = calendar_of(CALENDAR_DAY, &days_query);
    struct dedupe_window windows[] = {
        {AUTUMN, AUTUMN + LENGTH, NULL}, {AUTUMN - LENGTH, AUTUMN, NULL}, {AUTUMN, AUTUMN + LENGTH, &days}};
    struct rollup rollup;
    rows[0] = row_of("2026-10-10T10:00:00Z", 1, 0, 1, SAMPLE_NO_SCORE);
    rows[1] = row_of("2026-10-11T10:00:00Z", 1, 0, 2, SAMPLE_NO_SCORE);
    rows[2] = row_of("2026-10-17T10:00:00Z", 1, 0, 3, SAMPLE_NO_SCORE);
    rows[3] = row_of("2026-10-17T11:00:00Z", 1, 0, 4, SAMPLE_NO_SCORE);
    rows[4] = row_of("2026-10-18T10:00:00Z", 1, 0, 5, SAMPLE_NO_SCORE);
    sample_insert(rows, 5);
    ck_assert_int_eq(dedupe_read(tenant.connection, &query, DEDUPE_FIRST, windows, 3, 1000, arena, &rollup), STATUS_OK);
    ck_assert_uint_eq(rollup.group_count, 1);
    ck_assert_int_eq(total_of(&rollup), 4);
    ck_assert_int_eq(count_of(&rollup, 0, 3), 1);
    ck_assert_int_eq(count_of(&rollup, 1, 1), 1);
    /* The window begins on the 16th, at two in the morning in Madrid. */
    ck_assert_int_eq(count_of(&rollup, 3, 3), 1);
    ck_assert_int_eq(count_of(&rollup, 4, 5), 1);
}
END_TEST

START_TEST(an_erased_customer_still_counts_once)
{
    struct rollup_query query = query_of(AUTUMN, AUTUMN + LENGTH, 0);
    struct erasure erasure = {.id = id_new()};
    rows[0] = row_of("2026-10-20T10:00:00Z", 1, 0, 7, SAMPLE_NO_SCORE);
    rows[1] = row_of("2026-10-21T10:00:00Z", 1, 1, 2, SAMPLE_NO_SCORE);
    rows[2] = row_of("2026-10-21T10:00:00Z", 2, 1, 2, SAMPLE_NO_SCORE);
    sample_insert(rows, 3);
    ck_assert_int_eq(erasure_run(tenant.connection, tenant.project_id, tenant.key_id, text_of("c1"), &erasure),
                     STATUS_OK);
    ck_assert_int_eq(erasure.responses, 2);
    struct rollup first = read(&query, DEDUPE_FIRST);
    ck_assert_int_eq(total_of(&first), 2);
    ck_assert_int_eq(count_of(&first, 0, 7), 1);
}
END_TEST

START_TEST(answers_without_a_customer_count_each)
{
    struct rollup_query query = query_of(AUTUMN, AUTUMN + LENGTH, 0);
    for (int i = 0; i < 4; i++)
        rows[i] = row_of("2026-10-20T10:00:00Z", SAMPLE_NOBODY, 0, 5, SAMPLE_NO_SCORE);
    sample_insert(rows, 4);
    struct rollup first = read(&query, DEDUPE_FIRST);
    ck_assert_int_eq(count_of(&first, 0, 5), 4);
}
END_TEST

START_TEST(a_window_of_too_many_responses_is_refused)
{
    struct rollup_query query = query_of(SPRING, AUTUMN + LENGTH, 0);
    const int32_t ids[] = {tenant.project_id, other.project_id};
    struct rollup rollup;
    make_random();
    ck_assert_int_eq(ask(&query, DEDUPE_FIRST, ROWS * 2, &rollup), STATUS_OK);
    ck_assert_int_eq(ask(&query, DEDUPE_FIRST, ROWS * 2 - 1, &rollup), STATUS_INVALID);
    query.project_ids = ids;
    query.project_count = 2;
    ck_assert_int_eq(ask(&query, DEDUPE_FIRST, ROWS * 3 - 1, &rollup), STATUS_INVALID);
    /* The session is as good as before. */
    ck_assert_int_eq(ask(&query, DEDUPE_FIRST, ROWS * 3, &rollup), STATUS_OK);
}
END_TEST

START_TEST(nobody_asked_gives_no_group)
{
    struct rollup_query query = query_of(SPRING, AUTUMN, by_both);
    struct rollup rollup = read(&query, DEDUPE_LAST);
    ck_assert_uint_eq(rollup.group_count, 0);
    query.project_count = 0;
    rollup = read(&query, DEDUPE_FIRST);
    ck_assert_uint_eq(rollup.group_count, 0);
}
END_TEST

Suite *dedupe_suite(void)
{
    Suite *suite = suite_create("dedupe");
    TCase *tcase = tcase_create("dedupe");
    tcase_add_checked_fixture(tcase, open_all, close_all);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_window_equals_what_going_through_all_pairs_finds);
    tcase_add_test(tcase, filters_come_first_and_the_next_answer_counts);
    tcase_add_test(tcase, a_series_has_one_answer_a_customer_in_each_bucket);
    tcase_add_test(tcase, a_customer_is_one_in_each_project);
    tcase_add_test(tcase, each_question_has_a_first_answer_of_its_own);
    tcase_add_test(tcase, of_one_moment_the_id_decides);
    tcase_add_test(tcase, the_long_day_is_one_bucket_and_its_two_hours_of_one_name_are_two);
    tcase_add_test(tcase, windows_are_each_for_themselves_and_share_groups);
    tcase_add_test(tcase, an_erased_customer_still_counts_once);
    tcase_add_test(tcase, answers_without_a_customer_count_each);
    tcase_add_test(tcase, a_window_of_too_many_responses_is_refused);
    tcase_add_test(tcase, nobody_asked_gives_no_group);
    suite_add_tcase(suite, tcase);
    return suite;
}
