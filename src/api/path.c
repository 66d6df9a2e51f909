/* SPDX-License-Identifier: MIT */
#include "path.h"

#include "http/reply.h"
#include "storage/dimension.h"

enum { SURVEY_KEY_CHARACTERS = DIMENSION_VALUE_CHARACTERS, CUSTOMER_CHARACTERS = 128 };

bool path_response_id(struct request *request, struct id *id)
{
    struct text text = text_of(request_path_value(request, 0));
    if (id_parse(text.bytes, text.size, id))
        return true;
    reply_problem(request, 404, "not-found", "There is no such response: an id is a UUID.");
    return false;
}

/* Notes a fault of that name where it is none. */
static bool check_name(struct request *request, struct text text, size_t max, const char *name)
{
    size_t characters = 0;
    if (text_is_utf8(text, &characters) && characters >= 1 && characters <= max && !text_has_control(text))
        return true;
    reply_fault(request, NULL, name, "must be 1 to %zu characters long, without control characters", max);
    return false;
}

bool path_survey_key(struct request *request)
{
    if (check_name(request, text_of(request_path_value(request, 0)), SURVEY_KEY_CHARACTERS, "key"))
        return true;
    reply_problem(request, 422, "validation", "The path names no survey that there could be.");
    return false;
}

struct text path_customer_id(struct request *request)
{
    struct text id = text_of(request_path_value(request, 0));
    check_name(request, id, CUSTOMER_CHARACTERS, "customer_id");
    return id;
}
