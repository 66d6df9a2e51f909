/* SPDX-License-Identifier: MIT */
#include "storage/response.h"

#include "base/timestamp.h"
#include "columns.h"
#include "pending_rows.h"
#include "query.h"
#include "response_row.h"

#include <stdlib.h>

static void element_score(struct arguments *arguments, int8_t score)
{
    if (score == SCORE_ABSENT)
        element_null(arguments);
    else
        element_int2(arguments, score);
}

/* A text[] inside an array can't be sent as such: its literal is, and the statement casts it. */
static void element_tags(struct arguments *arguments, const struct response *response, struct buffer *scratch)
{
    if (response->tag_count == 0) {
        element_null(arguments);
        return;
    }
    buffer_reset(scratch);
    for (size_t i = 0; i < response->tag_count; i++) {
        buffer_string(scratch, i ? ",\"" : "{\"");
        for (size_t j = 0; j < response->tags[i].size; j++) {
            char byte = response->tags[i].bytes[j];
            if (byte == '"' || byte == '\\')
                buffer_string(scratch, "\\");
            buffer_append(scratch, &byte, 1);
        }
        buffer_string(scratch, "\"");
    }
    buffer_string(scratch, "}");
    if (scratch->failed)
        arguments->bytes.failed = true;
    else
        element_text(arguments, (struct text){scratch->data, scratch->size});
}

/* jsonb: {"101":6,"102":3}, ascending, so that equal answers are equal texts. */
static void element_answers(struct arguments *arguments, const struct response *response, struct buffer *scratch)
{
    if (response->answer_count == 0) {
        element_null(arguments);
        return;
    }
    buffer_reset(scratch);
    for (size_t i = 0; i < response->answer_count; i++)
        buffer_format(scratch, "%c\"%d\":%d", i ? ',' : '{', response->answers[i].definition_id,
                      response->answers[i].score);
    buffer_string(scratch, "}");
    if (scratch->failed)
        arguments->bytes.failed = true;
    else
        element_text(arguments, (struct text){scratch->data, scratch->size});
}

static void element_version(struct arguments *arguments, int32_t version)
{
    if (version == 0)
        element_null(arguments);
    else
        element_int4(arguments, version);
}

/* One line a column. NOLINTNEXTLINE(readability-function-size) */
static void insert_columns(struct arguments *arguments, struct response *const *r, size_t count, struct buffer *scratch)
{
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, r[i]->cell.project_id));
    COLUMN(arguments, ARRAY_UUID, element_id(arguments, &r[i]->id));
    COLUMN(arguments, ARRAY_TIMESTAMPTZ, element_time(arguments, r[i]->occurred_us));
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, timestamp_quarter(r[i]->occurred_us)));
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, r[i]->cell_id));
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, r[i]->key_id));
    for (int q = 0; q < QUESTION_COUNT; q++)
        COLUMN(arguments, ARRAY_INT2, element_score(arguments, r[i]->scores[q]));
    COLUMN(arguments, ARRAY_BOOL, element_bool(arguments, r[i]->is_test));
    COLUMN(arguments, ARRAY_BYTEA, element_bytes(arguments, r[i]->content_hash, CONTENT_HASH_SIZE));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, r[i]->customer_id));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, r[i]->interaction_id));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, r[i]->source));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, r[i]->comment));
    COLUMN(arguments, ARRAY_TEXT, element_tags(arguments, r[i], scratch));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, r[i]->properties));
}

/* One line a column. */
static void answer_columns(struct arguments *arguments, struct response *const *r, size_t count, struct buffer *scratch)
{
    COLUMN(arguments, ARRAY_INT4, element_version(arguments, r[i]->survey_version));
    COLUMN(arguments, ARRAY_TEXT, element_answers(arguments, r[i], scratch));
}

/* The inserted ids come back in any order; both lists are small enough to search the sorted one. */
static void mark_new(struct response *const *responses, size_t count, const struct result *result, bool *is_new)
{
    for (size_t i = 0; i < count; i++)
        is_new[i] = false;
    for (int row = 0; row < result_rows(result); row++) {
        int32_t project_id = result_int4(result, row, 0);
        struct id id = result_id(result, row, 1);
        size_t low = 0;
        size_t high = count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            const struct response *response = responses[middle];
            if (response->cell.project_id < project_id ||
                (response->cell.project_id == project_id && id_compare(&response->id, &id) < 0))
                low = middle + 1;
            else
                high = middle;
        }
        is_new[low] = true;
    }
}

enum status response_insert(struct connection *connection, struct response *const *responses, size_t count,
                            int16_t slot, bool *is_new)
{
    struct arguments arguments;
    struct buffer scratch;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    buffer_init(&scratch);
    insert_columns(&arguments, responses, count, &scratch);
    argument_int2(&arguments, slot);
    answer_columns(&arguments, responses, count, &scratch);
    status = query_run(connection, QUERY_RESPONSE_INSERT, &arguments, &result);
    if (status == STATUS_OK)
        mark_new(responses, count, result, is_new);
    result_free(result);
    buffer_clear(&scratch);
    arguments_clear(&arguments);
    return status;
}

