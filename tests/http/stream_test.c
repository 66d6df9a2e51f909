/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/clock.h"
#include "http/stream.h"
#include "support/runner.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* GET /v1/metrics/stream over raw sockets. */

static struct api api;
static struct api other; /* of another organization */

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
    api_open(&other, serve_shared(), NULL);
}

static void teardown(void)
{
    api_close(&other);
    api_close(&api);
}

/* --- a reader ---------------------------------------------------------------------------------------------------------- */

struct reader {
    struct http_client client;
    char *text; /* all that came and was not looked at yet, chunks and all */
    size_t size;
    bool has_ended;
};

enum { READER_SIZE = 1 << 20, PROMPT_MS = 1000, BEAT_MS = 5000, PATIENCE_MS = 20000 };

static void reader_send(struct reader *reader, const char *address, const char *key, const char *query)
{
    char path[512];
    char headers[160];
    snprintf(path, sizeof path, "/v1/metrics/stream%s", query);
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", key);
    reader->text = malloc(READER_SIZE + 1);
    reader->size = 0;
    reader->has_ended = false;
    ck_assert_ptr_nonnull(reader->text);
    ck_assert(http_client_connect(&reader->client, address));
    ck_assert(http_client_send(&reader->client, "GET", path, headers, NULL, 0));
}

static void reader_close(struct reader *reader)
{
    http_client_close(&reader->client);
    free(reader->text);
}

static void reader_read(struct reader *reader, int64_t until_us)
{
    struct pollfd event = {.fd = reader->client.fd, .events = POLLIN};
    int64_t left_us = until_us - clock_monotonic_us();
    if (left_us <= 0 || poll(&event, 1, (int)(left_us / 1000) + 1) <= 0)
        return;
    ssize_t size = recv(reader->client.fd, reader->text + reader->size, READER_SIZE - reader->size, 0);
    reader->has_ended = size <= 0;
    reader->size += size > 0 ? (size_t)size : 0;
}

/* Takes all up to the end of what is looked for. How many ms it took; -1: it did not come. */
static int reader_find(struct reader *reader, const char *wanted, int ms)
{
    int64_t from_us = clock_monotonic_us();
    char *found;
    for (;;) {
        reader->text[reader->size] = '\0';
        found = strstr(reader->text, wanted);
        if (found != NULL || reader->has_ended || clock_monotonic_us() >= from_us + ms * INT64_C(1000))
            break;
        reader_read(reader, from_us + ms * INT64_C(1000));
    }
    if (found == NULL)
        return -1;
    size_t taken = (size_t)(found - reader->text) + strlen(wanted);
    memmove(reader->text, reader->text + taken, reader->size - taken + 1);
    reader->size -= taken;
    return (int)((clock_monotonic_us() - from_us) / 1000);
}

/* The stream, past its first event. */
static void reader_open(struct reader *reader, const char *address, const char *key, const char *query)
{
    reader_send(reader, address, key, query);
    ck_assert_int_ge(reader_find(reader, "HTTP/1.1 200 OK", PATIENCE_MS), 0);
    ck_assert_int_ge(reader_find(reader, "event: metrics\n", PATIENCE_MS), 0);
    ck_assert_int_ge(reader_find(reader, "\n\n", PATIENCE_MS), 0);
}

static bool reader_ends(struct reader *reader, int ms)
{
    int64_t until_us = clock_monotonic_us() + ms * INT64_C(1000);
    while (!reader->has_ended && clock_monotonic_us() < until_us) {
        reader->size = 0;
        reader_read(reader, until_us);
    }
    return reader->has_ended;
}

static void post_nps(struct api *to, const char *channel)
{
    const struct api_reply *reply =
        api_post(to, "/v1/responses", api_text("{\"channel\":\"%s\",\"answers\":{\"nps\":9}}", channel));
    ck_assert_status(reply, 201);
}

/* --- what is told ------------------------------------------------------------------------------------------------------ */

