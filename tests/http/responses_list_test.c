/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/timestamp.h"
#include "support/runner.h"
#include "swarm.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* GET /v1/responses. */

enum { IDS_MAX = 32768 };

static struct api api;

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
}

static void teardown(void)
{
    api_close(&api);
}

/* --- filters ---------------------------------------------------------------------------------------------------------- */

/* One letter each: it is the interaction_id too, but for j. */
static const char *const rows[] = {
    "{\"interaction_id\":\"a\",\"occurred_at\":\"2026-01-01T10:00:00Z\",\"channel\":\"web\",\"region\":\"ES-CT\","
    "\"answers\":{\"nps\":10},\"comment\":\"The Quick brown fox\",\"customer_id\":\"c1\"}",
    "{\"interaction_id\":\"b\",\"occurred_at\":\"2026-01-01T11:00:00Z\",\"channel\":\"web\",\"region\":\"es-md\","
    "\"answers\":{\"nps\":9},\"comment\":\"slow fox\",\"customer_id\":\"c1\"}",
    "{\"interaction_id\":\"c\",\"occurred_at\":\"2026-01-01T12:00:00Z\",\"channel\":\"email\",\"region\":\"FR\","
    "\"answers\":{\"nps\":8},\"survey\":\"s1\"}",
    "{\"interaction_id\":\"d\",\"occurred_at\":\"2026-01-01T13:00:00Z\",\"channel\":\"sms\",\"touchpoint\":\"t1\","
    "\"answers\":{\"nps\":7,\"csat\":1},\"comment\":\"100% \\\\ fine_\"}",
    "{\"interaction_id\":\"e\",\"occurred_at\":\"2026-01-01T14:00:00Z\",\"product\":\"p1\",\"answers\":{\"nps\":6}}",
    "{\"interaction_id\":\"f\",\"occurred_at\":\"2026-01-01T15:00:00Z\",\"segment\":\"m&m=1\",\"answers\":{\"nps\":0}}",
    "{\"interaction_id\":\"g\",\"occurred_at\":\"2026-01-01T16:00:00Z\",\"dimensions\":{\"release\":\"4.1\"},"
    "\"answers\":{\"csat\":5}}",
    "{\"interaction_id\":\"h\",\"occurred_at\":\"2026-01-01T17:00:00Z\",\"dimensions\":{\"store\":\"x\"},"
    "\"answers\":{\"ces\":5},\"comment\":\"\\u00c9COLE fox\"}",
};
enum { ROWS = sizeof rows / sizeof *rows };

/* The letters of what a query finds, newest first. */
static void check_found(const char *query, const char *letters)
{
    char found[40] = "";
    const struct api_reply *reply = api_get(&api, api_text("/v1/responses?%s", query));
    ck_assert_status(reply, 200);
    for (size_t i = 0; i < api_size(reply, "data"); i++)
        strncat(found, api_string(reply, api_text("data.%zu.interaction_id", i)), 1);
    ck_assert_msg(strcmp(found, letters) == 0, "%s: found %s, not %s", query, found, letters);
    ck_assert_msg(api_is_null(reply, "next"), "%s: %s", query, reply->http.body);
}

static void post_rows(void)
{
    for (size_t i = 0; i < ROWS; i++)
        ck_assert_status(api_post(&api, "/v1/responses", rows[i]), 201);
}

