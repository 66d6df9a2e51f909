/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_CREDENTIAL_H
#define HARK_API_CREDENTIAL_H

#include "http/request.h"

/* Inside api/ only: what a request says about who asks, and for whom. Nothing of it is checked. */

struct credential {
    const char *text; /* NULL: none was sent */
    bool is_of_query;
};

/* The bearer token; where there is none, and the route is one that pages post to, the key of the query: sendBeacon can set no
 * header. */
struct credential credential_of(const struct request *request);
/* The first project that the query names, and how many it names. */
const char *credential_project(const struct request *request, size_t *times);

#endif
