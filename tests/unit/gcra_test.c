/* SPDX-License-Identifier: MIT */
#include "base/gcra.h"
#include "support/runner.h"

enum { SECOND_US = 1000000 };

/* The same numbers in each run. */
static int64_t next_random(int64_t below)
{
    static uint64_t state = 7;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)(state >> 33) % below;
}

START_TEST(count_is_allowed_at_once_and_no_more)
{
    const struct rate rate = {.count = 5, .window_ms = 1000};
    int64_t arrival = 0;
    for (int i = 0; i < 5; i++) {
        struct rate_verdict verdict = gcra_take(&arrival, &rate, SECOND_US);
        ck_assert(verdict.allowed);
        ck_assert_int_eq(verdict.remaining, 4 - i);
        ck_assert_int_eq(verdict.retry_us, 0);
        ck_assert_int_eq(verdict.reset_us, (i + 1) * 200000);
    }
    struct rate_verdict verdict = gcra_take(&arrival, &rate, SECOND_US);
    ck_assert(!verdict.allowed);
    ck_assert_int_eq(verdict.remaining, 0);
    ck_assert_int_eq(verdict.retry_us, 200000);
    ck_assert_int_eq(verdict.reset_us, SECOND_US);
}
END_TEST

START_TEST(retry_is_the_very_moment_when_one_is_allowed_again)
{
    const struct rate rate = {.count = 3, .window_ms = 1000};
    int64_t arrival = 0;
    int64_t now = 5 * SECOND_US;
    while (gcra_take(&arrival, &rate, now).allowed)
        ;
    int64_t retry = gcra_take(&arrival, &rate, now + 7).retry_us;
    ck_assert(!gcra_take(&arrival, &rate, now + 7 + retry - 1).allowed);
    ck_assert(gcra_take(&arrival, &rate, now + 7 + retry).allowed);
}
END_TEST

START_TEST(refusals_add_nothing)
{
    const struct rate rate = {.count = 2, .window_ms = 1000};
    int64_t arrival = 0;
    int64_t now = SECOND_US;
    while (gcra_take(&arrival, &rate, now).allowed)
        ;
    int64_t before = arrival;
    for (int i = 0; i < 1000; i++)
        ck_assert(!gcra_take(&arrival, &rate, now).allowed);
    ck_assert_int_eq(arrival, before);
}
END_TEST

START_TEST(all_of_count_comes_back_within_the_window)
{
    const struct rate rate = {.count = 100, .window_ms = 60000};
    int64_t arrival = 0;
    int64_t now = SECOND_US;
    while (gcra_take(&arrival, &rate, now).allowed)
        ;
    now += INT64_C(60) * SECOND_US;
    int allowed = 0;
    while (gcra_take(&arrival, &rate, now).allowed)
        allowed++;
    ck_assert_int_eq(allowed, 100);
}
END_TEST

/* Reference: a token bucket of count tokens that refills continuously, in floating point, with all of its state. GCRA is
 * known to be the same thing. Times are multiples of a step, where both are exact, and in between. */
struct token_bucket {
    double tokens;
    int64_t at_us;
};

static bool bucket_take(struct token_bucket *bucket, const struct rate *rate, int64_t now_us)
{
    double step_us = ((double)rate->window_ms * 1000) / rate->count;
    bucket->tokens += (double)(now_us - bucket->at_us) / step_us;
    if (bucket->tokens > rate->count)
        bucket->tokens = rate->count;
    bucket->at_us = now_us;
    if (bucket->tokens < 1 - 1e-9)
        return false;
    bucket->tokens -= 1;
    return true;
}

START_TEST(decides_as_a_token_bucket_does)
{
    /* Steps of a whole number of microseconds. */
    static const struct rate rates[] = {{1, 1000},   {10, 1000},    {100, 10000},
                                        {60, 60000}, {2000, 10000}, {1000, 3600000}};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        int64_t step = (int64_t)rates[r].window_ms * 1000 / rates[r].count;
        int64_t now = 12345;
        int64_t arrival = 0;
        struct token_bucket bucket = {.tokens = rates[r].count, .at_us = now};
        int allowed = 0;
        for (int i = 0; i < 20000; i++) {
            now += next_random(3) == 0 ? 0 : next_random(2 * step);
            bool expected = bucket_take(&bucket, &rates[r], now);
            struct rate_verdict verdict = gcra_take(&arrival, &rates[r], now);
            ck_assert_msg(verdict.allowed == expected, "rate %zu, request %d", r, i);
            if (verdict.allowed)
                ck_assert_int_eq(verdict.remaining, (int)(bucket.tokens + 1e-6));
            allowed += verdict.allowed;
        }
        ck_assert_int_gt(allowed, 100);
        ck_assert_int_lt(allowed, 20000);
    }
}
END_TEST

START_TEST(never_more_than_count_and_a_share_in_any_window)
{
    const struct rate rate = {.count = 7, .window_ms = 1000}; /* steps that are no whole microseconds */
    enum { MOST = 4000 };
    static int64_t times[MOST];
    int64_t arrival = 0;
    int count = 0;
    for (int64_t now = 1; count < MOST; now += next_random(40000))
        if (gcra_take(&arrival, &rate, now).allowed)
            times[count++] = now;
    for (int i = 14; i < count; i++) /* of count at once, and count refilled, in any window */
        ck_assert_int_ge(times[i] - times[i - 14], SECOND_US);
    /* And over a long time no more than the rate. */
    ck_assert_int_ge(times[count - 1] - times[0], (int64_t)(count - 8) * SECOND_US / 7);
}
END_TEST

Suite *gcra_suite(void)
{
    return RUNNER_SUITE("gcra", count_is_allowed_at_once_and_no_more,
                        retry_is_the_very_moment_when_one_is_allowed_again, refusals_add_nothing,
                        all_of_count_comes_back_within_the_window, decides_as_a_token_bucket_does,
                        never_more_than_count_and_a_share_in_any_window);
}
