/* SPDX-License-Identifier: MIT */
#include "../../src/api/parse.h"
#include "sent.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>

/* One object as it was sent: what its client is told where it isn't taken. */

struct bad_case {
    enum ingest_kind kind;
    const char *json;
    int status;
    const char *pointer;
    const char *detail;
};

#define NO_ANSWER "must hold at least one answer, such as {\"nps\": 9}"
#define NO_ACTION "must be given: one word, such as \"completed\""
#define NO_SOURCE "must be given beside external_id: the two make the id"
#define NO_PAIR   "amount and currency must be given together"

static const struct bad_case bad_cases[] = {
    {INGEST_RESPONSE, "", 400, "#", "is empty: a JSON object is expected"},
    {INGEST_RESPONSE, "[]", 400, "#", "must be a JSON object"},
    {INGEST_EVENT, "7", 400, "#", NULL},
    {INGEST_EVENT, "{\"action\":\"a\"", 400, "#", NULL},
    {INGEST_RESPONSE, "{\"answers\":{\"nps\":9},}", 400, "#", NULL},
    {INGEST_RESPONSE, "{\"answers\":{\"nps\":9,\"nps\":9}}", 400, "#", NULL},
    {INGEST_RESPONSE, "{\"comment\":\"\xFF\",\"answers\":{\"nps\":9}}", 400, "#", NULL},
    {INGEST_RESPONSE, "{}", 422, "#/answers", NO_ANSWER},
    {INGEST_RESPONSE, "{\"answers\":{}}", 422, "#/answers", NO_ANSWER},
    {INGEST_RESPONSE, "{\"answers\":{\"nps\":null}}", 422, "#/answers", NO_ANSWER},
    {INGEST_RESPONSE, "{\"comment\":\"fine\"}", 422, "#/answers", NO_ANSWER},
    {INGEST_RESPONSE, "{\"answers\":7}", 422, "#/answers", "must be an object of question keys and scores"},
    {INGEST_RESPONSE, "{\"answers\":{\"nps\":11}}", 422, "#/answers/nps", "must be an integer from 0 to 10"},
    {INGEST_RESPONSE, "{\"survey\":\"s\",\"survey_version\":2,\"answers\":{\"nps\":9}}", 422, "#/survey_version",
     "is a version of a survey that is not defined"},
    {INGEST_RESPONSE, "{\"survey_version\":0,\"answers\":{\"nps\":9}}", 422, "#/survey_version", NULL},
    {INGEST_RESPONSE, "{\"external_id\":\"1\",\"answers\":{\"nps\":9}}", 422, "#/source", NO_SOURCE},
    {INGEST_RESPONSE, "{\"action\":\"a\",\"answers\":{\"nps\":9}}", 422, "#/action",
     "is not a field that is known here"},
    {INGEST_EVENT, "{}", 422, "#/action", NO_ACTION},
    {INGEST_EVENT, "{\"action\":null}", 422, "#/action", NO_ACTION},
    {INGEST_EVENT, "{\"action\":\"Two words\"}", 422, "#/action",
     "must be one word of lower-case letters, digits, _ and -"},
    {INGEST_EVENT, "{\"action\":\"a\",\"external_id\":\"1\"}", 422, "#/source", NO_SOURCE},
    {INGEST_EVENT, "{\"action\":\"a\",\"amount\":5}", 422, "#/amount", NO_PAIR},
    {INGEST_EVENT, "{\"action\":\"a\",\"currency\":\"EUR\"}", 422, "#/amount", NO_PAIR},
    {INGEST_EVENT, "{\"action\":\"a\",\"amount\":\"5\",\"currency\":\"EUR\"}", 422, "#/amount", NULL},
    {INGEST_EVENT, "{\"action\":\"a\",\"amount\":5,\"currency\":\"eur\"}", 422, "#/currency", NULL},
    {INGEST_EVENT, "{\"action\":\"a\",\"answers\":{\"nps\":9}}", 422, "#/answers", "is not a field that is known here"},
};

/* One fault brings no second one in its train. */
START_TEST(each_fault_is_told_once)
{
    const struct bad_case *bad = &bad_cases[_i];
    sent.submission.kind = bad->kind;
    ck_assert_msg(sent_decode(bad->json) == bad->status, "%s", bad->json);
    ck_assert_msg(sent.faults.count == 1, "%s", bad->json);
    ck_assert_str_eq(sent.faults.first->pointer, bad->pointer);
    if (bad->detail)
        ck_assert_str_eq(sent.faults.first->detail, bad->detail);
}
END_TEST

