/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_TARGET_H
#define HARK_HTTP_TARGET_H

#include "exchange.h"

/* What the first line of a request asks for, once the guard has let it through. */

/* Sets path and query_text, which stay as they were sent. */
void target_split(struct request *request);
/* The path's values, once it has a route, and the query's pairs. What can't be decoded has a reply set. */
void target_decode(struct request *request);

#endif
