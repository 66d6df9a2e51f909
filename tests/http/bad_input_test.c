/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "support/runner.h"
#include "swarm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What must never be taken: a 4xx that names the fault, nothing stored, and nobody else touched. */

static struct api api;

/* Good requests that run all the while: none of them may notice. */
static struct swarm others;

static const char *make_good(void *context, size_t i, char *buffer, size_t capacity)
{
    (void)context;
    (void)i;
    usleep(2000);
    snprintf(buffer, capacity, "{\"answers\":{\"csat\":5},\"channel\":\"good\"}");
    return buffer;
}

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
    others = (struct swarm){.address = api.address,
                            .key = api.keys[SCOPE_WRITE],
                            .connections = 3,
                            .count = SIZE_MAX / 2,
                            .path = "/v1/responses",
                            .make = make_good};
    swarm_start(&others);
}

static void teardown(void)
{
    static const char *const ready[] = {"/readyz", "/livez"};
    /* On a busy machine a short test is over before they had their turn. */
    for (int i = 0; i < 1000 && swarm_count(&others, 201) == 0; i++)
        usleep(10000);
    atomic_store(&others.stops, true);
    swarm_join(&others);
    size_t sent = 0;
    for (size_t i = 0; i < sizeof others.statuses / sizeof *others.statuses; i++)
        sent += swarm_count(&others, (int)i);
    ck_assert_uint_ge(sent, 1);
    ck_assert_uint_eq(swarm_count(&others, 201), sent);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM response WHERE project_id = %d"), (int)sent);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM event WHERE project_id = %d"), 0);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 0);
    ck_assert_int_eq(api_metric(&api, "csat", NULL), (int)sent);
    for (size_t i = 0; i < 2; i++)
        ck_assert_status(api_send(&api, NULL, "GET", ready[i], NULL), 200);
    api_close(&api);
}

static void check_problem(const struct api_reply *reply, int status, const char *what)
{
    char type[64];
    http_reply_header(&reply->http, "Content-Type", type, sizeof type);
    ck_assert_msg(reply->status == status, "%.300s: status %d, not %d: %s", what, reply->status, status,
                  reply->http.body);
    ck_assert_str_eq(type, "application/problem+json");
    ck_assert_int_eq((int)api_number(reply, "status"), status);
    ck_assert_str_ne(api_string(reply, "title"), "");
    ck_assert_str_ne(api_string(reply, "detail"), "");
    ck_assert_str_ne(api_string(reply, "instance"), "");
    ck_assert_str_ne(api_string(reply, "request_id"), "");
    ck_assert_ptr_nonnull(strstr(api_string(reply, "type"), "/problems/"));
}

/* --- fields ----------------------------------------------------------------------------------------------------------- */

struct field_case {
    const char *members; /* of the object */
    const char *pointer;
};

