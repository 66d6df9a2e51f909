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

/* Decodes, checks and fills the item; whatever it keeps is in the faults' arena. False when there were faults: at pointer "#" for text
 * that is no JSON object at all (*is_malformed). has an id of its own or a derived one either way. */
bool submission_decode(const struct submission *submission, struct text text, struct ingest_item *item,
                       struct faults *faults, bool *is_malformed);

const struct id *submission_id(const struct ingest_item *item);

/* The HTTP status of a verdict, and what to say about it (NULL for the good ones). */
int submission_status(enum verdict verdict);
const char *submission_detail(enum verdict verdict);
bool submission_is_retryable(enum verdict verdict);
/* "created", "duplicate", "merged". */
const char *submission_word(enum verdict verdict);

#endif
