/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_SAMPLE_H
#define HARK_TESTS_SAMPLE_H

#include "metrics/histogram.h"

/* Histograms for the tests of src/metrics. */

/* An NPS with its promoters at 10, its passives at 7 and its detractors at 0. */
struct histogram sample_nps(int64_t promoters, int64_t passives, int64_t detractors);

/* Of the scale min..max, the counts from the lowest score on. */
struct histogram sample_of(int min, int max, const int64_t *counts);
#define SAMPLE(min_, max_, ...) sample_of((min_), (max_), (const int64_t[(max_) - (min_) + 1]){__VA_ARGS__})

/* Whether got is want, as far as the tolerance goes; a NaN is only equal to a NaN. */
bool sample_is_near(double got, double want, double tolerance);

#endif
