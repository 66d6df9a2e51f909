/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_ANSWER_QUESTION_H
#define HARK_API_ANSWER_QUESTION_H

#include "base/buffer.h"
#include "http/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inside api/ only: what a request asks, in one spelling. */

struct answer_question {
    struct buffer text; /* equal for two requests whose replies are the same, as long as nothing is stored */
    int32_t *projects;  /* whose answers count; in the request's arena */
    size_t project_count;
};

/* False: it names a project that the key doesn't open, or memory is out. Cleared by answer_question_clear either way. */
bool answer_question_make(struct request *request, struct answer_question *question)
    __attribute__((warn_unused_result));
void answer_question_clear(struct answer_question *question);

#endif
