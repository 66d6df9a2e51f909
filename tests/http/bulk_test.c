/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "support/runner.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Arrays and application/x-ndjson. */

static struct api api;

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
}

/* A body that is put together piece by piece. */
static struct {
    char *bytes;
    size_t size;
    size_t capacity;
} body;

static void teardown(void)
{
    free(body.bytes);
    body.bytes = NULL;
    api_close(&api);
}

static void clear(void)
{
    body.size = 0;
}

static void add_bytes(const void *bytes, size_t size)
{
    if (body.bytes == NULL || body.capacity - body.size <= size) {
        body.capacity = (body.bytes == NULL ? 0 : body.capacity * 2) + size + 65536;
        body.bytes = realloc(body.bytes, body.capacity);
        ck_assert_ptr_nonnull(body.bytes);
    }
    memcpy(body.bytes + body.size, bytes, size);
    body.size += size;
    body.bytes[body.size] = '\0';
}

__attribute__((format(printf, 1, 2))) static void add(const char *format, ...)
{
    char piece[2048];
    va_list list;
    va_start(list, format);
    int size = vsnprintf(piece, sizeof piece, format, list);
    va_end(list);
    ck_assert_int_lt(size, (int)sizeof piece);
    add_bytes(piece, (size_t)size);
}

/* A line of so many bytes, without its end. */
static void add_long(size_t size)
{
    static const char start[] = "{\"answers\":{\"nps\":9},\"channel\":\"long\"";
    add("%s", start);
    for (size_t i = sizeof start; i < size; i++)
        add_bytes(" ", 1);
    add("}");
}

static const struct api_reply *send_lines(void)
{
    return api_send_with(&api, api.keys[SCOPE_WRITE], "POST", "/v1/responses", "Content-Type: application/x-ndjson\r\n",
                         body.bytes, body.size);
}

static const struct api_reply *send_array(void)
{
    return api_send_with(&api, api.keys[SCOPE_WRITE], "POST", "/v1/responses", "Content-Type: application/json\r\n",
                         body.bytes, body.size);
}

static void check_counts(const struct api_reply *reply, int accepted, int duplicates, int rejected)
{
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "accepted"), accepted);
    ck_assert_int_eq((int)api_number(reply, "duplicates"), duplicates);
    ck_assert_msg((int)api_size(reply, "rejected") == rejected, "%.2000s", reply->http.body);
}

static void check_rejected(const struct api_reply *reply, int place, int index, int status, const char *pointer)
{
    ck_assert_int_eq((int)api_number(reply, api_text("rejected.%d.index", place)), index);
    ck_assert_int_eq((int)api_number(reply, api_text("rejected.%d.status", place)), status);
    ck_assert_str_eq(api_string(reply, api_text("rejected.%d.errors.0.pointer", place)), pointer);
    ck_assert_str_ne(api_string(reply, api_text("rejected.%d.errors.0.detail", place)), "");
    ck_assert(json_is_false(api_at(reply, api_text("rejected.%d.retryable", place))));
}

/* --- arrays ----------------------------------------------------------------------------------------------------------- */

START_TEST(array_of_1000_is_taken)
{
    for (int i = 0; i < 1000; i++)
        add("%c{\"answers\":{\"nps\":%d}}", i == 0 ? '[' : ',', i % 11);
    add("]");
    check_counts(send_array(), 1000, 0, 0);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 1000);
}
END_TEST

START_TEST(array_of_1001_is_refused_whole)
{
    for (int i = 0; i < 1001; i++)
        add("%c{\"answers\":{\"nps\":9}}", i == 0 ? '[' : ',');
    add("]");
    const struct api_reply *reply = send_array();
    ck_assert_status(reply, 413);
    ck_assert_ptr_nonnull(strstr(api_string(reply, "detail"), "1001"));
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 0);
}
END_TEST

START_TEST(array_of_more_than_a_mebibyte_is_refused)
{
    add("[");
    for (int i = 0; i < 20; i++) {
        add_long(60000);
        add("%s", i < 19 ? "," : "]");
    }
    ck_assert_status(send_array(), 413);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 0);
}
END_TEST

