/* SPDX-License-Identifier: MIT */
#include "metrics/contrast.h"

#include "metrics/impact.h"
#include "metrics/score.h"
#include "support/runner.h"
#include "unit/sample.h"

#include <math.h>

/* The three groups of the Kruskal-Wallis and Welch references. */
#define GROUPS                                                                                    \
    {                                                                                             \
        SAMPLE(1, 5, 3, 5, 9, 20, 13), SAMPLE(1, 5, 10, 12, 8, 6, 4), SAMPLE(1, 5, 2, 2, 9, 9, 8) \
    }

static struct definition csat_mean(void)
{
    struct definition definition = definition_csat;
    ck_assert_int_eq(definition_set_headline(&definition, STATISTIC_MEAN), STATUS_OK);
    return definition;
}

/* R: chisq.test(rbind(c(70, 30, 20), c(40, 35, 25), c(90, 20, 40))) */
START_TEST(nps_groups_are_tested_over_three_bands)
{
    const struct histogram groups[] = {sample_nps(70, 30, 20), sample_nps(40, 35, 25), sample_nps(90, 20, 40)};
    struct contrast_overall result;
    ck_assert_int_eq(contrast_all(&definition_nps, groups, 3, 0.95, &result), STATUS_OK);
    ck_assert_int_eq(result.method, METHOD_CHI_SQUARE);
    ck_assert_double_eq_tol(result.statistic, 20.7671568627451, 1e-12);
    ck_assert_double_eq(result.df, 4);
    ck_assert_double_eq_tol(result.p, 0.000352166457700585, 1e-16);
    ck_assert_double_eq_tol(result.smallest_expected, 22.972972972973, 1e-12);
    ck_assert(result.significant && result.reliable);
}
END_TEST

/* R: chisq.test(cbind(c(70, 40, 90), c(50, 60, 60)), correct = FALSE) */
START_TEST(share_groups_are_tested_over_two)
{
    const struct histogram groups[] = {SAMPLE(1, 5, 20, 10, 20, 30, 40), SAMPLE(1, 5, 60, 0, 0, 0, 40),
                                       SAMPLE(1, 5, 0, 0, 60, 90, 0)};
    struct contrast_overall result;
    ck_assert_int_eq(contrast_all(&definition_csat, groups, 3, 0.95, &result), STATUS_OK);
    ck_assert_double_eq_tol(result.statistic, 10.9730392156863, 1e-12);
    ck_assert_double_eq(result.df, 2);
    ck_assert_double_eq_tol(result.p, 0.00414223572032908, 1e-15);
}
END_TEST

START_TEST(a_group_without_answers_changes_no_test_of_ranks)
{
    const struct histogram groups[] = GROUPS;
    const struct histogram with_empty[] = {groups[0], SAMPLE(1, 5, 0, 0, 0, 0, 0), groups[1], groups[2]};
    const struct definition definition = csat_mean();
    struct contrast_overall three;
    struct contrast_overall four;
    ck_assert_int_eq(contrast_all(&definition, groups, 3, 0.95, &three), STATUS_OK);
    ck_assert_int_eq(contrast_all(&definition, with_empty, 4, 0.95, &four), STATUS_OK);
    ck_assert_double_eq(four.statistic, three.statistic);
    ck_assert_double_eq(four.df, three.df);
    ck_assert_double_eq(four.p, three.p);
    ck_assert_int_eq(four.reliable, three.reliable);
}
END_TEST

/* R: kruskal.test(list(rep(1:5, c(3, 5, 9, 20, 13)), rep(1:5, c(10, 12, 8, 6, 4)), rep(1:5, c(2, 2, 9, 9, 8)))) */
START_TEST(mean_groups_are_tested_by_their_ranks)
{
    const struct histogram groups[] = GROUPS;
    const struct definition definition = csat_mean();
    struct contrast_overall result;
    ck_assert_int_eq(contrast_all(&definition, groups, 3, 0.95, &result), STATUS_OK);
    ck_assert_int_eq(result.method, METHOD_KRUSKAL_WALLIS);
    ck_assert_double_eq_tol(result.statistic, 18.9167269338304, 1e-12);
    ck_assert_double_eq(result.df, 2);
    ck_assert_double_eq_tol(result.p, 7.8034192112086e-05, 1e-16);
    ck_assert(result.reliable);
    const struct histogram shifted[] = {SAMPLE(-2, 2, 3, 5, 9, 20, 13), SAMPLE(-2, 2, 10, 12, 8, 6, 4),
                                        SAMPLE(-2, 2, 2, 2, 9, 9, 8)};
    struct definition rating;
    ck_assert_int_eq(definition_make(METRIC_RATING, -2, 2, POLARITY_HIGH_IS_GOOD, 0, 0, &rating), STATUS_OK);
    ck_assert_int_eq(contrast_all(&rating, shifted, 3, 0.95, &result), STATUS_OK);
    ck_assert_double_eq_tol(result.statistic, 18.9167269338304, 1e-12);
}
END_TEST

