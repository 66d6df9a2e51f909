/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include "support/runner.h"

#include <errno.h>
#include <time.h>

/* On the other clock, half a century on, the wait would be over before it began. */
START_TEST(a_condition_waits_until_a_time_on_the_monotonic_clock)
{
    enum { WAIT_MS = 50 };
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition;
    int64_t until_us = clock_monotonic_us() + WAIT_MS * 1000;
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    int result = 0;
    clock_condition_init(&condition);
    pthread_mutex_lock(&lock);
    while (result == 0)
        result = pthread_cond_timedwait(&condition, &lock, &until);
    pthread_mutex_unlock(&lock);
    pthread_cond_destroy(&condition);
    ck_assert_int_eq(result, ETIMEDOUT);
    ck_assert_int_ge(clock_monotonic_us(), until_us);
}
END_TEST

START_TEST(a_wait_for_nothing_ends_when_its_time_is_up)
{
    enum { WAIT_US = 30000 };
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition;
    int64_t until_us = clock_monotonic_us() + WAIT_US;
    int waits = 0;
    clock_condition_init(&condition);
    pthread_mutex_lock(&lock);
    for (int64_t left_us = WAIT_US; left_us > 0; left_us = until_us - clock_monotonic_us(), waits++)
        clock_condition_wait(&condition, &lock, left_us);
    pthread_mutex_unlock(&lock);
    pthread_cond_destroy(&condition);
    ck_assert_int_lt(waits, 10); /* it does sleep */
}
END_TEST

Suite *clock_suite(void)
{
    return RUNNER_SUITE("clock", a_condition_waits_until_a_time_on_the_monotonic_clock,
                        a_wait_for_nothing_ends_when_its_time_is_up);
}
