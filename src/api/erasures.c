/* SPDX-License-Identifier: MIT */
#include "storage/erasure.h"

#include "body.h"
#include "draft.h"
#include "handlers.h"
#include "http/reply.h"
#include "write.h"

enum { ATTEMPTS = 5 };

static bool decode(struct request *request, struct draft *draft)
{
    struct faults faults;
    json_t *json = body_object(request, &faults);

    if (json == NULL)
        return false;
    draft_decode(draft, json, draft_erasure_fields, request_principal(request)->project, &faults);
    json_decref(json);
    if (text_is_absent(draft->texts[DRAFT_CUSTOMER_ID]) && faults.count == 0)
        faults_add(&faults, "#/customer_id", "must be given");
    return body_is_sound(request, &faults);
}

enum outcome erasures_post(struct request *request, struct service *service, struct connection *connection)
{
    const struct principal *principal = request_principal(request);
    struct erasure erasure = {.id = id_new()};
    struct draft draft;
    struct buffer json;
    int attempts = 0;
    char id[ID_TEXT_SIZE];
    enum status status;

    (void)service;
    if (!decode(request, &draft))
        return HANDLED;
    /* A batch of ingest may hold rows of the same customer: whoever is chosen to give way runs again. */
    do
        status = erasure_run(connection, principal->project->id, principal->key->id, draft.texts[DRAFT_CUSTOMER_ID],
                             &erasure);
    while (status == STATUS_RETRY && ++attempts < ATTEMPTS);
    if (status != STATUS_OK) {
        problem_of_status(request, status, "erasure");
        return HANDLED;
    }
    buffer_init(&json);
    buffer_format(&json, "{\"id\":\"%s\",\"erased_at\":", id_format(&erasure.id, id));
    write_time(&json, erasure.erased_us);
    buffer_format(&json, ",\"responses\":%lld,\"events\":%lld}", (long long)erasure.responses,
                  (long long)erasure.events);
    reply_json(request, 201, &json);
    return HANDLED;
}
