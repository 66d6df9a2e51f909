/* SPDX-License-Identifier: MIT */
#include "storage/day.h"

#include "base/clock.h"
#include "base/timestamp.h"
#include "generated/query_names.h"
#include "storage/response.h"
#include "storage/rollup.h"
#include "support/database.h"
#include "support/runner.h"
#include "tenant.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Ten local days of Madrid from 2026-03-24: the sixth, 29 March, has 23 hours. In quarters of an hour. */
enum { FIRST = 1971452, DAYS = 10, SHORT_DAY = 5 };
#define US_OF(quarter_) ((int64_t)(quarter_) * 900 * 1000000)

static struct tenant tenant;

static int32_t day_start(int day)
{
    return FIRST + 96 * day - (day > SHORT_DAY ? 4 : 0);
}

/* One hour and a quarter after the end of a day. */
static int64_t after_day(int day)
{
    return US_OF(day_start(day + 1) + 5);
}

static void open_all(void)
{
    tenant_open(&tenant, "Europe/Madrid");
    tenant_execute(&tenant, "INSERT INTO cell SELECT %d, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0");
}

static void close_all(void)
{
    tenant_close(&tenant);
}

static struct response response_at(int32_t quarter, int8_t nps, int8_t csat)
{
    struct response response = {.id = id_new(), .occurred_us = US_OF(quarter), .cell_id = 1, .key_id = tenant.key_id};
    response.cell.project_id = tenant.project_id;
    response.scores[QUESTION_NPS] = nps;
    response.scores[QUESTION_CSAT] = csat;
    response.scores[QUESTION_CES] = SCORE_ABSENT;
    return response;
}

static enum status insert(struct connection *connection, const struct response *response, int16_t slot)
{
    struct response copy = *response;
    struct response *list[] = {&copy};
    bool is_new;
    return response_insert(connection, list, 1, slot, &is_new);
}

static void answer(int32_t quarter, int8_t nps)
{
    struct response response = response_at(quarter, nps, SCORE_ABSENT);
    ck_assert_int_eq(insert(tenant.connection, &response, 1), STATUS_OK);
}

/* "filled dirty" of the day as two bits, or -1: not known. */
static int state_of(int day)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT coalesce((SELECT 2 * filled::int + dirty::int FROM rollup_day_state WHERE project_id = %%d AND "
             "from_quarter = %d), -1)",
             (int)day_start(day));
    return (int)tenant_number(&tenant, sql);
}

enum { UNKNOWN = -1, OPEN = 0, OPEN_DIRTY = 1, FILLED = 2, FILLED_DIRTY = 3 };

static void read_counts(int32_t from, int32_t to, int64_t counts[ROLLUP_COUNTERS])
{
    struct arena *arena = arena_new(0);
    struct rollup_query query = {.project_ids = &tenant.project_id, .project_count = 1, .from = from, .to = to};
    struct rollup rollup;
    ck_assert_int_eq(rollup_read(tenant.connection, &query, arena, &rollup), STATUS_OK);
    ck_assert_uint_le(rollup.group_count, 1);
    memset(counts, 0, sizeof *counts * ROLLUP_COUNTERS);
    if (rollup.group_count == 1)
        memcpy(counts, rollup.groups[0].points[0].counts, sizeof *counts * ROLLUP_COUNTERS);
    arena_free(arena);
}

static int64_t count_answers(int32_t from, int32_t to)
{
    int64_t counts[ROLLUP_COUNTERS];
    int64_t n = 0;
    read_counts(from, to, counts);
    for (int score = 0; score <= 10; score++)
        n += counts[score];
    return n;
}

static void fill(int64_t now_us)
{
    int filled = DAY_ROUND;
    while (filled == DAY_ROUND)
        ck_assert_int_eq(day_fill(tenant.connection, now_us, &filled), STATUS_OK);
}

START_TEST(a_day_is_copied_when_it_ended_an_hour_ago)
{
    answer(day_start(2) + 7, 9);
    answer(day_start(4), 3);
    answer(day_start(SHORT_DAY) + 91, 8);
    fill(US_OF(day_start(3) + 4) - 1);
    ck_assert_int_eq(state_of(2), UNKNOWN);
    fill(US_OF(day_start(3) + 4));
    ck_assert_int_eq(state_of(2), FILLED);
    ck_assert_int_eq(state_of(4), UNKNOWN);
    fill(after_day(SHORT_DAY));
    ck_assert_int_eq(state_of(3), UNKNOWN); /* nobody answered */
    ck_assert_int_eq(state_of(4), FILLED);
    ck_assert_int_eq(state_of(SHORT_DAY), FILLED);
    ck_assert_int_eq(count_answers(day_start(0), day_start(DAYS)), 3);
}
END_TEST

