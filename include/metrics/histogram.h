/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_HISTOGRAM_H
#define HARK_METRICS_HISTOGRAM_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

#define HISTOGRAM_SCORES 11

/* How many answers gave each score of a scale of 2 to 11 whole scores, such as 0-10 or 1-5. Every number of this
 * library comes from histograms alone. A plain value: copy it as you like. */
struct histogram {
    int min;                          /* lowest score of the scale */
    int max;                          /* highest score of the scale */
    int64_t counts[HISTOGRAM_SCORES]; /* counts[i]: answers of score min + i */
};

/* Empty, for the scale min..max. */
void histogram_init(struct histogram *histogram, int min, int max);

/* count more answers of this score; a negative count takes answers away (the slots of one cell may be negative, their
 * sum may not). STATUS_INVALID, and nothing changes, for a score outside the scale. */
enum status histogram_add(struct histogram *histogram, int score, int64_t count) __attribute__((warn_unused_result));

/* Adds or takes away, score by score. STATUS_INVALID, and nothing changes, when the two have different scales. */
enum status histogram_merge(struct histogram *into, const struct histogram *from) __attribute__((warn_unused_result));
enum status histogram_subtract(struct histogram *from, const struct histogram *part)
    __attribute__((warn_unused_result));

/* Whether the scale is one of 2 to 11 scores and no count is negative: what every score and test asks for. */
bool histogram_is_valid(const struct histogram *histogram);

bool histogram_is_same_scale(const struct histogram *a, const struct histogram *b);

/* Number of answers. */
int64_t histogram_n(const struct histogram *histogram);

/* Mean score; NaN when there is no answer. */
double histogram_mean(const struct histogram *histogram);

/* Sample variance (divided by n - 1); NaN for fewer than two answers. */
double histogram_variance(const struct histogram *histogram);

#endif
