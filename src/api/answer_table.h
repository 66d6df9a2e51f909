/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_ANSWER_TABLE_H
#define HARK_API_ANSWER_TABLE_H

#include "answer_age.h"
#include "base/text.h"
#include "etag.h"
#include "http/reply.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* Inside api/ only: replies by their question, bounded in bytes; the one that nobody asked for longest goes first. Times are on
 * the monotonic clock. For one thread at a time. */

struct answer_flight;

struct answer_entry {
    struct answer_entry *next_in_bucket;
    TAILQ_ENTRY(answer_entry) by_use;
    struct text question;
    uint64_t hash;
    struct reply_body *body;   /* NULL: there was none yet */
    struct reply_body *packed; /* the same gzipped; NULL: it was not */
    bool wants_packed;         /* somebody asked who would rather have had it so */
    char etag[ETAG_SIZE];
    int64_t read_us;              /* what was on disk then is in it */
    struct answer_flight *flight; /* that others may wait for; NULL: none */
    unsigned pins;                /* flights that will come back to it */
    struct answer_demand demand;
};

struct answer_table {
    struct answer_entry **buckets;
    TAILQ_HEAD(answer_order, answer_entry) order; /* the latest used first */
    size_t bytes;
    size_t bytes_max;
    size_t count;
    uint64_t evictions;
};

bool answer_table_init(struct answer_table *table, size_t bytes_max) __attribute__((warn_unused_result));
/* Nothing is pinned any more. */
void answer_table_clear(struct answer_table *table);

/* The answer to a question, made where there was none, counted as asked and as used now. NULL: out of memory. */
struct answer_entry *answer_table_ask(struct answer_table *table, struct text question, int64_t now_us);
/* A flight begins, and comes back. Only then may the answer go. */
void answer_table_pin(struct answer_entry *answer);
void answer_table_unpin(struct answer_table *table, struct answer_entry *answer);
/* Keeps the body unless a later one is there; packed may be NULL. */
void answer_table_keep(struct answer_table *table, struct answer_entry *answer, struct reply_body *body,
                       struct reply_body *packed, const char *etag, int64_t read_us);

#endif
