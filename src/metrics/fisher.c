/* SPDX-License-Identifier: MIT */
#include "metrics/fisher.h"

#include <math.h>

/* A 2 x 2 table with its margins held fast: how many of the drawn (of n) are marked. */
struct margins {
    int64_t n;
    int64_t drawn;
    int64_t marked;
};

/* P(k + 1) / P(k) of the hypergeometric distribution. */
static double step_up(struct margins m, int64_t k)
{
    double up = (double)(m.drawn - k) * (double)(m.marked - k);
    double down = (double)(k + 1) * (double)(m.n - m.drawn - m.marked + k + 1);

    return up / down;
}

static int64_t mode_of(struct margins m)
{
    return (int64_t)floor((double)(m.drawn + 1) * ((double)(m.marked + 1) / (double)(m.n + 2)));
}

/* P(k) / P(mode). */
static double relative_probability(struct margins m, int64_t k)
{
    double probability = 1;

    for (int64_t i = mode_of(m); i < k && probability > 0; i++)
        probability *= step_up(m, i);
    for (int64_t i = mode_of(m); i > k && probability > 0; i--)
        probability /= step_up(m, i - 1);
    return probability;
}

/* What the tables have together, and what those have that are no more likely than the one seen. */
struct sums {
    double all;
    double as_unlikely;
};

static void take(struct sums *sums, double probability, double limit)
{
    sums->all += probability;
    if (probability <= limit)
        sums->as_unlikely += probability;
}

/* From the mode to both ends: everything stays between 0 and 1, and the walk ends where nothing more is added. */
double fisher_p(int64_t a_x, int64_t a_n, int64_t b_x, int64_t b_n)
{
    struct margins m = {.n = a_n + b_n, .drawn = a_n, .marked = a_x + b_x};
    int64_t first = m.marked > b_n ? m.marked - b_n : 0;
    int64_t last = m.marked < a_n ? m.marked : a_n;
    double limit = relative_probability(m, a_x) * (1 + 1e-7); /* ties that rounding parted: the factor of R */
    struct sums sums = {0};
    double probability = 1;

    for (int64_t k = mode_of(m); k <= last && probability > 0; k++) {
        take(&sums, probability, limit);
        probability *= step_up(m, k);
    }
    probability = 1;
    for (int64_t k = mode_of(m); k > first && probability > 0; k--) {
        probability /= step_up(m, k - 1);
        take(&sums, probability, limit);
    }
    return fmin(sums.as_unlikely / sums.all, 1);
}
