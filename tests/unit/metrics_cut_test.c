/* SPDX-License-Identifier: MIT */
#include "../../src/api/metrics_cut.h"
#include "../../src/api/metrics_mixing.h"
#include "support/runner.h"

#include <check.h>
#include <string.h>

/* Which answers may be one number, and where a series begins anew. */

enum { PROJECT = 7, BUCKETS = 6 };

static const struct question_definition csat = {2, NULL, "csat", 1, "csat", 1, 5, false, 0, 0, NULL, 0};
static const struct question_definition definitions[] = {
    {101, "a", "csat", 2, "csat", 1, 7, false, 0, 0, NULL, 2000},
    {102, "b", "csat", 1, "csat", 1, 10, false, 0, 0, NULL, 1500},
    {103, "b", "csat", 2, "csat", 1, 3, false, 0, 0, NULL, 2500},
    {104, "c", "csat", 2, "csat", 1, 7, false, 0, 0, NULL, 4000},
    {105, "b", "mood", 1, "rating", 1, 5, false, 0, 0, NULL, 1500},
    {106, "b", "mood", 2, "rating", 1, 10, false, 0, 0, NULL, 2500},
};
static const struct survey_question first_of_a[] = {{&csat, {NULL, 0}}};
static const struct survey_question second_of_a[] = {{&definitions[0], {NULL, 0}}};
static const struct survey_question first_of_b[] = {{&definitions[1], {NULL, 0}}, {&definitions[4], {NULL, 0}}};
static const struct survey_question second_of_b[] = {{&definitions[2], {NULL, 0}}, {&definitions[5], {NULL, 0}}};
static const struct survey_question second_of_c[] = {{&definitions[3], {NULL, 0}}};
static const struct survey_version versions_of_a[] = {{1, 1000, first_of_a, 1}, {2, 2000, second_of_a, 1}};
static const struct survey_version versions_of_b[] = {{1, 1500, first_of_b, 2}, {2, 2500, second_of_b, 2}};
static const struct survey_version versions_of_c[] = {{1, 1000, first_of_a, 1}, {2, 4000, second_of_c, 1}};
static const struct survey surveys[] = {
    {.project_id = PROJECT, .key = "a", .versions = versions_of_a, .version_count = 2},
    {.project_id = PROJECT, .key = "b", .versions = versions_of_b, .version_count = 2},
    {.project_id = PROJECT, .key = "c", .versions = versions_of_c, .version_count = 2},
};
static const struct metrics_project project = {.id = PROJECT,
                                               .definitions = definitions,
                                               .definition_count = sizeof definitions / sizeof *definitions,
                                               .surveys = surveys,
                                               .survey_count = 3};
static const int32_t project_id = PROJECT;
static struct text survey_a;

/* By index in rollup_query.definitions: those of the surveys in their order. */
enum { A_1_7, B_1_10, B_1_3, C_1_7, MOOD_1_5, MOOD_1_10 };

static struct arena *arena;
static struct metrics_query query;
static struct metrics_frame frame;
static struct metrics_span points[BUCKETS];
static struct rollup_group group_list[2];
static struct rollup_point built_in[2][BUCKETS];
static struct rollup_question_point own[2][2 * BUCKETS];
static struct metrics_groups groups;

static void setup(void)
{
    arena = arena_new(0);
    survey_a = text_of("a");
    query = (struct metrics_query){.scope = {.projects = &project, .project_count = 1},
                                   .rollup = {.project_ids = &project_id, .project_count = 1},
                                   .has_series = true,
                                   .limit = 10,
                                   .min_n = 1};
    memset(group_list, 0, sizeof group_list);
    for (int g = 0; g < 2; g++) {
        group_list[g].points = built_in[g];
        group_list[g].question_points = own[g];
    }
    for (int32_t i = 0; i < BUCKETS; i++)
        points[i] = (struct metrics_span){.first = i, .end = i + 1};
    frame = (struct metrics_frame){.now = {.first = 0, .end = BUCKETS}, .points = points, .point_count = BUCKETS};
}

