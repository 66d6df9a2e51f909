/* SPDX-License-Identifier: MIT */
#include "metrics/score.h"

#include "support/runner.h"
#include "unit/sample.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct score score(const struct definition *definition, struct histogram histogram, double level)
{
    struct score result;
    ck_assert_int_eq(score_of(definition, &histogram, level, METHOD_DEFAULT, &result), STATUS_OK);
    return result;
}

/* metrics.md: Delighted's sample shows 42 for 215 promoters and 75 detractors of 375. */
START_TEST(nps_counts_passives_in_n_and_is_not_rounded)
{
    struct score result = score(&definition_nps, sample_nps(215, 85, 75), 0.95);
    ck_assert_int_eq(result.n, 375);
    ck_assert_double_eq(result.value, 14000.0 / 375);
    ck_assert_int_eq(result.bands.satisfied, 215);
    ck_assert_int_eq(result.bands.neutral, 85);
    ck_assert_int_eq(result.bands.dissatisfied, 75);
    ck_assert_int_eq(result.interval.method, METHOD_ADJUSTED_WALD);
    ck_assert_double_eq(score(&definition_nps, sample_nps(70, 30, 20), 0.95).value, 41.666666666666664);
}
END_TEST

/* MeasuringU 2021 (all promoters: metrics.md section 3). */
START_TEST(adjusted_wald_leaves_room_when_all_are_promoters)
{
    struct score result = score(&definition_nps, sample_nps(10, 0, 0), 0.95);
    ck_assert_double_eq(result.value, 100);
    ck_assert_double_eq_tol(result.interval.lower, 47.5, 0.05);
    ck_assert_double_eq(result.interval.upper, 100);
}
END_TEST

/* The multinomial variance: taking p and d for independent would give 14.3 to 20.5. */
START_TEST(wald_interval_knows_that_promoters_and_detractors_exclude_each_other)
{
    const struct histogram histogram = sample_nps(250, 675, 75);
    struct score result;
    ck_assert_int_eq(score_of(&definition_nps, &histogram, 0.95, METHOD_WALD, &result), STATUS_OK);
    ck_assert_double_eq_tol(result.interval.lower, 14.1, 0.05);
    ck_assert_double_eq_tol(result.interval.upper, 20.9, 0.05);
    ck_assert_int_eq(result.interval.method, METHOD_WALD);
}
END_TEST

/* R: 100 * prop.test(x, n, conf.level = level, correct = FALSE)$conf.int */
START_TEST(share_has_the_wilson_interval_of_r)
{
    static const struct {
        int64_t x;
        int64_t n;
        double level;
        double lower;
        double upper;
    } references[] = {
        {0, 5, 0.9, 0, 35.1116500765101},
        {0, 5, 0.99, 0, 57.0258321027009},
        {1, 5, 0.9, 4.5962453880604, 56.4707446578457},
        {1, 5, 0.95, 3.62241086324301, 62.4465370237475},
        {5, 5, 0.95, 56.5517535216825, 100},
        {81, 263, 0.95, 25.5288519878274, 36.62095769828},
        {81, 263, 0.99, 24.0136902687608, 38.528250231823},
        {1, 1000000, 0.95, 1.76524576745372e-05, 0.000566491180431144},
        {67, 250, 0.9, 22.458734608892, 31.6380380956325},
        {796, 995, 0.95, 77.4013233277852, 82.367921803956},
    };
    for (size_t i = 0; i < COUNT(references); i++) {
        int64_t x = references[i].x;
        struct score result =
            score(&definition_csat, SAMPLE(1, 5, references[i].n - x, 0, 0, x, 0), references[i].level);
        ck_assert_double_eq(result.value, 100 * (double)x / (double)references[i].n);
        ck_assert_double_eq_tol(result.interval.lower, references[i].lower, 1e-12 + 1e-13 * references[i].lower);
        ck_assert_double_eq_tol(result.interval.upper, references[i].upper, 1e-12);
        ck_assert_int_eq(result.interval.method, METHOD_WILSON);
    }
}
END_TEST

