/* SPDX-License-Identifier: MIT */
#include "draft.h"

#include "draft_value.h"

#include <string.h>

/* null stands for "not sent", except in a patch, where it takes away. */
const struct field draft_response_fields[] = {
    {"id", decode_id, 0, 0},
    {"survey", decode_dimension, DIMENSION_SURVEY, 0},
    {"survey_version", decode_survey_version, 0, 0},
    {"occurred_at", decode_occurred, 0, 0},
    {"channel", decode_dimension, DIMENSION_CHANNEL, 0},
    {"region", decode_dimension, DIMENSION_REGION, 0},
    {"touchpoint", decode_dimension, DIMENSION_TOUCHPOINT, 0},
    {"product", decode_dimension, DIMENSION_PRODUCT, 0},
    {"segment", decode_dimension, DIMENSION_SEGMENT, 0},
    {"dimensions", decode_declared, 0, 0},
    {"customer_id", decode_text, DRAFT_CUSTOMER_ID, 128},
    {"interaction_id", decode_text, DRAFT_INTERACTION_ID, 128},
    {"answers", decode_answers, 0, 0},
    {"comment", decode_comment, DRAFT_COMMENT, 4000},
    {"tags", decode_tags, 0, 0},
    {"sent_at", decode_sent, 0, 0},
    {"source", decode_text, DRAFT_SOURCE, 64},
    {"external_id", decode_text, DRAFT_EXTERNAL_ID, 128},
    {"properties", decode_properties, DRAFT_PROPERTIES, 4096},
    {0},
};

const struct field draft_event_fields[] = {
    {"id", decode_id, 0, 0},
    {"action", decode_word, DRAFT_ACTION, 64},
    {"touchpoint", decode_dimension, DIMENSION_TOUCHPOINT, 0},
    {"stage", decode_text, DRAFT_STAGE, 64},
    {"channel", decode_dimension, DIMENSION_CHANNEL, 0},
    {"region", decode_dimension, DIMENSION_REGION, 0},
    {"product", decode_dimension, DIMENSION_PRODUCT, 0},
    {"segment", decode_dimension, DIMENSION_SEGMENT, 0},
    {"dimensions", decode_declared, 0, 0},
    {"survey", decode_dimension, DIMENSION_SURVEY, 0},
    {"customer_id", decode_text, DRAFT_CUSTOMER_ID, 128},
    {"session_id", decode_text, DRAFT_SESSION_ID, 128},
    {"interaction_id", decode_text, DRAFT_INTERACTION_ID, 128},
    {"response_id", decode_response_id, 0, 0},
    {"duration_ms", decode_duration, 0, 0},
    {"amount", decode_amount, DRAFT_AMOUNT, 0},
    {"currency", decode_currency, DRAFT_CURRENCY, 3},
    {"occurred_at", decode_occurred, 0, 0},
    {"sent_at", decode_sent, 0, 0},
    {"source", decode_text, DRAFT_SOURCE, 64},
    {"external_id", decode_text, DRAFT_EXTERNAL_ID, 128},
    {"properties", decode_properties, DRAFT_PROPERTIES, 4096},
    {0},
};

const struct field draft_patch_fields[] = {
    {"answers", decode_answers, 0, 0},
    {"comment", decode_comment, DRAFT_COMMENT, 4000},
    {"tags", decode_tags, 0, 0},
    {"excluded", decode_excluded, 0, 0},
    {0},
};

const struct field draft_erasure_fields[] = {
    {"customer_id", decode_text, DRAFT_CUSTOMER_ID, 128},
    {0},
};

static const struct field *find_field(const struct field *fields, const char *name)
{
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

void draft_decode(struct draft *draft, const json_t *object, const struct field *fields, const struct project *project,
                  struct faults *faults)
{
    const char *name;
    json_t *value;

    memset(draft, 0, sizeof *draft);
    json_object_foreach((json_t *)object, name, value)
    {
        const struct field *field = find_field(fields, name);
        const char *pointer = faults_child(faults, "#", name);
        struct decoding decoding = {draft, field, project, pointer, faults};
        if (field)
            field->decode(&decoding, value);
        else
            faults_add(faults, pointer, "is not a field that is known here");
    }
}
