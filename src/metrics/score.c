/* SPDX-License-Identifier: MIT */
#include "metrics/score.h"

#include <math.h>

static double share_value(struct bands bands)
{
    int64_t n = bands_n(bands);

    return n > 0 ? 100 * (double)bands.satisfied / (double)n : NAN;
}

static double net_value(struct bands bands)
{
    int64_t n = bands_n(bands);

    return n > 0 ? 100 * (double)(bands.satisfied - bands.dissatisfied) / (double)n : NAN;
}

/* Whether the headline is computed by this method, or has no part in it (the default). */
static bool takes(enum statistic headline, enum method method)
{
    switch (method) {
    case METHOD_DEFAULT:
        return true;
    case METHOD_ADJUSTED_WALD:
    case METHOD_WALD:
        return headline == STATISTIC_NET;
    case METHOD_WILSON:
        return headline == STATISTIC_SHARE;
    case METHOD_T:
        return headline == STATISTIC_MEAN;
    default:
        return false;
    }
}

static const struct estimate *headline_of(const struct definition *definition, const struct score *score)
{
    switch (definition->headline) {
    case STATISTIC_NET:
        return &score->net;
    case STATISTIC_SHARE:
        return &score->share;
    default:
        return &score->mean;
    }
}

enum status score_of(const struct definition *definition, const struct histogram *histogram, double level,
                     enum method method, struct score *out)
{
    if (!takes(definition->headline, method))
        return STATUS_INVALID;
    if (!definition_fits(definition, histogram))
        return STATUS_INTERNAL;
    struct bands bands = bands_of(definition, histogram);
    struct moments moments = moments_of(histogram);
    enum method of_net = method == METHOD_WALD ? METHOD_WALD : METHOD_ADJUSTED_WALD;

    *out = (struct score){
        .n = moments.n,
        .net = {net_value(bands), interval_of_net(bands, level, of_net)},
        .share = {share_value(bands), interval_of_share(bands.satisfied, moments.n, level)},
        .mean = score_of_mean(moments, level, definition->min, definition->max),
        .variance = moments_variance(moments),
        .bands = bands,
        .quality = quality_of(moments.n),
    };
    const struct estimate *headline = headline_of(definition, out);
    out->value = headline->value;
    out->interval = headline->interval;
    return STATUS_OK;
}

double score_value(const struct definition *definition, const struct histogram *histogram)
{
    switch (definition->headline) {
    case STATISTIC_NET:
        return net_value(bands_of(definition, histogram));
    case STATISTIC_SHARE:
        return share_value(bands_of(definition, histogram));
    default:
        return histogram_mean(histogram);
    }
}

struct estimate score_of_mean(struct moments moments, double level, double lower, double upper)
{
    struct estimate estimate = {moments.mean, interval_of_mean(moments, level)};

    if (moments.n >= 2) {
        estimate.interval.lower = fmax(estimate.interval.lower, lower);
        estimate.interval.upper = fmin(estimate.interval.upper, upper);
    }
    return estimate;
}

struct estimate score_rescale_net(struct estimate net)
{
    net.value = (net.value + 100) / 2;
    net.interval.lower = (net.interval.lower + 100) / 2;
    net.interval.upper = (net.interval.upper + 100) / 2;
    return net;
}

enum quality quality_of(int64_t n)
{
    if (n < SCORE_INDICATIVE_N)
        return QUALITY_INSUFFICIENT;
    return n < SCORE_OK_N ? QUALITY_INDICATIVE : QUALITY_OK;
}

const char *quality_name(enum quality quality)
{
    static const char *const names[] = {"insufficient", "indicative", "ok"};

    return names[quality];
}
