/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_LONE_REQUEST_H
#define HARK_TESTS_LONE_REQUEST_H

#include "http/query.h"
#include "http/request.h"

#include <jansson.h>

/* A request that no server read and no client waits for: what is decided over it, and told, can be looked at. */

struct lone_request {
    const struct route *route;
    struct query query;
    void *context;
    const char *value;               /* of the path's first {…}; NULL: it has none */
    const char *body;                /* NULL: none */
    const char *const (*headers)[2]; /* names and values; the last name is NULL. NULL: none */
    int64_t received_us;
    size_t arena_limit; /* 0: none */
};

struct request *lone_request_new(const struct lone_request *of);
void lone_request_free(struct request *request);

/* What was decided over its body. */
enum lone_body { LONE_BODY_REFUSED, LONE_BODY_COLLECTED, LONE_BODY_STREAMED };
enum lone_body lone_request_body(const struct request *request, size_t *limit);

/* The problem that was set as its reply; the test fails where there is none. The caller lets go of it. */
json_t *lone_request_problem(const struct request *request);
/* Of a problem's one fault, or of its i-th: what is said of that parameter or pointer. The test fails where it is of another. */
const char *lone_request_detail(const json_t *problem, size_t i, const char *place);

#endif
