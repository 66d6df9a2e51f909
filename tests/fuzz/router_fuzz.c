/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "api/service.h"
#include "http/router.h"

#include <stdio.h>

/* A method and a path. What was captured lies within the path, and the pattern with it put in is the path. */

static void check_match(const struct route_match *match, const char *path)
{
    size_t used = 0;
    size_t value = 0;
    for (const char *at = match->route->pattern; *at != '\0'; at++) {
        if (*at != '{') {
            MUST(path[used++] == *at);
            continue;
        }
        MUST(match->values[value] == path + used && match->sizes[value] > 0);
        used += match->sizes[value++];
        at = strchr(at, '}');
    }
    MUST(path[used] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char allow[64];
    char *string = fuzz_string(data, size);
    char *space = strchr(string, ' ');
    if (space != NULL) {
        *space = '\0';
        struct route_match match = router_match(api_routes, api_route_count, http_method_parse(string), space + 1);
        if (match.route != NULL)
            check_match(&match, space + 1);
        MUST(strlen(router_allow(match.methods, allow, sizeof allow)) < sizeof allow);
    }
    free(string);
    return 0;
}
