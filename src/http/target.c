/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <stdio.h>
#include <string.h>

void target_split(struct request *request)
{
    char *target = request->target;
    if (*target != '/' && *target != '*') { /* http://host/path: the guard has seen to it */
        target = strstr(target, "://") + 3;
        target += strcspn(target, "/?");
    }
    request->path = *target == '/' || *target == '*' ? target : "/";
    char *mark = strchr(target, '?');
    if (mark != NULL) {
        *mark = '\0';
        request->query_text = mark + 1;
    }
}

static void decode_path(struct request *request)
{
    for (size_t i = 0; i < ROUTE_VALUES_MAX && request->match.values[i] != NULL; i++) {
        struct text piece = {.bytes = request->match.values[i], .size = request->match.sizes[i]};
        const char *wrong = NULL;
        request->values[i] = query_decode(request->arena, piece, false, &wrong);
        if (wrong != NULL) {
            reply_problem(request, 400, "bad-path", "part %zu of the path that varies %s", i + 1, wrong);
            return;
        }
    }
}

static void decode_query(struct request *request)
{
    struct text name;
    const char *wrong = query_parse(request->arena, request->query_text, &request->query, &name);
    if (wrong == NULL) {
        return;
    }
    char shown[65];
    snprintf(shown, sizeof shown, "%.*s", (int)(name.size > 64 ? 64 : name.size), name.bytes);
    reply_fault(request, NULL, shown, "%s", wrong);
    reply_problem(request, 400, "bad-query", "the query can't be read: %s %s", name.size == 0 ? "it" : shown, wrong);
}

void target_decode(struct request *request)
{
    decode_path(request);
    if (request->reply.status == 0) {
        decode_query(request);
    }
}