/* One line a column. NOLINTNEXTLINE(readability-function-size) */
static void add_columns(struct arguments *arguments, struct response *const *r, size_t count, struct buffer *scratch)
{
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, r[i]->cell.project_id));
    COLUMN(arguments, ARRAY_UUID, element_id(arguments, &r[i]->id));
    COLUMN(arguments, ARRAY_TIMESTAMPTZ, element_time(arguments, r[i]->occurred_us));
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, timestamp_quarter(r[i]->occurred_us)));
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, r[i]->cell_id));
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, r[i]->key_id));
    for (int q = 0; q < QUESTION_COUNT; q++)
        COLUMN(arguments, ARRAY_INT2, element_score(arguments, r[i]->scores[q]));
    COLUMN(arguments, ARRAY_BOOL, element_bool(arguments, r[i]->is_test));
    COLUMN(arguments, ARRAY_BYTEA, element_bytes(arguments, r[i]->content_hash, CONTENT_HASH_SIZE));
    SPARSE_COLUMN(arguments, ARRAY_TEXT, text_is_absent(r[i]->customer_id), element_text(arguments, r[i]->customer_id));
    SPARSE_COLUMN(arguments, ARRAY_TEXT, text_is_absent(r[i]->interaction_id),
                  element_text(arguments, r[i]->interaction_id));
    SPARSE_COLUMN(arguments, ARRAY_TEXT, text_is_absent(r[i]->source), element_text(arguments, r[i]->source));
    SPARSE_COLUMN(arguments, ARRAY_TEXT, text_is_absent(r[i]->comment), element_text(arguments, r[i]->comment));
    SPARSE_COLUMN(arguments, ARRAY_TEXT, r[i]->tag_count == 0, element_tags(arguments, r[i], scratch));
    SPARSE_COLUMN(arguments, ARRAY_TEXT, text_is_absent(r[i]->properties), element_text(arguments, r[i]->properties));
    SPARSE_COLUMN(arguments, ARRAY_INT4, r[i]->survey_version == 0, element_version(arguments, r[i]->survey_version));
}

static bool begins_project(struct response *const *r, size_t i)
{
    return i == 0 || r[i]->cell.project_id != r[i - 1]->cell.project_id;
}

/* The answers of a project are a range of the batch, which is sorted by it; the first has number 1. */
static void project_columns(struct arguments *arguments, struct response *const *r, size_t count)
{
    COLUMN(arguments, ARRAY_INT4, {
        if (begins_project(r, i))
            element_int4(arguments, r[i]->cell.project_id);
    });
    COLUMN(arguments, ARRAY_INT4, {
        if (begins_project(r, i))
            element_int4(arguments, (int32_t)i + 1);
    });
    COLUMN(arguments, ARRAY_INT4, {
        if (i + 1 == count || begins_project(r, i + 1))
            element_int4(arguments, (int32_t)i + 1);
    });
}

enum status response_add(struct connection *connection, struct response *const *responses, size_t count,
                         struct pending *pending)
{
    struct arguments arguments;
    struct buffer scratch;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    buffer_init(&scratch);
    add_columns(&arguments, responses, count, &scratch);
    project_columns(&arguments, responses, count);
    status = query_run(connection, QUERY_RESPONSE_ADD, &arguments, &result);
    if (status == STATUS_OK)
        pending_note(pending, responses, count, result);
    result_free(result);
    buffer_clear(&scratch);
    arguments_clear(&arguments);
    return status;
}

static enum status read_rows(const struct result *result, struct arena *arena, struct stored_response **rows,
                             size_t *found)
{
    int count = result_rows(result);
    *found = 0;
    *rows = arena_array(arena, (size_t)count + 1, sizeof **rows);
    if (*rows == NULL)
        return STATUS_NO_MEMORY;
    for (int row = 0; row < count; row++)
        if (!response_row_read(result, row, arena, &(*rows)[row]))
            return STATUS_NO_MEMORY;
    *found = (size_t)count;
    return STATUS_OK;
}

static bool compares_comments(const struct response_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i].compares_comment)
            return true;
    return false;
}

/* The rows found are in the order of the keys. */
static enum status fit_comments(struct connection *connection, const struct response_key *keys, size_t count,
                                struct stored_response *rows, size_t found)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    COLUMN(&arguments, ARRAY_INT4, element_int4(&arguments, keys[i].project_id));
    COLUMN(&arguments, ARRAY_UUID, element_id(&arguments, &keys[i].id));
    COLUMN(&arguments, ARRAY_TEXT, element_text(&arguments, keys[i].comment));
    status = query_run(connection, QUERY_RESPONSE_COMMENT_FIT, &arguments, &result);
    arguments_clear(&arguments);
    for (size_t i = 0, row = 0; status == STATUS_OK && i < count && row < found; i++)
        if (keys[i].project_id == rows[row].response.cell.project_id &&
            id_compare(&keys[i].id, &rows[row].response.id) == 0)
            rows[row++].comment_fit = (enum comment_fit)result_int4(result, (int)i, 0);
    result_free(result);
    return status;
}

