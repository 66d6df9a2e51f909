/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_COMPARISON_H
#define HARK_METRICS_COMPARISON_H

#include "metrics/interval.h"

#include <stdbool.h>

/* How two independent groups of answers differ: a - b. Swapping them flips every sign. */
struct comparison {
    double delta;             /* of the scores as they are reported; NaN when a group is empty */
    struct interval interval; /* of the difference */
    enum method test;         /* which test gave p; it may be another method than the interval's */
    double statistic;         /* z or t; NaN for Fisher's test */
    double df;                /* of t; NaN for the others */
    double p;                 /* two-sided; NaN where the test is not defined */
    bool significant;         /* p < 1 - level; false when p is NaN */
};

/* Compares the headlines of two histograms. Methods: net METHOD_ADJUSTED_WALD (default), METHOD_WALD, METHOD_WELCH_T;
 * share METHOD_NEWCOMBE or METHOD_N1_Z (default: both together), METHOD_POOLED_Z; mean METHOD_WELCH_T. STATUS_INVALID
 * for a method that the headline does not have; STATUS_INTERNAL for a histogram that does not fit the definition. */
enum status comparison_of(const struct definition *definition, const struct histogram *a, const struct histogram *b,
                          double level, enum method method, struct comparison *out) __attribute__((warn_unused_result));

/* Two net scores, by METHOD_ADJUSTED_WALD or METHOD_WALD: delta' +- z sqrt(V1'/n1' + V2'/n2'), z = delta' / that root,
 * each group adjusted by itself (MeasuringU 2021) or, for Wald, not at all (nps.test of CRAN's NPS, but signed). */
struct comparison comparison_of_nets(struct bands a, struct bands b, double level, enum method method);

/* Two shares, a_x of a_n and b_x of b_n, in points of 0..100. Interval: Newcombe 1998, method 10. Test: METHOD_N1_Z
 * (z sqrt((N - 1)/N) of the pooled z; Fisher's exact test where an expected count is under 1: Campbell 2007) or
 * METHOD_POOLED_Z. No answer differs from any other: p = 1. */
struct comparison comparison_of_shares(int64_t a_x, int64_t a_n, int64_t b_x, int64_t b_n, double level,
                                       enum method test);

/* Two means: Welch 1947, degrees of freedom by Welch and Satterthwaite. Not defined when a group has fewer than two
 * answers or none of the two varies. */
struct comparison comparison_of_means(struct moments a, struct moments b, double level);

#endif
