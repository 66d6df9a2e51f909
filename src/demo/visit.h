/* SPDX-License-Identifier: MIT */
#ifndef HARK_DEMO_VISIT_H
#define HARK_DEMO_VISIT_H

#include "base/id.h"
#include "opinion.h"
#include "random.h"
#include "shop.h"

#include <stdbool.h>
#include <stdint.h>

/* Inside demo/ only: one customer at one touchpoint, and what became of it. */

enum outcome { OUTCOME_COMPLETED, OUTCOME_FAILED, OUTCOME_ABANDONED };

struct customer {
    uint32_t number;
    int region;
    int product;
    bool is_business;
    double bias; /* some are never satisfied */
};

/* Always the same for one seed and number. */
struct customer customer_of(uint64_t seed, uint32_t number);

struct visit {
    struct customer customer;
    enum channel channel;
    enum touchpoint touchpoint;
    enum outcome outcome;
    const char *segment;
    const char *release; /* NULL: not in the app */
    int64_t began_us;
    int64_t duration_ms;
    bool is_bad_release;
    bool is_answered;
    int64_t answered_us;
    struct opinion opinion;
};

/* A visit of the customer on that day; is_first: it never came before. */
struct visit visit_of(struct random *random, const struct customer *customer, bool is_first, enum channel channel,
                      int32_t day, int ago);

#endif
