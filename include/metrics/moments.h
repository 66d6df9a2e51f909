/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_MOMENTS_H
#define HARK_METRICS_MOMENTS_H

#include "metrics/definition.h"

#include <stdint.h>

/* What a mean and its interval need to know of the answers. */
struct moments {
    int64_t n;
    double mean;    /* NaN when n = 0 */
    double squares; /* sum of squared deviations from the mean; 0 when n = 0 */
};

/* Of the raw scores. */
struct moments moments_of(const struct histogram *histogram);

/* Of the scores on 0..100, 100 the best one: 100 (x - min) / (max - min), or its mirror image where low is good. It is
 * the one way to mix questions of different scales. */
struct moments moments_rescaled(const struct definition *definition, const struct histogram *histogram);

/* Of the scores +1 for satisfied, 0, -1 for dissatisfied, times 100: their mean is the net score. */
struct moments moments_of_net(const struct definition *definition, const struct histogram *histogram);

/* Both groups as one (Chan, Golub and LeVeque 1983). */
struct moments moments_merge(struct moments a, struct moments b);

/* Sample variance (n - 1); NaN when n < 2. */
double moments_variance(struct moments moments);

#endif