START_TEST(a_stream_begins_with_the_numbers)
{
    struct reader reader;
    post_nps(&api, "web");
    reader_send(&reader, api.address, api.keys[SCOPE_METRICS], "?metric=nps&group_by=channel");
    ck_assert_int_ge(reader_find(&reader, "Content-Type: text/event-stream\r\n", PATIENCE_MS), 0);
    ck_assert_int_ge(reader_find(&reader, "event: metrics\n", PATIENCE_MS), 0);
    ck_assert_int_ge(reader_find(&reader, "id: \"", PATIENCE_MS), 0);
    ck_assert_int_ge(reader_find(&reader, "data: ", PATIENCE_MS), 0);
    ck_assert_int_ge(reader_find(&reader, "\n\n", PATIENCE_MS), 0);
    reader_close(&reader);

    /* The data is the body of GET /v1/metrics, all in one line. */
    reader_send(&reader, api.address, api.keys[SCOPE_METRICS], "?metric=nps&group_by=channel");
    ck_assert_int_ge(reader_find(&reader, "data: ", PATIENCE_MS), 0);
    while (strstr(reader.text, "\n\n") == NULL)
        reader_read(&reader, clock_monotonic_us() + PATIENCE_MS * INT64_C(1000));
    *strstr(reader.text, "\n\n") = '\0';
    json_t *told = json_loads(reader.text, 0, NULL);
    json_t *asked = json_deep_copy(api_get(&api, "/v1/metrics?metric=nps&group_by=channel")->json);
    ck_assert_ptr_nonnull(told);
    json_object_del(told, "as_of");
    json_object_del(asked, "as_of");
    ck_assert(json_equal(told, asked));
    json_decref(told);
    json_decref(asked);
    reader_close(&reader);
}
END_TEST

START_TEST(an_answer_is_told_within_a_second)
{
    struct reader reader;
    reader_open(&reader, api.address, api.keys[SCOPE_METRICS], "?metric=nps");
    for (int n = 1; n <= 3; n++) {
        post_nps(&api, "web");
        int ms = reader_find(&reader, api_text("\"total\":{\"nps\":{\"n\":%d,", n), PROMPT_MS);
        ck_assert_msg(ms >= 0, "answer %d was not told", n);
    }
    reader_close(&reader);
}
END_TEST

START_TEST(a_change_of_an_answer_is_told)
{
    struct reader reader;
    const struct api_reply *reply = api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}");
    const char *id = api_string(reply, "id");
    reader_open(&reader, api.address, api.keys[SCOPE_METRICS], "?metric=nps");
    ck_assert_status(api_patch(&api, id, "{\"answers\":{\"nps\":2}}"), 200);
    ck_assert_int_ge(reader_find(&reader, "\"value\":-100,", PROMPT_MS), 0);
    reader_close(&reader);
}
END_TEST

/* What is equal to what was told is not told again; a comment shows that the stream lives. */
START_TEST(numbers_that_stay_the_same_are_not_told)
{
    struct reader reader;
    reader_open(&reader, api.address, api.keys[SCOPE_METRICS], "?metric=nps&channel=app");
    post_nps(&api, "web");
    ck_assert_int_ge(reader_find(&reader, ":\n\n", BEAT_MS), 0);
    ck_assert_int_ge(reader_find(&reader, ":\n\n", BEAT_MS), 0);
    ck_assert_ptr_null(strstr(reader.text, "event:"));
    post_nps(&api, "app");
    ck_assert_int_ge(reader_find(&reader, "\"total\":{\"nps\":{\"n\":1,", PROMPT_MS), 0);
    reader_close(&reader);
}
END_TEST

START_TEST(a_tenant_hears_of_its_own_answers_only)
{
    struct reader reader;
    struct reader theirs;
    reader_open(&reader, api.address, api.keys[SCOPE_METRICS], "?metric=nps");
    reader_open(&theirs, other.address, other.keys[SCOPE_METRICS], "?metric=nps");
    for (int i = 0; i < 3; i++)
        post_nps(&other, "web");
    ck_assert_int_ge(reader_find(&theirs, "\"total\":{\"nps\":{\"n\":3,", PROMPT_MS), 0);
    ck_assert_int_eq(reader_find(&reader, "event:", PROMPT_MS), -1);
    post_nps(&api, "web");
    ck_assert_int_ge(reader_find(&reader, "\"total\":{\"nps\":{\"n\":1,", PROMPT_MS), 0);
    reader_close(&reader);
    reader_close(&theirs);
}
END_TEST

