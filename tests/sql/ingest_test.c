/* SPDX-License-Identifier: MIT */
#include "ingest/ingest.h"

#include "base/clock.h"
#include "base/timestamp.h"
#include "support/runner.h"
#include "tenant.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t NOON_US = INT64_C(1790000100) * 1000000; /* on a quarter, 2026-09-21 */

static struct tenant tenant;
static struct dictionary *dictionary;
static struct ingest *ingest;
static bool ids_are_own; /* as where a client sends none: such answers take the short way into the tables */

static void start(int committers)
{
    struct ingest_options options = {
        .database = tenant_database(), .committers = committers, .queue_size = 4096, .timeout_ms = 5000};
    tenant_open(&tenant, NULL);
    dictionary = dictionary_new(NULL);
    options.dictionary = dictionary;
    ck_assert_int_eq(ingest_open(&options, &ingest), STATUS_OK);
}

static void stop(void)
{
    ingest_close(ingest);
    dictionary_free(dictionary);
    tenant_close(&tenant);
}

/* --- submitting and waiting --------------------------------------------------------------------------------------- */

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t done;
    size_t left;
};

static void item_done(struct ingest_item *item)
{
    struct waiter *waiter = item->context;
    pthread_mutex_lock(&waiter->lock);
    if (--waiter->left == 0)
        pthread_cond_signal(&waiter->done);
    pthread_mutex_unlock(&waiter->lock);
}

static void submit(struct ingest_item *items, size_t count)
{
    struct waiter waiter = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, count};
    for (size_t i = 0; i < count; i++) {
        items[i].done = item_done;
        items[i].context = &waiter;
        items[i].next = i + 1 < count ? &items[i + 1] : NULL;
    }
    ck_assert_int_eq(ingest_submit(ingest, items, count), STATUS_OK);
    pthread_mutex_lock(&waiter.lock);
    while (waiter.left > 0)
        pthread_cond_wait(&waiter.done, &waiter.lock);
    pthread_mutex_unlock(&waiter.lock);
}

static struct response answer(int nps, const char *channel)
{
    struct response response = {
        .id = id_new(), .occurred_us = NOON_US, .key_id = tenant.key_id, .scores = {-1, -1, -1}};
    response.is_own_id = ids_are_own;
    response.scores[QUESTION_NPS] = (int8_t)nps;
    response.cell.project_id = tenant.project_id;
    response.cell.values[DIMENSION_CHANNEL] = text_of(channel);
    cell_key_seal(&response.cell);
    digest_content(&nps, sizeof nps, response.content_hash);
    return response;
}

static enum verdict submit_response(struct response *response)
{
    struct ingest_item item = {.kind = INGEST_RESPONSE, .response = response};
    submit(&item, 1);
    return item.verdict;
}

static enum verdict submit_patch(const struct patch *patch)
{
    struct ingest_item item = {.kind = INGEST_PATCH, .patch = patch};
    submit(&item, 1);
    return item.verdict;
}

static struct patch patch_of(const struct response *response)
{
    return (struct patch){.project_id = tenant.project_id, .id = response->id, .key_id = tenant.key_id};
}

/* Also what waits to be added up. */
#define COUNTERS "(SELECT * FROM rollup_quarter UNION ALL SELECT * FROM rollup_pending_quarter) AS r"

static int64_t counted(const char *column)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT coalesce(sum(%s), 0) FROM " COUNTERS " WHERE project_id = %%d", column);
    return tenant_number(&tenant, sql);
}

