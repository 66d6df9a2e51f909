/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_ERASURE_H
#define HARK_STORAGE_ERASURE_H

#include "base/id.h"
#include "base/status.h"
#include "base/text.h"
#include "storage/database.h"

#include <stdint.h>

/* A customer's wish to be forgotten. */
struct erasure {
    struct id id; /* of the receipt */
    int64_t erased_us;
    int64_t responses;
    int64_t events;
};

/* Takes comments, tags, properties, customer, interaction and session ids out of the customer's responses and events, in one
 * transaction. Scores stay, under a random token in place of the customer, so that numbers already reported stay. erasure->id is the
 * caller's; the rest is filled in. */
enum status erasure_run(struct connection *connection, int32_t project_id, int32_t key_id, struct text customer_id,
                        struct erasure *erasure) __attribute__((warn_unused_result));

#endif
