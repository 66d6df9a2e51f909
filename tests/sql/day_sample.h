/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_DAY_SAMPLE_H
#define HARK_TESTS_DAY_SAMPLE_H

#include "storage/cube.h"
#include "storage/response.h"
#include "storage/rollup.h"
#include "tenant.h"

/* What the suites of the day copy share: ten local days of Madrid from 2026-03-24, the sixth of which, 29 March, has 23
 * hours. In quarters of an hour. */
enum { FIRST = 1971452, DAYS = 10, SHORT_DAY = 5 };
#define US_OF(quarter_) ((int64_t)(quarter_)*900 * 1000000)

int32_t day_start(int day);
/* One hour and a quarter after the end of a day. */
int64_t after_day(int day);

/* A project in Madrid with one cell. */
void day_sample_open(struct tenant *tenant);
struct response response_at(const struct tenant *tenant, int32_t quarter, int8_t nps, int8_t csat);
enum status insert_response(struct connection *connection, const struct response *response, int16_t slot);
/* The same by the way of answers that are surely new: it waits in pending. */
enum status add_response(struct connection *connection, struct response *response, struct pending *pending);
/* What rollup_read says. */
void read_counts(const struct tenant *tenant, int32_t from, int32_t to, int64_t counts[ROLLUP_COUNTERS]);
/* What a cube that begins there says, read now from the one before (NULL: none), whose place it takes. False: it can't tell. */
bool read_counts_in_memory(const struct tenant *tenant, struct cube **before, int32_t from, int32_t to,
                           int64_t counts[ROLLUP_COUNTERS]);
/* The answers to nps, likewise. */
int64_t count_answers_in_memory(const struct tenant *tenant, struct cube **before, int32_t from, int32_t to);
/* The answers to nps. */
int64_t count_answers(const struct tenant *tenant, int32_t from, int32_t to);
/* Rounds of the keeper until there is nothing to do. */
void fill_days(const struct tenant *tenant, int64_t now_us);

#endif
