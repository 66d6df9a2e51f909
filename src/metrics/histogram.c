/* SPDX-License-Identifier: MIT */
#include "metrics/histogram.h"

#include "metrics/moments.h"

static int width(const struct histogram *histogram)
{
    return histogram->max - histogram->min + 1;
}

void histogram_init(struct histogram *histogram, int min, int max)
{
    *histogram = (struct histogram){.min = min, .max = max};
}

enum status histogram_add(struct histogram *histogram, int score, int64_t count)
{
    if (score < histogram->min || score > histogram->max)
        return STATUS_INVALID;
    histogram->counts[score - histogram->min] += count;
    return STATUS_OK;
}

enum status histogram_merge(struct histogram *into, const struct histogram *from)
{
    if (!histogram_is_same_scale(into, from))
        return STATUS_INVALID;
    for (int i = 0; i < HISTOGRAM_SCORES; i++)
        into->counts[i] += from->counts[i];
    return STATUS_OK;
}

enum status histogram_subtract(struct histogram *from, const struct histogram *part)
{
    if (!histogram_is_same_scale(from, part))
        return STATUS_INVALID;
    for (int i = 0; i < HISTOGRAM_SCORES; i++)
        from->counts[i] -= part->counts[i];
    return STATUS_OK;
}

bool histogram_is_valid(const struct histogram *histogram)
{
    if (histogram->min >= histogram->max || histogram->max - histogram->min >= HISTOGRAM_SCORES)
        return false;
    for (int i = 0; i < HISTOGRAM_SCORES; i++) {
        if (histogram->counts[i] < 0 || (i >= width(histogram) && histogram->counts[i] != 0))
            return false;
    }
    return true;
}

bool histogram_is_same_scale(const struct histogram *a, const struct histogram *b)
{
    return a->min == b->min && a->max == b->max;
}

int64_t histogram_n(const struct histogram *histogram)
{
    int64_t n = 0;

    for (int i = 0; i < width(histogram); i++)
        n += histogram->counts[i];
    return n;
}

double histogram_mean(const struct histogram *histogram)
{
    return moments_of(histogram).mean;
}

double histogram_variance(const struct histogram *histogram)
{
    return moments_variance(moments_of(histogram));
}
