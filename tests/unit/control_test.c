/* SPDX-License-Identifier: MIT */
#include "metrics/control.h"

#include "support/runner.h"
#include "unit/sample.h"

#include <math.h>
#include <string.h>

/* A CSAT bucket of 100 answers. */
static struct histogram satisfied(int64_t count)
{
    return SAMPLE(1, 5, 100 - count, 0, 0, 0, count);
}

/* NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.2: p = .2313, n = 50, limits .0524 and .4102. */
START_TEST(limits_of_a_share_are_those_of_the_nist_handbook)
{
    const struct histogram buckets[] = {SAMPLE(1, 5, 7687, 0, 0, 0, 2313), SAMPLE(1, 5, 38, 0, 0, 0, 12)};
    struct control_point points[2];
    ck_assert_int_eq(control_chart(&definition_csat, buckets, 2, 1, points), STATUS_OK);
    ck_assert_double_eq_tol(points[1].center, 23.13, 1e-12);
    ck_assert_double_eq_tol(points[1].lower, 5.24, 0.005);
    ck_assert_double_eq_tol(points[1].upper, 41.02, 0.005);
    ck_assert_double_eq(points[1].value, 24);
}
END_TEST

START_TEST(limits_of_an_nps_use_the_variance_of_one_answer)
{
    const struct histogram buckets[] = {sample_nps(500, 250, 250), sample_nps(40, 30, 30)};
    struct control_point points[2];
    ck_assert_int_eq(control_chart(&definition_nps, buckets, 2, 1, points), STATUS_OK);
    ck_assert_double_eq(points[1].center, 25);
    ck_assert_double_eq_tol(points[1].upper, 25 + 300 * sqrt(0.6875 / 100), 1e-12);
    ck_assert_double_eq_tol(points[1].lower, 25 - 300 * sqrt(0.6875 / 100), 1e-12);
}
END_TEST

START_TEST(limits_stay_on_the_scale)
{
    struct definition mean = definition_csat;
    const struct histogram nps[] = {sample_nps(80, 15, 5), sample_nps(2, 0, 0)};
    const struct histogram csat[] = {SAMPLE(1, 5, 10, 0, 0, 0, 90), SAMPLE(1, 5, 1, 0, 0, 0, 1)};
    struct control_point points[2];
    ck_assert_int_eq(control_chart(&definition_nps, nps, 2, 1, points), STATUS_OK);
    ck_assert_double_eq(points[1].upper, 100);
    ck_assert_int_eq(definition_set_headline(&mean, STATISTIC_MEAN), STATUS_OK);
    ck_assert_int_eq(control_chart(&mean, csat, 2, 1, points), STATUS_OK);
    ck_assert_double_eq(points[1].center, 4.6);
    ck_assert_double_eq_tol(points[1].lower, 4.6 - 3 * sqrt(144.0 / 99 / 2), 1e-12);
    ck_assert_double_eq(points[1].upper, 5);
}
END_TEST

START_TEST(point_beyond_three_sigma_alarms_once)
{
    struct histogram buckets[12];
    struct control_point points[12];
    for (int i = 0; i < 12; i++)
        buckets[i] = satisfied(i % 2 == 0 ? 79 : 83);
    buckets[8] = satisfied(50);
    buckets[9] = satisfied(51);
    ck_assert_int_eq(control_chart(&definition_csat, buckets, 12, 12, points), STATUS_OK);
    for (int i = 0; i < 12; i++) {
        ck_assert_int_eq(points[i].signal, i == 8 || i == 9 ? CONTROL_BELOW : CONTROL_QUIET);
        ck_assert(points[i].alarm == (i == 8));
    }
}
END_TEST

START_TEST(bad_buckets_do_not_move_the_centre)
{
    struct histogram buckets[30];
    struct control_point points[30];
    for (int i = 0; i < 30; i++)
        buckets[i] = satisfied(i % 2 == 0 ? 79 : 81);
    for (int i = 10; i < 14; i++)
        buckets[i] = satisfied(40);
    ck_assert_int_eq(control_chart(&definition_csat, buckets, 30, 30, points), STATUS_OK);
    ck_assert_double_eq(points[0].center, 80);
    for (int i = 0; i < 30; i++)
        ck_assert_int_eq(points[i].signal, i >= 10 && i < 14 ? CONTROL_BELOW : CONTROL_QUIET);
}
END_TEST

