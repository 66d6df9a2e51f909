/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "support/runner.h"

#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* New questions that counts in memory answer, and how late: each test has a server of its own, for it looks at its meters. No
 * question is asked twice where none is meant to be told from a kept reply: they differ in their limits. */

enum {
    ROUNDS = 12,
    PATIENCE_MS = 20000,
    PROMISE_MS = 250,
    PROMISE_OTHERS_MS = 1000,
    LIMIT_LEAST = 1000,
    LIMIT_MOST = 10000
};

static struct api api;
static struct serve *server;
static atomic_int limit;
static const int64_t DAY_US = INT64_C(86400000000);

static void open_server(const char *const *settings)
{
    server = serve_start(&(struct serve_options){.settings = settings});
    api_open(&api, server, NULL);
    atomic_store(&limit, 0);
}

static void setup(void)
{
}

static void teardown(void)
{
    api_close(&api);
}

static double told(void)
{
    return api_meter(&api, "hark_cube_answers_total");
}

/* Another one each time, for longer than any reply is kept. */
static int next_limit(void)
{
    return LIMIT_LEAST + atomic_fetch_add(&limit, 1) % (LIMIT_MOST - LIMIT_LEAST);
}

static const struct api_reply *ask_with(const char *headers, const char *question)
{
    const struct api_reply *reply =
        api_send_with(&api, api.keys[SCOPE_METRICS], "GET", api_text("/v1/metrics?%s", question), headers, NULL, 0);
    ck_assert_status(reply, 200);
    return reply;
}

static const struct api_reply *ask_new(const char *question)
{
    return ask_with(NULL, api_text("%slimit=%d", question, next_limit()));
}

static int n_of(const struct api_reply *reply)
{
    return (int)api_number(reply, "total.nps.n");
}

static void post(void)
{
    ck_assert_status(
        api_post(&api, "/v1/responses", "{\"channel\":\"web\",\"region\":\"ES-CT\",\"answers\":{\"nps\":9}}"), 201);
}

/* Until counts in memory answer. */
static void ask_until_told(const char *text)
{
    char question[100]; /* texts of api_text last for a while only */
    snprintf(question, sizeof question, "%s", text);
    int64_t until_us = clock_monotonic_us() + PATIENCE_MS * INT64_C(1000);
    double before = told();
    while (told() == before && clock_monotonic_us() < until_us)
        ask_new(question);
    ck_assert_double_gt(told(), before);
}

/* --- somebody who asks something new all the time ---------------------------------------------------------------------- */

static struct {
    pthread_t thread;
    atomic_bool stops;
    char question[100];
    char headers[100];
} asker;

static void *ask_on(void *context)
{
    struct http_client client;
    struct http_reply reply;
    char path[200];
    (void)context;
    if (!http_client_connect(&client, api.address))
        return NULL;
    while (!atomic_load(&asker.stops)) {
        snprintf(path, sizeof path, "/v1/metrics?%slimit=%d", asker.question, next_limit());
        if (!http_client_send(&client, "GET", path, asker.headers, NULL, 0) ||
            !http_client_receive(&client, false, &reply))
            break;
        http_reply_clear(&reply);
    }
    http_client_close(&client);
    return NULL;
}

static void asker_start(const char *question)
{
    atomic_store(&asker.stops, false);
    snprintf(asker.question, sizeof asker.question, "%s", question);
    snprintf(asker.headers, sizeof asker.headers, "Authorization: Bearer %s\r\n", api.keys[SCOPE_METRICS]);
    ck_assert_int_eq(pthread_create(&asker.thread, NULL, ask_on, NULL), 0);
    api_sleep_ms(600); /* until it is known to ask often */
}

static void asker_stop(void)
{
    atomic_store(&asker.stops, true);
    pthread_join(asker.thread, NULL);
}

/* --- when counts are read ---------------------------------------------------------------------------------------------- */

