/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_SURVEY_BODY_H
#define HARK_API_SURVEY_BODY_H

#include "faults.h"
#include "storage/survey.h"

#include <jansson.h>

/* Inside api/ only: the body of PUT /v1/surveys/{key}, decoded and checked. Every fault is noted; what is kept is in the
 * faults' arena. */

enum { SURVEY_TITLE_CHARACTERS = 200, SURVEY_WORDING_CHARACTERS = 500, SURVEY_LANGUAGES_MAX = 30 };

/* Fills title and questions. project: whose dimensions have names that no question can have. */
void survey_body_decode(struct survey_draft *draft, const json_t *body, const struct project *project,
                        struct faults *faults);

/* One question; pointer is its own. */
void survey_question_decode(struct survey_draft_question *question, const json_t *value, const char *pointer,
                            const struct project *project, struct faults *faults);

/* A text, or an object of texts by language, as JSON. Absent: null, or faulty. */
struct text survey_words_decode(const json_t *value, const char *pointer, size_t max, struct faults *faults);

#endif
