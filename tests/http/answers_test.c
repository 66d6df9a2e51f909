/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "support/runner.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

/* Replies about numbers that are kept, and for how long: each test has a server of its own, for it looks at its meters. */

enum { CROWD = 100, ROUNDS = 12, PATIENCE_MS = 10000, PROMISE_MS = 250, PROMISE_OTHERS_MS = 1000 };

static struct api api;
static struct serve *server;

static void open_server(const char *const *settings)
{
    server = serve_start(&(struct serve_options){.settings = settings});
    api_open(&api, server, NULL);
}

static void setup(void)
{
}

static void teardown(void)
{
    api_close(&api);
}

static double misses(void)
{
    return api_meter(&api, "hark_cache_misses_total");
}

static const struct api_reply *ask(const char *question)
{
    const struct api_reply *reply =
        api_send(&api, api.keys[SCOPE_METRICS], "GET", api_text("/v1/metrics%s", question), NULL);
    ck_assert_status(reply, 200);
    return reply;
}

static const struct api_reply *ask_with(const char *headers, const char *question)
{
    return api_send_with(&api, api.keys[SCOPE_METRICS], "GET", api_text("/v1/metrics%s", question), headers, NULL, 0);
}

static void post(void)
{
    const struct api_reply *reply =
        api_post(&api, "/v1/responses", "{\"channel\":\"web\",\"region\":\"ES-CT\",\"answers\":{\"nps\":9}}");
    ck_assert_status(reply, 201);
}

static int n_of(const struct api_reply *reply)
{
    ck_assert_status(reply, 200);
    return (int)api_number(reply, "total.nps.n");
}

/* --- somebody who asks all the time ---------------------------------------------------------------------------------- */

static struct {
    pthread_t thread;
    atomic_bool stops;
    char path[200];
    char headers[100];
} crowd;

static void *ask_on(void *context)
{
    struct http_client client;
    struct http_reply reply;
    (void)context;
    if (!http_client_connect(&client, api.address))
        return NULL;
    while (!atomic_load(&crowd.stops)) {
        if (!http_client_send(&client, "GET", crowd.path, crowd.headers, NULL, 0) ||
            !http_client_receive(&client, false, &reply))
            break;
        http_reply_clear(&reply);
    }
    http_client_close(&client);
    return NULL;
}

static void crowd_start(const char *question)
{
    atomic_store(&crowd.stops, false);
    snprintf(crowd.path, sizeof crowd.path, "/v1/metrics%s", question);
    snprintf(crowd.headers, sizeof crowd.headers, "Authorization: Bearer %s\r\n", api.keys[SCOPE_METRICS]);
    ck_assert_int_eq(pthread_create(&crowd.thread, NULL, ask_on, NULL), 0);
    api_sleep_ms(400); /* until it is known to ask often */
}

static void crowd_stop(void)
{
    atomic_store(&crowd.stops, true);
    pthread_join(crowd.thread, NULL);
}

/* --- what is one question -------------------------------------------------------------------------------------------- */

START_TEST(a_repeated_question_is_read_once)
{
    open_server(NULL);
    post();
    const struct api_reply *first = ask("?group_by=channel");
    double before = misses();
    const struct api_reply *second = ask("?group_by=channel");
    ck_assert(misses() == before);
    ck_assert(api_meter(&api, "hark_cache_hits_total") == 1);
    ck_assert_str_eq(first->http.body, second->http.body);
    ck_assert_int_eq(n_of(second), 1);
}
END_TEST

START_TEST(spelling_and_order_make_no_other_question)
{
    static const char *const spellings[] = {
        "?metric=nps,csat&channel=web&channel=app&region=ES-CT&from=2026-01-01T00:00:00Z",
        "?metric=csat,nps&channel=web&channel=app&region=ES-CT&from=2026-01-01T00:00:00Z",
        "?metric=csat&metric=nps&channel=app&channel=web&region=es-ct&from=2026-01-01T01:00:00%2B01:00",
        "?from=2026-01-01T00%3A00%3A00Z&region=ES-CT&channel=web&channel=app&channel=web&metric=nps,csat",
    };
    open_server(NULL);
    ask(spellings[0]);
    double before = misses();
    for (size_t i = 1; i < sizeof spellings / sizeof *spellings; i++)
        ask(spellings[i]);
    ck_assert(misses() == before);
    ck_assert_status(api_send(&api, api.keys[SCOPE_METRICS], "GET",
                              api_text("/v1/metrics%s&project=%s", spellings[0], api.project), NULL),
                     200);
    ck_assert(misses() == before);
}
END_TEST

