/* SPDX-License-Identifier: MIT */
#include "answer_age.h"

enum { WINDOW_US = 250000 };

/* What is asked for so seldom is read whenever something new was stored: whoever posts an answer and then looks finds
 * it. More often than that, as many windows show, the reply may lag. */
enum { ASKED_SELDOM = 16 };

void answer_demand_add(struct answer_demand *demand, int64_t now_us)
{
    int64_t windows = (now_us - demand->window_us) / WINDOW_US;
    if (windows > 0) {
        demand->before = windows == 1 ? demand->now : 0;
        demand->now = 0;
        demand->window_us = windows == 1 ? demand->window_us + WINDOW_US : now_us;
    }
    demand->now++;
}

unsigned answer_demand_count(const struct answer_demand *demand)
{
    return demand->now + demand->before;
}

bool answer_demand_is_high(const struct answer_demand *demand)
{
    return answer_demand_count(demand) > ASKED_SELDOM;
}

int64_t answer_age_max(const struct answer_ages *ages, int64_t read_us, int64_t committed_us)
{
    if (committed_us <= read_us || ages->others_us < ages->own_us)
        return ages->others_us;
    return ages->own_us;
}

bool answer_age_is_fresh(const struct answer_ages *ages, const struct answer_demand *demand, int64_t read_us,
                         int64_t committed_us, int64_t now_us)
{
    return now_us - read_us < answer_age_max(ages, read_us, committed_us) &&
           (committed_us <= read_us || answer_demand_is_high(demand));
}

bool answer_age_is_high(const struct answer_ages *ages, int64_t read_us, int64_t committed_us, int64_t now_us)
{
    return now_us - read_us >= answer_age_max(ages, read_us, committed_us) / 2;
}