static void teardown(void)
{
    arena_free(arena);
}

static void ask_survey_a(void)
{
    query.scope.surveys = &survey_a;
    query.scope.survey_count = 1;
}

/* n answers of the best score on 1-5. */
static void answer_built_in(int group, int32_t bucket, int n)
{
    struct rollup_point *point = &built_in[group][group_list[group].point_count++];
    *point = (struct rollup_point){.bucket = bucket, .counts = {[15] = n}};
}

/* n answers of the worst score. */
static void answer(int group, int32_t bucket, int32_t definition, int n)
{
    struct rollup_question_point *point = &own[group][group_list[group].question_point_count++];
    *point = (struct rollup_question_point){.bucket = bucket, .definition = definition, .counts = {n}};
}

static void add(const char *metric)
{
    ck_assert_int_eq(metrics_choice_add(&query.choice, &query.scope, metric, arena), METRICS_FOUND);
}

static void make_groups(size_t group_count, bool dedupe)
{
    const struct rollup rollup = {.groups = group_list, .group_count = group_count};
    ck_assert(metrics_choice_settle(&query.choice, &query.rollup, dedupe, arena));
    ck_assert_int_eq(metrics_groups_make(&query, &frame, &rollup, arena, &groups), STATUS_OK);
}

static void make(size_t group_count)
{
    add("csat");
    make_groups(group_count, false);
}

static enum metrics_mixing mixing(void)
{
    size_t metric;
    int64_t *counters = metrics_counters_new(&query.choice, 1, arena);
    ck_assert_ptr_nonnull(counters);
    return metrics_mixing_find(&query, &frame, &groups, counters, &metric);
}

static int n_of(const struct metrics_counts *counts)
{
    return (int)metrics_n(&query.choice, counts, 0);
}

static const char *id_of(const struct metrics_counts *counts)
{
    return metrics_definition(&query.choice, counts, 0)->id;
}

/* --- cut --------------------------------------------------------------------------------------------------------------- */

START_TEST(versions_of_one_survey_are_cut_at_the_newest_that_was_answered)
{
    ask_survey_a();
    answer_built_in(0, 0, 4);
    answer_built_in(0, 2, 1);
    answer(0, 2, A_1_7, 3);
    answer(0, 4, A_1_7, 2);
    make(1);
    ck_assert_uint_eq(groups.cut_count, 1);
    ck_assert_int_eq((int)groups.cuts[0].n, 5);
    ck_assert_int_eq(groups.cuts[0].version, 1);
    ck_assert_int_eq((int)groups.cuts[0].at_us, 2000);
    ck_assert_str_eq(groups.cuts[0].source->slot->definition.id, "csat_1_5_top2");
    ck_assert_int_eq(n_of(&groups.now), 5);
    ck_assert_str_eq(id_of(&groups.now), "csat_1_7_top2");
    ck_assert_int_eq(mixing(), METRICS_MIXING_NONE);
    struct metrics_counts *series = metrics_points_new(&query, &frame, arena);
    ck_assert(metrics_points_fill(&query, &frame, &groups.list[0], arena, series));
    ck_assert_int_eq(n_of(&series[0]), 0);
    ck_assert_str_eq(id_of(&series[0]), "csat_1_7_top2");
    ck_assert_int_eq(n_of(&series[2]), 3);
}
END_TEST

START_TEST(one_definition_alone_is_not_cut)
{
    ask_survey_a();
    answer_built_in(0, 0, 4);
    make(1);
    ck_assert_uint_eq(groups.cut_count, 0);
    ck_assert_str_eq(id_of(&groups.now), "csat_1_5_top2");
}
END_TEST

START_TEST(own_questions_of_one_survey_need_no_filter)
{
    answer(0, 0, B_1_10, 4);
    answer(0, 1, B_1_3, 2);
    make(1);
    ck_assert_uint_eq(groups.cut_count, 1);
    ck_assert_str_eq(groups.cuts[0].survey.bytes, "b");
    ck_assert_str_eq(id_of(&groups.now), "csat_1_3_top1");
}
END_TEST

