/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_SCORE_H
#define HARK_METRICS_SCORE_H

#include "metrics/interval.h"

#define SCORE_INDICATIVE_N 30
#define SCORE_OK_N         100

/* How far a manager should trust it: n < 30, n < 100, more. */
enum quality { QUALITY_INSUFFICIENT, QUALITY_INDICATIVE, QUALITY_OK };

struct estimate {
    double value; /* NaN when n = 0 */
    struct interval interval;
};

/* All that a histogram says under a definition. value and interval are the headline: one of the three that follow. */
struct score {
    int64_t n;
    double value; /* NaN when n = 0 */
    struct interval interval;
    struct estimate net;   /* -100..100, adjusted Wald or Wald */
    struct estimate share; /* 0..100, Wilson */
    struct estimate mean;  /* on the question's own scale, t, cut to the scale */
    double variance;       /* of the raw scores (n - 1); NaN when n < 2 */
    struct bands bands;    /* promoters, passives, detractors of an NPS */
    enum quality quality;
};

/* level is above 0 and below 1. method is of the net's interval: METHOD_DEFAULT, METHOD_ADJUSTED_WALD or METHOD_WALD;
 * a headline of the other kinds also takes the name of its own (METHOD_WILSON, METHOD_T). STATUS_INVALID for a method
 * that the headline does not have; STATUS_INTERNAL for a histogram that is of another scale or has a negative count. */
enum status score_of(const struct definition *definition, const struct histogram *histogram, double level,
                     enum method method, struct score *out) __attribute__((warn_unused_result));

/* The headline's value alone; NaN when n = 0. The histogram fits the definition. */
double score_value(const struct definition *definition, const struct histogram *histogram);

/* A mean and its t interval, cut to lower..upper; for moments_rescaled() these are 0 and 100. */
struct estimate score_of_mean(struct moments moments, double level, double lower, double upper);

/* A net score on 0..100, where an index wants all of its parts on one scale: (net + 100) / 2. */
struct estimate score_rescale_net(struct estimate net);

enum quality quality_of(int64_t n);
const char *quality_name(enum quality quality);

#endif