START_TEST(empty_groups_and_unused_bands_do_not_count)
{
    const struct histogram full[] = {sample_nps(70, 0, 20), sample_nps(40, 0, 25)};
    const struct histogram holes[] = {sample_nps(70, 0, 20), sample_nps(0, 0, 0), sample_nps(40, 0, 25)};
    struct contrast_overall want;
    struct contrast_overall got;
    ck_assert_int_eq(contrast_all(&definition_nps, full, 2, 0.95, &want), STATUS_OK);
    ck_assert_int_eq(contrast_all(&definition_nps, holes, 3, 0.95, &got), STATUS_OK);
    ck_assert_double_eq(want.df, 1);
    ck_assert_double_eq(got.df, 1);
    ck_assert_double_eq(got.p, want.p);
}
END_TEST

START_TEST(nothing_to_compare_gives_no_verdict)
{
    const struct histogram alone[] = {sample_nps(7, 2, 1), sample_nps(0, 0, 0)};
    const struct histogram alike[] = {sample_nps(7, 0, 0), sample_nps(9, 0, 0)};
    struct contrast_overall result;
    ck_assert_int_eq(contrast_all(&definition_nps, alone, 2, 0.95, &result), STATUS_OK);
    ck_assert(isnan(result.p) && isnan(result.df) && isnan(result.statistic));
    ck_assert(!result.significant && !result.reliable);
    ck_assert_int_eq(contrast_all(&definition_nps, alike, 2, 0.95, &result), STATUS_OK);
    ck_assert(isnan(result.p));
    ck_assert_int_eq(contrast_all(&definition_nps, alike, 0, 0.95, &result), STATUS_OK);
    ck_assert(isnan(result.p));
}
END_TEST

START_TEST(small_expected_counts_are_called_unreliable)
{
    const struct histogram groups[] = {sample_nps(5, 1, 1), sample_nps(6, 2, 1)};
    const struct definition definition = csat_mean();
    const struct histogram few[] = {SAMPLE(1, 5, 1, 0, 0, 1, 2), SAMPLE(1, 5, 1, 9, 9, 9, 9)};
    struct contrast_overall result;
    ck_assert_int_eq(contrast_all(&definition_nps, groups, 2, 0.95, &result), STATUS_OK);
    ck_assert(!result.reliable);
    ck_assert_int_eq(contrast_all(&definition, few, 2, 0.95, &result), STATUS_OK);
    ck_assert(!result.reliable);
}
END_TEST

/* R: p.adjust(c(t.test(g1, g2)$p.value, t.test(g1, g3)$p.value, t.test(g2, g3)$p.value), "holm") */
/* Cochran 1954: either rule alone is enough. */
START_TEST(both_rules_of_cochran_are_kept)
{
    const struct histogram many_small[] = {SAMPLE(1, 5, 7, 0, 0, 0, 3), SAMPLE(1, 5, 6, 0, 0, 0, 4)};
    struct histogram one_tiny[6];
    struct contrast_overall result;
    ck_assert_int_eq(contrast_all(&definition_csat, many_small, 2, 0.95, &result), STATUS_OK);
    ck_assert_double_eq(result.smallest_expected, 3.5);
    ck_assert(!result.reliable);
    for (int i = 0; i < 6; i++)
        one_tiny[i] = i == 0 ? SAMPLE(1, 5, 0, 0, 0, 0, 1) : SAMPLE(1, 5, 50, 0, 0, 0, 50);
    ck_assert_int_eq(contrast_all(&definition_csat, one_tiny, 6, 0.95, &result), STATUS_OK);
    ck_assert_double_lt(result.smallest_expected, 1);
    ck_assert(!result.reliable);
    ck_assert_int_eq(contrast_all(&definition_csat, one_tiny + 1, 5, 0.95, &result), STATUS_OK);
    ck_assert(result.reliable);
}
END_TEST

START_TEST(pairs_that_are_equally_clear_keep_their_order)
{
    const struct histogram groups[] = {sample_nps(5, 3, 2), sample_nps(5, 3, 2), sample_nps(5, 3, 2),
                                       sample_nps(5, 3, 2)};
    struct contrast_pair pairs[6];
    static const size_t want[6][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};
    ck_assert_int_eq(contrast_pairs(&definition_nps, groups, 4, 0.95, METHOD_DEFAULT, pairs), STATUS_OK);
    for (int i = 0; i < 6; i++)
        ck_assert(pairs[i].a == want[i][0] && pairs[i].b == want[i][1]);
}
END_TEST

