/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_SAMPLE_SIZE_H
#define HARK_METRICS_SAMPLE_SIZE_H

#include <stdbool.h>

/* How many answers a question needs, rounded up, at least 1. Points are those of the score (an NPS of 30 against 40
 * differs by 10). variance is that of one answer's +1, 0, -1: p + d - (p - d)^2, at most 1; the usual guess for an NPS
 * is SAMPLE_SIZE_NET_VARIANCE (MeasuringU). 0 < level < 1, 0 < power < 1, points above 0. */
#define SAMPLE_SIZE_NET_VARIANCE 0.67

/* A net score +- points: s^2 z^2 / d^2 - 3, the adjusted Wald interval solved for n. */
double sample_size_net_margin(double variance, double points, double level);

/* A net score against a fixed benchmark: s^2 (z_alpha + z_power)^2 / d^2 - 3 (MeasuringU). */
double sample_size_net_benchmark(double variance, double points, double level, double power, bool two_sided);

/* Two net scores, answers in each group: (s1^2 + s2^2) (z_alpha + z_power)^2 / d^2 - 3 (MeasuringU). */
double sample_size_net_difference(double variance_a, double variance_b, double points, double level, double power,
                                  bool two_sided);

/* A share of 0..100 (expected: share) +- points: the half-width of Wilson's interval solved for n. */
double sample_size_share_margin(double share, double points, double level);

/* Two shares of 0..100, answers in each group (Fleiss, Levin and Paik 2003, without continuity; power.prop.test of
 * R). NaN when the shares are equal. */
double sample_size_share_difference(double share_a, double share_b, double level, double power, bool two_sided);

#endif
