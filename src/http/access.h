/* SPDX-License-Identifier: MIT */
#ifndef HARK_SRC_HTTP_ACCESS_H
#define HARK_SRC_HTTP_ACCESS_H

#include "base/status.h"
#include "http/request.h"
#include "http/router.h"

#include <stdbool.h>
#include <stddef.h>

/* The access log and the meters of what was served. */

struct meter;
struct route_meters;

struct access {
    bool logs;
    size_t route_count;
    struct route_meters *routes; /* and one more, for requests without a route */
    struct meter *connections;
    struct meter *in_flight;
};

enum status access_open(struct access *access, bool logs, const struct route *routes, size_t count)
    __attribute__((warn_unused_result));
void access_close(struct access *access);

void access_connections(const struct access *access, int change);
void access_begin(const struct access *access);
/* request: NULL when memory was out for it. cut: the client didn't get its reply, or not all of it. */
void access_end(const struct access *access, const struct request *request, bool cut);

#endif
