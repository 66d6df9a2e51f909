/* SPDX-License-Identifier: MIT */
#ifndef HARK_DEMO_STORY_H
#define HARK_DEMO_STORY_H

#include "random.h"
#include "shop.h"

#include <stdint.h>

/* Inside demo/ only: what the year brings. Days are counted from 1970; `ago` is how many days before the last one. */

/* How much is going on at a channel, against an ordinary day of its average year. */
double story_traffic(enum channel channel, int32_t day, int ago);

/* What the day does to a visit. */
struct story_effect {
    double feeling; /* in standard deviations of one answer */
    double failed;  /* added to the touchpoint's own shares */
    double abandoned;
    bool is_bad_release;
};
struct story_effect story_effect(enum channel channel, enum touchpoint touchpoint, int region, int32_t day, int ago);

/* The app's version that a region has on that day. */
const char *story_release(int region, int ago);

#endif
