/* SPDX-License-Identifier: MIT */
#include "base/scope.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {
    [SCOPE_NONE] = "none", [SCOPE_WRITE] = "write", [SCOPE_METRICS] = "metrics",
    [SCOPE_READ] = "read", [SCOPE_ADMIN] = "admin",
};

const char *scope_name(enum scope scope)
{
    return names[scope];
}

bool scope_parse(const char *name, enum scope *scope)
{
    for (size_t i = SCOPE_WRITE; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0) {
            *scope = (enum scope)i;
            return true;
        }
    return false;
}

bool scope_holds(enum scope held, enum scope wanted)
{
    if (wanted == SCOPE_NONE || held == SCOPE_ADMIN)
        return true;
    if (wanted == SCOPE_WRITE || held == SCOPE_WRITE)
        return held == wanted;
    return held >= wanted;
}