START_TEST(a_late_answer_is_read_at_once_and_copied_in_the_next_round)
{
    answer(day_start(1), 9);
    fill(after_day(1));
    answer(day_start(1) + 1, 9);
    ck_assert_int_eq(state_of(1), FILLED_DIRTY);
    ck_assert_int_eq(count_answers(day_start(1), day_start(2)), 2);
    fill(after_day(1));
    ck_assert_int_eq(state_of(1), FILLED);
    ck_assert_int_eq(count_answers(day_start(1), day_start(2)), 2);
}
END_TEST

START_TEST(an_answer_of_a_day_between_known_days_is_found)
{
    answer(day_start(1), 9);
    answer(day_start(3), 9);
    fill(after_day(4));
    answer(day_start(2) + 50, 9);
    ck_assert_int_eq(state_of(2), UNKNOWN);
    fill(after_day(4));
    ck_assert_int_eq(state_of(2), FILLED);
}
END_TEST

START_TEST(the_keeper_gives_way_to_a_writer_under_way)
{
    struct connection *writer;
    struct response response = response_at(day_start(1) + 3, 7, SCORE_ABSENT);
    int64_t before = clock_monotonic_us();
    int filled;
    answer(day_start(1), 9);
    ck_assert_int_eq(connection_open(tenant_database(), "writer", &writer), STATUS_OK);
    ck_assert_int_eq(connection_begin(writer), STATUS_OK);
    ck_assert_int_eq(insert(writer, &response, 2), STATUS_OK);
    ck_assert_int_eq(day_fill(tenant.connection, after_day(1), &filled), STATUS_RETRY);
    ck_assert_int_lt(clock_monotonic_us() - before, 2000000);
    ck_assert_int_eq(state_of(1), UNKNOWN);
    ck_assert_int_eq(connection_commit(writer), STATUS_OK);
    fill(after_day(1));
    ck_assert_int_eq(state_of(1), FILLED);
    ck_assert_int_eq(count_answers(day_start(1), day_start(2)), 2);
    connection_close(writer);
}
END_TEST

START_TEST(only_one_session_keeps)
{
    PGconn *pg = PQconnectdb(test_database_url());
    int filled;
    answer(day_start(1), 9);
    PQclear(PQexec(pg, query_texts[QUERY_DAY_TRY_KEEP].sql));
    ck_assert_int_eq(day_fill(tenant.connection, after_day(1), &filled), STATUS_OK);
    ck_assert_int_eq(filled, 0);
    ck_assert_int_eq(state_of(1), UNKNOWN);
    PQfinish(pg);
    for (int i = 0; i < 100 && state_of(1) == UNKNOWN; i++)
        ck_assert_int_eq(day_fill(tenant.connection, after_day(1), &filled), STATUS_OK);
    ck_assert_int_eq(state_of(1), FILLED);
}
END_TEST

/* The keeper step by step, so that a writer can come in between any two of them. */
struct keeper {
    PGconn *pg;
    int numbers[3]; /* project, from, to */
    char values[3][16];
};

static void step(struct keeper *keeper, const char *sql, int count)
{
    const char *values[] = {keeper->values[0], keeper->values[1], keeper->values[2]};
    PGresult *result = PQexecParams(keeper->pg, sql, count, NULL, values, NULL, NULL, 0);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK, "%s",
                  PQresultErrorMessage(result));
    PQclear(result);
}

static struct keeper keeper_of(int day)
{
    struct keeper keeper = {.pg = PQconnectdb(test_database_url()),
                            .numbers = {tenant.project_id, day_start(day), day_start(day + 1)}};
    for (int i = 0; i < 3; i++)
        snprintf(keeper.values[i], sizeof keeper.values[i], "%d", keeper.numbers[i]);
    return keeper;
}

static void announce(struct keeper *keeper)
{
    struct keeper lists = *keeper;
    for (int i = 1; i < 3; i++)
        snprintf(lists.values[i], sizeof lists.values[i], "{%d}", keeper->numbers[i]);
    step(keeper, "BEGIN", 0);
    step(keeper, query_texts[QUERY_DAY_LOCK].sql, 0);
    step(&lists, query_texts[QUERY_DAY_ADD].sql, 3);
    snprintf(lists.values[0], sizeof lists.values[0], "{%d}", keeper->numbers[0]);
    step(&lists, query_texts[QUERY_DAY_OPEN].sql, 2);
    step(keeper, "COMMIT", 0);
}