START_TEST(what_changes_the_reply_is_another_question)
{
    static const char *const questions[] = {
        "",
        "?group_by=channel,region",
        "?group_by=region,channel",
        "?metric=nps",
        "?level=0.99",
        "?channel=",
        "?channel=web",
        "?region=web",
        "?from=2026-01-01T00:00:00Z",
        "?to=2026-01-01T00:00:00Z",
        "?interval=day",
        "?interval=day&tz=Asia/Kolkata",
        "?limit=1",
        "/index",
        "/index?weights=nps:2",
        "/nps/distribution",
        "/csat/distribution",
    };
    size_t count = sizeof questions / sizeof *questions;
    open_server(NULL);
    double before = misses();
    for (size_t i = 0; i < count; i++)
        ask(questions[i]);
    ck_assert(misses() == before + (double)count);
    /* Numbers of few answers are hidden from one of the two. */
    ck_assert_status(api_send(&api, api.keys[SCOPE_READ], "GET", "/v1/metrics", NULL), 200);
    ck_assert(misses() == before + (double)count + 1);
}
END_TEST

START_TEST(projects_have_replies_of_their_own)
{
    char other[40];
    char key[KEY_TEXT_SIZE];
    open_server(NULL);
    post();
    serve_project_new(server, NULL, other);
    api_key_new(&api, other, SCOPE_METRICS, key);
    ck_assert_int_eq(n_of(ask("")), 1);
    ck_assert_int_eq(n_of(api_send(&api, key, "GET", "/v1/metrics", NULL)), 0);
    ck_assert_int_eq(n_of(ask("")), 1);
}
END_TEST

/* --- how old a reply may be ------------------------------------------------------------------------------------------ */

START_TEST(what_was_posted_a_moment_ago_counts_for_who_asks_now_and_then)
{
    open_server(NULL);
    for (int i = 1; i <= ROUNDS; i++) {
        post();
        ck_assert_int_eq(n_of(ask("")), i);
    }
}
END_TEST

START_TEST(an_acknowledged_answer_is_in_every_reply_a_quarter_of_a_second_later)
{
    int late = 0;
    int posted = 0;
    open_server(NULL);
    crowd_start("");
    double before = misses();
    for (int i = 1; i <= ROUNDS; i++) {
        for (int j = 0; j < 3; j++) {
            post();
            late += n_of(ask("")) < ++posted;
        }
        api_sleep_ms(PROMISE_MS + i);
        ck_assert_int_eq(n_of(ask("")), posted);
    }
    /* And until then it was not read for everybody who asked. */
    ck_assert_double_lt(misses() - before, 12 * ROUNDS);
    ck_assert_int_gt(late, 0);
    crowd_stop();
}
END_TEST

START_TEST(no_cache_holds_every_acknowledged_answer)
{
    static const char *const controls[] = {"Cache-Control: no-cache\r\n", "Cache-Control: max-age=0\r\n",
                                           "cache-control: foo, No-Cache\r\n"};
    open_server(NULL);
    crowd_start("");
    for (int i = 1; i <= ROUNDS; i++) {
        post();
        ck_assert_int_eq(n_of(ask_with(controls[i % 3], "")), i);
    }
    crowd_stop();
}
END_TEST

START_TEST(an_answer_of_another_process_counts_a_second_later)
{
    char setting[300];
    char key[KEY_TEXT_SIZE];
    struct api theirs;
    open_server(NULL);
    snprintf(setting, sizeof setting, "HARK_DATABASE_URL=%s", api.url);
    struct serve *other = serve_start(&(struct serve_options){.settings = (const char *const[]){setting, NULL}});
    theirs = api;
    theirs.address = serve_address(other);
    theirs.replies = NULL;
    memcpy(key, api.keys[SCOPE_WRITE], sizeof key);
    crowd_start("");
    for (int i = 1; i <= 3; i++) {
        const struct api_reply *posted = api_send(&theirs, key, "POST", "/v1/responses", "{\"answers\":{\"nps\":9}}");
        ck_assert_status(posted, 201);
        api_sleep_ms(PROMISE_OTHERS_MS + 10L * i);
        ck_assert_int_eq(n_of(ask("")), i);
    }
    crowd_stop();
    theirs.connection = NULL; /* the other one's own */
    api_close(&theirs);
    serve_stop(other);
}
END_TEST

