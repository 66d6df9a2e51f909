/* SPDX-License-Identifier: MIT */
#include "sent.h"
#include "support/runner.h"

#include <string.h>

/* One object as it was sent: the id that it gets, the hash by which a repeat is known, and what is handed on to be stored. */

/* --- ids ---------------------------------------------------------------------------------------------------------------- */

static struct id id_of(const char *json)
{
    return sent_response(json)->id;
}

static bool is_same(struct id a, struct id b)
{
    return id_compare(&a, &b) == 0;
}

#define NPS "\"answers\":{\"nps\":9}"
#define OWN "\"id\":\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00\","

START_TEST(an_id_that_was_sent_is_kept)
{
    char text[ID_TEXT_SIZE];
    sent.submission.idempotency_key = "k";
    ck_assert_str_eq(id_format(&sent_response("{" OWN "\"source\":\"s\",\"external_id\":\"1\"," NPS "}")->id, text),
                     "0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00");
    ck_assert(!sent.item.response->is_own_id);
    ck_assert_ptr_eq(submission_id(&sent.item), &sent.item.response->id);
    ck_assert_str_eq(id_format(&sent_event("{" OWN "\"action\":\"a\"}")->id, text),
                     "0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00");
    ck_assert_ptr_eq(submission_id(&sent.item), &sent.item.event->id);
}
END_TEST

START_TEST(an_external_id_makes_the_same_id_each_time)
{
    const struct id id = id_of("{\"source\":\"ab\",\"external_id\":\"c\"," NPS "}");
    ck_assert(!sent.item.response->is_own_id);
    sent.submission.idempotency_key = "k"; /* which counts for less */
    ck_assert(is_same(id, id_of("{\"source\":\"ab\",\"external_id\":\"c\",\"answers\":{\"nps\":1}}")));
    ck_assert(!is_same(id, id_of("{\"source\":\"a\",\"external_id\":\"bc\"," NPS "}")));
    ck_assert(!is_same(id, id_of("{\"source\":\"ab\",\"external_id\":\"d\"," NPS "}")));
    ck_assert(!is_same(id, sent_event("{\"source\":\"ab\",\"external_id\":\"c\",\"action\":\"a\"}")->id));
    sent.project.secret[0]++; /* nobody can make the ids of another project */
    ck_assert(!is_same(id, id_of("{\"source\":\"ab\",\"external_id\":\"c\"," NPS "}")));
}
END_TEST

START_TEST(an_idempotency_key_makes_an_id_for_each_place)
{
    sent.submission.idempotency_key = "k";
    const struct id id = id_of("{" NPS "}");
    ck_assert(!sent.item.response->is_own_id);
    ck_assert(is_same(id, id_of("{" NPS "}")));
    sent.submission.index = 1;
    ck_assert(!is_same(id, id_of("{" NPS "}")));
    sent.submission.index = 0;
    sent.submission.idempotency_key = "l";
    ck_assert(!is_same(id, id_of("{" NPS "}")));
    sent.submission.idempotency_key = "k";
    sent.key.id = 6; /* the one that took its place */
    ck_assert(is_same(id, id_of("{" NPS "}")));
    sent.key.lineage = 6;
    ck_assert(!is_same(id, id_of("{" NPS "}")));
}
END_TEST

START_TEST(without_any_of_these_each_gets_an_id_of_its_own)
{
    const struct id id = id_of("{" NPS "}");
    ck_assert(sent.item.response->is_own_id);
    ck_assert(!is_same(id, id_of("{" NPS "}")));
}
END_TEST

START_TEST(the_id_of_a_patch_is_the_one_that_it_names)
{
    const struct patch patch = {.project_id = 7};
    const struct ingest_item of_patch = {.kind = INGEST_PATCH, .patch = &patch};
    ck_assert_ptr_eq(submission_id(&of_patch), &patch.id);
}
END_TEST

/* --- the hash of what was sent -------------------------------------------------------------------------------------------- */

#define HASHED                                                                                                  \
    "\"channel\":\"web\",\"comment\":\"good\",\"tags\":[\"a\",\"b\"],\"occurred_at\":\"2026-11-22T09:00:00Z\"," \
    "\"answers\":{\"ces\":3,\"nps\":9}"

