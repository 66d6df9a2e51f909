/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_PATH_H
#define HARK_API_PATH_H

#include "base/id.h"
#include "base/text.h"
#include "http/request.h"

#include <stdbool.h>

/* Inside api/ only: what the {value} of a path names. */

/* False: no response could have it, and a 404 is set as reply. */
bool path_response_id(struct request *request, struct id *id) __attribute__((warn_unused_result));
/* False: no survey could have that key, and the problem is set as reply. */
bool path_survey_key(struct request *request) __attribute__((warn_unused_result));
/* What no customer could have is noted as a fault. */
struct text path_customer_id(struct request *request);

#endif
