/* SPDX-License-Identifier: MIT */
#include "opinion.h"

#include <math.h>
#include <stdbool.h>

/* Ordered probit: each question has the feeling in it and something of its own, and the sum is cut where the normal
 * distribution has the shares of an average year. In per cent, from the lowest score up:
 * nps 2.4 .9 1.4 1.8 2.1 5.2 6.2 12 19.5 20.5 28; csat 4 6 14 37 39; ces 3 4 6 11 20 29 27. */
static const double nps_cuts[] = {-1.977, -1.838, -1.675, -1.514, -1.366, -1.089, -.842, -.468, .038, .583};
static const double csat_cuts[] = {-1.751, -1.282, -.706, .279};
static const double ces_cuts[] = {-1.881, -1.476, -1.126, -.706, -.151, .613};
static const double SHARED = .82; /* of the standard deviation */

static int score_of(struct random *random, double feeling, const double cuts[], int count, int lowest)
{
    double value = SHARED * feeling + sqrt(1 - SHARED * SHARED) * random_normal(random);
    int score = 0;
    while (score < count && value > cuts[score])
        score++;
    return lowest + score;
}

struct opinion opinion_of(struct random *random, double feeling, const struct survey_row *survey)
{
    bool has_nps = random_is(random, survey->asks[0]);
    bool has_csat = random_is(random, survey->asks[1]);
    bool has_ces = random_is(random, survey->asks[2]);
    struct opinion opinion = {OPINION_ABSENT, OPINION_ABSENT, OPINION_ABSENT};
    if (has_nps)
        opinion.nps = score_of(random, feeling, nps_cuts, 10, 0);
    if (has_csat || !has_nps)
        opinion.csat = score_of(random, feeling, csat_cuts, 4, 1);
    if (has_ces)
        opinion.ces = score_of(random, feeling, ces_cuts, 6, 1);
    return opinion;
}

enum mood opinion_mood(const struct opinion *opinion)
{
    if (opinion->nps != OPINION_ABSENT)
        return opinion->nps >= 9 ? MOOD_GOOD : opinion->nps >= 7 ? MOOD_MIXED : MOOD_BAD;
    return opinion->csat == 5 ? MOOD_GOOD : opinion->csat == 4 ? MOOD_MIXED : MOOD_BAD;
}
