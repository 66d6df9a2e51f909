/* SPDX-License-Identifier: MIT */
#include "api/service.h"
#include "commands.h"
#include "http/router.h"

#include <stdio.h>
#include <stdlib.h>

int routes_run(const struct options *options)
{
    (void)options;
    for (size_t i = 0; i < api_route_count; i++)
        printf("%-6s %-24s %s\n", http_method_name(api_routes[i].method), api_routes[i].pattern,
               scope_name(api_routes[i].scope));
    return EXIT_SUCCESS;
}