START_TEST(change_of_level_stays_in_the_baseline)
{
    struct histogram buckets[20];
    struct control_point points[20];
    for (int i = 0; i < 20; i++)
        buckets[i] = satisfied(i < 10 ? 90 : 40);
    ck_assert_int_eq(control_chart(&definition_csat, buckets, 20, 20, points), STATUS_OK);
    ck_assert_double_eq(points[0].center, 65);
    ck_assert_int_eq(points[0].signal, CONTROL_ABOVE);
    ck_assert_int_eq(points[10].signal, CONTROL_BELOW);
    ck_assert(points[10].alarm && !points[11].alarm);
}
END_TEST

START_TEST(eight_points_on_one_side_alarm_once)
{
    struct histogram buckets[20];
    struct control_point points[20];
    for (int i = 0; i < 20; i++)
        buckets[i] = satisfied(i < 10 ? 78 : 82);
    ck_assert_int_eq(control_chart(&definition_csat, buckets, 20, 20, points), STATUS_OK);
    for (int i = 0; i < 20; i++) {
        enum control_signal want = CONTROL_QUIET;
        if (i >= 7 && i < 10)
            want = CONTROL_RUN_BELOW;
        if (i >= 17)
            want = CONTROL_RUN_ABOVE;
        ck_assert_int_eq(points[i].signal, want);
        ck_assert(points[i].alarm == (i == 7 || i == 17));
    }
}
END_TEST

START_TEST(point_on_the_centre_ends_a_run)
{
    struct histogram buckets[16];
    struct control_point points[16];
    for (int i = 0; i < 16; i++)
        buckets[i] = satisfied(i < 8 ? 82 : 78);
    buckets[4] = satisfied(80);
    buckets[12] = satisfied(80);
    ck_assert_int_eq(control_chart(&definition_csat, buckets, 16, 16, points), STATUS_OK);
    ck_assert_double_eq(points[0].center, 80);
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq(points[i].signal, CONTROL_QUIET);
}
END_TEST

START_TEST(open_bucket_is_drawn_and_never_judged)
{
    struct histogram buckets[4];
    struct control_point points[4];
    for (int i = 0; i < 4; i++)
        buckets[i] = satisfied(80);
    buckets[3] = satisfied(10);
    ck_assert_int_eq(control_chart(&definition_csat, buckets, 4, 3, points), STATUS_OK);
    ck_assert_double_eq(points[3].center, 80);
    ck_assert_double_lt(points[3].value, points[3].lower);
    ck_assert_int_eq(points[3].signal, CONTROL_QUIET);
    ck_assert(!points[3].alarm);
}
END_TEST

START_TEST(small_bucket_is_no_baseline_no_signal_and_no_end_of_a_run)
{
    struct histogram buckets[18];
    struct control_point points[18];
    for (int i = 0; i < 18; i++)
        buckets[i] = satisfied(i < 9 ? 82 : 78);
    buckets[3] = SAMPLE(1, 5, 19, 0, 0, 0, 0);
    buckets[12] = SAMPLE(1, 5, 0, 0, 0, 0, 0);
    ck_assert_int_eq(control_chart(&definition_csat, buckets, 18, 18, points), STATUS_OK);
    ck_assert_double_eq(points[0].center, 80);
    ck_assert_double_lt(points[3].value, points[3].lower);
    ck_assert_int_eq(points[3].signal, CONTROL_QUIET);
    ck_assert(isnan(points[12].value) && isnan(points[12].lower) && isnan(points[12].upper));
    ck_assert_double_eq(points[12].center, 80);
    ck_assert_int_eq(points[8].signal, CONTROL_RUN_ABOVE);
    ck_assert_int_eq(points[17].signal, CONTROL_RUN_BELOW);
}
END_TEST

START_TEST(twenty_answers_are_enough_to_be_judged)
{
    struct histogram buckets[10];
    struct control_point points[10];
    for (int i = 0; i < 10; i++)
        buckets[i] = satisfied(90);
    buckets[9] = SAMPLE(1, 5, 20, 0, 0, 0, 0);
    ck_assert_int_eq(control_chart(&definition_csat, buckets, 10, 10, points), STATUS_OK);
    ck_assert_int_eq(points[9].signal, CONTROL_BELOW);
    ck_assert_double_eq(points[9].center, 90);
}
END_TEST

