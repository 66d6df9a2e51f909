/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_QUERY_H
#define HARK_API_METRICS_QUERY_H

#include "storage/calendar.h"
#include "storage/directory.h"
#include "storage/response.h"
#include "storage/rollup.h"

#include <stdbool.h>
#include <stddef.h>

/* Inside api/ only: what GET /v1/metrics was asked. Knows nothing of HTTP, so that whatever works on it need not. */

struct request;

enum {
    METRICS_LIMIT_MAX = 10000,
    METRICS_LIMIT = 1000,
    METRICS_POINTS_MAX = 50000,
    METRICS_COLUMN_PROJECT = DIMENSION_COUNT
};

/* One of group_by. */
struct metrics_column {
    int dimension; /* enum dimension, or METRICS_COLUMN_PROJECT */
    const char *name;
};

enum metrics_order { METRICS_ORDER_KEY, METRICS_ORDER_N, METRICS_ORDER_QUESTION };

struct metrics_query {
    const struct snapshot *snapshot;
    unsigned questions; /* a bit for each enum question */
    struct rollup_query rollup;
    struct metrics_column columns[DIMENSION_COUNT + 1];
    size_t column_count;
    bool has_series;
    enum calendar_unit unit;
    const char *time_zone;
    struct calendar calendar; /* of a series: read by the handler */
    size_t limit;
    enum metrics_order order;
    enum question order_question;
    bool is_descending;
};

/* From the parsed parameters. False: faults were noted, and the problem is set as reply. */
bool metrics_query_make(struct request *request, struct metrics_query *query) __attribute__((warn_unused_result));

static inline bool metrics_query_has(const struct metrics_query *query, int question)
{
    return query->questions >> question & 1;
}

#endif
