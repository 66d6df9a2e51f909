/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_WRITE_H
#define HARK_API_METRICS_WRITE_H

#include "base/arena.h"
#include "metrics_reply.h"

/* Inside api/ only: the body of GET /v1/metrics. STATUS_INTERNAL: the rollups hold a negative number of answers. */
enum status metrics_write(struct metrics_reply *reply, const struct metrics_query *query,
                          const struct metrics_frame *frame, const struct metrics_groups *groups, struct arena *arena)
    __attribute__((warn_unused_result));

#endif
