/* SPDX-License-Identifier: MIT */
#include "unit/sample.h"

#include <math.h>

struct histogram sample_nps(int64_t promoters, int64_t passives, int64_t detractors)
{
    return SAMPLE(0, 10, [10] = promoters, [7] = passives, [0] = detractors);
}

struct histogram sample_of(int min, int max, const int64_t *counts)
{
    struct histogram histogram;
    histogram_init(&histogram, min, max);
    for (int i = 0; i <= max - min; i++)
        histogram.counts[i] = counts[i];
    return histogram;
}

bool sample_is_near(double got, double want, double tolerance)
{
    if (isnan(want) || isnan(got))
        return isnan(want) && isnan(got);
    return fabs(got - want) <= tolerance;
}
