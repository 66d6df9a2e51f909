/* SPDX-License-Identifier: MIT */
#include "metrics/comparison.h"
#include "metrics/contrast.h"
#include "metrics/impact.h"
#include "metrics/score.h"
#include "support/runner.h"
#include "unit/sample.h"

#include <math.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ck_assert() tells the parent process of each call, which is too slow for millions of them. */
#define REQUIRE(condition)                  \
    do {                                    \
        if (!(condition))                   \
            ck_abort_msg("%s", #condition); \
    } while (0)

/* SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere. */
static uint64_t state;

static uint64_t random_bits(void)
{
    uint64_t z = state += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static int64_t random_below(int64_t limit)
{
    return (int64_t)(random_bits() % (uint64_t)limit);
}

/* Any histogram of the definition's scale, now and then a sparse one. */
static struct histogram random_histogram(const struct definition *definition)
{
    struct histogram histogram;
    int64_t limit = 1 + random_below(200);
    histogram_init(&histogram, definition->min, definition->max);
    for (int i = 0; i <= definition->max - definition->min; i++)
        histogram.counts[i] = random_below(3) == 0 ? 0 : random_below(limit);
    return histogram;
}

static const struct definition *any_definition(int i)
{
    static struct definition mean;
    const struct definition *const definitions[] = {&definition_nps, &definition_csat, &definition_ces, &mean};
    mean = definition_csat;
    REQUIRE(definition_set_headline(&mean, STATISTIC_MEAN) == STATUS_OK);
    return definitions[(size_t)i % COUNT(definitions)];
}

static void require_opposite(double a, double b)
{
    if (!sample_is_near(a, -b, 1e-9 * fmax(1, fabs(b))))
        ck_abort_msg("%.17g is not the opposite of %.17g", a, b);
}

START_TEST(swapping_the_groups_flips_the_sign)
{
    static const enum method methods[] = {METHOD_DEFAULT, METHOD_WALD, METHOD_WELCH_T, METHOD_POOLED_Z};
    state = 1;
    for (int i = 0; i < 2000; i++) {
        const struct definition *definition = any_definition(i);
        const struct histogram a = random_histogram(definition);
        const struct histogram b = random_histogram(definition);
        enum method method = methods[random_below(COUNT(methods))];
        struct comparison forth;
        struct comparison back;
        enum status status = comparison_of(definition, &a, &b, 0.95, method, &forth);
        REQUIRE(comparison_of(definition, &b, &a, 0.95, method, &back) == status);
        if (status != STATUS_OK)
            continue; /* a method of another headline */
        require_opposite(forth.delta, back.delta);
        require_opposite(forth.statistic, back.statistic);
        require_opposite(forth.interval.lower, back.interval.upper);
        require_opposite(forth.interval.upper, back.interval.lower);
        REQUIRE(sample_is_near(forth.p, back.p, 1e-12));
        REQUIRE(forth.significant == back.significant);
    }
}
END_TEST

START_TEST(merging_histograms_equals_pooling_answers)
{
    state = 2;
    for (int i = 0; i < 1000; i++) {
        const struct definition *definition = any_definition(i);
        struct histogram a;
        struct histogram b;
        struct histogram pooled;
        histogram_init(&a, definition->min, definition->max);
        b = pooled = a;
        for (int64_t n = random_below(300); n > 0; n--) {
            int score = definition->min + (int)random_below(definition->max - definition->min + 1);
            struct histogram *one = random_below(2) == 0 ? &a : &b;
            REQUIRE(histogram_add(one, score, 1) == STATUS_OK);
            REQUIRE(histogram_add(&pooled, score, 1) == STATUS_OK);
        }
        struct moments merged = moments_merge(moments_of(&a), moments_of(&b));
        struct moments whole = moments_of(&pooled);
        REQUIRE(merged.n == whole.n);
        REQUIRE(sample_is_near(merged.mean, whole.mean, 1e-12));
        REQUIRE(sample_is_near(merged.squares, whole.squares, 1e-9));
        REQUIRE(histogram_merge(&a, &b) == STATUS_OK);
        REQUIRE(memcmp(a.counts, pooled.counts, sizeof(a.counts)) == 0);
    }
}
END_TEST

START_TEST(wilson_and_t_intervals_contain_their_value)
{
    static const double levels[] = {0.9, 0.95, 0.99};
    for (int64_t n = 1; n <= 120; n++) {
        for (int64_t x = 0; x <= n; x++) {
            double value = 100 * (double)x / (double)n;
            for (size_t i = 0; i < COUNT(levels); i++) {
                struct interval interval = interval_of_share(x, n, levels[i]);
                REQUIRE(0 <= interval.lower && interval.lower <= value);
                REQUIRE(value <= interval.upper && interval.upper <= 100);
                REQUIRE(interval.lower < interval.upper);
            }
        }
    }
    state = 3;
    for (int i = 0; i < 500; i++) {
        const struct histogram histogram = random_histogram(&definition_csat);
        struct score score;
        REQUIRE(score_of(&definition_csat, &histogram, 0.95, METHOD_DEFAULT, &score) == STATUS_OK);
        if (score.n >= 2)
            REQUIRE(score.mean.interval.lower <= score.mean.value && score.mean.value <= score.mean.interval.upper);
    }
}
END_TEST

/* Its centre is drawn towards 0 by 3 / (n + 3) of the score. That is more than its half-width only where all are
 * promoters, or all detractors, and there are no more of them than this. */
START_TEST(adjusted_wald_leaves_its_score_out_only_where_few_answers_are_all_of_one_kind)
{
    static const struct {
        double level;
        int64_t most;
    } levels[] = {{0.9, 4}, {0.95, 1}, {0.99, 0}};
    for (size_t i = 0; i < COUNT(levels); i++) {
        for (int64_t n = 1; n <= 100; n++) {
            for (int64_t p = 0; p <= n; p++) {
                for (int64_t d = 0; p + d <= n; d++) {
                    struct interval interval =
                        interval_of_net((struct bands){p, n - p - d, d}, levels[i].level, METHOD_ADJUSTED_WALD);
                    double value = 100 * (double)(p - d) / (double)n;
                    bool inside = interval.lower <= value && value <= interval.upper;
                    bool extreme = (p == n || d == n) && n <= levels[i].most;
                    if (inside == extreme)
                        ck_abort_msg("%g: %d/%d/%d", levels[i].level, (int)p, (int)(n - p - d), (int)d);
                }
            }
        }
    }
}
END_TEST

START_TEST(higher_level_gives_a_wider_interval)
{
    state = 4;
    for (int i = 0; i < 500; i++) {
        const struct definition *definition = any_definition(i);
        const struct histogram histogram = random_histogram(definition);
        struct score narrow;
        struct score wide;
        REQUIRE(score_of(definition, &histogram, 0.9, METHOD_DEFAULT, &narrow) == STATUS_OK);
        REQUIRE(score_of(definition, &histogram, 0.99, METHOD_DEFAULT, &wide) == STATUS_OK);
        if (narrow.n < 2)
            continue;
        REQUIRE(wide.interval.lower <= narrow.interval.lower);
        REQUIRE(wide.interval.upper >= narrow.interval.upper);
        REQUIRE(wide.value == narrow.value);
    }
}
END_TEST

START_TEST(turning_the_scale_round_turns_the_net_round)
{
    state = 5;
    for (int i = 0; i < 500; i++) {
        struct bands bands = {random_below(100), random_below(100), random_below(100) + 1};
        struct bands turned = {bands.dissatisfied, bands.neutral, bands.satisfied};
        struct interval interval = interval_of_net(bands, 0.95, METHOD_DEFAULT);
        struct interval mirror = interval_of_net(turned, 0.95, METHOD_DEFAULT);
        require_opposite(interval.lower, mirror.upper);
        require_opposite(interval.upper, mirror.lower);
    }
}
END_TEST

START_TEST(impact_is_the_part_of_the_volume_times_the_gap_to_the_rest)
{
    state = 6;
    for (int i = 0; i < 1000; i++) {
        const struct definition *definition = any_definition(i);
        const struct histogram part = random_histogram(definition);
        struct histogram whole = random_histogram(definition);
        struct impact impact;
        REQUIRE(histogram_merge(&whole, &part) == STATUS_OK);
        REQUIRE(impact_of(definition, &whole, &part, &impact) == STATUS_OK);
        if (impact.n > 0)
            REQUIRE(sample_is_near(impact.impact, impact.volume_share / 100 * (impact.score - impact.without), 1e-9));
    }
}
END_TEST

START_TEST(two_groups_over_all_are_the_pooled_test)
{
    state = 7;
    for (int i = 0; i < 500; i++) {
        const struct histogram groups[] = {random_histogram(&definition_csat), random_histogram(&definition_csat)};
        struct contrast_overall overall;
        struct comparison pair;
        REQUIRE(contrast_all(&definition_csat, groups, 2, 0.95, &overall) == STATUS_OK);
        REQUIRE(comparison_of(&definition_csat, &groups[0], &groups[1], 0.95, METHOD_POOLED_Z, &pair) == STATUS_OK);
        if (!isnan(overall.p))
            REQUIRE(sample_is_near(overall.p, pair.p, 1e-12));
    }
}
END_TEST

/* A population of SIDES customers, each as likely to answer as any other: their scores, from the lowest one on. */
enum { SIDES = 64, DRAWS = 10 }; /* a random number of 64 bits draws ten of them */

static void populate(const int *shares, unsigned char *population)
{
    int used = 0;
    for (unsigned char score = 0; used < SIDES; score++)
        for (int i = 0; i < shares[score]; i++)
            population[used++] = score;
}

static struct histogram drawn(const struct definition *definition, const unsigned char *population, int64_t n)
{
    struct histogram histogram;
    histogram_init(&histogram, definition->min, definition->max);
    uint64_t bits = 0;
    for (int64_t i = 0; i < n; i++) {
        bits = i % DRAWS == 0 ? random_bits() : bits / SIDES;
        histogram.counts[population[bits % SIDES]]++;
    }
    return histogram;
}

static double rejected(const struct definition *definition, const int *shares, int64_t a_n, int64_t b_n,
                       enum method method)
{
    enum { RUNS = 5000 };
    unsigned char population[SIDES];
    int count = 0;
    populate(shares, population);
    for (int i = 0; i < RUNS; i++) {
        const struct histogram a = drawn(definition, population, a_n);
        const struct histogram b = drawn(definition, population, b_n);
        struct comparison comparison;
        REQUIRE(comparison_of(definition, &a, &b, 0.95, method, &comparison) == STATUS_OK);
        count += comparison.significant;
    }
    return 100.0 * count / RUNS;
}

START_TEST(test_of_5_percent_rejects_about_5_percent_where_nothing_differs)
{
    static const int nps[] = {5, 1, 1, 1, 1, 1, 5, 6, 10, 16, 17}; /* of SIDES */
    static const int csat[] = {5, 4, 13, 22, 20};
    static const int ces[] = {3, 3, 7, 6, 13, 16, 16};
    const struct definition *mean = any_definition(3);
    const struct {
        const struct definition *definition;
        const int *shares;
        int64_t a_n, b_n;
        enum method method;
    } worlds[] = {
        {&definition_nps, nps, 50, 50, METHOD_DEFAULT},
        {&definition_nps, nps, 50, 200, METHOD_DEFAULT},
        {&definition_nps, nps, 200, 200, METHOD_DEFAULT},
        {&definition_nps, nps, 100, 100, METHOD_WALD},
        {&definition_nps, nps, 50, 50, METHOD_WELCH_T},
        {&definition_csat, csat, 50, 70, METHOD_DEFAULT},
        {&definition_csat, csat, 200, 150, METHOD_DEFAULT},
        {&definition_ces, ces, 120, 90, METHOD_DEFAULT},
        {mean, csat, 50, 50, METHOD_DEFAULT},
        {mean, csat, 60, 180, METHOD_DEFAULT},
    };
    state = 8;
    for (size_t i = 0; i < COUNT(worlds); i++) {
        double percent =
            rejected(worlds[i].definition, worlds[i].shares, worlds[i].a_n, worlds[i].b_n, worlds[i].method);
        ck_assert_msg(percent >= 3.5 && percent <= 6, "world %zu (%s, %s): %.2f %% rejected", i,
                      worlds[i].definition->id, method_name(worlds[i].method), percent);
    }
}
END_TEST

Suite *metrics_properties_suite(void)
{
    return RUNNER_SUITE("metrics_properties", swapping_the_groups_flips_the_sign,
                        merging_histograms_equals_pooling_answers, wilson_and_t_intervals_contain_their_value,
                        adjusted_wald_leaves_its_score_out_only_where_few_answers_are_all_of_one_kind,
                        higher_level_gives_a_wider_interval, turning_the_scale_round_turns_the_net_round,
                        impact_is_the_part_of_the_volume_times_the_gap_to_the_rest,
                        two_groups_over_all_are_the_pooled_test,
                        test_of_5_percent_rejects_about_5_percent_where_nothing_differs);
}
