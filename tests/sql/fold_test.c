/* SPDX-License-Identifier: MIT */
#include "storage/fold.h"

#include "base/clock.h"
#include "base/timestamp.h"
#include "feedback.h"
#include "ingest/ingest.h"
#include "support/runner.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { FROM = 1980000, TO = FROM + 40, CELLS_ROWS = 3000 };

static struct tenant tenant;

static void open_tenant(void)
{
    tenant_open(&tenant, NULL);
}

static void close_tenant(void)
{
    tenant_close(&tenant);
}

static int64_t fold(int32_t from, int32_t to)
{
    int64_t cells;
    ck_assert_int_eq(fold_slots(tenant.connection, tenant.project_id, from, to, &cells), STATUS_OK);
    return cells;
}

static int64_t number(const char *sql)
{
    return tenant_number(&tenant, sql);
}

static const char most_rows[] = "SELECT coalesce(max(n), 0) FROM (SELECT count(*) n FROM rollup_quarter WHERE "
                                "project_id = %d GROUP BY quarter, cell_id) AS a";

static void compare(void)
{
    struct rollup_query query = {.project_ids = &tenant.project_id,
                                 .project_count = 1,
                                 .from = FROM,
                                 .to = TO,
                                 .group_by = 1u << DIMENSION_CHANNEL};
    feedback_compare(tenant.connection, &query, NULL);
}

START_TEST(many_slots_become_one_row_and_every_number_stays)
{
    feedback_make(&tenant, &(struct feedback_options){.rows = CELLS_ROWS, .from = FROM, .to = TO, .seed = 0.4});
    ck_assert_int_gt(number(most_rows), 1);
    ck_assert_int_gt(fold(FROM, TO), 500); /* more than one turn */
    ck_assert_int_eq(number(most_rows), 1);
    compare();
    ck_assert_int_eq(fold(FROM, TO), 0);
}
END_TEST

START_TEST(only_the_quarters_that_were_asked_for_are_folded)
{
    feedback_make(&tenant, &(struct feedback_options){.rows = CELLS_ROWS, .from = FROM, .to = TO, .seed = 0.1});
    fold(FROM, FROM + 20);
    ck_assert_int_eq(number("SELECT count(*) FROM rollup_quarter WHERE project_id = %d AND quarter >= 1980020 AND "
                            "slot = -1"),
                     0);
    ck_assert_int_eq(number("SELECT count(*) FROM (SELECT FROM rollup_quarter WHERE project_id = %d AND quarter < "
                            "1980020 GROUP BY quarter, cell_id HAVING count(*) > 1) AS a"),
                     0);
    compare();
}
END_TEST

START_TEST(questions_of_surveys_are_folded_too)
{
    tenant_execute(&tenant,
                   "INSERT INTO rollup_question_quarter SELECT %d, 1980000 + q, 1, 101, s, 1, 0, 0, 0, 0, 0, 0, 0, "
                   "0, 0, 2 - s FROM generate_series(0, 3) q, generate_series(0, 4) s");
    ck_assert_int_eq(fold(FROM, FROM + 3), 3);
    ck_assert_int_eq(number("SELECT count(*) FROM rollup_question_quarter WHERE project_id = %d"), 3 + 5);
    ck_assert_int_eq(number("SELECT sum(n_0) FROM rollup_question_quarter WHERE project_id = %d AND slot = -1"), 15);
    ck_assert_int_eq(number("SELECT sum(n_10) FROM rollup_question_quarter WHERE project_id = %d"), 0);
}
END_TEST

/* --- beside writers ------------------------------------------------------------------------------------------------- */

enum { WRITERS = 3, BATCHES = 40, BATCH = 25 };

struct writer {
    struct ingest *ingest;
    pthread_t thread;
    int seed;
    atomic_int pending;
};

static void item_done(struct ingest_item *item)
{
    struct writer *writer = item->context;
    ck_assert_int_eq(item->verdict, VERDICT_CREATED);
    atomic_fetch_sub(&writer->pending, 1);
}

/* Late answers to quarters that are being folded. Half have ids of their client's: the two ways into the tables. */
static void fill_late(struct writer *writer, struct response *responses, struct ingest_item *items)
{
    static const char *const channels[] = {"web", "app", "store"};
    for (int i = 0; i < BATCH; i++) {
        struct response *response = &responses[i];
        *response = (struct response){.id = id_new(),
                                      .occurred_us = (FROM + i % 4) * INT64_C(900000000),
                                      .key_id = tenant.key_id,
                                      .is_own_id = i % 2 == 0,
                                      .scores = {(int8_t)((i + writer->seed) % 11), -1, -1}};
        response->cell.project_id = tenant.project_id;
        response->cell.values[DIMENSION_CHANNEL] = text_of(channels[i % 3]);
        cell_key_seal(&response->cell);
        items[i] =
            (struct ingest_item){.kind = INGEST_RESPONSE, .response = response, .done = item_done, .context = writer};
        items[i].next = i + 1 < BATCH ? &items[i + 1] : NULL;
    }
}

static void *write_late(void *context)
{
    struct writer *writer = context;
    struct response responses[BATCH];
    struct ingest_item items[BATCH];
    for (int batch = 0; batch < BATCHES; batch++) {
        fill_late(writer, responses, items);
        atomic_store(&writer->pending, BATCH);
        ck_assert_int_eq(ingest_submit(writer->ingest, items, BATCH), STATUS_OK);
        while (atomic_load(&writer->pending) > 0)
            sched_yield();
    }
    return NULL;
}

START_TEST(folding_beside_late_answers_loses_none)
{
    struct writer writers[WRITERS];
    struct dictionary *dictionary = dictionary_new(NULL);
    struct ingest_options options = {.database = tenant_database(),
                                     .dictionary = dictionary,
                                     .committers = 3,
                                     .queue_size = 1024,
                                     .timeout_ms = 20000};
    struct ingest *ingest;
    int64_t folded = 0;
    ck_assert_int_eq(ingest_open(&options, &ingest), STATUS_OK);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.ingest = ingest, .seed = i};
        atomic_init(&writers[i].pending, 1);
        ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, write_late, &writers[i]), 0);
    }
    while (number("SELECT count(*) FROM response WHERE project_id = %d") < WRITERS * BATCHES * BATCH)
        folded += fold(FROM, TO);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
    ingest_close(ingest); /* its committers add up what waits */
    fold(FROM, TO);
    dictionary_free(dictionary);
    ck_assert_int_gt(folded, 0);
    ck_assert_int_eq(number(most_rows), 1);
    ck_assert_int_eq(
        number("SELECT count(*) FROM (SELECT quarter, cell_id, nps, count(*) n FROM response WHERE project_id = %d "
               "GROUP BY 1, 2, 3) t JOIN rollup_quarter r USING (quarter, cell_id) WHERE r.project_id = (SELECT "
               "max(project_id) FROM response) AND t.n <> "
               "(ARRAY[nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10])[t.nps + 1]"),
        0);
}
END_TEST

Suite *fold_suite(void)
{
    Suite *suite = suite_create("fold");
    TCase *cases = tcase_create("fold");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, open_tenant, close_tenant);
    tcase_add_test(cases, many_slots_become_one_row_and_every_number_stays);
    tcase_add_test(cases, only_the_quarters_that_were_asked_for_are_folded);
    tcase_add_test(cases, questions_of_surveys_are_folded_too);
    tcase_add_test(cases, folding_beside_late_answers_loses_none);
    suite_add_tcase(suite, cases);
    return suite;
}
