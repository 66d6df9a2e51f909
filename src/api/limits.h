/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_LIMITS_H
#define HARK_API_LIMITS_H

#include "api/service.h"

/* Inside api/ only: the limits that need to know who asks. That of all requests by address is http's. */

/* False, with a 429 set as reply: the key has had its share. Else the reply will say what is left of it. */
bool limits_admit(struct limits *limits, struct request *request, const struct key *key);
/* One more object of the same request: false where it is one too many. */
bool limits_admit_item(struct limits *limits, const struct key *key);
/* A request without a good key. False, with a 429 set as reply: its address has had too many. */
bool limits_admit_failure(struct limits *limits, struct request *request);

#endif