START_TEST(two_surveys_are_mixed_and_not_cut)
{
    answer(0, 0, B_1_10, 4);
    answer(0, 1, A_1_7, 2);
    make(1);
    ck_assert_uint_eq(groups.cut_count, 0);
    ck_assert_int_eq(mixing(), METRICS_MIXING_NUMBER);
}
END_TEST

START_TEST(surveys_of_one_definition_are_one_number)
{
    answer(0, 0, A_1_7, 4);
    answer(0, 1, C_1_7, 2);
    make(1);
    ck_assert_uint_eq(groups.cut_count, 0);
    ck_assert_int_eq(n_of(&groups.now), 6);
    ck_assert_int_eq(mixing(), METRICS_MIXING_NONE);
}
END_TEST

START_TEST(three_definitions_of_two_surveys_are_not_cut)
{
    answer(0, 0, A_1_7, 1);
    answer(0, 0, B_1_10, 2);
    answer(0, 0, B_1_3, 3);
    make(1);
    ck_assert_uint_eq(groups.cut_count, 0);
    ck_assert_int_eq(mixing(), METRICS_MIXING_NUMBER);
}
END_TEST

START_TEST(a_built_in_question_may_be_anybodys_without_a_filter)
{
    answer_built_in(0, 0, 4);
    answer(0, 1, A_1_7, 2);
    make(1);
    ck_assert_uint_eq(groups.cut_count, 0);
    ck_assert_int_eq(mixing(), METRICS_MIXING_NUMBER);
}
END_TEST

START_TEST(groups_that_are_surveys_are_cut_each_by_itself)
{
    query.rollup.group_by = 1u << DIMENSION_SURVEY;
    query.column_count = 1;
    group_list[0].values[DIMENSION_SURVEY] = text_of("a");
    group_list[1].values[DIMENSION_SURVEY] = text_of("b");
    answer_built_in(0, 0, 4);
    answer(0, 1, A_1_7, 2);
    answer(1, 0, B_1_10, 3);
    make(2);
    ck_assert_uint_eq(groups.cut_count, 1);
    ck_assert_str_eq(groups.cuts[0].survey.bytes, "a");
    ck_assert_str_eq(id_of(&groups.list[0].now), "csat_1_7_top2");
    ck_assert_int_eq(n_of(&groups.list[0].now), 2);
    ck_assert_str_eq(id_of(&groups.list[1].now), "csat_1_10_top2");
    ck_assert(metrics_is_mixed(&groups.now, 0));
    ck_assert_int_eq(mixing(), METRICS_MIXING_NONE);
}
END_TEST

START_TEST(a_group_of_left_out_answers_is_gone)
{
    ask_survey_a();
    query.column_count = 1;
    answer_built_in(0, 0, 4);
    answer(1, 1, A_1_7, 2);
    make(2);
    ck_assert_uint_eq(groups.count, 1);
    ck_assert_ptr_eq(groups.list[0].source, &group_list[1]);
}
END_TEST

START_TEST(without_a_series_or_rescaled_nothing_is_cut)
{
    ask_survey_a();
    query.has_series = false;
    answer_built_in(0, 0, 4);
    answer(0, 1, A_1_7, 2);
    make(1);
    ck_assert_uint_eq(groups.cut_count, 0);
    ck_assert_int_eq(mixing(), METRICS_MIXING_NUMBER);
    query.is_rescaled = true;
    ck_assert_int_eq(mixing(), METRICS_MIXING_NONE);
    query.has_series = true;
    query.choice.count = 0;
    make(1);
    ck_assert_uint_eq(groups.cut_count, 0);
    ck_assert_int_eq(n_of(&groups.now), 6);
}
END_TEST

START_TEST(answers_outside_the_window_and_the_series_are_not_counted)
{
    ask_survey_a();
    frame.now = (struct metrics_span){.first = 2, .end = 4};
    frame.points = &points[2];
    frame.point_count = 2;
    answer_built_in(0, 1, 4);
    answer_built_in(0, 4, 4);
    answer(0, 1, A_1_7, 1);
    answer(0, 3, A_1_7, 2);
    answer(0, 4, A_1_7, 8);
    make(1);
    ck_assert_uint_eq(groups.cut_count, 0);
    ck_assert_int_eq(n_of(&groups.now), 2);
}
END_TEST

