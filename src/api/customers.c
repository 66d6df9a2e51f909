/* SPDX-License-Identifier: MIT */
#include "storage/customer.h"

#include "handlers.h"
#include "http/reply.h"
#include "list_query.h"
#include "storage/survey.h"
#include "survey_write.h"
#include "write.h"

static bool is_of_version(const struct response *a, const struct response *b)
{
    return a->survey_version == b->survey_version &&
           text_equal(a->cell.values[DIMENSION_SURVEY], b->cell.values[DIMENSION_SURVEY]);
}

static bool is_repeated(const struct customer_page *page, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (is_of_version(&page->responses[j].response, &page->responses[i].response))
            return true;
    return false;
}

/* A score says nothing to whom it was asked of without what was asked. NULL: no survey that was defined, or only just now by
 * another process. */
static const struct survey_version *find_asked(const struct principal *principal, const struct response *response,
                                               const struct survey **survey)
{
    *survey = response->survey_version == 0 ? NULL
                                            : snapshot_survey(principal->snapshot, principal->project->id,
                                                              response->cell.values[DIMENSION_SURVEY]);
    return *survey ? survey_version(*survey, response->survey_version) : NULL;
}

static void write_surveys(struct buffer *json, const struct principal *principal, const struct customer_page *page)
{
    const char *separator = "";
    for (size_t i = 0; i < page->response_count; i++) {
        const struct survey *survey;
        const struct survey_version *version = find_asked(principal, &page->responses[i].response, &survey);
        if (version == NULL || is_repeated(page, i))
            continue;
        buffer_string(json, separator);
        survey_write_form(json, survey, version);
        separator = ",";
    }
}

static void send(struct request *request, const struct customer_query *query, const struct customer_page *page)
{
    const struct principal *principal = request_principal(request);
    struct buffer json;
    buffer_init(&json);
    buffer_string(&json, "{\"customer_id\":");
    write_text(&json, query->customer_id);
    buffer_string(&json, ",\"surveys\":[");
    write_surveys(&json, principal, page);
    buffer_string(&json, "],\"responses\":[");
    for (size_t i = 0; i < page->response_count; i++) {
        buffer_string(&json, i ? "," : "");
        write_response(&json, &page->responses[i], principal);
    }
    buffer_string(&json, "],\"events\":[");
    for (size_t i = 0; i < page->event_count; i++) {
        buffer_string(&json, i ? "," : "");
        write_event(&json, &page->events[i], principal->project);
    }
    write_page_end(request, &json,
                   page->has_more ? cursor_seal(request_arena(request),
                                                page->in_events ? LIST_EXPORT_EVENTS : LIST_EXPORT_RESPONSES,
                                                page->last_us, &page->last_id)
                                  : NULL);
    reply_json(request, 200, &json);
}

enum outcome customers_export(struct request *request, struct service *service, struct connection *connection)
{
    const struct principal *principal = request_principal(request);
    struct customer_query query;
    struct customer_page page;
    enum status status;

    (void)service;
    if (!list_query_customer(request, &query))
        return HANDLED;
    status = customer_read(connection, &query, request_arena(request), &page);
    /* Whom nobody could tell of is given to nobody. */
    if (status == STATUS_OK)
        status = customer_note_export(connection, query.project_id, principal->key->id, page.response_count,
                                      page.event_count);
    if (status == STATUS_OK)
        send(request, &query, &page);
    else
        problem_of_status(request, status, "export");
    return HANDLED;
}
