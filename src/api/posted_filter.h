/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_POSTED_FILTER_H
#define HARK_API_POSTED_FILTER_H

#include "http/request.h"
#include "storage/posted.h"

/* Inside api/ only: key_id, received_from and received_to, which the lists of answers and of events take. They stand in this order
 * in the route's table of parameters, the first of them at `first`. */

/* Whose posts are looked for is for admins to ask. False: the reply is set. */
bool posted_filter_admit(struct request *request, size_t first);
/* Notes its faults in the reply. */
struct posted_filter posted_filter_read(struct request *request, size_t first);

#endif
