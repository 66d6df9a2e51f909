/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_ANSWER_CACHE_H
#define HARK_API_ANSWER_CACHE_H

#include "answer_table.h"
#include "http/request.h"
#include "ingest/ingest.h"

/* Inside api/ only: one reading for all who ask the same within a moment (routes with ROUTE_CACHED). What may be told again, and
 * for how long, is in answer_table.h; who is about to read is a flight, and who asks the same meanwhile waits for it. */

struct answer_cache;

enum answer_step {
    ANSWER_SET,   /* the reply is set */
    ANSWER_WAITS, /* it will be, and the request finished, by the flight that it waits for */
    ANSWER_READ   /* the request is to be handled: answer_begin before it, answer_end after it */
};

/* Out of memory: of no use, and everybody reads. */
enum answer_step answer_ask(struct answer_cache *cache, struct request *request);
/* The handler is about to run, for the first time or once more. */
void answer_begin(struct request *request);
/* The reply may be made of what was read a moment ago: it is one that is kept, and whoever asked didn't ask for the latest. */
bool answer_may_lag(const struct request *request);
/* It may lag, and nothing that takes long, such as gzipping, is to be done with it. */
bool answer_is_short(const struct request *request);
/* It will be made of what was read at read_us; what is kept and who waits go by that. Only of one that may lag. */
void answer_date_back(struct request *request, int64_t read_us);
/* The reply is set, if only to a problem: finishes those who waited for it. On the request's own reply If-None-Match is
 * minded, which handlers leave alone. */
void answer_end(struct request *request);

#endif
