/* SPDX-License-Identifier: MIT */
#include "write.h"

#include "base/timestamp.h"
#include "http/reply.h"
#include "storage/survey.h"

#include <ctype.h>
#include <string.h>

/* A filter of many values would make it longer than a reply has room for; `next` is in the body, too. */
enum { LINK_BYTES_MAX = 1000 };

void write_text(struct buffer *json, struct text text)
{
    if (text_is_absent(text))
        buffer_string(json, "null");
    else
        buffer_json_string(json, text.bytes, text.size);
}

void write_time(struct buffer *json, int64_t us)
{
    char text[TIMESTAMP_TEXT_SIZE];
    buffer_format(json, "\"%s\"", timestamp_format(us, text));
}

static void write_member(struct buffer *json, const char *name, struct text text)
{
    buffer_format(json, ",\"%s\":", name);
    write_text(json, text);
}

static void write_dimensions(struct buffer *json, const struct cell_key *cell, const struct project *project)
{
    bool is_first = true;
    for (enum dimension d = DIMENSION_SURVEY; d <= DIMENSION_SEGMENT; d++)
        write_member(json, dimension_name(d), cell->values[d]);
    write_member(json, dimension_name(DIMENSION_COUNTRY), cell->values[DIMENSION_COUNTRY]);
    buffer_string(json, ",\"dimensions\":{");
    for (enum dimension d = DIMENSION_DECLARED_1; d <= DIMENSION_DECLARED_4; d++) {
        const char *name = project_dimension_name(project, d);
        if (name == NULL)
            continue;
        buffer_format(json, "%s\"%s\":", is_first ? "" : ",", name);
        write_text(json, cell->values[d]);
        is_first = false;
    }
    buffer_string(json, "}");
}

static void write_properties(struct buffer *json, struct text properties)
{
    buffer_string(json, ",\"properties\":");
    if (text_is_absent(properties))
        buffer_string(json, "null");
    else
        buffer_append(json, properties.bytes, properties.size);
}

static void write_score(struct buffer *json, const char *key, int score, bool *is_first)
{
    buffer_format(json, "%s\"%s\":%d", *is_first ? "" : ",", key, score);
    *is_first = false;
}

/* A question's key needs no escapes. */
void write_answers(struct buffer *json, const struct response *response, const struct principal *principal)
{
    bool is_first = true;
    buffer_string(json, ",\"answers\":{");
    for (int q = 0; q < QUESTION_COUNT; q++)
        if (response->scores[q] != SCORE_ABSENT)
            write_score(json, question_scales[q].key, response->scores[q], &is_first);
    for (size_t i = 0; i < response->answer_count; i++) {
        const struct question_definition *definition =
            snapshot_definition(principal->snapshot, principal->project->id, response->answers[i].definition_id);
        /* Unknown: defined this very moment, by another process. */
        if (definition)
            write_score(json, definition->question, response->answers[i].score, &is_first);
    }
    buffer_string(json, "}");
}

static void write_tags(struct buffer *json, const struct response *response)
{
    buffer_string(json, ",\"tags\":[");
    for (size_t i = 0; i < response->tag_count; i++) {
        buffer_string(json, i ? "," : "");
        write_text(json, response->tags[i]);
    }
    buffer_string(json, "]");
}

static const char *boolean(bool value)
{
    return value ? "true" : "false";
}

