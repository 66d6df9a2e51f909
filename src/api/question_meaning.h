/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_QUESTION_MEANING_H
#define HARK_API_QUESTION_MEANING_H

#include "metrics/definition.h"
#include "storage/survey.h"

/* Inside api/ only: what a stored definition means to metrics/. STATUS_INTERNAL: nothing that metrics/ knows. */
enum status question_meaning(const struct question_definition *question, struct definition *meaning)
    __attribute__((warn_unused_result));

/* The other way: what differs from how the metric is read anyway is kept, the rest is left to the metric, so that a question
 * that is spelled out is the same as one that isn't. Sets metric, scale, polarity, sets and headline. */
void question_keep_meaning(struct question_definition *question, const struct definition *meaning);

#endif