START_TEST(a_key_of_an_organization_hears_of_all_its_projects)
{
    struct api sister;
    struct reader reader;
    char key[KEY_TEXT_SIZE];
    api_open(&sister, serve_shared(), api.organization);
    api_key_new(&api, NULL, SCOPE_METRICS, key);
    reader_open(&reader, api.address, key, "?metric=nps&group_by=project");
    post_nps(&api, "web");
    ck_assert_int_ge(reader_find(&reader, "\"total\":{\"nps\":{\"n\":1,", PROMPT_MS), 0);
    post_nps(&sister, "web");
    ck_assert_int_ge(reader_find(&reader, "\"total\":{\"nps\":{\"n\":2,", PROMPT_MS), 0);
    reader_close(&reader);
    api_close(&sister);
}
END_TEST

static void check_hidden(const char *key, const char *count)
{
    struct reader reader;
    reader_send(&reader, api.address, key, "?metric=nps");
    ck_assert_int_ge(reader_find(&reader, "\"total\":{\"nps\":{\"n\":1,", PATIENCE_MS), 0);
    ck_assert_int_ge(reader_find(&reader, count, PATIENCE_MS), 0);
    reader_close(&reader);
}

/* The command is another process: its setting reaches the server a moment later. */
static void wait_until_hidden(const char *key)
{
    int64_t until_us = clock_monotonic_us() + PATIENCE_MS * INT64_C(1000);
    while (clock_monotonic_us() < until_us) {
        const struct api_reply *reply =
            api_send_with(&api, key, "GET", "/v1/metrics?metric=nps", "Cache-Control: no-cache\r\n", NULL, 0);
        ck_assert_status(reply, 200);
        if (api_is_null(reply, "total.nps.promoters"))
            return;
        usleep(20000);
    }
    ck_abort_msg("small numbers are not hidden");
}

/* Two keys that see different things never share what is told. */
START_TEST(what_is_hidden_from_a_key_is_hidden_in_its_stream)
{
    struct hark_result result =
        serve_command(serve_shared(), HARK_WORDS("project", "set", api.project, "--publish-min-n", "5"));
    ck_assert_int_eq(result.status, 0);
    hark_result_clear(&result);
    post_nps(&api, "web");
    wait_until_hidden(api.keys[SCOPE_METRICS]);
    check_hidden(api.keys[SCOPE_READ], "\"promoters\":1,");
    check_hidden(api.keys[SCOPE_METRICS], "\"promoters\":null,");
    check_hidden(api.keys[SCOPE_READ], "\"promoters\":1,");
}
END_TEST

/* A heartbeat: nothing of what came before is still to be told, nor will it be asked for once more. */
static void wait_until_quiet(struct reader *reader)
{
    ck_assert_int_ge(reader_find(reader, "\n:\n\n", BEAT_MS), 0);
}

static void command(const char *const *words)
{
    struct hark_result result = serve_command(serve_shared(), words);
    ck_assert_msg(result.status == 0, "%s", result.errors);
    hark_result_clear(&result);
}

START_TEST(a_number_that_is_hidden_from_now_on_is_hidden_in_open_streams)
{
    struct reader reader;
    struct reader others;
    post_nps(&api, "web");
    reader_open(&reader, api.address, api.keys[SCOPE_METRICS], "?metric=nps");
    reader_open(&others, api.address, api.keys[SCOPE_READ], "?metric=nps");
    wait_until_quiet(&reader);
    command(HARK_WORDS("project", "set", api.project, "--publish-min-n", "5"));
    ck_assert_int_ge(reader_find(&reader, "\"promoters\":null,", 2 * PROMPT_MS), 0);
    /* Who may see it is told nothing new. */
    ck_assert_int_eq(reader_find(&others, "event:", PROMPT_MS), -1);
    command(HARK_WORDS("project", "set", api.project, "--publish-min-n", "1"));
    ck_assert_int_ge(reader_find(&reader, "\"promoters\":1,", 2 * PROMPT_MS), 0);
    reader_close(&others);
    reader_close(&reader);
}
END_TEST

