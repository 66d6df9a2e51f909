/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_SURVEY_WRITE_H
#define HARK_API_SURVEY_WRITE_H

#include "base/buffer.h"
#include "storage/survey.h"

/* Inside api/ only: surveys as JSON. STATUS_INTERNAL: a stored definition that means nothing (logged). */

/* With all that is known of it, as of one of its versions. */
enum status survey_write(struct buffer *json, const struct survey *survey, const struct survey_version *version)
    __attribute__((warn_unused_result));

/* What PUT takes, to make it another one's version. */
enum status survey_write_draft(struct buffer *json, const struct survey *survey, const struct survey_version *version)
    __attribute__((warn_unused_result));

/* What a page or an app needs to ask the questions, and nothing else: anyone may read it there. */
void survey_write_form(struct buffer *json, const struct survey *survey, const struct survey_version *version);

#endif
