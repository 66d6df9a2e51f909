/* SPDX-License-Identifier: MIT */
#include "../../src/storage/connection.h"
#include "storage/account.h"
#include "storage/cluster.h"
#include "storage/customer.h"
#include "storage/erasure.h"
#include "storage/event.h"
#include "storage/migration.h"
#include "storage/posted.h"
#include "storage/response.h"
#include "storage/statistics.h"
#include "support/folder.h"
#include "support/runner.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What statements read of tables that PostgreSQL has not looked at yet, behind the wall between tenants: as much as they are asked
 * for, whatever the tables hold. A database of its own, which autovacuum leaves alone: it is filled before the first test. Blocks and
 * rows are as PostgreSQL counts them: entries of an index that were passed over show in blocks, a whole table that was hashed in rows. */

enum { PROJECT = 1, KEY = 1, ROWS = 40000, CHANNELS = 2000, CUSTOMERS = 10000, ASKED = 300 };

static char folder[TEST_FOLDER_SIZE];
static char url[512];
static struct cluster *cluster;

/* --- the database ------------------------------------------------------------------------------------------------------- */

static int64_t run(PGconn *pg, const char *sql)
{
    PGresult *result = PQexec(pg, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK, "%s: %s",
                  sql, PQresultErrorMessage(result));
    int64_t number = PQntuples(result) ? atoll(PQgetvalue(result, 0, 0)) : 0;
    PQclear(result);
    return number;
}

static int64_t ask(const char *sql)
{
    PGconn *pg = PQconnectdb(url);
    int64_t number = run(pg, sql);
    PQfinish(pg);
    return number;
}

/* Project 2 is there so that a project is not the whole table. Ids are spread, as those of others' making are. */
static const char *const FILL[] = {
    "DO $$ DECLARE t regclass; BEGIN FOREACH t IN ARRAY ARRAY['response', 'event', 'cell', "
    "'dimension_value']::regclass[] LOOP"
    " EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', t); END LOOP; END $$",
    "INSERT INTO dimension_value SELECT p, 1, i, 'channel ' || i FROM generate_series(1, 2) p, generate_series(1, "
    "2000) i",
    "INSERT INTO cell SELECT p, i, 0, i, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 2) p, generate_series(1, "
    "2000) i",
    "INSERT INTO response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, key_id, nps, csat, "
    "ces, is_test,"
    " content_hash, customer_id)"
    " SELECT p, md5(i::text)::uuid, t, t, t, extract(epoch FROM t)::int8 / 900, 1 + i % 2000, 1, i % 11, NULL, NULL, "
    "false,"
    " decode(repeat('00', 16), 'hex'), 'c' || i % 10000"
    " FROM generate_series(1, 2) p, generate_series(1, 40000) i,"
    " LATERAL (SELECT timestamptz '2026-01-01Z' + i * interval '1 minute' AS t) AS at WHERE p = 1 OR i <= 10000",
    "INSERT INTO event (project_id, id, occurred_at, received_at, cell_id, key_id, is_test, content_hash, action, "
    "customer_id)"
    " SELECT p, md5(i::text)::uuid, t, t, 1 + i % 2000, 1, false, decode(repeat('00', 16), 'hex'), 'viewed', 'c' || i "
    "% 10000"
    " FROM generate_series(1, 2) p, generate_series(1, 40000) i,"
    " LATERAL (SELECT timestamptz '2026-01-01Z' + i * interval '1 minute' AS t) AS at WHERE p = 1 OR i <= 10000",
};

static void make_projects(void)
{
    const struct database_options options = {.url = url, .statement_timeout_ms = 20000};
    struct connection *connection;
    const char *fault;
    char text[KEY_TEXT_SIZE];
    int applied;
    ck_assert_int_eq(connection_open(&options, "test", &connection), STATUS_OK);
    ck_assert_int_eq(migration_apply(connection, &applied), STATUS_OK);
    ck_assert_int_eq(project_create(connection, &(struct project_options){.name = "one"}, &fault), STATUS_OK);
    ck_assert_int_eq(project_create(connection, &(struct project_options){.name = "two"}, &fault), STATUS_OK);
    ck_assert_int_eq(key_create(connection, &(struct key_options){.project = "one", .scope = SCOPE_WRITE}, text),
                     STATUS_OK);
    connection_close(connection);
}