START_TEST(pairs_are_corrected_by_holm_and_sorted)
{
    const struct histogram groups[] = GROUPS;
    const struct definition definition = csat_mean();
    struct contrast_pair pairs[3];
    ck_assert_uint_eq(contrast_pair_count(3), 3);
    ck_assert_int_eq(contrast_pairs(&definition, groups, 3, 0.95, METHOD_DEFAULT, pairs), STATUS_OK);
    ck_assert(pairs[0].a == 0 && pairs[0].b == 1);
    ck_assert(pairs[1].a == 1 && pairs[1].b == 2);
    ck_assert(pairs[2].a == 0 && pairs[2].b == 2);
    ck_assert_double_eq_tol(pairs[0].p_holm, 0.00010427316864522, 1e-15);
    ck_assert_double_eq_tol(pairs[1].p_holm, 0.000967527490095395, 1e-14);
    ck_assert_double_eq_tol(pairs[2].p_holm, 0.803437881591067, 1e-12);
    ck_assert(pairs[0].significant && pairs[1].significant && !pairs[2].significant);
}
END_TEST

START_TEST(holm_never_lets_a_larger_p_become_a_smaller_one)
{
    struct histogram groups[40];
    struct contrast_pair pairs[40 * 39 / 2];
    for (int64_t i = 0; i < 40; i++)
        groups[i] = sample_nps(20 + i * 37 % 60, 20 + i * 11 % 30, 20 + i * 53 % 40);
    groups[7] = sample_nps(0, 0, 0);
    ck_assert_int_eq(contrast_pairs(&definition_nps, groups, 40, 0.95, METHOD_DEFAULT, pairs), STATUS_OK);
    const size_t tests = contrast_pair_count(39);
    for (size_t i = 1; i < tests; i++) {
        ck_assert_double_ge(pairs[i].comparison.p, pairs[i - 1].comparison.p);
        ck_assert_double_ge(pairs[i].p_holm, pairs[i - 1].p_holm);
        ck_assert_double_ge(pairs[i].p_holm, pairs[i].comparison.p);
    }
    ck_assert_double_eq(pairs[0].p_holm, fmin(1, (double)tests * pairs[0].comparison.p));
    for (size_t i = tests; i < contrast_pair_count(40); i++) {
        ck_assert(pairs[i].a == 7 || pairs[i].b == 7);
        ck_assert(isnan(pairs[i].p_holm) && !pairs[i].significant);
    }
}
END_TEST

START_TEST(group_of_another_scale_is_an_error)
{
    const struct histogram groups[] = {sample_nps(1, 1, 1), SAMPLE(1, 5, 1, 1, 1, 1, 1)};
    struct contrast_overall overall;
    struct contrast_pair pairs[1];
    struct comparison comparison;
    ck_assert_int_eq(contrast_all(&definition_nps, groups, 2, 0.95, &overall), STATUS_INTERNAL);
    ck_assert_int_eq(contrast_pairs(&definition_nps, groups, 2, 0.95, METHOD_DEFAULT, pairs), STATUS_INTERNAL);
    ck_assert_int_eq(contrast_pairs(&definition_nps, groups, 2, 0.95, METHOD_CHI_SQUARE, pairs), STATUS_INVALID);
    ck_assert_int_eq(contrast_with_rest(&definition_nps, &groups[0], &groups[1], 0.95, METHOD_DEFAULT, &comparison),
                     STATUS_INTERNAL);
}
END_TEST

START_TEST(few_groups_have_no_pairs)
{
    ck_assert_uint_eq(contrast_pair_count(0), 0);
    ck_assert_uint_eq(contrast_pair_count(1), 0);
    ck_assert_int_eq(contrast_pairs(&definition_nps, NULL, 0, 0.95, METHOD_DEFAULT, NULL), STATUS_OK);
}
END_TEST

START_TEST(part_is_compared_with_the_rest_and_not_with_the_whole)
{
    const struct histogram part = sample_nps(20, 0, 10);
    const struct histogram rest = sample_nps(12, 0, 18);
    const struct histogram whole = sample_nps(32, 0, 28);
    struct comparison want;
    struct comparison got;
    ck_assert_int_eq(comparison_of(&definition_nps, &part, &rest, 0.95, METHOD_DEFAULT, &want), STATUS_OK);
    ck_assert_int_eq(contrast_with_rest(&definition_nps, &whole, &part, 0.95, METHOD_DEFAULT, &got), STATUS_OK);
    ck_assert_double_eq(got.delta, want.delta);
    ck_assert_double_eq(got.p, want.p);
}
END_TEST

