/* SPDX-License-Identifier: MIT */
#include "storage/calendar.h"
#include "support/runner.h"
#include "tenant.h"

#include "calendar_oracle.h"

#include <string.h>

static struct tenant tenant;
static struct arena *arena;

static void open_all(void)
{
    tenant_open(&tenant, NULL);
    arena = arena_new(0);
}

static void close_all(void)
{
    arena_free(arena);
    tenant_close(&tenant);
}

static enum calendar_unit unit_named(const char *name)
{
    for (int unit = 0; unit < CALENDAR_UNIT_COUNT; unit++)
        if (strcmp(calendar_unit_name((enum calendar_unit)unit), name) == 0)
            return (enum calendar_unit)unit;
    ck_abort_msg("no unit %s", name);
}

START_TEST(every_bucket_begins_where_python_says)
{
    struct calendar calendar;
    for (size_t i = 0; i < sizeof oracle / sizeof oracle[0]; i++) {
        int last = oracle[i].count - 1;
        enum status status = calendar_read(tenant.connection, oracle[i].zone, unit_named(oracle[i].unit),
                                           oracle[i].boundaries[0], oracle[i].boundaries[last], arena, &calendar);
        ck_assert_int_eq(status, STATUS_OK);
        ck_assert_msg((int)calendar.count == last, "%s %s at %d: %d buckets, not %d", oracle[i].zone, oracle[i].unit,
                      (int)oracle[i].boundaries[0], (int)calendar.count, last);
        for (int b = 0; b <= last; b++)
            ck_assert_msg(calendar.boundaries[b] == oracle[i].boundaries[b], "%s %s: bucket %d begins at %d, not %d",
                          oracle[i].zone, oracle[i].unit, b, (int)calendar.boundaries[b], (int)oracle[i].boundaries[b]);
    }
}
END_TEST

START_TEST(one_quarter_of_an_hour_is_one_bucket)
{
    struct calendar calendar;
    for (int unit = 0; unit < CALENDAR_UNIT_COUNT; unit++) {
        ck_assert_int_eq(calendar_read(tenant.connection, "Asia/Kathmandu", (enum calendar_unit)unit, 1972573, 1972574,
                                       arena, &calendar),
                         STATUS_OK);
        ck_assert_uint_eq(calendar.count, 1);
        ck_assert_int_eq(calendar.boundaries[0], 1972573);
        ck_assert_int_eq(calendar.boundaries[1], 1972574);
    }
}
END_TEST

START_TEST(more_buckets_than_the_cap_are_too_large)
{
    struct calendar calendar;
    int32_t from = 1900000;
    ck_assert_int_eq(
        calendar_read(tenant.connection, "UTC", CALENDAR_HOUR, from, from + 4 * CALENDAR_BUCKETS_MAX, arena, &calendar),
        STATUS_OK);
    ck_assert_uint_eq(calendar.count, CALENDAR_BUCKETS_MAX);
    ck_assert_int_eq(calendar_read(tenant.connection, "UTC", CALENDAR_HOUR, from + 3,
                                   from + 4 * CALENDAR_BUCKETS_MAX + 1, arena, &calendar),
                     STATUS_TOO_LARGE);
    ck_assert_int_eq(
        calendar_read(tenant.connection, "UTC", CALENDAR_DAY, 0, 96 * (CALENDAR_BUCKETS_MAX + 1), arena, &calendar),
        STATUS_TOO_LARGE);
    ck_assert_int_eq(calendar_read(tenant.connection, "UTC", CALENDAR_HOUR, 0, INT32_MAX, arena, &calendar),
                     STATUS_TOO_LARGE);
}
END_TEST

START_TEST(an_unknown_zone_is_refused)
{
    struct calendar calendar;
    ck_assert_int_eq(calendar_read(tenant.connection, "Europe/Atlantis", CALENDAR_DAY, 0, 960, arena, &calendar),
                     STATUS_INVALID);
}
END_TEST

Suite *calendar_suite(void)
{
    Suite *suite = suite_create("calendar");
    TCase *tcase = tcase_create("calendar");
    tcase_add_checked_fixture(tcase, open_all, close_all);
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, every_bucket_begins_where_python_says);
    tcase_add_test(tcase, one_quarter_of_an_hour_is_one_bucket);
    tcase_add_test(tcase, more_buckets_than_the_cap_are_too_large);
    tcase_add_test(tcase, an_unknown_zone_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
