/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_TIME_ZONE_H
#define HARK_STORAGE_TIME_ZONE_H

#include <stdbool.h>
#include <stddef.h>

/* The names of time zones that PostgreSQL lists in pg_timezone_names. */
struct time_zones {
    const char *const *names; /* ascending by their bytes */
    size_t count;
};

bool time_zones_have(const struct time_zones *zones, const char *name);

#endif
