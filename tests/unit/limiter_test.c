/* SPDX-License-Identifier: MIT */
#include "base/digest.h"
#include "base/limiter.h"
#include "support/runner.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

static const struct rate ten = {.count = 10, .window_ms = 1000};

static struct limiter *make(size_t slots)
{
    ck_assert(digest_start());
    struct limiter *limiter = limiter_new(slots);
    ck_assert_ptr_nonnull(limiter);
    return limiter;
}

START_TEST(each_subject_has_its_own)
{
    struct limiter *limiter = make(1024);
    for (int i = 0; i < 10; i++) {
        ck_assert(limiter_take(limiter, "a", 1, &ten, 1).allowed);
        ck_assert(limiter_take(limiter, "b", 1, &ten, 1).allowed);
    }
    ck_assert(!limiter_take(limiter, "a", 1, &ten, 1).allowed);
    ck_assert(!limiter_take(limiter, "b", 1, &ten, 1).allowed);
    ck_assert(limiter_take(limiter, "c", 1, &ten, 1).allowed);
    limiter_free(limiter);
}
END_TEST

START_TEST(rate_of_zero_allows_all)
{
    struct limiter *limiter = make(1024);
    const struct rate none = {0};
    for (int i = 0; i < 100000; i++)
        ck_assert(limiter_take(limiter, "a", 1, &none, 1).allowed);
    limiter_free(limiter);
}
END_TEST

/* A flood of others, far more than there are slots: whoever owes most is the last to be forgotten. */
START_TEST(flood_of_others_forgives_nobody_who_owes)
{
    struct limiter *limiter = make(1024);
    while (limiter_take(limiter, "debtor", 6, &ten, 1).allowed)
        ;
    for (int i = 0; i < 100000; i++)
        ck_assert(limiter_take(limiter, &i, sizeof i, &ten, 1).allowed);
    ck_assert(!limiter_take(limiter, "debtor", 6, &ten, 1).allowed);
    limiter_free(limiter);
}
END_TEST

struct crowd {
    struct limiter *limiter;
    atomic_int allowed;
};

static void *take_all(void *context)
{
    struct crowd *crowd = context;
    for (int i = 0; i < 20000; i++)
        if (limiter_take(crowd->limiter, "x", 1, &(struct rate){.count = 1000, .window_ms = 60000}, 1).allowed)
            atomic_fetch_add(&crowd->allowed, 1);
    return NULL;
}

START_TEST(threads_share_one_account)
{
    struct crowd crowd = {.limiter = make(1024)};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, take_all, &crowd), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(atomic_load(&crowd.allowed), 1000);
    limiter_free(crowd.limiter);
}
END_TEST

Suite *limiter_suite(void)
{
    return RUNNER_SUITE("limiter", each_subject_has_its_own, rate_of_zero_allows_all,
                        flood_of_others_forgives_nobody_who_owes, threads_share_one_account);
}
