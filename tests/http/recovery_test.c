/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/clock.h"
#include "base/id.h"
#include "support/folder.h"
#include "support/runner.h"
#include "swarm.h"

#include <libpq-fe.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What was acknowledged is there, whatever dies: each test has a server of its own. */

enum { POSTS_MAX = 100000 };

static char folder[TEST_FOLDER_SIZE];
static struct serve *serve;
static struct api api;

/* What became of the i-th post. */
static struct {
    struct id id;
    atomic_int status; /* looked at while writers run */
    bool has_retry_after;
} posts[POSTS_MAX];

/* The folder outlives the server, so that another one can go on with it. */
static void open_with(const char *const settings[])
{
    serve = serve_start(&(struct serve_options){.folder = test_folder_new(folder), .settings = settings});
    api_open(&api, serve, NULL);
    for (size_t i = 0; i < POSTS_MAX; i++)
        posts[i].id = id_new();
}

static void open_again(void)
{
    serve = serve_start(&(struct serve_options){.folder = folder, .settings = HARK_WORDS("HARK_ACCESS_LOG=off")});
    api.address = serve_address(serve);
}

static void close_all(void)
{
    api_close(&api);
    ck_assert_int_eq(serve_stop(serve), 0);
    test_folder_remove(folder);
}

static const char *make(void *context, size_t i, char *buffer, size_t capacity)
{
    char id[ID_TEXT_SIZE];
    (void)context;
    ck_assert_uint_lt(i, POSTS_MAX);
    snprintf(buffer, capacity, "{\"id\":\"%s\",\"answers\":{\"nps\":%zu},\"channel\":\"c%zu\"}",
             id_format(&posts[i].id, id), i % 11, i % 5);
    return buffer;
}

static void take(void *context, size_t i, const struct http_reply *reply)
{
    char value[32];
    (void)context;
    posts[i].status = reply->status;
    posts[i].has_retry_after = *http_reply_header(reply, "Retry-After", value, sizeof value) != '\0';
}

/* Of the server's address it keeps a copy: writers go on knocking when the server is gone. */
static struct swarm writers(size_t connections)
{
    static char address[64];
    snprintf(address, sizeof address, "%s", api.address);
    return (struct swarm){.address = address,
                          .key = api.keys[SCOPE_WRITE],
                          .connections = connections,
                          .count = POSTS_MAX,
                          .path = "/v1/responses",
                          .make = make,
                          .take = take};
}

static size_t count_acknowledged(void)
{
    size_t count = 0;
    for (size_t i = 0; i < POSTS_MAX; i++)
        count += posts[i].status == 201 || posts[i].status == 200;
    return count;
}

/* Every acknowledged id is a row, and the numbers are those of the rows. */
static void check_nothing_lost(size_t sent)
{
    char *sql = malloc(POSTS_MAX * 40 + 200);
    size_t size = (size_t)sprintf(sql, "SELECT count(*) FROM response WHERE project_id = %d AND id = ANY('{",
                                  (int)api.project_id);
    size_t acknowledged = 0;
    for (size_t i = 0; i < sent && i < POSTS_MAX; i++) {
        char id[ID_TEXT_SIZE];
        if (posts[i].status == 201 || posts[i].status == 200)
            size += (size_t)sprintf(sql + size, "%s%s", acknowledged++ == 0 ? "" : ",", id_format(&posts[i].id, id));
    }
    sprintf(sql + size, "}'::uuid[])");
    ck_assert_int_eq((int)api_ask(&api, sql), (int)acknowledged);
    free(sql);
    int rows = (int)api_count(&api, "SELECT count(*) FROM response WHERE project_id = %d");
    ck_assert_int_ge(rows, (int)acknowledged);
    ck_assert_int_le(rows, (int)sent);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), rows);
    struct hark_result result = serve_command(serve, HARK_WORDS("verify"));
    ck_assert_msg(result.status == 0, "%s%s", result.output, result.errors);
    hark_result_clear(&result);
}

/* --- PostgreSQL dies --------------------------------------------------------------------------------------------------- */

static void kill_postgres(void)
{
    pid_t postmaster = serve_postgres(serve_folder(serve));
    ck_assert_int_gt(postmaster, 0);
    ck_assert_int_eq(kill(postmaster, SIGKILL), 0);
}