START_TEST(each_filter_finds_its_rows)
{
    static const struct {
        const char *query;
        const char *letters;
    } cases[] = {
        {"", "hgfedcba"},
        {"channel=web", "ba"},
        {"channel=web&channel=email", "cba"},
        {"channel=", "hgfe"},
        {"channel=&channel=sms", "hgfed"},
        {"channel=WEB", ""},
        {"channel=nowhere", ""},
        {"channel=nowhere&channel=sms", "d"},
        {"region=ES-CT", "a"},
        {"region=es-md", "b"},
        {"country=ES", "ba"},
        {"country=es&country=FR", "cba"},
        {"country=", "hgfed"},
        {"country=ES&channel=web&region=ES-CT", "a"},
        {"survey=s1", "c"},
        {"touchpoint=t1", "d"},
        {"product=p1", "e"},
        {"segment=m%26m%3D1", "f"},
        {"release=4.1", "g"},
        {"store=x", "h"},
        {"release=&store=", "fedcba"},
        {"customer_id=c1", "ba"},
        {"customer_id=c2", ""},
        {"interaction_id=d", "d"},
        {"band=promoter", "ba"},
        {"band=passive", "dc"},
        {"band=detractor", "fe"},
        {"has_comment=true", "hdba"},
        {"has_comment=false", "gfec"},
        {"q=fox", "hba"},
        {"q=FOX%20quick", "a"},
        {"q=fox+quick", "a"},
        {"q=uick", "a"},
        {"q=100%25", "d"},
        {"q=%25", "d"},
        {"q=_", "d"},
        {"q=%5C", "d"},
        {"q=fox%20none", ""},
        {"q=%C3%A9cole", "h"},
        {"from=2026-01-01T13:00:00Z", "hgfed"},
        {"to=2026-01-01T13:00:00Z", "cba"},
        {"from=2026-01-01T12:00:00%2B01:00&to=2026-01-01T13:00:00%2B01:00", "b"},
        {"excluded=false", "hgfedcba"},
        {"excluded=true", ""},
        {"test=false", "hgfedcba"},
        {"test=true", ""},
        {"band=promoter&has_comment=true&q=fox&channel=web&customer_id=c1&from=2026-01-01T10:30:00Z", "b"},
    };
    post_rows();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_found(cases[i].query, cases[i].letters);
}
END_TEST

START_TEST(excluded_and_test_answers_are_found_when_asked_for)
{
    post_rows();
    ck_assert_status(
        api_send(&api, api.test_key, "POST", "/v1/responses", "{\"interaction_id\":\"t\",\"answers\":{\"nps\":9}}"),
        201);
    check_found("test=true", "t");
    const struct api_reply *reply = api_get(&api, "/v1/responses?interaction_id=c");
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "PATCH",
                              api_text("/v1/responses/%s", api_string(reply, "data.0.id")), "{\"excluded\":true}"),
                     200);
    check_found("excluded=true", "c");
    check_found("excluded=false&test=false", "hgfedba");
    check_found("", "thgfedcba");
}
END_TEST

/* --- pages ------------------------------------------------------------------------------------------------------------ */

/* Ids that were seen; each must come once. */
struct seen {
    struct id ids[IDS_MAX];
    size_t count;
};

static int by_id(const void *a, const void *b)
{
    return id_compare(a, b);
}

static void see(struct seen *seen, const char *text)
{
    ck_assert_uint_lt(seen->count, IDS_MAX);
    ck_assert(id_parse(text, strlen(text), &seen->ids[seen->count++]));
}

static size_t count_distinct(struct seen *seen)
{
    size_t distinct = seen->count > 0;
    qsort(seen->ids, seen->count, sizeof *seen->ids, by_id);
    for (size_t i = 1; i < seen->count; i++)
        distinct += id_compare(&seen->ids[i - 1], &seen->ids[i]) != 0;
    return distinct;
}

static bool has_seen(const struct seen *seen, const struct id *id)
{
    return bsearch(id, seen->ids, seen->count, sizeof *seen->ids, by_id) != NULL;
}

/* One page into seen; the address of the next, or NULL. */
static const char *take_page(const char *path, struct seen *seen, size_t limit)
{
    const struct api_reply *reply = api_get(&api, path);
    char link[600];
    json_t *row;
    size_t i;
    ck_assert_status(reply, 200);
    ck_assert_uint_le(api_size(reply, "data"), limit);
    json_array_foreach(api_at(reply, "data"), i, row) see(seen, json_string_value(json_object_get(row, "id")));
    http_reply_header(&reply->http, "Link", link, sizeof link);
    if (api_is_null(reply, "next")) {
        ck_assert_str_eq(link, "");
        return NULL;
    }
    ck_assert_str_eq(link, api_text("<%s>; rel=\"next\"", api_string(reply, "next")));
    return api_string(reply, "next");
}

static size_t walk(const char *path, struct seen *seen, size_t limit)
{
    size_t pages = 0;
    for (; path != NULL; pages++)
        path = take_page(path, seen, limit);
    return pages;
}