START_TEST(the_same_content_has_the_same_hash)
{
    static const char *const same[] = {
        "{" OWN HASHED "}",
        "{\"answers\":{\"nps\":9,\"ces\":3},\"occurred_at\":\"2026-11-22T10:00:00+01:00\",\"tags\":[\"a\",\"b\"],"
        "\"comment\":\"good\",\"channel\":\"web\"}",
        "{" HASHED ",\"sent_at\":\"2026-11-22T10:00:00Z\"}",
        "{\"region\":null," HASHED "}",
        "{\"channel\":\"\\u0077eb\",\"comment\":\"good\",\"tags\":[\"a\",\"b\",\"a\"],"
        "\"occurred_at\":\"2026-11-22T09:00:00Z\",\"answers\":{\"ces\":3,\"csat\":null,\"nps\":9.0}}",
    };
    uint8_t hash[CONTENT_HASH_SIZE];
    memcpy(hash, sent_response("{" HASHED "}")->content_hash, sizeof hash);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        ck_assert_msg(memcmp(hash, sent_response(same[i])->content_hash, sizeof hash) == 0, "%s", same[i]);
}
END_TEST

static void check_all_differ(uint8_t (*hashes)[CONTENT_HASH_SIZE], size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_msg(memcmp(hashes[i], hashes[j], sizeof hashes[i]) != 0, "%zu and %zu", i, j);
}

START_TEST(any_other_content_has_another_hash)
{
    static const char *const others[] = {
        "{" NPS "}",
        "{\"answers\":{\"nps\":8}}",
        "{\"answers\":{\"nps\":9,\"ces\":3}}",
        "{\"answers\":{\"nps\":3,\"ces\":3}}",
        "{\"channel\":\"web\"," NPS "}",
        "{\"region\":\"WEB\"," NPS "}",
        "{\"product\":\"web\"," NPS "}",
        "{\"dimensions\":{\"release\":\"web\"}," NPS "}",
        "{\"comment\":\"web\"," NPS "}",
        "{\"customer_id\":\"web\"," NPS "}",
        "{\"interaction_id\":\"web\"," NPS "}",
        "{\"source\":\"web\"," NPS "}",
        "{\"tags\":[\"web\"]," NPS "}",
        "{\"tags\":[\"w\",\"eb\"]," NPS "}",
        "{\"tags\":[\"we\",\"b\"]," NPS "}",
        "{\"properties\":{\"a\":1}," NPS "}",
        "{\"occurred_at\":\"2026-11-22T09:00:00Z\"," NPS "}",
        "{\"occurred_at\":\"2026-11-22T09:00:00.000001Z\"," NPS "}",
    };
    uint8_t hashes[sizeof others / sizeof *others][CONTENT_HASH_SIZE];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        memcpy(hashes[i], sent_response(others[i])->content_hash, sizeof hashes[i]);
    check_all_differ(hashes, sizeof others / sizeof *others);
}
END_TEST

START_TEST(any_other_content_of_an_event_has_another_hash)
{
    static const char *const others[] = {
        "{\"action\":\"a\"}",
        "{\"action\":\"b\"}",
        "{\"action\":\"a\",\"stage\":\"b\"}",
        "{\"action\":\"a\",\"session_id\":\"b\"}",
        "{\"action\":\"a\",\"duration_ms\":0}",
        "{\"action\":\"a\",\"duration_ms\":1}",
        "{\"action\":\"a\",\"response_id\":\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00\"}",
        "{\"action\":\"a\",\"response_id\":\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f01\"}",
        "{\"action\":\"a\",\"amount\":5,\"currency\":\"EUR\"}",
        "{\"action\":\"a\",\"amount\":5,\"currency\":\"USD\"}",
    };
    uint8_t hashes[sizeof others / sizeof *others][CONTENT_HASH_SIZE];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        memcpy(hashes[i], sent_event(others[i])->content_hash, sizeof hashes[i]);
    check_all_differ(hashes, sizeof others / sizeof *others);
}
END_TEST

/* --- what is kept --------------------------------------------------------------------------------------------------------- */

