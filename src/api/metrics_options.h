/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_OPTIONS_H
#define HARK_API_METRICS_OPTIONS_H

#include "metrics_query.h"

/* Inside api/ only: the whole question of GET /v1/metrics. False: the problem is set as reply. connection: a year before is
 * the database's to find. */
bool metrics_options_make(struct request *request, struct connection *connection, struct arena *arena,
                          struct metrics_query *query) __attribute__((warn_unused_result));

#endif