/* So many rows in one array, at one of three moments. */
static void post_many(size_t count, struct seen *posted)
{
    char *body = malloc(count * 160 + 3);
    size_t size = 0;
    ck_assert_ptr_nonnull(body);
    for (size_t i = 0; i < count; i++) {
        const char *id = api_id();
        see(posted, id);
        size += (size_t)sprintf(body + size,
                                "%c{\"id\":\"%s\",\"occurred_at\":\"2026-01-0%zuT00:00:00Z\",\"answers\":{\"nps\":9}}",
                                i == 0 ? '[' : ',', id, i % 3 + 1);
    }
    memcpy(body + size, "]", 2);
    const struct api_reply *reply = api_post(&api, "/v1/responses", body);
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "accepted"), (int)count);
    free(body);
}

static const char *make_new(void *context, size_t i, char *buffer, size_t capacity)
{
    (void)context;
    snprintf(buffer, capacity, "{\"occurred_at\":\"2026-01-0%zuT00:00:00Z\",\"answers\":{\"nps\":1}}", i % 5 + 1);
    return buffer;
}

START_TEST(pages_hold_each_row_once_while_new_ones_arrive)
{
    static struct seen posted;
    static struct seen walked;
    post_many(331, &posted);
    struct swarm swarm = {.address = api.address,
                          .key = api.keys[SCOPE_WRITE],
                          .connections = 4,
                          .count = 3000,
                          .path = "/v1/responses",
                          .make = make_new};
    swarm_start(&swarm);
    walk("/v1/responses?limit=10", &walked, 10);
    atomic_store(&swarm.stops, true);
    swarm_join(&swarm);
    ck_assert_uint_eq(count_distinct(&walked), walked.count);
    for (size_t i = 0; i < posted.count; i++)
        ck_assert_msg(has_seen(&walked, &posted.ids[i]), "a row is on no page");
}
END_TEST

START_TEST(page_ends_where_the_limit_says)
{
    static struct seen posted;
    static struct seen walked;
    post_many(1000, &posted);
    ck_assert_uint_le(walk("/v1/responses?limit=1000", &walked, 1000), 2);
    ck_assert_uint_eq(walked.count, 1000);
    walked.count = 0;
    walk("/v1/responses", &walked, 100); /* by default */
    ck_assert_uint_eq(count_distinct(&walked), 1000);
    walked.count = 0;
    ck_assert_uint_ge(walk("/v1/responses?limit=499", &walked, 499), 3);
    ck_assert_uint_eq(count_distinct(&walked), 1000);
}
END_TEST

START_TEST(rows_come_newest_first)
{
    static struct seen posted;
    char before[64] = "9999";
    post_many(60, &posted);
    const struct api_reply *reply = api_get(&api, "/v1/responses?limit=60");
    for (size_t i = 0; i < 60; i++) {
        const char *time = api_string(reply, api_text("data.%zu.occurred_at", i));
        ck_assert_str_le(time, before);
        snprintf(before, sizeof before, "%s", time);
    }
}
END_TEST

START_TEST(next_page_keeps_the_filters)
{
    post_rows();
    static struct seen walked;
    ck_assert_uint_ge(walk("/v1/responses?segment=m%26m%3D1&segment=&limit=3&q=fox&band=promoter", &walked, 3), 1);
    ck_assert_uint_eq(walked.count, 2);
    walked.count = 0;
    ck_assert_uint_ge(walk("/v1/responses?limit=1&country=ES&country=FR", &walked, 1), 3);
    ck_assert_uint_eq(count_distinct(&walked), 3);
}
END_TEST

/* A header of any length would not fit beside the request. */
START_TEST(next_page_of_a_long_question_is_told_in_the_body_alone)
{
    char path[2000] = "/v1/responses?limit=1&channel=web";
    char link[2000];
    post_rows();
    for (int i = 0; i < 19; i++)
        snprintf(path + strlen(path), sizeof path - strlen(path), "&channel=%050d", i);
    const struct api_reply *reply = api_get(&api, path);
    ck_assert_status(reply, 200);
    ck_assert_str_eq(http_reply_header(&reply->http, "Link", link, sizeof link), "");
    reply = api_get(&api, api_string(reply, "next"));
    ck_assert_status(reply, 200);
}
END_TEST

