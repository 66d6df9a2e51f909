/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_ANSWER_AGE_H
#define HARK_API_ANSWER_AGE_H

#include <stdbool.h>
#include <stdint.h>

/* Inside api/ only: how old may be what is told from memory. Times are on the monotonic clock. */

/* Both zero: nothing is ever kept. */
struct answer_ages {
    int64_t own_us;    /* how late an answer that this process stored may come into a reply */
    int64_t others_us; /* one that another process stored */
};

/* How often it is asked for; all zero: never. */
struct answer_demand {
    int64_t window_us; /* when the present window of counting requests began */
    unsigned now;      /* in this window */
    unsigned before;   /* in the one before it */
};

void answer_demand_add(struct answer_demand *demand, int64_t now_us);
/* In the last quarter to half of a second. */
unsigned answer_demand_count(const struct answer_demand *demand);
bool answer_demand_is_high(const struct answer_demand *demand);

/* How old may be what was read at read_us. committed_us: when this process last stored an answer that counts in it. */
int64_t answer_age_max(const struct answer_ages *ages, int64_t read_us, int64_t committed_us);
/* May what was read at read_us be told now? */
bool answer_age_is_fresh(const struct answer_ages *ages, const struct answer_demand *demand, int64_t read_us,
                         int64_t committed_us, int64_t now_us);
/* It is so old that it should be read anew, though it may still be told. */
bool answer_age_is_high(const struct answer_ages *ages, int64_t read_us, int64_t committed_us, int64_t now_us);

#endif
