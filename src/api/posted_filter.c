/* SPDX-License-Identifier: MIT */
#include "posted_filter.h"

#include "api/parameter.h"
#include "api/service.h"
#include "http/reply.h"

enum { KEY_ID, RECEIVED_FROM, RECEIVED_TO };

bool posted_filter_admit(struct request *request, size_t first)
{
    if (!request_parameter(request, first + KEY_ID)->is_set || request_principal(request)->key->scope == SCOPE_ADMIN)
        return true;
    reply_problem(request, 403, "forbidden", "Only an admin key may ask what a key posted.");
    return false;
}

struct posted_filter posted_filter_read(struct request *request, size_t first)
{
    const struct parameter_value *to = request_parameter(request, first + RECEIVED_TO);
    struct posted_filter filter = {.key_id = (int32_t)request_parameter(request, first + KEY_ID)->integer,
                                   .from_us = request_parameter(request, first + RECEIVED_FROM)->integer,
                                   .to_us = to->is_set ? to->integer : INT64_MAX};
    if (filter.from_us >= filter.to_us)
        reply_fault(request, NULL, "received_from", "must be before received_to");
    return filter;
}