START_TEST(part_that_is_not_within_the_whole_is_an_error)
{
    const struct histogram part = sample_nps(20, 0, 10);
    const struct histogram whole = sample_nps(32, 0, 9);
    struct comparison comparison;
    struct impact impact;
    ck_assert_int_eq(contrast_with_rest(&definition_nps, &whole, &part, 0.95, METHOD_DEFAULT, &comparison),
                     STATUS_INTERNAL);
    ck_assert_int_eq(impact_of(&definition_nps, &whole, &part, &impact), STATUS_INTERNAL);
    const struct histogram csat = SAMPLE(1, 5, 1, 1, 1, 1, 1);
    ck_assert_int_eq(impact_of(&definition_csat, &csat, &csat, &impact), STATUS_OK);
    ck_assert_int_eq(impact_of(&definition_nps, &csat, &csat, &impact), STATUS_INTERNAL);
    ck_assert_int_eq(impact_of(&definition_nps, &whole, &csat, &impact), STATUS_INTERNAL);
    const struct histogram broken = sample_nps(1, -1, 0);
    ck_assert_int_eq(impact_of(&definition_nps, &whole, &broken, &impact), STATUS_INTERNAL);
}
END_TEST

START_TEST(impact_is_what_the_whole_would_lose_without_the_part)
{
    const struct histogram whole = sample_nps(60, 20, 20);
    const struct histogram part = sample_nps(5, 5, 10);
    struct impact impact;
    ck_assert_int_eq(impact_of(&definition_nps, &whole, &part, &impact), STATUS_OK);
    ck_assert_int_eq(impact.n, 20);
    ck_assert_double_eq(impact.volume_share, 20);
    ck_assert_double_eq(impact.score, -25);
    ck_assert_double_eq(impact.without, 56.25);
    ck_assert_double_eq(impact.impact, -16.25);
}
END_TEST

/* Of plain means both ways must say the same. */
START_TEST(impact_of_means_is_that_of_their_histograms)
{
    const struct definition definition = csat_mean();
    const struct histogram whole = SAMPLE(1, 5, 4, 6, 10, 30, 50);
    const struct histogram part = SAMPLE(1, 5, 4, 5, 1, 0, 0);
    const struct histogram rest = SAMPLE(1, 5, 0, 1, 9, 30, 50);
    struct impact want;
    ck_assert_int_eq(impact_of(&definition, &whole, &part, &want), STATUS_OK);
    struct impact got = impact_of_means(moments_of(&whole), moments_of(&part), moments_of(&rest));
    ck_assert_int_eq(got.n, 10);
    ck_assert_double_eq(got.volume_share, 10);
    ck_assert_double_eq_tol(got.score, want.score, 1e-14);
    ck_assert_double_eq_tol(got.without, want.without, 1e-14);
    ck_assert_double_eq_tol(got.impact, want.impact, 1e-14);
    const struct moments none = moments_of(&(struct histogram){.min = 1, .max = 5});
    got = impact_of_means(none, none, none);
    ck_assert(isnan(got.volume_share) && isnan(got.impact));
}
END_TEST

START_TEST(impact_of_all_or_nothing_is_said_plainly)
{
    const struct histogram whole = sample_nps(60, 20, 20);
    const struct histogram none = sample_nps(0, 0, 0);
    struct impact impact;
    ck_assert_int_eq(impact_of(&definition_nps, &whole, &whole, &impact), STATUS_OK);
    ck_assert(isnan(impact.without) && isnan(impact.impact));
    ck_assert_double_eq(impact.volume_share, 100);
    ck_assert_int_eq(impact_of(&definition_nps, &whole, &none, &impact), STATUS_OK);
    ck_assert_double_eq(impact.impact, 0);
    ck_assert(isnan(impact.score));
    ck_assert_int_eq(impact_of(&definition_nps, &none, &none, &impact), STATUS_OK);
    ck_assert(isnan(impact.volume_share) && isnan(impact.impact));
}
END_TEST

Suite *contrast_suite(void)
{
    return RUNNER_SUITE("contrast", nps_groups_are_tested_over_three_bands, share_groups_are_tested_over_two,
                        mean_groups_are_tested_by_their_ranks, empty_groups_and_unused_bands_do_not_count,
                        nothing_to_compare_gives_no_verdict, small_expected_counts_are_called_unreliable,
                        both_rules_of_cochran_are_kept, pairs_that_are_equally_clear_keep_their_order,
                        pairs_are_corrected_by_holm_and_sorted, holm_never_lets_a_larger_p_become_a_smaller_one,
                        group_of_another_scale_is_an_error, few_groups_have_no_pairs,
                        part_is_compared_with_the_rest_and_not_with_the_whole,
                        part_that_is_not_within_the_whole_is_an_error,
                        impact_is_what_the_whole_would_lose_without_the_part, impact_of_all_or_nothing_is_said_plainly,
                        impact_of_means_is_that_of_their_histograms, a_group_without_answers_changes_no_test_of_ranks);
}
