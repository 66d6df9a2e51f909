/* SPDX-License-Identifier: MIT */
#ifndef HARK_DEMO_OPINION_H
#define HARK_DEMO_OPINION_H

#include "random.h"
#include "shop.h"

/* Inside demo/ only: from what a customer feels to the scores that they give. */

enum { OPINION_ABSENT = -1 };

/* All three questions are about one experience, so their scores go together (Spearman's rho of 0.6 or so), and not quite. */
struct opinion {
    int nps;
    int csat;
    int ces;
};

/* feeling: normal with mean 0 and variance 1 over an average year. At least one score is there. */
struct opinion opinion_of(struct random *random, double feeling, const struct survey_row *survey);

/* How it reads in words. */
enum mood { MOOD_BAD, MOOD_MIXED, MOOD_GOOD, MOOD_COUNT };
enum mood opinion_mood(const struct opinion *opinion);

#endif
