/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_OPTIONS_H
#define HARK_API_METRICS_OPTIONS_H

#include "metrics_query.h"

/* Inside api/ only: the whole question of GET /v1/metrics. False: the problem is set as reply. */
bool metrics_options_make(struct request *request, struct arena *arena, struct metrics_query *query)
    __attribute__((warn_unused_result));
/* Once the earlier window is known: where is_year_before, the database finds it. */
bool metrics_options_check_earlier(struct request *request, const struct metrics_query *query)
    __attribute__((warn_unused_result));

#endif
