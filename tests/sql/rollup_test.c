/* SPDX-License-Identifier: MIT */
#include "storage/rollup.h"

#include "feedback.h"
#include "storage/day.h"
#include "support/runner.h"

#include <string.h>

/* 2026-03-02 to 2026-04-06 in quarters, with the clock change of 29 March in Madrid. */
enum { FIRST = 1969344, LAST = FIRST + 35 * 96 };
#define US_OF(quarter_) ((int64_t)(quarter_)*900 * 1000000)

static struct tenant tenant;
static struct tenant other;
static struct arena *arena;

static void open_all(void)
{
    tenant_open(&tenant, "Europe/Madrid");
    tenant_open(&other, "Asia/Kathmandu");
    feedback_make(&tenant, &(struct feedback_options){.rows = 3000, .from = FIRST, .to = LAST, .seed = 0.25});
    feedback_make(&other, &(struct feedback_options){.rows = 1500, .from = FIRST, .to = LAST, .seed = 0.5});
    arena = arena_new(0);
}

static void close_all(void)
{
    feedback_drop(&tenant);
    feedback_drop(&other);
    arena_free(arena);
    tenant_close(&tenant);
    tenant_close(&other);
}

static struct rollup_query query_of(uint32_t group_by)
{
    return (struct rollup_query){
        .project_ids = &tenant.project_id, .project_count = 1, .from = FIRST, .to = LAST, .group_by = group_by};
}

static const uint32_t groupings[] = {
    0,
    1u << DIMENSION_CHANNEL,
    1u << DIMENSION_COUNTRY,
    1u << DIMENSION_TOUCHPOINT,
    1u << DIMENSION_DECLARED_1,
    1u << DIMENSION_CHANNEL | 1u << DIMENSION_REGION,
    1u << DIMENSION_CHANNEL | 1u << DIMENSION_REGION | 1u << DIMENSION_SEGMENT | 1u << DIMENSION_DECLARED_1 |
        1u << DIMENSION_COUNTRY,
};
enum { GROUPINGS = sizeof groupings / sizeof groupings[0] };

static void fill_days(void)
{
    int filled = DAY_ROUND;
    while (filled == DAY_ROUND)
        ck_assert_int_eq(day_fill(tenant.connection, US_OF(LAST), &filled), STATUS_OK);
}

static void compare_groupings(void)
{
    for (int i = 0; i < GROUPINGS; i++) {
        struct rollup_query query = query_of(groupings[i]);
        feedback_compare(tenant.connection, &query, NULL);
        query.from += 1001;
        query.to -= 777;
        feedback_compare(tenant.connection, &query, NULL);
    }
}

static void compare_series(void)
{
    for (int unit = 0; unit < CALENDAR_UNIT_COUNT; unit++) {
        struct rollup_query query = query_of(1u << DIMENSION_CHANNEL | 1u << DIMENSION_COUNTRY);
        struct calendar calendar;
        query.from += 5;
        ck_assert_int_eq(calendar_read(tenant.connection, unit % 2 ? "Europe/Madrid" : "Australia/Adelaide",
                                       (enum calendar_unit)unit, query.from, query.to, arena, &calendar),
                         STATUS_OK);
        query.calendar = &calendar;
        feedback_compare(tenant.connection, &query, NULL);
    }
}

START_TEST(every_grouping_equals_a_recount_of_the_rows)
{
    compare_groupings();
}
END_TEST

START_TEST(every_series_equals_a_recount_of_the_rows)
{
    compare_series();
}
END_TEST

START_TEST(the_day_copy_changes_no_number)
{
    fill_days();
    ck_assert_int_gt(tenant_number(&tenant, "SELECT count(*) FROM rollup_day_state WHERE filled AND project_id = %d"),
                     30);
    compare_groupings();
    compare_series();
    /* As where a day has more groups than are kept. */
    feedback_execute("DELETE FROM rollup_day_pack WHERE from_quarter / 96 %% 2 = 0 AND project_id = %d",
                     (int)tenant.project_id);
    compare_groupings();
    compare_series();
    feedback_execute("UPDATE rollup_day_state SET dirty = true WHERE from_quarter %% 3 = 0 AND project_id = %d",
                     (int)tenant.project_id);
    feedback_execute("UPDATE rollup_day_state SET filled = false WHERE from_quarter %% 5 = 0 AND project_id = %d",
                     (int)tenant.project_id);
    compare_groupings();
    compare_series();
}
END_TEST