START_TEST(a_key_of_an_organization_hears_of_a_setting_of_one_project)
{
    struct api sister;
    struct reader reader;
    char key[KEY_TEXT_SIZE];
    api_open(&sister, serve_shared(), api.organization);
    api_key_new(&api, NULL, SCOPE_METRICS, key);
    post_nps(&api, "web");
    reader_open(&reader, api.address, key, "?metric=nps");
    wait_until_quiet(&reader);
    command(HARK_WORDS("project", "set", sister.project, "--publish-min-n", "5"));
    ck_assert_int_ge(reader_find(&reader, "\"promoters\":null,", 2 * PROMPT_MS), 0);
    reader_close(&reader);
    api_close(&sister);
}
END_TEST

static void put_stars(int max)
{
    const char *body =
        api_text("{\"questions\":[{\"key\":\"stars\",\"metric\":\"rating\",\"scale\":{\"min\":1,\"max\":%d}}]}", max);
    const struct api_reply *reply = api_send(&api, api.keys[SCOPE_ADMIN], "PUT", "/v1/surveys/visit", body);
    ck_assert_int_lt(reply->status, 300);
}

START_TEST(a_survey_that_changes_is_told)
{
    struct reader reader;
    put_stars(5);
    reader_open(&reader, api.address, api.keys[SCOPE_METRICS], "?metric=stars");
    wait_until_quiet(&reader);
    put_stars(10);
    ck_assert_int_ge(reader_find(&reader, "\"definition\":\"rating_1_10_mean\"", 2 * PROMPT_MS), 0);
    reader_close(&reader);
}
END_TEST

START_TEST(an_answer_that_another_process_stored_is_told)
{
    const char *settings[] = {api_text("HARK_DATABASE_URL=%s", api.url), NULL};
    struct serve *second = serve_start(&(struct serve_options){.settings = settings});
    struct api there = api;
    struct reader reader;
    there.address = serve_address(second);
    there.replies = NULL;
    reader_open(&reader, api.address, api.keys[SCOPE_METRICS], "?metric=nps");
    post_nps(&there, "web");
    int ms = reader_find(&reader, "\"total\":{\"nps\":{\"n\":1,", 2 * PROMPT_MS);
    ck_assert_int_ge(ms, 0);
    reader_close(&reader);
    there.connection = NULL; /* the other one's own */
    api_close(&there);
    ck_assert_int_eq(serve_stop(second), 0);
}
END_TEST

/* --- refusals ---------------------------------------------------------------------------------------------------------- */

/* HEAD, GET: as a reply that ends. */
static const struct api_reply *ask(const char *key, const char *method, const char *query)
{
    return api_send(&api, key, method, api_text("/v1/metrics/stream%s", query), NULL);
}

START_TEST(a_question_that_is_wrong_is_refused_as_one_to_metrics_is)
{
    const struct api_reply *reply = ask(api.keys[SCOPE_READ], "GET", "?limit=0&from=2026-11-22T10:07:00Z&x=1");
    ck_assert_status(reply, 422);
    ck_assert_int_ge(api_fault(reply, "limit"), 0);
    ck_assert_int_ge(api_fault(reply, "from"), 0);
    ck_assert_int_ge(api_fault(reply, "x"), 0);
    /* What only its handler finds. */
    reply = ask(api.keys[SCOPE_READ], "GET", "?metric=mood");
    ck_assert_status(reply, 422);
    ck_assert_int_ge(api_fault(reply, "metric"), 0);
    ck_assert_str_eq(api_string(reply, "instance"), "/v1/metrics/stream");
}
END_TEST

