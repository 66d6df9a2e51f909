/* SPDX-License-Identifier: MIT */
#include "metrics/histogram.h"

#include "metrics/moments.h"
#include "support/runner.h"
#include "unit/sample.h"

#include <math.h>

START_TEST(answers_are_counted_by_score)
{
    struct histogram histogram;
    histogram_init(&histogram, 1, 5);
    ck_assert_int_eq(histogram_add(&histogram, 1, 2), STATUS_OK);
    ck_assert_int_eq(histogram_add(&histogram, 5, 3), STATUS_OK);
    ck_assert_int_eq(histogram_add(&histogram, 5, -1), STATUS_OK);
    ck_assert_int_eq(histogram.counts[0], 2);
    ck_assert_int_eq(histogram.counts[4], 2);
    ck_assert_int_eq(histogram_n(&histogram), 4);
}
END_TEST

START_TEST(score_outside_the_scale_is_refused)
{
    struct histogram histogram;
    histogram_init(&histogram, 1, 5);
    ck_assert_int_eq(histogram_add(&histogram, 0, 1), STATUS_INVALID);
    ck_assert_int_eq(histogram_add(&histogram, 6, 1), STATUS_INVALID);
    ck_assert_int_eq(histogram_n(&histogram), 0);
}
END_TEST

START_TEST(scale_may_begin_below_zero)
{
    struct histogram histogram;
    histogram_init(&histogram, -2, 2);
    ck_assert_int_eq(histogram_add(&histogram, -2, 1), STATUS_OK);
    ck_assert_int_eq(histogram_add(&histogram, 1, 1), STATUS_OK);
    ck_assert_double_eq(histogram_mean(&histogram), -0.5);
}
END_TEST

START_TEST(merging_adds_and_subtracting_takes_away)
{
    struct histogram a = SAMPLE(1, 5, 1, 2, 3, 4, 5);
    const struct histogram before = a;
    const struct histogram b = SAMPLE(1, 5, 10, 0, 0, 0, 20);
    ck_assert_int_eq(histogram_merge(&a, &b), STATUS_OK);
    ck_assert_int_eq(a.counts[0], 11);
    ck_assert_int_eq(a.counts[4], 25);
    ck_assert_int_eq(histogram_subtract(&a, &b), STATUS_OK);
    ck_assert_mem_eq(a.counts, before.counts, sizeof(a.counts));
}
END_TEST

START_TEST(different_scales_are_never_mixed)
{
    struct histogram a = SAMPLE(1, 5, 1, 1, 1, 1, 1);
    const struct histogram shorter = SAMPLE(1, 4, 1, 1, 1, 1);
    const struct histogram shifted = SAMPLE(0, 5, 1, 1, 1, 1, 1, 1);
    ck_assert_int_eq(histogram_merge(&a, &shorter), STATUS_INVALID);
    ck_assert_int_eq(histogram_merge(&a, &shifted), STATUS_INVALID);
    ck_assert_int_eq(histogram_subtract(&a, &shorter), STATUS_INVALID);
    ck_assert_int_eq(histogram_n(&a), 5);
}
END_TEST

START_TEST(only_a_scale_without_negative_counts_is_valid)
{
    struct histogram histogram = SAMPLE(1, 5, 1, 0, 0, 0, 0);
    ck_assert(histogram_is_valid(&histogram));
    histogram.counts[2] = -1;
    ck_assert(!histogram_is_valid(&histogram));
    histogram_init(&histogram, 0, 11);
    ck_assert(!histogram_is_valid(&histogram));
    histogram_init(&histogram, 3, 3);
    ck_assert(!histogram_is_valid(&histogram));
    histogram_init(&histogram, 1, 5);
    histogram.counts[5] = 1;
    ck_assert(!histogram_is_valid(&histogram));
}
END_TEST

/* R: x <- rep(1:5, c(3, 5, 9, 20, 13)); mean(x); var(x) */
START_TEST(mean_and_variance_agree_with_r)
{
    const struct histogram histogram = SAMPLE(1, 5, 3, 5, 9, 20, 13);
    ck_assert_double_eq_tol(histogram_mean(&histogram), 3.7, 1e-15);
    ck_assert_double_eq_tol(histogram_variance(&histogram), 1.31632653061224, 1e-14);
}
END_TEST

START_TEST(empty_histogram_has_no_mean_and_one_answer_no_variance)
{
    struct histogram histogram;
    histogram_init(&histogram, 0, 10);
    ck_assert(isnan(histogram_mean(&histogram)));
    ck_assert(isnan(histogram_variance(&histogram)));
    ck_assert_int_eq(histogram_add(&histogram, 7, 1), STATUS_OK);
    ck_assert_double_eq(histogram_mean(&histogram), 7);
    ck_assert(isnan(histogram_variance(&histogram)));
}
END_TEST

START_TEST(equal_answers_have_a_variance_of_exactly_zero)
{
    for (int64_t n = 2; n < 1000; n++) {
        const struct histogram histogram = SAMPLE(1, 7, [4] = n);
        ck_assert(histogram_variance(&histogram) == 0);
    }
}
END_TEST

START_TEST(billions_of_answers_lose_no_digits)
{
    const int64_t n = 3000000000000;
    const struct histogram histogram = SAMPLE(0, 10, [0] = n, [10] = n);
    ck_assert_double_eq(histogram_mean(&histogram), 5);
    ck_assert_double_eq_tol(histogram_variance(&histogram), 25, 1e-10);
}
END_TEST

START_TEST(rescaling_maps_the_worst_score_to_0_and_the_best_to_100)
{
    struct definition ces_1;
    ck_assert_int_eq(definition_make(METRIC_CES, 1, 5, POLARITY_LOW_IS_GOOD, 0, 0, &ces_1), STATUS_OK);
    const struct histogram answers = SAMPLE(1, 5, 6, 0, 0, 0, 2);
    ck_assert_double_eq_tol(moments_rescaled(&definition_csat, &answers).mean, 25, 1e-12);
    ck_assert_double_eq_tol(moments_rescaled(&ces_1, &answers).mean, 75, 1e-12);
    ck_assert_double_eq_tol(moments_variance(moments_rescaled(&ces_1, &answers)), 1e4 * 12 / 8 / 7, 1e-9);
}
END_TEST

Suite *histogram_suite(void)
{
    return RUNNER_SUITE("histogram", answers_are_counted_by_score, score_outside_the_scale_is_refused,
                        scale_may_begin_below_zero, merging_adds_and_subtracting_takes_away,
                        different_scales_are_never_mixed, only_a_scale_without_negative_counts_is_valid,
                        mean_and_variance_agree_with_r, empty_histogram_has_no_mean_and_one_answer_no_variance,
                        equal_answers_have_a_variance_of_exactly_zero, billions_of_answers_lose_no_digits,
                        rescaling_maps_the_worst_score_to_0_and_the_best_to_100);
}
