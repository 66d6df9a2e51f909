/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_LIMITER_H
#define HARK_BASE_LIMITER_H

#include "base/gcra.h"

#include <stddef.h>
#include <stdint.h>

/* Rates of many who are limited, in memory of a fixed size. Thread-safe: an uncontended lock of a shard for each call.
 *
 * Subjects are known by a hash under a secret of the process, so that nobody can choose whose place to take. Where a place is
 * needed, the one whose debt is the smallest is forgotten, which can only be to its advantage. */
struct limiter;

/* slots: rounded up to a power of two, 16 bytes each. NULL: out of memory. */
struct limiter *limiter_new(size_t slots) __attribute__((warn_unused_result));
void limiter_free(struct limiter *limiter);

/* A rate without a count allows all, and remembers nothing. */
struct rate_verdict limiter_take(struct limiter *limiter, const void *subject, size_t size, const struct rate *rate,
                                 int64_t now_us);

#endif
