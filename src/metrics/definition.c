/* SPDX-License-Identifier: MIT */
#include "metrics/definition.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SCORE_LIMIT     100                                    /* farthest score from 0 that a scale may have */
#define MASK(low, high) ((1U << ((high) + 1)) - (1U << (low))) /* the bits low..high */

const struct definition definition_nps = {
    METRIC_NPS, 0, 10, POLARITY_HIGH_IS_GOOD, STATISTIC_NET, MASK(9, 10), MASK(0, 6), "nps_0_10",
};
const struct definition definition_csat = {
    METRIC_CSAT, 1, 5, POLARITY_HIGH_IS_GOOD, STATISTIC_SHARE, MASK(3, 4), MASK(0, 1), "csat_1_5_top2",
};
const struct definition definition_ces = {
    METRIC_CES, 1, 7, POLARITY_HIGH_IS_GOOD, STATISTIC_SHARE, MASK(4, 6), MASK(0, 2), "ces_1_7_pct5_7",
};

static const char *const kind_names[METRIC_KIND_COUNT] = {"nps", "csat", "ces", "rating", "custom"};
static const char *const statistic_names[STATISTIC_COUNT] = {"net", "share", "mean"};
static const char *const polarity_names[POLARITY_COUNT] = {"high_is_good", "low_is_good"};

/* An id in the making. */
struct text {
    char *out;
    size_t used;
};

static int width(const struct definition *d)
{
    return d->max - d->min + 1;
}

/* The count scores at one end of the scale: the good or the bad one. */
static uint32_t end_of_scale(const struct definition *d, int count, bool good)
{
    bool top = good == (d->polarity == POLARITY_HIGH_IS_GOOD);

    return top ? MASK(width(d) - count, width(d) - 1) : MASK(0, count - 1);
}

static int size_of(uint32_t set)
{
    return __builtin_popcount(set);
}

static uint32_t default_satisfied(const struct definition *d)
{
    if (d->kind == METRIC_CES)
        return end_of_scale(d, width(d) / 2, true);
    return end_of_scale(d, width(d) <= 3 ? 1 : 2, true);
}

static uint32_t default_dissatisfied(const struct definition *d)
{
    if (d->kind == METRIC_NPS)
        return definition_nps.dissatisfied;
    return end_of_scale(d, size_of(d->satisfied), false) & ~d->satisfied;
}

static enum statistic default_headline(const struct definition *d)
{
    if (d->kind == METRIC_NPS)
        return STATISTIC_NET;
    if (d->kind == METRIC_RATING || (d->kind == METRIC_CES && d->polarity == POLARITY_LOW_IS_GOOD))
        return STATISTIC_MEAN;
    return STATISTIC_SHARE;
}

static bool has_scale(const struct definition *d)
{
    return d->min >= -SCORE_LIMIT && d->max <= SCORE_LIMIT && d->min < d->max && width(d) <= HISTOGRAM_SCORES;
}

static bool has_sets(const struct definition *d)
{
    uint32_t all = MASK(0, width(d) - 1);

    return (d->satisfied & ~all) == 0 && d->satisfied != all && (d->dissatisfied & ~all) == 0 &&
           d->dissatisfied != all && (d->satisfied & d->dissatisfied) == 0;
}

static bool is_nps(const struct definition *d)
{
    return d->min == definition_nps.min && d->max == definition_nps.max && d->polarity == definition_nps.polarity &&
           d->satisfied == definition_nps.satisfied && d->dissatisfied == definition_nps.dissatisfied;
}

__attribute__((format(printf, 2, 3))) static void append(struct text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(text->out + text->used, DEFINITION_ID_SIZE - text->used, format, arguments);
    va_end(arguments);
    assert(length >= 0 && text->used + (size_t)length < DEFINITION_ID_SIZE);
    text->used += (size_t)length;
}

/* "_top2", "_bottom2" at the ends of the scale (good end: top, wherever it lies), else "_set1_3". A CES names the
 * range:
 * "_pct5_7". */