static void copy(struct keeper *keeper)
{
    step(keeper, "BEGIN", 0);
    step(keeper, query_texts[QUERY_DAY_CLEAR].sql, 2);
    step(keeper, query_texts[QUERY_DAY_COPY].sql, 3);
}

static void finish(struct keeper *keeper)
{
    step(keeper, query_texts[QUERY_DAY_CLOSE].sql, 2);
    step(keeper, "COMMIT", 0);
}

START_TEST(a_writer_at_any_moment_of_a_copy_is_never_missed)
{
    /* When the writer comes: before the copy, before it ends, after it; and what becomes of the day. */
    static const int states[] = {OPEN_DIRTY, OPEN_DIRTY, FILLED_DIRTY};
    for (int moment = 0; moment < 3; moment++) {
        int day = moment + 1;
        struct keeper keeper = keeper_of(day);
        answer(day_start(day), 9);
        announce(&keeper);
        ck_assert_int_eq(state_of(day), OPEN);
        if (moment == 0)
            answer(day_start(day) + 1, 9);
        copy(&keeper);
        if (moment == 1)
            answer(day_start(day) + 1, 9);
        finish(&keeper);
        if (moment == 2)
            answer(day_start(day) + 1, 9);
        ck_assert_int_eq(state_of(day), states[moment]);
        ck_assert_int_eq(count_answers(day_start(day), day_start(day + 1)), 2);
        fill(after_day(day));
        ck_assert_int_eq(state_of(day), FILLED);
        ck_assert_int_eq(count_answers(day_start(day), day_start(day + 1)), 2);
        PQfinish(keeper.pg);
    }
}
END_TEST

/* The writer has counted, but not committed, when the keeper ends its copy: the keeper waits for its verdict. */
START_TEST(a_writer_that_commits_late_leaves_the_day_unfilled)
{
    struct keeper keeper = keeper_of(1);
    const char *values[] = {keeper.values[0], keeper.values[1]};
    struct response response = response_at(day_start(1) + 3, 7, SCORE_ABSENT);
    struct connection *writer;
    PGresult *result;
    answer(day_start(1), 9);
    announce(&keeper);
    copy(&keeper);
    ck_assert_int_eq(connection_open(tenant_database(), "writer", &writer), STATUS_OK);
    ck_assert_int_eq(connection_begin(writer), STATUS_OK);
    ck_assert_int_eq(insert(writer, &response, 2), STATUS_OK);
    ck_assert_int_eq(PQsendQueryParams(keeper.pg, query_texts[QUERY_DAY_CLOSE].sql, 2, NULL, values, NULL, NULL, 0), 1);
    ck_assert_int_eq(connection_commit(writer), STATUS_OK);
    result = PQgetResult(keeper.pg);
    ck_assert_int_eq(PQntuples(result), 0);
    PQclear(result);
    ck_assert_ptr_null(PQgetResult(keeper.pg));
    step(&keeper, "COMMIT", 0);
    ck_assert_int_eq(state_of(1), OPEN_DIRTY);
    ck_assert_int_eq(count_answers(day_start(1), day_start(2)), 2);
    connection_close(writer);
    PQfinish(keeper.pg);
}
END_TEST

START_TEST(a_change_of_the_projects_zone_leaves_overlapping_days_to_their_quarters)
{
    for (int day = 1; day < 8; day++) {
        answer(day_start(day), 9);
        answer(day_start(day) + 90, 9);
    }
    fill(after_day(4));
    tenant_execute(&tenant, "UPDATE project SET time_zone = 'Asia/Kathmandu' WHERE id = %d");
    fill(after_day(8));
    ck_assert_int_gt(tenant_number(&tenant, "SELECT count(*) FROM rollup_day_state WHERE filled AND project_id = %d"), 5);
    ck_assert_int_eq(tenant_number(&tenant, "SELECT count(*) FROM rollup_day_state a JOIN rollup_day_state b USING "
                                            "(project_id) WHERE a.from_quarter < b.from_quarter AND "
                                            "b.from_quarter < a.to_quarter AND project_id = %d"),
                     0);
    ck_assert_int_eq(count_answers(day_start(0), day_start(9)), 14);
}
END_TEST

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
            counts[atoi(PQgetvalue(result, i, 0))]++;
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

