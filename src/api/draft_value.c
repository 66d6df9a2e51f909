/* SPDX-License-Identifier: MIT */
#include "draft_value.h"

#include "base/timestamp.h"
#include "parse.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCORE_LIMIT = 100, SURVEY_VERSION_LIMIT = 1000000 };

static struct text text_of_json(const json_t *value)
{
    return (struct text){json_string_value(value), json_string_length(value)};
}

static void fault(const struct decoding *decoding, const char *detail)
{
    faults_add(decoding->faults, decoding->pointer, "%s", detail);
}

static struct text keep(const struct decoding *decoding, struct text text)
{
    const char *copy = arena_copy(decoding->faults->arena, text.bytes, text.size);
    if (copy == NULL)
        faults_add_no_memory(decoding->faults);
    return copy ? (struct text){copy, text.size} : TEXT_ABSENT;
}

/* A string of 1 to max characters. Control characters have no place in a name; in a comment people may write what they like. */
static bool check_string(const struct decoding *decoding, const json_t *value, size_t max, bool takes_control)
{
    size_t characters = 0;
    if (!json_is_string(value)) {
        fault(decoding, "must be a string");
        return false;
    }
    if (!text_is_utf8(text_of_json(value), &characters) || characters < 1 || characters > max) {
        faults_add(decoding->faults, decoding->pointer, "must be 1 to %zu characters long", max);
        return false;
    }
    if (!takes_control && text_has_control(text_of_json(value))) {
        fault(decoding, "must not hold control characters");
        return false;
    }
    return true;
}

void decode_text(const struct decoding *decoding, const json_t *value)
{
    if (!json_is_null(value) && check_string(decoding, value, decoding->field->max, false))
        decoding->draft->texts[decoding->field->target] = keep(decoding, text_of_json(value));
}

void decode_comment(const struct decoding *decoding, const json_t *value)
{
    decoding->draft->flags |= DRAFT_HAS_COMMENT;
    /* An empty box that was sent along is no comment. */
    if (json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0))
        return;
    if (check_string(decoding, value, decoding->field->max, true))
        decoding->draft->texts[decoding->field->target] = keep(decoding, text_of_json(value));
}

void decode_word(const struct decoding *decoding, const json_t *value)
{
    struct text text = text_of_json(value);
    if (json_is_null(value) || !check_string(decoding, value, decoding->field->max, false))
        return;
    for (size_t i = 0; i < text.size; i++)
        if (!islower((unsigned char)text.bytes[i]) && !isdigit((unsigned char)text.bytes[i]) && text.bytes[i] != '_' &&
            text.bytes[i] != '-') {
            fault(decoding, "must be one word of lower-case letters, digits, _ and -");
            return;
        }
    decoding->draft->texts[decoding->field->target] = keep(decoding, text);
}

void decode_currency(const struct decoding *decoding, const json_t *value)
{
    struct text text = text_of_json(value);
    if (json_is_null(value))
        return;
    if (!json_is_string(value) || text.size != 3 || !isupper((unsigned char)text.bytes[0]) ||
        !isupper((unsigned char)text.bytes[1]) || !isupper((unsigned char)text.bytes[2]))
        fault(decoding, "must be a currency code of three capital letters (ISO 4217), such as \"EUR\"");
    else
        decoding->draft->texts[decoding->field->target] = keep(decoding, text);
}

/* Kept as a decimal with four places: more than a double keeps exactly is refused, not rounded away. */
void decode_amount(const struct decoding *decoding, const json_t *value)
{
    double amount = json_number_value(value);
    char text[40];
    int size;
    if (json_is_null(value))
        return;
    if (!json_is_number(value) || fabs(amount) >= 1e11) {
        fault(decoding, "must be a number between -100000000000 and 100000000000");
        return;
    }
    size = snprintf(text, sizeof text, "%.4f", amount);
    if (fabs(strtod(text, NULL) - amount) > 1e-9 * fmax(1, fabs(amount)))
        fault(decoding, "must have at most four decimal places");
    else
        decoding->draft->texts[decoding->field->target] = keep(decoding, (struct text){text, (size_t)size});
}

