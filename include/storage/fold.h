/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_FOLD_H
#define HARK_STORAGE_FOLD_H

#include "base/status.h"
#include "storage/database.h"

#include <stdint.h>

/* Each writer counts in a slot of its own, so that none waits for another. Once a quarter of an hour is over the slots are only more
 * rows to read: the keeper sums them up into one. No sum changes. */

enum { FOLD_REST_S = 300 }; /* after its end a quarter counts as closed: most stragglers are in by then */

/* Of the quarters from..to (exclusive) of one project. *cells: how many combinations were left with one row. Not inside a transaction:
 * each some hundred are one of their own. */
enum status fold_slots(struct connection *connection, int32_t project_id, int32_t from, int32_t to, int64_t *cells)
    __attribute__((warn_unused_result));
/* Of all projects. */
enum status fold_closed(struct connection *connection, int32_t from, int32_t to, int64_t *cells)
    __attribute__((warn_unused_result));

#endif
