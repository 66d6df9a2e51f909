/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_CONTROL_H
#define HARK_METRICS_CONTROL_H

#include "metrics/definition.h"

#include <stdbool.h>
#include <stddef.h>

#define CONTROL_MIN_N 20 /* a bucket of fewer answers says nothing: not in the baseline, no signal */
#define CONTROL_RUN   8  /* so many points in a row on one side of the centre are a signal */

enum control_signal { CONTROL_QUIET, CONTROL_ABOVE, CONTROL_BELOW, CONTROL_RUN_ABOVE, CONTROL_RUN_BELOW };

/* One bucket of a Shewhart chart. */
struct control_point {
    double value;  /* NaN when the bucket is empty */
    double center; /* NaN, like the limits, when there is no baseline */
    double lower;  /* 3 sigma, cut to the scale; NaN when the bucket is empty */
    double upper;
    enum control_signal signal;
    bool alarm; /* the signal is new: the point before it had none on this side */
};

/* The buckets of a series, oldest first, of which the first `closed` have ended. Centre: all answers of the baseline,
 * which is the closed buckets of CONTROL_MIN_N answers or more. Limits: centre +- 3 sqrt(V / n of the bucket), V of one
 * answer in the baseline: p (1 - p) for a share (p-chart, Shewhart 1931), p + d - (p - d)^2 for a net, the variance of
 * the scores for a mean. Buckets beyond the limits leave the baseline, and centre and limits are computed anew, until
 * no more do (Montgomery, Introduction to Statistical Quality Control, phase I): else two bad days make the good ones
 * look like a run above. Where more than a quarter of the buckets would go, the level itself has changed, and all stay.
 * A bucket that is open or small gets limits and never a signal; small ones are passed over by the run.
 * STATUS_INTERNAL for a bucket that does not fit the definition. */
enum status control_chart(const struct definition *definition, const struct histogram *buckets, size_t count,
                          size_t closed, struct control_point *out) __attribute__((warn_unused_result));

/* The volume of answers (or events) in each bucket, all of one length: c +- 3 sqrt(c), lower limit 0 or more (c-chart).
 * c is the mean of the baseline, which is found in the same way from all closed buckets. */
void control_volume(const int64_t *counts, size_t count, size_t closed, struct control_point *out);

/* "above", "below", "run_above", "run_below"; NULL for CONTROL_QUIET. */
const char *control_signal_name(enum control_signal signal);

#endif
