/* SPDX-License-Identifier: MIT */
#include "storage/calendar.h"

#include "query.h"

#include <assert.h>

/* longest: in quarters of an hour, with room for a clock that was set back. */
static const struct {
    const char *name;
    int64_t longest;
} units[CALENDAR_UNIT_COUNT] = {
    [CALENDAR_HOUR] = {"hour", 4},
    [CALENDAR_DAY] = {"day", 104},
    [CALENDAR_WEEK] = {"week", INT64_C(7) * 104},
    [CALENDAR_MONTH] = {"month", INT64_C(31) * 104},
    [CALENDAR_QUARTER] = {"quarter", INT64_C(92) * 104},
    [CALENDAR_YEAR] = {"year", INT64_C(366) * 104},
};

const char *calendar_unit_name(enum calendar_unit unit)
{
    return units[unit].name;
}

static enum status copy(const struct result *result, int32_t from, int32_t to, struct arena *arena,
                        struct calendar *calendar)
{
    size_t inner = (size_t)result_rows(result);
    int32_t *boundaries = arena_array(arena, inner + 2, sizeof *boundaries);
    if (boundaries == NULL)
        return STATUS_NO_MEMORY;
    boundaries[0] = from;
    for (size_t i = 0; i < inner; i++)
        boundaries[i + 1] = result_int4(result, (int)i, 0);
    boundaries[inner + 1] = to;
    *calendar = (struct calendar){boundaries, inner + 1};
    return inner + 1 > CALENDAR_BUCKETS_MAX ? STATUS_TOO_LARGE : STATUS_OK;
}

enum status calendar_read(struct connection *connection, const char *time_zone, enum calendar_unit unit, int32_t from,
                          int32_t to, struct arena *arena, struct calendar *calendar)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    assert(from < to);
    /* Before PostgreSQL walks through eight thousand years of hours. */
    if ((int64_t)to - from > units[unit].longest * CALENDAR_BUCKETS_MAX)
        return STATUS_TOO_LARGE;
    arguments_init(&arguments);
    argument_text(&arguments, text_of(time_zone));
    argument_int4(&arguments, from);
    argument_int4(&arguments, to);
    argument_text(&arguments, text_of(units[unit].name));
    argument_int4(&arguments, CALENDAR_BUCKETS_MAX);
    status = query_run(connection, QUERY_CALENDAR_BUCKETS, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK)
        status = copy(result, from, to, arena, calendar);
    result_free(result);
    return status;
}

enum status calendar_year_before(struct connection *connection, const char *time_zone, int32_t *from, int32_t *to)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_text(&arguments, text_of(time_zone));
    argument_int4(&arguments, *from);
    argument_int4(&arguments, *to);
    status = query_run(connection, QUERY_CALENDAR_YEAR_BEFORE, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK) {
        *from = result_int4(result, 0, 0);
        *to = result_int4(result, 0, 1);
    }
    result_free(result);
    return status;
}
