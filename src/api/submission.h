/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_SUBMISSION_H
#define HARK_API_SUBMISSION_H

#include "api/service.h"
#include "faults.h"
#include "ingest/ingest.h"

#include <stddef.h>
#include <stdint.h>

/* Inside api/ only: one object of POST /v1/responses or /v1/events, from its text to an item for ingest. */

struct submission {
    const struct principal *principal;
    enum ingest_kind kind;
    int64_t received_us;
    const char *idempotency_key; /* of the request; NULL: none */
    size_t index;                /* within a bulk request */
};

/* Decodes, checks and fills the item; whatever it keeps is in the faults' arena. 0, or the status that it is refused with: 400 and 413
 * with a fault at pointer "#", 422, or 503 for lack of memory. */
int submission_decode(const struct submission *submission, struct text text, struct ingest_item *item,
                      struct faults *faults) __attribute__((warn_unused_result));

const struct id *submission_id(const struct ingest_item *item);

/* The HTTP status of a verdict, and what to say about it (NULL for the good ones). */
int submission_status(enum verdict verdict);
const char *submission_detail(enum verdict verdict);
bool submission_is_retryable(enum verdict verdict);
/* "created", "duplicate", "merged". */
const char *submission_word(enum verdict verdict);

#endif
