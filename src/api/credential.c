/* SPDX-License-Identifier: MIT */
#include "credential.h"

#include <string.h>
#include <strings.h>

/* The first of that name; *times says how often it is there. */
static const char *query_values(const struct request *request, const char *name, size_t *times)
{
    size_t count;
    const struct query_pair *pairs = request_query(request, &count);
    const char *first = NULL;
    *times = 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i].name, name) == 0 && (*times)++ == 0)
            first = pairs[i].value;
    return first;
}

const char *credential_project(const struct request *request, size_t *times)
{
    return query_values(request, "project", times);
}

static bool takes_query_key(const struct route *route)
{
    return route->method == HTTP_POST && (route->flags & ROUTE_CORS) && route->scope == SCOPE_WRITE;
}

static const char *bearer_of(const struct request *request)
{
    static const char scheme[] = "Bearer ";
    const char *header = request_header(request, "Authorization");
    if (header == NULL || strncasecmp(header, scheme, sizeof scheme - 1) != 0)
        return NULL;
    header += sizeof scheme - 1;
    return header + strspn(header, " ");
}

struct credential credential_of(const struct request *request)
{
    struct credential credential = {.text = bearer_of(request)};
    size_t times;
    if (credential.text == NULL && takes_query_key(request_route(request))) {
        credential.text = query_values(request, "key", &times);
        credential.is_of_query = true;
    }
    return credential;
}
