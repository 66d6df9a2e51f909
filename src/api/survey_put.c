/* SPDX-License-Identifier: MIT */
#include "api/service.h"
#include "body.h"
#include "etag.h"
#include "handlers.h"
#include "http/reply.h"
#include "path.h"
#include "storage/audit.h"
#include "survey_write.h"
#include "write.h"

/* Changing surveys: PUT and DELETE. */

enum { ATTEMPTS = 5 };

/* Whose survey, and what the client says that it is now. */
struct change {
    struct request *request;
    struct service *service;
    struct connection *connection;
    int32_t project_id;
    const char *key;
    int64_t if_updated_us;
    bool if_absent;
};

static struct change change_of(struct request *request, struct service *service, struct connection *connection)
{
    return (struct change){.request = request,
                           .service = service,
                           .connection = connection,
                           .project_id = request_principal(request)->project->id,
                           .key = request_path_value(request, 0)};
}

/* The survey as PostgreSQL has it now, not as this process last heard. Let go of the snapshot. */
static enum status read_anew(const struct change *change, struct snapshot **snapshot, const struct survey **survey)
{
    enum status status = directory_refresh(change->service->directory, change->connection);
    *snapshot = NULL;
    *survey = NULL;
    if (status != STATUS_OK)
        return status;
    *snapshot = directory_hold(change->service->directory);
    *survey = snapshot_survey(*snapshot, change->project_id, text_of(change->key));
    if (*survey && (*survey)->is_deleted)
        *survey = NULL;
    return STATUS_OK;
}

static enum status tag_of(const struct survey *survey, char etag[ETAG_SIZE])
{
    struct buffer json;
    enum status status;
    buffer_init(&json);
    status = survey_write(&json, survey, survey_version(survey, 0));
    if (status == STATUS_OK && json.failed)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        etag_make(json.data, json.size, json.size, json.size, etag);
    buffer_clear(&json);
    return status;
}

/* A tag stands for a state, and a state for the moment of its last change: that one is compared within the transaction, so
 * that of two who read the same state only one stores. */
static enum status compare_tags(struct change *change, const struct survey *survey)
{
    const char *match = request_header(change->request, "If-Match");
    const char *none_match = request_header(change->request, "If-None-Match");
    char etag[ETAG_SIZE] = "";
    enum status status = survey ? tag_of(survey, etag) : STATUS_OK;
    change->if_updated_us = survey ? survey->updated_us : 0;
    change->if_absent = survey == NULL;
    if (status != STATUS_OK)
        return status;
    if (match && (survey == NULL || !etag_is_matched(match, etag)))
        return STATUS_CONFLICT;
    if (none_match && survey && etag_is_listed(none_match, etag))
        return STATUS_CONFLICT;
    return STATUS_OK;
}

/* Only a client that names a state asks for one. */
static enum status read_condition(struct change *change)
{
    struct snapshot *snapshot;
    const struct survey *survey;
    enum status status;
    if (!request_header(change->request, "If-Match") && !request_header(change->request, "If-None-Match"))
        return STATUS_OK;
    status = read_anew(change, &snapshot, &survey);
    if (status == STATUS_OK)
        status = compare_tags(change, survey);
    snapshot_release(snapshot);
    return status;
}

static void send_problem(const struct change *change, enum status status)
{
    if (status == STATUS_CONFLICT)
        reply_problem(change->request, 412, "precondition-failed",
                      "The survey is not in the state that If-Match or If-None-Match asks for: read it again.");
    else if (status == STATUS_TOO_LARGE)
        reply_problem(change->request, 422, "cap",
                      "A project has at most %d surveys, deleted ones too, and %d versions of them, and a survey "
                      "at most %d versions.",
                      SURVEYS_MAX, PROJECT_VERSIONS_MAX, SURVEY_VERSIONS_MAX);
    else
        problem_of_status(change->request, status, "survey");
}

/* --- PUT ------------------------------------------------------------------------------------------------------------- */

