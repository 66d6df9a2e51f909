/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_INTERVAL_H
#define HARK_METRICS_INTERVAL_H

#include "metrics/bands.h"
#include "metrics/method.h"
#include "metrics/moments.h"

#include <stdint.h>

/* A confidence interval. The bounds are NaN where the data do not give one (n = 0; a mean of one answer). */
struct interval {
    double level; /* such as 0.95 */
    double lower;
    double upper;
    enum method method;
};

/* Of 100 x / n. Wilson 1927: (x + z^2/2)/(n + z^2) +- z sqrt(x(n-x)/n + z^2/4)/(n + z^2). Always contains its value. */
struct interval interval_of_share(int64_t x, int64_t n, double level);

/* Of the net score, within -100..100, by METHOD_ADJUSTED_WALD (default) or METHOD_WALD. Adjusted Wald (3, T): 3/4 of an
 * answer is added to the satisfied and the dissatisfied and 3/2 to the neutral, then 100 (net' +- z sqrt(V' / n')) with
 * V' = p' + d' - (p' - d')^2 (Rocks 2016, arXiv 1601.07235). Its centre is net', so that it leaves
 * out the net itself where very few answers are all of one kind: one at 95 %, up to four at 90 %, never at 99 %. */
struct interval interval_of_net(struct bands bands, double level, enum method method);

/* Of a mean: mean +- t(n - 1) sqrt(variance / n). Not cut to the scale. NaN bounds when n < 2. */
struct interval interval_of_mean(struct moments moments, double level);

#endif
