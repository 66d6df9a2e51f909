/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_QUERY_H
#define HARK_API_METRICS_QUERY_H

#include "api/parameter.h"
#include "metrics/method.h"
#include "metrics_choice.h"
#include "storage/calendar.h"
#include "storage/dedupe.h"
#include "storage/directory.h"
#include "storage/rollup.h"

#include <stdbool.h>
#include <stddef.h>

/* Inside api/ only: what a route about numbers was asked. Knows nothing of HTTP, so that whatever works on it need not. */

enum {
    METRICS_LIMIT_MAX = 10000,
    METRICS_LIMIT = 1000,
    METRICS_POINTS_MAX = 50000,
    METRICS_COLUMN_PROJECT = DIMENSION_COUNT
};

/* The tables of all routes about numbers begin with these rows. */
enum {
    METRICS_AT_FROM,
    METRICS_AT_TO,
    METRICS_AT_LEVEL,
    METRICS_AT_PROJECT,
    METRICS_AT_SURVEY_VERSION,
    METRICS_AT_DIMENSIONS,
    METRICS_AT_OWN
};
#define METRICS_PARAMETERS                                                                             \
    [METRICS_AT_FROM] = {"from", PARAMETER_QUARTER, 0, 0, NULL},                                       \
    [METRICS_AT_TO] = {"to", PARAMETER_QUARTER, 0, 0, NULL},                                           \
    [METRICS_AT_LEVEL] = {"level", PARAMETER_CHOICE, 0, 0, metrics_level_names},                       \
    [METRICS_AT_PROJECT] = {"project", PARAMETER_WORDS, 0, 0, NULL},                                   \
    [METRICS_AT_SURVEY_VERSION] = {"survey_version", PARAMETER_INTEGER, 1, SURVEY_VERSIONS_MAX, NULL}, \
    [METRICS_AT_DIMENSIONS] = {"dimensions", PARAMETER_DIMENSIONS, 0, 0, NULL}
extern const char *const metrics_level_names[];
/* The rows that only some have. */
#define METRICS_PARAMETER_LIMIT                                \
    {                                                          \
        "limit", PARAMETER_INTEGER, 1, METRICS_LIMIT_MAX, NULL \
    }
#define METRICS_PARAMETER_RESCALE                                \
    {                                                            \
        "rescale", PARAMETER_CHOICE, 0, 0, metrics_rescale_names \
    }
extern const char *const metrics_rescale_names[];
#define METRICS_PARAMETER_BY              \
    {                                     \
        "by", PARAMETER_WORDS, 0, 0, NULL \
    }
#define METRICS_PARAMETER_GROUP_BY              \
    {                                           \
        "group_by", PARAMETER_WORDS, 0, 0, NULL \
    }
/* Of a parameter of PARAMETER_CHOICE over metrics_level_names. */
double metrics_level(const struct parameter_value *chosen);

/* One of group_by. */
struct metrics_column {
    int dimension; /* enum dimension, or METRICS_COLUMN_PROJECT */
    const char *name;
};

/* In quarters of an hour; from inclusive, to exclusive. */
struct metrics_window {
    int32_t from;
    int32_t to;
};

enum metrics_order { METRICS_ORDER_KEY, METRICS_ORDER_N, METRICS_ORDER_VALUE };

struct metrics_query {
    const struct snapshot *snapshot;
    struct arena *arena; /* of what is read too */
    struct metrics_scope scope;
    int64_t version; /* of the only survey asked for; 0: any */
    struct metrics_choice choice;
    struct rollup_query rollup; /* its time and calendar are those of what is read: metrics_frame.h */
    struct metrics_column columns[DIMENSION_COUNT + 1];
    size_t column_count;
    double level;
    int64_t min_n;    /* numbers of fewer answers are hidden; 1: none */
    int64_t as_of_us; /* the numbers are read after it */
    const char *time_zone;
    size_t limit;
    enum method method; /* METHOD_DEFAULT, or one that a net has */
    struct metrics_window now;
    struct metrics_window earlier; /* what `now` is compared with, where has_earlier */
    enum calendar_unit unit;       /* of a series */
    int rolling;                   /* days that a point of the series holds; 0: its own bucket */
    enum dedupe dedupe;
    enum metrics_order order;
    size_t metric; /* whose value the groups are ordered by; the one that a path names */
    bool is_descending;
    bool has_earlier;
    bool is_year_before; /* `earlier` is the same time a year before, which the calendar knows */
    bool has_series;
    bool has_control;
    bool is_rescaled; /* every number is a mean of 0..100 */
    bool is_of_whole; /* groups are compared with the total, or with each other */
    bool may_group;   /* of the route: what it offers to whoever asks for what can't be one number */
    bool may_rescale;
    const char *metric_parameter; /* which names the metrics */
};

/* The rows that all routes have. False: the problem is set as reply. */
bool metrics_query_begin(struct request *request, struct arena *arena, struct metrics_query *query)
    __attribute__((warn_unused_result));
/* The dimensions that the parameter of this name lists; where it is needed, at least one. */
void metrics_query_columns(struct request *request, struct metrics_query *query, const char *parameter,
                           const struct parameter_value *words, bool is_needed);
void metrics_query_limit(struct metrics_query *query, const struct parameter_value *limit);
/* False: faults were noted, and the problem is set as reply. */
bool metrics_query_end(struct request *request) __attribute__((warn_unused_result));
/* metrics_query_begin(), and the metric that the path names; false also where it names none, with a 404 set as reply. */
bool metrics_query_of_path(struct request *request, struct arena *arena, struct metrics_query *query)
    __attribute__((warn_unused_result));

/* metrics_asked.c: the metrics of a list, each once, the built-in ones first; faults are noted at metric_parameter. False:
 * out of memory, and the problem is set as reply. */
struct metrics_word {
    const char *name;
    size_t size;
};
bool metrics_query_metrics(struct request *request, struct metrics_query *query, const struct metrics_word *words,
                           size_t count) __attribute__((warn_unused_result));
/* The scope of the metrics, as far as survey and version go. False: out of memory. */
bool metrics_query_scope(struct request *request, struct metrics_query *query) __attribute__((warn_unused_result));
void metrics_query_rescale(struct metrics_query *query, const struct parameter_value *rescale);

/* What declares dimensions and a time zone of its own; NULL for several at once. */
const struct project *metrics_query_project(const struct metrics_query *query);

#endif