/* Before the tests fork; once for all cases. */
static void open_database(void)
{
    char *found;
    if (cluster != NULL)
        return;
    test_folder_new(folder);
    ck_assert_int_eq(cluster_open(folder, &cluster), STATUS_OK);
    found = cluster_url(folder);
    snprintf(url, sizeof url, "%s", found);
    free(found);
    make_projects();
    PGconn *pg = PQconnectdb(url);
    for (size_t i = 0; i < sizeof FILL / sizeof *FILL; i++)
        (void)run(pg, FILL[i]);
    PQfinish(pg);
}

static void close_database(void)
{
    cluster_close(cluster);
    test_folder_remove(folder);
}

/* --- what is counted ---------------------------------------------------------------------------------------------------- */

static struct connection *connection;
static struct arena *arena;

struct reads {
    int64_t blocks; /* of tables and indexes */
    int64_t rows;   /* of answers and events */
};

static struct reads count(void)
{
    return (struct reads){
        .blocks =
            ask("SELECT sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit) FROM pg_statio_user_tables"
                " WHERE relname IN ('response', 'event', 'cell', 'dimension_value')"),
        .rows = ask("SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_user_tables"
                    " WHERE relname IN ('response', 'event')")};
}

/* A session tells of its reading when it is asked to, at the end of a transaction. */
static void tell(void)
{
    ck_assert_int_eq(connection_script(connection, "SELECT pg_stat_force_next_flush()"), STATUS_OK);
}

static void setup_as(enum database_role role)
{
    const int32_t project_id = PROJECT;
    const struct database_options options = {.url = url, .statement_timeout_ms = 20000, .role = role};
    arena = arena_new(0);
    ck_assert_int_eq(connection_open(&options, "test", &connection), STATUS_OK);
    ck_assert_int_eq(connection_open_projects(connection, &project_id, 1), STATUS_OK);
}

static int count_statistics(void)
{
    return (int)ask("SELECT count(DISTINCT tablename) FROM pg_stats WHERE tablename IN ('response', 'event', 'cell', "
                    "'dimension_value')");
}

static void teardown(void)
{
    connection_close(connection);
    arena_free(arena);
}

typedef void statement_fn(void);

/* Twice: what is planned once more with the same arguments, too. */
static void check(statement_fn *statement, struct reads most)
{
    for (int i = 0; i < 2; i++) {
        struct reads before = count();
        statement();
        tell();
        struct reads after = count();
        ck_assert_int_gt(after.rows - before.rows, 0);
        ck_assert_msg(after.rows - before.rows <= most.rows && after.blocks - before.blocks <= most.blocks,
                      "%lld rows, %lld blocks, and not %lld, %lld", (long long)(after.rows - before.rows),
                      (long long)(after.blocks - before.blocks), (long long)most.rows, (long long)most.blocks);
    }
}

/* --- the statements ----------------------------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    return id_compare(a, b);
}

/* Of rows in the midst, ascending. */
static void list_ids(struct id ids[ASKED])
{
    PGconn *pg = PQconnectdb(url);
    PGresult *result = PQexec(pg, "SELECT md5((i * 100)::text)::uuid FROM generate_series(1, 300) i");
    ck_assert_int_eq(PQntuples(result), ASKED);
    for (int i = 0; i < ASKED; i++)
        ck_assert(id_parse(PQgetvalue(result, i, 0), strlen(PQgetvalue(result, i, 0)), &ids[i]));
    PQclear(result);
    PQfinish(pg);
    qsort(ids, ASKED, sizeof *ids, by_id);
}

static struct id ids[ASKED];
static struct stored_response *rows;

static void lock(void)
{
    struct response_key keys[ASKED] = {{.project_id = 0}};
    size_t found;
    for (int i = 0; i < ASKED; i++)
        keys[i] = (struct response_key){.project_id = PROJECT, .id = ids[i]};
    ck_assert_int_eq(response_lock(connection, keys, ASKED, arena, &rows, &found), STATUS_OK);
    ck_assert_uint_eq(found, ASKED);
}

static void lock_alone(void)
{
    ck_assert_int_eq(connection_begin(connection), STATUS_OK);
    lock();
    ck_assert_int_eq(connection_commit(connection), STATUS_OK);
}

