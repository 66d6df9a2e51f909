/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_PENDING_H
#define HARK_STORAGE_PENDING_H

#include "base/status.h"
#include "storage/database.h"

#include <stddef.h>
#include <stdint.h>

/* Scores that response_add stored and rollup_quarter does not hold yet: rows of rollup_pending. They are part of every number, for whoever
 * reads counts reads both; this is only where they are moved. */

/* What one session's batches left there: at most some thousand answers; more is left to pending_sweep. */
struct pending;

struct pending *pending_new(void) __attribute__((warn_unused_result)); /* NULL: no memory */
void pending_free(struct pending *pending);
/* How many answers wait. */
size_t pending_answers(const struct pending *pending);
/* From when on the first of them does, on the monotonic clock. */
int64_t pending_since_us(const struct pending *pending);
/* They are left to pending_sweep. */
void pending_forget(struct pending *pending);
/* Adds them to the counters of the slot, and forgets them. Their projects are opened to the session. All or nothing; does not wait for the
 * disk. STATUS_INVALID: some were not there any more, and nothing was done. */
enum status pending_fold(struct connection *connection, struct pending *pending, int16_t slot)
    __attribute__((warn_unused_result));

/* Seconds: longer than a committer lets anything wait; and what takes all there is, also what came since the transaction began, and by a
 * clock that was put back meanwhile. */
enum { PENDING_OLD_S = 10, PENDING_ALL_S = -86400 };

/* The same with all that has waited for longer than so many seconds, whoever left it. For the owner of the tables, as is the next one.
 * *rows: how many batches that were. */
enum status pending_sweep(struct connection *connection, int seconds, int64_t *rows)
    __attribute__((warn_unused_result));

/* The keeper's round: sweeps what is old, for its committer is no more, and clears the places of what was added up. Not inside a
 * transaction. */
enum status pending_tend(struct connection *connection, int64_t *rows) __attribute__((warn_unused_result));

#endif
