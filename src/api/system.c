/* SPDX-License-Identifier: MIT */
#include "base/meter.h"
#include "generated/openapi.h"
#include "handlers.h"
#include "http/reply.h"
#include "ingest/ingest.h"

enum outcome system_livez(struct request *request, struct service *service, struct connection *connection)
{
    static const char body[] = "{\"status\":\"ok\"}";
    (void)service;
    (void)connection;
    reply_static(request, 200, "application/json", body, sizeof body - 1);
    return HANDLED;
}

/* Ready: answers can be stored, and keys are current. A proxy sends traffic elsewhere until then. */
enum outcome system_readyz(struct request *request, struct service *service, struct connection *connection)
{
    static const char body[] = "{\"status\":\"ready\"}";
    (void)connection;
    if (ingest_is_available(service->ingest) && directory_is_current(service->directory)) {
        reply_static(request, 200, "application/json", body, sizeof body - 1);
        return HANDLED;
    }
    reply_header(request, "Retry-After", "1");
    reply_problem(request, 503, "unavailable", "PostgreSQL is away.");
    return HANDLED;
}

enum outcome system_metrics(struct request *request, struct service *service, struct connection *connection)
{
    struct buffer text;
    (void)service;
    (void)connection;
    buffer_init(&text);
    meter_write(&text);
    reply_buffer(request, 200, "text/plain; version=0.0.4; charset=utf-8", &text);
    return HANDLED;
}

enum outcome system_openapi(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    reply_header(request, "Cache-Control", "max-age=300");
    reply_static(request, 200, "application/yaml", openapi_yaml, openapi_yaml_size);
    return HANDLED;
}
