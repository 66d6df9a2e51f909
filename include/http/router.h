/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_ROUTER_H
#define HARK_HTTP_ROUTER_H

#include "base/scope.h"

#include <stdbool.h>
#include <stddef.h>

enum http_method {
    HTTP_GET,
    HTTP_HEAD, /* finds the GET route */
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER
};

struct request;
struct service;    /* what handlers work with: defined in api/ */
struct connection; /* a PostgreSQL connection: defined in storage/ */
struct parameter;  /* a query parameter's rule: defined in api/ */

/* HANDLED: the reply is set. PENDING: another thread holds the request now and will call request_finish. */
enum outcome { HANDLED, PENDING };
typedef enum outcome handler_fn(struct request *request, struct service *service, struct connection *connection);

enum route_flag {
    ROUTE_CORS = 1u << 0,      /* may be called from a page of another origin */
    ROUTE_INLINE = 1u << 1,    /* never waits: runs on the loop's thread, with no connection */
    ROUTE_ADMIN = 1u << 2,     /* where an admin listener is set, only there */
    ROUTE_BODY = 1u << 3,      /* takes a body */
    ROUTE_SPANS = 1u << 4,     /* a key of an organization may ask about several projects at once */
    ROUTE_ANY_QUERY = 1u << 5, /* a page: the query is for its own script to read */
    ROUTE_CACHED = 1u << 6,    /* answers with numbers alone, and an ETag: one reply may serve many requests */
    ROUTE_AT_ONCE = 1u << 7 /* cached, and may know them already: its handler runs on the loop's thread first, with no
                                  connection; where it needs one, it leaves the reply unset and runs again */
};

/* One row of the table of routes. pattern: "/v1/responses/{id}"; a {name} matches one non-empty segment. */
struct route {
    enum http_method method;
    const char *pattern;
    enum scope scope;
    handler_fn *handler;
    const struct parameter *parameters; /* NULL: takes none. Ends with one whose name is NULL */
    unsigned flags;
};

enum { ROUTE_VALUES_MAX = 4 };

struct route_match {
    const struct route *route; /* NULL: 404 when methods is 0, else 405 */
    unsigned methods;          /* bit per enum http_method that the path has (HEAD with GET, OPTIONS always) */
    bool cors;                 /* some route of the path has ROUTE_CORS */
    const char *values[ROUTE_VALUES_MAX]; /* into path, not NUL-terminated, still percent-encoded */
    size_t sizes[ROUTE_VALUES_MAX];
};

/* Pure. path: as sent, without query. */
struct route_match router_match(const struct route *routes, size_t count, enum http_method method, const char *path);
const char *http_method_name(enum http_method method);
enum http_method http_method_parse(const char *name);
/* "GET, HEAD, OPTIONS": for Allow. Returns text. */
char *router_allow(unsigned methods, char *text, size_t size);

#endif