START_TEST(rare_rows_are_found_behind_many_others)
{
    static struct seen walked;
    ck_assert_status(api_post(&api, "/v1/responses",
                              "{\"occurred_at\":\"2025-12-01T00:00:00Z\",\"customer_id\":\"rare\","
                              "\"answers\":{\"nps\":9}}"),
                     201);
    /* More than one page may look at. */
    api_execute(&api, "INSERT INTO response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, "
                      "key_id, nps, is_test, content_hash) SELECT project_id, gen_random_uuid(), "
                      "'2026-01-01T00:00:00Z', received_at, updated_at, quarter, cell_id, key_id, 9, true, "
                      "content_hash FROM response, generate_series(1, 20500) WHERE project_id = %d");
    size_t pages = walk("/v1/responses?customer_id=rare", &walked, 100);
    ck_assert_uint_eq(walked.count, 1);
    ck_assert_uint_ge(pages, 2);
    walked.count = 0;
    for (int tries = 0; tries < 100 && walked.count == 0; tries++) { /* until it is settled */
        walk("/v1/responses?updated_since=2001-01-01T00:00:00Z&customer_id=rare", &walked, 100);
        usleep(50000);
    }
    ck_assert_uint_eq(walked.count, 1);
}
END_TEST

/* Whoever makes a cursor up gets a place in their own list, or a 422. */
START_TEST(cursor_that_this_list_did_not_give_out_is_refused)
{
    static const char *const cursors[] = {"x", "AAAA", "%00", "_____", "cmVzcG9uc2Vz",
                                          /* updated.0.<id>, of another list */
                                          "dXBkYXRlZC4wLjAxOTJmMWM0LTdjMWItN2QzYS05ZjVlLTJiNmM4ZDRlMWYwMCAg"};
    for (size_t i = 0; i < sizeof cursors / sizeof *cursors; i++) {
        const struct api_reply *reply = api_get(&api, api_text("/v1/responses?cursor=%s", cursors[i]));
        ck_assert_msg(reply->status == 422 || reply->status == 400, "%s: %d", cursors[i], reply->status);
        ck_assert_int_eq(api_fault(reply, "cursor"), 0);
    }
}
END_TEST

START_TEST(made_up_cursor_at_the_end_of_time_does_no_harm)
{
    static const char *const cursors[] = {
        /* responses.7fffffffffffffff.<id>, responses.8000000000000000.<id>, responses.ffffffffffffffff.<id> */
        "cmVzcG9uc2VzLjdmZmZmZmZmZmZmZmZmZmYuMDE5MmYxYzQtN2MxYi03ZDNhLTlmNWUtMmI2YzhkNGUxZjAw",
        "cmVzcG9uc2VzLjgwMDAwMDAwMDAwMDAwMDAuMDE5MmYxYzQtN2MxYi03ZDNhLTlmNWUtMmI2YzhkNGUxZjAw",
        "cmVzcG9uc2VzLmZmZmZmZmZmZmZmZmZmZmYuMDE5MmYxYzQtN2MxYi03ZDNhLTlmNWUtMmI2YzhkNGUxZjAw"};
    for (size_t i = 0; i < 3; i++) {
        const struct api_reply *reply = api_get(&api, api_text("/v1/responses?cursor=%s", cursors[i]));
        ck_assert_msg(reply->status == 200 || reply->status == 422, "%s: %d %s", cursors[i], reply->status,
                      reply->http.body);
    }
}
END_TEST

/* --- following -------------------------------------------------------------------------------------------------------- */

enum { WRITES = 6000, FOLLOWED_MAX = WRITES + 10 };

/* Half of what is posted changes a row that is there. */
static struct id followed_ids[FOLLOWED_MAX];

static const char *make_followed(void *context, size_t i, char *buffer, size_t capacity)
{
    char id[ID_TEXT_SIZE];
    (void)context;
    snprintf(buffer, capacity, "{\"id\":\"%s\",\"answers\":{\"nps\":9},\"channel\":\"c%zu\"}",
             id_format(&followed_ids[i], id), i % 7);
    return buffer;
}

