/* SPDX-License-Identifier: MIT */
#include "storage/erasure.h"

#include "body.h"
#include "handlers.h"
#include "http/reply.h"
#include "write.h"

enum { ATTEMPTS = 5 };

enum outcome erasures_post(struct request *request, struct service *service, struct connection *connection)
{
    const struct principal *principal = request_principal(request);
    struct erasure erasure = {.id = id_new()};
    struct text customer_id;
    struct buffer json;
    int attempts = 0;
    char id[ID_TEXT_SIZE];
    enum status status;

    (void)service;
    if (!body_erasure(request, &customer_id))
        return HANDLED;
    /* A batch of ingest may hold rows of the same customer: whoever is chosen to give way runs again. */
    do
        status = erasure_run(connection, principal->project->id, principal->key->id, customer_id, &erasure);
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
