/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_IMPACT_H
#define HARK_METRICS_IMPACT_H

#include "metrics/definition.h"
#include "metrics/moments.h"

/* What a part does to the whole. Impacts of parts that overlap do not add up. */
struct impact {
    int64_t n;           /* answers of the part */
    double volume_share; /* 100 n / answers of the whole; NaN when the whole is empty */
    double score;        /* headline of the part alone; NaN when it is empty */
    double without;      /* headline of the whole without the part; NaN when nothing is left */
    double impact;       /* score(whole) - without; NaN when nothing is left */
};

/* STATUS_INTERNAL for a histogram that does not fit the definition, or a part that is not within the whole. */
enum status impact_of(const struct definition *definition, const struct histogram *whole, const struct histogram *part,
                      struct impact *out) __attribute__((warn_unused_result));

/* The same of means, such as rescaled ones: rest is the whole without the part. */
struct impact impact_of_means(struct moments whole, struct moments part, struct moments rest);

#endif
