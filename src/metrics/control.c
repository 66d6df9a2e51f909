/* SPDX-License-Identifier: MIT */
#include "metrics/control.h"

#include "metrics/bands.h"
#include "metrics/score.h"

#include <assert.h>
#include <math.h>

#define SIGMAS       3
#define MOST_PUT_OUT 4 /* at most one bucket in so many may leave the baseline */

/* Scores of buckets, or mere counts where there is no definition. */
struct series {
    const struct definition *definition;
    const struct histogram *buckets;
    const int64_t *counts;
    size_t count;
    size_t closed;
};

/* What the buckets are expected to scatter around. */
struct baseline {
    double center;
    double variance; /* of one answer, or of one count; in squared units of the value */
    double low;      /* ends of the scale */
    double high;
};

/* The points that were judged so far, in the order of time. */
struct history {
    int run;                    /* how many in a row lie on one side */
    int side;                   /* which: +1, -1, 0 none */
    enum control_signal signal; /* of the last one */
};

static double n_of(const struct series *series, size_t i)
{
    return series->definition != NULL ? (double)histogram_n(&series->buckets[i]) : 1;
}

static double value_of(const struct series *series, size_t i)
{
    if (series->definition == NULL)
        return (double)series->counts[i];
    return score_value(series->definition, &series->buckets[i]);
}

static bool is_judged(const struct series *series, size_t i)
{
    return i < series->closed && (series->definition == NULL || n_of(series, i) >= CONTROL_MIN_N);
}

static struct baseline baseline_of_scores(const struct definition *definition, const struct histogram *pooled)
{
    struct baseline baseline = {.center = score_value(definition, pooled), .low = 0, .high = 100};
    double p = baseline.center / 100;
    switch (definition->headline) {
    case STATISTIC_NET:
        baseline.variance = 1e4 * net_of(bands_of(definition, pooled), METHOD_WALD).variance;
        baseline.low = -100;
        break;
    case STATISTIC_SHARE:
        baseline.variance = 1e4 * p * (1 - p);
        break;
    default:
        baseline.variance = histogram_variance(pooled);
        baseline.low = definition->min;
        baseline.high = definition->max;
    }
    return baseline;
}

/* Of all judged buckets but those that were put out (marked by alarm, which the points do not need yet). */
static struct baseline baseline_of(const struct series *series, const struct control_point *points)
{
    struct histogram pooled = {0};
    double sum = 0;
    double used = 0;
    if (series->definition != NULL)
        histogram_init(&pooled, series->definition->min, series->definition->max);
    for (size_t i = 0; i < series->closed; i++) {
        if (!is_judged(series, i) || points[i].alarm)
            continue;
        used++;
        if (series->definition == NULL)
            sum += (double)series->counts[i];
        else
            for (int j = 0; j < HISTOGRAM_SCORES; j++)
                pooled.counts[j] += series->buckets[i].counts[j];
    }
    if (series->definition != NULL)
        return baseline_of_scores(series->definition, &pooled);
    return (struct baseline){.center = sum / used, .variance = sum / used, .low = 0, .high = INFINITY};
}

static struct control_point point_of(const struct series *series, const struct baseline *baseline, size_t i)
{
    struct control_point point = {.value = value_of(series, i), .center = baseline->center, .lower = NAN, .upper = NAN};
    double reach = SIGMAS * sqrt(baseline->variance / n_of(series, i));
    if (n_of(series, i) > 0 && !isnan(reach)) {
        point.lower = fmax(baseline->center - reach, baseline->low);
        point.upper = fmin(baseline->center + reach, baseline->high);
    }
    return point;
}

/* Marks the buckets of the baseline that lie beyond its limits; how many they are. */
static size_t put_out(const struct series *series, const struct baseline *baseline, struct control_point *points)
{
    size_t put = 0;
    for (size_t i = 0; i < series->closed; i++) {
        if (!is_judged(series, i) || points[i].alarm)
            continue;
        struct control_point point = point_of(series, baseline, i);
        points[i].alarm = point.value < point.lower || point.value > point.upper;
        put += points[i].alarm;
    }
    return put;
}

static struct baseline find_baseline(const struct series *series, struct control_point *points)
{
    size_t judged = 0;
    size_t out = 0;
    for (size_t i = 0; i < series->count; i++) {
        points[i].alarm = false;
        judged += is_judged(series, i);
    }
    const struct baseline all = baseline_of(series, points);
    struct baseline baseline = all;
    for (size_t put = put_out(series, &all, points); put > 0; put = put_out(series, &baseline, points)) {
        out += put;
        if (out * MOST_PUT_OUT > judged)
            return all;
        baseline = baseline_of(series, points);
    }
    return baseline;
}

static int side_of_signal(enum control_signal signal)
{
    switch (signal) {
    case CONTROL_ABOVE:
    case CONTROL_RUN_ABOVE:
        return 1;
    case CONTROL_BELOW:
    case CONTROL_RUN_BELOW:
        return -1;
    default:
        return 0;
    }
}

static enum control_signal signal_of(const struct control_point *point, const struct history *history)
{
    if (point->value > point->upper)
        return CONTROL_ABOVE;
    if (point->value < point->lower)
        return CONTROL_BELOW;
    if (history->run >= CONTROL_RUN)
        return history->side > 0 ? CONTROL_RUN_ABOVE : CONTROL_RUN_BELOW;
    return CONTROL_QUIET;
}

static void judge(struct control_point *point, struct history *history)
{
    int side = (point->value > point->center) - (point->value < point->center);
    if (side == 0)
        history->run = 0;
    else
        history->run = side == history->side ? history->run + 1 : 1;
    history->side = side;
    point->signal = signal_of(point, history);
    point->alarm = point->signal != CONTROL_QUIET && side_of_signal(point->signal) != side_of_signal(history->signal);
    history->signal = point->signal;
}

static void draw(const struct series *series, struct control_point *out)
{
    struct history history = {0};
    assert(series->closed <= series->count);
    const struct baseline baseline = find_baseline(series, out);
    for (size_t i = 0; i < series->count; i++) {
        out[i] = point_of(series, &baseline, i);
        if (is_judged(series, i))
            judge(&out[i], &history);
    }
}

enum status control_chart(const struct definition *definition, const struct histogram *buckets, size_t count,
                          size_t closed, struct control_point *out)
{
    for (size_t i = 0; i < count; i++)
        if (!definition_fits(definition, &buckets[i]))
            return STATUS_INTERNAL;
    draw(&(struct series){.definition = definition, .buckets = buckets, .count = count, .closed = closed}, out);
    return STATUS_OK;
}

void control_volume(const int64_t *counts, size_t count, size_t closed, struct control_point *out)
{
    draw(&(struct series){.counts = counts, .count = count, .closed = closed}, out);
}

const char *control_signal_name(enum control_signal signal)
{
    static const char *const names[] = {NULL, "above", "below", "run_above", "run_below"};
    return names[signal];
}