START_TEST(an_object_over_64_kib_is_a_413)
{
    static char large[PARSE_OBJECT_BYTES + 2];
    memset(large, ' ', sizeof large - 1);
    memcpy(large, "{\"answers\":{\"nps\":9}}", 21);
    ck_assert_int_eq(sent_decode(large), 413);
    ck_assert_uint_eq(sent.faults.count, 1);
    ck_assert_str_eq(sent.faults.first->pointer, "#");
    ck_assert_str_eq(sent.faults.first->detail, "is larger than 65536 bytes");
    large[PARSE_OBJECT_BYTES] = '\0';
    ck_assert_int_eq(sent_decode(large), 0);
}
END_TEST

/* --- time ----------------------------------------------------------------------------------------------------------------- */

/* With sent_at the client's clock tells by how much it is off: occurred_at is off by as much. */
START_TEST(a_clock_that_is_off_is_put_right)
{
    static const struct {
        const char *fields;
        const char *occurred;
        bool is_given;
    } cases[] = {
        {"", "2026-11-22T10:00:00Z", false},
        {"\"sent_at\":\"2026-11-22T08:00:00Z\",", "2026-11-22T10:00:00Z", false},
        {"\"occurred_at\":\"2026-11-22T07:00:00Z\",", "2026-11-22T07:00:00Z", true},
        {"\"occurred_at\":\"2026-11-22T07:00:00Z\",\"sent_at\":\"2026-11-22T09:59:55.000001Z\",",
         "2026-11-22T07:00:00Z", false},
        {"\"occurred_at\":\"2026-11-22T07:00:00Z\",\"sent_at\":\"2026-11-22T10:00:04.999999Z\",",
         "2026-11-22T07:00:00Z", false},
        {"\"occurred_at\":\"2026-11-22T07:00:00Z\",\"sent_at\":\"2026-11-22T09:59:55Z\",", "2026-11-22T07:00:05Z",
         false},
        {"\"occurred_at\":\"2026-11-22T07:00:00Z\",\"sent_at\":\"2026-11-22T10:00:05Z\",", "2026-11-22T06:59:55Z",
         false},
        {"\"occurred_at\":\"1970-01-01T00:00:00Z\",\"sent_at\":\"1970-01-01T00:01:00Z\",", "2026-11-22T09:59:00Z",
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[200];
        snprintf(json, sizeof json, "{%s\"answers\":{\"nps\":9}}", cases[i].fields);
        ck_assert_int_eq(sent_response(json)->occurred_us, sent_at(cases[i].occurred));
        ck_assert_int_eq(sent.item.response->has_given_time, cases[i].is_given);
        snprintf(json, sizeof json, "{%s\"action\":\"a\"}", cases[i].fields);
        ck_assert_int_eq(sent_event(json)->occurred_us, sent_at(cases[i].occurred));
    }
}
END_TEST

/* NULL: taken. */
static void check_time(const char *occurred, const char *detail)
{
    char json[100];
    for (int kind = INGEST_RESPONSE; kind <= INGEST_EVENT; kind++) {
        snprintf(json, sizeof json, "{\"occurred_at\":\"%s\",%s}", occurred,
                 kind == INGEST_RESPONSE ? "\"answers\":{\"nps\":9}" : "\"action\":\"a\"");
        sent.submission.kind = (enum ingest_kind)kind;
        ck_assert_msg(sent_decode(json) == (detail ? 422 : 0), "%s", json);
        if (detail) {
            ck_assert_uint_eq(sent.faults.count, 1);
            ck_assert_str_eq(sent.faults.first->pointer, "#/occurred_at");
            ck_assert_str_eq(sent.faults.first->detail, detail);
        }
    }
}

START_TEST(a_time_is_from_2000_to_a_day_ahead)
{
    check_time("2026-11-23T10:00:00Z", NULL);
    check_time("2026-11-23T10:00:00.000001Z", "must not be more than a day ahead");
    check_time("2000-01-01T00:00:00Z", NULL);
    check_time("1999-12-31T23:59:59.999999Z", "must not be before the year 2000");
}
END_TEST

/* What retention deletes at an age is refused from that age on, and what it has deleted for good. */
START_TEST(what_retention_would_have_deleted_is_refused)
{
    sent.project.retain_mode = RETAIN_DELETE;
    sent.project.retain_days = 30;
    check_time("2026-10-23T10:00:00Z", NULL);
    check_time("2026-10-23T09:59:59.999999Z",
               "is older than what the project keeps: nothing from before 2026-10-23T10:00:00Z");
    sent.project.retention_horizon_us = sent_at("2026-11-01T00:00:00Z");
    check_time("2026-11-01T00:00:00Z", NULL);
    check_time("2026-10-31T23:59:59Z",
               "is older than what the project keeps: nothing from before 2026-11-01T00:00:00Z");
    sent.project.retain_mode = RETAIN_KEEP;
    check_time("2026-10-31T23:59:59Z",
               "is older than what the project keeps: nothing from before 2026-11-01T00:00:00Z");
    sent.project.retention_horizon_us = INT64_MIN;
    sent.project.retain_mode = RETAIN_ANONYMISE;
    check_time("2026-10-01T00:00:00Z", NULL);
}
END_TEST

#define NPS "\"answers\":{\"nps\":9}"

/* With any amount of memory it is taken whole, or a 503 asks for it again: neither a part of it nor a fault of the client's. */
static void check_with_any_memory(enum ingest_kind kind, const char *json, int status)
{
    int got = 503;
    sent.submission.kind = kind;
    for (size_t limit = 1; got == 503; limit += 16) {
        struct arena *small = arena_new(limit);
        got = sent_decode_within(small, text_of(json));
        ck_assert(limit > 1 || got == 503);
        ck_assert(got == 503 || got == status);
        ck_assert(faults_lack_memory(&sent.faults) == (got == 503));
        arena_free(small);
    }
}

START_TEST(what_memory_lacks_for_is_unavailable)
{
    check_with_any_memory(INGEST_RESPONSE, "{\"channel\":\"web\",\"tags\":[\"a\",\"b\"]," NPS "}", 0);
    check_with_any_memory(INGEST_RESPONSE,
                          "{\"properties\":{\"a\":1},\"dimensions\":{\"release\":\"4.1\"},\"tags\":[\"a\",\"\\u0062\"],"
                          "\"answers\":{\"nps\":9,\"csat\":null}}",
                          0);
    check_with_any_memory(INGEST_RESPONSE, "{\"region\":7,\"answers\":{\"joy\":1}}", 422);
    check_with_any_memory(INGEST_RESPONSE, "{\"answers\":", 400);
    check_with_any_memory(INGEST_EVENT, "{\"action\":\"paid\",\"amount\":49.9,\"currency\":\"EUR\"}", 0);
    check_with_any_memory(INGEST_EVENT, "{\"amount\":49.9}", 422);
    sent.submission.idempotency_key = "k";
    check_with_any_memory(INGEST_RESPONSE, "{" NPS "}", 0);
}
END_TEST

/* --- verdicts ------------------------------------------------------------------------------------------------------------- */

START_TEST(each_verdict_is_told_in_its_own_way)
{
    static const struct {
        enum verdict verdict;
        int status;
        const char *word;
    } told[] = {
        {VERDICT_CREATED, 201, "created"},     {VERDICT_KNOWN, 200, "duplicate"},
        {VERDICT_MERGED, 200, "merged"},       {VERDICT_CHANGED, 200, "updated"},
        {VERDICT_CONFLICT, 409, "conflict"},   {VERDICT_NOT_FOUND, 404, "not-found"},
        {VERDICT_FORBIDDEN, 403, "forbidden"}, {VERDICT_EMPTY, 422, "empty"},
        {VERDICT_UNFIT, 422, "validation"},    {VERDICT_CAP, 422, "cap"},
        {VERDICT_REFUSED, 422, "refused"},     {VERDICT_UNAVAILABLE, 503, "unavailable"},
    };
    ck_assert_uint_eq(sizeof told / sizeof *told, VERDICT_UNAVAILABLE);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        ck_assert_int_eq(submission_status(told[i].verdict), told[i].status);
        ck_assert_str_eq(submission_word(told[i].verdict), told[i].word);
        ck_assert((submission_detail(told[i].verdict) == NULL) == (told[i].status < 300));
        ck_assert(submission_is_retryable(told[i].verdict) == (told[i].status == 503));
    }
}
END_TEST

Suite *submission_suite(void)
{
    Suite *suite = suite_create("submission");
    TCase *tests = tcase_create("submission");
    tcase_add_checked_fixture(tests, sent_setup, sent_teardown);
    tcase_add_loop_test(tests, each_fault_is_told_once, 0, sizeof bad_cases / sizeof *bad_cases);
    tcase_add_test(tests, an_object_over_64_kib_is_a_413);
    tcase_add_test(tests, a_clock_that_is_off_is_put_right);
    tcase_add_test(tests, a_time_is_from_2000_to_a_day_ahead);
    tcase_add_test(tests, what_retention_would_have_deleted_is_refused);
    tcase_add_test(tests, what_memory_lacks_for_is_unavailable);
    tcase_add_test(tests, each_verdict_is_told_in_its_own_way);
    suite_add_tcase(suite, tests);
    return suite;
}