/* Nothing else would read it anew within the minute. */
START_TEST(a_changed_setting_makes_another_question)
{
    static const char *const settings[] = {"HARK_CACHE_AGE_OTHERS=60s", NULL};
    int64_t until_us;
    open_server(settings);
    post();
    ck_assert_ptr_null(api_at(ask("?metric=nps"), "total.nps.hidden"));
    const char *const words[] = {"project", "set", api.project, "--publish-min-n", "5", NULL};
    struct hark_result result = serve_command(server, words);
    ck_assert_msg(result.status == 0, "%s", result.errors);
    hark_result_clear(&result);
    until_us = clock_monotonic_us() + PATIENCE_MS * INT64_C(1000);
    while (api_at(ask("?metric=nps"), "total.nps.hidden") == NULL && clock_monotonic_us() < until_us)
        api_sleep_ms(20);
    ck_assert(json_is_true(api_at(ask("?metric=nps"), "total.nps.hidden")));
}
END_TEST

static void put_stars(int max)
{
    const char *body =
        api_text("{\"questions\":[{\"key\":\"stars\",\"metric\":\"rating\",\"scale\":{\"min\":1,\"max\":%d}}]}", max);
    ck_assert_int_lt(api_send(&api, api.keys[SCOPE_ADMIN], "PUT", "/v1/surveys/visit", body)->status, 300);
}

/* Who changed it finds it changed. */
START_TEST(a_changed_survey_makes_another_question)
{
    static const char *const settings[] = {"HARK_CACHE_AGE_OTHERS=60s", NULL};
    open_server(settings);
    put_stars(5);
    ck_assert_str_eq(api_string(ask("?metric=stars"), "total.stars.definition"), "rating_1_5_mean");
    put_stars(10);
    ck_assert_str_eq(api_string(ask("?metric=stars"), "total.stars.definition"), "rating_1_10_mean");
}
END_TEST

/* The reply is one that others' keys would still be told from memory. */
START_TEST(a_revoked_key_is_told_nothing_that_is_kept)
{
    static const char *const settings[] = {"HARK_CACHE_AGE_OTHERS=60s", NULL};
    char key[KEY_TEXT_SIZE];
    int64_t until_us;
    int status;
    open_server(settings);
    api_key_new(&api, api.project, SCOPE_METRICS, key);
    ck_assert_status(ask("?metric=nps"), 200);
    ck_assert_status(api_send(&api, key, "GET", "/v1/metrics?metric=nps", NULL), 200);
    const char *const words[] = {"key", "revoke", api_text("%lld", (long long)api_ask(&api, "SELECT max(id) FROM key")),
                                 NULL};
    struct hark_result result = serve_command(server, words);
    ck_assert_msg(result.status == 0, "%s", result.errors);
    hark_result_clear(&result);
    until_us = clock_monotonic_us() + 1000 * INT64_C(1000);
    while ((status = api_send(&api, key, "GET", "/v1/metrics?metric=nps", NULL)->status) == 200 &&
           clock_monotonic_us() < until_us)
        api_sleep_ms(20);
    ck_assert_int_eq(status, 401);
    ck_assert_status(ask("?metric=nps"), 200);
}
END_TEST

START_TEST(a_kept_reply_keeps_its_tag)
{
    char etag[80];
    char header[100];
    open_server(NULL);
    post();
    const struct api_reply *first = ask("");
    http_reply_header(&first->http, "ETag", etag, sizeof etag);
    snprintf(header, sizeof header, "If-None-Match: %s\r\n", etag);
    double before = misses();
    const struct api_reply *again = ask_with(header, "");
    ck_assert_status(again, 304);
    ck_assert_uint_eq(again->http.size, 0);
    ck_assert(misses() == before);
    /* Read anew: the same numbers, but for the time of reading. */
    ck_assert_status(ask_with(api_text("Cache-Control: no-cache\r\n%s", header), ""), 304);
    post();
    ck_assert_status(ask_with(header, ""), 200);
}
END_TEST

/* --- many at once ---------------------------------------------------------------------------------------------------- */

