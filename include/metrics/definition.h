/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_DEFINITION_H
#define HARK_METRICS_DEFINITION_H

#include "base/status.h"
#include "metrics/histogram.h"

#include <stdbool.h>
#include <stdint.h>

#define DEFINITION_ID_SIZE 80 /* the longest id has 74 characters */

enum metric_kind { METRIC_NPS, METRIC_CSAT, METRIC_CES, METRIC_RATING, METRIC_CUSTOM, METRIC_KIND_COUNT };

enum polarity { POLARITY_HIGH_IS_GOOD, POLARITY_LOW_IS_GOOD, POLARITY_COUNT };

/* Which number of a score is its headline. */
enum statistic {
    STATISTIC_NET,   /* 100 (satisfied - dissatisfied) / n: -100..100 */
    STATISTIC_SHARE, /* 100 satisfied / n: 0..100 */
    STATISTIC_MEAN,  /* mean of the raw scores, on the question's own scale */
    STATISTIC_COUNT
};

/* What a question's answers mean. Sets of scores are bit masks: bit i stands for the score min + i. */
struct definition {
    enum metric_kind kind;
    int min;
    int max;
    enum polarity polarity;
    enum statistic headline;
    uint32_t satisfied;          /* promoters of an NPS */
    uint32_t dissatisfied;       /* detractors of an NPS */
    char id[DEFINITION_ID_SIZE]; /* such as "csat_1_5_top2"; two numbers compare only when their ids are equal */
};

/* The three that need no survey: nps_0_10, csat_1_5_top2, ces_1_7_pct5_7. */
extern const struct definition definition_nps;
extern const struct definition definition_csat;
extern const struct definition definition_ces;

/* Fills in out. satisfied 0 asks for the custom of the kind: NPS 9-10; CES all scores above the midpoint (1-7: 5-7);
 * others the best two, or the best one on scales of up to three scores. dissatisfied 0 asks for as many scores at the
 * bad end, as far as they are not satisfied (NPS 0-6). The headline is the net for an NPS, the mean for a rating and
 * for a CES of low polarity (CES 1.0), the share for all others. STATUS_INVALID: a scale outside -100..100 or not of 2
 * to 11 scores; an NPS that is anything but the standard one (other scales: a custom net score); sets that overlap, or
 * one that leaves the scale or fills it. */
enum status definition_make(enum metric_kind kind, int min, int max, enum polarity polarity, uint32_t satisfied,
                            uint32_t dissatisfied, struct definition *out) __attribute__((warn_unused_result));

/* Makes another number the headline (and so changes the id). STATUS_INVALID for an NPS, which is a net. */
enum status definition_set_headline(struct definition *definition, enum statistic headline)
    __attribute__((warn_unused_result));

/* Same kind, scale and polarity: their histograms may be added up. Others may only be mixed after a rescale. */
bool definition_is_same_scale(const struct definition *a, const struct definition *b);

/* Whether the histogram is valid and of this definition's scale. */
bool definition_fits(const struct definition *definition, const struct histogram *histogram);

/* "nps", "csat", "ces", "rating", "custom"; "net", "share", "mean"; "high_is_good", "low_is_good". */
const char *metric_kind_name(enum metric_kind kind);
const char *statistic_name(enum statistic statistic);
const char *polarity_name(enum polarity polarity);
enum status metric_kind_parse(const char *name, enum metric_kind *out) __attribute__((warn_unused_result));
enum status statistic_parse(const char *name, enum statistic *out) __attribute__((warn_unused_result));
enum status polarity_parse(const char *name, enum polarity *out) __attribute__((warn_unused_result));

#endif
