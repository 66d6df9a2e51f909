/* SPDX-License-Identifier: MIT */
#include "storage/time_zone.h"

#include <stdlib.h>
#include <string.h>

static int compare_names(const void *wanted, const void *name)
{
    return strcmp(wanted, *(const char *const *)name);
}

bool time_zones_have(const struct time_zones *zones, const char *name)
{
    return bsearch(name, zones->names, zones->count, sizeof *zones->names, compare_names) != NULL;
}