static enum status lock_rows(struct connection *connection, const struct response_key *keys, size_t count,
                             struct arena *arena, struct stored_response **rows, size_t *found)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    COLUMN(&arguments, ARRAY_INT4, element_int4(&arguments, keys[i].project_id));
    COLUMN(&arguments, ARRAY_UUID, element_id(&arguments, &keys[i].id));
    COLUMN(&arguments, ARRAY_TEXT, element_text(&arguments, keys[i].properties));
    status = query_run(connection, QUERY_RESPONSE_LOCK, &arguments, &result);
    if (status == STATUS_OK)
        status = read_rows(result, arena, rows, found);
    for (size_t row = 0; status == STATUS_OK && row < *found; row++)
        (*rows)[row].same_properties = result_bool(result, (int)row, RESPONSE_ROW_COLUMNS);
    result_free(result);
    arguments_clear(&arguments);
    return status;
}

enum status response_lock(struct connection *connection, const struct response_key *keys, size_t count,
                          struct arena *arena, struct stored_response **rows, size_t *found)
{
    enum status status = lock_rows(connection, keys, count, arena, rows, found);
    if (status == STATUS_OK && compares_comments(keys, count))
        status = fit_comments(connection, keys, count, *rows, *found);
    return status;
}

/* One line a column. NOLINTNEXTLINE(readability-function-size) */
static void update_columns(struct arguments *arguments, struct stored_response *const *rows, size_t count,
                           struct buffer *scratch)
{
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, rows[i]->response.cell.project_id));
    COLUMN(arguments, ARRAY_UUID, element_id(arguments, &rows[i]->response.id));
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, rows[i]->response.cell_id));
    for (int q = 0; q < QUESTION_COUNT; q++)
        COLUMN(arguments, ARRAY_INT2, element_score(arguments, rows[i]->response.scores[q]));
    COLUMN(arguments, ARRAY_BOOL, element_bool(arguments, rows[i]->excluded));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, rows[i]->response.customer_id));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, rows[i]->response.interaction_id));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, rows[i]->response.source));
    COLUMN(arguments, ARRAY_TEXT, element_tags(arguments, &rows[i]->response, scratch));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, rows[i]->response.properties));
}

static enum status update_rows(struct connection *connection, struct stored_response *const *rows, size_t count,
                               int16_t slot)
{
    struct arguments arguments;
    struct buffer scratch;
    enum status status;

    arguments_init(&arguments);
    buffer_init(&scratch);
    update_columns(&arguments, rows, count, &scratch);
    argument_int2(&arguments, slot);
    COLUMN(&arguments, ARRAY_INT4, element_version(&arguments, rows[i]->response.survey_version));
    COLUMN(&arguments, ARRAY_TEXT, element_answers(&arguments, &rows[i]->response, &scratch));
    status = query_execute(connection, QUERY_RESPONSE_UPDATE, &arguments);
    buffer_clear(&scratch);
    arguments_clear(&arguments);
    return status;
}

static size_t count_comments(struct stored_response *const *rows, size_t count)
{
    size_t set = 0;
    for (size_t i = 0; i < count; i++)
        set += rows[i]->sets_comment;
    return set;
}

/* Of the rows whose comment changes. */
#define COMMENT_COLUMN(type_, put_)  \
    COLUMN(&arguments, type_, {      \
        if (rows[i]->sets_comment) { \
            put_;                    \
        }                            \
    })

static enum status update_comments(struct connection *connection, struct stored_response *const *rows, size_t count)
{
    struct arguments arguments;
    enum status status;
    if (count_comments(rows, count) == 0)
        return STATUS_OK;
    arguments_init(&arguments);
    COMMENT_COLUMN(ARRAY_INT4, element_int4(&arguments, rows[i]->response.cell.project_id));
    COMMENT_COLUMN(ARRAY_UUID, element_id(&arguments, &rows[i]->response.id));
    COMMENT_COLUMN(ARRAY_TEXT, element_text(&arguments, rows[i]->response.comment));
    status = query_execute(connection, QUERY_RESPONSE_COMMENT, &arguments);
    arguments_clear(&arguments);
    return status;
}

enum status response_update(struct connection *connection, struct stored_response *const *rows, size_t count,
                            int16_t slot)
{
    enum status status = update_rows(connection, rows, count, slot);
    return status == STATUS_OK ? update_comments(connection, rows, count) : status;
}

enum status response_get(struct connection *connection, int32_t project_id, const struct id *id, struct arena *arena,
                         struct stored_response **row)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    size_t found = 0;

    arguments_init(&arguments);
    argument_int4(&arguments, project_id);
    argument_id(&arguments, id);
    status = query_run(connection, QUERY_RESPONSE_GET, &arguments, &result);
    if (status == STATUS_OK)
        status = read_rows(result, arena, row, &found);
    if (status == STATUS_OK && found == 0)
        status = STATUS_NOT_FOUND;
    result_free(result);
    arguments_clear(&arguments);
    return status;
}
