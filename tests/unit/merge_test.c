/* SPDX-License-Identifier: MIT */
#include "../../src/ingest/merge.h"

#include "support/runner.h"

static struct text web = {"web", 3};
static struct arena *arena;

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
    stored.comment_fit = COMMENT_OTHER;
    stored.response.scores[QUESTION_CSAT] = 4;
    ck_assert_int_eq(merge_response(&stored, &again, false, arena).verdict, VERDICT_KNOWN);
}
END_TEST

START_TEST(the_same_hash_is_ours_after_a_lost_outcome)
{
    struct stored_response stored = stored_answer();
    ck_assert_int_eq(merge_response(&stored, &stored.response, true, arena).verdict, VERDICT_CREATED);
    ck_assert_int_eq(merge_response(&stored, &stored.response, false, arena).verdict, VERDICT_KNOWN);
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
    merge = merge_response(&stored, &again, false, arena);
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
    ck_assert_int_eq(merge_response(&stored, &again, false, arena).verdict, VERDICT_CONFLICT);
    ck_assert(text_is_absent(stored.response.comment));
}
END_TEST

START_TEST(properties_are_compared_by_the_database)
{
    struct stored_response stored = stored_answer();
    struct response again = sent_again();
    stored.response.properties = text_of("{\"a\": 1}");
    again.properties = text_of("{\"a\":1}");
    ck_assert_int_eq(merge_response(&stored, &again, false, arena).verdict, VERDICT_KNOWN);
    stored.same_properties = false;
    ck_assert_int_eq(merge_response(&stored, &again, false, arena).verdict, VERDICT_CONFLICT);
}
END_TEST

START_TEST(erased_and_excluded_rows_take_nothing)
{
    struct stored_response stored = stored_answer();
    struct response again = sent_again();
    again.comment = text_of("back again");
    stored.erased = true;
    ck_assert_int_eq(merge_response(&stored, &again, false, arena).verdict, VERDICT_KNOWN);
    ck_assert(text_is_absent(stored.response.comment));
    stored.erased = false;
    stored.excluded = true;
    ck_assert_int_eq(merge_response(&stored, &again, false, arena).verdict, VERDICT_KNOWN);
    ck_assert(text_is_absent(stored.response.comment));
}
END_TEST

START_TEST(a_patch_is_the_same_when_it_runs_twice)
{
    struct stored_response stored = stored_answer();
    static const struct patch_answer answers[] = {{{"nps", 3}, 0, true}, {{"csat", 4}, 3, false}};
    struct patch patch = {.answers = answers, .answer_count = 2, .key_id = 1};
    ck_assert(merge_patch(&stored, &patch, 0, arena).changes);
    ck_assert_int_eq(stored.response.scores[QUESTION_NPS], SCORE_ABSENT);
    ck_assert_int_eq(stored.response.scores[QUESTION_CSAT], 3);
    ck_assert(!merge_patch(&stored, &patch, 0, arena).changes);
}
END_TEST

START_TEST(an_erased_row_is_not_patched)
{
    struct stored_response stored = stored_answer();
    struct patch patch = {.key_id = 1, .sets_comment = true, .comment = {"x", 1}};
    stored.erased = true;
    ck_assert_int_eq(merge_patch(&stored, &patch, 0, arena).verdict, VERDICT_FORBIDDEN);
    ck_assert(text_is_absent(stored.response.comment));
}
END_TEST

/* --- answers to the questions of a survey ------------------------------------------------------------------------- */

static struct answer stored_own[] = {{101, 4}, {103, 1}};

static struct stored_response stored_of_survey(void)
{
    struct stored_response stored = stored_answer();
    stored.response.cell.values[DIMENSION_SURVEY] = text_of("s");
    stored.response.survey_version = 1;
    stored.response.answers = stored_own;
    stored.response.answer_count = 2;
    return stored;
}

static struct merge send_again(struct stored_response *stored, struct answer *answers, size_t count, int32_t version)
{
    struct response again = stored->response;
    again.content_hash[0] = 1;
    again.answers = answers;
    again.answer_count = count;
    again.survey_version = version;
    return merge_response(stored, &again, false, arena);
}

START_TEST(answers_of_a_survey_are_added_in_their_order)
{
    struct stored_response stored = stored_of_survey();
    struct answer more[] = {{101, 4}, {102, 5}, {104, 0}};
    static const int32_t ids[] = {101, 102, 103, 104};
    ck_assert_int_eq(send_again(&stored, more, 3, 1).verdict, VERDICT_MERGED);
    ck_assert_uint_eq(stored.response.answer_count, 4);
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(stored.response.answers[i].definition_id, ids[i]);
    ck_assert_int_eq(stored.response.answers[1].score, 5);
    ck_assert_int_eq(stored.response.answers[2].score, 1);
}
END_TEST

START_TEST(another_score_of_a_surveys_question_contradicts)
{
    struct stored_response stored = stored_of_survey();
    struct answer other[] = {{101, 5}};
    struct answer less[] = {{103, 1}};
    ck_assert_int_eq(send_again(&stored, other, 1, 1).verdict, VERDICT_CONFLICT);
    ck_assert_int_eq(send_again(&stored, less, 1, 1).verdict, VERDICT_KNOWN);
}
END_TEST

/* The same question in two versions has two definitions: the customer would answer it twice. */
START_TEST(nothing_is_added_under_another_version)
{
    struct stored_response stored = stored_of_survey();
    struct answer newer[] = {{201, 6}};
    ck_assert_int_eq(send_again(&stored, newer, 1, 2).verdict, VERDICT_CONFLICT);
    ck_assert_uint_eq(stored.response.answer_count, 2);
    ck_assert_int_eq(send_again(&stored, stored_own, 2, 2).verdict, VERDICT_KNOWN);
}
END_TEST

/* What it answers was not checked against a survey: its csat is the built-in one. */
START_TEST(a_patch_of_an_unchecked_answer_is_of_the_built_in_questions)
{
    static const struct patch_answer off_scale[] = {{{"nps", 3}, 1, false}, {{"csat", 4}, 6, false}};
    struct stored_response stored = stored_answer();
    struct patch patch = {.answers = off_scale, .answer_count = 2, .key_id = 1};
    struct merge merge;
    stored.response.cell.values[DIMENSION_SURVEY] = text_of("s");
    merge = merge_patch(&stored, &patch, 0, arena);
    ck_assert_int_eq(merge.verdict, VERDICT_UNFIT);
    ck_assert_uint_eq(merge.unfit, 1);
    ck_assert_int_eq(stored.response.scores[QUESTION_NPS], 9);
}
END_TEST

Suite *merge_suite(void)
{
    arena = arena_new(0);
    Suite *suite = RUNNER_SUITE("merge", less_than_what_is_stored_is_known, the_same_hash_is_ours_after_a_lost_outcome,
                                every_field_can_be_added, properties_are_compared_by_the_database,
                                erased_and_excluded_rows_take_nothing, a_patch_is_the_same_when_it_runs_twice,
                                an_erased_row_is_not_patched, answers_of_a_survey_are_added_in_their_order,
                                another_score_of_a_surveys_question_contradicts, nothing_is_added_under_another_version,
                                a_patch_of_an_unchecked_answer_is_of_the_built_in_questions);
    TCase *table = tcase_create("contradictions");
    tcase_add_loop_test(table, a_contradiction_changes_nothing_even_beside_an_addition, 0,
                        sizeof contradictions / sizeof contradictions[0]);
    suite_add_tcase(suite, table);
    return suite;
}
