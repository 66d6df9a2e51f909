/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_LIST_QUERY_H
#define HARK_API_LIST_QUERY_H

#include "http/request.h"
#include "storage/customer.h"
#include "storage/event.h"
#include "storage/response.h"

/* Inside api/ only: which rows a list is asked for, and from where on. Texts live as long as the request. False: the problem is set
 * as reply. */

/* What keeps the cursors of one list from being taken by another. */
#define LIST_EVENTS           "events"
#define LIST_SURVEYS          "surveys"
#define LIST_EXPORT_RESPONSES "export-responses"
#define LIST_EXPORT_EVENTS    "export-events"

/* GET /v1/responses: two lists, by what they are ordered by. */
bool list_query_responses(struct request *request, struct response_filter *filter) __attribute__((warn_unused_result));
const char *list_query_responses_name(const struct response_filter *filter);
/* GET /v1/events */
bool list_query_events(struct request *request, struct event_filter *filter) __attribute__((warn_unused_result));
/* GET /v1/customers/{customer_id}/export: the events follow the responses. */
bool list_query_customer(struct request *request, struct customer_query *query) __attribute__((warn_unused_result));

/* GET /v1/surveys */
struct survey_list_query {
    int limit;
    const char *after; /* behind the survey of this key; NULL: from the first on */
};
bool list_query_surveys(struct request *request, struct survey_list_query *query) __attribute__((warn_unused_result));

#endif