START_TEST(a_stream_needs_a_key_that_reads_numbers)
{
    ck_assert_status(ask(NULL, "GET", ""), 401);
    ck_assert_status(ask("hk_live_none", "GET", ""), 401);
    ck_assert_status(ask(api.keys[SCOPE_WRITE], "GET", ""), 403);
    ck_assert_status(ask(api.keys[SCOPE_METRICS], "HEAD", ""), 200);
    ck_assert_status(ask(api.keys[SCOPE_METRICS], "POST", ""), 405);
}
END_TEST

START_TEST(the_stream_of_a_revoked_key_ends)
{
    struct reader reader;
    char key[KEY_TEXT_SIZE];
    api_key_new(&api, api.project, SCOPE_METRICS, key);
    reader_open(&reader, api.address, key, "?metric=nps");
    struct hark_result result = serve_command(
        serve_shared(),
        HARK_WORDS("key", "revoke", api_text("%lld", (long long)api_ask(&api, "SELECT max(id) FROM key"))));
    ck_assert_int_eq(result.status, 0);
    hark_result_clear(&result);
    ck_assert_int_ge(reader_find(&reader, "event: problem\ndata: {\"type\":\"/problems/unauthorized\"", 3 * PROMPT_MS),
                     0);
    ck_assert_int_ge(reader_find(&reader, "\r\n0\r\n\r\n", PROMPT_MS), 0);
    reader_close(&reader);
    ck_assert_status(ask(key, "GET", ""), 401);
}
END_TEST

START_TEST(the_stream_of_an_expired_key_ends)
{
    struct reader reader;
    char key[KEY_TEXT_SIZE];
    api_key_new(&api, api.project, SCOPE_METRICS, key);
    reader_open(&reader, api.address, key, "?metric=nps");
    wait_until_quiet(&reader);
    command(HARK_WORDS("key", "rotate", api_text("%lld", (long long)api_ask(&api, "SELECT max(id) FROM key")),
                       "--overlap", "1s"));
    ck_assert_int_ge(reader_find(&reader, "event: problem\ndata: {\"type\":\"/problems/unauthorized\"", 4 * PROMPT_MS),
                     0);
    ck_assert_int_ge(reader_find(&reader, "\r\n0\r\n\r\n", PROMPT_MS), 0);
    reader_close(&reader);
}
END_TEST

/* --- many -------------------------------------------------------------------------------------------------------------- */

static double scrape(const char *address, const char *name)
{
    struct http_reply reply = http_client_fetch(address, "GET", "/metrics", NULL, NULL);
    char line[128];
    snprintf(line, sizeof line, "\n%s ", name);
    const char *found = strstr(reply.body, line);
    ck_assert_ptr_nonnull(found);
    double value = strtod(found + strlen(line), NULL);
    http_reply_clear(&reply);
    return value;
}

static bool has_streams(const char *address, double count, int ms)
{
    int64_t until_us = clock_monotonic_us() + ms * INT64_C(1000);
    while (scrape(address, "hark_streams") != count) {
        if (clock_monotonic_us() > until_us)
            return false;
        usleep(20000);
    }
    return true;
}

START_TEST(streams_beyond_the_limit_are_refused_until_one_is_closed)
{
    const char *settings[] = {"HARK_MAX_STREAMS=2", NULL};
    struct serve *serve = serve_start(&(struct serve_options){.settings = settings});
    const char *key = serve_key(serve, SCOPE_METRICS);
    struct reader readers[3];
    reader_open(&readers[0], serve_address(serve), key, "");
    reader_open(&readers[1], serve_address(serve), key, "?metric=nps");
    reader_send(&readers[2], serve_address(serve), key, "");
    ck_assert_int_ge(reader_find(&readers[2], "HTTP/1.1 503 ", PATIENCE_MS), 0);
    ck_assert_int_ge(reader_find(&readers[2], "Retry-After: 5\r\n", PATIENCE_MS), 0);
    ck_assert_int_ge(reader_find(&readers[2], "/problems/busy", PATIENCE_MS), 0);
    reader_close(&readers[2]);
    /* Numbers are read all the same. */
    struct http_reply reply =
        http_client_fetch(serve_address(serve), "GET", "/v1/metrics", serve_authorization(serve, SCOPE_METRICS), NULL);
    ck_assert_int_eq(reply.status, 200);
    http_reply_clear(&reply);
    reader_close(&readers[0]);
    ck_assert(has_streams(serve_address(serve), 1, PROMPT_MS));
    reader_open(&readers[0], serve_address(serve), key, "");
    reader_close(&readers[0]);
    reader_close(&readers[1]);
    ck_assert_int_eq(serve_stop(serve), 0);
}
END_TEST

