/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_TALLY_H
#define HARK_STORAGE_TALLY_H

#include "storage/response.h"
#include "storage/rollup.h"

/* Inside storage/ only. Pure: what new responses add to the rollups. */

/* A counter; four fit an int8. */
enum { TALLY_BITS = 15, TALLY_MAX = (1 << TALLY_BITS) - 1, TALLY_WORDS = (ROLLUP_COUNTERS + 3) / 4 };

/* How many answers of each score one cell got in one quarter of an hour. */
struct tally {
    int32_t project_id;
    int32_t quarter;
    int32_t cell_id;
    uint16_t counts[ROLLUP_COUNTERS];
};

/* One for each, without what a test key sent. tallies has room for count. Returns how many. */
size_t tally_responses(struct response *const *responses, size_t count, struct tally *tallies);
/* Adds up those of one key; ascending by (project, quarter, cell) then. They stand for at most TALLY_MAX answers. Returns how many are left. */
size_t tally_merge(struct tally *tallies, size_t count);
/* Four counters, the first in the lowest bits. */
int64_t tally_word(const struct tally *tally, size_t word);

#endif
