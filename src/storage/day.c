/* SPDX-License-Identifier: MIT */
#include "storage/day.h"

#include "base/arena.h"
#include "base/timestamp.h"
#include "query.h"
#include "storage/calendar.h"
#include "storage/fold.h"

#include <stdbool.h>

/* How a copy comes to be exact while writers go on:
 * 1. Under a lock that no writer of counters holds at the same time, the day gets a state: not filled, not dirty. Every
 *    writer from then on sees that state and marks it dirty in the transaction that counts.
 * 2. In a second transaction the quarters are summed up, which holds nobody up, and the day becomes filled unless it is dirty.
 * What was committed before the sum is in it; what comes later makes the day dirty, and it is read from its quarters. */

/* The day that is not over is copied, too: read from quarters it would cost as much as the month before it. */
enum { DAY_LONGEST = 104 };

struct day {
    int32_t project_id;
    int32_t from;
    int32_t to;
};

struct round {
    struct connection *connection;
    struct arena *arena;
    int32_t end; /* what is after it is not copied yet */
    struct day found[DAY_ROUND];
    size_t found_count;
    struct day stale[DAY_ROUND];
    size_t stale_count;
};

/* The first quarter that no known day covers; false: there is none. */
static enum status find_uncovered(struct round *round, int32_t project_id, int32_t from, int32_t *quarter, bool *found)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    argument_int4(&arguments, project_id);
    argument_int4(&arguments, from);
    argument_int4(&arguments, round->end);
    status = query_run(round->connection, QUERY_DAY_NEXT, &arguments, &result);
    arguments_clear(&arguments);
    *found = status == STATUS_OK && result_rows(result) == 1;
    if (*found)
        *quarter = result_int4(result, 0, 0);
    result_free(result);
    return status;
}

/* The local day that holds the quarter, or as much of it as is to be copied; *quarter becomes its end. */
static enum status find_day(struct round *round, int32_t project_id, const char *time_zone, int32_t *quarter)
{
    struct calendar calendar;
    int32_t wanted = *quarter;
    enum status status = calendar_read(round->connection, time_zone, CALENDAR_DAY, wanted - DAY_LONGEST,
                                       wanted + DAY_LONGEST + 1, round->arena, &calendar);
    for (size_t i = 0; status == STATUS_OK && i < calendar.count; i++) {
        struct day day = {project_id, calendar.boundaries[i], calendar.boundaries[i + 1]};
        if (wanted < day.from || wanted >= day.to)
            continue;
        *quarter = day.to;
        if (day.to > round->end)
            day.to = round->end;
        if (wanted < day.to)
            round->found[round->found_count++] = day;
    }
    return status;
}

static enum status find_days_of(struct round *round, int32_t project_id, const char *time_zone)
{
    int32_t quarter = 0;
    bool found = true;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && round->found_count < DAY_ROUND && quarter < round->end) {
        status = find_uncovered(round, project_id, quarter, &quarter, &found);
        if (!found)
            break;
        status = find_day(round, project_id, time_zone, &quarter);
    }
    return status;
}

static enum status find_days(struct round *round)
{
    struct result *result;
    bool failed = false;
    enum status status = query_run(round->connection, QUERY_DAY_PROJECTS, NULL, &result);
    for (int i = 0; status == STATUS_OK && i < result_rows(result); i++) {
        struct text time_zone = result_copy(result, i, 1, round->arena, &failed);
        status = failed ? STATUS_NO_MEMORY : find_days_of(round, result_int4(result, i, 0), time_zone.bytes);
    }
    result_free(result);
    return status;
}

static enum status add_days(struct round *round)
{
    struct arguments arguments;
    enum status status = STATUS_OK;
    arguments_init(&arguments);
    for (size_t first = 0, end; status == STATUS_OK && first < round->found_count; first = end) {
        for (end = first; end < round->found_count; end++)
            if (round->found[end].project_id != round->found[first].project_id)
                break;
        arguments_reset(&arguments);
        argument_int4(&arguments, round->found[first].project_id);
        argument_array(&arguments, ARRAY_INT4);
        for (size_t i = first; i < end; i++)
            element_int4(&arguments, round->found[i].from);
        argument_array(&arguments, ARRAY_INT4);
        for (size_t i = first; i < end; i++)
            element_int4(&arguments, round->found[i].to);
        status = query_execute(round->connection, QUERY_DAY_GROW, &arguments);
        if (status == STATUS_OK)
            status = query_execute(round->connection, QUERY_DAY_ADD, &arguments);
    }
    arguments_clear(&arguments);
    return status;
}

static enum status find_stale(struct round *round)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    argument_int4(&arguments, DAY_ROUND);
    status = query_run(round->connection, QUERY_DAY_STALE, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    round->stale_count = 0;
    for (int i = 0; i < result_rows(result); i++)
        round->stale[round->stale_count++] =
            (struct day){result_int4(result, i, 0), result_int4(result, i, 1), result_int4(result, i, 2)};
    result_free(result);
    return STATUS_OK;
}