START_TEST(streams_that_ask_the_same_share_one_inquiry)
{
    enum { READERS = 300 }; /* more than are woken at a time */
    struct serve *serve = serve_start(NULL);
    const char *address = serve_address(serve);
    const char *key = serve_key(serve, SCOPE_METRICS);
    struct reader readers[READERS];
    for (int i = 0; i < READERS; i++)
        reader_open(&readers[i], address, key, "?metric=nps&group_by=channel");
    double before = scrape(address, "hark_stream_inquiries_total");
    ck_assert_double_eq(scrape(address, "hark_stream_events_total"), 1);
    struct http_reply reply =
        http_client_fetch(address, "POST", "/v1/responses",
                          api_text("%sContent-Type: application/json\r\n", serve_authorization(serve, SCOPE_WRITE)),
                          "{\"answers\":{\"nps\":9}}");
    ck_assert_int_eq(reply.status, 201);
    http_reply_clear(&reply);
    for (int i = 0; i < READERS; i++) {
        ck_assert_int_ge(reader_find(&readers[i], "\"total\":{\"nps\":{\"n\":1,", PROMPT_MS), 0);
        reader_close(&readers[i]);
    }
    /* One for the answer; the look at the database, and its second look, may add one each. */
    ck_assert_double_le(scrape(address, "hark_stream_inquiries_total") - before, 4);
    ck_assert_double_eq(scrape(address, "hark_stream_events_total"), 2);
    ck_assert(has_streams(address, 0, PROMPT_MS));
    ck_assert_int_eq(serve_stop(serve), 0);
}
END_TEST

/* Whether a second answer that is stored right after the first one was told is told too, though its time is an hour earlier: its
 * batch had begun before one that was seen already. */
static bool hears_of_late(struct reader *reader, const char *address, int n)
{
    double before;
    post_nps(&api, "web");
    ck_assert_int_ge(reader_find(reader, api_text("\"total\":{\"nps\":{\"n\":%d,", n), 2 * PROMPT_MS), 0);
    do {
        before = scrape(address, "hark_stream_inquiries_total");
        usleep(600000); /* one look, at least */
    } while (scrape(address, "hark_stream_inquiries_total") != before);
    post_nps(&api, "web");
    api_execute(&api, "UPDATE response SET updated_at = updated_at - interval '1 hour' WHERE project_id = %1$d AND"
                      " updated_at = (SELECT max(updated_at) FROM response WHERE project_id = %1$d)");
    return reader_find(reader, api_text("\"total\":{\"nps\":{\"n\":%d,", n + 1), 4 * PROMPT_MS) >= 0;
}

/* On a machine that stood still for a second meanwhile it would be told with the next one only. */
START_TEST(an_answer_that_was_stored_late_is_told)
{
    const char *settings[] = {api_text("HARK_DATABASE_URL=%s", api.url), NULL};
    struct serve *second = serve_start(&(struct serve_options){.settings = settings});
    struct reader reader;
    bool has_heard = false;
    reader_open(&reader, serve_address(second), api.keys[SCOPE_METRICS], "?metric=nps");
    for (int n = 1; !has_heard && n <= 5; n += 2)
        has_heard = hears_of_late(&reader, serve_address(second), n);
    ck_assert(has_heard);
    reader_close(&reader);
    ck_assert_int_eq(serve_stop(second), 0);
}
END_TEST

/* --- endings ----------------------------------------------------------------------------------------------------------- */