static enum status try_put(struct change *change, struct survey_draft *draft, struct survey_put *put)
{
    enum status status = read_condition(change);
    draft->project_id = change->project_id;
    draft->key = change->key;
    draft->if_updated_us = change->if_updated_us;
    draft->if_absent = change->if_absent;
    if (status == STATUS_OK)
        status = audit_name_key(change->connection, request_principal(change->request)->key->id);
    return status == STATUS_OK ? survey_put(change->connection, draft, put) : status;
}

/* Where a new survey is found with the same key. */
static void add_location(const struct change *change)
{
    const struct principal *principal = request_principal(change->request);
    struct buffer url;
    buffer_init(&url);
    buffer_string(&url, "/v1/surveys/");
    write_escaped(&url, change->key);
    if (principal->key->project_id == 0) {
        buffer_string(&url, "?project=");
        write_escaped(&url, principal->project->name);
    }
    if (!url.failed)
        reply_header(change->request, "Location", url.data);
    buffer_clear(&url);
}

/* The survey as it is now, and beside it what the request did, which is no part of the state that the tag stands for. */
static enum status write_stored(const struct change *change, const struct survey *survey, const struct survey_put *put,
                                struct buffer *json)
{
    char etag[ETAG_SIZE];
    size_t end;
    enum status status = survey_write(json, survey, survey_version(survey, 0));
    if (status == STATUS_OK && json->failed)
        status = STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        return status;
    etag_make(json->data, json->size, json->size, json->size, etag);
    end = json->size - 1;
    json->data[end] = ',';
    buffer_format(json, "\"starts_version\":%s}", put->starts_version ? "true" : "false");
    reply_header(change->request, "ETag", etag);
    if (put->is_new)
        add_location(change);
    return STATUS_OK;
}

static enum status send_stored(const struct change *change, const struct survey_put *put)
{
    struct snapshot *snapshot;
    const struct survey *survey;
    struct buffer json;
    enum status status = read_anew(change, &snapshot, &survey);
    /* Deleted by another one since. */
    if (status == STATUS_OK && survey == NULL)
        status = STATUS_NOT_FOUND;
    buffer_init(&json);
    if (status == STATUS_OK)
        status = write_stored(change, survey, put, &json);
    if (status == STATUS_OK)
        reply_json(change->request, put->is_new ? 201 : 200, &json);
    else
        buffer_clear(&json);
    snapshot_release(snapshot);
    return status;
}

enum outcome surveys_put(struct request *request, struct service *service, struct connection *connection)
{
    struct change change = change_of(request, service, connection);
    struct survey_draft draft = {0};
    struct survey_put put;
    int attempts = 0;
    enum status status;

    if (!path_survey_key(request) || !body_survey(request, &draft))
        return HANDLED;
    do
        status = try_put(&change, &draft, &put);
    while (status == STATUS_RETRY && ++attempts < ATTEMPTS);
    if (status == STATUS_OK)
        status = send_stored(&change, &put);
    if (status != STATUS_OK)
        send_problem(&change, status);
    return HANDLED;
}

/* --- DELETE ---------------------------------------------------------------------------------------------------------- */

static enum status try_delete(struct change *change)
{
    enum status status = read_condition(change);
    /* What isn't there is not found, whatever state the client takes it to be in. */
    if (change->if_absent)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        status = audit_name_key(change->connection, request_principal(change->request)->key->id);
    if (status != STATUS_OK)
        return status;
    return survey_delete(change->connection, change->project_id, change->key, change->if_updated_us);
}

enum outcome surveys_delete(struct request *request, struct service *service, struct connection *connection)
{
    struct change change = change_of(request, service, connection);
    int attempts = 0;
    enum status status;

    do
        status = try_delete(&change);
    while (status == STATUS_RETRY && ++attempts < ATTEMPTS);
    if (status == STATUS_OK)
        status = directory_refresh(service->directory, connection);
    if (status == STATUS_OK)
        reply_empty(request, 204);
    else
        send_problem(&change, status);
    return HANDLED;
}