static void wait_until_ready(void)
{
    int64_t since = clock_monotonic_us();
    while (api_send(&api, NULL, "GET", "/readyz", NULL)->status != 200) {
        ck_assert_int_lt(clock_monotonic_us() - since, 40000000);
        api_sleep_ms(50);
    }
}

START_TEST(killed_postgres_comes_back_by_itself_and_nothing_acknowledged_is_lost)
{
    open_with(HARK_WORDS("HARK_ACCESS_LOG=off"));
    struct swarm swarm = writers(16);
    swarm_start(&swarm);
    for (int i = 0; i < 2; i++) {
        api_sleep_ms(500);
        kill_postgres();
        api_sleep_ms(300);
        wait_until_ready();
    }
    size_t before = count_acknowledged();
    api_sleep_ms(1000);
    atomic_store(&swarm.stops, true);
    swarm_join(&swarm);
    ck_assert_uint_gt(count_acknowledged(), before); /* it goes on */
    size_t sent = atomic_load(&swarm.next);
    for (size_t i = 0; i < sent && i < POSTS_MAX; i++) {
        ck_assert_msg(posts[i].status == 201 || posts[i].status == 503 || posts[i].status == 0, "status %d",
                      posts[i].status);
        ck_assert_msg(posts[i].status != 503 || posts[i].has_retry_after, "a 503 without Retry-After");
    }
    ck_assert_uint_eq(swarm_count(&swarm, 0), 0); /* no connection of a client was lost */
    check_nothing_lost(sent);
    close_all();
}
END_TEST

START_TEST(reader_waits_out_a_restart_or_is_told_when_to_come_again)
{
    char value[32];
    open_with(HARK_WORDS("HARK_ACCESS_LOG=off"));
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}"), 201);
    kill_postgres();
    api_sleep_ms(20);
    for (int i = 0; i < 60; i++) {
        const struct api_reply *reply = api_get(&api, i % 2 == 0 ? "/v1/metrics" : "/v1/responses");
        ck_assert_msg(reply->status == 200 || reply->status == 503, "%d %s", reply->status, reply->http.body);
        http_reply_header(&reply->http, "Retry-After", value, sizeof value);
        ck_assert_msg((reply->status == 503) == (*value != '\0'), "%s", reply->http.headers);
        api_sleep_ms(25);
    }
    wait_until_ready();
    for (int i = 0; i < 20; i++) {
        const struct api_reply *reply = api_get(&api, i % 2 == 0 ? "/v1/metrics" : "/v1/responses");
        ck_assert_status(reply, 200);
        ck_assert_str_eq(http_reply_header(&reply->http, "Retry-After", value, sizeof value), "");
    }
    close_all();
}
END_TEST

/* The session dies within the statement: the server reads once more, and nothing of the first attempt shows. */
START_TEST(read_that_lost_its_session_is_run_again)
{
    static const char *const paths[] = {"/v1/metrics", "/v1/responses"};
    open_with(NULL);
    for (size_t i = 0; i < 2; i++) {
        struct http_client client;
        struct http_reply reply;
        char value[32];
        PGconn *pg = PQconnectdb(api.url);
        PQclear(PQexec(pg, "BEGIN"));
        PQclear(PQexec(pg, "LOCK TABLE response, rollup_quarter IN ACCESS EXCLUSIVE MODE"));
        ck_assert(http_client_connect(&client, api.address));
        ck_assert(http_client_send(&client, "GET", paths[i],
                                   api_text("Authorization: Bearer %s\r\n", api.keys[SCOPE_READ]), NULL, 0));
        api_sleep_ms(200);
        ck_assert_int_eq((int)api_ask(&api, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                                            "WHERE application_name = 'hark read' AND wait_event_type = 'Lock'"),
                         1);
        PQclear(PQexec(pg, "COMMIT"));
        PQfinish(pg);
        ck_assert(http_client_receive(&client, false, &reply));
        ck_assert_msg(reply.status == 200, "%d %s", reply.status, reply.body);
        ck_assert_str_eq(http_reply_header(&reply, "Retry-After", value, sizeof value), "");
        http_reply_clear(&reply);
        http_client_close(&client);
    }
    close_all();
}
END_TEST