static const struct field_case field_cases[] = {
    /* wrong type */
    {"\"answers\":{\"nps\":\"9\"}", "#/answers/nps"},
    {"\"answers\":{\"nps\":9.5}", "#/answers/nps"},
    {"\"answers\":{\"nps\":true}", "#/answers/nps"},
    {"\"answers\":{\"nps\":[9]}", "#/answers/nps"},
    {"\"answers\":{\"nps\":{\"score\":9}}", "#/answers/nps"},
    {"\"answers\":[9]", "#/answers"},
    {"\"answers\":9", "#/answers"},
    {"\"answers\":null", "#/answers"},
    {"\"answers\":{}", "#/answers"},
    {"\"answers\":{\"nps\":null}", "#/answers"},
    {"\"comment\":\"no answers\"", "#/answers"},
    {"\"answers\":{\"nps\":9},\"comment\":5", "#/comment"},
    {"\"answers\":{\"nps\":9},\"channel\":5", "#/channel"},
    {"\"answers\":{\"nps\":9},\"channel\":[\"web\"]", "#/channel"},
    {"\"answers\":{\"nps\":9},\"region\":{}", "#/region"},
    {"\"answers\":{\"nps\":9},\"survey\":false", "#/survey"},
    {"\"answers\":{\"nps\":9},\"tags\":\"a\"", "#/tags"},
    {"\"answers\":{\"nps\":9},\"tags\":[\"a\",7]", "#/tags/1"},
    {"\"answers\":{\"nps\":9},\"tags\":{\"a\":1}", "#/tags"},
    {"\"answers\":{\"nps\":9},\"properties\":[]", "#/properties"},
    {"\"answers\":{\"nps\":9},\"properties\":\"x\"", "#/properties"},
    {"\"answers\":{\"nps\":9},\"dimensions\":\"x\"", "#/dimensions"},
    {"\"answers\":{\"nps\":9},\"customer_id\":7", "#/customer_id"},
    {"\"answers\":{\"nps\":9},\"id\":7", "#/id"},
    {"\"answers\":{\"nps\":9},\"occurred_at\":1700000000", "#/occurred_at"},
    {"\"answers\":{\"nps\":9},\"sent_at\":true", "#/sent_at"},
    /* out of scale */
    {"\"answers\":{\"nps\":11}", "#/answers/nps"},
    {"\"answers\":{\"nps\":-1}", "#/answers/nps"},
    {"\"answers\":{\"nps\":99}", "#/answers/nps"},
    {"\"answers\":{\"nps\":256}", "#/answers/nps"},
    {"\"answers\":{\"nps\":4294967305}", "#/answers/nps"},
    {"\"answers\":{\"nps\":9223372036854775807}", "#/answers/nps"},
    {"\"answers\":{\"csat\":0}", "#/answers/csat"},
    {"\"answers\":{\"csat\":6}", "#/answers/csat"},
    {"\"answers\":{\"ces\":0}", "#/answers/ces"},
    {"\"answers\":{\"ces\":8}", "#/answers/ces"},
    /* unknown */
    {"\"answers\":{\"nps\":9},\"colour\":\"red\"", "#/colour"},
    {"\"answers\":{\"nps\":9},\"Channel\":\"web\"", "#/Channel"},
    {"\"answers\":{\"nps\":9},\"a/b~c d\":1", "#/a~1b~0c%20d"},
    {"\"answers\":{\"nps\":9},\"\":1", "#/"},
    {"\"answers\":{\"nps\":9},\"excluded\":true", "#/excluded"},
    {"\"answers\":{\"nps\":9},\"received_at\":\"2026-01-01T00:00:00Z\"", "#/received_at"},
    {"\"answers\":{\"nps\":9},\"project\":\"other\"", "#/project"},
    {"\"answers\":{\"NPS\":9}", "#/answers/NPS"},
    {"\"answers\":{\"nps\":9,\"mood\":1}", "#/answers/mood"},
    {"\"answers\":{\"nps\":9},\"dimensions\":{\"brand\":\"x\"}", "#/dimensions/brand"},
    {"\"answers\":{\"nps\":9},\"dimensions\":{\"channel\":\"x\"}", "#/dimensions/channel"},
    {"\"answers\":{\"nps\":9},\"dimensions\":{\"country\":\"ES\"}", "#/dimensions/country"},
    {"\"answers\":{\"nps\":9},\"dimensions\":{\"release\":7}", "#/dimensions/release"},
    /* text */
    {"\"answers\":{\"nps\":9},\"channel\":\"\"", "#/channel"},
    {"\"answers\":{\"nps\":9},\"channel\":\"a\\u0007b\"", "#/channel"},
    {"\"answers\":{\"nps\":9},\"channel\":\"a\\nb\"", "#/channel"},
    {"\"answers\":{\"nps\":9},\"channel\":\"a\\u007f\"", "#/channel"},
    {"\"answers\":{\"nps\":9},\"channel\":\"a\\u0085\"", "#/channel"},
    {"\"answers\":{\"nps\":9},\"tags\":[\"\"]", "#/tags/0"},
    {"\"answers\":{\"nps\":9},\"tags\":[\"a\\rb\"]", "#/tags/0"},
    {"\"answers\":{\"nps\":9},\"customer_id\":\"\"", "#/customer_id"},
    {"\"answers\":{\"nps\":9},\"external_id\":\"x\"", "#/source"},
    {"\"answers\":{\"nps\":9},\"id\":\"\"", "#/id"},
    {"\"answers\":{\"nps\":9},\"id\":\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f0\"", "#/id"},
    {"\"answers\":{\"nps\":9},\"id\":\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f0g\"", "#/id"},
    {"\"answers\":{\"nps\":9},\"id\":\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f001\"", "#/id"},
    {"\"answers\":{\"nps\":9},\"id\":\"{0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00}\"", "#/id"},
};