/* Counters that the rows don't bear out, by SQL of its own. */
static int64_t differences(void)
{
    return tenant_number(
        &tenant, "WITH tenant AS (SELECT %d AS id), truth AS ("
                 "  SELECT quarter, cell_id, count(*) FILTER (WHERE nps BETWEEN 9 AND 10) p,"
                 "         count(*) FILTER (WHERE nps <= 6) d, count(nps) n, count(csat) c, sum(csat) cs,"
                 "         count(ces) e, sum(ces) es"
                 "  FROM response, tenant WHERE project_id = tenant.id AND NOT is_test AND NOT excluded GROUP BY 1, 2"
                 "), told AS ("
                 "  SELECT quarter, cell_id, sum(nps_9 + nps_10) p, sum(nps_0+nps_1+nps_2+nps_3+nps_4+nps_5+nps_6) d,"
                 "    sum(nps_0+nps_1+nps_2+nps_3+nps_4+nps_5+nps_6+nps_7+nps_8+nps_9+nps_10) n,"
                 "    sum(csat_1+csat_2+csat_3+csat_4+csat_5) c, sum(csat_1+2*csat_2+3*csat_3+4*csat_4+5*csat_5) cs,"
                 "    sum(ces_1+ces_2+ces_3+ces_4+ces_5+ces_6+ces_7) e,"
                 "    sum(ces_1+2*ces_2+3*ces_3+4*ces_4+5*ces_5+6*ces_6+7*ces_7) es"
                 "  FROM " COUNTERS ", tenant WHERE project_id = tenant.id GROUP BY 1, 2)"
                 "SELECT count(*) FROM truth FULL JOIN told USING (quarter, cell_id) WHERE"
                 " (coalesce(truth.p,0), coalesce(truth.d,0), coalesce(truth.n,0), coalesce(truth.c,0),"
                 "  coalesce(truth.cs,0), coalesce(truth.e,0), coalesce(truth.es,0)) <>"
                 " (coalesce(told.p,0), coalesce(told.d,0), coalesce(told.n,0), coalesce(told.c,0),"
                 "  coalesce(told.cs,0), coalesce(told.e,0), coalesce(told.es,0))");
}

/* --- the tests ---------------------------------------------------------------------------------------------------- */

START_TEST(an_answer_is_stored_and_counted_once)
{
    struct response response = answer(9, "web");
    ck_assert_int_eq(submit_response(&response), VERDICT_CREATED);
    ck_assert_int_eq(submit_response(&response), VERDICT_KNOWN);
    ck_assert_int_eq(counted("nps_9"), 1);
    ck_assert_int_eq(tenant_number(&tenant, "SELECT count(*) FROM response WHERE project_id = %d"), 1);
}
END_TEST

START_TEST(the_same_id_in_another_project_is_another_row)
{
    struct tenant first = tenant;
    struct response response = answer(9, "web");
    ck_assert_int_eq(submit_response(&response), VERDICT_CREATED);
    tenant_open(&tenant, NULL);
    response.cell.project_id = tenant.project_id;
    cell_key_seal(&response.cell);
    ck_assert_int_eq(submit_response(&response), VERDICT_CREATED);
    ck_assert_int_eq(counted("nps_9"), 1);
    tenant_close(&first);
}
END_TEST

START_TEST(a_retry_that_adds_is_merged_and_counted_once)
{
    struct response response = answer(9, "web");
    ck_assert_int_eq(submit_response(&response), VERDICT_CREATED);
    response.comment = text_of("Easy and quick");
    response.scores[QUESTION_CSAT] = 5;
    response.content_hash[0] ^= 1;
    ck_assert_int_eq(submit_response(&response), VERDICT_MERGED);
    ck_assert_int_eq(submit_response(&response), VERDICT_KNOWN);
    ck_assert_int_eq(counted("nps_9"), 1);
    ck_assert_int_eq(counted("csat_5"), 1);
    ck_assert_int_eq(differences(), 0);
    ck_assert_int_eq(
        tenant_number(&tenant, "SELECT count(*) FROM response WHERE project_id = %d AND comment = 'Easy and quick'"),
        1);
}
END_TEST