static void edit(void)
{
    struct stored_response *edits[ASKED];
    ck_assert_int_eq(connection_begin(connection), STATUS_OK);
    lock();
    for (int i = 0; i < ASKED; i++) {
        edits[i] = &rows[i];
        rows[i].excluded = !rows[i].excluded;
        rows[i].sets_comment = true;
        rows[i].response.comment = text_of("later");
    }
    ck_assert_int_eq(response_update(connection, edits, ASKED, 1), STATUS_OK);
    ck_assert_int_eq(connection_commit(connection), STATUS_OK);
}

/* A row: its key in an index of three levels, its block, its cell, and ten names at two levels and a block each. */
START_TEST(responses_are_locked_by_their_keys)
{
    list_ids(ids);
    check(lock_alone, (struct reads){ASKED * 50, ASKED * 2});
}
END_TEST

/* And their new versions in each index of the table, twice: with the comment. */
START_TEST(edits_read_their_rows_only)
{
    list_ids(ids);
    check(edit, (struct reads){ASKED * 160, ASKED * 8});
}
END_TEST

static void insert_known_responses(void)
{
    struct response responses[ASKED];
    struct response *list[ASKED];
    bool is_new[ASKED];
    for (int i = 0; i < ASKED; i++) {
        responses[i] = (struct response){.id = ids[i], .cell_id = 1, .key_id = KEY, .scores = {9, -1, -1}};
        responses[i].cell.project_id = PROJECT;
        list[i] = &responses[i];
    }
    ck_assert_int_eq(response_insert(connection, list, ASKED, 1, is_new), STATUS_OK);
    ck_assert(!is_new[0] && !is_new[ASKED - 1]);
}

START_TEST(responses_that_are_known_are_found_by_their_keys)
{
    list_ids(ids);
    check(insert_known_responses, (struct reads){ASKED * 10, ASKED * 2});
}
END_TEST

static void insert_known_events(void)
{
    struct event events[ASKED];
    struct event *list[ASKED];
    enum event_verdict verdicts[ASKED];
    for (int i = 0; i < ASKED; i++) {
        events[i] = (struct event){.id = ids[i], .cell_id = 1, .key_id = KEY, .action = text_of("viewed")};
        events[i].cell.project_id = PROJECT;
        list[i] = &events[i];
    }
    ck_assert_int_eq(event_insert(connection, list, ASKED, verdicts), STATUS_OK);
    ck_assert_int_eq(verdicts[0], EVENT_KNOWN);
}

START_TEST(events_that_are_known_are_found_by_their_keys)
{
    list_ids(ids);
    check(insert_known_events, (struct reads){ASKED * 10, ASKED * 2});
}
END_TEST

static void list_responses(void)
{
    const struct response_filter filter = {.project_id = PROJECT,
                                           .to_us = INT64_MAX / 2,
                                           .has_comment = -1,
                                           .excluded = -1,
                                           .is_test = -1,
                                           .posted = {.to_us = INT64_MAX},
                                           .limit = ASKED};
    struct response_page page;
    ck_assert_int_eq(response_list(connection, &filter, arena, &page), STATUS_OK);
    ck_assert_uint_eq(page.count, ASKED);
}

static void list_events(void)
{
    const struct event_filter filter = {
        .project_id = PROJECT, .to_us = INT64_MAX / 2, .posted = {.to_us = INT64_MAX}, .limit = ASKED};
    struct event_page page;
    ck_assert_int_eq(event_list(connection, &filter, arena, &page), STATUS_OK);
    ck_assert_uint_eq(page.count, ASKED);
}

START_TEST(pages_of_lists_read_their_rows_and_their_names)
{
    check(list_responses, (struct reads){ASKED * 50, ASKED * 2});
    check(list_events, (struct reads){ASKED * 50, ASKED * 2});
}
END_TEST

static void find_latest(void)
{
    const int32_t project_id = PROJECT;
    int64_t latest_us;
    ck_assert_int_eq(response_latest(connection, &project_id, 1, &latest_us), STATUS_OK);
    ck_assert_int_gt(latest_us, 0);
}

START_TEST(the_latest_answer_is_the_end_of_an_index)
{
    check(find_latest, (struct reads){20, 2});
}
END_TEST

static void read_customer(void)
{
    const struct customer_query query = {.project_id = PROJECT, .customer_id = text_of("c77"), .limit = 100};
    struct customer_page page;
    ck_assert_int_eq(customer_read(connection, &query, arena, &page), STATUS_OK);
    ck_assert_uint_eq(page.response_count + page.event_count, 8);
}