/* What is no RFC 3339 time with a zone, or no time that an answer can have. */
static const char *const times[] = {"now",
                                    "",
                                    "today",
                                    "infinity",
                                    "-infinity",
                                    "epoch",
                                    "2026-01-01",
                                    "2026-01-01T10:00:00",
                                    "2026-01-01 10:00:00Z",
                                    "2026-01-01T10:00Z",
                                    "2026-01-01T10:00:00 Z",
                                    "2026-01-01T10:00:00+0100",
                                    "2026-01-01T10:00:00+01",
                                    "2026-01-01T10:00:00+24:00",
                                    "2026-01-01T10:00:00 Europe/Madrid",
                                    "10000-01-01T00:00:00Z",
                                    "+10000-01-01T00:00:00Z",
                                    "9999-12-31T23:59:59Z",
                                    "0000-01-01T00:00:00Z",
                                    "1969-12-31T23:59:59Z",
                                    "1999-12-31T23:59:59Z",
                                    "-2026-01-01T00:00:00Z",
                                    "2026-02-29T00:00:00Z",
                                    "2026-13-01T00:00:00Z",
                                    "2026-00-01T00:00:00Z",
                                    "2026-01-32T00:00:00Z",
                                    "2026-01-01T24:00:00Z",
                                    "2026-01-01T10:60:00Z",
                                    "2026-01-01T10:00:61Z",
                                    "2026-01-01T10:00:60Z",
                                    "2026-01-01T10:00:00.Z",
                                    "2026-01-01T10:00:00,5Z",
                                    "01/02/2024",
                                    "1700000000",
                                    "Thu, 01 Jan 2026 10:00:00 GMT",
                                    "2026-01-01T10:00:00Z ",
                                    "2026-01-01T10:00:00ZZ",
                                    " 2026-01-01T10:00:00Z"};

static void check_field(const char *members, const char *pointer)
{
    const char *body = api_text("{%s}", members);
    const struct api_reply *reply = api_post(&api, "/v1/responses", body);
    check_problem(reply, 422, body);
    ck_assert_msg(api_fault(reply, pointer) == 0, "%s: %s", body, reply->http.body);
    ck_assert_msg(api_size(reply, "errors") == 1, "%s: %s", body, reply->http.body);
    ck_assert_str_ne(api_string(reply, "errors.0.detail"), "");
}

START_TEST(fault_of_a_field_is_named_by_its_pointer)
{
    for (size_t i = 0; i < sizeof field_cases / sizeof *field_cases; i++)
        check_field(field_cases[i].members, field_cases[i].pointer);
}
END_TEST

START_TEST(what_is_no_time_is_refused)
{
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        check_field(api_text("\"answers\":{\"nps\":9},\"occurred_at\":\"%s\"", times[i]), "#/occurred_at");
    check_field("\"answers\":{\"nps\":9},\"sent_at\":\"now\"", "#/sent_at");
    check_field("\"answers\":{\"nps\":9},\"sent_at\":\"10000-01-01T00:00:00Z\"", "#/sent_at");
}
END_TEST

static const char *repeat(const char *piece, size_t count)
{
    static char texts[4][20000];
    static size_t next;
    char *text = texts[next++ % 4];
    *text = '\0';
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * strlen(piece), piece, strlen(piece) + 1);
    return text;
}

START_TEST(too_long_is_refused_not_cut)
{
    check_field(api_text("\"answers\":{\"nps\":9},\"comment\":\"%s\"", repeat("x", 4001)), "#/comment");
    check_field(api_text("\"answers\":{\"nps\":9},\"channel\":\"%s\"", repeat("\u00e9", 65)), "#/channel");
    check_field(api_text("\"answers\":{\"nps\":9},\"dimensions\":{\"store\":\"%s\"}", repeat("x", 65)),
                "#/dimensions/store");
    check_field(api_text("\"answers\":{\"nps\":9},\"tags\":[\"%s\"]", repeat("x", 65)), "#/tags/0");
    check_field(api_text("\"answers\":{\"nps\":9},\"tags\":[%s\"a\"]", repeat("\"a\",", 20)), "#/tags");
    check_field(api_text("\"answers\":{\"nps\":9},\"properties\":{\"a\":\"%s\"}", repeat("x", 4096 - 7)),
                "#/properties");
    check_field(api_text("\"answers\":{\"nps\":9},\"customer_id\":\"%s\"", repeat("x", 129)), "#/customer_id");
    check_field(api_text("\"answers\":{\"nps\":9},\"source\":\"%s\"", repeat("x", 65)), "#/source");
}
END_TEST