START_TEST(a_retry_that_adds_a_dimension_moves_the_count_to_its_cell)
{
    struct response response = answer(9, "web");
    ck_assert_int_eq(submit_response(&response), VERDICT_CREATED);
    response.cell.values[DIMENSION_REGION] = text_of("ES-CT");
    cell_key_seal(&response.cell);
    response.content_hash[0] ^= 1;
    ck_assert_int_eq(submit_response(&response), VERDICT_MERGED);
    ck_assert_int_eq(counted("nps_9"), 1);
    ck_assert_int_eq(differences(), 0);
    ck_assert_int_eq(tenant_number(&tenant,
                                   "SELECT count(*) FROM response r JOIN cell c ON c.project_id = r.project_id AND "
                                   "c.id = r.cell_id WHERE r.project_id = %d AND c.country_id > 0"),
                     1);
}
END_TEST

START_TEST(a_retry_that_contradicts_is_a_conflict_and_changes_nothing)
{
    struct response response = answer(9, "web");
    ck_assert_int_eq(submit_response(&response), VERDICT_CREATED);
    response.scores[QUESTION_NPS] = 3;
    response.content_hash[0] ^= 1;
    ck_assert_int_eq(submit_response(&response), VERDICT_CONFLICT);
    ck_assert_int_eq(counted("nps_9"), 1);
    ck_assert_int_eq(counted("nps_3"), 0);
}
END_TEST

START_TEST(duplicates_inside_one_batch_are_settled)
{
    struct response response = answer(9, "web");
    struct response other = response;
    struct ingest_item items[3] = {{.kind = INGEST_RESPONSE, .response = &response},
                                   {.kind = INGEST_RESPONSE, .response = &response},
                                   {.kind = INGEST_RESPONSE, .response = &other}};
    other.scores[QUESTION_NPS] = 2;
    other.content_hash[0] ^= 1;
    submit(items, 3);
    ck_assert_int_eq(items[0].verdict, VERDICT_CREATED);
    ck_assert_int_eq(items[1].verdict, VERDICT_KNOWN);
    ck_assert_int_eq(items[2].verdict, VERDICT_CONFLICT);
    ck_assert_int_eq(counted("nps_9"), 1);
}
END_TEST

START_TEST(a_test_answer_is_stored_and_in_no_number)
{
    struct response response = answer(9, "web");
    response.is_test = true;
    ck_assert_int_eq(submit_response(&response), VERDICT_CREATED);
    ck_assert_int_eq(counted("nps_9"), 0);
    ck_assert_int_eq(differences(), 0);
}
END_TEST

START_TEST(a_corrected_score_moves_its_count)
{
    struct response response = answer(2, "web");
    struct patch patch = patch_of(&response);
    submit_response(&response);
    const struct patch_answer ten = {{"nps", 3}, 10, false};
    patch.answers = &ten;
    patch.answer_count = 1;
    ck_assert_int_eq(submit_patch(&patch), VERDICT_CHANGED);
    ck_assert_int_eq(submit_patch(&patch), VERDICT_CHANGED);
    ck_assert_int_eq(counted("nps_2"), 0);
    ck_assert_int_eq(counted("nps_10"), 1);
    ck_assert_int_eq(differences(), 0);
}
END_TEST

START_TEST(an_excluded_answer_leaves_the_numbers_and_comes_back)
{
    struct response response = answer(2, "web");
    struct patch patch = patch_of(&response);
    submit_response(&response);
    patch.sets_excluded = true;
    patch.excluded = true;
    ck_assert_int_eq(submit_patch(&patch), VERDICT_CHANGED);
    ck_assert_int_eq(counted("nps_2"), 0);
    ck_assert_int_eq(submit_response(&response), VERDICT_KNOWN);
    patch.excluded = false;
    ck_assert_int_eq(submit_patch(&patch), VERDICT_CHANGED);
    ck_assert_int_eq(counted("nps_2"), 1);
}
END_TEST

START_TEST(a_patch_that_would_leave_no_answer_is_refused)
{
    struct response response = answer(2, "web");
    struct patch patch = patch_of(&response);
    submit_response(&response);
    const struct patch_answer none = {{"nps", 3}, 0, true};
    patch.answers = &none;
    patch.answer_count = 1;
    ck_assert_int_eq(submit_patch(&patch), VERDICT_EMPTY);
    ck_assert_int_eq(counted("nps_2"), 1);
}
END_TEST

