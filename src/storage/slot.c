/* SPDX-License-Identifier: MIT */
#include "storage/slot.h"

#include "base/log.h"
#include "query.h"

enum { SLOTS_MAX = 1000 };

static enum status try_lease(struct connection *connection, int16_t slot, bool *leased)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, slot);
    status = query_run(connection, QUERY_SLOT_LEASE, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK)
        *leased = result_bool(result, 0, 0);
    result_free(result);
    return status;
}

enum status slot_lease(struct connection *connection, int16_t *slot)
{
    bool leased = false;
    for (*slot = 0; *slot < SLOTS_MAX; (*slot)++) {
        enum status status = try_lease(connection, *slot, &leased);
        if (status != STATUS_OK || leased)
            return status;
    }
    log_error("all %d slots of the database are leased", SLOTS_MAX);
    return STATUS_UNAVAILABLE;
}