START_TEST(new_questions_are_answered_from_counts_that_are_read_seldom)
{
    open_server(NULL);
    post();
    asker_start("group_by=channel&");
    double answers = told();
    double readings = api_meter(&api, "hark_cube_readings_total");
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(n_of(ask_new("group_by=channel&")), 1);
    asker_stop();
    ck_assert_double_ge(told() - answers, 15);
    ck_assert_double_le(api_meter(&api, "hark_cube_readings_total") - readings, (told() - answers) / 4);
    ck_assert_double_gt(api_meter(&api, "hark_cube_bytes"), 0);
}
END_TEST

START_TEST(one_question_reads_no_counts)
{
    open_server(NULL);
    post();
    api_sleep_ms(PROMISE_OTHERS_MS + 200);
    ask_new("group_by=channel&");
    ask_new("group_by=region&");
    ck_assert(api_meter(&api, "hark_cube_readings_total") == 0);
    ask_until_told("group_by=channel&");
}
END_TEST

/* Whoever asks seldom is told what is stored, by a reading of what changed. */
START_TEST(what_is_asked_seldom_is_read_each_time)
{
    open_server(NULL);
    for (int i = 1; i <= 4; i++) {
        post();
        ck_assert_int_eq(n_of(ask_new("group_by=channel&")), i);
        api_sleep_ms(300);
    }
    ck_assert(api_meter(&api, "hark_cube_readings_total") == 3);
    ck_assert(told() == 0);
    ck_assert_int_eq(n_of(ask_with("Cache-Control: no-cache\r\n", "group_by=channel&limit=999")), 4);
    ck_assert(api_meter(&api, "hark_cube_readings_total") == 4);
}
END_TEST

START_TEST(numbers_of_one_moment_say_which)
{
    open_server((const char *const[]){"HARK_CACHE_AGE_OTHERS=20s", NULL});
    ask_until_told("");
    const struct api_reply *first = ask_new("");
    api_sleep_ms(20);
    const struct api_reply *second = ask_new("");
    ck_assert_str_eq(api_string(first, "as_of"), api_string(second, "as_of"));
    ck_assert_str_ne(api_string(first, "as_of"), api_string(ask_with("Cache-Control: no-cache\r\n", ""), "as_of"));
}
END_TEST

START_TEST(what_is_not_asked_for_any_more_takes_no_memory)
{
    open_server((const char *const[]){"HARK_CACHE_AGE_OTHERS=100ms", "HARK_CACHE_AGE=50ms", NULL});
    ask_until_told("");
    int64_t until_us = clock_monotonic_us() + PATIENCE_MS * INT64_C(1000);
    while (api_meter(&api, "hark_cube_bytes") > 0 && clock_monotonic_us() < until_us)
        api_sleep_ms(50);
    ck_assert(api_meter(&api, "hark_cube_bytes") == 0);
    ask_until_told("");
}
END_TEST

START_TEST(without_memory_or_time_for_them_there_are_none)
{
    static const char *const settings[][3] = {{"HARK_CACHE_MB=0", NULL, NULL},
                                              {"HARK_CACHE_AGE=0ms", "HARK_CACHE_AGE_OTHERS=0ms", NULL}};
    for (int s = 0; s < 2; s++) {
        open_server(settings[s]);
        asker_start("");
        for (int i = 1; i <= 5; i++) {
            post();
            ck_assert_int_eq(n_of(ask_new("")), i);
        }
        asker_stop();
        ck_assert(told() == 0);
        if (s == 0)
            api_close(&api);
    }
}
END_TEST

/* --- how late an answer may come ----------------------------------------------------------------------------------------- */

START_TEST(who_posts_and_then_asks_something_new_now_and_then_finds_it)
{
    open_server(NULL);
    for (int i = 1; i <= ROUNDS; i++) {
        post();
        ck_assert_int_eq(n_of(ask_new("")), i);
        ck_assert_int_eq(n_of(ask_new("group_by=channel&")), i);
    }
}
END_TEST

