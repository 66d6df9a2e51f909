/* SPDX-License-Identifier: MIT */
#include "metrics/interval.h"

#include "metrics/quantile.h"

#include <assert.h>
#include <math.h>

static double two_sided_z(double level)
{
    assert(level > 0 && level < 1);
    return quantile_normal((1 + level) / 2);
}

/* The smaller root of Wilson's quadratic, through the product of both, x^2 / (n (n + z^2)): no digits are lost near 0,
 * and x = 0 gives 0. */
static double wilson_lower(double x, double n, double z)
{
    double center = x + z * z / 2;
    double half = z * sqrt(x * (n - x) / n + z * z / 4);

    return x / n * (x / (center + half));
}

struct interval interval_of_share(int64_t x, int64_t n, double level)
{
    struct interval interval = {.level = level, .lower = NAN, .upper = NAN, .method = METHOD_WILSON};
    double z = two_sided_z(level);

    if (n > 0) {
        interval.lower = 100 * wilson_lower((double)x, (double)n, z);
        interval.upper = 100 * (1 - wilson_lower((double)(n - x), (double)n, z));
    }
    return interval;
}

struct interval interval_of_net(struct bands bands, double level, enum method method)
{
    if (method == METHOD_DEFAULT)
        method = METHOD_ADJUSTED_WALD;
    assert(method == METHOD_ADJUSTED_WALD || method == METHOD_WALD);
    struct interval interval = {.level = level, .lower = NAN, .upper = NAN, .method = method};
    struct net net = net_of(bands, method);
    double half = two_sided_z(level) * sqrt(net.variance / net.n);

    if (bands_n(bands) > 0) {
        interval.lower = fmax(100 * (net.value - half), -100);
        interval.upper = fmin(100 * (net.value + half), 100);
    }
    return interval;
}

struct interval interval_of_mean(struct moments moments, double level)
{
    struct interval interval = {.level = level, .lower = NAN, .upper = NAN, .method = METHOD_T};

    assert(level > 0 && level < 1);
    if (moments.n >= 2) {
        double n = (double)moments.n;
        double half = quantile_student((1 + level) / 2, n - 1) * sqrt(moments_variance(moments) / n);
        interval.lower = moments.mean - half;
        interval.upper = moments.mean + half;
    }
    return interval;
}