/* R: t.test(rep(1:5, c(3, 5, 9, 20, 13)), conf.level = level)$conf.int */
START_TEST(mean_has_the_t_interval_of_r)
{
    static const double references[][3] = {
        {0.9, 3.42797203267884, 3.97202796732116},
        {0.95, 3.37393732612438, 4.02606267387562},
        {0.99, 3.26516566773142, 4.13483433226858},
    };
    for (size_t i = 0; i < COUNT(references); i++) {
        struct score result = score(&definition_csat, SAMPLE(1, 5, 3, 5, 9, 20, 13), references[i][0]);
        ck_assert_double_eq_tol(result.mean.value, 3.7, 1e-15);
        ck_assert_double_eq_tol(result.mean.interval.lower, references[i][1], 1e-13);
        ck_assert_double_eq_tol(result.mean.interval.upper, references[i][2], 1e-13);
        ck_assert_double_eq_tol(result.variance, 1.31632653061224, 1e-13);
    }
}
END_TEST

/* metrics.md section 5: the same 1,000 answers, four ways to read them. */
START_TEST(ces_is_told_apart_by_its_definition)
{
    const struct histogram answers = SAMPLE(1, 7, 80, 210, 140, 110, 160, 180, 120);
    struct score result = score(&definition_ces, answers, 0.95);
    ck_assert_double_eq(result.value, 46.0);
    ck_assert_double_eq_tol(result.mean.value, 4.08, 1e-15);
    ck_assert_double_eq_tol(result.net.value, 3, 1e-13);
    struct definition index;
    ck_assert_int_eq(definition_make(METRIC_CES, 1, 7, POLARITY_HIGH_IS_GOOD, 3U << 5, 7U, &index), STATUS_OK);
    ck_assert_int_eq(definition_set_headline(&index, STATISTIC_NET), STATUS_OK);
    ck_assert_double_eq_tol(score(&index, answers, 0.95).value, -13, 1e-13);
}
END_TEST

START_TEST(low_polarity_turns_the_bands_and_not_the_mean)
{
    struct definition ces_1;
    ck_assert_int_eq(definition_make(METRIC_CES, 1, 5, POLARITY_LOW_IS_GOOD, 0, 0, &ces_1), STATUS_OK);
    struct score result = score(&ces_1, SAMPLE(1, 5, 30, 30, 20, 10, 10), 0.95);
    ck_assert_double_eq(result.share.value, 60);
    ck_assert_double_eq(result.net.value, 40);
    ck_assert_double_eq(result.value, 2.4);
    ck_assert_int_eq(result.interval.method, METHOD_T);
}
END_TEST

START_TEST(interval_of_a_mean_stays_on_the_scale)
{
    struct score result = score(&definition_csat, SAMPLE(1, 5, 1, 0, 0, 0, 3), 0.99);
    ck_assert_double_eq(result.mean.interval.lower, 1);
    ck_assert_double_eq(result.mean.interval.upper, 5);
    result = score(&definition_csat, SAMPLE(1, 5, 1, 0, 0, 0, 1), 0.95);
    ck_assert_double_eq(result.mean.interval.lower, 1);
    ck_assert_double_eq(result.mean.interval.upper, 5);
}
END_TEST

START_TEST(no_answers_give_no_number)
{
    const struct definition *const definitions[] = {&definition_nps, &definition_csat, &definition_ces};
    for (size_t i = 0; i < COUNT(definitions); i++) {
        struct histogram histogram;
        histogram_init(&histogram, definitions[i]->min, definitions[i]->max);
        struct score result = score(definitions[i], histogram, 0.95);
        ck_assert_int_eq(result.n, 0);
        ck_assert(isnan(result.value) && isnan(result.interval.lower) && isnan(result.interval.upper));
        ck_assert(isnan(result.net.value) && isnan(result.share.value) && isnan(result.mean.value));
        ck_assert(isnan(result.mean.interval.lower) && isnan(result.variance));
        ck_assert_int_eq(result.quality, QUALITY_INSUFFICIENT);
        ck_assert(isnan(score_value(definitions[i], &histogram)));
    }
}
END_TEST