START_TEST(after_any_operations_the_copy_reads_as_the_rows)
{
    enum { OPERATIONS = 400 };
    static struct response responses[OPERATIONS];
    int count = 0;
    unsigned seed = 20260324;
    for (int i = 0; i < OPERATIONS; i++) {
        int kind = below(&seed, 10);
        if (kind < 4 || count == 0) {
            responses[count] = response_at(FIRST + below(&seed, DAYS * 96 - 4), (int8_t)below(&seed, 11),
                                           (int8_t)(1 + below(&seed, 5)));
            ck_assert_int_eq(insert(tenant.connection, &responses[count++], (int16_t)below(&seed, 3)), STATUS_OK);
        } else if (kind < 6) {
            edit(&responses[below(&seed, count)], &seed);
        } else if (kind < 7) {
            fill(after_day(below(&seed, DAYS)));
        } else {
            int64_t stored[ROLLUP_COUNTERS];
            int64_t truth[ROLLUP_COUNTERS];
            int32_t from = below(&seed, 2) ? day_start(below(&seed, DAYS)) : FIRST + below(&seed, DAYS * 96);
            int32_t to = below(&seed, 2) ? day_start(DAYS) : from + 1 + below(&seed, 300);
            read_counts(from, to, stored);
            recount(from, to, truth);
            for (int c = 0; c < ROLLUP_COUNTERS; c++)
                ck_assert_msg(stored[c] == truth[c], "operation %d, %d to %d, counter %d: %lld, not %lld", i, (int)from,
                              (int)to, c, (long long)stored[c], (long long)truth[c]);
        }
    }
    ck_assert_int_gt(tenant_number(&tenant, "SELECT count(*) FROM rollup_day_state WHERE filled AND project_id = %d"), 3);
}
END_TEST

enum { WRITERS = 2, ANSWERS = 400 };
static atomic_int begun;
static atomic_int acknowledged;
static atomic_bool is_over;

static void *write_answers(void *context)
{
    int16_t slot = *(int16_t *)context;
    unsigned seed = (unsigned)slot;
    struct connection *connection;
    bool failed = connection_open(tenant_database(), "writer", &connection) != STATUS_OK;
    for (int i = 0; !failed && i < ANSWERS; i++) {
        struct response response = response_at(FIRST + below(&seed, 4 * 96), 9, SCORE_ABSENT);
        enum status status;
        atomic_fetch_add(&begun, 1);
        while ((status = insert(connection, &response, slot)) == STATUS_RETRY)
            ;
        failed = status != STATUS_OK;
        atomic_fetch_add(&acknowledged, 1);
    }
    connection_close(connection);
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
    for (int i = 0; i < WRITERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_answers, &slots[i]), 0);
    ck_assert_int_eq(pthread_create(&threads[WRITERS], NULL, keep_days, &slots[WRITERS]), 0);
    while (atomic_load(&acknowledged) < WRITERS * ANSWERS) {
        int least = atomic_load(&acknowledged);
        int64_t read = count_answers(day_start(0), day_start(DAYS));
        int most = atomic_load(&begun);
        ck_assert_msg(read >= least && read <= most, "%lld answers are not from %d to %d", (long long)read, least, most);
    }
    atomic_store(&is_over, true);
    for (int i = 0; i <= WRITERS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    ck_assert_int_eq(count_answers(day_start(0), day_start(DAYS)), WRITERS * ANSWERS);
    fill(after_day(DAYS));
    ck_assert_int_eq(tenant_number(&tenant, "SELECT count(*) FROM rollup_day_state WHERE filled AND NOT dirty AND "
                                            "project_id = %d"),
                     4);
    ck_assert_int_eq(count_answers(day_start(0), day_start(DAYS)), WRITERS * ANSWERS);
}
END_TEST

Suite *day_suite(void)
{
    Suite *suite = suite_create("day");
    TCase *tcase = tcase_create("day");
    tcase_add_checked_fixture(tcase, open_all, close_all);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, a_day_is_copied_when_it_ended_an_hour_ago);
    tcase_add_test(tcase, a_late_answer_is_read_at_once_and_copied_in_the_next_round);
    tcase_add_test(tcase, an_answer_of_a_day_between_known_days_is_found);
    tcase_add_test(tcase, the_keeper_gives_way_to_a_writer_under_way);
    tcase_add_test(tcase, only_one_session_keeps);
    tcase_add_test(tcase, a_writer_at_any_moment_of_a_copy_is_never_missed);
    tcase_add_test(tcase, a_writer_that_commits_late_leaves_the_day_unfilled);
    tcase_add_test(tcase, a_change_of_the_projects_zone_leaves_overlapping_days_to_their_quarters);
    tcase_add_test(tcase, after_any_operations_the_copy_reads_as_the_rows);
    tcase_add_test(tcase, while_writers_and_the_keeper_race_every_acknowledged_answer_is_read);
    suite_add_tcase(suite, tcase);
    return suite;
}