START_TEST(sessions_that_are_ended_are_opened_anew)
{
    open_with(HARK_WORDS("HARK_ACCESS_LOG=off"));
    struct swarm swarm = writers(8);
    swarm_start(&swarm);
    for (int i = 0; i < 10; i++) {
        api_sleep_ms(100);
        api_execute(&api, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                          "WHERE application_name LIKE 'hark %%' AND pid <> pg_backend_pid() AND %d > 0");
    }
    api_sleep_ms(200);
    atomic_store(&swarm.stops, true);
    swarm_join(&swarm);
    size_t sent = atomic_load(&swarm.next);
    ck_assert_uint_eq(swarm_count(&swarm, 201), sent < POSTS_MAX ? sent : POSTS_MAX);
    check_nothing_lost(sent);
    close_all();
}
END_TEST

START_TEST(while_postgres_is_away_a_503_says_when_to_come_again)
{
    open_with(HARK_WORDS("HARK_COMMIT_TIMEOUT=200ms"));
    pid_t postmaster = serve_postgres(serve_folder(serve));
    pid_t supervisor = serve_supervisor(serve);
    char value[32];
    ck_assert_int_gt(supervisor, 0);
    ck_assert_int_eq(kill(supervisor, SIGSTOP), 0); /* so that it does not start another */
    ck_assert_int_eq(kill(postmaster, SIGKILL), 0);
    api_sleep_ms(100);
    static const char *const paths[] = {"/v1/responses", "/v1/metrics", "/v1/events", "/readyz"};
    for (int i = 0; i < 12; i++) {
        const struct api_reply *reply = api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}");
        ck_assert_status(reply, 503);
        ck_assert_str_ne(http_reply_header(&reply->http, "Retry-After", value, sizeof value), "");
        ck_assert_str_eq(api_string(reply, "type"), "/problems/unavailable");
        if (i >= 4) {
            reply = api_get(&api, paths[i % 4]);
            ck_assert_status(reply, 503);
            ck_assert_str_ne(http_reply_header(&reply->http, "Retry-After", value, sizeof value), "");
        }
    }
    ck_assert_status(api_send(&api, NULL, "GET", "/livez", NULL), 200);
    const struct api_reply *bulk =
        api_post(&api, "/v1/responses", "[{\"answers\":{\"nps\":9}},{\"answers\":{\"nps\":99}}]");
    ck_assert_status(bulk, 200);
    ck_assert_int_eq((int)api_number(bulk, "accepted"), 0);
    ck_assert_int_eq((int)api_number(bulk, "rejected.0.status"), 503);
    ck_assert(json_is_true(api_at(bulk, "rejected.0.retryable")));
    ck_assert_int_eq((int)api_number(bulk, "rejected.1.status"), 422);
    ck_assert_int_eq(kill(supervisor, SIGCONT), 0);
    wait_until_ready();
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}"), 201);
    close_all();
}
END_TEST

/* The postmaster and all its sessions: as when the disk under them hangs. */
static void signal_postgres(int signal)
{
    pid_t postmaster = serve_postgres(serve_folder(serve));
    char path[64];
    ck_assert_int_gt(postmaster, 0);
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)postmaster, (int)postmaster);
    FILE *children = fopen(path, "r");
    int child;
    ck_assert_ptr_nonnull(children);
    while (fscanf(children, "%d", &child) == 1)
        (void)kill(child, signal);
    fclose(children);
    ck_assert_int_eq(kill(postmaster, signal), 0);
}