START_TEST(all_faults_of_a_body_are_named_at_once)
{
    static const char *const pointers[] = {"#/answers/nps", "#/answers/mood",     "#/channel",     "#/colour",
                                           "#/tags/1",      "#/dimensions/brand", "#/occurred_at", "#/id",
                                           "#/properties",  "#/sent_at"};
    const struct api_reply *reply = api_post(
        &api, "/v1/responses",
        "{\"answers\":{\"nps\":11,\"mood\":1},\"channel\":7,\"colour\":1,\"tags\":[\"a\",1],"
        "\"dimensions\":{\"brand\":\"x\"},\"occurred_at\":\"now\",\"id\":\"x\",\"properties\":1,\"sent_at\":\"y\"}");
    check_problem(reply, 422, "many");
    ck_assert_uint_eq(api_size(reply, "errors"), 10);
    for (size_t i = 0; i < 10; i++)
        ck_assert_msg(api_fault(reply, pointers[i]) >= 0, "%s in %s", pointers[i], reply->http.body);
}
END_TEST

START_TEST(thousands_of_faults_make_a_short_reply)
{
    char *body = malloc(65536);
    size_t size = (size_t)sprintf(body, "{\"answers\":{\"nps\":9}");
    for (int i = 0; size < 60000; i++)
        size += (size_t)sprintf(body + size, ",\"f%d\":0", i);
    sprintf(body + size, "}");
    const struct api_reply *reply = api_post(&api, "/v1/responses", body);
    check_problem(reply, 422, "thousands");
    ck_assert_uint_ge(api_size(reply, "errors"), 100);
    ck_assert_uint_le(api_size(reply, "errors"), 101);
    ck_assert_uint_lt(reply->http.size, 20000);
    free(body);
}
END_TEST

/* --- what is no JSON --------------------------------------------------------------------------------------------------- */

struct raw_case {
    const char *bytes;
    size_t size;
    const char *says; /* somewhere in its detail */
};
#define RAW(bytes_, says_)                    \
    {                                         \
        (bytes_), sizeof(bytes_) - 1, (says_) \
    }

static const struct raw_case raw_cases[] = {
    RAW("", "empty"),
    RAW("   \n", "empty"),
    RAW("{", "JSON"),
    RAW("{\"answers\":{\"nps\":9}", "JSON"),
    RAW("{\"answers\":{\"nps\":9}}}", "JSON"),
    RAW("{\"answers\":{\"nps\":9}} x", "JSON"),
    RAW("{\"answers\":{\"nps\":9},}", "JSON"),
    RAW("{'answers':{'nps':9}}", "JSON"),
    RAW("{answers:{nps:9}}", "JSON"),
    RAW("{\"answers\":{\"nps\":09}}", "JSON"),
    RAW("{\"answers\":{\"nps\":+9}}", "JSON"),
    RAW("{\"answers\":{\"nps\":0x9}}", "JSON"),
    RAW("{\"answers\":{\"nps\":NaN}}", "JSON"),
    RAW("{\"answers\":{\"nps\":Infinity}}", "JSON"),
    RAW("\xef\xbb\xbf{\"answers\":{\"nps\":9}}", "JSON"),
    RAW("7", "JSON"),
    RAW("null", "JSON"),
    RAW("\"answers\"", "JSON"),
    RAW("nps=9", "JSON"),
    /* a key twice */
    RAW("{\"answers\":{\"nps\":9},\"answers\":{\"nps\":8}}", "duplicate"),
    RAW("{\"answers\":{\"nps\":9,\"nps\":8}}", "duplicate"),
    RAW("{\"answers\":{\"nps\":9},\"properties\":{\"a\":1,\"a\":2}}", "duplicate"),
    RAW("{\"answers\":{\"nps\":9,\"n\\u0070s\":8}}", "duplicate"),
    /* U+0000 */
    RAW("{\"answers\":{\"nps\":9},\"comment\":\"a\\u0000b\"}", "u0000"),
    RAW("{\"answers\":{\"nps\":9},\"properties\":{\"a\":\"\\u0000\"}}", "u0000"),
    RAW("{\"answers\":{\"nps\":9},\"properties\":{\"a\\u0000b\":1}}", "JSON"),
    RAW("{\"answers\":{\"nps\":9},\"a\\u0000b\":1}", "JSON"),
    RAW("{\"answers\":{\"nps\":9},\"comment\":\"a\0b\"}", "JSON"),
    RAW("{\"answers\":{\"nps\":9},\"a\0b\":1}", "JSON"),
    RAW("{\"answers\":{\"nps\":9}}\0", "JSON"),
    RAW("\0{\"answers\":{\"nps\":9}}", "JSON"),
    /* invalid UTF-8 and lone surrogates */
    RAW("{\"answers\":{\"nps\":9},\"comment\":\"\xff\"}", "decode byte"),
    RAW("{\"answers\":{\"nps\":9},\"comment\":\"\xc0\xaf\"}", "decode byte"),
    RAW("{\"answers\":{\"nps\":9},\"comment\":\"\xed\xa0\x80\"}", "decode byte"),
    RAW("{\"answers\":{\"nps\":9},\"comment\":\"\xf5\x80\x80\x80\"}", "decode byte"),
    RAW("{\"answers\":{\"nps\":9},\"comment\":\"\xe2\x82\"}", "decode byte"),
    RAW("{\"answers\":{\"nps\":9},\"\x80\":1}", "decode byte"),
    RAW("{\"answers\":{\"nps\":9},\"comment\":\"\\ud800\"}", "JSON"),
    RAW("{\"answers\":{\"nps\":9},\"comment\":\"\\udc00\\ud800\"}", "JSON"),
    RAW("{\"answers\":{\"nps\":9},\"comment\":\"a\nb\"}", "JSON"),
    /* numbers beyond double */
    RAW("{\"answers\":{\"nps\":1e400}}", "JSON"),
    RAW("{\"answers\":{\"nps\":9},\"properties\":{\"a\":1e400}}", "JSON"),
    RAW("{\"answers\":{\"nps\":9},\"properties\":{\"a\":-1e131071}}", "JSON"),
    RAW("{\"answers\":{\"nps\":9},\"properties\":{\"a\":99999999999999999999}}", "JSON"),
};

