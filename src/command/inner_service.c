/* SPDX-License-Identifier: MIT */
#include "inner_service.h"

#include "ingest/ingest.h"

#include <signal.h>

enum { DRAIN_MS = 5000, CONNECTIONS = 16 };

static enum status open_ingest(const struct config *config, const struct database_options *database,
                               struct inner_service *inner)
{
    inner->dictionary =
        dictionary_new(&(struct dictionary_limits){.values = config->max_dimension_values, .cells = config->max_cells});
    if (inner->dictionary == NULL)
        return STATUS_NO_MEMORY;
    const struct ingest_options options = {
        .database = database,
        .dictionary = inner->dictionary,
        .committers = 1,
        .queue_size = config->queue_size,
        .timeout_ms = config->commit_timeout_ms,
    };
    return ingest_open(&options, &inner->service.ingest);
}

static enum status open_http(const struct config *config, struct inner_service *inner)
{
    const struct http_application application = api_application(&inner->service);
    const struct http_options options = {
        .listen = "127.0.0.1:0",
        .threads = 1,
        .max_connections = CONNECTIONS,
        .head_bytes = config->max_header_kb * 1024,
        .idle_timeout_ms = config->idle_timeout_ms,
        .header_timeout_ms = config->header_timeout_ms,
        .body_timeout_ms = config->body_timeout_ms,
        .reply_timeout_ms = config->reply_timeout_ms,
    };
    return http_open(&application, &options, &inner->http);
}

enum status inner_service_open(const struct config *config, const struct database_options *database,
                               struct inner_service *inner)
{
    *inner = (struct inner_service){.http = NULL};
    signal(SIGPIPE, SIG_IGN);
    enum status status = directory_open(database, &inner->service.directory);
    if (status == STATUS_OK)
        status = open_ingest(config, database, inner);
    if (status == STATUS_OK)
        inner->service.workers = workers_open(&inner->service, database, 1);
    if (status == STATUS_OK && inner->service.workers == NULL)
        status = STATUS_UNAVAILABLE;
    return status == STATUS_OK ? open_http(config, inner) : status;
}

void inner_service_close(struct inner_service *inner)
{
    if (inner->http != NULL)
        http_drain(inner->http, DRAIN_MS);
    workers_close(inner->service.workers);
    ingest_close(inner->service.ingest);
    if (inner->http != NULL)
        http_close(inner->http);
    directory_close(inner->service.directory);
    dictionary_free(inner->dictionary);
}
