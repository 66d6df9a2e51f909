/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_CALENDAR_H
#define HARK_STORAGE_CALENDAR_H

#include "base/arena.h"
#include "base/status.h"
#include "storage/database.h"

#include <stddef.h>
#include <stdint.h>

enum calendar_unit {
    CALENDAR_HOUR,
    CALENDAR_DAY,
    CALENDAR_WEEK, /* from Monday */
    CALENDAR_MONTH,
    CALENDAR_QUARTER,
    CALENDAR_YEAR,
    CALENDAR_UNIT_COUNT
};

enum { CALENDAR_BUCKETS_MAX = 10000 };

/* Bucket i holds the quarters of an hour from boundaries[i] up to, and without, boundaries[i + 1]. */
struct calendar {
    int32_t *boundaries; /* count + 1, ascending */
    size_t count;
};

/* "hour", "day", … */
const char *calendar_unit_name(enum calendar_unit unit);

/* The local hours, days … of an IANA zone over the quarters from inclusive to exclusive, as PostgreSQL knows the zone;
 * the first and the last bucket are cut off at from and to. Two hours of one local name are two buckets; a day whose
 * midnight doesn't exist begins where the clock jumps to. STATUS_TOO_LARGE: more than CALENDAR_BUCKETS_MAX;
 * STATUS_INVALID: no such zone. */
enum status calendar_read(struct connection *connection, const char *time_zone, enum calendar_unit unit, int32_t from,
                          int32_t to, struct arena *arena, struct calendar *calendar)
    __attribute__((warn_unused_result));

/* Takes both quarters to the same time of the same day a year before, in an IANA zone. */
enum status calendar_year_before(struct connection *connection, const char *time_zone, int32_t *from, int32_t *to)
    __attribute__((warn_unused_result));

#endif
