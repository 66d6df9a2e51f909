/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_GCRA_H
#define HARK_BASE_GCRA_H

#include "base/rate.h"

#include <stdbool.h>
#include <stdint.h>

/* The generic cell rate algorithm (ITU-T I.371), as a limit of rate: one number is all that is kept of whoever is limited. Pure.
 *
 * A rate of count in a window allows count at once, and then one more each window / count. The number is the theoretical
 * arrival time of the next one: how far the debt reaches. What is refused adds nothing to it. */

struct rate_verdict {
    bool allowed;
    int64_t retry_us;  /* refused: from then on one would be allowed; 0 where it was allowed */
    int32_t remaining; /* how many would be allowed now */
    int64_t reset_us;  /* until all of count would be allowed */
};

/* arrival_us: 0 at first. now_us: on a clock that never jumps. */
struct rate_verdict gcra_take(int64_t *arrival_us, const struct rate *rate, int64_t now_us);

#endif
