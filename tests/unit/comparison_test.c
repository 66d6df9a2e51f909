/* SPDX-License-Identifier: MIT */
#include "metrics/comparison.h"

#include "metrics/fisher.h"
#include "support/runner.h"
#include "unit/sample.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct comparison compare(const struct definition *definition, struct histogram a, struct histogram b,
                                 enum method method)
{
    struct comparison result;
    ck_assert_int_eq(comparison_of(definition, &a, &b, 0.95, method, &result), STATUS_OK);
    return result;
}

/* metrics.md section 3: 20/0/10 against 12/0/18 by three methods. Welch by R:
 * t.test(rep(c(1, -1), c(20, 10)), rep(c(1, -1), c(12, 18))) */
START_TEST(nps_difference_has_three_methods)
{
    const struct histogram a = sample_nps(20, 0, 10);
    const struct histogram b = sample_nps(12, 0, 18);
    struct comparison wald = compare(&definition_nps, a, b, METHOD_WALD);
    struct comparison adjusted = compare(&definition_nps, a, b, METHOD_DEFAULT);
    struct comparison welch = compare(&definition_nps, a, b, METHOD_WELCH_T);
    ck_assert_double_eq_tol(wald.delta, 160.0 / 3, 1e-12);
    ck_assert_double_eq_tol(adjusted.delta, 160.0 / 3, 1e-12);
    ck_assert_double_eq_tol(welch.delta, 160.0 / 3, 1e-12);
    ck_assert_double_eq_tol(wald.p, 0.0317, 5e-5);
    ck_assert_double_eq_tol(adjusted.p, 0.0371, 5e-5);
    ck_assert_double_eq_tol(welch.p, 0.0389896899774507, 1e-14);
    ck_assert_double_eq_tol(welch.statistic, 2.11223541811477, 1e-13);
    ck_assert_double_eq_tol(welch.df, 57.9143279172821, 1e-12);
    ck_assert_double_eq_tol(welch.interval.lower, 2.78895392085583, 1e-11);
    ck_assert_double_eq_tol(welch.interval.upper, 103.877712745811, 1e-11);
    ck_assert(wald.significant && adjusted.significant && welch.significant);
    ck_assert_int_eq(adjusted.test, METHOD_ADJUSTED_WALD);
    ck_assert_int_eq(adjusted.interval.method, METHOD_ADJUSTED_WALD);
}
END_TEST

/* Newcombe 1998, Statist. Med. 17:873-890, table II, method 10. */
START_TEST(difference_of_shares_has_newcombes_interval)
{
    static const struct {
        int64_t a_x, a_n, b_x, b_n;
        double lower, upper;
    } published[] = {
        {56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090},  {6, 7, 2, 7, 0.0582, 0.8062},
        {5, 56, 0, 29, -0.0381, 0.1926},  {0, 10, 0, 20, -0.1611, 0.2775}, {0, 10, 0, 10, -0.2775, 0.2775},
        {10, 10, 0, 20, 0.6791, 1.0000},  {10, 10, 0, 10, 0.6075, 1.0000},
    };
    for (size_t i = 0; i < COUNT(published); i++) {
        struct comparison result = comparison_of_shares(published[i].a_x, published[i].a_n, published[i].b_x,
                                                        published[i].b_n, 0.95, METHOD_N1_Z);
        ck_assert_double_eq_tol(result.interval.lower, 100 * published[i].lower, 0.00501);
        ck_assert_double_eq_tol(result.interval.upper, 100 * published[i].upper, 0.00501);
        ck_assert_int_eq(result.interval.method, METHOD_NEWCOMBE);
    }
}
END_TEST

/* R: x2 <- prop.test(c(a, c), c(b, d), correct = FALSE)$statistic; z <- sqrt(x2); n1 <- z * sqrt((N - 1) / N);
 * 2 * pnorm(-abs(n1)) */
START_TEST(shares_are_tested_by_n1_z_or_pooled_z)
{
    static const struct {
        int64_t a_x, a_n, b_x, b_n;
        double pooled, pooled_p, n1, n1_p;
    } references[] = {
        {56, 70, 48, 80, 2.65017195125853, 0.00804508136819656, 2.64132327229412, 0.00825828792938077},
        {9, 10, 3, 10, 2.73861278752583, 0.00616989932054415, 2.66926956300783, 0.00760164147522017},
        {150, 1000, 190, 1000, -2.38112111716895, 0.0172600359772419, -2.38052576246102, 0.0172879521437633},
    };
    for (size_t i = 0; i < COUNT(references); i++) {
        struct comparison pooled = comparison_of_shares(references[i].a_x, references[i].a_n, references[i].b_x,
                                                        references[i].b_n, 0.95, METHOD_POOLED_Z);
        struct comparison n1 = comparison_of_shares(references[i].a_x, references[i].a_n, references[i].b_x,
                                                    references[i].b_n, 0.95, METHOD_N1_Z);
        ck_assert_double_eq_tol(pooled.statistic, references[i].pooled, 1e-13);
        ck_assert_double_eq_tol(pooled.p, references[i].pooled_p, 1e-15);
        ck_assert_double_eq_tol(n1.statistic, references[i].n1, 1e-13);
        ck_assert_double_eq_tol(n1.p, references[i].n1_p, 1e-15);
        ck_assert_int_eq(n1.test, METHOD_N1_Z);
    }
}
END_TEST

