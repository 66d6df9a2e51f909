/* SPDX-License-Identifier: MIT */
#include "metrics/bands.h"

#include <math.h>

struct bands bands_of(const struct definition *definition, const struct histogram *histogram)
{
    struct bands bands = {0};

    for (int i = 0; i <= histogram->max - histogram->min; i++) {
        if (definition->satisfied >> i & 1)
            bands.satisfied += histogram->counts[i];
        else if (definition->dissatisfied >> i & 1)
            bands.dissatisfied += histogram->counts[i];
        else
            bands.neutral += histogram->counts[i];
    }
    return bands;
}

int64_t bands_n(struct bands bands)
{
    return bands.satisfied + bands.neutral + bands.dissatisfied;
}

struct net net_of(struct bands bands, enum method method)
{
    double more = method == METHOD_WALD ? 0 : 0.75;
    double n = (double)bands_n(bands) + 4 * more;

    if (n <= 0)
        return (struct net){.n = 0, .value = NAN, .variance = NAN};
    double p = ((double)bands.satisfied + more) / n;
    double d = ((double)bands.dissatisfied + more) / n;
    /* the difference of whole numbers: rounded once */
    double value = (double)(bands.satisfied - bands.dissatisfied) / n;

    return (struct net){.n = n, .value = value, .variance = fmax(p + d - value * value, 0)};
}