/* Readings wait until it is let go. */
static PGconn *hold_numbers(void)
{
    PGconn *pg = PQconnectdb(api.url);
    PGresult *result = PQexec(pg, "BEGIN; LOCK TABLE rollup_quarter IN ACCESS EXCLUSIVE MODE");
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", PQerrorMessage(pg));
    PQclear(result);
    return pg;
}

static void wait_for_meter(const char *name, double value)
{
    int64_t until_us = clock_monotonic_us() + PATIENCE_MS * INT64_C(1000);
    while (api_meter(&api, name) < value && clock_monotonic_us() < until_us)
        api_sleep_ms(5);
    ck_assert(api_meter(&api, name) == value);
}

static void ask_all(struct http_client clients[CROWD], const char *path)
{
    char headers[100];
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", api.keys[SCOPE_METRICS]);
    for (int i = 0; i < CROWD; i++) {
        ck_assert(http_client_connect(&clients[i], api.address));
        ck_assert(http_client_send(&clients[i], "GET", path, headers, NULL, 0));
    }
}

START_TEST(a_hundred_who_ask_the_same_at_once_cost_one_reading)
{
    struct http_client clients[CROWD];
    struct http_reply replies[CROWD];
    open_server(NULL);
    post();
    PGconn *pg = hold_numbers();
    ask_all(clients, "/v1/metrics?group_by=channel,region");
    wait_for_meter("hark_cache_waits_total", CROWD - 1);
    PQfinish(pg);
    for (int i = 0; i < CROWD; i++) {
        ck_assert(http_client_receive(&clients[i], false, &replies[i]));
        ck_assert_int_eq(replies[i].status, 200);
        ck_assert_str_eq(replies[i].body, replies[0].body);
        http_client_close(&clients[i]);
    }
    ck_assert(misses() == 1);
    for (int i = 0; i < CROWD; i++)
        http_reply_clear(&replies[i]);
}
END_TEST

START_TEST(who_waits_for_a_reading_that_fails_is_told_so)
{
    static const char *const settings[] = {"HARK_STATEMENT_TIMEOUT=2s", NULL};
    struct http_client clients[CROWD];
    struct http_reply reply;
    char id[80];
    char retry[80];
    open_server(settings);
    PGconn *pg = hold_numbers();
    ask_all(clients, "/v1/metrics");
    for (int i = 0; i < CROWD; i++) {
        ck_assert(http_client_receive(&clients[i], false, &reply));
        ck_assert_int_eq(reply.status, 503);
        /* Each under its own id. */
        http_reply_header(&reply, "X-Request-Id", id, sizeof id);
        http_reply_header(&reply, "Retry-After", retry, sizeof retry);
        ck_assert(id[0] != '\0' && retry[0] != '\0' && strstr(reply.body, id) != NULL);
        http_reply_clear(&reply);
        http_client_close(&clients[i]);
    }
    PQfinish(pg);
    ck_assert_int_eq(n_of(ask("")), 0);
}
END_TEST

START_TEST(kept_replies_stay_within_their_memory)
{
    static const char *const settings[] = {"HARK_CACHE_MB=1", "HARK_CACHE_AGE=60s", "HARK_CACHE_AGE_OTHERS=60s", NULL};
    struct buffer lines;
    open_server(settings);
    buffer_init(&lines);
    for (int i = 0; i < 100; i++)
        buffer_format(&lines, "{\"channel\":\"c%d\",\"answers\":{\"nps\":9,\"csat\":5,\"ces\":3}}\n", i);
    ck_assert_status(api_post_lines(&api, "/v1/responses", lines.data), 200);
    buffer_clear(&lines);
    for (int limit = 100; limit < 125; limit++) {
        ck_assert_uint_gt(ask(api_text("?group_by=channel&limit=%d", limit))->http.size, 100000);
        ck_assert_double_le(api_meter(&api, "hark_cache_bytes"), 1 << 20);
    }
    ck_assert_double_gt(api_meter(&api, "hark_cache_bytes"), 1 << 19);
    /* The latest are the ones that are kept. */
    double before = misses();
    ask("?group_by=channel&limit=124");
    ck_assert(misses() == before);
    ask("?group_by=channel&limit=100");
    ck_assert(misses() == before + 1);
}
END_TEST