void decode_duration(const struct decoding *decoding, const json_t *value)
{
    if (json_is_null(value))
        return;
    if (!parse_integer(value, 0, INT64_C(10) * 366 * 86400 * 1000, &decoding->draft->duration_ms)) {
        fault(decoding, "must be an integer number of milliseconds, from 0 to ten years");
        return;
    }
    decoding->draft->flags |= DRAFT_HAS_DURATION;
}

static bool parse_id(const struct decoding *decoding, const json_t *value, struct id *id)
{
    if (json_is_null(value))
        return false;
    if (json_is_string(value) && id_parse(json_string_value(value), json_string_length(value), id))
        return true;
    fault(decoding, "must be a UUID, such as \"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00\"");
    return false;
}

void decode_id(const struct decoding *decoding, const json_t *value)
{
    if (parse_id(decoding, value, &decoding->draft->id))
        decoding->draft->flags |= DRAFT_HAS_ID;
}

void decode_response_id(const struct decoding *decoding, const json_t *value)
{
    if (parse_id(decoding, value, &decoding->draft->response_id))
        decoding->draft->flags |= DRAFT_HAS_RESPONSE_ID;
}

static bool parse_time(const struct decoding *decoding, const json_t *value, int64_t *us)
{
    if (json_is_null(value))
        return false;
    if (json_is_string(value) && timestamp_parse(json_string_value(value), json_string_length(value), us))
        return true;
    fault(decoding, "must be a time with its zone (RFC 3339), such as \"2026-11-22T10:00:00+01:00\"");
    return false;
}

void decode_occurred(const struct decoding *decoding, const json_t *value)
{
    if (parse_time(decoding, value, &decoding->draft->occurred_us))
        decoding->draft->flags |= DRAFT_HAS_OCCURRED;
}

void decode_sent(const struct decoding *decoding, const json_t *value)
{
    if (parse_time(decoding, value, &decoding->draft->sent_us))
        decoding->draft->flags |= DRAFT_HAS_SENT;
}

void draft_raise_region(struct text region)
{
    for (size_t i = 0; i < region.size; i++)
        if (region.bytes[i] >= 'a' && region.bytes[i] <= 'z')
            ((char *)region.bytes)[i] = (char)toupper((unsigned char)region.bytes[i]);
}

/* Kept as sent, but region in capitals. */
static void put_dimension(const struct decoding *decoding, enum dimension dimension, const json_t *value)
{
    struct text kept;
    if (json_is_null(value) || !check_string(decoding, value, DIMENSION_VALUE_CHARACTERS, false))
        return;
    kept = keep(decoding, text_of_json(value));
    if (dimension == DIMENSION_REGION)
        draft_raise_region(kept);
    decoding->draft->dimensions[dimension] = kept;
}

void decode_dimension(const struct decoding *decoding, const json_t *value)
{
    put_dimension(decoding, (enum dimension)decoding->field->target, value);
}

void decode_declared(const struct decoding *decoding, const json_t *value)
{
    const char *name;
    json_t *inner;
    if (json_is_null(value))
        return;
    if (!json_is_object(value)) {
        fault(decoding, "must be an object of the project's declared dimensions");
        return;
    }
    json_object_foreach((json_t *)value, name, inner)
    {
        enum dimension dimension = project_dimension(decoding->project, name);
        struct decoding child = *decoding;
        child.pointer = faults_child(decoding->faults, decoding->pointer, name);
        if (dimension >= DIMENSION_DECLARED_1 && dimension <= DIMENSION_DECLARED_4)
            put_dimension(&child, dimension, inner);
        else
            fault(&child, "is not a dimension that the project declared");
    }
}

void decode_survey_version(const struct decoding *decoding, const json_t *value)
{
    int64_t version;
    if (json_is_null(value))
        return;
    if (parse_integer(value, 1, SURVEY_VERSION_LIMIT, &version))
        decoding->draft->survey_version = (int32_t)version;
    else
        fault(decoding, "must be a version of the survey: an integer from 1 on");
}