START_TEST(each_item_has_a_verdict_of_its_own)
{
    const char *id = api_id();
    const char *known = api_id();
    ck_assert_status(api_post(&api, "/v1/responses", api_text("{\"id\":\"%s\",\"answers\":{\"nps\":9}}", known)), 201);
    add("[ {\"answers\":{\"nps\":9}},\n"                                         /* 0 */
        "{\"answers\":{\"nps\":11}},"                                            /* 1: out of scale */
        "7,"                                                                     /* 2: no object */
        "{\"id\":\"%s\",\"answers\":{\"nps\":9}},"                               /* 3 */
        "{\"id\":\"%s\",\"answers\":{\"nps\":9}},"                               /* 4: 3 again */
        "{\"id\":\"%s\",\"answers\":{\"nps\":1}},"                               /* 5: contradicts 3 */
        "{\"answers\":{\"nps\":9},\"answers\":{\"nps\":8}},"                     /* 6: a key twice */
        "{\"id\":\"%s\",\"answers\":{\"nps\":9,\"csat\":5}},"                    /* 7: adds */
        "{\"answers\":{\"csat\":0,\"x\":1},\"y\":1},"                            /* 8: three faults */
        "{\"answers\":{\"nps\":0},\"comment\":\"[not, a {list}]\"} , [], null]", /* 9, 10, 11 */
        id, id, id, known);
    const struct api_reply *reply = send_array();
    check_counts(reply, 4, 1, 7);
    check_rejected(reply, 0, 1, 422, "#/answers/nps");
    check_rejected(reply, 1, 2, 400, "#");
    check_rejected(reply, 2, 5, 409, "#");
    ck_assert_str_eq(api_string(reply, "rejected.2.id"), id);
    check_rejected(reply, 3, 6, 400, "#");
    check_rejected(reply, 4, 8, 422, "#/y");
    ck_assert_uint_eq(api_size(reply, "rejected.4.errors"), 3);
    check_rejected(reply, 5, 10, 400, "#");
    check_rejected(reply, 6, 11, 400, "#");
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 4);
    ck_assert_int_eq(api_metric(&api, "csat", NULL), 1);
}
END_TEST

START_TEST(array_that_is_cut_stores_nothing)
{
    static const char *const bodies[] = {"[{\"answers\":{\"nps\":9}},{\"answers\":{\"nps\":9}}",
                                         "[{\"answers\":{\"nps\":9}},",
                                         "[{\"answers\":{\"nps\":9}}]]",
                                         "[{\"answers\":{\"nps\":9}}]{}",
                                         "[{\"answers\":{\"nps\":9}},]",
                                         "[,{\"answers\":{\"nps\":9}}]",
                                         "[{\"answers\":{\"nps\":9},\"comment\":\"x]",
                                         "[]",
                                         "["};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const struct api_reply *reply = api_post(&api, "/v1/responses", bodies[i]);
        ck_assert_msg(reply->status == 400, "%s: %d %s", bodies[i], reply->status, reply->http.body);
    }
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 0);
}
END_TEST

/* The array's fault, or that of the item which it is in. */
START_TEST(what_does_not_match_within_an_array_is_stored_by_no_means)
{
    static const char *const bodies[] = {"[{\"answers\":{\"nps\":9]}]", "[{\"answers\":[\"nps\":9}}]",
                                         "[{\"answers\":{\"nps\":9}} {\"answers\":{\"nps\":9}}]",
                                         "[{\"answers\":{\"nps\":9}}:{\"answers\":{\"nps\":9}}]"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const struct api_reply *reply = api_post(&api, "/v1/responses", bodies[i]);
        ck_assert_msg(reply->status == 400 || (reply->status == 200 && api_size(reply, "rejected") == 1), "%d %s",
                      reply->status, reply->http.body);
    }
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 0);
}
END_TEST

START_TEST(array_with_an_idempotency_key_is_safe_to_repeat)
{
    for (int i = 0; i < 2; i++) {
        const char *array = "[{\"answers\":{\"nps\":9}},{\"answers\":{\"nps\":9}},{\"answers\":{\"nps\":3}}]";
        check_counts(api_send_with(&api, api.keys[SCOPE_WRITE], "POST", "/v1/responses",
                                   "Content-Type: application/json\r\nIdempotency-Key: night-run\r\n", array,
                                   strlen(array)),
                     i == 0 ? 3 : 0, i == 0 ? 0 : 3, 0);
    }
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 3);
}
END_TEST

/* --- lines ------------------------------------------------------------------------------------------------------------ */

START_TEST(thousands_of_lines_are_taken)
{
    enum { LINES = 12345 };
    for (int i = 0; i < LINES; i++) {
        if (i % 1000 == 7)
            add("{\"answers\":{\"nps\":99},\"comment\":\"line %d\"}\n", i);
        else
            add("{\"answers\":{\"nps\":%d},\"comment\":\"line %d\"}\n", i % 11, i);
    }
    const struct api_reply *reply = send_lines();
    check_counts(reply, LINES - 13, 0, 13);
    for (int i = 0; i < 13; i++)
        check_rejected(reply, i, i * 1000 + 7, 422, "#/answers/nps");
    ck_assert_int_eq(api_metric(&api, "nps", NULL), LINES - 13);
}
END_TEST

