/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/clock.h"
#include "support/runner.h"

/* The keeper of a running server copies days. */

enum { PATIENCE_S = 20 };
static const int64_t DAY_US = INT64_C(86400) * 1000000;

static struct api api;
static struct serve *server;

static void setup(void)
{
    server = serve_start(NULL);
    api_open(&api, server, NULL);
}

static void teardown(void)
{
    api_close(&api);
}

/* At noon, UTC, three days ago. */
static void answer(void)
{
    int64_t noon_us = clock_now_us() / DAY_US * DAY_US - 3 * DAY_US + DAY_US / 2;
    ck_assert_status(api_post(&api, "/v1/responses",
                              api_text("{\"occurred_at\":\"%s\",\"answers\":{\"nps\":9}}", api_time(noon_us))),
                     201);
}

static bool is_copied(void)
{
    return api_count(&api, "SELECT count(*) FROM rollup_day_state WHERE project_id = %1$d AND filled AND NOT dirty AND "
                           "NOT EXISTS (SELECT FROM rollup_pending WHERE project_id = %1$d)") == 1;
}

static void wait_for_copy(void)
{
    int64_t until_us = clock_monotonic_us() + PATIENCE_S * INT64_C(1000000);
    while (!is_copied() && clock_monotonic_us() < until_us)
        api_sleep_ms(50);
    ck_assert_msg(is_copied(), "the day was not copied within %d s", PATIENCE_S);
}

/* The copy is stale from the commit on, so that it is never read; the keeper is at it again within seconds, not within a minute. */
START_TEST(an_answer_that_comes_late_is_copied_within_seconds)
{
    for (int i = 1; i <= 3; i++) {
        answer();
        wait_for_copy();
        ck_assert_int_eq(api_count(&api, "SELECT sum(nps_9) FROM rollup_day WHERE project_id = %d"), i);
        ck_assert_int_eq(api_metric(&api, "nps", NULL), i);
    }
}
END_TEST

/* Its session is gone, and with it what it knew: the keeper finds the row. */
START_TEST(what_a_process_left_that_was_killed_is_added_up)
{
    answer();
    api_wait_until_added_up(&api);
    ck_assert_int_eq(
        api_count(&api, "WITH left_there AS (INSERT INTO rollup_pending (project_id, added_at, quarters, cells, nps, "
                        "csat, ces, tests) SELECT project_id, now() - interval '1 minute', ARRAY[quarter], "
                        "ARRAY[cell_id], ARRAY[nps], ARRAY[csat], ARRAY[ces], ARRAY[false] FROM response WHERE "
                        "project_id = %d RETURNING 1) SELECT count(*) FROM left_there"),
        1);
    api_wait_until_added_up(&api);
    ck_assert_int_eq(api_count(&api, "SELECT sum(nps_9) FROM rollup_quarter WHERE project_id = %d"), 2);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 2);
}
END_TEST

Suite *days_suite(void)
{
    return API_SUITE("days", setup, teardown, an_answer_that_comes_late_is_copied_within_seconds,
                     what_a_process_left_that_was_killed_is_added_up);
}