START_TEST(what_is_no_json_is_a_400_that_says_why)
{
    static const char *const paths[] = {"/v1/responses", "/v1/events", "/v1/erasures"};
    for (size_t path = 0; path < 3; path++)
        for (size_t i = 0; i < sizeof raw_cases / sizeof *raw_cases; i++) {
            const struct raw_case *raw = &raw_cases[i];
            const struct api_reply *reply =
                api_send_with(&api, api.keys[path == 2 ? SCOPE_ADMIN : SCOPE_WRITE], "POST", paths[path],
                              "Content-Type: application/json\r\n", raw->bytes, raw->size);
            check_problem(reply, 400, raw->bytes);
            ck_assert_msg(strstr(api_string(reply, "detail"), raw->says) != NULL, "%s: %s", raw->bytes,
                          reply->http.body);
        }
}
END_TEST

static const char *nested(size_t depth)
{
    return api_text("{\"answers\":{\"nps\":9},\"properties\":{\"a\":%s1%s}}", repeat("[", depth), repeat("]", depth));
}

START_TEST(deep_nesting_is_refused)
{
    static const size_t depths[] = {15, 100, 7000};
    for (size_t i = 0; i < 3; i++) {
        const struct api_reply *reply = api_post(&api, "/v1/responses", nested(depths[i]));
        check_problem(reply, 400, "nested");
        ck_assert_ptr_nonnull(strstr(api_string(reply, "detail"), "16"));
    }
    check_problem(api_post(&api, "/v1/responses", repeat("[", 19000)), 400, "brackets");
    check_problem(api_post(&api, "/v1/responses", repeat("{\"a\":", 3000)), 400, "braces");
}
END_TEST

/* --- bodies ------------------------------------------------------------------------------------------------------------ */

START_TEST(body_of_10_megabytes_is_a_413)
{
    size_t size = 10 << 20;
    char *body = malloc(size + 1);
    memset(body, ' ', size);
    memcpy(body, "{\"answers\":{\"nps\":9}", 20);
    body[size - 1] = '}';
    body[size] = '\0';
    check_problem(api_post(&api, "/v1/responses", body), 413, "10 MB");
    check_problem(api_post(&api, "/v1/events", body), 413, "10 MB");
    check_problem(api_post(&api, "/v1/erasures", body), 413, "10 MB");
    check_problem(api_patch(&api, api_id(), body), 413, "10 MB");
    free(body);
}
END_TEST