static int64_t answers_between(int32_t from, int32_t to)
{
    struct rollup_query query = query_of(0);
    struct rollup rollup;
    int64_t n = 0;
    query.from = from;
    query.to = to;
    ck_assert_int_eq(rollup_read(tenant.connection, &query, arena, &rollup), STATUS_OK);
    for (int i = 0; rollup.group_count && i < ROLLUP_COUNTERS; i++)
        n += rollup.groups[0].points[0].counts[i];
    return n;
}

START_TEST(a_whole_clean_day_is_read_from_the_day_copy_and_no_other)
{
    int32_t from;
    int32_t to;
    int64_t before;
    fill_days();
    from = (int32_t)tenant_number(&tenant, "SELECT from_quarter FROM rollup_day_state WHERE project_id = %d ORDER BY 1 "
                                           "OFFSET 10 LIMIT 1");
    to = from + 96;
    before = answers_between(from, to);
    /* Wrong on purpose: who reads this says so. */
    feedback_execute("UPDATE rollup_day SET nps_0 = nps_0 + 1000000 WHERE project_id = %d AND from_quarter = %d AND "
                     "cell_id = (SELECT min(cell_id) FROM rollup_day WHERE project_id = %d AND from_quarter = %d)",
                     (int)tenant.project_id, from, (int)tenant.project_id, from);
    ck_assert_int_eq(answers_between(from, to), before);
    feedback_execute("UPDATE rollup_day_pack SET groups = overlay(groups PLACING int4send(('x' || "
                     "encode(substr(groups, 25, 4), 'hex'))::bit(32)::int4 + 2000000) FROM 25) "
                     "WHERE project_id = %d AND from_quarter = %d AND grouping = 0",
                     (int)tenant.project_id, from);
    ck_assert_int_eq(answers_between(from, to), before + 2000000);
    /* A process of the version before fills it: its groups are not those of the copy any more. */
    feedback_execute("UPDATE rollup_day_state SET filled = false WHERE project_id = %d AND from_quarter = %d",
                     (int)tenant.project_id, from);
    feedback_execute("UPDATE rollup_day_state SET filled = true WHERE project_id = %d AND from_quarter = %d",
                     (int)tenant.project_id, from);
    ck_assert_int_eq(answers_between(from, to), before + 1000000);
    ck_assert_int_eq(answers_between(from - 1, to + 1) / 1000000, 1);
    ck_assert_int_lt(answers_between(from + 1, to), 1000000);
    ck_assert_int_lt(answers_between(from, to - 1), 1000000);
    feedback_execute("UPDATE rollup_day_state SET dirty = true WHERE project_id = %d AND from_quarter = %d",
                     (int)tenant.project_id, from);
    ck_assert_int_eq(answers_between(from, to), before);
}
END_TEST

/* Counts in all groups, by bucket. */
static void count_buckets(const struct rollup_query *query, int64_t n[3])
{
    struct rollup rollup;
    memset(n, 0, 3 * sizeof *n);
    ck_assert_int_eq(rollup_read(tenant.connection, query, arena, &rollup), STATUS_OK);
    for (size_t g = 0; g < rollup.group_count; g++)
        for (size_t i = 0; i < rollup.groups[g].point_count; i++)
            for (int c = 0; c < ROLLUP_COUNTERS; c++)
                n[rollup.groups[g].points[i].bucket] += rollup.groups[g].points[i].counts[c];
}

/* By a grouping that days are kept in, and by one that is read by cells. */
START_TEST(what_is_skipped_is_not_read)
{
    static const uint32_t kinds[] = {0, 1u << DIMENSION_CHANNEL | 1u << DIMENSION_SEGMENT};
    int32_t boundaries[] = {FIRST + 3, FIRST + 2 * 96 + 5, FIRST + 6 * 96 + 7, FIRST + 8 * 96};
    struct calendar calendar = {boundaries, 3};
    fill_days();
    for (int turn = 0; turn < 4; turn++) {
        struct rollup_query query = query_of(kinds[turn / 2]);
        int skips = turn % 2;
        int64_t n[3];
        query.calendar = &calendar;
        query.from = boundaries[0];
        query.to = boundaries[3];
        query.skip_from = boundaries[1];
        query.skip_to = boundaries[skips ? 2 : 1];
        count_buckets(&query, n);
        ck_assert_int_eq(n[0], answers_between(boundaries[0], boundaries[1]));
        ck_assert_int_eq(n[1], skips ? 0 : answers_between(boundaries[1], boundaries[2]));
        ck_assert_int_eq(n[2], answers_between(boundaries[2], boundaries[3]));
        ck_assert_int_gt(n[0], 0);
        ck_assert_int_gt(n[2], 0);
    }
}
END_TEST

