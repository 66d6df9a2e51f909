/* SPDX-License-Identifier: MIT */
#include "base/gcra.h"

/* A step is rounded up to a microsecond: never more than count in a window. */
struct rate_verdict gcra_take(int64_t *arrival_us, const struct rate *rate, int64_t now_us)
{
    int64_t window_us = (int64_t)rate->window_ms * 1000;
    int64_t step_us = (window_us + rate->count - 1) / rate->count;
    int64_t debt_us = *arrival_us > now_us ? *arrival_us - now_us : 0;
    int64_t room_us = step_us * rate->count - debt_us;
    struct rate_verdict verdict = {.allowed = room_us >= step_us};
    if (verdict.allowed) {
        debt_us += step_us;
        room_us -= step_us;
        *arrival_us = now_us + debt_us;
    } else {
        verdict.retry_us = step_us - room_us;
    }
    verdict.remaining = (int32_t)(room_us / step_us);
    verdict.reset_us = debt_us;
    return verdict;
}
