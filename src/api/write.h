/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_WRITE_H
#define HARK_API_WRITE_H

#include "api/service.h"
#include "base/buffer.h"
#include "http/request.h"
#include "storage/directory.h"
#include "storage/event.h"
#include "storage/response.h"

/* Inside api/ only: what is stored, as JSON. Every field is there, null where it is missing. */

void write_response(struct buffer *json, const struct stored_response *stored, const struct principal *principal);
void write_event(struct buffer *json, const struct stored_event *stored, const struct project *project);

/* ,"answers":{…} */
void write_answers(struct buffer *json, const struct response *response, const struct principal *principal);
void write_text(struct buffer *json, struct text text);
void write_time(struct buffer *json, int64_t us);
/* Percent-encoded, for a part of a path or query. */
void write_escaped(struct buffer *url, const char *text);

/* {"data":[…],"next":…} of one page, where data holds the rows so far: closes it, with Link. cursor NULL: the last page. */
void write_page_end(struct request *request, struct buffer *json, const char *cursor);

#endif