START_TEST(filters_take_any_of_their_values_and_the_missing_one)
{
    const struct text channels[] = {text_of("web"), TEXT_ABSENT, text_of("never heard of")};
    const struct text countries[] = {text_of("ES")};
    struct rollup_query query = query_of(1u << DIMENSION_CHANNEL | 1u << DIMENSION_REGION);
    query.values[DIMENSION_CHANNEL] = channels;
    query.value_counts[DIMENSION_CHANNEL] = 3;
    feedback_compare(tenant.connection, &query, "channel = 'web' OR channel IS NULL");
    query.values[DIMENSION_COUNTRY] = countries;
    query.value_counts[DIMENSION_COUNTRY] = 1;
    feedback_compare(tenant.connection, &query, "(channel = 'web' OR channel IS NULL) AND country = 'ES'");
    query.values[DIMENSION_CHANNEL] = channels + 2;
    query.value_counts[DIMENSION_CHANNEL] = 1;
    feedback_compare(tenant.connection, &query, "false");
}
END_TEST

START_TEST(several_projects_share_groups_by_text_and_part_by_project)
{
    const int32_t ids[] = {tenant.project_id, other.project_id};
    const struct text shops[] = {text_of("shop"), text_of("app")};
    fill_days();
    for (int i = 0; i < GROUPINGS; i++) {
        struct rollup_query query = query_of(groupings[i]);
        struct calendar calendar;
        query.project_ids = ids;
        query.project_count = 2;
        feedback_compare(tenant.connection, &query, NULL);
        query.values[DIMENSION_CHANNEL] = shops;
        query.value_counts[DIMENSION_CHANNEL] = 2;
        feedback_compare(tenant.connection, &query, "channel IN ('shop', 'app')");
        query.by_project = true;
        feedback_compare(tenant.connection, &query, "channel IN ('shop', 'app')");
        ck_assert_int_eq(calendar_read(tenant.connection, "UTC", CALENDAR_DAY, query.from, query.to, arena, &calendar),
                         STATUS_OK);
        query.calendar = &calendar;
        feedback_compare(tenant.connection, &query, "channel IN ('shop', 'app')");
        query.by_project = false;
        feedback_compare(tenant.connection, &query, "channel IN ('shop', 'app')");
    }
}
END_TEST

START_TEST(nobody_asked_gives_no_group)
{
    struct rollup_query query = query_of(1u << DIMENSION_CHANNEL);
    struct rollup rollup;
    query.from = FIRST - 96;
    query.to = FIRST;
    ck_assert_int_eq(rollup_read(tenant.connection, &query, arena, &rollup), STATUS_OK);
    ck_assert_uint_eq(rollup.group_count, 0);
    query.project_count = 0;
    query.to = LAST;
    ck_assert_int_eq(rollup_read(tenant.connection, &query, arena, &rollup), STATUS_OK);
    ck_assert_uint_eq(rollup.group_count, 0);
}
END_TEST

Suite *rollup_suite(void)
{
    Suite *suite = suite_create("rollup");
    TCase *tcase = tcase_create("rollup");
    tcase_add_checked_fixture(tcase, open_all, close_all);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_grouping_equals_a_recount_of_the_rows);
    tcase_add_test(tcase, every_series_equals_a_recount_of_the_rows);
    tcase_add_test(tcase, the_day_copy_changes_no_number);
    tcase_add_test(tcase, a_whole_clean_day_is_read_from_the_day_copy_and_no_other);
    tcase_add_test(tcase, what_is_skipped_is_not_read);
    tcase_add_test(tcase, filters_take_any_of_their_values_and_the_missing_one);
    tcase_add_test(tcase, several_projects_share_groups_by_text_and_part_by_project);
    tcase_add_test(tcase, nobody_asked_gives_no_group);
    suite_add_tcase(suite, tcase);
    return suite;
}
