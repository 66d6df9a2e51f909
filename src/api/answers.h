/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_ANSWERS_H
#define HARK_API_ANSWERS_H

#include "draft.h"
#include "ingest/ingest.h"

/* Inside api/ only: the scores that a client sent, against the questions that its survey asks. snapshot NULL: no survey is
 * defined. */

/* Sets the response's survey_version, scores and answers from the draft's survey, version and answers. */
void answers_check(const struct draft *draft, const struct snapshot *snapshot, int32_t project_id,
                   struct response *response, struct faults *faults);

/* Sets the patch's answers. Which survey the response is of is not known yet: what fits no question of the project is a
 * fault, all else is looked at again where the patch meets its response. */
void answers_check_patch(const struct draft *draft, const struct snapshot *snapshot, struct patch *patch,
                         struct faults *faults);

#endif