START_TEST(a_write_key_patches_its_own_answers_for_a_day)
{
    struct response response = answer(2, "web");
    struct patch patch = patch_of(&response);
    submit_response(&response);
    patch.own_only = true;
    patch.sets_comment = true;
    patch.comment = text_of("late");
    patch.key_id = tenant.key_id + 1;
    ck_assert_int_eq(submit_patch(&patch), VERDICT_NOT_FOUND);
    patch.key_id = tenant.key_id;
    ck_assert_int_eq(submit_patch(&patch), VERDICT_CHANGED);
    tenant_execute(&tenant,
                   "UPDATE response SET received_at = received_at - interval '25 hours' WHERE project_id = %d");
    ck_assert_int_eq(submit_patch(&patch), VERDICT_FORBIDDEN);
    patch.id = id_new();
    ck_assert_int_eq(submit_patch(&patch), VERDICT_NOT_FOUND);
}
END_TEST

static void wait_until_added_up(void)
{
    while (tenant_number(&tenant, "SELECT count(*) FROM rollup_pending WHERE project_id = %d") > 0)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}

START_TEST(an_edit_and_a_late_answer_mark_their_day_dirty)
{
    struct response response = answer(2, "web");
    submit_response(&response);
    tenant_execute(&tenant, "INSERT INTO rollup_day_state SELECT project_id, quarter - 4, quarter + 4, true, false "
                            "FROM response WHERE project_id = %d");
    response = answer(7, "web");
    submit_response(&response);
    wait_until_added_up();
    ck_assert_int_eq(tenant_number(&tenant, "SELECT dirty::int FROM rollup_day_state WHERE project_id = %d"), 1);
    tenant_execute(&tenant, "UPDATE rollup_day_state SET dirty = false WHERE project_id = %d");
    struct patch patch = patch_of(&response);
    patch.sets_comment = true;
    patch.comment = text_of("changes no number");
    submit_patch(&patch);
    ck_assert_int_eq(tenant_number(&tenant, "SELECT dirty::int FROM rollup_day_state WHERE project_id = %d"), 0);
    patch.sets_excluded = true;
    patch.excluded = true;
    submit_patch(&patch);
    ck_assert_int_eq(tenant_number(&tenant, "SELECT dirty::int FROM rollup_day_state WHERE project_id = %d"), 1);
}
END_TEST

/* PostgreSQL refuses the one bad row: bisection finds it, the other rows of the batch are stored. */
START_TEST(one_poisoned_row_is_refused_alone)
{
    enum { COUNT = 100, BAD = 37 };
    static struct response responses[COUNT];
    static struct ingest_item items[COUNT];
    for (int i = 0; i < COUNT; i++) {
        responses[i] = answer(i % 11, "web");
        items[i] = (struct ingest_item){.kind = INGEST_RESPONSE, .response = &responses[i]};
    }
    responses[BAD].scores[QUESTION_NPS] = 11; /* the table's CHECK says no */
    submit(items, COUNT);
    for (int i = 0; i < COUNT; i++)
        ck_assert_int_eq(items[i].verdict, i == BAD ? VERDICT_REFUSED : VERDICT_CREATED);
    ck_assert_int_eq(tenant_number(&tenant, "SELECT count(*) FROM response WHERE project_id = %d"), COUNT - 1);
    ck_assert_int_eq(differences(), 0);
}
END_TEST

/* The session is shot under the committer, again and again, while answers come in: none is lost or counted twice. */
START_TEST(a_lost_session_loses_nothing)
{
    enum { ROUNDS = 10, COUNT = 200 };
    static struct response responses[COUNT];
    static struct ingest_item items[COUNT];
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < COUNT; i++) {
            responses[i] = answer(i % 11, i % 2 ? "web" : "app");
            items[i] = (struct ingest_item){.kind = INGEST_RESPONSE, .response = &responses[i]};
        }
        tenant_execute(&tenant, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                "WHERE application_name = 'hark ingest' AND %d > 0");
        submit(items, COUNT);
        for (int i = 0; i < COUNT; i++)
            ck_assert_int_eq(items[i].verdict, VERDICT_CREATED);
    }
    ck_assert_int_eq(tenant_number(&tenant, "SELECT count(*) FROM response WHERE project_id = %d"), ROUNDS * COUNT);
    ck_assert_int_eq(differences(), 0);
}
END_TEST

