/* SPDX-License-Identifier: MIT */
#include "../../src/storage/tally.h"

#include "support/runner.h"

static const int64_t QUARTER_US = INT64_C(900) * 1000000;

static struct response response_in(int32_t project_id, int32_t quarter, int32_t cell_id, int nps, int csat, int ces)
{
    return (struct response){.cell = {.project_id = project_id},
                             .cell_id = cell_id,
                             .occurred_us = quarter * QUARTER_US + 1,
                             .scores = {(int8_t)nps, (int8_t)csat, (int8_t)ces}};
}

static size_t tally(struct response *responses, size_t count, struct tally *tallies)
{
    struct response *list[8];
    for (size_t i = 0; i < count; i++)
        list[i] = &responses[i];
    return tally_merge(tallies, tally_responses(list, count, tallies));
}

START_TEST(answers_of_one_cell_and_quarter_become_one_tally)
{
    struct response responses[] = {response_in(1, 7, 3, 9, 5, 7), response_in(1, 7, 3, 9, 1, SCORE_ABSENT),
                                   response_in(1, 7, 3, 0, SCORE_ABSENT, 1)};
    struct tally tallies[3];
    ck_assert_uint_eq(tally(responses, 3, tallies), 1);
    ck_assert_int_eq(tallies[0].quarter, 7);
    ck_assert_uint_eq(tallies[0].counts[0], 1);  /* nps 0 */
    ck_assert_uint_eq(tallies[0].counts[9], 2);  /* nps 9 */
    ck_assert_uint_eq(tallies[0].counts[11], 1); /* csat 1 */
    ck_assert_uint_eq(tallies[0].counts[15], 1); /* csat 5 */
    ck_assert_uint_eq(tallies[0].counts[16], 1); /* ces 1 */
    ck_assert_uint_eq(tallies[0].counts[22], 1); /* ces 7 */
}
END_TEST

START_TEST(tallies_ascend_by_project_quarter_and_cell)
{
    struct response responses[] = {response_in(2, 1, 1, 9, 1, 1), response_in(1, 2, 1, 9, 1, 1),
                                   response_in(1, 1, 2, 9, 1, 1), response_in(1, 1, 1, 9, 1, 1)};
    static const int32_t order[][3] = {{1, 1, 1}, {1, 1, 2}, {1, 2, 1}, {2, 1, 1}};
    struct tally tallies[4];
    ck_assert_uint_eq(tally(responses, 4, tallies), 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(tallies[i].project_id, order[i][0]);
        ck_assert_int_eq(tallies[i].quarter, order[i][1]);
        ck_assert_int_eq(tallies[i].cell_id, order[i][2]);
    }
}
END_TEST

START_TEST(what_a_test_key_sent_counts_nowhere)
{
    struct response responses[] = {response_in(1, 1, 1, 9, 1, 1), response_in(1, 1, 2, 9, 1, 1)};
    struct tally tallies[2];
    responses[1].is_test = true;
    ck_assert_uint_eq(tally(responses, 2, tallies), 1);
    ck_assert_int_eq(tallies[0].cell_id, 1);
}
END_TEST

START_TEST(four_counters_share_a_word_up_to_the_largest)
{
    struct tally full = {0};
    for (int i = 0; i < ROLLUP_COUNTERS; i++)
        full.counts[i] = (uint16_t)(i == 5 ? TALLY_MAX : i);
    ck_assert_int_eq(tally_word(&full, 0), INT64_C(1) << 15 | INT64_C(2) << 30 | INT64_C(3) << 45);
    ck_assert_int_eq(tally_word(&full, 1), 4 | INT64_C(32767) << 15 | INT64_C(6) << 30 | INT64_C(7) << 45);
    ck_assert_int_eq(tally_word(&full, 5), 20 | INT64_C(21) << 15 | INT64_C(22) << 30);
}
END_TEST

Suite *tally_suite(void)
{
    Suite *suite = suite_create("tally");
    TCase *cases = tcase_create("tally");
    tcase_add_test(cases, answers_of_one_cell_and_quarter_become_one_tally);
    tcase_add_test(cases, tallies_ascend_by_project_quarter_and_cell);
    tcase_add_test(cases, what_a_test_key_sent_counts_nowhere);
    tcase_add_test(cases, four_counters_share_a_word_up_to_the_largest);
    suite_add_tcase(suite, cases);
    return suite;
}
