/* SPDX-License-Identifier: MIT */
#include "ingest/exclusion.h"

#include "base/clock.h"
#include "base/timestamp.h"
#include "body.h"
#include "faults.h"
#include "handlers.h"
#include "http/reply.h"
#include "parse.h"
#include "write.h"

/* What one request changes at the most, so that it is answered soon: the client sends it again for the rest. */
enum { RESPONSES_MAX = 10000 };
static const int64_t WORK_US = 2000000;

static void decode_time(const json_t *body, const char *name, bool is_required, int64_t *us, struct faults *faults)
{
    const json_t *value = json_object_get(body, name);
    if (!is_required && (value == NULL || json_is_null(value)))
        return;
    if (!json_is_string(value) || !timestamp_parse(json_string_value(value), json_string_length(value), us))
        faults_add(faults, faults_child(faults, "#", name),
                   "must be a time with its zone (RFC 3339), such as \"2026-11-22T10:00:00+01:00\"");
}

static void decode_fields(const json_t *body, struct posted_query *query, bool *excluded, struct faults *faults)
{
    static const char *const names[] = {"key_id", "from", "to", "excluded", NULL};
    const json_t *flag = json_object_get(body, "excluded");
    int64_t key_id = 0;
    faults_add_unknown(faults, body, names, "#");
    if (!parse_integer(json_object_get(body, "key_id"), 1, INT32_MAX, &key_id))
        faults_add(faults, "#/key_id", "must be the number of a key, such as 7");
    query->key_id = (int32_t)key_id;
    decode_time(body, "from", true, &query->from_us, faults);
    decode_time(body, "to", false, &query->to_us, faults);
    if (query->from_us >= query->to_us)
        faults_add(faults, "#/from", "must be before to");
    if (!json_is_boolean(flag))
        faults_add(faults, "#/excluded", "must be true, to take them out of the numbers, or false, to put them back");
    *excluded = json_is_true(flag);
}

static bool decode(struct request *request, struct posted_query *query, bool *excluded)
{
    struct faults faults;
    json_t *json = body_object(request, &faults);

    if (json == NULL)
        return false;
    *query = (struct posted_query){.project_id = request_principal(request)->project->id, .to_us = clock_now_us()};
    decode_fields(json, query, excluded, &faults);
    json_decref(json);
    return body_is_sound(request, &faults);
}

static void send(struct request *request, const struct exclusion_report *report)
{
    struct buffer json;
    buffer_init(&json);
    buffer_format(&json, "{\"responses\":%zu,\"complete\":%s}", report->responses,
                  report->is_complete ? "true" : "false");
    reply_json(request, 200, &json);
}

/* What was changed is told and noted, also where the rest could not be. */
enum outcome exclusions_post(struct request *request, struct service *service, struct connection *connection)
{
    const struct exclusion_limit limit = {RESPONSES_MAX, clock_monotonic_us() + WORK_US};
    struct posted_query query;
    struct exclusion_report report;
    bool excluded = false;
    enum status status;

    if (!decode(request, &query, &excluded))
        return HANDLED;
    status = exclusion_run(service->ingest, connection, &query, excluded, &limit, &report);
    if (report.responses > 0)
        status = posted_note(connection, &query, request_principal(request)->key->id, excluded, report.responses);
    if (status == STATUS_OK)
        send(request, &report);
    else
        problem_of_status(request, status, "exclusion");
    return HANDLED;
}
