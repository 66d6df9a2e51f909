/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_EXPORT_LINE_H
#define HARK_API_EXPORT_LINE_H

#include "api/service.h"
#include "base/buffer.h"
#include "storage/event.h"
#include "storage/response.h"

/* Inside api/ only: what is stored as it would be posted: with its id and the time at which it happened, without what is missing. */

void export_line_response(struct buffer *json, const struct response *response, const struct principal *principal);
void export_line_event(struct buffer *json, const struct event *event, const struct project *project);

#endif
