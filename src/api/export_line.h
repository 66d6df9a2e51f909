/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_EXPORT_LINE_H
#define HARK_API_EXPORT_LINE_H

#include "api/service.h"
#include "base/buffer.h"
#include "storage/event.h"
#include "storage/response.h"
#include "storage/survey.h"

/* Inside api/ only: what is stored as it would be posted: with its id and the time at which it happened, without what is missing. */

void export_line_response(struct buffer *json, const struct response *response, const struct principal *principal);
void export_line_event(struct buffer *json, const struct event *event, const struct project *project);
/* One version, with the body that PUT takes. STATUS_INTERNAL: it means nothing (logged). */
enum status export_line_survey(struct buffer *json, const struct survey *survey, const struct survey_version *version)
    __attribute__((warn_unused_result));

#endif
