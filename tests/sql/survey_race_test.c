/* SPDX-License-Identifier: MIT */
#include "storage/survey.h"

#include "support/runner.h"
#include "tenant.h"

#include <pthread.h>

/* What those who change a survey at the same time do to each other. */

static struct tenant tenant;

static int number(const char *sql)
{
    return (int)tenant_number(&tenant, sql);
}

enum { WRITERS = 4, ROUNDS = 15 };

struct writer {
    struct connection *connection;
    int8_t scale_max; /* each one's own */
    int64_t if_updated_us;
    int versions;
    int refused;
    int failed;
    pthread_t thread;
};

static void write_once(struct writer *writer, int8_t scale_max)
{
    const struct survey_draft_question questions[] = {
        {.definition = {.question = "mood", .metric = "custom", .scale_min = 0, .scale_max = scale_max}},
        {.definition = {.question = "nps", .metric = "nps", .scale_min = 0, .scale_max = 10}},
    };
    const struct survey_draft draft = {.project_id = tenant.project_id,
                                       .key = "stay",
                                       .questions = questions,
                                       .question_count = 2,
                                       .if_updated_us = writer->if_updated_us};
    struct survey_put done;
    enum status status = survey_put(writer->connection, &draft, &done);
    writer->versions += status == STATUS_OK && done.starts_version;
    writer->refused += status == STATUS_CONFLICT;
    writer->failed += status != STATUS_OK && status != STATUS_CONFLICT;
}

static void *write_many(void *context)
{
    struct writer *writer = context;
    for (int i = 0; i < ROUNDS; i++)
        write_once(writer, (int8_t)(writer->scale_max + i % 2));
    return NULL;
}

static void *write_one(void *context)
{
    struct writer *writer = context;
    write_once(writer, writer->scale_max);
    return NULL;
}

static void run_writers(struct writer *writers, void *(*work)(void *), int64_t if_updated_us)
{
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.scale_max = (int8_t)(2 + 2 * i), .if_updated_us = if_updated_us};
        ck_assert_int_eq(connection_open(tenant_database(), "test", &writers[i].connection), STATUS_OK);
    }
    for (int i = 0; i < WRITERS; i++)
        ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, work, &writers[i]), 0);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        connection_close(writers[i].connection);
        ck_assert_int_eq(writers[i].failed, 0);
    }
}

START_TEST(writers_at_once_make_versions_without_gap_and_definitions_without_double)
{
    struct writer writers[WRITERS];
    int versions = 0;
    run_writers(writers, write_many, 0);
    for (int i = 0; i < WRITERS; i++)
        versions += writers[i].versions;
    ck_assert_int_ge(versions, 2 * WRITERS);
    ck_assert_int_eq(number("SELECT version FROM survey WHERE project_id = %d"), versions);
    ck_assert_int_eq(number("SELECT count(*) FROM survey_version WHERE project_id = %d"), versions);
    ck_assert_int_eq(number("SELECT count(*) FROM survey_question WHERE project_id = %d"), 2 * versions);
    /* One for each scale, whoever came first. */
    ck_assert_int_eq(number("SELECT count(*) FROM question_definition WHERE project_id = %d"), 2 * WRITERS);
    ck_assert_int_eq(number("SELECT max(id) FROM question_definition WHERE project_id = %d"), 100 + 2 * WRITERS);
}
END_TEST

START_TEST(of_writers_who_read_the_same_state_one_stores)
{
    struct writer writers[WRITERS];
    int versions = 0;
    int refused = 0;
    struct writer first = {.connection = tenant.connection, .scale_max = 1};
    write_one(&first);
    ck_assert_int_eq(first.versions, 1);
    run_writers(writers, write_one,
                tenant_number(&tenant, "SELECT (extract(epoch FROM updated_at) * 1000000)::int8 FROM survey "
                                       "WHERE project_id = %d"));
    for (int i = 0; i < WRITERS; i++) {
        versions += writers[i].versions;
        refused += writers[i].refused;
    }
    ck_assert_int_eq(versions, 1);
    ck_assert_int_eq(refused, WRITERS - 1);
    ck_assert_int_eq(number("SELECT version FROM survey WHERE project_id = %d"), 2);
}
END_TEST

static void setup(void)
{
    tenant_open(&tenant, NULL);
}

static void teardown(void)
{
    tenant_close(&tenant);
}

Suite *survey_race_suite(void)
{
    Suite *suite = suite_create("survey_race");
    TCase *tcase = tcase_create("survey_race");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, writers_at_once_make_versions_without_gap_and_definitions_without_double);
    tcase_add_test(tcase, of_writers_who_read_the_same_state_one_stores);
    suite_add_tcase(suite, tcase);
    return suite;
}
