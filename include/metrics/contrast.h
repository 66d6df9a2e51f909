/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_CONTRAST_H
#define HARK_METRICS_CONTRAST_H

#include "metrics/comparison.h"

#include <stddef.h>

/* One test of "all groups are alike". */
struct contrast_overall {
    enum method method; /* chi_square of groups x three bands (net) or x two (share); mean: kruskal_wallis of scores */
    double statistic;   /* NaN, like p, when fewer than two groups have answers or all answers are of one kind */
    double df;
    double p;
    double smallest_expected; /* the smallest expected count of the table; NaN for kruskal_wallis */
    bool reliable;            /* Cochran 1954: no expected count under 1, at most a fifth of them under 5;
                                 kruskal_wallis: each group has 5 answers or more */
    bool significant;         /* p < 1 - level */
};

struct contrast_pair {
    size_t a; /* indexes of the groups, a < b */
    size_t b;
    struct comparison comparison; /* a - b; its own p, interval and verdict know nothing of the other pairs */
    double p_holm;                /* p corrected for the number of pairs (Holm 1979); NaN where p is */
    bool significant;             /* p_holm < 1 - level */
};

/* A part against the rest of the whole: never against the whole, which contains it. The part's counts are all within
 * the whole's, else STATUS_INTERNAL; further failures as comparison_of(). */
enum status contrast_with_rest(const struct definition *definition, const struct histogram *whole,
                               const struct histogram *part, double level, enum method method, struct comparison *out)
    __attribute__((warn_unused_result));

/* Are the groups alike? Empty groups are left out. Failures as comparison_of(). */
enum status contrast_all(const struct definition *definition, const struct histogram *groups, size_t count,
                         double level, struct contrast_overall *out) __attribute__((warn_unused_result));

/* How many entries contrast_pairs() fills: count (count - 1) / 2. */
size_t contrast_pair_count(size_t count);

/* Each group against each other, the clearest difference first (smallest p; undefined ones last, then by index). pairs
 * is the caller's and holds contrast_pair_count(count). Time: count^2 comparisons and a sort. Failures as
 * comparison_of(). */
enum status contrast_pairs(const struct definition *definition, const struct histogram *groups, size_t count,
                           double level, enum method method, struct contrast_pair *pairs)
    __attribute__((warn_unused_result));

#endif
