/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_DRAFT_VALUE_H
#define HARK_API_DRAFT_VALUE_H

#include "draft.h"

/* Inside api/ only: the decoder of each kind of field. */

struct decoding {
    struct draft *draft;
    const struct field *field;
    const struct project *project;
    const char *pointer; /* of the value */
    struct faults *faults;
};

enum { DRAFT_TAGS_MAX = 20, DRAFT_TAG_CHARACTERS = 64 };

/* "es-ct" and "ES-CT" are one place. region: a copy, changed where it lies. */
void draft_raise_region(struct text region);
/* By key, so that the same answers hash the same. */
void draft_sort_answers(struct draft *draft);
bool draft_has_tag(const struct draft *draft, struct text tag);

decode_fn decode_id;
decode_fn decode_response_id;
decode_fn decode_occurred;
decode_fn decode_sent;
decode_fn decode_dimension;
decode_fn decode_declared;
decode_fn decode_text;
decode_fn decode_comment;
decode_fn decode_word;
decode_fn decode_currency;
decode_fn decode_amount;
decode_fn decode_duration;
decode_fn decode_answers;
decode_fn decode_survey_version;
decode_fn decode_tags;
decode_fn decode_properties;
decode_fn decode_excluded;

#endif
