/* SPDX-License-Identifier: MIT */
#include "body.h"

#include "parse.h"

struct json_t *body_object(struct request *request, struct faults *faults)
{
    char fault[PARSE_FAULT_SIZE];
    size_t size;
    const char *body = request_body(request, &size);
    json_t *json = parse_object((struct text){body ? body : "", size}, fault);

    faults_init(faults, request_arena(request));
    if (json == NULL)
        faults_reply_malformed(faults, request, fault);
    return json;
}

bool body_is_sound(struct request *request, const struct faults *faults)
{
    if (faults->count == 0 && !faults_lack_memory(faults))
        return true;
    faults_reply(faults, request);
    return false;
}