START_TEST(a_customer_is_found_by_his_name)
{
    check(read_customer, (struct reads){8 * 60, 8 * 2});
}
END_TEST

static int erased;

static void erase(void)
{
    struct erasure erasure = {.id = id_new()};
    char customer[16];
    snprintf(customer, sizeof customer, "c%d", 100 + erased++);
    ck_assert_int_eq(erasure_run(connection, PROJECT, KEY, text_of(customer), &erasure), STATUS_OK);
    ck_assert_int_eq((int)(erasure.responses + erasure.events), 8);
}

START_TEST(an_erasure_reads_its_customer)
{
    check(erase, (struct reads){8 * 100, 8 * 4});
}
END_TEST

/* At the end of the span that it looks at. */
static void list_posted(void)
{
    static struct posted_row posted[POSTED_PAGE];
    const struct posted_query query = {
        .project_id = PROJECT, .key_id = KEY, .from_us = INT64_C(1767225600) * 1000000, .to_us = INT64_MAX / 2};
    size_t count;
    ck_assert_int_eq(posted_list(connection, &query, NULL, posted, &count), STATUS_OK);
    ck_assert_uint_eq(count, POSTED_PAGE);
}

START_TEST(a_page_of_what_a_key_posted_is_read_in_its_order)
{
    check(list_posted, (struct reads){POSTED_PAGE * 5, POSTED_PAGE * 2});
}
END_TEST

/* As the maintenance of a server does, once a second. */
START_TEST(the_planner_is_told_of_rows_it_knows_nothing_of)
{
    struct connection *owner;
    bool renewed;
    ck_assert_int_eq(count_statistics(), 0);
    ck_assert_int_eq(connection_open(&(struct database_options){.url = url}, "test", &owner), STATUS_OK);
    ck_assert_int_eq(statistics_keep(owner, &renewed), STATUS_OK);
    ck_assert(renewed);
    ck_assert_int_eq(count_statistics(), 4);
    ck_assert_int_eq(statistics_keep(owner, &renewed), STATUS_OK);
    ck_assert(!renewed);
    /* Eleven times as many. */
    ck_assert_int_eq((int)ask("WITH more AS (INSERT INTO cell SELECT p, i, 1, i, 0, 0, 0, 0, 0, 0, 0, 0, 0"
                              " FROM generate_series(1, 2) p, generate_series(2001, 22000) i RETURNING 1)"
                              " SELECT count(*) FROM more"),
                     40000);
    ck_assert_int_eq(statistics_keep(owner, &renewed), STATUS_OK);
    ck_assert(renewed);
    connection_close(owner);
}
END_TEST

static void as_writer(void)
{
    setup_as(DATABASE_WRITER);
    ck_assert_int_eq(count_statistics(), 0);
}

static void as_reader(void)
{
    setup_as(DATABASE_READER);
    ck_assert_int_eq(count_statistics(), 0);
}

static void as_reader_of_known(void)
{
    setup_as(DATABASE_READER);
    ck_assert_int_eq(count_statistics(), 4);
}

static void add_case(Suite *suite, const char *name, SFun setup, SFun end, const TTest *const tests[], size_t count)
{
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, open_database, end);
    tcase_add_checked_fixture(tcase, setup, teardown);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
}

Suite *plan_suite(void)
{
    const TTest *const of_writers[] = {responses_are_locked_by_their_keys, edits_read_their_rows_only,
                                       responses_that_are_known_are_found_by_their_keys,
                                       events_that_are_known_are_found_by_their_keys};
    const TTest *const of_readers[] = {the_latest_answer_is_the_end_of_an_index, a_customer_is_found_by_his_name,
                                       an_erasure_reads_its_customer, the_planner_is_told_of_rows_it_knows_nothing_of};
    const TTest *const of_known[] = {pages_of_lists_read_their_rows_and_their_names,
                                     a_page_of_what_a_key_posted_is_read_in_its_order};
    Suite *suite = suite_create("plan");
    add_case(suite, "plan_of_writers", as_writer, NULL, of_writers, sizeof of_writers / sizeof *of_writers);
    add_case(suite, "plan_of_readers", as_reader, NULL, of_readers, sizeof of_readers / sizeof *of_readers);
    add_case(suite, "plan_of_known", as_reader_of_known, close_database, of_known, sizeof of_known / sizeof *of_known);
    return suite;
}
