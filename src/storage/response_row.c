/* SPDX-License-Identifier: MIT */
#include "response_row.h"

#include <stdlib.h>
#include <string.h>

const struct question_scale question_scales[QUESTION_COUNT] = {
    [QUESTION_NPS] = {"nps", 0, 10},
    [QUESTION_CSAT] = {"csat", 1, 5},
    [QUESTION_CES] = {"ces", 1, 7},
};

bool response_is_unanswered(const struct response *response)
{
    for (int q = 0; q < QUESTION_COUNT; q++)
        if (response->scores[q] != SCORE_ABSENT)
            return false;
    return response->answer_count == 0;
}

/* The order of the columns in response_get.sql, response_lock.sql, response_list*.sql, customer_responses.sql. */
enum column {
    PROJECT_ID,
    ID,
    OCCURRED_AT,
    RECEIVED_AT,
    UPDATED_AT,
    CELL_ID,
    KEY_ID,
    NPS,
    CSAT,
    CES,
    IS_TEST,
    EXCLUDED,
    ERASED,
    CONTENT_HASH,
    CUSTOMER_ID,
    INTERACTION_ID,
    SOURCE,
    COMMENT,
    TAGS,
    PROPERTIES,
    SURVEY_VERSION,
    ANSWERS,
    DIMENSIONS
};
_Static_assert(DIMENSIONS + DIMENSION_SENT == RESPONSE_ROW_COLUMNS, "columns of a response");

static int8_t score_of(const struct result *result, int row, int column)
{
    if (result_is_null(result, row, column))
        return SCORE_ABSENT;
    return (int8_t)result_int2(result, row, column);
}

/* {"101": 6, "102": 3}, as PostgreSQL writes a jsonb of ours: its keys come by length, then by byte, so they ascend. */
static struct answer *read_answers(struct text text, struct arena *arena, size_t *count, bool *failed)
{
    const char *end = text.bytes + text.size;
    struct answer *answers;
    size_t colons = 0;
    *count = 0;
    for (size_t i = 0; i < text.size; i++)
        colons += text.bytes[i] == ':';
    if (colons == 0)
        return NULL;
    answers = arena_array(arena, colons, sizeof *answers);
    if (answers == NULL) {
        *failed = true;
        return NULL;
    }
    for (const char *at = text.bytes; *count < colons && (at = memchr(at, '"', (size_t)(end - at))) != NULL;) {
        char *rest;
        answers[*count].definition_id = (int32_t)strtol(at + 1, &rest, 10);
        answers[(*count)++].score = (int8_t)strtol(rest + 2, &rest, 10);
        at = rest;
    }
    return answers;
}

bool response_row_read(const struct result *result, int row, struct arena *arena, struct stored_response *stored)
{
    struct response *response = &stored->response;
    struct text hash = result_text(result, row, CONTENT_HASH);
    bool failed = false;

    response->cell.project_id = result_int4(result, row, PROJECT_ID);
    response->id = result_id(result, row, ID);
    response->occurred_us = result_time(result, row, OCCURRED_AT);
    stored->received_us = result_time(result, row, RECEIVED_AT);
    stored->updated_us = result_time(result, row, UPDATED_AT);
    response->cell_id = result_int4(result, row, CELL_ID);
    response->key_id = result_int4(result, row, KEY_ID);
    for (int i = 0; i < QUESTION_COUNT; i++)
        response->scores[i] = score_of(result, row, NPS + i);
    response->is_test = result_bool(result, row, IS_TEST);
    stored->excluded = result_bool(result, row, EXCLUDED);
    stored->erased = result_bool(result, row, ERASED);
    memcpy(response->content_hash, hash.bytes, hash.size < CONTENT_HASH_SIZE ? hash.size : CONTENT_HASH_SIZE);
    response->customer_id = result_copy(result, row, CUSTOMER_ID, arena, &failed);
    response->interaction_id = result_copy(result, row, INTERACTION_ID, arena, &failed);
    response->source = result_copy(result, row, SOURCE, arena, &failed);
    response->comment = result_copy(result, row, COMMENT, arena, &failed);
    response->tags = result_texts(result, row, TAGS, arena, &response->tag_count, &failed);
    response->properties = result_copy(result, row, PROPERTIES, arena, &failed);
    response->survey_version =
        result_is_null(result, row, SURVEY_VERSION) ? 0 : result_int4(result, row, SURVEY_VERSION);
    response->answers =
        read_answers(result_copy(result, row, ANSWERS, arena, &failed), arena, &response->answer_count, &failed);
    for (int i = 0; i < DIMENSION_SENT; i++)
        response->cell.values[i] = result_copy(result, row, DIMENSIONS + i, arena, &failed);
    cell_key_seal(&response->cell);
    return !failed;
}

enum status response_rows_read(const struct result *result, struct arena *arena, struct stored_response **rows,
                               size_t *count)
{
    *count = (size_t)result_rows(result);
    *rows = arena_array(arena, *count + 1, sizeof **rows);
    if (*rows == NULL)
        return STATUS_NO_MEMORY;
    for (size_t row = 0; row < *count; row++)
        if (!response_row_read(result, (int)row, arena, &(*rows)[row]))
            return STATUS_NO_MEMORY;
    return STATUS_OK;
}