START_TEST(an_acknowledged_answer_is_in_every_new_reply_a_quarter_of_a_second_later)
{
    int late = 0;
    int posted = 0;
    open_server(NULL);
    asker_start("");
    double before = told();
    for (int i = 1; i <= ROUNDS; i++) {
        for (int j = 0; j < 3; j++) {
            post();
            late += n_of(ask_new("")) < ++posted;
        }
        api_sleep_ms(PROMISE_MS + i);
        ck_assert_int_eq(n_of(ask_new("")), posted);
    }
    asker_stop();
    /* And until then it was not read for everybody who asked. */
    ck_assert_int_gt(late, 0);
    ck_assert_double_gt(told() - before, 20 * ROUNDS);
}
END_TEST

/* Readings wait until it is let go. */
static PGconn *hold(const char *tables)
{
    PGconn *pg = PQconnectdb(api.url);
    PGresult *result = PQexec(pg, api_text("BEGIN; LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", tables));
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", PQerrorMessage(pg));
    PQclear(result);
    return pg;
}

static bool has_reply(const struct http_client *client)
{
    struct pollfd waits = {.fd = client->fd, .events = POLLIN};
    return poll(&waits, 1, 0) > 0;
}

static void post_channels(int count)
{
    struct buffer lines;
    buffer_init(&lines);
    for (int i = 0; i < count; i++)
        buffer_format(&lines, "{\"channel\":\"c%d\",\"answers\":{\"nps\":9}}\n", i);
    ck_assert_status(api_post_lines(&api, "/v1/responses", lines.data), 200);
    buffer_clear(&lines);
}

/* The only session waits for a lock, and so does who is not told: lists, what takes a calendar, and what takes long. */
START_TEST(questions_that_are_told_wait_for_no_session)
{
    enum { CHANNELS = 150 };
    static const char *const paths[] = {"/v1/responses", "/v1/metrics?interval=day",
                                        "/v1/metrics?group_by=channel&metric=nps&compare=previous",
                                        "/v1/metrics?group_by=channel"};
    enum { PATHS = sizeof paths / sizeof paths[0] };
    struct http_client clients[PATHS];
    char headers[100];
    open_server((const char *const[]){"HARK_READERS=1", "HARK_CACHE_AGE_OTHERS=20s", NULL});
    post_channels(CHANNELS);
    ask_until_told("group_by=channel&metric=nps&compare=previous&");
    ask_until_told("group_by=channel&metric=nps&");
    PGconn *pg = hold("response, rollup_quarter");
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", api.keys[SCOPE_READ]);
    for (int i = 0; i < PATHS; i++) {
        ck_assert(http_client_connect(&clients[i], api.address));
        ck_assert(http_client_send(&clients[i], "GET", paths[i], headers, NULL, 0));
    }
    for (int i = 0; i < ROUNDS; i++)
        ck_assert_int_eq(n_of(ask_new("group_by=channel&metric=nps&")), CHANNELS);
    for (int i = 0; i < PATHS; i++)
        ck_assert_msg(!has_reply(&clients[i]), "%s was answered", paths[i]);
    PQfinish(pg);
    for (int i = 0; i < PATHS; i++) {
        struct http_reply reply;
        ck_assert(http_client_receive(&clients[i], false, &reply));
        ck_assert_int_eq(reply.status, 200);
        http_reply_clear(&reply);
        http_client_close(&clients[i]);
    }
}
END_TEST

/* Counts that can't be read anew get too old, and then they are no reply. */
START_TEST(counts_that_can_not_be_read_again_are_not_told_when_they_are_too_old)
{
    char path[80];
    struct http_client client;
    struct http_reply reply;
    open_server(NULL);
    asker_start("");
    for (int i = 1; i <= ROUNDS; i++) {
        post();
        PGconn *pg = hold("rollup_quarter");
        api_sleep_ms(PROMISE_MS);
        snprintf(path, sizeof path, "/v1/metrics?limit=%d", next_limit());
        ck_assert(http_client_connect(&client, api.address));
        ck_assert(http_client_send(&client, "GET", path, asker.headers, NULL, 0));
        api_sleep_ms(50);
        PQfinish(pg);
        ck_assert(http_client_receive(&client, false, &reply));
        ck_assert_int_eq(reply.status, 200);
        json_t *json = json_loads(reply.body, 0, NULL);
        json_int_t n = 0;
        ck_assert_int_eq(json_unpack(json, "{s:{s:{s:I}}}", "total", "nps", "n", &n), 0);
        ck_assert_int_eq(n, i);
        json_decref(json);
        http_reply_clear(&reply);
        http_client_close(&client);
        api_sleep_ms(300);
    }
    asker_stop();
    ck_assert_double_gt(told(), 20 * ROUNDS);
}
END_TEST