static void follow(struct seen *seen, char *since, size_t capacity)
{
    const char *path = api_text("/v1/responses?limit=50&updated_since=%s", since);
    while (path != NULL) {
        const struct api_reply *reply = api_get(&api, path);
        size_t size = api_size(reply, "data");
        ck_assert_status(reply, 200);
        for (size_t i = 0; i < size; i++) {
            const char *updated = api_string(reply, api_text("data.%zu.updated_at", i));
            ck_assert_msg(strlen(updated) != strlen(since) || strcmp(updated, since) >= 0, "%s before %s", updated,
                          since);
            see(seen, api_string(reply, api_text("data.%zu.id", i)));
            snprintf(since, capacity, "%s", updated);
        }
        path = api_is_null(reply, "next") ? NULL : api_string(reply, "next");
    }
}

static size_t forget_repeated(struct seen *seen)
{
    size_t kept = seen->count > 0;
    qsort(seen->ids, seen->count, sizeof *seen->ids, by_id);
    for (size_t i = 1; i < seen->count; i++)
        if (id_compare(&seen->ids[kept - 1], &seen->ids[i]) != 0)
            seen->ids[kept++] = seen->ids[i];
    return seen->count = kept;
}

/* What is very new may be held back for a moment: follows until so many rows were seen. */
static void follow_until(struct seen *seen, size_t count, char *since, size_t capacity)
{
    for (int tries = 0; tries < 250 && seen->count < count; tries++) {
        follow(seen, since, capacity);
        forget_repeated(seen);
        usleep(20000);
    }
    ck_assert_uint_eq(seen->count, count);
}

static void *run_swarm(void *swarm)
{
    swarm_run(swarm);
    atomic_store(&((struct swarm *)swarm)->stops, true);
    return NULL;
}

START_TEST(follower_misses_nothing_while_writers_run)
{
    static struct seen seen;
    char since[TIMESTAMP_TEXT_SIZE] = "2001-01-01T00:00:00Z";
    const struct serve_options options = {.settings = HARK_WORDS("HARK_COMMITTERS=4", "HARK_ACCESS_LOG=off")};
    struct serve *serve = serve_start(&options);
    struct api own;
    pthread_t thread;
    api_open(&own, serve, NULL);
    struct api shared = api;
    api = own;
    for (size_t i = 0; i < WRITES; i++)
        followed_ids[i] = id_new();
    struct swarm swarm = {.address = api.address,
                          .key = api.keys[SCOPE_WRITE],
                          .connections = 24,
                          .count = WRITES,
                          .path = "/v1/responses",
                          .make = make_followed};
    ck_assert_int_eq(pthread_create(&thread, NULL, run_swarm, &swarm), 0);
    while (!atomic_load(&swarm.stops)) {
        follow(&seen, since, sizeof since);
        forget_repeated(&seen);
    }
    pthread_join(thread, NULL);
    ck_assert_uint_eq(swarm_count(&swarm, 201), WRITES);
    follow_until(&seen, WRITES, since, sizeof since);
    api_close(&api);
    api = shared;
    ck_assert_int_eq(serve_stop(serve), 0);
}
END_TEST

START_TEST(edited_row_comes_again_to_a_follower)
{
    static struct seen seen;
    static struct seen again;
    char since[TIMESTAMP_TEXT_SIZE] = "2001-01-01T00:00:00Z";
    struct id id;
    post_rows();
    follow_until(&seen, ROWS, since, sizeof since);
    const struct api_reply *reply = api_get(&api, "/v1/responses?interaction_id=c");
    const char *text = api_string(reply, "data.0.id");
    ck_assert(id_parse(text, strlen(text), &id));
    ck_assert_status(api_patch(&api, text, "{\"comment\":\"new\"}"), 200);
    /* The last one that was seen before, and the edited one. */
    follow_until(&again, 2, since, sizeof since);
    ck_assert(has_seen(&again, &id));
}
END_TEST

Suite *responses_list_suite(void)
{
    return API_SUITE("responses_list", setup, teardown, each_filter_finds_its_rows,
                     excluded_and_test_answers_are_found_when_asked_for, pages_hold_each_row_once_while_new_ones_arrive,
                     page_ends_where_the_limit_says, rows_come_newest_first, next_page_keeps_the_filters,
                     next_page_of_a_long_question_is_told_in_the_body_alone, rare_rows_are_found_behind_many_others,
                     cursor_that_this_list_did_not_give_out_is_refused, made_up_cursor_at_the_end_of_time_does_no_harm,
                     follower_misses_nothing_while_writers_run, edited_row_comes_again_to_a_follower);
}
