/* SPDX-License-Identifier: MIT */
#include "day_sample.h"
#include "storage/day.h"
#include "support/database.h"
#include "support/runner.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tenant tenant;
/* Quarters after the beginning of a day: from there on it is cut. */
enum { CUT = 30 };

static void open_all(void)
{
    day_sample_open(&tenant);
}

static void close_all(void)
{
    tenant_close(&tenant);
}

static void recount(int32_t from, int32_t to, int64_t counts[ROLLUP_COUNTERS])
{
    char sql[400];
    PGconn *pg = PQconnectdb(test_database_url());
    PGresult *result;
    snprintf(sql, sizeof sql,
             "SELECT unnest(array_cat(array_cat(array_agg(nps), array_agg(11 + csat - 1)), array_agg(16 + ces - 1))) "
             "FROM response WHERE project_id = %d AND occurred_at >= to_timestamp(%d) AND occurred_at < "
             "to_timestamp(%d) AND NOT excluded",
             (int)tenant.project_id, (int)from * 900, (int)to * 900);
    result = PQexec(pg, sql);
    ck_assert_int_eq(PQresultStatus(result), PGRES_TUPLES_OK);
    memset(counts, 0, sizeof *counts * ROLLUP_COUNTERS);
    for (int i = 0; i < PQntuples(result); i++)
        if (!PQgetisnull(result, i, 0))
            counts[strtol(PQgetvalue(result, i, 0), NULL, 10)]++;
    PQclear(result);
    PQfinish(pg);
}

static int below(unsigned *seed, int limit)
{
    return (int)((unsigned)rand_r(seed) % (unsigned)limit);
}

static void edit(const struct response *response, unsigned *seed)
{
    struct response_key key = {.project_id = tenant.project_id, .id = response->id};
    struct arena *arena = arena_new(0);
    struct stored_response *row;
    size_t found;
    ck_assert_int_eq(connection_begin(tenant.connection), STATUS_OK);
    ck_assert_int_eq(response_lock(tenant.connection, &key, 1, arena, &row, &found), STATUS_OK);
    ck_assert_uint_eq(found, 1);
    row->response.scores[QUESTION_NPS] = (int8_t)(below(seed, 12) - 1);
    row->excluded = below(seed, 4) == 0;
    ck_assert_int_eq(response_update(tenant.connection, &row, 1, (int16_t)below(seed, 3)), STATUS_OK);
    ck_assert_int_eq(connection_commit(tenant.connection), STATUS_OK);
    arena_free(arena);
}

/* By either way in. */
static void answer(struct response *response, unsigned *seed, struct pending *pending)
{
    *response =
        response_at(&tenant, FIRST + below(seed, DAYS * 96 - 4), (int8_t)below(seed, 11), (int8_t)(1 + below(seed, 5)));
    ck_assert_int_eq(below(seed, 2) ? add_response(tenant.connection, response, pending)
                                    : insert_response(tenant.connection, response, (int16_t)below(seed, 3)),
                     STATUS_OK);
}

static void keep(unsigned *seed, struct pending *pending)
{
    if (below(seed, 2))
        ck_assert_int_eq(pending_fold(tenant.connection, pending, 3), STATUS_OK);
    fill_days(&tenant, after_day(below(seed, DAYS)));
}

/* Of some time, as rollup_read has it and as counts in memory have it that are read from those before. False: those can't tell. */
static bool compare_somewhere(unsigned *seed, struct cube **before, int operation)
{
    int64_t stored[ROLLUP_COUNTERS];
    int64_t truth[ROLLUP_COUNTERS];
    int32_t from = below(seed, 3) ? day_start(below(seed, DAYS)) : FIRST + below(seed, DAYS * 96);
    int32_t to = below(seed, 2) ? day_start(DAYS) : from + CUT + 1 + below(seed, 300);
    from += below(seed, 3) ? CUT : 0; /* often the same: then what is left of the day is of use to the next */
    read_counts(&tenant, from, to, stored);
    recount(from, to, truth);
    for (int c = 0; c < ROLLUP_COUNTERS; c++)
        ck_assert_msg(stored[c] == truth[c], "operation %d, %d to %d, counter %d: %lld, not %lld", operation, (int)from,
                      (int)to, c, (long long)stored[c], (long long)truth[c]);
    to = to < day_start(DAYS) ? to : day_start(DAYS);
    if (!read_counts_in_memory(&tenant, before, from, to, stored))
        return false;
    recount(from, to, truth);
    ck_assert_mem_eq(stored, truth, sizeof truth);
    return true;
}

START_TEST(after_any_operations_the_copy_reads_as_the_rows)
{
    enum { OPERATIONS = 400 };
    static struct response responses[OPERATIONS];
    int count = 0;
    int told = 0;
    unsigned seed = 20260324;
    struct pending *pending = pending_new();
    struct cube *before = NULL;
    for (int i = 0; i < OPERATIONS; i++) {
        int kind = below(&seed, 10);
        if (kind < 4 || count == 0) {
            answer(&responses[count++], &seed, pending);
        } else if (kind < 6) {
            edit(&responses[below(&seed, count)], &seed);
        } else if (kind < 7) {
            keep(&seed, pending);
        } else {
            told += compare_somewhere(&seed, &before, i);
        }
    }
    ck_assert_int_gt(tenant_number(&tenant, "SELECT count(*) FROM rollup_day_state WHERE filled AND project_id = %d"),
                     3);
    ck_assert_int_gt(told, 20);
    cube_free(before);
    pending_free(pending);
}
END_TEST