START_TEST(no_cache_holds_every_acknowledged_answer)
{
    static const char *const controls[] = {"Cache-Control: no-cache\r\n", "Cache-Control: max-age=0\r\n",
                                           "cache-control: no-store\r\n"};
    open_server(NULL);
    asker_start("");
    for (int i = 1; i <= ROUNDS; i++) {
        post();
        ck_assert_int_eq(n_of(ask_with(controls[i % 3], api_text("limit=%d", next_limit()))), i);
    }
    asker_stop();
    ck_assert_double_gt(told(), 20);
}
END_TEST

/* Another process on the same database, as a client of the same project sees it. */
static struct serve *open_other(struct api *theirs, const char *setting)
{
    char url[300];
    snprintf(url, sizeof url, "HARK_DATABASE_URL=%s", api.url);
    struct serve *other = serve_start(&(struct serve_options){.settings = (const char *const[]){url, setting, NULL}});
    *theirs = api;
    theirs->address = serve_address(other);
    theirs->replies = NULL;
    return other;
}

static void close_other(struct api *theirs, struct serve *other)
{
    theirs->connection = NULL; /* the first one's own */
    api_close(theirs);
    serve_stop(other);
}

static void post_to(struct api *theirs)
{
    ck_assert_status(api_send(theirs, api.keys[SCOPE_WRITE], "POST", "/v1/responses", "{\"answers\":{\"nps\":9}}"),
                     201);
}

START_TEST(an_answer_of_another_process_counts_a_second_later)
{
    struct api theirs;
    open_server(NULL);
    struct serve *other = open_other(&theirs, NULL);
    asker_start("");
    for (int i = 1; i <= 3; i++) {
        post_to(&theirs);
        api_sleep_ms(PROMISE_OTHERS_MS + 10L * i);
        ck_assert_int_eq(n_of(ask_new("")), i);
    }
    asker_stop();
    ck_assert_double_gt(told(), 100);
    close_other(&theirs, other);
}
END_TEST

/* A reply that counts in memory made is as old as they are. */
START_TEST(a_kept_reply_and_counts_in_memory_do_not_add_their_ages)
{
    enum { AGE_MS = 4000 };
    struct api theirs;
    open_server((const char *const[]){"HARK_CACHE_AGE_OTHERS=4s", NULL});
    struct serve *other = open_other(&theirs, NULL);
    ask_until_told("");
    post_to(&theirs);
    int64_t posted_us = clock_monotonic_us();
    api_sleep_ms(AGE_MS - 1000);
    double before = told();
    ck_assert_int_eq(n_of(ask_with(NULL, "limit=7")), 0);
    ck_assert(told() == before + 1);
    api_sleep_ms(AGE_MS - (long)((clock_monotonic_us() - posted_us) / 1000) + 20);
    ck_assert_int_eq(n_of(ask_with(NULL, "limit=7")), 1);
    close_other(&theirs, other);
}
END_TEST

START_TEST(projects_have_counts_of_their_own)
{
    char other[40];
    char key[KEY_TEXT_SIZE];
    open_server(NULL);
    post();
    serve_project_new(server, NULL, other);
    api_key_new(&api, other, SCOPE_METRICS, key);
    asker_start("");
    for (int i = 0; i < 20; i++) {
        char *path = api_text("/v1/metrics?limit=%d", next_limit());
        ck_assert_int_eq(n_of(api_send(&api, key, "GET", path, NULL)), 0);
        ck_assert_int_eq(n_of(ask_new("")), 1);
    }
    asker_stop();
    ck_assert_double_gt(told(), 20);
}
END_TEST

