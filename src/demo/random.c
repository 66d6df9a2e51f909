/* SPDX-License-Identifier: MIT */
#include "random.h"

/* SplitMix64 (Steele, Lea and Flood 2014): a counter, and a mix of its bits. */
uint64_t random_bits(struct random *random)
{
    uint64_t bits = random->state += UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    return bits ^ bits >> 31;
}

struct random random_of(uint64_t seed, uint64_t stream)
{
    struct random mixed = {seed};
    mixed.state = random_bits(&mixed) ^ stream;
    mixed.state = random_bits(&mixed);
    return mixed;
}

double random_share(struct random *random)
{
    return (double)(random_bits(random) >> 11) * 0x1p-53;
}

bool random_is(struct random *random, double probability)
{
    return random_share(random) < probability;
}

size_t random_below(struct random *random, size_t count)
{
    return (size_t)(random_share(random) * (double)count);
}

/* The sum of twelve uniform numbers: sums alone, so that no library's rounding is in it. */
double random_normal(struct random *random)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += random_share(random);
    return sum;
}

size_t random_pick(struct random *random, const double weights[], size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += weights[i];
    double left = random_share(random) * sum;
    size_t i = 0;
    while (i + 1 < count && left >= weights[i])
        left -= weights[i++];
    return i;
}