START_TEST(series_without_a_baseline_has_no_limits)
{
    const struct histogram buckets[] = {SAMPLE(1, 5, 1, 1, 1, 1, 1), satisfied(80)};
    struct control_point points[2];
    ck_assert_int_eq(control_chart(&definition_csat, buckets, 2, 1, points), STATUS_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert(isnan(points[i].center) && isnan(points[i].lower) && isnan(points[i].upper));
        ck_assert_int_eq(points[i].signal, CONTROL_QUIET);
    }
    ck_assert_int_eq(control_chart(&definition_csat, NULL, 0, 0, NULL), STATUS_OK);
}
END_TEST

START_TEST(steady_series_raises_nothing)
{
    struct histogram buckets[30];
    struct control_point points[30];
    for (int i = 0; i < 30; i++)
        buckets[i] = sample_nps(70, 20, 10);
    ck_assert_int_eq(control_chart(&definition_nps, buckets, 30, 30, points), STATUS_OK);
    for (int i = 0; i < 30; i++)
        ck_assert_int_eq(points[i].signal, CONTROL_QUIET);
}
END_TEST

START_TEST(bucket_of_another_scale_is_an_error)
{
    const struct histogram buckets[] = {sample_nps(70, 20, 10)};
    struct control_point points[1];
    ck_assert_int_eq(control_chart(&definition_csat, buckets, 1, 1, points), STATUS_INTERNAL);
}
END_TEST

/* c-chart, NIST/SEMATECH e-Handbook 6.3.3.1: c +- 3 sqrt(c). */
START_TEST(volume_has_limits_of_three_roots)
{
    const int64_t counts[] = {14, 18, 16, 16, 36, 2, 40};
    struct control_point points[7];
    control_volume(counts, 7, 4, points);
    ck_assert_double_eq(points[0].center, 16);
    ck_assert_double_eq(points[0].lower, 4);
    ck_assert_double_eq(points[0].upper, 28);
    ck_assert_int_eq(points[6].signal, CONTROL_QUIET);
    control_volume(counts, 6, 6, points);
    ck_assert_double_eq(points[0].center, 17);
    ck_assert_int_eq(points[4].signal, CONTROL_ABOVE);
    ck_assert_int_eq(points[5].signal, CONTROL_BELOW);
    ck_assert(points[4].alarm && points[5].alarm);
    control_volume(counts, 2, 0, points);
    ck_assert(isnan(points[0].center) && isnan(points[0].upper));
}
END_TEST

START_TEST(volume_is_never_under_zero)
{
    const int64_t counts[] = {4, 4, 4};
    struct control_point points[3];
    control_volume(counts, 3, 3, points);
    ck_assert_double_eq(points[0].lower, 0);
}
END_TEST

START_TEST(signals_have_names)
{
    ck_assert_ptr_null(control_signal_name(CONTROL_QUIET));
    ck_assert_str_eq(control_signal_name(CONTROL_ABOVE), "above");
    ck_assert_str_eq(control_signal_name(CONTROL_RUN_BELOW), "run_below");
}
END_TEST

Suite *control_suite(void)
{
    return RUNNER_SUITE(
        "control", limits_of_a_share_are_those_of_the_nist_handbook, limits_of_an_nps_use_the_variance_of_one_answer,
        limits_stay_on_the_scale, point_beyond_three_sigma_alarms_once, bad_buckets_do_not_move_the_centre,
        change_of_level_stays_in_the_baseline, eight_points_on_one_side_alarm_once, point_on_the_centre_ends_a_run,
        open_bucket_is_drawn_and_never_judged, small_bucket_is_no_baseline_no_signal_and_no_end_of_a_run,
        twenty_answers_are_enough_to_be_judged, series_without_a_baseline_has_no_limits, steady_series_raises_nothing,
        bucket_of_another_scale_is_an_error, volume_has_limits_of_three_roots, volume_is_never_under_zero,
        signals_have_names);
}
