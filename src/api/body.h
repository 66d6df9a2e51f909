/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_BODY_H
#define HARK_API_BODY_H

#include "http/request.h"
#include "ingest/ingest.h"
#include "storage/posted.h"
#include "storage/survey.h"

/* Inside api/ only: bodies that are one JSON object and change what is stored, decoded and checked. What is kept lives as long as
 * the request. False: the reply is set, with every fault. */

/* PATCH /v1/responses/{id}; the id is left to the caller. */
bool body_patch(struct request *request, struct patch *patch) __attribute__((warn_unused_result));
/* POST /v1/erasures */
bool body_erasure(struct request *request, struct text *customer_id) __attribute__((warn_unused_result));
/* POST /v1/exclusions */
bool body_exclusion(struct request *request, struct posted_query *query, bool *excluded)
    __attribute__((warn_unused_result));
/* PUT /v1/surveys/{key}: title and questions. */
bool body_survey(struct request *request, struct survey_draft *draft) __attribute__((warn_unused_result));

#endif
