/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_QUESTIONS_H
#define HARK_API_METRICS_QUESTIONS_H

#include "metrics_query.h"

/* Inside api/ only: the whole questions of the smaller routes about numbers. False: the problem is set as reply. */

/* GET /v1/metrics/{metric}/distribution */
bool metrics_question_distribution(struct request *request, struct arena *arena, struct metrics_query *query)
    __attribute__((warn_unused_result));
/* GET /v1/metrics/{metric}/impact */
bool metrics_question_impact(struct request *request, struct arena *arena, struct metrics_query *query)
    __attribute__((warn_unused_result));

/* GET /v1/metrics/{metric}/contrast. method: of the tests. */
bool metrics_question_contrast(struct request *request, struct arena *arena, struct metrics_query *query,
                               enum method *method) __attribute__((warn_unused_result));
/* Notes a fault where it is no method of scores of that definition. */
void metrics_question_check_method(struct request *request, const struct metrics_query *query,
                                   const struct definition *definition, enum method method);

/* GET /v1/metrics/index. By metric of the choice. */
struct metrics_weights {
    double of[METRICS_MAX];
};
bool metrics_question_index(struct request *request, struct arena *arena, struct metrics_query *query,
                            struct metrics_weights *weights) __attribute__((warn_unused_result));

#endif
