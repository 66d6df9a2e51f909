/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_INQUIRY_H
#define HARK_HTTP_INQUIRY_H

#include "http/request.h"

/* A request that the service makes of itself: no client waits for it, and what it asks is what a client's request asked. */

/* Its reply is set. On the thread that finishes it; it ends with this. */
typedef void inquiry_done_fn(struct request *request);

/* A GET of the route with the path, query, id and Authorization of `like`, received now. Begins and is handled as any request, on the
 * calling thread; done is called before or after this returns. Nothing of `like` is kept. False: out of memory, and done is
 * not called. `mark` is found by inquiry_mark. */
bool inquiry_start(const struct request *like, const struct route *route, void *mark, inquiry_done_fn *done)
    __attribute__((warn_unused_result));
void *inquiry_mark(const struct request *request);

/* What was set as its reply. */
const char *inquiry_body(const struct request *request, size_t *size);

#endif
