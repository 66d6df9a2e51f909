/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_INNER_SERVICE_H
#define HARK_COMMAND_INNER_SERVICE_H

#include "api/service.h"
#include "config/config.h"
#include "storage/dictionary.h"

/* The service inside a command: all layers, on a port of the loopback that nobody else knows. It may run beside others on
 * the same database. */
struct inner_service {
    struct dictionary *dictionary;
    struct service service;
    struct http_server *http;
};

/* Close it after a failure, too. */
enum status inner_service_open(const struct config *config, const struct database_options *database,
                               struct inner_service *inner) __attribute__((warn_unused_result));
void inner_service_close(struct inner_service *inner);

#endif
