/* SPDX-License-Identifier: MIT */
#include "metrics/sample_size.h"

#include "metrics/quantile.h"

#include <assert.h>
#include <math.h>

/* An n that is whole up to the last digits is not raised to the next one. */
static double whole(double n)
{
    return fmax(ceil(n * (1 - 1e-12)), 1);
}

static double z_of_level(double level, bool two_sided)
{
    assert(level > 0 && level < 1);
    return quantile_normal(two_sided ? (1 + level) / 2 : level);
}

static double z_of_power(double power)
{
    assert(power > 0 && power < 1);
    return quantile_normal(power);
}

/* s^2 z^2 / d^2 - 3: the three answers that adjusted Wald adds need not be asked for. */
static double net_size(double variance, double points, double z)
{
    double d = points / 100;

    assert(points > 0);
    return whole(variance * z * z / (d * d) - 3);
}

double sample_size_net_margin(double variance, double points, double level)
{
    return net_size(variance, points, z_of_level(level, true));
}

double sample_size_net_benchmark(double variance, double points, double level, double power, bool two_sided)
{
    return net_size(variance, points, z_of_level(level, two_sided) + z_of_power(power));
}

double sample_size_net_difference(double variance_a, double variance_b, double points, double level, double power,
                                  bool two_sided)
{
    return net_size(variance_a + variance_b, points, z_of_level(level, two_sided) + z_of_power(power));
}

/* With u = z^2 / n, the half-width d of Wilson's interval is d^2 (1 + u)^2 = u p (1 - p) + u^2 / 4: a quadratic in u
 * with one positive root while d < 1/2. */
double sample_size_share_margin(double share, double points, double level)
{
    double p = share / 100;
    double d = points / 100;
    double z = z_of_level(level, true);

    assert(share >= 0 && share <= 100 && points > 0);
    if (d >= 0.5)
        return 1;
    double a = 0.25 - d * d;
    double b = p * (1 - p) - 2 * d * d;
    double u = (-b + sqrt(b * b + 4 * a * d * d)) / (2 * a);
    return whole(z * z / u);
}

double sample_size_share_difference(double share_a, double share_b, double level, double power, bool two_sided)
{
    double p = share_a / 100;
    double q = share_b / 100;
    double mean = (p + q) / 2;
    double root = z_of_level(level, two_sided) * sqrt(2 * mean * (1 - mean)) +
                  z_of_power(power) * sqrt(p * (1 - p) + q * (1 - q));

    if (share_a == share_b)
        return NAN;
    return whole(root * root / ((p - q) * (p - q)));
}