static void append_set(struct text *text, const struct definition *d, uint32_t set)
{
    int count = size_of(set);
    const char *separator = "";

    if (d->kind == METRIC_CES && d->headline == STATISTIC_SHARE && set == end_of_scale(d, count, true)) {
        int first = __builtin_ctz(set);
        append(text, "_pct%d_%d", d->min + first, d->min + first + count - 1);
        return;
    }
    if (count > 0 && set == end_of_scale(d, count, true)) {
        append(text, "_top%d", count);
        return;
    }
    if (count > 0 && set == end_of_scale(d, count, false)) {
        append(text, "_bottom%d", count);
        return;
    }
    append(text, "_set");
    for (int i = 0; i < width(d); i++) {
        if (set >> i & 1) {
            append(text, "%s%d", separator, d->min + i);
            separator = "_";
        }
    }
}

static void set_id(struct definition *d)
{
    struct text text = {.out = d->id};

    append(&text, "%s_%d_%d", kind_names[d->kind], d->min, d->max);
    if (d->polarity == POLARITY_LOW_IS_GOOD)
        append(&text, "_low");
    if (d->kind == METRIC_NPS)
        return;
    switch (d->headline) {
    case STATISTIC_MEAN:
        append(&text, "_mean");
        break;
    case STATISTIC_NET:
        append(&text, "_net");
        append_set(&text, d, d->satisfied);
        append_set(&text, d, d->dissatisfied);
        break;
    default:
        append_set(&text, d, d->satisfied);
    }
}

enum status definition_make(enum metric_kind kind, int min, int max, enum polarity polarity, uint32_t satisfied,
                            uint32_t dissatisfied, struct definition *out)
{
    struct definition made = {.kind = kind, .min = min, .max = max, .polarity = polarity};

    if (!has_scale(&made))
        return STATUS_INVALID;
    made.headline = default_headline(&made);
    made.satisfied = satisfied != 0 ? satisfied : default_satisfied(&made);
    made.dissatisfied = dissatisfied != 0 ? dissatisfied : default_dissatisfied(&made);
    if (!has_sets(&made) || (kind == METRIC_NPS && !is_nps(&made)))
        return STATUS_INVALID;
    set_id(&made);
    *out = made;
    return STATUS_OK;
}

enum status definition_set_headline(struct definition *definition, enum statistic headline)
{
    if (definition->kind == METRIC_NPS && headline != STATISTIC_NET)
        return STATUS_INVALID;
    definition->headline = headline;
    set_id(definition);
    return STATUS_OK;
}

bool definition_is_same_scale(const struct definition *a, const struct definition *b)
{
    return a->kind == b->kind && a->min == b->min && a->max == b->max && a->polarity == b->polarity;
}

bool definition_fits(const struct definition *definition, const struct histogram *histogram)
{
    return histogram->min == definition->min && histogram->max == definition->max && histogram_is_valid(histogram);
}

static int find(const char *const *names, int count, const char *wanted)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], wanted) == 0)
            return i;
    }
    return -1;
}

const char *metric_kind_name(enum metric_kind kind)
{
    return kind_names[kind];
}

const char *statistic_name(enum statistic statistic)
{
    return statistic_names[statistic];
}

const char *polarity_name(enum polarity polarity)
{
    return polarity_names[polarity];
}

enum status metric_kind_parse(const char *name, enum metric_kind *out)
{
    int found = find(kind_names, METRIC_KIND_COUNT, name);

    if (found < 0)
        return STATUS_INVALID;
    *out = (enum metric_kind)found;
    return STATUS_OK;
}

enum status statistic_parse(const char *name, enum statistic *out)
{
    int found = find(statistic_names, STATISTIC_COUNT, name);

    if (found < 0)
        return STATUS_INVALID;
    *out = (enum statistic)found;
    return STATUS_OK;
}

enum status polarity_parse(const char *name, enum polarity *out)
{
    int found = find(polarity_names, POLARITY_COUNT, name);

    if (found < 0)
        return STATUS_INVALID;
    *out = (enum polarity)found;
    return STATUS_OK;
}
