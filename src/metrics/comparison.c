/* SPDX-License-Identifier: MIT */
#include "metrics/comparison.h"

#include "metrics/fisher.h"
#include "metrics/quantile.h"
#include "metrics/score.h"
#include "metrics/tail.h"

#include <assert.h>
#include <math.h>

static double two_sided_z(double level)
{
    assert(level > 0 && level < 1);
    return quantile_normal((1 + level) / 2);
}

/* Nothing can be said: a group is empty, or the test has no ground to stand on. */
static struct comparison undefined(double delta, double level, enum method of_interval, enum method test)
{
    return (struct comparison){
        .delta = delta,
        .interval = {.level = level, .lower = NAN, .upper = NAN, .method = of_interval},
        .test = test,
        .statistic = NAN,
        .df = NAN,
        .p = NAN,
    };
}

static void set_p(struct comparison *comparison, double p)
{
    comparison->p = p > 1 ? 1 : p; /* by rounding; a NaN stays one, unlike in fmin() */
    comparison->significant = comparison->p < 1 - comparison->interval.level;
}

struct comparison comparison_of_nets(struct bands a, struct bands b, double level, enum method method)
{
    if (method == METHOD_DEFAULT)
        method = METHOD_ADJUSTED_WALD;
    assert(method == METHOD_ADJUSTED_WALD || method == METHOD_WALD);
    double reported = 100 * (net_of(a, METHOD_WALD).value - net_of(b, METHOD_WALD).value);
    struct comparison comparison = undefined(reported, level, method, method);
    struct net net_a = net_of(a, method);
    struct net net_b = net_of(b, method);
    double error = sqrt(net_a.variance / net_a.n + net_b.variance / net_b.n);

    /* Wald knows no error when all answers of each group are of one kind */
    if (bands_n(a) == 0 || bands_n(b) == 0 || !(error > 0))
        return comparison;
    double delta = net_a.value - net_b.value;
    double half = two_sided_z(level) * error;
    comparison.interval.lower = fmax(100 * (delta - half), -200);
    comparison.interval.upper = fmin(100 * (delta + half), 200);
    comparison.statistic = delta / error;
    set_p(&comparison, 2 * tail_normal(fabs(comparison.statistic)));
    return comparison;
}

/* Newcombe 1998, method 10: the bounds of each share's Wilson interval, squared and added. */
static void set_newcombe(struct comparison *comparison, int64_t a_x, int64_t a_n, int64_t b_x, int64_t b_n)
{
    double level = comparison->interval.level;
    struct interval a = interval_of_share(a_x, a_n, level);
    struct interval b = interval_of_share(b_x, b_n, level);
    double p_a = 100 * (double)a_x / (double)a_n;
    double p_b = 100 * (double)b_x / (double)b_n;

    comparison->interval.lower = comparison->delta - hypot(p_a - a.lower, b.upper - p_b);
    comparison->interval.upper = comparison->delta + hypot(a.upper - p_a, p_b - b.lower);
}

static double smallest_expected(double x, double n, double a_n, double b_n)
{
    return fmin(x, n - x) * fmin(a_n, b_n) / n;
}

struct comparison comparison_of_shares(int64_t a_x, int64_t a_n, int64_t b_x, int64_t b_n, double level,
                                       enum method test)
{
    assert(test == METHOD_N1_Z || test == METHOD_POOLED_Z);
    if (a_n == 0 || b_n == 0)
        return undefined(NAN, level, METHOD_NEWCOMBE, test);
    double n = (double)a_n + (double)b_n;
    double x = (double)a_x + (double)b_x;
    double delta = (double)a_x / (double)a_n - (double)b_x / (double)b_n;
    struct comparison comparison = undefined(100 * delta, level, METHOD_NEWCOMBE, test);

    set_newcombe(&comparison, a_x, a_n, b_x, b_n);
    if (x == 0 || x == n) {
        comparison.statistic = 0;
        set_p(&comparison, 1);
        return comparison;
    }
    if (test == METHOD_N1_Z && smallest_expected(x, n, (double)a_n, (double)b_n) < 1) {
        comparison.test = METHOD_FISHER;
        set_p(&comparison, fisher_p(a_x, a_n, b_x, b_n));
        return comparison;
    }
    double error = sqrt(x / n * (1 - x / n) * (1 / (double)a_n + 1 / (double)b_n));
    comparison.statistic = delta / error * (test == METHOD_N1_Z ? sqrt((n - 1) / n) : 1);
    set_p(&comparison, 2 * tail_normal(fabs(comparison.statistic)));
    return comparison;
}

struct comparison comparison_of_means(struct moments a, struct moments b, double level)
{
    struct comparison comparison = undefined(a.mean - b.mean, level, METHOD_WELCH_T, METHOD_WELCH_T);
    double error_a = moments_variance(a) / (double)a.n;
    double error_b = moments_variance(b) / (double)b.n;
    double error = error_a + error_b; /* NaN when a group has fewer than two answers */

    assert(level > 0 && level < 1);
    if (!(error > 0))
        return comparison;
    comparison.df = error * error / (error_a * error_a / (double)(a.n - 1) + error_b * error_b / (double)(b.n - 1));
    double half = quantile_student((1 + level) / 2, comparison.df) * sqrt(error);
    comparison.interval.lower = comparison.delta - half;
    comparison.interval.upper = comparison.delta + half;
    comparison.statistic = comparison.delta / sqrt(error);
    set_p(&comparison, 2 * tail_student(fabs(comparison.statistic), comparison.df));
    return comparison;
}

static bool takes(enum statistic headline, enum method method)
{
    switch (method) {
    case METHOD_DEFAULT:
        return true;
    case METHOD_ADJUSTED_WALD:
    case METHOD_WALD:
        return headline == STATISTIC_NET;
    case METHOD_WELCH_T:
        return headline != STATISTIC_SHARE;
    case METHOD_NEWCOMBE:
    case METHOD_N1_Z:
    case METHOD_POOLED_Z:
        return headline == STATISTIC_SHARE;
    default:
        return false;
    }
}

static struct comparison of_shares(struct bands a, struct bands b, double level, enum method method)
{
    enum method test = method == METHOD_POOLED_Z ? METHOD_POOLED_Z : METHOD_N1_Z;

    return comparison_of_shares(a.satisfied, bands_n(a), b.satisfied, bands_n(b), level, test);
}

enum status comparison_of(const struct definition *definition, const struct histogram *a, const struct histogram *b,
                          double level, enum method method, struct comparison *out)
{
    if (!takes(definition->headline, method))
        return STATUS_INVALID;
    if (!definition_fits(definition, a) || !definition_fits(definition, b))
        return STATUS_INTERNAL;
    if (definition->headline == STATISTIC_SHARE)
        *out = of_shares(bands_of(definition, a), bands_of(definition, b), level, method);
    else if (definition->headline == STATISTIC_MEAN)
        *out = comparison_of_means(moments_of(a), moments_of(b), level);
    else if (method == METHOD_WELCH_T)
        *out = comparison_of_means(moments_of_net(definition, a), moments_of_net(definition, b), level);
    else
        *out = comparison_of_nets(bands_of(definition, a), bands_of(definition, b), level, method);
    out->delta = score_value(definition, a) - score_value(definition, b);
    return STATUS_OK;
}