/* R: fisher.test(matrix(c(a_x, a_n - a_x, b_x, b_n - b_x), 2))$p.value */
START_TEST(exact_test_agrees_with_r)
{
    static const struct {
        int64_t a_x, a_n, b_x, b_n;
        double p;
    } references[] = {
        {0, 10, 3, 12, 0.220779220779221},       {1, 5, 0, 500, 0.0099009900990099},
        {3, 4, 1, 4, 0.485714285714286},         {10, 10, 0, 10, 1.0825088224469e-05},
        {2, 1000, 9, 400, 0.000365296054942018}, {0, 3, 1, 2000, 1},
        {7, 8, 1900, 2000, 0.338736856612594},   {50, 1000, 80, 1000, 0.00830844837775688},
    };
    for (size_t i = 0; i < COUNT(references); i++) {
        double p = fisher_p(references[i].a_x, references[i].a_n, references[i].b_x, references[i].b_n);
        double swapped = fisher_p(references[i].b_x, references[i].b_n, references[i].a_x, references[i].a_n);
        ck_assert_double_eq_tol(p, references[i].p, 1e-12);
        ck_assert_double_eq_tol(swapped, references[i].p, 1e-12);
    }
}
END_TEST

START_TEST(exact_test_takes_over_where_an_expected_count_is_under_one)
{
    ck_assert_int_eq(comparison_of_shares(1, 5, 9, 500, 0.95, METHOD_N1_Z).test, METHOD_FISHER);
    ck_assert_int_eq(comparison_of_shares(5, 5, 491, 500, 0.95, METHOD_N1_Z).test, METHOD_FISHER);
    ck_assert_int_eq(comparison_of_shares(1, 5, 9, 500, 0.95, METHOD_POOLED_Z).test, METHOD_POOLED_Z);
    struct comparison rare = comparison_of_shares(1, 5, 0, 500, 0.95, METHOD_N1_Z);
    ck_assert_int_eq(rare.test, METHOD_FISHER);
    ck_assert_double_eq_tol(rare.p, 0.0099009900990099, 1e-12);
    ck_assert(isnan(rare.statistic));
    ck_assert_int_eq(comparison_of_shares(2, 10, 0, 10, 0.95, METHOD_N1_Z).test, METHOD_N1_Z);
}
END_TEST

START_TEST(exact_test_of_a_great_table_is_quick)
{
    double p = fisher_p(20000, 1000000000, 0, 40000);
    ck_assert(p > 0 && p <= 1);
}
END_TEST

/* R: t.test(rep(1:5, c(3, 5, 9, 20, 13)), rep(1:5, c(10, 12, 8, 6, 4)), conf.level = level) */
START_TEST(means_are_compared_by_welchs_t)
{
    static const double references[][3] = {
        {0.9, 0.714136018987232, 1.58586398101277},
        {0.95, 0.628730419466464, 1.67126958053354},
        {0.99, 0.458711870025566, 1.84128812997444},
    };
    const struct histogram a = SAMPLE(1, 5, 3, 5, 9, 20, 13);
    const struct histogram b = SAMPLE(1, 5, 10, 12, 8, 6, 4);
    struct definition csat_mean = definition_csat;
    ck_assert_int_eq(definition_set_headline(&csat_mean, STATISTIC_MEAN), STATUS_OK);
    for (size_t i = 0; i < COUNT(references); i++) {
        struct comparison result;
        ck_assert_int_eq(comparison_of(&csat_mean, &a, &b, references[i][0], METHOD_DEFAULT, &result), STATUS_OK);
        ck_assert_double_eq_tol(result.statistic, 4.3916769337218, 1e-12);
        ck_assert_double_eq_tol(result.df, 78.4931350676734, 1e-11);
        ck_assert_double_eq_tol(result.p, 3.475772288174e-05, 1e-16);
        ck_assert_double_eq_tol(result.interval.lower, references[i][1], 1e-12);
        ck_assert_double_eq_tol(result.interval.upper, references[i][2], 1e-12);
    }
}
END_TEST

START_TEST(counts_can_be_compared_without_a_definition)
{
    const struct bands a = {.satisfied = 20, .dissatisfied = 10};
    const struct bands b = {.satisfied = 12, .dissatisfied = 18};
    struct comparison result = comparison_of_nets(a, b, 0.95, METHOD_DEFAULT);
    ck_assert_double_eq_tol(result.delta, 160.0 / 3, 1e-12);
    ck_assert_double_eq_tol(result.p, 0.0371, 5e-5);
    ck_assert_double_eq(comparison_of_shares(3, 4, 1, 4, 0.95, METHOD_N1_Z).delta, 50);
    ck_assert(isnan(comparison_of_shares(3, 4, 0, 0, 0.95, METHOD_N1_Z).delta));
    ck_assert(isnan(comparison_of_nets(a, (struct bands){0}, 0.95, METHOD_DEFAULT).delta));
}
END_TEST