struct writer {
    pthread_t thread;
    unsigned seed;
};

/* Random answers, retries, merges, patches from several threads over few cells and ids. */
static void *write_at_random(void *context)
{
    struct writer *writer = context;
    static const char *const channels[] = {"web", "app", "store", "phone"};
    struct response mine[20];
    for (int i = 0; i < 20; i++)
        mine[i] = answer(rand_r(&writer->seed) % 11, channels[rand_r(&writer->seed) % 4]);
    for (int i = 0; i < 300; i++) {
        struct response *response = &mine[rand_r(&writer->seed) % 20];
        struct patch patch = patch_of(response);
        struct patch_answer csat = {{"csat", 4}, 0, false};
        switch (rand_r(&writer->seed) % 4) {
        case 0:
            submit_response(response);
            break;
        case 1:
            csat.score = (int16_t)(1 + rand_r(&writer->seed) % 5);
            patch.answers = &csat;
            patch.answer_count = 1;
            submit_patch(&patch);
            break;
        case 2:
            patch.sets_excluded = true;
            patch.excluded = rand_r(&writer->seed) % 2;
            submit_patch(&patch);
            break;
        default: {
            struct response more = *response;
            more.scores[QUESTION_CES] = 4;
            more.content_hash[1] ^= 1;
            submit_response(&more);
        }
        }
    }
    return NULL;
}

START_TEST(many_writers_and_two_committers_keep_rows_and_counters_equal)
{
    struct writer writers[8];
    for (unsigned i = 0; i < 8; i++) {
        writers[i].seed = i + 1;
        pthread_create(&writers[i].thread, NULL, write_at_random, &writers[i]);
    }
    for (int i = 0; i < 8; i++)
        pthread_join(writers[i].thread, NULL);
    ck_assert_int_eq(differences(), 0);
    ck_assert_int_eq(tenant_number(&tenant,
                                   "SELECT count(*) FROM response WHERE project_id = %d AND csat IS NOT NULL AND "
                                   "ces IS NOT NULL") > 10,
                     1);
}
END_TEST

START_TEST(a_full_queue_takes_nothing)
{
    enum { COUNT = 4097 };
    static struct response response;
    static struct ingest_item items[COUNT];
    response = answer(9, "web");
    for (int i = 0; i < COUNT; i++)
        items[i] = (struct ingest_item){
            .kind = INGEST_RESPONSE, .response = &response, .next = i + 1 < COUNT ? &items[i + 1] : NULL};
    ck_assert_int_eq(ingest_submit(ingest, items, COUNT), STATUS_BUSY);
    ck_assert_int_eq(tenant_number(&tenant, "SELECT count(*) FROM response WHERE project_id = %d"), 0);
}
END_TEST

START_TEST(events_are_stored_once_and_contradictions_refused)
{
    struct event event = {.id = id_new(),
                          .occurred_us = NOON_US,
                          .key_id = tenant.key_id,
                          .action = text_of("completed"),
                          .amount = text_of("12.5000"),
                          .currency = text_of("EUR")};
    struct ingest_item item = {.kind = INGEST_EVENT, .event = &event};
    event.cell.project_id = tenant.project_id;
    event.cell.values[DIMENSION_TOUCHPOINT] = text_of("checkout");
    cell_key_seal(&event.cell);
    submit(&item, 1);
    ck_assert_int_eq(item.verdict, VERDICT_CREATED);
    submit(&item, 1);
    ck_assert_int_eq(item.verdict, VERDICT_KNOWN);
    event.content_hash[0] ^= 1;
    submit(&item, 1);
    ck_assert_int_eq(item.verdict, VERDICT_CONFLICT);
    ck_assert_int_eq(tenant_number(&tenant, "SELECT count(*) FROM event WHERE project_id = %d AND amount = 12.5"), 1);
}
END_TEST

