/* SPDX-License-Identifier: MIT */
#include "metrics/impact.h"

#include "metrics/score.h"

#include <math.h>

enum status impact_of(const struct definition *definition, const struct histogram *whole, const struct histogram *part,
                      struct impact *out)
{
    struct histogram rest = *whole;

    if (!definition_fits(definition, whole) || !definition_fits(definition, part) ||
        histogram_subtract(&rest, part) != STATUS_OK || !histogram_is_valid(&rest))
        return STATUS_INTERNAL;
    int64_t n = histogram_n(part);
    int64_t all = histogram_n(whole);
    double without = score_value(definition, &rest);

    *out = (struct impact){
        .n = n,
        .volume_share = all > 0 ? 100 * (double)n / (double)all : NAN,
        .score = score_value(definition, part),
        .without = without,
        .impact = score_value(definition, whole) - without,
    };
    return STATUS_OK;
}

struct impact impact_of_means(struct moments whole, struct moments part, struct moments rest)
{
    return (struct impact){
        .n = part.n,
        .volume_share = whole.n > 0 ? 100 * (double)part.n / (double)whole.n : NAN,
        .score = part.mean,
        .without = rest.mean,
        .impact = whole.mean - rest.mean,
    };
}