/* --- what they answer ---------------------------------------------------------------------------------------------------- */

enum { DAYS = 6, PER_DAY = 40, SEED = 20261130 };

/* Over the days up to now, by channel and region, each with a score of all three questions or some. */
static void post_days(void)
{
    struct buffer lines;
    int64_t now_us = clock_now_us();
    buffer_init(&lines);
    for (int i = 0; i < DAYS * PER_DAY; i++) {
        const char *time = api_time(now_us - i * INT64_C(86400000000) / PER_DAY);
        buffer_format(&lines, "{\"occurred_at\":\"%s\",\"channel\":\"c%d\",\"region\":\"r%d\",\"answers\":{\"nps\":%d",
                      time, (int)(random() % 4), (int)(random() % 3), (int)(random() % 11));
        if (i % 3)
            buffer_format(&lines, ",\"csat\":%d,\"ces\":%d", 1 + (int)(random() % 5), 1 + (int)(random() % 7));
        buffer_string(&lines, "}}\n");
    }
    ck_assert_status(api_post_lines(&api, "/v1/responses", lines.data), 200);
    buffer_clear(&lines);
}

static void wait_for_days(void)
{
    int64_t until_us = clock_monotonic_us() + 90 * INT64_C(1000000);
    while (api_count(&api, "SELECT count(*) FROM rollup_day_state WHERE project_id = %d AND filled AND NOT dirty") <
               DAYS &&
           clock_monotonic_us() < until_us)
        api_sleep_ms(200);
    ck_assert_int_ge(
        api_count(&api, "SELECT count(*) FROM rollup_day_state WHERE project_id = %d AND filled AND NOT dirty"), DAYS);
}

static char *random_question(void)
{
    static const char *const groupings[] = {"",
                                            "group_by=channel&",
                                            "group_by=region&",
                                            "group_by=channel,region&",
                                            "group_by=country&",
                                            "group_by=region,channel&"};
    static const char *const series[] = {"",
                                         "",
                                         "interval=day&",
                                         "interval=week&",
                                         "interval=day&tz=Europe/Madrid&",
                                         "interval=hour&",
                                         "interval=month&",
                                         "interval=day&rolling=7d&",
                                         "compare=previous&"};
    int64_t midnight_us = clock_now_us() / DAY_US * DAY_US;
    int64_t from_us = midnight_us - random() % (DAYS - 1) * DAY_US;
    int64_t to_us = from_us + (1 + random() % DAYS) * DAY_US;
    if (random() % 4 == 0) /* often the same */
        from_us -= INT64_C(900000000) * (1 + random() % 3 * 30);
    return api_text("%s%sfrom=%s&to=%s&limit=%d", groupings[random() % 6], series[random() % 9], api_time(from_us),
                    api_time(to_us), next_limit());
}

/* Takes the reply apart. */
static char *numbers_of(const struct api_reply *reply)
{
    char *text;
    ck_assert_status(reply, 200);
    json_object_del(reply->json, "as_of");
    text = json_dumps(reply->json, JSON_COMPACT | JSON_SORT_KEYS);
    ck_assert_ptr_nonnull(text);
    return text;
}

/* Told from memory where it can be, read as counts, and by a process that has none in memory: equal but for the time of reading. */
static void compare(struct api *without, const char *question)
{
    char *quick = numbers_of(ask_with(NULL, question));
    char *strict = numbers_of(ask_with("Cache-Control: no-cache\r\n", question));
    char *plain =
        numbers_of(api_send(without, api.keys[SCOPE_METRICS], "GET", api_text("/v1/metrics?%s", question), NULL));
    ck_assert_str_eq(quick, plain);
    ck_assert_str_eq(strict, plain);
    free(quick);
    free(strict);
    free(plain);
}

/* As many of the questions as the counts tell: hours cut days, and windows may, too. */
static void compare_many(struct api *without, int count, int least)
{
    double before = told();
    for (int i = 0; i < count; i++)
        compare(without, random_question());
    ck_assert_double_gt(told() - before, least);
    ck_assert_double_lt(told() - before, count);
}

