/* SPDX-License-Identifier: MIT */
#include "day_sample.h"

#include "storage/cube.h"
#include "storage/day.h"

#include <check.h>
#include <string.h>

int32_t day_start(int day)
{
    return FIRST + 96 * day - (day > SHORT_DAY ? 4 : 0);
}

int64_t after_day(int day)
{
    return US_OF(day_start(day + 1) + 5);
}

void day_sample_open(struct tenant *tenant)
{
    tenant_open(tenant, "Europe/Madrid");
    tenant_execute(tenant, "INSERT INTO cell SELECT %d, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0");
}

struct response response_at(const struct tenant *tenant, int32_t quarter, int8_t nps, int8_t csat)
{
    struct response response = {.id = id_new(), .occurred_us = US_OF(quarter), .cell_id = 1, .key_id = tenant->key_id};
    response.cell.project_id = tenant->project_id;
    response.scores[QUESTION_NPS] = nps;
    response.scores[QUESTION_CSAT] = csat;
    response.scores[QUESTION_CES] = SCORE_ABSENT;
    return response;
}

enum status insert_response(struct connection *connection, const struct response *response, int16_t slot)
{
    struct response copy = *response;
    struct response *list[] = {&copy};
    bool is_new;
    return response_insert(connection, list, 1, slot, &is_new);
}

enum status add_response(struct connection *connection, struct response *response, struct pending *pending)
{
    struct response *list[] = {response};
    return response_add(connection, list, 1, pending);
}

static void take_counts(const struct rollup *rollup, int64_t counts[ROLLUP_COUNTERS])
{
    ck_assert_uint_le(rollup->group_count, 1);
    memset(counts, 0, sizeof *counts * ROLLUP_COUNTERS);
    if (rollup->group_count == 1)
        memcpy(counts, rollup->groups[0].points[0].counts, sizeof *counts * ROLLUP_COUNTERS);
}

void read_counts(const struct tenant *tenant, int32_t from, int32_t to, int64_t counts[ROLLUP_COUNTERS])
{
    struct arena *arena = arena_new(0);
    struct rollup_query query = {.project_ids = &tenant->project_id, .project_count = 1, .from = from, .to = to};
    struct rollup rollup;
    ck_assert_int_eq(rollup_read(tenant->connection, &query, arena, &rollup), STATUS_OK);
    take_counts(&rollup, counts);
    arena_free(arena);
}

bool read_counts_in_memory(const struct tenant *tenant, struct cube **before, int32_t from, int32_t to,
                           int64_t counts[ROLLUP_COUNTERS])
{
    const struct cube_scope scope = {
        .project_id = tenant->project_id, .group_by = 0, .from = from, .to = day_start(DAYS)};
    struct rollup_query query = {.project_ids = &tenant->project_id, .project_count = 1, .from = from, .to = to};
    struct arena *arena = arena_new(0);
    struct rollup rollup = {.group_count = 0};
    struct cube *cube;
    ck_assert_int_eq(cube_read(tenant->connection, &scope, *before, 1 << 20, &cube), STATUS_OK);
    bool is_told = cube_tells(cube, &query);
    if (is_told)
        ck_assert_int_eq(cube_answer(cube, &query, arena, &rollup), STATUS_OK);
    cube_free(*before);
    *before = cube;
    take_counts(&rollup, counts);
    arena_free(arena);
    return is_told;
}

static int64_t sum_of_nps(const int64_t counts[ROLLUP_COUNTERS])
{
    int64_t n = 0;
    for (int score = 0; score <= 10; score++)
        n += counts[score];
    return n;
}

int64_t count_answers(const struct tenant *tenant, int32_t from, int32_t to)
{
    int64_t counts[ROLLUP_COUNTERS];
    read_counts(tenant, from, to, counts);
    return sum_of_nps(counts);
}

int64_t count_answers_in_memory(const struct tenant *tenant, struct cube **before, int32_t from, int32_t to)
{
    int64_t counts[ROLLUP_COUNTERS];
    ck_assert(read_counts_in_memory(tenant, before, from, to, counts));
    return sum_of_nps(counts);
}

void fill_days(const struct tenant *tenant, int64_t now_us)
{
    int filled = DAY_ROUND;
    while (filled == DAY_ROUND)
        ck_assert_int_eq(day_fill(tenant->connection, now_us, &filled), STATUS_OK);
}