START_TEST(a_series_without_points_has_its_window)
{
    ask_survey_a();
    frame.point_count = 0;
    answer_built_in(0, 0, 4);
    answer(0, 1, A_1_7, 2);
    make(1);
    ck_assert_uint_eq(groups.cut_count, 1);
    ck_assert_int_eq((int)groups.cuts[0].n, 4);
}
END_TEST

START_TEST(the_definition_that_came_back_is_the_newest)
{
    /* Of b the first one of a list is the last one asked: the earlier stays behind. */
    static const struct survey_version back[] = {{1, 1500, second_of_b, 2}, {2, 2500, first_of_b, 2}};
    static const struct survey survey = {.project_id = PROJECT, .key = "b", .versions = back, .version_count = 2};
    struct metrics_project other = project;
    other.surveys = &survey;
    other.survey_count = 1;
    query.scope.projects = &other;
    answer(0, 0, B_1_3, 4);
    answer(0, 1, B_1_10, 2);
    make(1);
    ck_assert_uint_eq(groups.cut_count, 1);
    ck_assert_str_eq(groups.cuts[0].source->slot->definition.id, "csat_1_3_top1");
    ck_assert_str_eq(id_of(&groups.now), "csat_1_10_top2");
}
END_TEST

START_TEST(each_metric_is_cut_by_itself)
{
    query.scope.survey_count = 1;
    query.scope.surveys = &(struct text){"b", 1};
    add("csat");
    add("mood");
    add("nps");
    /* By index in rollup_query.definitions: the survey's csat on 1-10 and 1-3, its mood on 1-5 and 1-10. */
    answer(0, 0, 0, 4);
    answer(0, 1, 1, 2);
    answer(0, 0, 2, 3);
    answer(0, 1, 3, 5);
    make_groups(1, false);
    ck_assert_uint_eq(groups.cut_count, 2);
    ck_assert_str_eq(groups.cuts[0].metric->name, "csat");
    ck_assert_int_eq((int)groups.cuts[0].n, 4);
    ck_assert_str_eq(groups.cuts[1].metric->name, "mood");
    ck_assert_int_eq((int)groups.cuts[1].n, 3);
    ck_assert_int_eq((int)metrics_n(&query.choice, &groups.now, 0), 2);
    ck_assert_int_eq((int)metrics_n(&query.choice, &groups.now, 1), 5);
    ck_assert_str_eq(metrics_definition(&query.choice, &groups.now, 1)->id, "rating_1_10_mean");
    struct metrics_counts *series = metrics_points_new(&query, &frame, arena);
    ck_assert(metrics_points_fill(&query, &frame, &groups.list[0], arena, series));
    ck_assert_int_eq((int)metrics_n(&query.choice, &series[0], 1), 0);
    ck_assert_int_eq((int)metrics_n(&query.choice, &series[1], 1), 5);
}
END_TEST

/* What is read again leaves both out, each for its own survey. */
START_TEST(two_surveys_leave_the_built_in_question_out_each_by_itself)
{
    query.rollup.group_by = 1u << DIMENSION_SURVEY;
    query.column_count = 1;
    group_list[0].values[DIMENSION_SURVEY] = text_of("a");
    group_list[1].values[DIMENSION_SURVEY] = text_of("c");
    answer_built_in(0, 0, 4);
    answer(0, 1, A_1_7, 2);
    answer_built_in(1, 0, 3);
    answer(1, 1, C_1_7, 1);
    make(2);
    ck_assert_uint_eq(groups.cut_count, 2);
    ck_assert_uint_eq(query.rollup.left_out_count, 2);
    ck_assert(text_is(query.rollup.left_out[0].survey, "a"));
    ck_assert(text_is(query.rollup.left_out[1].survey, "c"));
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(query.rollup.left_out[i].project_id, PROJECT);
        ck_assert_int_eq(query.rollup.left_out[i].definition_id, DEFINITION_CSAT);
    }
}
END_TEST