START_TEST(postgres_that_hangs_is_given_up_and_taken_back)
{
    static const char body[] = "{\"id\":\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f77\",\"answers\":{\"nps\":9}}";
    open_with(HARK_WORDS("HARK_STATEMENT_TIMEOUT=500ms", "HARK_COMMIT_TIMEOUT=1s"));
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}"), 201);
    signal_postgres(SIGSTOP);
    int64_t since = clock_monotonic_us();
    const struct api_reply *reply = api_post(&api, "/v1/responses", body);
    char value[32];
    ck_assert_status(reply, 503);
    ck_assert_str_ne(http_reply_header(&reply->http, "Retry-After", value, sizeof value), "");
    ck_assert_int_lt(clock_monotonic_us() - since, 15000000);
    ck_assert_status(api_get(&api, "/v1/metrics"), 503);
    signal_postgres(SIGCONT);
    wait_until_ready();
    do { /* ready is said of a session that may not know yet that it was lost */
        reply = api_post(&api, "/v1/responses", body);
    } while (reply->status == 503 && clock_monotonic_us() - since < 40000000);
    ck_assert_msg(reply->status == 200 || reply->status == 201, "%d", reply->status);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM response WHERE project_id = %d"), 2);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 2);
    close_all();
}
END_TEST

/* --- the server stops -------------------------------------------------------------------------------------------------- */

/* A row that nobody was told of is one of a request that was cut short. */
START_TEST(sigterm_under_load_loses_no_acknowledged_answer_and_cuts_no_request_short)
{
    open_with(HARK_WORDS("HARK_ACCESS_LOG=off"));
    struct swarm swarm = writers(32);
    swarm_start(&swarm);
    api_sleep_ms(700);
    ck_assert_int_eq(kill(serve_process(serve), SIGTERM), 0);
    ck_assert_int_eq(serve_wait(serve), 0);
    atomic_store(&swarm.stops, true);
    swarm_join(&swarm);
    size_t acknowledged = count_acknowledged();
    size_t sent = atomic_load(&swarm.next);
    ck_assert_uint_gt(acknowledged, 100);
    ck_assert_uint_eq(swarm_count(&swarm, 503), 0);
    open_again();
    check_nothing_lost(sent < POSTS_MAX ? sent : POSTS_MAX);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM response WHERE project_id = %d"), (int)acknowledged);
    close_all();
}
END_TEST

START_TEST(killed_server_has_kept_every_acknowledged_answer)
{
    open_with(HARK_WORDS("HARK_ACCESS_LOG=off"));
    struct swarm swarm = writers(32);
    swarm_start(&swarm);
    api_sleep_ms(700);
    serve_kill(serve);
    atomic_store(&swarm.stops, true);
    swarm_join(&swarm);
    size_t sent = atomic_load(&swarm.next);
    ck_assert_uint_gt(count_acknowledged(), 100);
    open_again();
    check_nothing_lost(sent < POSTS_MAX ? sent : POSTS_MAX);
    close_all();
}
END_TEST

/* --- many at once ------------------------------------------------------------------------------------------------------- */

/* All of them send, then all wait. Returns how many were created. */
static size_t post_on_all(struct http_client *clients, size_t count, size_t first)
{
    char headers[160];
    size_t created = 0;
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\nContent-Type: application/json\r\n",
             api.keys[SCOPE_WRITE]);
    for (size_t i = 0; i < count; i++) {
        char body[SWARM_BODY];
        make(NULL, first + i, body, sizeof body);
        ck_assert(http_client_send(&clients[i], "POST", "/v1/responses", headers, body, strlen(body)));
    }
    for (size_t i = 0; i < count; i++) {
        struct http_reply reply;
        ck_assert_msg(http_client_receive(&clients[i], false, &reply), "connection %zu of %zu has no reply", i, count);
        created += reply.status == 201;
        posts[first + i].status = reply.status;
        http_reply_clear(&reply);
    }
    return created;
}

START_TEST(many_keep_alive_connections_that_all_post_are_all_served)
{
    static const size_t counts[] = {127, 128, 256, 512, 1000};
    enum { ROUNDS = 3 };
    static struct http_client clients[1000];
    size_t sent = 0;
    ck_assert(http_client_allow_descriptors(1100));
    open_with(HARK_WORDS("HARK_ACCESS_LOG=off", "HARK_HTTP_THREADS=1")); /* so that all are in one loop */
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        for (size_t client = 0; client < counts[i]; client++)
            ck_assert(http_client_connect(&clients[client], api.address));
        for (int round = 0; round < ROUNDS; round++, sent += counts[i])
            ck_assert_uint_eq(post_on_all(clients, counts[i], sent), counts[i]);
        for (size_t client = 0; client < counts[i]; client++)
            http_client_close(&clients[client]);
    }
    check_nothing_lost(sent);
    close_all();
}
END_TEST

