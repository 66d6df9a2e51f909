/* SPDX-License-Identifier: MIT */
#include "../../src/ingest/merge.h"

#include "support/runner.h"

static struct text web = {"web", 3};

static struct stored_response stored_answer(void)
{
    struct stored_response stored = {.response = {.scores = {9, SCORE_ABSENT, SCORE_ABSENT}, .key_id = 1}};
    stored.response.cell.values[DIMENSION_CHANNEL] = web;
    stored.same_properties = true;
    return stored;
}

/* The same answer with another hash: not the same submission to the byte. */
static struct response sent_again(void)
{
    struct response response = stored_answer().response;
    response.content_hash[0] = 1;
    return response;
}

START_TEST(less_than_what_is_stored_is_known)
{
    struct stored_response stored = stored_answer();
    struct response again = sent_again();
    stored.response.comment = text_of("stored");
    stored.response.scores[QUESTION_CSAT] = 4;
    ck_assert_int_eq(merge_response(&stored, &again, false).verdict, VERDICT_KNOWN);
}
END_TEST

START_TEST(the_same_hash_is_ours_after_a_lost_outcome)
{
    struct stored_response stored = stored_answer();
    ck_assert_int_eq(merge_response(&stored, &stored.response, true).verdict, VERDICT_CREATED);
    ck_assert_int_eq(merge_response(&stored, &stored.response, false).verdict, VERDICT_KNOWN);
}
END_TEST

START_TEST(every_field_can_be_added)
{
    struct stored_response stored = stored_answer();
    struct response again = sent_again();
    struct text tags[] = {{"a", 1}};
    struct merge merge;
    again.scores[QUESTION_CES] = 6;
    again.cell.values[DIMENSION_REGION] = text_of("ES");
    again.customer_id = text_of("c");
    again.interaction_id = text_of("i");
    again.source = text_of("s");
    again.comment = text_of("words");
    again.tags = tags;
    again.tag_count = 1;
    merge = merge_response(&stored, &again, false);
    ck_assert_int_eq(merge.verdict, VERDICT_MERGED);
    ck_assert(merge.changes);
    ck_assert_int_eq(stored.response.scores[QUESTION_NPS], 9);
    ck_assert_int_eq(stored.response.scores[QUESTION_CES], 6);
    ck_assert(text_is(stored.response.cell.values[DIMENSION_REGION], "ES"));
    ck_assert(text_is(stored.response.cell.values[DIMENSION_COUNTRY], "ES"));
    ck_assert(text_is(stored.response.comment, "words"));
    ck_assert_uint_eq(stored.response.tag_count, 1);
}
END_TEST

static void contradict_score(struct response *again)
{
    again->scores[QUESTION_NPS] = 8;
}
static void contradict_channel(struct response *again)
{
    again->cell.values[DIMENSION_CHANNEL] = text_of("app");
}
static void contradict_time(struct response *again)
{
    again->has_given_time = true;
    again->occurred_us = 1;
}
static void contradict_test(struct response *again)
{
    again->is_test = true;
}

static void (*const contradictions[])(struct response *) = {contradict_score, contradict_channel, contradict_time,
                                                            contradict_test};

START_TEST(a_contradiction_changes_nothing_even_beside_an_addition)
{
    struct stored_response stored = stored_answer();
    struct response again = sent_again();
    again.comment = text_of("new");
    contradictions[_i](&again);
    ck_assert_int_eq(merge_response(&stored, &again, false).verdict, VERDICT_CONFLICT);
    ck_assert(text_is_absent(stored.response.comment));
}
END_TEST

START_TEST(properties_are_compared_by_the_database)
{
    struct stored_response stored = stored_answer();
    struct response again = sent_again();
    stored.response.properties = text_of("{\"a\": 1}");
    again.properties = text_of("{\"a\":1}");
    ck_assert_int_eq(merge_response(&stored, &again, false).verdict, VERDICT_KNOWN);
    stored.same_properties = false;
    ck_assert_int_eq(merge_response(&stored, &again, false).verdict, VERDICT_CONFLICT);
}
END_TEST

START_TEST(erased_and_excluded_rows_take_nothing)
{
    struct stored_response stored = stored_answer();
    struct response again = sent_again();
    again.comment = text_of("back again");
    stored.erased = true;
    ck_assert_int_eq(merge_response(&stored, &again, false).verdict, VERDICT_KNOWN);
    ck_assert(text_is_absent(stored.response.comment));
    stored.erased = false;
    stored.excluded = true;
    ck_assert_int_eq(merge_response(&stored, &again, false).verdict, VERDICT_KNOWN);
    ck_assert(text_is_absent(stored.response.comment));
}
END_TEST

START_TEST(a_patch_is_the_same_when_it_runs_twice)
{
    struct stored_response stored = stored_answer();
    struct patch patch = {.sets_scores = {true, true, false}, .scores = {SCORE_ABSENT, 3, 0}, .key_id = 1};
    ck_assert(merge_patch(&stored, &patch, 0).changes);
    ck_assert_int_eq(stored.response.scores[QUESTION_NPS], SCORE_ABSENT);
    ck_assert_int_eq(stored.response.scores[QUESTION_CSAT], 3);
    ck_assert(!merge_patch(&stored, &patch, 0).changes);
}
END_TEST

START_TEST(an_erased_row_is_not_patched)
{
    struct stored_response stored = stored_answer();
    struct patch patch = {.sets_comment = true, .comment = {"x", 1}};
    stored.erased = true;
    ck_assert_int_eq(merge_patch(&stored, &patch, 0).verdict, VERDICT_FORBIDDEN);
    ck_assert(text_is_absent(stored.response.comment));
}
END_TEST

Suite *merge_suite(void)
{
    Suite *suite = RUNNER_SUITE("merge", less_than_what_is_stored_is_known, the_same_hash_is_ours_after_a_lost_outcome,
                                every_field_can_be_added, properties_are_compared_by_the_database,
                                erased_and_excluded_rows_take_nothing, a_patch_is_the_same_when_it_runs_twice,
                                an_erased_row_is_not_patched);
    TCase *table = tcase_create("contradictions");
    tcase_add_loop_test(table, a_contradiction_changes_nothing_even_beside_an_addition, 0,
                        sizeof contradictions / sizeof contradictions[0]);
    suite_add_tcase(suite, table);
    return suite;
}
