/* SPDX-License-Identifier: MIT */
#include "api/service.h"
#include "etag.h"
#include "handlers.h"
#include "http/reply.h"
#include "list_query.h"
#include "survey_write.h"
#include "write.h"

#include <string.h>

/* Reading surveys: from the snapshot in memory. */

/* NULL, with a 404 set: there is none, or none any more. */
static const struct survey *find(struct request *request)
{
    const struct principal *principal = request_principal(request);
    const struct survey *survey =
        snapshot_survey(principal->snapshot, principal->project->id, text_of(request_path_value(request, 0)));
    if (survey && !survey->is_deleted)
        return survey;
    problem_of_status(request, STATUS_NOT_FOUND, "survey");
    return NULL;
}

/* 200, or 304 where the client has it already. */
static void send_tagged(struct request *request, struct buffer *json, const char *cache_control)
{
    char etag[ETAG_SIZE];
    if (!json->failed) {
        etag_make(json->data, json->size, json->size, json->size, etag);
        reply_header(request, "ETag", etag);
        reply_header(request, "Cache-Control", cache_control);
        if (etag_is_listed(request_header(request, "If-None-Match"), etag)) {
            buffer_clear(json);
            reply_empty(request, 304);
            return;
        }
    }
    reply_json(request, 200, json);
}

/* --- one ------------------------------------------------------------------------------------------------------------- */

enum { GET_VERSION };
const struct parameter surveys_get_parameters[] = {
    [GET_VERSION] = {.name = "version", .type = PARAMETER_INTEGER, .min = 1, .max = SURVEY_VERSIONS_MAX},
    {0},
};

enum outcome surveys_get(struct request *request, struct service *service, struct connection *connection)
{
    const struct survey *survey = find(request);
    const struct survey_version *version;
    struct buffer json;
    enum status status;

    (void)service;
    (void)connection;
    if (survey == NULL)
        return HANDLED;
    version = survey_version(survey, (int32_t)request_parameter(request, GET_VERSION)->integer);
    if (version == NULL) {
        problem_of_status(request, STATUS_NOT_FOUND, "version of the survey");
        return HANDLED;
    }
    buffer_init(&json);
    status = survey_write(&json, survey, version);
    if (status == STATUS_OK) {
        send_tagged(request, &json, "no-cache");
    } else {
        buffer_clear(&json);
        problem_of_status(request, status, "survey");
    }
    return HANDLED;
}

/* --- all ------------------------------------------------------------------------------------------------------------- */

/* Where the page begins: behind the key that the one before it ended with, be that survey still there or not. */
static size_t find_start(const struct survey *surveys, size_t count, const char *after)
{
    size_t start = 0;
    while (after && start < count && strcmp(surveys[start].key, after) <= 0)
        start++;
    return start;
}

/* The one at i, or the next that was not deleted. */
static size_t skip_deleted(const struct survey *surveys, size_t count, size_t i)
{
    while (i < count && surveys[i].is_deleted)
        i++;
    return i;
}

static enum status write_page(struct request *request, const struct survey *surveys, size_t count,
                              const struct survey_list_query *query, struct buffer *json)
{
    int left = query->limit;
    size_t i = skip_deleted(surveys, count, find_start(surveys, count, query->after));
    const char *last = NULL;
    enum status status = STATUS_OK;

    buffer_string(json, "{\"data\":[");
    for (; status == STATUS_OK && i < count && left > 0; left--) {
        buffer_string(json, last ? "," : "");
        last = surveys[i].key;
        status = survey_write(json, &surveys[i], survey_version(&surveys[i], 0));
        i = skip_deleted(surveys, count, i + 1);
    }
    write_page_end(request, json, i < count ? cursor_seal_key(request_arena(request), LIST_SURVEYS, last) : NULL);
    return status;
}

enum outcome surveys_list(struct request *request, struct service *service, struct connection *connection)
{
    const struct principal *principal = request_principal(request);
    size_t count;
    const struct survey *surveys = snapshot_surveys(principal->snapshot, principal->project->id, &count);
    struct survey_list_query query;
    struct buffer json;
    enum status status;

    (void)service;
    (void)connection;
    if (!list_query_surveys(request, &query))
        return HANDLED;
    buffer_init(&json);
    status = write_page(request, surveys, count, &query, &json);
    if (status == STATUS_OK) {
        reply_json(request, 200, &json);
    } else {
        buffer_clear(&json);
        problem_of_status(request, status, "list of surveys");
    }
    return HANDLED;
}

/* --- the form -------------------------------------------------------------------------------------------------------- */

/* A browser keeps it for a minute. The same address is another survey to another key. */
enum outcome surveys_form(struct request *request, struct service *service, struct connection *connection)
{
    const struct survey *survey = find(request);
    struct buffer json;
    (void)service;
    (void)connection;
    if (survey == NULL)
        return HANDLED;
    buffer_init(&json);
    survey_write_form(&json, survey, survey_version(survey, 0));
    reply_header(request, "Vary", "Authorization");
    send_tagged(request, &json, "private, max-age=60");
    return HANDLED;
}