START_TEST(one_answer_has_a_mean_without_interval)
{
    struct score result = score(&definition_csat, SAMPLE(1, 5, 0, 0, 0, 1, 0), 0.95);
    ck_assert_double_eq(result.mean.value, 4);
    ck_assert(isnan(result.mean.interval.lower) && isnan(result.mean.interval.upper));
    ck_assert_double_eq(result.share.value, 100);
    ck_assert_double_gt(result.share.interval.lower, 0);
}
END_TEST

START_TEST(quality_follows_the_number_of_answers)
{
    ck_assert_str_eq(quality_name(quality_of(29)), "insufficient");
    ck_assert_str_eq(quality_name(quality_of(30)), "indicative");
    ck_assert_str_eq(quality_name(quality_of(99)), "indicative");
    ck_assert_str_eq(quality_name(quality_of(100)), "ok");
}
END_TEST

START_TEST(method_must_be_one_of_the_headline)
{
    const struct histogram nps = sample_nps(1, 1, 1);
    const struct histogram csat = SAMPLE(1, 5, 1, 1, 1, 1, 1);
    struct score result;
    ck_assert_int_eq(score_of(&definition_nps, &nps, 0.95, METHOD_WILSON, &result), STATUS_INVALID);
    ck_assert_int_eq(score_of(&definition_nps, &nps, 0.95, METHOD_NEWCOMBE, &result), STATUS_INVALID);
    ck_assert_int_eq(score_of(&definition_csat, &csat, 0.95, METHOD_WALD, &result), STATUS_INVALID);
    ck_assert_int_eq(score_of(&definition_csat, &csat, 0.95, METHOD_T, &result), STATUS_INVALID);
    ck_assert_int_eq(score_of(&definition_csat, &csat, 0.95, METHOD_WILSON, &result), STATUS_OK);
}
END_TEST

START_TEST(histogram_of_another_scale_or_with_a_hole_is_an_error)
{
    struct histogram histogram = SAMPLE(1, 7, 1, 1, 1, 1, 1, 1, 1);
    struct score result;
    ck_assert_int_eq(score_of(&definition_csat, &histogram, 0.95, METHOD_DEFAULT, &result), STATUS_INTERNAL);
    histogram = SAMPLE(1, 5, -1, 2, 2, 2, 2);
    ck_assert_int_eq(score_of(&definition_csat, &histogram, 0.95, METHOD_DEFAULT, &result), STATUS_INTERNAL);
}
END_TEST

START_TEST(net_score_is_rescaled_with_its_interval)
{
    struct score result = score(&definition_nps, sample_nps(50, 30, 20), 0.95);
    struct estimate rescaled = score_rescale_net(result.net);
    ck_assert_double_eq(rescaled.value, 65);
    ck_assert_double_eq(rescaled.interval.lower, (result.interval.lower + 100) / 2);
    ck_assert_double_eq(rescaled.interval.upper, (result.interval.upper + 100) / 2);
}
END_TEST

Suite *score_suite(void)
{
    return RUNNER_SUITE(
        "score", nps_counts_passives_in_n_and_is_not_rounded, adjusted_wald_leaves_room_when_all_are_promoters,
        wald_interval_knows_that_promoters_and_detractors_exclude_each_other, share_has_the_wilson_interval_of_r,
        mean_has_the_t_interval_of_r, ces_is_told_apart_by_its_definition,
        low_polarity_turns_the_bands_and_not_the_mean, interval_of_a_mean_stays_on_the_scale, no_answers_give_no_number,
        one_answer_has_a_mean_without_interval, quality_follows_the_number_of_answers,
        method_must_be_one_of_the_headline, histogram_of_another_scale_or_with_a_hole_is_an_error,
        net_score_is_rescaled_with_its_interval);
}