void write_response(struct buffer *json, const struct stored_response *stored, const struct principal *principal)
{
    const struct response *response = &stored->response;
    char id[ID_TEXT_SIZE];
    buffer_format(json, "{\"id\":\"%s\",\"occurred_at\":", id_format(&response->id, id));
    write_time(json, response->occurred_us);
    buffer_string(json, ",\"received_at\":");
    write_time(json, stored->received_us);
    buffer_string(json, ",\"updated_at\":");
    write_time(json, stored->updated_us);
    write_dimensions(json, &response->cell, principal->project);
    if (response->survey_version > 0)
        buffer_format(json, ",\"survey_version\":%d", response->survey_version);
    else
        buffer_string(json, ",\"survey_version\":null");
    write_answers(json, response, principal);
    write_member(json, "comment", response->comment);
    write_tags(json, response);
    write_member(json, "customer_id", response->customer_id);
    write_member(json, "interaction_id", response->interaction_id);
    write_member(json, "source", response->source);
    write_properties(json, response->properties);
    buffer_format(json, ",\"key_id\":%d,\"test\":%s,\"excluded\":%s,\"erased\":%s}", response->key_id,
                  boolean(response->is_test), boolean(stored->excluded), boolean(stored->erased));
}

void write_event(struct buffer *json, const struct stored_event *stored, const struct project *project)
{
    const struct event *event = &stored->event;
    char id[ID_TEXT_SIZE];
    buffer_format(json, "{\"id\":\"%s\",\"action\":", id_format(&event->id, id));
    write_text(json, event->action);
    write_member(json, "stage", event->stage);
    buffer_string(json, ",\"occurred_at\":");
    write_time(json, event->occurred_us);
    buffer_string(json, ",\"received_at\":");
    write_time(json, stored->received_us);
    write_dimensions(json, &event->cell, project);
    write_member(json, "customer_id", event->customer_id);
    write_member(json, "session_id", event->session_id);
    write_member(json, "interaction_id", event->interaction_id);
    if (event->has_response_id)
        buffer_format(json, ",\"response_id\":\"%s\"", id_format(&event->response_id, id));
    else
        buffer_string(json, ",\"response_id\":null");
    if (event->has_duration)
        buffer_format(json, ",\"duration_ms\":%lld", (long long)event->duration_ms);
    else
        buffer_string(json, ",\"duration_ms\":null");
    buffer_format(json, ",\"amount\":%s", text_is_absent(event->amount) ? "null" : "");
    buffer_append(json, event->amount.bytes, event->amount.size);
    write_member(json, "currency", event->currency);
    write_member(json, "source", event->source);
    write_properties(json, event->properties);
    buffer_format(json, ",\"key_id\":%d,\"test\":%s,\"erased\":%s}", event->key_id, boolean(event->is_test),
                  boolean(stored->erased));
}

void write_escaped(struct buffer *url, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (isalnum(c) || strchr("-._~", c))
            buffer_append(url, text, 1);
        else
            buffer_format(url, "%%%02X", c);
    }
}

/* The same request with another cursor. The key, should it have come in the query, stays out. */
static void write_next(struct request *request, struct buffer *url, const char *cursor)
{
    size_t count;
    const struct query_pair *pairs = request_query(request, &count);
    buffer_string(url, request_path(request));
    buffer_string(url, "?cursor=");
    write_escaped(url, cursor);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(pairs[i].name, "cursor") == 0 || strcmp(pairs[i].name, "key") == 0)
            continue;
        buffer_string(url, "&");
        write_escaped(url, pairs[i].name);
        buffer_string(url, "=");
        write_escaped(url, pairs[i].value);
    }
}

void write_page_end(struct request *request, struct buffer *json, const char *cursor)
{
    struct buffer url;
    struct buffer link;
    if (cursor == NULL) {
        buffer_string(json, "],\"next\":null}");
        return;
    }
    buffer_init(&url);
    buffer_init(&link);
    write_next(request, &url, cursor);
    buffer_string(json, "],\"next\":");
    write_text(json, (struct text){url.data ? url.data : "", url.size});
    buffer_string(json, "}");
    buffer_format(&link, "<%s>; rel=\"next\"", url.data ? url.data : "");
    json->failed = json->failed || url.failed || link.failed;
    if (!json->failed && link.size <= LINK_BYTES_MAX)
        reply_header(request, "Link", link.data);
    buffer_clear(&link);
    buffer_clear(&url);
}