static void keep_answer(const struct decoding *decoding, const char *name, const json_t *value)
{
    struct draft_answer *answer = &decoding->draft->answers[decoding->draft->answer_count++];
    int64_t score = 0;
    answer->key = keep(decoding, text_of(name));
    answer->pointer = faults_child(decoding->faults, decoding->pointer, name);
    answer->is_null = json_is_null(value);
    answer->is_score = parse_integer(value, -SCORE_LIMIT, SCORE_LIMIT, &score);
    answer->score = (int16_t)score;
}

static int by_key(const void *a, const void *b)
{
    const struct draft_answer *x = a;
    const struct draft_answer *y = b;
    size_t shorter = x->key.size < y->key.size ? x->key.size : y->key.size;
    int order = memcmp(x->key.bytes, y->key.bytes, shorter);
    return order ? order : (x->key.size > y->key.size) - (x->key.size < y->key.size);
}

void draft_sort_answers(struct draft *draft)
{
    qsort(draft->answers, draft->answer_count, sizeof *draft->answers, by_key);
}

void decode_answers(const struct decoding *decoding, const json_t *value)
{
    struct draft *draft = decoding->draft;
    const char *name;
    json_t *inner;
    if (!json_is_object(value)) {
        fault(decoding, "must be an object of question keys and scores");
        return;
    }
    draft->answers = arena_array(decoding->faults->arena, json_object_size(value) + 1, sizeof *draft->answers);
    if (draft->answers == NULL) {
        faults_add_no_memory(decoding->faults);
        return;
    }
    json_object_foreach((json_t *)value, name, inner)
    {
        keep_answer(decoding, name, inner);
    }
    if (decoding->faults->count == 0)
        draft_sort_answers(draft);
}

bool draft_has_tag(const struct draft *draft, struct text tag)
{
    for (size_t i = 0; i < draft->tag_count; i++)
        if (text_equal(draft->tags[i], tag))
            return true;
    return false;
}

void decode_tags(const struct decoding *decoding, const json_t *value)
{
    struct draft *draft = decoding->draft;
    draft->flags |= DRAFT_HAS_TAGS;
    if (json_is_null(value))
        return;
    if (!json_is_array(value) || json_array_size(value) > DRAFT_TAGS_MAX) {
        faults_add(decoding->faults, decoding->pointer, "must be an array of at most %d strings", DRAFT_TAGS_MAX);
        return;
    }
    draft->tags = arena_array(decoding->faults->arena, DRAFT_TAGS_MAX, sizeof *draft->tags);
    if (draft->tags == NULL)
        faults_add_no_memory(decoding->faults);
    for (size_t i = 0; draft->tags && i < json_array_size(value); i++) {
        struct decoding child = *decoding;
        const json_t *tag = json_array_get(value, i);
        child.pointer = faults_element(decoding->faults, decoding->pointer, i);
        if (check_string(&child, tag, DRAFT_TAG_CHARACTERS, false) && !draft_has_tag(draft, text_of_json(tag)))
            draft->tags[draft->tag_count++] = keep(&child, text_of_json(tag));
    }
}

void decode_properties(const struct decoding *decoding, const json_t *value)
{
    char text[4097];
    size_t size;
    if (json_is_null(value))
        return;
    if (!json_is_object(value)) {
        fault(decoding, "must be an object");
        return;
    }
    /* Sorted, so that the same properties hash the same. */
    size = json_dumpb(value, text, sizeof text, JSON_COMPACT | JSON_SORT_KEYS);
    if (size == 0 || size > decoding->field->max)
        faults_add(decoding->faults, decoding->pointer, "must be at most %zu bytes of JSON", decoding->field->max);
    else if (json_object_size(value) > 0)
        decoding->draft->texts[decoding->field->target] = keep(decoding, (struct text){text, size});
}

void decode_excluded(const struct decoding *decoding, const json_t *value)
{
    if (!json_is_boolean(value)) {
        fault(decoding, "must be true or false");
        return;
    }
    decoding->draft->flags |= DRAFT_HAS_EXCLUDED;
    decoding->draft->excluded = json_is_true(value);
}
