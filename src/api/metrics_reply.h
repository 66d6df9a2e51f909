/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_REPLY_H
#define HARK_API_METRICS_REPLY_H

#include "base/buffer.h"
#include "metrics/comparison.h"
#include "metrics/score.h"
#include "metrics_groups.h"

/* Inside api/ only: what the replies of all routes about numbers have in common. */

struct metrics_reply {
    struct buffer json;
    size_t as_of_from; /* the time of the read stands from here */
    size_t as_of_to;   /* to before here */
};

typedef void metrics_answer_fn(struct request *request, struct connection *connection, struct arena *arena);
/* Answers with an arena of its own. */
enum outcome metrics_run(struct request *request, struct connection *connection, metrics_answer_fn *answer);

/* It may be answered without a connection: no calendar is needed, and little time. */
bool metrics_is_at_once(const struct metrics_query *query);

/* Reads what the query asks, and adds it up. False: the problem is set as reply; so also where answers under different
 * definitions would be one number. Without a connection only a question that is at once, and only from counts in memory. False may
 * mean then, with no reply set, that it must be read. */
bool metrics_read_groups(struct request *request, struct connection *connection, struct arena *arena,
                         struct metrics_query *query, struct metrics_frame *frame, struct metrics_groups *groups)
    __attribute__((warn_unused_result));

/* The body as far as the window, and what groups there are; without its closing brace. */
void metrics_reply_begin(struct metrics_reply *reply, const struct metrics_query *query,
                         const struct metrics_groups *groups);
/* With an ETag, which whoever sends it may turn into a 304. A status other than STATUS_OK becomes a problem instead. */
void metrics_reply_send(struct request *request, struct metrics_reply *reply, enum status status);

/* Of one group: "channel":"web","region":null */
void metrics_write_labels(struct buffer *json, const struct metrics_query *query, const struct metrics_group *group);
/* "name":"2026-11-22T10:00:00Z" */
void metrics_write_quarter(struct buffer *json, const char *name, int32_t quarter);
/* Each with a comma before it; texts need no escapes. */
void metrics_write_integer(struct buffer *json, const char *name, int64_t value);
void metrics_write_string(struct buffer *json, const char *name, const char *value);
void metrics_write_double(struct buffer *json, const char *name, double value);
void metrics_write_boolean(struct buffer *json, const char *name, bool value);
void metrics_write_interval(struct buffer *json, const char *name, const struct interval *interval);
/* delta, interval, p, significant, method, test */
void metrics_write_comparison(struct buffer *json, const struct comparison *comparison);
/* "metric", "definition" of a route that is about one; null where the total is mixed. */
void metrics_write_metric(struct buffer *json, const struct metrics_query *query, const struct metrics_groups *groups);
/* n, value, interval, quality of one metric, without a comma; hidden, where it is, and what it is made of, where that is
 * rescaled or mixed. score: of metrics_score. */
void metrics_write_score(struct buffer *json, const struct metrics_query *query, const struct metrics_counts *counts,
                         size_t metric, const struct score *score);
enum status metrics_write_estimate(struct buffer *json, const struct metrics_query *query,
                                   const struct metrics_counts *counts, size_t metric)
    __attribute__((warn_unused_result));
/* "definition":"csat_1_5_top2", with a comma before it. */
void metrics_write_definition(struct buffer *json, const struct metrics_query *query,
                              const struct metrics_counts *counts, size_t metric);
/* "mixed", and "definitions", each with its number of answers. */
void metrics_write_definitions(struct buffer *json, const struct metrics_query *query,
                               const struct metrics_counts *counts, size_t metric);
/* The number of what is published; n counts what is hidden too. Of one that is rescaled only n, value, interval, mean and quality,
 * of one that is mixed only n and quality. */
enum status metrics_score(const struct metrics_query *query, const struct metrics_counts *counts, size_t metric,
                          struct score *score) __attribute__((warn_unused_result));
/* Has a headline that the query's method is of. */
enum method metrics_method(const struct metrics_query *query, const struct definition *definition);

#endif