START_TEST(a_whole_answer_is_handed_on)
{
    sent.key.is_test = true;
    const struct response *response = sent_response(
        "{\"channel\":\"web\",\"region\":\"es-ct\",\"dimensions\":{\"release\":\"4.1\"},\"customer_id\":\"c\","
        "\"interaction_id\":\"i\",\"source\":\"s\",\"comment\":\"good\",\"tags\":[\"a\",\"b\"],"
        "\"properties\":{\"a\":1},\"answers\":{\"nps\":0,\"csat\":5}}");
    ck_assert_int_eq(response->cell.project_id, 7);
    ck_assert(text_is(response->cell.values[DIMENSION_CHANNEL], "web"));
    ck_assert(text_is(response->cell.values[DIMENSION_REGION], "ES-CT"));
    ck_assert(text_is(response->cell.values[DIMENSION_COUNTRY], "ES"));
    ck_assert(text_is(response->cell.values[DIMENSION_DECLARED_1], "4.1"));
    ck_assert(text_is_absent(response->cell.values[DIMENSION_PRODUCT]));
    ck_assert_int_eq(response->key_id, 5);
    ck_assert(response->is_test);
    ck_assert_int_eq(response->scores[QUESTION_NPS], 0);
    ck_assert_int_eq(response->scores[QUESTION_CSAT], 5);
    ck_assert_int_eq(response->scores[QUESTION_CES], SCORE_ABSENT);
    ck_assert(text_is(response->customer_id, "c") && text_is(response->interaction_id, "i"));
    ck_assert(text_is(response->source, "s") && text_is(response->comment, "good"));
    ck_assert(text_is(response->properties, "{\"a\":1}"));
    ck_assert_uint_eq(response->tag_count, 2);
    ck_assert(text_is(response->tags[1], "b"));
}
END_TEST

START_TEST(a_whole_event_is_handed_on)
{
    const struct event *event = sent_event(
        "{\"action\":\"paid\",\"stage\":\"late\",\"channel\":\"web\",\"customer_id\":\"c\",\"session_id\":\"v\","
        "\"interaction_id\":\"i\",\"response_id\":\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00\",\"duration_ms\":70,"
        "\"amount\":49.9,\"currency\":\"EUR\",\"source\":\"s\",\"properties\":{\"a\":1}}");
    char text[ID_TEXT_SIZE];
    ck_assert_int_eq(event->cell.project_id, 7);
    ck_assert(text_is(event->cell.values[DIMENSION_CHANNEL], "web"));
    ck_assert_int_eq(event->key_id, 5);
    ck_assert(!event->is_test);
    ck_assert(text_is(event->action, "paid") && text_is(event->stage, "late"));
    ck_assert(text_is(event->customer_id, "c") && text_is(event->session_id, "v"));
    ck_assert(text_is(event->interaction_id, "i") && text_is(event->source, "s"));
    ck_assert(event->has_response_id);
    ck_assert_str_eq(id_format(&event->response_id, text), "0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00");
    ck_assert(event->has_duration);
    ck_assert_int_eq(event->duration_ms, 70);
    ck_assert(text_is(event->amount, "49.9000") && text_is(event->currency, "EUR"));
    ck_assert(text_is(event->properties, "{\"a\":1}"));
    ck_assert(!sent_event("{\"action\":\"paid\"}")->has_response_id);
    ck_assert(!sent.item.event->has_duration);
}
END_TEST

Suite *submission_content_suite(void)
{
    Suite *suite = suite_create("submission_content");
    TCase *tests = tcase_create("submission_content");
    tcase_add_checked_fixture(tests, sent_setup, sent_teardown);
    tcase_add_test(tests, an_id_that_was_sent_is_kept);
    tcase_add_test(tests, an_external_id_makes_the_same_id_each_time);
    tcase_add_test(tests, an_idempotency_key_makes_an_id_for_each_place);
    tcase_add_test(tests, without_any_of_these_each_gets_an_id_of_its_own);
    tcase_add_test(tests, the_id_of_a_patch_is_the_one_that_it_names);
    tcase_add_test(tests, the_same_content_has_the_same_hash);
    tcase_add_test(tests, any_other_content_has_another_hash);
    tcase_add_test(tests, any_other_content_of_an_event_has_another_hash);
    tcase_add_test(tests, a_whole_answer_is_handed_on);
    tcase_add_test(tests, a_whole_event_is_handed_on);
    suite_add_tcase(suite, tests);
    return suite;
}
