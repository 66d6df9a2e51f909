/* SPDX-License-Identifier: MIT */
#include "ingest/exclusion.h"

#include "base/clock.h"
#include "body.h"
#include "handlers.h"
#include "http/reply.h"

/* What one request changes at the most, so that it is answered soon: the client sends it again for the rest. */
enum { RESPONSES_MAX = 10000 };
static const int64_t WORK_US = 2000000;

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

    if (!body_exclusion(request, &query, &excluded))
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
