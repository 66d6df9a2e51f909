/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_CLOCK_H
#define HARK_BASE_CLOCK_H

#include <pthread.h>
#include <stdint.h>

/* Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_now_us(void);
/* Microseconds on a clock that never jumps: for durations and deadlines. */
int64_t clock_monotonic_us(void);
/* A condition whose timed waits go by that clock. */
void clock_condition_init(pthread_cond_t *condition);
/* Until it is signalled, for us microseconds at most; as with every condition, perhaps for nothing. */
void clock_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t us);

#endif