START_TEST(they_answer_as_without_them)
{
    struct api without;
    open_server(NULL);
    struct serve *other = open_other(&without, "HARK_CACHE_MB=0");
    srandom(SEED);
    post_days();
    api_sleep_ms(PROMISE_OTHERS_MS);
    compare_many(&without, 200, 25);
    wait_for_days();
    compare_many(&without, 300, 40);
    ask_until_told("");
    ask_until_told(api_text("from=%s&", api_time(clock_now_us() / DAY_US * DAY_US - 3 * DAY_US + DAY_US / 96 * 41)));
    /* Late ones: their day is read from its quarters until it is copied anew. */
    api_post_lines(&api, "/v1/responses",
                   api_text("{\"occurred_at\":\"%s\",\"channel\":\"c1\",\"answers\":{\"nps\":0}}\n"
                            "{\"occurred_at\":\"%s\",\"channel\":\"c9\",\"answers\":{\"csat\":1}}\n",
                            api_time(clock_now_us() - 3 * INT64_C(86400000000)),
                            api_time(clock_now_us() - 1 * INT64_C(86400000000))));
    api_sleep_ms(PROMISE_OTHERS_MS + 100);
    compare_many(&without, 200, 25);
    close_other(&without, other);
}
END_TEST

/* A day, copied or not, has as many rows: one for each value, for its answers are all of one quarter. */
START_TEST(counts_stay_within_their_memory)
{
    enum { VALUES = 200, COUNTED_DAYS = 7 };
    static const char *const groupings[] = {"channel", "region", "touchpoint", "product", "segment", "channel,region"};
    struct buffer lines;
    double most = 0;
    open_server((const char *const[]){"HARK_CACHE_MB=1", "HARK_CACHE_AGE=10s", "HARK_CACHE_AGE_OTHERS=10s", NULL});
    int64_t now_us = clock_now_us();
    buffer_init(&lines);
    for (int i = 0; i < VALUES * COUNTED_DAYS; i++)
        buffer_format(&lines,
                      "{\"occurred_at\":\"%s\",\"channel\":\"c%d\",\"region\":\"r%d\",\"touchpoint\":\"t%d\","
                      "\"product\":\"p%d\",\"segment\":\"s%d\",\"answers\":{\"nps\":9}}\n",
                      api_time(now_us - (i / VALUES + 1) * INT64_C(86400000000)), i % VALUES, i % VALUES, i % VALUES,
                      i % VALUES, i % VALUES);
    ck_assert_status(api_post_lines(&api, "/v1/responses", lines.data), 200);
    buffer_clear(&lines);
    asker_start("group_by=channel&");
    for (int i = 0; i < 6; i++) {
        char question[40];
        snprintf(question, sizeof question, "group_by=%s&", groupings[i]);
        asker_stop();
        asker_start(question);
        ask_until_told(question);
        double bytes = api_meter(&api, "hark_cube_bytes");
        ck_assert_double_le(bytes, 1 << 19);
        most = bytes > most ? bytes : most;
    }
    asker_stop();
    ck_assert_double_gt(most, 1 << 18);
}
END_TEST

Suite *cubes_suite(void)
{
    return API_SUITE(
        "cubes", setup, teardown, new_questions_are_answered_from_counts_that_are_read_seldom,
        one_question_reads_no_counts, what_is_asked_seldom_is_read_each_time, numbers_of_one_moment_say_which,
        what_is_not_asked_for_any_more_takes_no_memory, without_memory_or_time_for_them_there_are_none,
        who_posts_and_then_asks_something_new_now_and_then_finds_it,
        an_acknowledged_answer_is_in_every_new_reply_a_quarter_of_a_second_later,
        questions_that_are_told_wait_for_no_session,
        counts_that_can_not_be_read_again_are_not_told_when_they_are_too_old, no_cache_holds_every_acknowledged_answer,
        an_answer_of_another_process_counts_a_second_later, a_kept_reply_and_counts_in_memory_do_not_add_their_ages,
        projects_have_counts_of_their_own, they_answer_as_without_them, counts_stay_within_their_memory);
}
