/* SPDX-License-Identifier: MIT */
#include "export_line.h"

#include "survey_write.h"
#include "write.h"

static void put_text(struct buffer *json, const char *name, struct text text)
{
    if (text_is_absent(text))
        return;
    buffer_format(json, ",\"%s\":", name);
    write_text(json, text);
}

/* A number, or an object, as it is stored. */
static void put_json(struct buffer *json, const char *name, struct text text)
{
    if (text_is_absent(text))
        return;
    buffer_format(json, ",\"%s\":", name);
    buffer_append(json, text.bytes, text.size);
}

static void put_id_and_time(struct buffer *json, const struct id *id, int64_t occurred_us)
{
    char text[ID_TEXT_SIZE];
    buffer_format(json, "{\"id\":\"%s\",\"occurred_at\":", id_format(id, text));
    write_time(json, occurred_us);
}

static void put_dimensions(struct buffer *json, const struct cell_key *cell, const struct project *project)
{
    bool is_first = true;
    for (enum dimension d = DIMENSION_SURVEY; d <= DIMENSION_SEGMENT; d++)
        put_text(json, dimension_name(d), cell->values[d]);
    for (enum dimension d = DIMENSION_DECLARED_1; d <= DIMENSION_DECLARED_4; d++) {
        const char *name = project_dimension_name(project, d);
        if (name == NULL || text_is_absent(cell->values[d]))
            continue;
        buffer_format(json, is_first ? ",\"dimensions\":{\"%s\":" : ",\"%s\":", name);
        write_text(json, cell->values[d]);
        is_first = false;
    }
    buffer_string(json, is_first ? "" : "}");
}

static void put_tags(struct buffer *json, const struct response *response)
{
    for (size_t i = 0; i < response->tag_count; i++) {
        buffer_string(json, i ? "," : ",\"tags\":[");
        write_text(json, response->tags[i]);
    }
    buffer_string(json, response->tag_count ? "]" : "");
}

void export_line_response(struct buffer *json, const struct response *response, const struct principal *principal)
{
    put_id_and_time(json, &response->id, response->occurred_us);
    put_dimensions(json, &response->cell, principal->project);
    if (response->survey_version > 0)
        buffer_format(json, ",\"survey_version\":%d", response->survey_version);
    write_answers(json, response, principal);
    put_text(json, "comment", response->comment);
    put_tags(json, response);
    put_text(json, "customer_id", response->customer_id);
    put_text(json, "interaction_id", response->interaction_id);
    put_text(json, "source", response->source);
    put_json(json, "properties", response->properties);
    buffer_string(json, "}");
}

void export_line_event(struct buffer *json, const struct event *event, const struct project *project)
{
    char id[ID_TEXT_SIZE];
    put_id_and_time(json, &event->id, event->occurred_us);
    put_text(json, "action", event->action);
    put_text(json, "stage", event->stage);
    put_dimensions(json, &event->cell, project);
    put_text(json, "customer_id", event->customer_id);
    put_text(json, "session_id", event->session_id);
    put_text(json, "interaction_id", event->interaction_id);
    if (event->has_response_id)
        buffer_format(json, ",\"response_id\":\"%s\"", id_format(&event->response_id, id));
    if (event->has_duration)
        buffer_format(json, ",\"duration_ms\":%lld", (long long)event->duration_ms);
    put_json(json, "amount", event->amount);
    put_text(json, "currency", event->currency);
    put_text(json, "source", event->source);
    put_json(json, "properties", event->properties);
    buffer_string(json, "}");
}

/* Whether it asks what the one before it asked: then the survey was deleted between them, for nothing else begins a version. */
static bool follows_deletion(const struct survey *survey, const struct survey_version *version)
{
    const struct survey_version *before = version > survey->versions ? version - 1 : NULL;
    if (before == NULL || before->question_count != version->question_count)
        return false;
    for (size_t i = 0; i < version->question_count; i++) {
        const struct question_definition *definition = version->questions[i].definition;
        const struct survey_question *question = survey_question(before, text_of(definition->question));
        if (question == NULL || question->definition->id != definition->id)
            return false;
    }
    return true;
}

enum status export_line_survey(struct buffer *json, const struct survey *survey, const struct survey_version *version)
{
    enum status status;
    buffer_string(json, "{\"survey\":");
    write_text(json, text_of(survey->key));
    buffer_format(json, ",\"version\":%d,\"created_at\":", version->version);
    write_time(json, version->created_us);
    buffer_format(json, ",\"follows_deletion\":%s,\"deleted\":%s,\"definition\":",
                  follows_deletion(survey, version) ? "true" : "false", survey->is_deleted ? "true" : "false");
    status = survey_write_draft(json, survey, version);
    buffer_string(json, "}");
    return status;
}