START_TEST(a_stopping_server_ends_its_streams_first)
{
    struct serve *serve = serve_start(NULL);
    struct reader readers[2];
    reader_open(&readers[0], serve_address(serve), serve_key(serve, SCOPE_METRICS), "?metric=nps");
    reader_open(&readers[1], serve_address(serve), serve_key(serve, SCOPE_METRICS), "?metric=csat");
    int64_t from_us = clock_monotonic_us();
    kill(serve_process(serve), SIGTERM);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_ge(reader_find(&readers[i], "retry: 1000\nevent: end\n", PROMPT_MS), 0);
        ck_assert_int_ge(reader_find(&readers[i], "\r\n0\r\n\r\n", PROMPT_MS), 0); /* whole: no cut chunk */
        ck_assert(reader_ends(&readers[i], BEAT_MS));
        reader_close(&readers[i]);
    }
    ck_assert_int_eq(serve_wait(serve), 0);
    ck_assert_int_lt((clock_monotonic_us() - from_us) / 1000, 10000); /* HARK_DRAIN_TIMEOUT is 20 s */
}
END_TEST

/* Half of the events are some 100 KB: beyond what the kernel takes for a client that reads nothing. */
START_TEST(a_client_that_reads_nothing_is_cut)
{
    enum { CHANNELS = 400, LINE = 80 };
    struct serve *serve = serve_start(NULL);
    struct reader reader;
    char *lines = calloc(CHANNELS, LINE);
    ck_assert_ptr_nonnull(lines);
    for (int i = 0; i < CHANNELS; i++)
        snprintf(lines + strlen(lines), LINE, "{\"channel\":\"channel-%d\",\"answers\":{\"nps\":9,\"csat\":5}}\n", i);
    const char *headers = api_text("%sContent-Type: application/x-ndjson\r\n", serve_authorization(serve, SCOPE_WRITE));
    reader_send(&reader, serve_address(serve), serve_key(serve, SCOPE_METRICS), "?group_by=channel");
    ck_assert_int_eq(setsockopt(reader.client.fd, SOL_SOCKET, SO_RCVBUF, &(int){4096}, sizeof(int)), 0);
    ck_assert(has_streams(serve_address(serve), 1, PROMPT_MS));
    int64_t until_us = clock_monotonic_us() + 30 * INT64_C(1000000);
    while (scrape(serve_address(serve), "hark_streams") == 1 && clock_monotonic_us() < until_us) {
        struct http_reply reply = http_client_fetch(serve_address(serve), "POST", "/v1/responses", headers, lines);
        ck_assert_int_eq(reply.status, 200);
        http_reply_clear(&reply);
        usleep(300000);
    }
    ck_assert_double_eq(scrape(serve_address(serve), "hark_streams"), 0);
    reader_close(&reader);
    free(lines);
    ck_assert_int_eq(serve_stop(serve), 0);
}
END_TEST

Suite *stream_suite(void)
{
    return API_SUITE(
        "stream", setup, teardown, a_stream_begins_with_the_numbers, an_answer_is_told_within_a_second,
        a_change_of_an_answer_is_told, numbers_that_stay_the_same_are_not_told, a_tenant_hears_of_its_own_answers_only,
        a_key_of_an_organization_hears_of_all_its_projects, what_is_hidden_from_a_key_is_hidden_in_its_stream,
        a_number_that_is_hidden_from_now_on_is_hidden_in_open_streams,
        a_key_of_an_organization_hears_of_a_setting_of_one_project, a_survey_that_changes_is_told,
        an_answer_that_was_stored_late_is_told, an_answer_that_another_process_stored_is_told,
        a_question_that_is_wrong_is_refused_as_one_to_metrics_is, a_stream_needs_a_key_that_reads_numbers,
        the_stream_of_a_revoked_key_ends, the_stream_of_an_expired_key_ends,
        streams_beyond_the_limit_are_refused_until_one_is_closed, streams_that_ask_the_same_share_one_inquiry,
        a_stopping_server_ends_its_streams_first, a_client_that_reads_nothing_is_cut);
}
