/* SPDX-License-Identifier: MIT */
#include "metrics/sample_size.h"

#include "metrics/interval.h"
#include "support/runner.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* MeasuringU: +- 10 points at 95 % take 255; against a benchmark, one-sided 95 %, power 80 %, 10 points take 412. For 5
 * points it prints 1,655, computed with z rounded to three digits (1.645 + 0.842): unrounded ones give 1,654. */
START_TEST(nps_sizes_are_those_of_measuringu)
{
    ck_assert_double_eq(sample_size_net_margin(SAMPLE_SIZE_NET_VARIANCE, 10, 0.95), 255);
    ck_assert_double_eq(sample_size_net_benchmark(SAMPLE_SIZE_NET_VARIANCE, 10, 0.95, 0.8, false), 412);
    ck_assert_double_eq(sample_size_net_benchmark(SAMPLE_SIZE_NET_VARIANCE, 5, 0.95, 0.8, false), 1654);
}
END_TEST

START_TEST(two_nps_groups_need_the_sum_of_their_variances)
{
    double equal = sample_size_net_difference(0.67, 0.67, 10, 0.95, 0.8, true);
    ck_assert_double_eq(equal, 1049);
    ck_assert_double_eq(sample_size_net_difference(0.5, 0.84, 10, 0.95, 0.8, true), equal);
}
END_TEST

START_TEST(nps_margin_is_kept_by_the_interval_that_is_reported)
{
    static const double points[] = {3, 5, 10, 20};
    for (size_t i = 0; i < COUNT(points); i++) {
        int64_t n = (int64_t)sample_size_net_margin(2.0 / 3, points[i], 0.95);
        struct bands thirds = {.satisfied = n / 3 + 1, .neutral = n / 3 + 1, .dissatisfied = n / 3 + 1};
        struct interval interval = interval_of_net(thirds, 0.95, METHOD_ADJUSTED_WALD);
        ck_assert_double_le(interval.upper - interval.lower, 2 * points[i]);
        ck_assert_double_ge(interval.upper - interval.lower, 2 * points[i] * 0.97);
    }
}
END_TEST

START_TEST(share_margin_is_kept_by_wilson_and_by_no_smaller_n)
{
    static const double shares[] = {0, 10, 20, 50, 80, 95, 100};
    static const double points[] = {2, 5, 10};
    for (size_t i = 0; i < COUNT(shares); i++) {
        for (size_t j = 0; j < COUNT(points); j++) {
            double n = sample_size_share_margin(shares[i], points[j], 0.95);
            double p = shares[i] / 100;
            for (int less = 0; less <= 1; less++) {
                double u = 1.959963984540054 * 1.959963984540054 / (n - less);
                double half = 100 * sqrt(p * (1 - p) * u + u * u / 4) / (1 + u); /* Wilson 1927 */
                ck_assert(less == 1 ? half > points[j] : half <= points[j]);
            }
        }
    }
}
END_TEST

/* R: ceiling(power.prop.test(p1 = , p2 = , sig.level = , power = , alternative = )$n); its two-sided form leaves the
 * far tail out, like ours */
START_TEST(share_difference_sizes_agree_with_r)
{
    static const struct {
        double a, b, level, power, two_sided, one_sided;
    } references[] = {
        {50, 60, 0.95, 0.8, 388, 305},
        {80, 85, 0.95, 0.9, 1212, 988},
        {10, 20, 0.99, 0.8, 297, 255},
    };
    for (size_t i = 0; i < COUNT(references); i++) {
        double a = references[i].a;
        double b = references[i].b;
        double level = references[i].level;
        double power = references[i].power;
        ck_assert_double_eq(sample_size_share_difference(a, b, level, power, true), references[i].two_sided);
        ck_assert_double_eq(sample_size_share_difference(b, a, level, power, false), references[i].one_sided);
    }
}
END_TEST

START_TEST(size_is_at_least_one_and_equal_shares_have_none)
{
    ck_assert_double_eq(sample_size_net_margin(0, 10, 0.95), 1);
    ck_assert_double_eq(sample_size_net_margin(0.67, 100, 0.95), 1);
    ck_assert_double_eq(sample_size_share_margin(50, 50, 0.95), 1);
    ck_assert(isnan(sample_size_share_difference(40, 40, 0.95, 0.8, true)));
}
END_TEST

Suite *sample_size_suite(void)
{
    return RUNNER_SUITE(
        "sample_size", nps_sizes_are_those_of_measuringu, two_nps_groups_need_the_sum_of_their_variances,
        nps_margin_is_kept_by_the_interval_that_is_reported, share_margin_is_kept_by_wilson_and_by_no_smaller_n,
        share_difference_sizes_agree_with_r, size_is_at_least_one_and_equal_shares_have_none);
}