START_TEST(without_memory_for_them_none_is_kept)
{
    static const char *const settings[] = {"HARK_CACHE_MB=0", NULL};
    open_server(settings);
    for (int i = 1; i <= 3; i++) {
        post();
        ck_assert_int_eq(n_of(ask("")), i);
        ck_assert_int_eq(n_of(ask("")), i);
    }
    ck_assert(misses() == 6);
    ck_assert(api_meter(&api, "hark_cache_replies") == 0);
}
END_TEST

/* --- gzip ------------------------------------------------------------------------------------------------------------ */

/* Nothing is read anew unless it must be. */
static const char *const settings_of_a_minute[] = {"HARK_CACHE_AGE=60s", "HARK_CACHE_AGE_OTHERS=60s", NULL};
static const char takes_gzip[] = "Accept-Encoding: gzip, deflate, br\r\n";
static const char question_of_groups[] = "?group_by=channel";

static const char *header_of(const struct api_reply *reply, const char *name)
{
    static char values[4][120];
    static int turn;
    turn = (turn + 1) % 4;
    return http_reply_header(&reply->http, name, values[turn], sizeof values[turn]);
}

static bool is_gzipped(const struct api_reply *reply)
{
    ck_assert_str_eq(header_of(reply, "Vary"), "Accept-Encoding");
    return strcmp(header_of(reply, "Content-Encoding"), "gzip") == 0;
}

static void post_groups(void)
{
    for (int i = 0; i < 5; i++)
        ck_assert_status(api_post(&api, "/v1/responses",
                                  api_text("{\"channel\":\"c%d\",\"answers\":{\"nps\":%d,\"csat\":3}}", i, i)),
                         201);
}

/* The first is sent as it is, and the next reading is gzipped for those who take that. */
static const struct api_reply *ask_until_gzipped(void)
{
    const struct api_reply *reply = NULL;
    for (int i = 0; i < 5; i++) {
        ask_with(takes_gzip, question_of_groups);
        reply = ask_with(takes_gzip, question_of_groups);
        if (is_gzipped(reply))
            return reply;
        ck_assert_status(ask_with("Cache-Control: no-cache\r\n", question_of_groups), 200);
    }
    ck_abort_msg("it is never gzipped");
    return reply;
}

static void check_unpacks_to(const struct api_reply *packed, const struct api_reply *plain)
{
    z_stream stream = {.next_in = (unsigned char *)packed->http.body, .avail_in = (unsigned)packed->http.size};
    char *bytes = malloc(plain->http.size + 1);
    ck_assert(bytes != NULL && inflateInit2(&stream, 15 + 16) == Z_OK);
    stream.next_out = (unsigned char *)bytes;
    stream.avail_out = (unsigned)plain->http.size + 1;
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    ck_assert_uint_eq(stream.total_out, plain->http.size);
    ck_assert_uint_eq(stream.total_in, packed->http.size);
    ck_assert_mem_eq(bytes, plain->http.body, plain->http.size);
    inflateEnd(&stream);
    free(bytes);
}

START_TEST(a_repeated_reply_comes_gzipped_to_those_who_take_that)
{
    open_server(settings_of_a_minute);
    post_groups();
    const struct api_reply *packed = ask_until_gzipped();
    double before = misses();
    const struct api_reply *plain = ask(question_of_groups);
    ck_assert(!is_gzipped(plain));
    check_unpacks_to(packed, plain);
    ck_assert_uint_lt(packed->http.size, plain->http.size / 2);
    ck_assert_str_eq(header_of(packed, "Content-Type"), "application/json");
    ck_assert_str_ne(header_of(packed, "ETag"), header_of(plain, "ETag"));
    ck_assert(!is_gzipped(ask_with("Accept-Encoding: gzip;q=0\r\n", question_of_groups)));
    ck_assert(!is_gzipped(ask_with("Accept-Encoding: br\r\n", question_of_groups)));
    ck_assert(!is_gzipped(ask_with("Accept-Encoding: identity, gzip;q=0.5\r\n", question_of_groups)));
    ck_assert(is_gzipped(ask_with("Accept-Encoding: identity;q=0.1, gzip;q=0.5\r\n", question_of_groups)));
    ck_assert(is_gzipped(ask_with("Accept-Encoding: *\r\n", question_of_groups)));
    ck_assert(misses() == before);
}
END_TEST

