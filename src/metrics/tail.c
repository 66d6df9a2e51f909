/* SPDX-License-Identifier: MIT */
#include "metrics/tail.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define PI               3.14159265358979323846
#define MANY_STEPS       100000 /* ends a fraction that rounding keeps from settling */
#define NEARLY_NORMAL_DF 3000   /* from here on the fraction takes long, and Hill's three terms are exact to 1e-15 */
#define SERIES_FROM      20.0   /* from here on the series of the gamma ratio is exact to 3e-15 */

/* A continued fraction b0 + a1/(b1 + a2/(b2 + ...)), step by step: Lentz's method as modified by Thompson and
 * Barnett (1986). */
struct fraction {
    double value;
    double c;
    double d;
};

static double not_zero(double x)
{
    return x != 0 ? x : DBL_MIN;
}

static struct fraction fraction_start(double b0)
{
    b0 = not_zero(b0);
    return (struct fraction){.value = b0, .c = b0, .d = 0};
}

/* Takes in the next a/(b + ...); true when it changed nothing any more. */
static bool fraction_step(struct fraction *fraction, double a, double b)
{
    fraction->d = 1 / not_zero(b + a * fraction->d);
    fraction->c = not_zero(b + a / fraction->c);
    double factor = fraction->c * fraction->d;
    fraction->value *= factor;
    return fabs(factor - 1) <= 2 * DBL_EPSILON;
}

static double log_gamma(double x)
{
    int sign;

    return lgamma_r(x, &sign); /* lgamma() writes a global */
}

/* log(gamma(a + 1/2) / gamma(a)). The series is the difference of two of DLMF 5.11.8: a difference of two large
 * logarithms would lose as many digits as they have before the point. */
static double log_gamma_ratio(double a)
{
    if (a < SERIES_FROM)
        return log_gamma(a + 0.5) - log_gamma(a);
    double r = 1 / (a * a);

    return log(a) / 2 - (1.0 / 8 - r * (1.0 / 192 - r * (1.0 / 640 - r * (17.0 / 14336)))) / a;
}

/* The continued fraction of the incomplete beta function, DLMF 8.17.22. */
static double beta_fraction(double x, double a, double b)
{
    struct fraction fraction = fraction_start(1);

    for (int m = 0; m < MANY_STEPS; m++) {
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        if (m > 0)
            fraction_step(&fraction, m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), 1);
        if (fraction_step(&fraction, odd, 1))
            break;
    }
    return fraction.value;
}

/* P(|T| > t) is the regularised incomplete beta function I_x(df/2, 1/2) at x = df / (df + t^2), DLMF 8.17.4. Its
 * fraction converges fast on one side of the mean of that beta distribution, and 1 - I_(1-x)(1/2, df/2) on the other.
 */
static double two_sided_student(double t, double df)
{
    double a = df / 2;
    double ratio = t * t / df;
    double x = 1 / (1 + ratio);
    double y = ratio / (1 + ratio);
    /* x^a (1 - x)^(1/2) / B(a, 1/2) */
    double front = exp(-a * log1p(ratio) + log_gamma_ratio(a)) * sqrt(y / PI);

    if (x <= (a + 1) / (a + 2.5))
        return front / a / beta_fraction(x, a, 0.5);
    return 1 - front * 2 / beta_fraction(y, 0.5, a);
}

/* The z with the same tail as t: Hill 1970 (CACM algorithm 395), three terms. */
static double normal_equivalent(double t, double df)
{
    double a = df - 0.5;
    double b = 48 * a * a;
    double w = sqrt(a * log1p(t * t / df));
    double s = w * w;
    double second = (s + 3) / b;
    double third = (((4 * s + 33) * s + 240) * s + 855) / (10 * b * (b + 0.8 * s * s + 100));

    return w * (1 + second - third);
}

double tail_normal(double z)
{
    return erfc(z / sqrt(2)) / 2;
}

double tail_student(double t, double df)
{
    if (t < 0)
        return 1 - tail_student(-t, df);
    if (t == 0)
        return 0.5;
    if (df >= NEARLY_NORMAL_DF)
        return tail_normal(normal_equivalent(t, df));
    return two_sided_student(t, df) / 2;
}

/* The lower incomplete gamma function without its front, DLMF 8.7.1: sum of x^k / ((a + 1) ... (a + k)). */
static double gamma_series(double x, double a)
{
    double term = 1;
    double sum = 1;

    for (int k = 1; term > sum * DBL_EPSILON / 4; k++) {
        term *= x / (a + k);
        sum += term;
    }
    return sum;
}

/* The even part of the continued fraction of the upper incomplete gamma function, DLMF 8.9.2. */
static double gamma_fraction(double x, double a)
{
    struct fraction fraction = fraction_start(x + 1 - a);

    for (int k = 1; k < MANY_STEPS; k++) {
        if (fraction_step(&fraction, k * (a - k), x + 2 * k + 1 - a))
            break;
    }
    return fraction.value;
}

double tail_chi_square(double x, double df)
{
    double a = df / 2;

    x /= 2;
    if (!(x > 0))
        return isnan(x) ? x : 1;
    double front = exp(a * log(x) - x - log_gamma(a)); /* x^a e^-x / gamma(a) */
    if (x < a + 1)
        return 1 - front / a * gamma_series(x, a);
    return front / gamma_fraction(x, a);
}