START_TEST(lines_may_end_as_they_like)
{
    add("\n\r\n{\"answers\":{\"nps\":9}}\r\n  \t\n\n{\"answers\":{\"nps\":10}}\n{\"answers\":{\"nps\":1}}\r\n \r\n"
        "{\"answers\":{\"nps\":0}}"); /* the last one doesn't end */
    check_counts(send_lines(), 4, 0, 0);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 4);
}
END_TEST

START_TEST(blank_lines_have_no_index)
{
    add("\n{\"answers\":{\"nps\":9}}\n\n\n{\"answers\":{\"nps\":11}}\n\n");
    const struct api_reply *reply = send_lines();
    check_counts(reply, 1, 0, 1);
    check_rejected(reply, 0, 1, 422, "#/answers/nps");
}
END_TEST

START_TEST(line_of_64_kib_is_taken_and_a_longer_one_is_refused_alone)
{
    add_long(65536);
    add("\n");
    add_long(65536);
    add("\r\n");
    add_long(65537);
    add("\n{\"answers\":{\"nps\":1}}\n");
    add_long(200000);
    add("\n");
    add_long(3000000);
    add("\n{\"answers\":{\"nps\":2}}\n");
    add_long(65537); /* not ended either */
    const struct api_reply *reply = send_lines();
    check_counts(reply, 4, 0, 4);
    ck_assert_int_eq((int)api_number(reply, "rejected.0.index"), 2);
    ck_assert_int_eq((int)api_number(reply, "rejected.1.index"), 4);
    ck_assert_int_eq((int)api_number(reply, "rejected.2.index"), 5);
    ck_assert_int_eq((int)api_number(reply, "rejected.3.index"), 7);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq((int)api_number(reply, api_text("rejected.%d.status", i)) / 100, 4);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 4);
}
END_TEST

START_TEST(broken_lines_spoil_no_others)
{
    static const char raw[] =
        "{\"answers\":{\"nps\":9},\"comment\":\"\0\"}\n{\"answers\":{\"nps\":9},\"comment\":\"\xff\"}\n";
    add("{\"answers\":{\"nps\":9}\n{\"answers\":{\"nps\":9}}}\n[]\nnull\n\"text\"\n{}\n");
    add_bytes(raw, sizeof raw - 1);
    add("{\"answers\":{\"nps\":9}} {\"answers\":{\"nps\":9}}\n{\"answers\":{\"nps\":9}}\n");
    const struct api_reply *reply = send_lines();
    check_counts(reply, 1, 0, 9);
    for (int i = 0; i < 9; i++)
        check_rejected(reply, i, i, i == 5 ? 422 : 400, i == 5 ? "#/answers" : "#");
}
END_TEST

START_TEST(same_id_in_one_upload_counts_once_and_the_first_wins)
{
    const char *id = api_id();
    for (int i = 0; i < 3000; i++)
        add("{\"id\":\"%s\",\"answers\":{\"nps\":9}}\n", id);
    add("{\"id\":\"%s\",\"answers\":{\"nps\":0}}\n", id);
    const struct api_reply *reply = send_lines();
    check_counts(reply, 1, 2999, 1);
    check_rejected(reply, 0, 3000, 409, "#");
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 1);
}
END_TEST

START_TEST(lines_without_anything_are_refused)
{
    static const char *const bodies[] = {"", "\n", "\r\n \n\n"};
    for (size_t i = 0; i < 3; i++) {
        const struct api_reply *reply = api_post_lines(&api, "/v1/responses", bodies[i]);
        ck_assert_status(reply, 400);
    }
}
END_TEST

START_TEST(events_come_in_bulk_too)
{
    check_counts(api_post(&api, "/v1/events", "[{\"action\":\"viewed\"},{\"action\":\"a b\"},{\"action\":\"left\"}]"),
                 2, 0, 1);
    const char *id = api_id();
    const struct api_reply *reply =
        api_post_lines(&api, "/v1/events",
                       api_text("{\"action\":\"viewed\"}\n{\"answers\":{\"nps\":9}}\n{\"id\":\"%s\",\"action\":\"x\"}\n"
                                "{\"id\":\"%s\",\"action\":\"x\"}\n{\"id\":\"%s\",\"action\":\"y\"}\n",
                                id, id, id));
    check_counts(reply, 2, 1, 2);
    check_rejected(reply, 0, 1, 422, "#/answers");
    check_rejected(reply, 1, 4, 409, "#");
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM event WHERE project_id = %d"), 4);
}
END_TEST