START_TEST(who_refuses_what_is_not_gzipped_gets_it_gzipped_at_once)
{
    open_server(settings_of_a_minute);
    post_groups();
    const struct api_reply *packed = ask_with("Accept-Encoding: gzip, identity;q=0\r\n", question_of_groups);
    ck_assert_status(packed, 200);
    ck_assert(is_gzipped(packed));
    check_unpacks_to(packed, ask(question_of_groups));
    /* Kept without, and then refused so. */
    ask("?group_by=channel,region");
    ck_assert(is_gzipped(ask_with("Accept-Encoding: gzip, *;q=0\r\n", "?group_by=channel,region")));
    /* Nothing is left to send: as it is. */
    ck_assert_status(ask_with("Accept-Encoding: identity;q=0, br\r\n", "?group_by=region"), 200);
}
END_TEST

START_TEST(a_tag_of_either_form_is_known_by_those_who_take_it)
{
    open_server(settings_of_a_minute);
    post_groups();
    char packed_tag[100];
    char plain_tag[100];
    snprintf(packed_tag, sizeof packed_tag, "If-None-Match: %s\r\n", header_of(ask_until_gzipped(), "ETag"));
    snprintf(plain_tag, sizeof plain_tag, "If-None-Match: %s\r\n", header_of(ask(question_of_groups), "ETag"));
    const struct api_reply *reply = ask_with(api_text("%s%s", takes_gzip, packed_tag), question_of_groups);
    ck_assert_status(reply, 304);
    ck_assert_uint_eq(reply->http.size, 0);
    ck_assert_ptr_nonnull(strstr(packed_tag, header_of(reply, "ETag")));
    ck_assert_str_eq(header_of(reply, "Vary"), "Accept-Encoding");
    ck_assert_str_eq(header_of(reply, "Content-Encoding"), "");
    reply = ask_with(api_text("%s%s", takes_gzip, plain_tag), question_of_groups);
    ck_assert_status(reply, 304);
    ck_assert_ptr_nonnull(strstr(plain_tag, header_of(reply, "ETag")));
    ck_assert_status(ask_with(plain_tag, question_of_groups), 304);
    /* Who does not take gzip has no use for that form. */
    ck_assert_status(ask_with(packed_tag, question_of_groups), 200);
    /* Read anew, too. */
    ck_assert_status(ask_with(api_text("Cache-Control: no-cache\r\n%s%s", takes_gzip, packed_tag), question_of_groups),
                     304);
    post();
    ck_assert_status(ask_with(api_text("%s%s", takes_gzip, packed_tag), question_of_groups), 200);
}
END_TEST

START_TEST(the_head_of_a_gzipped_reply_is_that_of_the_reply)
{
    open_server(settings_of_a_minute);
    post_groups();
    const struct api_reply *packed = ask_until_gzipped();
    const struct api_reply *head = api_send_with(&api, api.keys[SCOPE_METRICS], "HEAD",
                                                 api_text("/v1/metrics%s", question_of_groups), takes_gzip, NULL, 0);
    ck_assert_status(head, 200);
    ck_assert_uint_eq(head->http.size, 0);
    ck_assert(is_gzipped(head));
    ck_assert_str_eq(header_of(head, "ETag"), header_of(packed, "ETag"));
    ck_assert_str_eq(header_of(head, "Content-Length"), header_of(packed, "Content-Length"));
}
END_TEST

Suite *answers_suite(void)
{
    return API_SUITE(
        "answers", setup, teardown, a_repeated_question_is_read_once, spelling_and_order_make_no_other_question,
        what_changes_the_reply_is_another_question, projects_have_replies_of_their_own,
        what_was_posted_a_moment_ago_counts_for_who_asks_now_and_then,
        an_acknowledged_answer_is_in_every_reply_a_quarter_of_a_second_later, no_cache_holds_every_acknowledged_answer,
        an_answer_of_another_process_counts_a_second_later, a_changed_setting_makes_another_question,
        a_changed_survey_makes_another_question, a_revoked_key_is_told_nothing_that_is_kept, a_kept_reply_keeps_its_tag,
        a_hundred_who_ask_the_same_at_once_cost_one_reading, who_waits_for_a_reading_that_fails_is_told_so,
        kept_replies_stay_within_their_memory, without_memory_for_them_none_is_kept,
        a_repeated_reply_comes_gzipped_to_those_who_take_that, who_refuses_what_is_not_gzipped_gets_it_gzipped_at_once,
        a_tag_of_either_form_is_known_by_those_who_take_it, the_head_of_a_gzipped_reply_is_that_of_the_reply);
}
