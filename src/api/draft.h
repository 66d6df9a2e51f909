/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_DRAFT_H
#define HARK_API_DRAFT_H

#include "base/id.h"
#include "base/text.h"
#include "faults.h"
#include "storage/directory.h"
#include "storage/response.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Inside api/ only: what a client sent, decoded and checked field by field, before it is an answer or an event. */

enum draft_text {
    DRAFT_CUSTOMER_ID,
    DRAFT_SESSION_ID,
    DRAFT_INTERACTION_ID,
    DRAFT_SOURCE,
    DRAFT_EXTERNAL_ID,
    DRAFT_COMMENT,
    DRAFT_ACTION,
    DRAFT_STAGE,
    DRAFT_AMOUNT,
    DRAFT_CURRENCY,
    DRAFT_PROPERTIES,
    DRAFT_TEXT_COUNT
};

/* Fields that were sent, by their place in the table. */
enum draft_flag {
    DRAFT_HAS_ID = 1u << 0,
    DRAFT_HAS_OCCURRED = 1u << 1,
    DRAFT_HAS_SENT = 1u << 2,
    DRAFT_HAS_DURATION = 1u << 3,
    DRAFT_HAS_RESPONSE_ID = 1u << 4,
    DRAFT_HAS_COMMENT = 1u << 5, /* null too: a patch takes the comment away */
    DRAFT_HAS_TAGS = 1u << 6,
    DRAFT_HAS_EXCLUDED = 1u << 7
};

/* As it was sent; whether its survey asks that, and on which scale, is another matter: answers.h. */
struct draft_answer {
    struct text key;
    const char *pointer;
    int16_t score;
    bool is_score; /* a whole number that some scale could have */
    bool is_null;
};

struct draft {
    unsigned flags;
    struct id id;
    struct id response_id;
    int64_t occurred_us;
    int64_t sent_us;
    int64_t duration_ms;
    struct text dimensions[DIMENSION_SENT];
    struct text texts[DRAFT_TEXT_COUNT];
    int32_t survey_version;       /* 0: not sent */
    struct draft_answer *answers; /* ascending by key */
    size_t answer_count;
    struct text *tags;
    size_t tag_count;
    bool excluded;
};

struct decoding;
typedef void decode_fn(const struct decoding *decoding, const json_t *value);

/* One row of a table of fields. The last one's name is NULL. */
struct field {
    const char *name;
    decode_fn *decode;
    int target; /* which text, which dimension */
    size_t max; /* characters; of properties, bytes */
};

/* The tables: of POST /v1/responses, POST /v1/events, PATCH /v1/responses/{id}, and POST /v1/erasures. */
extern const struct field draft_response_fields[];
extern const struct field draft_event_fields[];
extern const struct field draft_patch_fields[];
extern const struct field draft_erasure_fields[];

/* Decodes an object by a table; every fault is noted. What it keeps is copied into the faults' arena. project: for the
 * names of declared dimensions. */
void draft_decode(struct draft *draft, const json_t *object, const struct field *fields, const struct project *project,
                  struct faults *faults);

#endif
