/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_INDEX_H
#define HARK_METRICS_INDEX_H

#include "metrics/score.h"

#include <stddef.h>

struct index_component {
    struct estimate estimate; /* value NaN: missing */
    double weight;            /* 0 or more */
};

/* The weighted mean of scores on one common scale (all -100..100, or all 0..100: score_rescale_net()). */
struct index_score {
    struct estimate estimate; /* NaN when nothing is there to weigh */
    double coverage;          /* 0..1: share of the weight whose components were there */
};

/* sum w v / sum w over the components that are there; the weights of the missing ones fall to the others, and coverage
 * says so. The interval is the weighted mean of their bounds (METHOD_WEIGHTED_BOUNDS): as wide as if all erred
 * together, and so never too narrow, however the components hang together (mostly they come from the same customers).
 * Its bounds are NaN when a component has a value but no interval. */
struct index_score index_of(const struct index_component *components, size_t count);

#endif
