/* SPDX-License-Identifier: MIT */
#ifndef HARK_DEMO_RANDOM_H
#define HARK_DEMO_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inside demo/ only: numbers that look random and are the same on every machine. Nothing secret is made of them. */
struct random {
    uint64_t state;
};

/* stream keeps sequences of one seed apart. */
struct random random_of(uint64_t seed, uint64_t stream);
uint64_t random_bits(struct random *random);
/* From 0 up to, and without, 1. */
double random_share(struct random *random);
bool random_is(struct random *random, double probability);
/* From 0 to count - 1. */
size_t random_below(struct random *random, size_t count);
/* Mean 0, standard deviation 1, never beyond 6. */
double random_normal(struct random *random);
/* An index, each as often as its weight says. */
size_t random_pick(struct random *random, const double weights[], size_t count);

#endif