START_TEST(customers_that_are_counted_once_are_cut_as_well)
{
    ask_survey_a();
    query.dedupe = DEDUPE_LAST;
    add("csat");
    /* The built-in question is read like the others: 0 is its own, 1 that of a. */
    answer(0, 0, 0, 4);
    answer(0, 1, 1, 2);
    answer_built_in(0, 0, 9);
    make_groups(1, true);
    ck_assert_uint_eq(groups.cut_count, 1);
    ck_assert_int_eq((int)groups.cuts[0].n, 4);
    ck_assert_int_eq(n_of(&groups.now), 2);
}
END_TEST

START_TEST(groups_of_several_projects_are_cut_in_their_own)
{
    static const int32_t ids[] = {PROJECT, PROJECT + 1};
    query.rollup.project_ids = ids;
    query.rollup.project_count = 2;
    query.rollup.by_project = true;
    query.rollup.group_by = 1u << DIMENSION_SURVEY;
    query.column_count = 2;
    for (int g = 0; g < 2; g++) {
        group_list[g].project_id = ids[g];
        group_list[g].values[DIMENSION_SURVEY] = text_of("a");
        answer_built_in(g, 0, 4);
        answer(g, 1, A_1_7, 2);
    }
    make(2);
    /* The other one never defined it. */
    ck_assert_uint_eq(groups.cut_count, 1);
    ck_assert_uint_eq(query.rollup.left_out_count, 1);
    ck_assert_int_eq(query.rollup.left_out[0].project_id, PROJECT);
    ck_assert(metrics_is_mixed(&groups.list[1].now, 0));
    /* Without them apart, nobody knows whose survey it is. */
    query.rollup.by_project = false;
    query.rollup.left_out_count = 0;
    query.choice.count = 0;
    make(2);
    ck_assert_uint_eq(groups.cut_count, 0);
}
END_TEST

START_TEST(one_definition_has_nothing_to_cut)
{
    add("nps");
    built_in[0][0] = (struct rollup_point){.bucket = 0, .counts = {[9] = 4}};
    group_list[0].point_count = 1;
    make_groups(1, false);
    ck_assert_uint_eq(groups.cut_count, 0);
    ck_assert_int_eq(n_of(&groups.now), 4);
}
END_TEST

/* Whatever part of it memory lacked for, no number is told. */
START_TEST(a_cut_that_memory_lacked_for_is_none)
{
    bool is_cut = false;
    query.rollup.group_by = 1u << DIMENSION_SURVEY;
    query.column_count = 1;
    group_list[0].values[DIMENSION_SURVEY] = text_of("a");
    group_list[1].values[DIMENSION_SURVEY] = text_of("c");
    answer_built_in(0, 0, 4);
    answer(0, 1, A_1_7, 2);
    answer_built_in(1, 0, 3);
    answer(1, 1, C_1_7, 1);
    make(2);
    for (size_t limit = 16; !is_cut; limit += 16) {
        struct arena *small = arena_new(limit);
        query.rollup.left_out_count = 0;
        groups.cut_count = 0;
        for (size_t g = 0; g < 2; g++)
            groups.list[g].kept = NULL;
        is_cut = metrics_cut(&query, &frame, &groups, small);
        ck_assert_int_eq(is_cut, !arena_has_failed(small));
        if (is_cut)
            ck_assert_uint_eq(groups.cut_count, 2);
        arena_free(small);
    }
}
END_TEST

/* --- mixing ------------------------------------------------------------------------------------------------------------ */

START_TEST(a_total_of_unlike_groups_is_no_fault_unless_they_are_compared)
{
    query.has_series = false;
    query.column_count = 1;
    answer(0, 0, B_1_10, 4);
    answer(1, 1, A_1_7, 2);
    make(2);
    ck_assert(metrics_is_mixed(&groups.now, 0));
    ck_assert_int_eq(mixing(), METRICS_MIXING_NONE);
    query.is_of_whole = true;
    ck_assert_int_eq(mixing(), METRICS_MIXING_WHOLE);
}
END_TEST

