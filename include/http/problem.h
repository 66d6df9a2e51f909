/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_PROBLEM_H
#define HARK_HTTP_PROBLEM_H

#include "base/buffer.h"

#include <stddef.h>

/* An RFC 9457 problem document. Pure. */
struct fault {
    const char *pointer;   /* "#/answers/nps", or NULL ... */
    const char *parameter; /* ... and the name of a query parameter or header; both NULL: of the whole request */
    const char *detail;
};

struct problem {
    int status;
    const char *slug; /* type is "/problems/<slug>" */
    const char *title;
    const char *detail;
    const char *instance;
    const char *request_id;
    const struct fault *faults;
    size_t fault_count;   /* of faults */
    size_t fault_omitted; /* further ones that were not kept */
};

void problem_write(struct buffer *text, const struct problem *problem);

#endif
