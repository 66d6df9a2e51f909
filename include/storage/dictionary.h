/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_DICTIONARY_H
#define HARK_STORAGE_DICTIONARY_H

#include "base/status.h"
#include "storage/database.h"
#include "storage/dimension.h"

#include <stddef.h>
#include <stdint.h>

/* Cells by their values: a cache of the process before the tables dimension_value and cell. Thread-safe. */
struct dictionary;

/* What one project may hold, and the most that may be allowed: dimensions that are each capped still multiply. */
enum { DICTIONARY_VALUES_MOST = 65000, DICTIONARY_CELLS_MOST = 10000000 };
struct dictionary_limits {
    int32_t values; /* of each dimension */
    int32_t cells;
};

struct cell_lookup {
    const struct cell_key *key;
    int32_t cell_id;    /* out */
    enum status status; /* out: STATUS_OK, or STATUS_TOO_LARGE: new, and the project's cap is reached */
};

/* limits: NULL: 20,000 and 250,000. */
struct dictionary *dictionary_new(const struct dictionary_limits *limits) __attribute__((warn_unused_result));
void dictionary_free(struct dictionary *dictionary);

/* Finds the cell of every lookup and adds the new ones, committed before it returns: not inside a transaction. */
enum status dictionary_resolve(struct dictionary *dictionary, struct connection *connection,
                               struct cell_lookup *lookups, size_t count) __attribute__((warn_unused_result));
/* From the cache alone; 0 when it isn't there. */
int32_t dictionary_peek(struct dictionary *dictionary, const struct cell_key *key);
/* How many cells the cache holds. */
size_t dictionary_size(struct dictionary *dictionary);

#endif