START_TEST(object_of_more_than_64_kib_is_refused)
{
    char body[65537 + 1];
    memset(body, ' ', sizeof body);
    memcpy(body, "{\"answers\":{\"nps\":9}", 20);
    body[65536] = '}';
    body[65537] = '\0';
    const struct api_reply *reply = api_post(&api, "/v1/responses", body);
    ck_assert_msg(reply->status == 413 || reply->status == 400, "%d", reply->status);
    ck_assert_ptr_nonnull(strstr(api_string(reply, "detail"), "65536"));
}
END_TEST

START_TEST(content_type_must_be_one_that_is_taken)
{
    static const char *const types[] = {"",
                                        "Content-Type: application/xml\r\n",
                                        "Content-Type: application/x-www-form-urlencoded\r\n",
                                        "Content-Type: multipart/form-data; boundary=x\r\n",
                                        "Content-Type: application/jsonp\r\n",
                                        "Content-Type: json\r\n",
                                        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"};
    static const char body[] = "{\"answers\":{\"nps\":9}}";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        check_problem(api_send_with(&api, api.keys[SCOPE_WRITE], "POST", "/v1/responses", types[i], body, 21), 415,
                      types[i]);
    check_problem(api_send_with(&api, api.keys[SCOPE_ADMIN], "POST", "/v1/erasures", "Content-Type: text/plain\r\n",
                                "{\"customer_id\":\"c\"}", 19),
                  415, "text/plain");
    check_problem(api_send_with(&api, api.keys[SCOPE_WRITE], "PATCH", api_text("/v1/responses/%s", api_id()),
                                "Content-Type: application/x-ndjson\r\n", body, 21),
                  415, "x-ndjson");
}
END_TEST

/* --- queries ----------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *path;
    const char *parameter;
} queries[] = {
    {"/v1/metrics?colour=red", "colour"},
    {"/v1/metrics?Channel=web", "Channel"},
    {"/v1/metrics?metric=mood", "metric"},
    {"/v1/metrics?metric=", "metric"},
    {"/v1/metrics?metric=nps,", "metric"},
    {"/v1/metrics?group_by=colour", "group_by"},
    {"/v1/metrics?group_by=channel,colour", "group_by"},
    {"/v1/metrics?group_by=channel,channel", "group_by"},
    {"/v1/metrics?group_by=", "group_by"},
    {"/v1/metrics?group_by=channel,,region", "group_by"},
    {"/v1/metrics?group_by=project", "group_by"},
    {"/v1/metrics?group_by=customer_id", "group_by"},
    {"/v1/metrics?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from"},
    {"/v1/metrics?from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from"},
    {"/v1/metrics?from=2026-01-01T00:07:00Z", "from"},
    {"/v1/metrics?to=2026-01-01T00:00:01Z", "to"},
    {"/v1/metrics?from=now", "from"},
    {"/v1/metrics?from=2026-01-01", "from"},
    {"/v1/metrics?from=2026-01-01T00:00:00", "from"},
    {"/v1/metrics?from=2026-01-01T00:00:00+01:00", "from"}, /* + is a space */
    {"/v1/metrics?from=10000-01-01T00:00:00Z", "from"},
    {"/v1/metrics?to=infinity", "to"},
    {"/v1/metrics?from=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z", "from"},
    {"/v1/metrics?interval=minute", "interval"},
    {"/v1/metrics?interval=", "interval"},
    {"/v1/metrics?tz=Mars/Olympus", "tz"},
    {"/v1/metrics?tz=../../etc/passwd", "tz"},
    {"/v1/metrics?limit=0", "limit"},
    {"/v1/metrics?limit=-1", "limit"},
    {"/v1/metrics?limit=1e3", "limit"},
    {"/v1/metrics?limit=99999999999999999999", "limit"},
    {"/v1/metrics?limit=10001", "limit"},
    {"/v1/metrics?limit=%2B5", "limit"},
    {"/v1/metrics?order=colour", "order"},
    {"/v1/metrics?metric=csat&order=nps", "order"},
    {"/v1/metrics?project=another", "project"},
    {"/v1/metrics?channel=a%0Ab", "channel"},
    {"/v1/metrics?interval=hour&from=2001-01-01T00:00:00Z", "interval"},
    {"/v1/responses?colour=red", "colour"},
    {"/v1/responses?limit=0", "limit"},
    {"/v1/responses?limit=1001", "limit"},
    {"/v1/responses?limit=ten", "limit"},
    {"/v1/responses?limit=", "limit"},
    {"/v1/responses?limit=%2010", "limit"},
    {"/v1/responses?limit=10&limit=10", "limit"},
    {"/v1/responses?band=happy", "band"},
    {"/v1/responses?has_comment=yes", "has_comment"},
    {"/v1/responses?excluded=1", "excluded"},
    {"/v1/responses?test=", "test"},
    {"/v1/responses?from=yesterday", "from"},
    {"/v1/responses?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from"},
    {"/v1/responses?updated_since=2026-02-01T00:00:00Z&from=2026-01-01T00:00:00Z", "updated_since"},
    {"/v1/responses?cursor=", "cursor"},
    {"/v1/responses?q=", "q"},
    {"/v1/responses?q=%20", "q"},
    {"/v1/responses?q=a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q", "q"},
    {"/v1/responses?q=a%00b", "q"},
    {"/v1/responses?q=%FF", "q"},
    {"/v1/responses?q=%zz", "q"},
    {"/v1/responses?customer_id=", "customer_id"},
    {"/v1/responses?project=another", "project"},
    {"/v1/responses?key=x", "key"},
    {"/v1/events?colour=red", "colour"},
    {"/v1/events?limit=0", "limit"},
    {"/v1/events?band=promoter", "band"},
    {"/v1/events?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from"},
    {"/v1/events?action=", "action"},
};

