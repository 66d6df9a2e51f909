/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_BANDS_H
#define HARK_METRICS_BANDS_H

#include "metrics/definition.h"
#include "metrics/method.h"

#include <stdint.h>

/* Answers in three bands: promoters, passives and detractors of an NPS, and their like on other scales. */
struct bands {
    int64_t satisfied;
    int64_t neutral;
    int64_t dissatisfied;
};

struct bands bands_of(const struct definition *definition, const struct histogram *histogram);

int64_t bands_n(struct bands bands);

/* What the normal theory of a net score rests on, in answers of +1, 0 and -1 (times 100: points). */
struct net {
    double n;
    double value;    /* p - d; NaN when n = 0 */
    double variance; /* of one answer: p + d - (p - d)^2, the multinomial one */
};

/* By METHOD_WALD as counted; by METHOD_ADJUSTED_WALD (and METHOD_DEFAULT) with three more answers, 3/4 satisfied, 3/2
 * neutral, 3/4 dissatisfied: (3, T) of Rocks 2016, arXiv 1601.07235. */
struct net net_of(struct bands bands, enum method method);

#endif
