/* SPDX-License-Identifier: MIT */
#include "metrics/index.h"

#include <math.h>

struct index_score index_of(const struct index_component *components, size_t count)
{
    struct index_score index = {.estimate = {.value = 0, .interval = {.method = METHOD_WEIGHTED_BOUNDS}}};
    struct interval *interval = &index.estimate.interval;
    double all = 0;
    double there = 0;

    for (size_t i = 0; i < count; i++) {
        const struct estimate *estimate = &components[i].estimate;
        double weight = components[i].weight;
        all += weight;
        if (isnan(estimate->value) || !(weight > 0))
            continue;
        there += weight;
        index.estimate.value += weight * estimate->value;
        interval->level = estimate->interval.level;
        interval->lower += weight * estimate->interval.lower;
        interval->upper += weight * estimate->interval.upper;
    }
    /* with nothing there, 0 / 0 is the NaN that is promised */
    index.estimate.value /= there;
    interval->lower /= there;
    interval->upper /= there;
    index.coverage = all > 0 ? there / all : 0;
    return index;
}
