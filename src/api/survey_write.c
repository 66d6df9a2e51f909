/* SPDX-License-Identifier: MIT */
#include "survey_write.h"

#include "base/log.h"
#include "question_meaning.h"
#include "write.h"

#include <string.h>

static void write_string(struct buffer *json, const char *name, const char *string)
{
    buffer_format(json, "\"%s\":", name);
    buffer_json_string(json, string, strlen(string));
}

/* What is JSON already. */
static void write_json(struct buffer *json, const char *name, struct text text)
{
    buffer_format(json, ",\"%s\":", name);
    if (text_is_absent(text))
        buffer_string(json, "null");
    else
        buffer_append(json, text.bytes, text.size);
}

static void write_moment(struct buffer *json, const char *name, int64_t us)
{
    buffer_format(json, ",\"%s\":", name);
    write_time(json, us);
}

/* What the question asks for. */
static void write_asked(struct buffer *json, const struct question_definition *question)
{
    write_string(json, "key", question->question);
    buffer_format(json, ",\"metric\":\"%s\",\"scale\":{\"min\":%d,\"max\":%d},\"polarity\":\"%s\"", question->metric,
                  question->scale_min, question->scale_max,
                  polarity_name(question->low_is_good ? POLARITY_LOW_IS_GOOD : POLARITY_HIGH_IS_GOOD));
}

static void write_scores(struct buffer *json, const char *name, int min, uint32_t set)
{
    const char *separator = "";
    buffer_format(json, ",\"%s\":[", name);
    for (int bit = 0; bit < HISTOGRAM_SCORES; bit++)
        if (set >> bit & 1) {
            buffer_format(json, "%s%d", separator, min + bit);
            separator = ",";
        }
    buffer_string(json, "]");
}

static enum status read_meaning(const struct question_definition *definition, struct definition *meaning)
{
    enum status status = question_meaning(definition, meaning);
    if (status != STATUS_OK)
        LOG(LOG_LEVEL_ERROR, "a question's definition can't be read", LOG_INTEGER("definition", definition->id));
    return status;
}

static enum status write_question(struct buffer *json, const struct survey_question *question)
{
    const struct question_definition *definition = question->definition;
    struct definition meaning;
    enum status status = read_meaning(definition, &meaning);
    if (status != STATUS_OK)
        return status;
    buffer_string(json, "{");
    write_asked(json, definition);
    write_scores(json, "satisfied", meaning.min, meaning.satisfied);
    write_scores(json, "dissatisfied", meaning.min, meaning.dissatisfied);
    buffer_format(json, ",\"headline\":\"%s\"", statistic_name(meaning.headline));
    write_json(json, "wording", question->wording);
    buffer_format(json, ",\"definition\":\"%s\"}", meaning.id);
    return STATUS_OK;
}

static void write_versions(struct buffer *json, const struct survey *survey)
{
    buffer_string(json, ",\"versions\":[");
    for (size_t i = 0; i < survey->version_count; i++) {
        buffer_format(json, "%s{\"version\":%d", i ? "," : "", survey->versions[i].version);
        write_moment(json, "created_at", survey->versions[i].created_us);
        buffer_string(json, "}");
    }
    buffer_string(json, "]");
}

enum status survey_write(struct buffer *json, const struct survey *survey, const struct survey_version *version)
{
    enum status status = STATUS_OK;
    buffer_string(json, "{");
    write_string(json, "key", survey->key);
    buffer_format(json, ",\"version\":%d", version->version);
    write_json(json, "title", survey->title);
    write_moment(json, "created_at", survey->created_us);
    write_moment(json, "updated_at", survey->updated_us);
    write_versions(json, survey);
    buffer_string(json, ",\"questions\":[");
    for (size_t i = 0; status == STATUS_OK && i < version->question_count; i++) {
        buffer_string(json, i ? "," : "");
        status = write_question(json, &version->questions[i]);
    }
    buffer_string(json, "]}");
    return status;
}

/* An empty set is what is left of the usual one, and PUT takes none. */
static enum status write_draft_question(struct buffer *json, const struct survey_question *question)
{
    struct definition meaning;
    enum status status = read_meaning(question->definition, &meaning);
    if (status != STATUS_OK)
        return status;
    buffer_string(json, "{");
    write_asked(json, question->definition);
    write_scores(json, "satisfied", meaning.min, meaning.satisfied);
    if (meaning.dissatisfied)
        write_scores(json, "dissatisfied", meaning.min, meaning.dissatisfied);
    buffer_format(json, ",\"headline\":\"%s\"", statistic_name(meaning.headline));
    write_json(json, "wording", question->wording);
    buffer_string(json, "}");
    return STATUS_OK;
}

enum status survey_write_draft(struct buffer *json, const struct survey *survey, const struct survey_version *version)
{
    enum status status = STATUS_OK;
    buffer_string(json, "{\"title\":");
    if (text_is_absent(survey->title))
        buffer_string(json, "null");
    else
        buffer_append(json, survey->title.bytes, survey->title.size);
    buffer_string(json, ",\"questions\":[");
    for (size_t i = 0; status == STATUS_OK && i < version->question_count; i++) {
        buffer_string(json, i ? "," : "");
        status = write_draft_question(json, &version->questions[i]);
    }
    buffer_string(json, "]}");
    return status;
}

void survey_write_form(struct buffer *json, const struct survey *survey, const struct survey_version *version)
{
    buffer_string(json, "{");
    write_string(json, "survey", survey->key);
    buffer_format(json, ",\"version\":%d", version->version);
    write_json(json, "title", survey->title);
    buffer_string(json, ",\"questions\":[");
    for (size_t i = 0; i < version->question_count; i++) {
        buffer_string(json, i ? ",{" : "{");
        write_asked(json, version->questions[i].definition);
        write_json(json, "wording", version->questions[i].wording);
        buffer_string(json, "}");
    }
    buffer_string(json, "]}");
}
