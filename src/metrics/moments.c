/* SPDX-License-Identifier: MIT */
#include "metrics/moments.h"

#include <math.h>

/* Two passes over at most eleven values, the first in whole numbers: the mean is rounded once, and equal scores give
 * squares of exactly zero. */
static struct moments of_values(const int *values, const int64_t *counts, int width)
{
    int64_t n = 0;
    int64_t sum = 0;

    for (int i = 0; i < width; i++) {
        n += counts[i];
        sum += values[i] * counts[i];
    }
    struct moments moments = {.n = n, .mean = n > 0 ? (double)sum / (double)n : NAN, .squares = 0};
    for (int i = 0; n > 0 && i < width; i++) {
        double deviation = values[i] - moments.mean;
        moments.squares += (double)counts[i] * deviation * deviation;
    }
    return moments;
}

static struct moments scaled(struct moments moments, double factor)
{
    return (struct moments){moments.n, moments.mean * factor, moments.squares * factor * factor};
}

struct moments moments_of(const struct histogram *histogram)
{
    int values[HISTOGRAM_SCORES];
    int width = histogram->max - histogram->min + 1;

    for (int i = 0; i < width; i++)
        values[i] = histogram->min + i;
    return of_values(values, histogram->counts, width);
}

struct moments moments_rescaled(const struct definition *definition, const struct histogram *histogram)
{
    int values[HISTOGRAM_SCORES];
    int last = histogram->max - histogram->min;

    for (int i = 0; i <= last; i++)
        values[i] = definition->polarity == POLARITY_LOW_IS_GOOD ? last - i : i;
    return scaled(of_values(values, histogram->counts, last + 1), 100.0 / last);
}

struct moments moments_of_net(const struct definition *definition, const struct histogram *histogram)
{
    int values[HISTOGRAM_SCORES];
    int width = histogram->max - histogram->min + 1;

    for (int i = 0; i < width; i++)
        values[i] = (int)(definition->satisfied >> i & 1) - (int)(definition->dissatisfied >> i & 1);
    return scaled(of_values(values, histogram->counts, width), 100);
}

struct moments moments_merge(struct moments a, struct moments b)
{
    if (a.n == 0)
        return b;
    if (b.n == 0)
        return a;
    double n = (double)a.n + (double)b.n;
    double apart = b.mean - a.mean;

    return (struct moments){
        .n = a.n + b.n,
        .mean = a.mean + apart * ((double)b.n / n),
        .squares = a.squares + b.squares + apart * apart * ((double)a.n / n) * (double)b.n,
    };
}

double moments_variance(struct moments moments)
{
    return moments.n < 2 ? NAN : moments.squares / (double)(moments.n - 1);
}