START_TEST(new_values_past_the_cap_are_refused_and_known_ones_taken)
{
    struct response response = answer(9, "web");
    struct response fresh = answer(9, "fax");
    submit_response(&response);
    tenant_execute(&tenant, "UPDATE dictionary_counter SET last_id = 20000 WHERE project_id = %d AND dimension = 1");
    ck_assert_int_eq(submit_response(&fresh), VERDICT_CAP);
    response = answer(8, "web");
    ck_assert_int_eq(submit_response(&response), VERDICT_CREATED);
    ck_assert_int_eq(differences(), 0);
}
END_TEST

static void start_one(void)
{
    start(1);
}

static void start_two(void)
{
    start(2);
}

static void start_own(void)
{
    ids_are_own = true;
    start(2);
}

static void stop_own(void)
{
    stop();
    ids_are_own = false;
}

Suite *ingest_suite(void)
{
    Suite *suite = suite_create("ingest");
    TCase *one = tcase_create("one committer");
    TCase *two = tcase_create("two committers");
    TCase *own = tcase_create("ids of our own");
    tcase_set_timeout(one, 60);
    tcase_set_timeout(two, 120);
    tcase_add_checked_fixture(one, start_one, stop);
    tcase_add_checked_fixture(two, start_two, stop);
    tcase_add_test(one, an_answer_is_stored_and_counted_once);
    tcase_add_test(one, the_same_id_in_another_project_is_another_row);
    tcase_add_test(one, a_retry_that_adds_is_merged_and_counted_once);
    tcase_add_test(one, a_retry_that_adds_a_dimension_moves_the_count_to_its_cell);
    tcase_add_test(one, a_retry_that_contradicts_is_a_conflict_and_changes_nothing);
    tcase_add_test(one, duplicates_inside_one_batch_are_settled);
    tcase_add_test(one, a_test_answer_is_stored_and_in_no_number);
    tcase_add_test(one, a_corrected_score_moves_its_count);
    tcase_add_test(one, an_excluded_answer_leaves_the_numbers_and_comes_back);
    tcase_add_test(one, a_patch_that_would_leave_no_answer_is_refused);
    tcase_add_test(one, a_write_key_patches_its_own_answers_for_a_day);
    tcase_add_test(one, an_edit_and_a_late_answer_mark_their_day_dirty);
    tcase_add_test(one, one_poisoned_row_is_refused_alone);
    tcase_add_test(one, a_lost_session_loses_nothing);
    tcase_add_test(one, a_full_queue_takes_nothing);
    tcase_add_test(one, events_are_stored_once_and_contradictions_refused);
    tcase_add_test(one, new_values_past_the_cap_are_refused_and_known_ones_taken);
    tcase_add_test(two, many_writers_and_two_committers_keep_rows_and_counters_equal);
    tcase_set_timeout(own, 120);
    tcase_add_checked_fixture(own, start_own, stop_own);
    tcase_add_test(own, an_answer_is_stored_and_counted_once);
    tcase_add_test(own, a_retry_that_adds_is_merged_and_counted_once);
    tcase_add_test(own, duplicates_inside_one_batch_are_settled);
    tcase_add_test(own, a_test_answer_is_stored_and_in_no_number);
    tcase_add_test(own, an_edit_and_a_late_answer_mark_their_day_dirty);
    tcase_add_test(own, one_poisoned_row_is_refused_alone);
    tcase_add_test(own, a_lost_session_loses_nothing);
    tcase_add_test(own, many_writers_and_two_committers_keep_rows_and_counters_equal);
    suite_add_tcase(suite, one);
    suite_add_tcase(suite, two);
    suite_add_tcase(suite, own);
    return suite;
}
