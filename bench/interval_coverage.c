/* SPDX-License-Identifier: MIT */
/* How often does the 95 % interval of an NPS contain the true score? Not simulated: every possible sample of n answers
 * is weighed with its trinomial probability, so the figures are exact. Rocks (2016, arXiv 1601.07235) and MeasuringU
 * (2021) found by simulation and on real surveys that the adjusted Wald interval does best; this table shows what that
 * of the library does. */
#include "metrics/interval.h"

#include <math.h>
#include <stdio.h>

#define LEVEL        0.95
#define GRID         20 /* populations in steps of 1 / GRID */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What customers would say if all were asked. */
struct population {
    const char *name;
    double promoters;
    double detractors;
};

struct coverage {
    double covered; /* percent of all samples */
    double width;   /* mean of the interval's, in points */
};

static double log_factorial(int64_t n)
{
    int sign;
    return lgamma_r((double)n + 1, &sign);
}

/* log of x^n, where 0^0 is 1. */
static double log_power(double x, int64_t n)
{
    return n == 0 ? 0 : (double)n * log(x);
}

static double probability(struct bands bands, const struct population *population)
{
    double neutral = fmax(1 - population->promoters - population->detractors, 0);
    return exp(log_factorial(bands_n(bands)) - log_factorial(bands.satisfied) - log_factorial(bands.neutral) -
               log_factorial(bands.dissatisfied) + log_power(population->promoters, bands.satisfied) +
               log_power(neutral, bands.neutral) + log_power(population->detractors, bands.dissatisfied));
}

static struct coverage coverage_of(const struct population *population, int64_t n, enum method method)
{
    double truth = 100 * (population->promoters - population->detractors);
    struct coverage coverage = {0};
    for (int64_t p = 0; p <= n; p++) {
        for (int64_t d = 0; p + d <= n; d++) {
            struct bands bands = {.satisfied = p, .neutral = n - p - d, .dissatisfied = d};
            struct interval interval = interval_of_net(bands, LEVEL, method);
            double weight = probability(bands, population);
            coverage.width += weight * (interval.upper - interval.lower);
            if (interval.lower - 1e-9 <= truth && truth <= interval.upper + 1e-9)
                coverage.covered += 100 * weight;
        }
    }
    return coverage;
}

static void print_row(const char *name, int64_t n, struct coverage adjusted, struct coverage wald)
{
    printf("%-34s %4d   %6.2f %6.1f   %6.2f %6.1f\n", name, (int)n, adjusted.covered, adjusted.width, wald.covered,
           wald.width);
}

/* The mean and the worst over all populations of a grid in which each band has at least one step. */
static void print_grid(int64_t n, enum method method)
{
    double sum = 0;
    double worst = 100;
    int populations = 0;
    for (int p = 1; p < GRID; p++) {
        for (int d = 1; p + d < GRID; d++) {
            const struct population population = {"", (double)p / GRID, (double)d / GRID};
            double covered = coverage_of(&population, n, method).covered;
            sum += covered;
            worst = fmin(worst, covered);
            populations++;
        }
    }
    printf("%-14s %4d   mean %6.2f   worst %6.2f   (%d populations, each band at least %d %%)\n", method_name(method),
           (int)n, sum / populations, worst, populations, 100 / GRID);
}

int main(void)
{
    static const struct population populations[] = {
        {"a third each (NPS 0)", 1.0 / 3, 1.0 / 3},
        {"50/30/20 (NPS 30)", 0.5, 0.2},
        {"70/20/10 (NPS 60)", 0.7, 0.1},
        {"74/14/12, a hotel group (NPS 62)", 0.741, 0.117},
        {"20/30/50 (NPS -30)", 0.2, 0.5},
        {"90/8/2 (NPS 88)", 0.9, 0.02},
        {"10/80/10 (NPS 0, few extremes)", 0.1, 0.1},
    };
    static const int64_t sizes[] = {20, 50, 200};
    printf("Coverage of the 95 %% interval of an NPS, exact\n\n");
    printf("%-34s %4s   %13s   %13s\n", "", "", "adjusted Wald", "Wald");
    printf("%-34s %4s   %6s %6s   %6s %6s\n", "promoters/passives/detractors", "n", "%", "width", "%", "width");
    for (size_t i = 0; i < COUNT(populations); i++)
        for (size_t j = 0; j < COUNT(sizes); j++)
            print_row(populations[i].name, sizes[j], coverage_of(&populations[i], sizes[j], METHOD_ADJUSTED_WALD),
                      coverage_of(&populations[i], sizes[j], METHOD_WALD));
    printf("\n");
    for (size_t j = 0; j < COUNT(sizes); j++) {
        print_grid(sizes[j], METHOD_ADJUSTED_WALD);
        print_grid(sizes[j], METHOD_WALD);
    }
    return 0;
}
