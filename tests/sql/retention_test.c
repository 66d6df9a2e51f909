/* SPDX-License-Identifier: MIT */
#include "storage/retention.h"

#include "base/timestamp.h"
#include "feedback.h"
#include "storage/erasure.h"
#include "storage/response.h"
#include "storage/verify.h"
#include "support/runner.h"
#include "tenant.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Answers and events past their age. */

enum { FIRST = 1969344, LAST = FIRST + 5 * 96, BEFORE = FIRST + 2 * 96, ROWS = 3000 };
static const int64_t QUARTER_US = INT64_C(900) * 1000000;

static struct tenant tenant;
static struct arena *arena;

static void setup(void)
{
    tenant_open(&tenant, NULL);
    arena = arena_new(0);
}

static void teardown(void)
{
    tenant_execute(&tenant, "DELETE FROM rollup_quarter WHERE project_id = %d");
    tenant_execute(&tenant, "DELETE FROM response WHERE project_id = %d");
    tenant_close(&tenant);
    arena_free(arena);
}

static void keep(enum retain_mode mode)
{
    ck_assert_int_eq(retention_set(tenant.connection, tenant.name, mode, 30), STATUS_OK);
}

/* What is due, with a bound of the test's own. */
static struct retention due_before(int32_t quarter)
{
    struct retention *list;
    size_t count;
    ck_assert_int_eq(retention_due(tenant.connection, tenant.name, INT64_C(1800000000) * 1000000, arena, &list, &count),
                     STATUS_OK);
    ck_assert_uint_eq(count, 1);
    list[0].before_us = quarter * QUARTER_US;
    return list[0];
}

static struct retention_report run_before(int32_t quarter)
{
    struct retention retention = due_before(quarter);
    struct retention_report report;
    ck_assert_int_eq(retention_run(tenant.connection, &retention, 0, NULL, NULL, &report), STATUS_OK);
    return report;
}

static int64_t number(const char *sql)
{
    return tenant_number(&tenant, sql);
}

static void add_event(const char *customer, int quarter)
{
    feedback_execute(
        "INSERT INTO event (project_id, id, occurred_at, received_at, cell_id, key_id, is_test, content_hash,"
        " action, customer_id, session_id, interaction_id, properties) VALUES (%d, gen_random_uuid(),"
        " to_timestamp(%lld), now(), 1, 1, false, sha256('x'), 'viewed', '%s', 's', 'i', '{\"a\": 1}')",
        (int)tenant.project_id, quarter * 900LL, customer);
}

/* customer: "NULL" or quoted. */
static void add_response(const char *customer, int quarter)
{
    feedback_execute(
        "INSERT INTO response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, key_id, nps, "
        "is_test,"
        " content_hash, customer_id, interaction_id, comment, tags, properties) VALUES (%d, gen_random_uuid(),"
        " to_timestamp(%lld), now(), now(), %d, 1, 1, 9, false, sha256('x'), %s, 'i', 'words', '{t}', '{\"a\": 1}')",
        (int)tenant.project_id, quarter * 900LL, quarter, customer);
}

static void note(void *context, const struct verify_difference *difference)
{
    (void)difference;
    ++*(int *)context;
}

static int differences(void)
{
    int found = 0;
    struct verify_report report;
    ck_assert_int_eq(verify_compare(tenant.connection, tenant.project_id, 1000, note, &found, &report), STATUS_OK);
    return found;
}

#define COUNTS                                                                                               \
    "SELECT hashtext(string_agg(r::text, ' ' ORDER BY quarter, cell_id, slot)) FROM rollup_quarter r WHERE " \
    "project_id "                                                                                            \
    "= %d"

/* --- what is due ----------------------------------------------------------------------------------------------------------- */