START_TEST(chunked_upload_in_small_pieces_arrives_whole)
{
    struct http_client client;
    struct http_reply reply;
    char headers[256];
    for (int i = 0; i < 40; i++)
        add("{\"answers\":{\"nps\":%d},\"comment\":\"\u00e9\u4e2d\"}\n", i % 11);
    snprintf(headers, sizeof headers,
             "Authorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n",
             api.keys[SCOPE_WRITE]);
    ck_assert(http_client_connect(&client, api.address));
    ck_assert(http_client_send(&client, "POST", "/v1/responses", headers, NULL, 0));
    for (size_t sent = 0; sent < body.size; sent += 7) {
        size_t size = body.size - sent < 7 ? body.size - sent : 7;
        char piece[32];
        int length = snprintf(piece, sizeof piece, "%zx\r\n%.*s\r\n", size, (int)size, body.bytes + sent);
        ck_assert(http_client_write(&client, piece, (size_t)length));
    }
    ck_assert(http_client_write(&client, "0\r\n\r\n", 5));
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_int_eq(reply.status, 200);
    ck_assert_ptr_nonnull(strstr(reply.body, "\"accepted\":40,"));
    http_reply_clear(&reply);
    http_client_close(&client);
}
END_TEST

/* --- uploads side by side --------------------------------------------------------------------------------------------- */

enum { UPLOADS = 6, UPLOAD_LINES = 3000 };

static void *upload(void *context)
{
    struct http_reply *reply = context;
    struct http_client client;
    char headers[160];
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\n",
             api.keys[SCOPE_WRITE]);
    if (http_client_connect(&client, api.address)) {
        (void)http_client_send(&client, "POST", "/v1/responses", headers, body.bytes, body.size);
        (void)http_client_receive(&client, false, reply);
    }
    http_client_close(&client);
    return NULL;
}

START_TEST(same_upload_on_several_connections_counts_once)
{
    pthread_t threads[UPLOADS];
    struct http_reply replies[UPLOADS] = {{0}};
    int accepted = 0;
    int duplicates = 0;
    for (int i = 0; i < UPLOAD_LINES; i++)
        add("{\"id\":\"%s\",\"answers\":{\"nps\":%d}}\n", api_id(), i % 11);
    for (size_t i = 0; i < UPLOADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, upload, &replies[i]), 0);
    for (size_t i = 0; i < UPLOADS; i++) {
        int parts[2] = {0};
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(replies[i].status, 200);
        ck_assert_int_eq(
            sscanf(replies[i].body, "{\"accepted\":%d,\"duplicates\":%d,\"rejected\":[]}", &parts[0], &parts[1]), 2);
        accepted += parts[0];
        duplicates += parts[1];
        http_reply_clear(&replies[i]);
    }
    ck_assert_int_eq(accepted, UPLOAD_LINES);
    ck_assert_int_eq(duplicates, UPLOAD_LINES * (UPLOADS - 1));
    ck_assert_int_eq(api_metric(&api, "nps", NULL), UPLOAD_LINES);
}
END_TEST

START_TEST(client_that_leaves_an_upload_does_no_harm)
{
    for (int i = 0; i < 5; i++) {
        struct http_client client;
        char headers[256];
        snprintf(headers, sizeof headers,
                 "Authorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n",
                 api.keys[SCOPE_WRITE]);
        clear();
        for (int line = 0; line < 700 * i; line++)
            add("{\"answers\":{\"nps\":9}}\n");
        add("{\"answers\":{\"nps\"");
        ck_assert(http_client_connect(&client, api.address));
        ck_assert(http_client_send(&client, "POST", "/v1/responses", headers, NULL, 0));
        ck_assert(http_client_write(&client, body.bytes, body.size));
        http_client_close(&client);
    }
    ck_assert_status(api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":9}}"), 201);
    ck_assert_status(api_get(&api, "/readyz"), 200);
}
END_TEST

Suite *bulk_suite(void)
{
    return API_SUITE("bulk", setup, teardown, array_of_1000_is_taken, array_of_1001_is_refused_whole,
                     array_of_more_than_a_mebibyte_is_refused, each_item_has_a_verdict_of_its_own,
                     array_that_is_cut_stores_nothing, what_does_not_match_within_an_array_is_stored_by_no_means,
                     array_with_an_idempotency_key_is_safe_to_repeat, thousands_of_lines_are_taken,
                     lines_may_end_as_they_like, blank_lines_have_no_index,
                     line_of_64_kib_is_taken_and_a_longer_one_is_refused_alone, broken_lines_spoil_no_others,
                     same_id_in_one_upload_counts_once_and_the_first_wins, lines_without_anything_are_refused,
                     events_come_in_bulk_too, chunked_upload_in_small_pieces_arrives_whole,
                     same_upload_on_several_connections_counts_once, client_that_leaves_an_upload_does_no_harm);
}