START_TEST(windows_of_unlike_definitions_are_not_compared)
{
    query.has_series = false;
    query.has_earlier = true;
    frame.now.first = 3;
    frame.earlier = (struct metrics_span){.first = 0, .end = 3};
    answer(0, 0, B_1_10, 4);
    answer(0, 4, B_1_3, 2);
    make(1);
    ck_assert_int_eq(mixing(), METRICS_MIXING_COMPARE);
}
END_TEST

START_TEST(an_empty_window_is_of_the_definition_beside_it)
{
    query.has_series = false;
    query.has_earlier = true;
    frame.now.first = 3;
    frame.earlier = (struct metrics_span){.first = 0, .end = 3};
    answer(0, 0, B_1_10, 4);
    make(1);
    ck_assert_int_eq(mixing(), METRICS_MIXING_NONE);
    ck_assert_str_eq(id_of(&groups.list[0].now), "csat_1_10_top2");
}
END_TEST

START_TEST(points_that_reach_back_over_another_survey_are_mixed)
{
    frame.now.first = 3;
    answer(0, 0, B_1_10, 4);
    answer(0, 4, A_1_7, 2);
    make(1);
    ck_assert_str_eq(id_of(&groups.now), "csat_1_7_top2");
    ck_assert_int_eq(mixing(), METRICS_MIXING_SERIES);
}
END_TEST

START_TEST(too_many_counters_are_too_large)
{
    const struct rollup rollup = {.groups = group_list, .group_count = METRICS_COUNTERS_MAX};
    make(0);
    ck_assert_int_eq(metrics_groups_make(&query, &frame, &rollup, arena, &groups), STATUS_TOO_LARGE);
}
END_TEST

Suite *metrics_cut_suite(void)
{
    Suite *suite = suite_create("metrics_cut");
    TCase *tcase = tcase_create("metrics_cut");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, versions_of_one_survey_are_cut_at_the_newest_that_was_answered);
    tcase_add_test(tcase, one_definition_alone_is_not_cut);
    tcase_add_test(tcase, own_questions_of_one_survey_need_no_filter);
    tcase_add_test(tcase, two_surveys_are_mixed_and_not_cut);
    tcase_add_test(tcase, surveys_of_one_definition_are_one_number);
    tcase_add_test(tcase, three_definitions_of_two_surveys_are_not_cut);
    tcase_add_test(tcase, a_built_in_question_may_be_anybodys_without_a_filter);
    tcase_add_test(tcase, groups_that_are_surveys_are_cut_each_by_itself);
    tcase_add_test(tcase, a_group_of_left_out_answers_is_gone);
    tcase_add_test(tcase, without_a_series_or_rescaled_nothing_is_cut);
    tcase_add_test(tcase, answers_outside_the_window_and_the_series_are_not_counted);
    tcase_add_test(tcase, a_series_without_points_has_its_window);
    tcase_add_test(tcase, the_definition_that_came_back_is_the_newest);
    tcase_add_test(tcase, each_metric_is_cut_by_itself);
    tcase_add_test(tcase, two_surveys_leave_the_built_in_question_out_each_by_itself);
    tcase_add_test(tcase, customers_that_are_counted_once_are_cut_as_well);
    tcase_add_test(tcase, groups_of_several_projects_are_cut_in_their_own);
    tcase_add_test(tcase, one_definition_has_nothing_to_cut);
    tcase_add_test(tcase, a_cut_that_memory_lacked_for_is_none);
    tcase_add_test(tcase, a_total_of_unlike_groups_is_no_fault_unless_they_are_compared);
    tcase_add_test(tcase, windows_of_unlike_definitions_are_not_compared);
    tcase_add_test(tcase, an_empty_window_is_of_the_definition_beside_it);
    tcase_add_test(tcase, points_that_reach_back_over_another_survey_are_mixed);
    tcase_add_test(tcase, too_many_counters_are_too_large);
    suite_add_tcase(suite, tcase);
    return suite;
}