static enum status open_days(struct round *round)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    argument_array(&arguments, ARRAY_INT4);
    for (size_t i = 0; i < round->stale_count; i++)
        element_int4(&arguments, round->stale[i].project_id);
    argument_array(&arguments, ARRAY_INT4);
    for (size_t i = 0; i < round->stale_count; i++)
        element_int4(&arguments, round->stale[i].from);
    status = query_execute(round->connection, QUERY_DAY_OPEN, &arguments);
    arguments_clear(&arguments);
    return status;
}

/* The first transaction. */
static enum status announce(struct round *round)
{
    enum status status = connection_begin(round->connection);
    if (status == STATUS_OK)
        status = query_execute(round->connection, QUERY_DAY_LOCK_TIMEOUT, NULL);
    if (status == STATUS_OK)
        status = query_execute(round->connection, QUERY_DAY_LOCK, NULL);
    if (status == STATUS_OK)
        status = add_days(round);
    if (status == STATUS_OK)
        status = find_stale(round);
    if (status == STATUS_OK)
        status = open_days(round);
    if (status == STATUS_OK)
        status = connection_commit(round->connection);
    if (status != STATUS_OK)
        connection_rollback(round->connection);
    return status;
}

static enum status copy_day(struct connection *connection, struct arguments *arguments, const struct day *day)
{
    enum status status;
    arguments_reset(arguments);
    argument_int4(arguments, day->project_id);
    argument_int4(arguments, day->from);
    status = query_execute(connection, QUERY_DAY_CLEAR, arguments);
    if (status == STATUS_OK)
        status = query_execute(connection, QUERY_DAY_CLEAR_QUESTIONS, arguments);
    if (status == STATUS_OK)
        status = query_execute(connection, QUERY_DAY_CLEAR_PACKS, arguments);
    argument_int4(arguments, day->to);
    if (status == STATUS_OK)
        status = query_execute(connection, QUERY_DAY_COPY, arguments);
    if (status == STATUS_OK)
        status = query_execute(connection, QUERY_DAY_COPY_QUESTIONS, arguments);
    return status;
}

/* Of the copy, not of the quarters, which go on counting. */
static enum status copy_packs(struct connection *connection, struct arguments *arguments, const struct day *day)
{
    arguments_reset(arguments);
    argument_int4(arguments, day->project_id);
    argument_int4(arguments, day->from);
    return query_execute(connection, QUERY_DAY_COPY_PACKS, arguments);
}

static enum status close_day(struct connection *connection, struct arguments *arguments, const struct day *day,
                             bool *is_filled)
{
    struct result *result;
    enum status status;
    arguments_reset(arguments);
    argument_int4(arguments, day->project_id);
    argument_int4(arguments, day->from);
    status = query_run(connection, QUERY_DAY_CLOSE, arguments, &result);
    *is_filled = status == STATUS_OK && result_rows(result) == 1;
    result_free(result);
    return status;
}

/* The second transaction. */
static enum status fill(struct connection *connection, const struct day *day, bool *is_filled)
{
    struct arguments arguments;
    enum status status = connection_begin(connection);
    *is_filled = false;
    arguments_init(&arguments);
    if (status == STATUS_OK)
        status = copy_day(connection, &arguments, day);
    if (status == STATUS_OK)
        status = copy_packs(connection, &arguments, day);
    if (status == STATUS_OK)
        status = close_day(connection, &arguments, day, is_filled);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    arguments_clear(&arguments);
    return status;
}

/* Mostly there is nothing to do, and then no writer waits for the lock. */
static enum status look(struct round *round, bool *has_work)
{
    enum status status = find_days(round);
    if (status == STATUS_OK && round->found_count == 0)
        status = find_stale(round);
    *has_work = round->found_count > 0 || round->stale_count > 0;
    return status;
}

static enum status run(struct round *round, int *filled)
{
    bool is_filled = false;
    bool has_work;
    enum status status = look(round, &has_work);
    if (status == STATUS_OK && has_work)
        status = announce(round);
    for (size_t i = 0; status == STATUS_OK && i < round->stale_count; i++) {
        const struct day *day = &round->stale[i];
        int64_t folded;
        /* What came late lies in slots again, and there are fewer rows to sum. */
        status = fold_slots(round->connection, day->project_id, day->from, day->to, &folded);
        if (status == STATUS_OK)
            status = fill(round->connection, day, &is_filled);
        *filled += status == STATUS_OK && is_filled;
    }
    return status;
}

/* Two keepers at once could each undo what the other relies on. */
static enum status try_keep(struct connection *connection, bool *keeps)
{
    struct result *result;
    enum status status = query_run(connection, QUERY_DAY_TRY_KEEP, NULL, &result);
    *keeps = status == STATUS_OK && result_bool(result, 0, 0);
    result_free(result);
    return status;
}

enum status day_fill(struct connection *connection, int64_t now_us, int *filled)
{
    struct round round = {.connection = connection, .end = timestamp_quarter(now_us - INT64_C(1000000) * DAY_REST_S)};
    enum status released;
    bool keeps;
    enum status status = try_keep(connection, &keeps);

    *filled = 0;
    if (!keeps)
        return status;
    round.arena = arena_new(0);
    status = round.arena ? run(&round, filled) : STATUS_NO_MEMORY;
    arena_free(round.arena);
    released = connection_is_good(connection) ? query_execute(connection, QUERY_DAY_LET_GO, NULL) : STATUS_OK;
    return status == STATUS_OK ? released : status;
}
