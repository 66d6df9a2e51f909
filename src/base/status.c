/* SPDX-License-Identifier: MIT */
#include "base/status.h"

static const char *const names[STATUS_COUNT] = {
    [STATUS_OK] = "ok",
    [STATUS_INVALID] = "invalid",
    [STATUS_NOT_FOUND] = "not_found",
    [STATUS_CONFLICT] = "conflict",
    [STATUS_FORBIDDEN] = "forbidden",
    [STATUS_TOO_LARGE] = "too_large",
    [STATUS_BUSY] = "busy",
    [STATUS_RETRY] = "retry",
    [STATUS_LOST] = "lost",
    [STATUS_UNAVAILABLE] = "unavailable",
    [STATUS_TIMEOUT] = "timeout",
    [STATUS_NO_MEMORY] = "no_memory",
    [STATUS_INTERNAL] = "internal",
};

const char *status_name(enum status status)
{
    return (unsigned)status < STATUS_COUNT ? names[status] : "unknown";
}
