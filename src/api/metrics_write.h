/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_WRITE_H
#define HARK_API_METRICS_WRITE_H

#include "base/buffer.h"
#include "base/status.h"
#include "metrics_query.h"

struct metrics_groups;

/* Inside api/ only: the body of GET /v1/metrics. The time of the read stands from *as_of_from to before *as_of_to.
 * STATUS_INTERNAL: the rollups hold a negative number of answers. */
enum status metrics_write(struct buffer *json, const struct metrics_query *query, const struct metrics_groups *groups,
                          int64_t as_of_us, size_t *as_of_from, size_t *as_of_to) __attribute__((warn_unused_result));

#endif