/* --- the queue is full --------------------------------------------------------------------------------------------------- */

/* Until a session waits for the lock that pg holds. */
static void wait_for_waiter(PGconn *pg)
{
    bool waits = false;
    for (int i = 0; i < 600 && !waits; i++) {
        PGresult *result = PQexec(pg, "SELECT FROM pg_locks WHERE NOT granted AND relation = 'response'::regclass");
        waits = PQntuples(result) > 0;
        PQclear(result);
        if (!waits)
            api_sleep_ms(50);
    }
    ck_assert_msg(waits, "no batch came");
}

START_TEST(full_queue_is_a_503_and_what_was_queued_is_answered)
{
    enum { CLIENTS = 60, QUEUE = 16 };
    struct http_client clients[CLIENTS];
    size_t created = 0;
    size_t refused = 0;
    char headers[160];
    /* On a slow machine the queue takes long to fill: nothing of it may give up meanwhile. */
    open_with(HARK_WORDS("HARK_QUEUE_SIZE=16", "HARK_COMMIT_TIMEOUT=60s", "HARK_STATEMENT_TIMEOUT=60s"));
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\nContent-Type: application/json\r\n",
             api.keys[SCOPE_WRITE]);
    PGconn *pg = PQconnectdb(api.url);
    PQclear(PQexec(pg, "BEGIN"));
    PQclear(PQexec(pg, "LOCK TABLE response IN EXCLUSIVE MODE")); /* the committer waits */
    for (size_t i = 0; i < CLIENTS; i++) {
        char body[SWARM_BODY];
        make(NULL, i, body, sizeof body);
        ck_assert(http_client_connect(&clients[i], api.address));
        ck_assert(http_client_send(&clients[i], "POST", "/v1/responses", headers, body, strlen(body)));
        if (i == 0)
            wait_for_waiter(pg); /* alone in its batch */
    }
    const struct api_reply *bulk =
        api_post(&api, "/v1/responses", "[{\"answers\":{\"nps\":9}},{\"answers\":{\"nps\":99}}]");
    ck_assert_status(bulk, 200);
    ck_assert_int_eq((int)api_number(bulk, "rejected.0.status"), 503);
    ck_assert(json_is_true(api_at(bulk, "rejected.0.retryable")));
    ck_assert_int_eq((int)api_number(bulk, "rejected.1.status"), 422);
    PQclear(PQexec(pg, "COMMIT"));
    PQfinish(pg);
    for (size_t i = 0; i < CLIENTS; i++) {
        struct http_reply reply;
        char value[32];
        ck_assert(http_client_receive(&clients[i], false, &reply));
        posts[i].status = reply.status;
        created += reply.status == 201;
        refused += reply.status == 503;
        if (reply.status == 503) {
            ck_assert_str_ne(http_reply_header(&reply, "Retry-After", value, sizeof value), "");
            ck_assert_ptr_nonnull(strstr(reply.body, "/problems/busy"));
        }
        http_reply_clear(&reply);
        http_client_close(&clients[i]);
    }
    ck_assert_uint_eq(created, QUEUE + 1);
    ck_assert_uint_eq(refused, CLIENTS - QUEUE - 1);
    check_nothing_lost(CLIENTS);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM response WHERE project_id = %d"), QUEUE + 1);
    close_all();
}
END_TEST

Suite *recovery_suite(void)
{
    return API_SUITE("recovery", NULL, NULL, killed_postgres_comes_back_by_itself_and_nothing_acknowledged_is_lost,
                     reader_waits_out_a_restart_or_is_told_when_to_come_again, read_that_lost_its_session_is_run_again,
                     sessions_that_are_ended_are_opened_anew, while_postgres_is_away_a_503_says_when_to_come_again,
                     postgres_that_hangs_is_given_up_and_taken_back,
                     sigterm_under_load_loses_no_acknowledged_answer_and_cuts_no_request_short,
                     killed_server_has_kept_every_acknowledged_answer,
                     many_keep_alive_connections_that_all_post_are_all_served,
                     full_queue_is_a_503_and_what_was_queued_is_answered);
}