START_TEST(fault_of_a_query_is_named_by_its_parameter)
{
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        const struct api_reply *reply = api_get(&api, queries[i].path);
        ck_assert_msg(reply->status == 422 || reply->status == 400, "%s: %d", queries[i].path, reply->status);
        check_problem(reply, reply->status, queries[i].path);
        ck_assert_msg(api_fault(reply, queries[i].parameter) == 0, "%s: %s", queries[i].path, reply->http.body);
    }
}
END_TEST

START_TEST(all_faults_of_a_query_are_named_at_once)
{
    const struct api_reply *reply = api_get(&api, "/v1/responses?colour=red&limit=0&band=happy&from=now&q=");
    check_problem(reply, 422, "many");
    ck_assert_uint_eq(api_size(reply, "errors"), 5);
}
END_TEST

START_TEST(queries_are_refused_where_none_is_taken)
{
    const struct api_reply *reply = api_post(&api, "/v1/responses?colour=red", "{\"answers\":{\"nps\":9}}");
    check_problem(reply, 422, "post");
    ck_assert_int_eq(api_fault(reply, "colour"), 0);
    reply = api_get(&api, api_text("/v1/responses/%s?fields=id", api_id()));
    check_problem(reply, 422, "get");
    ck_assert_int_eq(api_fault(reply, "fields"), 0);
}
END_TEST

START_TEST(paths_and_methods_that_are_not_there_are_refused)
{
    static const char *const paths[] = {"/nowhere",         "/v1",           "/v2/responses", "/v1/responses/",
                                        "/v1/respons",      "/v1/metrics/x", "//v1/metrics",  "/v1/responses/%00",
                                        "/v1/../v1/metrics"};
    char allow[64];
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const struct api_reply *reply = api_get(&api, paths[i]);
        ck_assert_msg(reply->status == 404 || reply->status == 400, "%s: %d", paths[i], reply->status);
        check_problem(reply, reply->status, paths[i]);
    }
    const struct api_reply *reply = api_send(&api, api.keys[SCOPE_ADMIN], "DELETE", "/v1/responses", NULL);
    check_problem(reply, 405, "DELETE");
    ck_assert_str_eq(http_reply_header(&reply->http, "Allow", allow, sizeof allow), "GET, HEAD, POST, OPTIONS");
}
END_TEST

Suite *bad_input_suite(void)
{
    return API_SUITE("bad_input", setup, teardown, fault_of_a_field_is_named_by_its_pointer, what_is_no_time_is_refused,
                     too_long_is_refused_not_cut, all_faults_of_a_body_are_named_at_once,
                     thousands_of_faults_make_a_short_reply, what_is_no_json_is_a_400_that_says_why,
                     deep_nesting_is_refused, body_of_10_megabytes_is_a_413, object_of_more_than_64_kib_is_refused,
                     content_type_must_be_one_that_is_taken, fault_of_a_query_is_named_by_its_parameter,
                     all_faults_of_a_query_are_named_at_once, queries_are_refused_where_none_is_taken,
                     paths_and_methods_that_are_not_there_are_refused);
}
