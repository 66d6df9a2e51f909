/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_BODY_H
#define HARK_API_BODY_H

#include "faults.h"
#include "http/request.h"

/* Inside api/ only: a request whose body is one JSON object. */

/* The object, which the caller lets go of with json_decref; faults are made ready. NULL: it is none, and the reply is set. */
struct json_t *body_object(struct request *request, struct faults *faults);
/* Once it is decoded. False: it has faults, or memory was out, and the reply is set. */
bool body_is_sound(struct request *request, const struct faults *faults);

#endif
