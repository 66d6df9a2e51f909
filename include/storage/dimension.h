/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_DIMENSION_H
#define HARK_STORAGE_DIMENSION_H

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* What numbers can be split by. The values are stored in dimension_value.dimension: never renumber. The first ten
 * come with an answer; country follows from its region. */
enum dimension {
    DIMENSION_SURVEY,
    DIMENSION_CHANNEL,
    DIMENSION_REGION,
    DIMENSION_TOUCHPOINT,
    DIMENSION_PRODUCT,
    DIMENSION_SEGMENT,
    DIMENSION_DECLARED_1,
    DIMENSION_DECLARED_2,
    DIMENSION_DECLARED_3,
    DIMENSION_DECLARED_4,
    DIMENSION_COUNTRY,
    DIMENSION_COUNT
};

enum {
    DIMENSION_SENT = DIMENSION_COUNTRY, /* how many come with an answer */
    DECLARED_MAX = 4,
    DIMENSION_VALUE_CHARACTERS = 64
};

/* Names of the built-in ones, and of country; NULL for declared ones, whose names a project gives. */
const char *dimension_name(enum dimension dimension);

/* The values' texts become copies in the arena; absent ones stay so. False: out of memory. */
bool dimension_values_copy(struct text values[DIMENSION_COUNT], struct arena *arena)
    __attribute__((warn_unused_result));

/* One combination of values within a project. */
struct cell_key {
    int32_t project_id;
    struct text values[DIMENSION_COUNT]; /* absent: missing */
    uint64_t hash;                       /* by cell_key_seal */
};

/* Call when the first ten values are set: derives the country from the region, and what the dictionary looks it up by. */
void cell_key_seal(struct cell_key *key);
_Bool cell_key_equal(const struct cell_key *a, const struct cell_key *b);

#endif