enum { WRITERS = 2, ANSWERS = 400, ALL = WRITERS * ANSWERS };
static atomic_int begun;
static atomic_int acknowledged;
static atomic_bool is_over;

/* By both ways in, and adding up now and then. */
static enum status write_answer(struct connection *connection, struct response *response, int16_t slot, int turn,
                                struct pending *pending)
{
    enum status status = STATUS_OK;
    if (turn % 13 == 0)
        status = pending_fold(connection, pending, slot);
    if (status != STATUS_OK)
        return status;
    return turn % 3 == 0 ? insert_response(connection, response, slot) : add_response(connection, response, pending);
}

static void *write_answers(void *context)
{
    int16_t slot = *(int16_t *)context;
    unsigned seed = (unsigned)slot;
    struct pending *pending = pending_new();
    struct connection *connection;
    bool failed = connection_open(tenant_database(), "writer", &connection) != STATUS_OK;
    for (int i = 0; !failed && i < ANSWERS; i++) {
        struct response response = response_at(&tenant, FIRST + below(&seed, 4 * 96), 9, SCORE_ABSENT);
        enum status status;
        atomic_fetch_add(&begun, 1);
        while ((status = write_answer(connection, &response, slot, i, pending)) == STATUS_RETRY)
            ;
        failed = status != STATUS_OK;
        atomic_fetch_add(&acknowledged, 1);
    }
    while (!failed && pending_answers(pending) > 0)
        failed = pending_fold(connection, pending, slot) == STATUS_INVALID;
    connection_close(connection);
    pending_free(pending);
    return failed ? context : NULL;
}

static void *keep_days(void *context)
{
    struct connection *connection;
    bool failed = connection_open(tenant_database(), "keeper", &connection) != STATUS_OK;
    while (!failed && !atomic_load(&is_over)) {
        int filled;
        enum status status = day_fill(connection, after_day(DAYS), &filled);
        failed = status != STATUS_OK && status != STATUS_RETRY;
    }
    connection_close(connection);
    return failed ? context : NULL;
}

START_TEST(while_writers_and_the_keeper_race_every_acknowledged_answer_is_read)
{
    pthread_t threads[WRITERS + 1];
    int16_t slots[WRITERS + 1] = {1, 2, 0};
    void *failed;
    struct cube *whole = NULL;
    struct cube *cut = NULL;
    for (int i = 0; i < WRITERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_answers, &slots[i]), 0);
    ck_assert_int_eq(pthread_create(&threads[WRITERS], NULL, keep_days, &slots[WRITERS]), 0);
    for (int turn = 0; atomic_load(&acknowledged) < ALL; turn++) {
        int least = atomic_load(&acknowledged);
        int64_t read = turn % 2 ? count_answers(&tenant, day_start(0), day_start(DAYS))
                                : count_answers_in_memory(&tenant, &whole, day_start(0), day_start(DAYS));
        int most = atomic_load(&begun);
        ck_assert_msg(read >= least && read <= most, "%lld answers are not from %d to %d", (long long)read, least,
                      most);
        count_answers_in_memory(&tenant, &cut, day_start(0) + CUT, day_start(DAYS));
    }
    atomic_store(&is_over, true);
    for (int i = 0; i <= WRITERS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    ck_assert_int_eq(count_answers(&tenant, day_start(0), day_start(DAYS)), ALL);
    ck_assert_int_eq(count_answers_in_memory(&tenant, &whole, day_start(0), day_start(DAYS)), ALL);
    ck_assert_int_eq(count_answers_in_memory(&tenant, &cut, day_start(0) + CUT, day_start(DAYS)),
                     count_answers(&tenant, day_start(0) + CUT, day_start(DAYS)));
    cube_free(whole);
    cube_free(cut);
    fill_days(&tenant, after_day(DAYS));
    ck_assert_int_eq(tenant_number(&tenant, "SELECT count(*) FROM rollup_day_state WHERE filled AND NOT dirty AND "
                                            "project_id = %d"),
                     4);
    ck_assert_int_eq(count_answers(&tenant, day_start(0), day_start(DAYS)), ALL);
}
END_TEST

Suite *day_race_suite(void)
{
    Suite *suite = suite_create("day_race");
    TCase *tcase = tcase_create("day_race");
    tcase_add_checked_fixture(tcase, open_all, close_all);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, after_any_operations_the_copy_reads_as_the_rows);
    tcase_add_test(tcase, while_writers_and_the_keeper_race_every_acknowledged_answer_is_read);
    suite_add_tcase(suite, tcase);
    return suite;
}
