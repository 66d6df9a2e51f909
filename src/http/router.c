/* SPDX-License-Identifier: MIT */
#include "http/router.h"

#include <stdio.h>
#include <string.h>

static const char *const method_names[] = {
    [HTTP_GET] = "GET",     [HTTP_HEAD] = "HEAD",     [HTTP_POST] = "POST",       [HTTP_PUT] = "PUT",
    [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS", [HTTP_OTHER] = "OTHER",
};

const char *http_method_name(enum http_method method)
{
    return method_names[method];
}

enum http_method http_method_parse(const char *name)
{
    for (int i = 0; i < HTTP_OTHER; i++) {
        if (strcmp(name, method_names[i]) == 0) {
            return (enum http_method)i;
        }
    }
    return HTTP_OTHER;
}

/* The {values} of one pattern, as they were found in the path. */
struct captures {
    size_t count;
    const char *values[ROUTE_VALUES_MAX];
    size_t sizes[ROUTE_VALUES_MAX];
};

static bool pattern_matches(const char *pattern, const char *path, struct captures *captures)
{
    captures->count = 0;
    while (*pattern != '\0') {
        if (*pattern != '{') {
            if (*pattern++ != *path++) {
                return false;
            }
            continue;
        }
        size_t size = strcspn(path, "/");
        if (size == 0 || captures->count == ROUTE_VALUES_MAX) {
            return false;
        }
        captures->values[captures->count] = path;
        captures->sizes[captures->count++] = size;
        path += size;
        pattern = strchr(pattern, '}') + 1;
    }
    return *path == '\0';
}

static void match_take(struct route_match *match, const struct route *route, const struct captures *captures)
{
    match->route = route;
    memset(match->values, 0, sizeof match->values);
    memset(match->sizes, 0, sizeof match->sizes);
    memcpy(match->values, captures->values, captures->count * sizeof captures->values[0]);
    memcpy(match->sizes, captures->sizes, captures->count * sizeof captures->sizes[0]);
}

struct route_match router_match(const struct route *routes, size_t count, enum http_method method, const char *path)
{
    enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
    struct route_match match = {0};
    size_t fewest = ROUTE_VALUES_MAX + 1;
    for (size_t i = 0; i < count; i++) {
        struct captures captures;
        if (!pattern_matches(routes[i].pattern, path, &captures)) {
            continue;
        }
        match.methods |= 1U << routes[i].method | 1U << HTTP_OPTIONS;
        if (routes[i].method == HTTP_GET) {
            match.methods |= 1U << HTTP_HEAD;
        }
        match.cors = match.cors || (routes[i].flags & ROUTE_CORS) != 0;
        /* /v1/responses/export goes before /v1/responses/{id}, wherever it stands. */
        if (routes[i].method == wanted && captures.count < fewest) {
            fewest = captures.count;
            match_take(&match, &routes[i], &captures);
        }
    }
    return match;
}

char *router_allow(unsigned methods, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < HTTP_OTHER; i++) {
        const char *separator = used == 0 ? "" : ", ";
        size_t room = strlen(separator) + strlen(method_names[i]);
        if ((methods & 1U << i) != 0 && used + room < size) {
            snprintf(text + used, size - used, "%s%s", separator, method_names[i]);
            used += room;
        }
    }
    return text;
}