START_TEST(bound_is_a_quarter_that_ended_before_the_age)
{
    struct retention *list;
    size_t count;
    /* 2027-01-15T08:00:00Z, and 30 days and a second less than an hour before it. */
    int64_t now_us = (INT64_C(1800000000) + 3599) * 1000000;
    keep(RETAIN_DELETE);
    ck_assert_int_eq(retention_due(tenant.connection, tenant.name, now_us, arena, &list, &count), STATUS_OK);
    ck_assert_int_eq(list[0].before_us, (INT64_C(1800000000) - 30 * 86400 + 1800) * 1000000);
    ck_assert_int_eq(list[0].mode, RETAIN_DELETE);
    ck_assert_str_eq(list[0].project, tenant.name);
    keep(RETAIN_KEEP);
    ck_assert_int_eq(retention_due(tenant.connection, tenant.name, now_us, arena, &list, &count), STATUS_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(retention_set(tenant.connection, "no such project", RETAIN_DELETE, 3), STATUS_NOT_FOUND);
}
END_TEST

/* --- deletion -------------------------------------------------------------------------------------------------------------- */

START_TEST(rows_go_and_their_counts_stay)
{
    feedback_make(&tenant, &(struct feedback_options){.rows = ROWS, .from = FIRST, .to = LAST, .seed = 0.25});
    add_event("c1", FIRST);
    add_event("c1", BEFORE);
    keep(RETAIN_DELETE);
    int64_t counts = number(COUNTS);
    int64_t old = number("SELECT count(*) FROM response WHERE quarter < 1969344 + 192 AND project_id = %d");
    int64_t all = number("SELECT count(*) FROM response WHERE project_id = %d");
    struct retention_report expected;
    struct retention retention = due_before(BEFORE);
    ck_assert_int_gt(old, RETENTION_BATCH);
    ck_assert_int_eq(retention_count(tenant.connection, &retention, &expected), STATUS_OK);
    struct retention_report report = run_before(BEFORE);
    ck_assert_int_eq(report.responses, old);
    ck_assert_int_eq(report.events, 1);
    ck_assert_int_eq(expected.responses, old);
    ck_assert_int_eq(expected.events, 1);
    ck_assert_int_eq(number("SELECT count(*) FROM response WHERE project_id = %d"), all - old);
    ck_assert_int_eq(number("SELECT count(*) FROM event WHERE project_id = %d"), 1);
    ck_assert_int_eq(number(COUNTS), counts);
    ck_assert_int_eq(differences(), 0);
    ck_assert_int_eq(run_before(BEFORE).responses, 0);
    ck_assert_int_eq(verify_rebuild(tenant.connection), STATUS_OK);
    ck_assert_int_gt(number("SELECT count(*) FROM rollup_quarter WHERE quarter < 1969344 + 192 AND project_id = %d"),
                     0);
    ck_assert_int_eq(differences(), 0);
}
END_TEST

START_TEST(horizon_moves_with_the_first_deletion_and_never_back)
{
    static const char horizon[] =
        "SELECT (extract(epoch FROM retention_horizon) / 900)::int8 FROM project WHERE isfinite(retention_horizon) AND "
        "id = %d";
    keep(RETAIN_DELETE);
    (void)run_before(BEFORE);
    ck_assert_int_eq(number(horizon), 0); /* there was nothing to delete */
    add_response("'c1'", FIRST);
    add_response("'c1'", LAST);
    ck_assert_int_eq(run_before(BEFORE).responses, 1);
    ck_assert_int_eq(number(horizon), BEFORE);
    add_response("'c1'", FIRST);
    ck_assert_int_eq(run_before(FIRST + 1).responses, 1);
    ck_assert_int_eq(number(horizon), BEFORE);
}
END_TEST

static bool count_and_stop(void *context, bool has_moved)
{
    int *pauses = context;
    if (has_moved)
        ck_assert_int_eq((int)number("SELECT count(*) FROM response WHERE project_id = %d"), 2550);
    return ++*pauses < 3;
}

START_TEST(a_run_goes_in_batches_and_stops_between_two)
{
    feedback_make(&tenant, &(struct feedback_options){.rows = 2500, .from = FIRST, .to = LAST, .seed = 0.5});
    keep(RETAIN_DELETE);
    struct retention retention = due_before(LAST);
    struct retention_report report;
    int pauses = 0;
    ck_assert_int_eq(retention_run(tenant.connection, &retention, 0, count_and_stop, &pauses, &report), STATUS_OK);
    ck_assert_int_eq(pauses, 3); /* the horizon, two batches */
    ck_assert_int_eq(report.responses, 2000);
    ck_assert_int_eq(number("SELECT count(*) FROM response WHERE project_id = %d"), 550);
    ck_assert_int_eq(differences(), 0);
    ck_assert_int_eq(run_before(LAST).responses, 550);
}
END_TEST

static bool keep_for_ever(void *context, bool has_moved)
{
    (void)context;
    (void)has_moved;
    keep(RETAIN_KEEP);
    return true;
}

START_TEST(a_change_of_mind_stops_a_run)
{
    add_response("'c1'", FIRST);
    keep(RETAIN_DELETE);
    struct retention retention = due_before(BEFORE);
    struct retention_report report;
    ck_assert_int_eq(retention_run(tenant.connection, &retention, 0, keep_for_ever, NULL, &report), STATUS_OK);
    ck_assert_int_eq(report.responses, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM response WHERE project_id = %d"), 1);
}
END_TEST

START_TEST(another_projects_rows_are_untouched)
{
    struct tenant other;
    tenant_open(&other, NULL);
    feedback_execute(
        "INSERT INTO response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, "
        "key_id, nps, is_test, content_hash, comment) VALUES (%d, gen_random_uuid(), to_timestamp(0), now(), "
        "now(), 0, 1, 1, 9, false, '', 'words')",
        (int)other.project_id);
    add_response("'c1'", FIRST);
    keep(RETAIN_DELETE);
    ck_assert_int_eq(run_before(BEFORE).responses, 1);
    keep(RETAIN_ANONYMISE);
    add_response("'c1'", FIRST);
    ck_assert_int_eq(run_before(BEFORE).responses, 1);
    ck_assert_int_eq(tenant_number(&other, "SELECT count(*) FROM response WHERE comment = 'words' AND project_id = %d"),
                     1);
    tenant_execute(&other, "DELETE FROM response WHERE project_id = %d");
    tenant_close(&other);
}
END_TEST

START_TEST(a_receipt_is_in_the_audit_log)
{
    static const char receipts[] = "SELECT count(*) FROM audit WHERE act = 'retention' AND detail @> "
                                   "'{\"mode\": \"delete\", \"responses\": 2, \"events\": 1}' AND project_id = %d";
    add_response("'c1'", FIRST);
    add_response("'c1'", FIRST);
    add_event("c1", FIRST);
    keep(RETAIN_DELETE);
    (void)run_before(BEFORE);
    ck_assert_int_eq(number(receipts), 1);
    (void)run_before(BEFORE);
    ck_assert_int_eq(number("SELECT count(*) FROM audit WHERE act = 'retention' AND project_id = %d"), 1);
}
END_TEST

/* --- anonymising ----------------------------------------------------------------------------------------------------------- */

START_TEST(words_and_identifiers_go_and_scores_stay)
{
    add_response("'c1'", FIRST);
    add_response("NULL", FIRST + 1);
    add_response("'c1'", BEFORE);
    add_event("c1", FIRST);
    keep(RETAIN_ANONYMISE);
    struct retention_report report = run_before(BEFORE);
    ck_assert_int_eq(report.responses, 2);
    ck_assert_int_eq(report.events, 1);
    ck_assert_int_eq(
        number("SELECT count(*) FROM response WHERE erased AND nps = 9 AND comment IS NULL AND tags IS NULL "
               "AND properties IS NULL AND interaction_id IS NULL AND customer_id IS DISTINCT FROM 'c1' AND "
               "content_hash = decode(repeat('00', 32), 'hex') AND project_id = %d"),
        2);
    ck_assert_int_eq(number("SELECT count(*) FROM response WHERE customer_id IS NULL AND project_id = %d"), 1);
    ck_assert_int_eq(
        number("SELECT count(*) FROM response WHERE NOT erased AND comment = 'words' AND customer_id = 'c1' "
               "AND project_id = %d"),
        1);
    ck_assert_int_eq(
        number("SELECT count(*) FROM event WHERE erased AND session_id IS NULL AND interaction_id IS NULL AND "
               "properties IS NULL AND customer_id LIKE 'erased:%%' AND project_id = %d"),
        1);
    ck_assert_int_eq(run_before(BEFORE).responses, 0);
    ck_assert_int_eq(number("SELECT isfinite(retention_horizon)::int FROM project WHERE id = %d"), 0);
}
END_TEST

#define PEOPLE                                                                                                \
    "SELECT count(DISTINCT customer_id) FROM (SELECT project_id, customer_id FROM response UNION ALL SELECT " \
    "project_id, "                                                                                            \
    "customer_id FROM event) AS all_of WHERE customer_id LIKE 'erased:%%' AND project_id = %d"
#define TOKENS "SELECT count(*) FROM customer_token WHERE project_id = %d"

START_TEST(one_person_stays_one_from_run_to_run)
{
    for (int i = 0; i < 4; i++)
        add_response("'c1'", FIRST + i);
    add_response("'c2'", FIRST);
    add_event("c1", FIRST + 1);
    keep(RETAIN_ANONYMISE);
    for (int i = 1; i < 4; i++) {
        (void)run_before(FIRST + i);
        ck_assert_int_eq(number(PEOPLE), 2);
        ck_assert_int_eq(number(TOKENS), 1); /* nothing else of c2 is kept */
    }
    /* With the last row that says who, the way to the token goes. */
    (void)run_before(FIRST + 4);
    ck_assert_int_eq(number(PEOPLE), 2);
    ck_assert_int_eq(number(TOKENS), 0);
}
END_TEST

static struct erasure erase(const char *customer)
{
    struct erasure erasure = {.id = id_new()};
    ck_assert_int_eq(erasure_run(tenant.connection, tenant.project_id, tenant.key_id, text_of(customer), &erasure),
                     STATUS_OK);
    return erasure;
}

START_TEST(an_erasure_goes_on_with_the_token_and_takes_the_way_to_it)
{
    add_response("'c1'", FIRST);
    add_response("'c1'", LAST);
    keep(RETAIN_ANONYMISE);
    (void)run_before(BEFORE);
    ck_assert_int_eq(number(TOKENS), 1);
    ck_assert_int_eq(erase("c1").responses, 1);
    ck_assert_int_eq(number(PEOPLE), 1);
    ck_assert_int_eq(number(TOKENS), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM response WHERE content_hash = sha256('x') AND project_id = %d"), 0);
}
END_TEST

START_TEST(a_project_that_deletes_needs_no_tokens)
{
    add_response("'c1'", FIRST);
    add_response("'c1'", LAST);
    keep(RETAIN_ANONYMISE);
    (void)run_before(BEFORE);
    keep(RETAIN_DELETE);
    ck_assert_int_eq(run_before(FIRST).responses, 0);
    ck_assert_int_eq(number(TOKENS), 0);
    ck_assert_int_eq(run_before(BEFORE).responses, 1); /* one that was anonymised */
}
END_TEST

START_TEST(late_answers_are_found_when_all_is_looked_at)
{
    add_response("'c1'", BEFORE - 1);
    keep(RETAIN_ANONYMISE);
    (void)run_before(BEFORE);
    add_response("'c1'", FIRST);
    struct retention retention = due_before(BEFORE);
    struct retention_report report;
    ck_assert_int_eq(retention_run(tenant.connection, &retention, (BEFORE - 1) * QUARTER_US, NULL, NULL, &report),
                     STATUS_OK);
    ck_assert_int_eq(report.responses, 0);
    ck_assert_int_eq(run_before(BEFORE).responses, 1);
}
END_TEST

/* --- beside the load ------------------------------------------------------------------------------------------------------- */

static atomic_bool has_begun;
static atomic_bool is_over;

/* Answers of all ages and erasures, on a session of their own, as a committer and a worker write them. */
static void *write_answers(void *context)
{
    struct connection *connection;
    int64_t *written = context;
    ck_assert_int_eq(connection_open(tenant_database(), "test", &connection), STATUS_OK);
    for (int i = 0; !atomic_load(&is_over); i++) {
        struct response rows[8];
        struct response *list[8];
        bool is_new[8];
        for (int j = 0; j < 8; j++) {
            rows[j] = (struct response){.id = id_new(),
                                        .occurred_us = (FIRST + (i * 8 + j) % 480) * QUARTER_US,
                                        .cell_id = 1,
                                        .key_id = tenant.key_id,
                                        .scores = {(int8_t)(i % 11), -1, -1},
                                        .customer_id = text_of(j % 2 ? "c1" : "c2"),
                                        .comment = text_of("words")};
            rows[j].cell.project_id = tenant.project_id;
            list[j] = &rows[j];
        }
        ck_assert_int_eq(response_insert(connection, list, 8, 3, is_new), STATUS_OK);
        *written += 8;
        atomic_store(&has_begun, true);
    }
    connection_close(connection);
    return NULL;
}

/* On a busy machine thirty runs are over before a session is open. */
static void wait_for_answers(void)
{
    for (int i = 0; i < 4000 && !atomic_load(&has_begun); i++)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    ck_assert(atomic_load(&has_begun));
}

static void *erase_again_and_again(void *context)
{
    struct connection *connection;
    (void)context;
    ck_assert_int_eq(connection_open(tenant_database(), "test", &connection), STATUS_OK);
    while (!atomic_load(&is_over)) {
        struct erasure erasure = {.id = id_new()};
        enum status status = erasure_run(connection, tenant.project_id, tenant.key_id, text_of("c1"), &erasure);
        ck_assert(status == STATUS_OK || status == STATUS_RETRY);
    }
    connection_close(connection);
    return NULL;
}

START_TEST(runs_beside_answers_and_erasures_lose_no_count)
{
    static const enum retain_mode modes[] = {RETAIN_ANONYMISE, RETAIN_DELETE};
    pthread_t writer;
    pthread_t eraser;
    int64_t written = 0;
    int64_t done = 0;
    feedback_execute("INSERT INTO cell SELECT %d, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0", (int)tenant.project_id);
    keep(modes[_i]);
    atomic_store(&has_begun, false);
    atomic_store(&is_over, false);
    pthread_create(&writer, NULL, write_answers, &written);
    pthread_create(&eraser, NULL, erase_again_and_again, NULL);
    wait_for_answers();
    for (int i = 0; i < 30; i++)
        done += run_before(FIRST + 8 * i).responses;
    atomic_store(&is_over, true);
    pthread_join(writer, NULL);
    pthread_join(eraser, NULL);
    ck_assert_int_gt(done, 0);
    ck_assert_int_eq(differences(), 0);
    (void)run_before(LAST);
    (void)erase("c1");
    ck_assert_int_eq(differences(), 0);
    ck_assert_int_eq(
        number("SELECT sum(nps_0 + nps_1 + nps_2 + nps_3 + nps_4 + nps_5 + nps_6 + nps_7 + nps_8 + nps_9 + "
               "nps_10) FROM rollup_quarter WHERE project_id = %d"),
        written);
    ck_assert_int_eq(number("SELECT count(*) FROM response WHERE NOT erased AND project_id = %d"), 0);
    ck_assert_int_eq(number(TOKENS), 0);
}
END_TEST

START_TEST(one_process_at_a_time)
{
    struct connection *second;
    bool kept;
    ck_assert_int_eq(connection_open(tenant_database(), "test", &second), STATUS_OK);
    ck_assert_int_eq(retention_try_keep(tenant.connection, &kept), STATUS_OK);
    ck_assert(kept);
    ck_assert_int_eq(retention_try_keep(second, &kept), STATUS_OK);
    ck_assert(!kept);
    ck_assert_int_eq(retention_let_go(tenant.connection), STATUS_OK);
    ck_assert_int_eq(retention_try_keep(second, &kept), STATUS_OK);
    ck_assert(kept);
    connection_close(second);
}
END_TEST

Suite *retention_suite(void)
{
    const TTest *const tests[] = {bound_is_a_quarter_that_ended_before_the_age,
                                  rows_go_and_their_counts_stay,
                                  horizon_moves_with_the_first_deletion_and_never_back,
                                  a_run_goes_in_batches_and_stops_between_two,
                                  a_change_of_mind_stops_a_run,
                                  another_projects_rows_are_untouched,
                                  a_receipt_is_in_the_audit_log,
                                  words_and_identifiers_go_and_scores_stay,
                                  one_person_stays_one_from_run_to_run,
                                  an_erasure_goes_on_with_the_token_and_takes_the_way_to_it,
                                  a_project_that_deletes_needs_no_tokens,
                                  late_answers_are_found_when_all_is_looked_at,
                                  one_process_at_a_time};
    Suite *suite = suite_create("retention");
    TCase *tcase = tcase_create("retention");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(tcase, tests[i]);
    tcase_add_loop_test(tcase, runs_beside_answers_and_erasures_lose_no_count, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