START_TEST(empty_group_gives_no_verdict)
{
    const struct definition *const definitions[] = {&definition_nps, &definition_csat};
    for (size_t i = 0; i < COUNT(definitions); i++) {
        struct histogram none;
        histogram_init(&none, definitions[i]->min, definitions[i]->max);
        struct histogram some = none;
        some.counts[4] = 100;
        struct comparison result = compare(definitions[i], some, none, METHOD_DEFAULT);
        ck_assert(isnan(result.delta) && isnan(result.p) && isnan(result.interval.lower));
        ck_assert(!result.significant);
    }
}
END_TEST

START_TEST(shares_without_any_difference_between_answers_are_not_different)
{
    struct comparison all = comparison_of_shares(8, 8, 20, 20, 0.95, METHOD_N1_Z);
    struct comparison none = comparison_of_shares(0, 8, 0, 20, 0.95, METHOD_POOLED_Z);
    ck_assert(all.p == 1 && none.p == 1);
    ck_assert_double_lt(all.interval.lower, 0);
    ck_assert_double_gt(all.interval.upper, 0);
}
END_TEST

START_TEST(test_without_spread_is_not_defined)
{
    struct comparison wald = compare(&definition_nps, sample_nps(9, 0, 0), sample_nps(0, 0, 9), METHOD_WALD);
    struct comparison welch = compare(&definition_nps, sample_nps(9, 0, 0), sample_nps(0, 0, 9), METHOD_WELCH_T);
    struct comparison adjusted = compare(&definition_nps, sample_nps(9, 0, 0), sample_nps(0, 0, 9), METHOD_DEFAULT);
    ck_assert(isnan(wald.p) && !wald.significant);
    ck_assert(isnan(welch.p) && !welch.significant);
    ck_assert(adjusted.significant);
    ck_assert_double_eq(wald.delta, 200);
}
END_TEST

START_TEST(method_must_be_one_of_the_headline)
{
    const struct histogram nps = sample_nps(1, 1, 1);
    const struct histogram csat = SAMPLE(1, 5, 1, 1, 1, 1, 1);
    struct comparison result;
    ck_assert_int_eq(comparison_of(&definition_nps, &nps, &nps, 0.95, METHOD_NEWCOMBE, &result), STATUS_INVALID);
    ck_assert_int_eq(comparison_of(&definition_csat, &csat, &csat, 0.95, METHOD_WALD, &result), STATUS_INVALID);
    ck_assert_int_eq(comparison_of(&definition_csat, &csat, &csat, 0.95, METHOD_WELCH_T, &result), STATUS_INVALID);
    ck_assert_int_eq(comparison_of(&definition_csat, &csat, &csat, 0.95, METHOD_NEWCOMBE, &result), STATUS_OK);
    ck_assert_int_eq(comparison_of(&definition_csat, &csat, &nps, 0.95, METHOD_DEFAULT, &result), STATUS_INTERNAL);
}
END_TEST

/* Where a table is so far from chance that its probability is no number any more, the walk over its neighbours ends. */
START_TEST(exact_test_of_the_unthinkable_is_zero_at_once)
{
    ck_assert_double_eq(fisher_p(0, 30000, 30000, 30000), 0);
    ck_assert_double_eq(fisher_p(30000, 30000, 0, 30000), 0);
    ck_assert_double_eq(fisher_p(15000, 30000, 15000, 30000), 1);
}
END_TEST

START_TEST(each_group_must_fit_the_definition)
{
    const struct histogram csat = SAMPLE(1, 5, 1, 1, 1, 1, 1);
    const struct histogram other = SAMPLE(1, 7, 1, 1, 1, 1, 1, 1, 1);
    struct comparison result;
    ck_assert_int_eq(comparison_of(&definition_csat, &other, &csat, 0.95, METHOD_DEFAULT, &result), STATUS_INTERNAL);
    ck_assert_int_eq(comparison_of(&definition_csat, &csat, &other, 0.95, METHOD_DEFAULT, &result), STATUS_INTERNAL);
}
END_TEST

Suite *comparison_suite(void)
{
    return RUNNER_SUITE("comparison", nps_difference_has_three_methods, difference_of_shares_has_newcombes_interval,
                        shares_are_tested_by_n1_z_or_pooled_z, exact_test_agrees_with_r,
                        exact_test_takes_over_where_an_expected_count_is_under_one,
                        exact_test_of_a_great_table_is_quick, means_are_compared_by_welchs_t,
                        counts_can_be_compared_without_a_definition, empty_group_gives_no_verdict,
                        shares_without_any_difference_between_answers_are_not_different,
                        test_without_spread_is_not_defined, method_must_be_one_of_the_headline,
                        exact_test_of_the_unthinkable_is_zero_at_once, each_group_must_fit_the_definition);
}
