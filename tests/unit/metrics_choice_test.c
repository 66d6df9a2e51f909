/* SPDX-License-Identifier: MIT */
#include "../../src/api/metrics_tally.h"
#include "support/runner.h"

#include <check.h>
#include <math.h>
#include <string.h>

/* Which definitions a metric has, and how answers to them are added up. */

enum { PROJECT = 7, OTHER = 9 };

static const struct question_definition definitions[] = {
    {101, "five", "stars", 1, "rating", 1, 5, false, 0, 0, NULL, 10},
    {102, "ten", "stars", 1, "rating", 1, 10, false, 0, 0, NULL, 20},
    {103, "also_five", "stars", 2, "rating", 1, 5, false, 0, 0, NULL, 5},
    {104, "five", "csat", 2, "csat", 1, 7, false, 0, 0, NULL, 30},
    {105, "effort", "ces", 1, "ces", 1, 5, true, 0, 0, NULL, 40},
    {106, "effort", "broken", 1, "mood", 1, 5, false, 0, 0, NULL, 50},
    {107, "five", "proud", 2, "custom", 1, 5, false, 0, 0, "net", 60},
    {108, "five", "inverted", 2, "rating", 5, 1, false, 0, 0, NULL, 70},
    {109, "five", "unknown", 2, "rating", 1, 5, false, 0, 0, "mood", 80},
};
static const struct question_definition csat = {2, NULL, "csat", 1, "csat", 1, 5, false, 0, 0, NULL, 0};

/* "five": csat on 1-5, then on 1-7 and proud, then on 1-5 again. */
static const struct survey_question first[] = {{&definitions[0], {NULL, 0}}, {&csat, {NULL, 0}}};
static const struct survey_question second[] = {
    {&definitions[0], {NULL, 0}}, {&definitions[3], {NULL, 0}}, {&definitions[6], {NULL, 0}}};
static const struct survey_question third[] = {{&csat, {NULL, 0}}};
static const struct survey_version versions[] = {{1, 1000, first, 2}, {2, 2000, second, 3}, {3, 3000, third, 1}};
static struct survey surveys[] = {{.project_id = PROJECT, .key = "five", .versions = versions, .version_count = 3}};

static struct arena *arena;
static struct metrics_project projects[2];
static struct metrics_scope scope;
static struct metrics_choice choice;
static int32_t ids[] = {PROJECT, OTHER};
static struct rollup_query rollup;

static void setup(void)
{
    arena = arena_new(0);
    projects[0] = (struct metrics_project){.id = PROJECT,
                                           .definitions = definitions,
                                           .definition_count = sizeof definitions / sizeof definitions[0],
                                           .surveys = surveys,
                                           .survey_count = 1};
    projects[1] = (struct metrics_project){.id = OTHER};
    scope = (struct metrics_scope){.projects = projects, .project_count = 1};
    choice = (struct metrics_choice){.count = 0};
    rollup = (struct rollup_query){.project_ids = ids, .project_count = 1};
}

static void teardown(void)
{
    arena_free(arena);
}

static struct metrics_metric *add(const char *name)
{
    ck_assert_int_eq(metrics_choice_add(&choice, &scope, name, arena), METRICS_FOUND);
    return &choice.metrics[choice.count - 1];
}

static void settle(bool dedupe)
{
    ck_assert(metrics_choice_settle(&choice, &rollup, dedupe, arena));
}

/* second: absent is the missing value; with "" there is none. */
static void name_surveys(const char *first_name, struct text second_name)
{
    static struct text names[2];
    names[0] = text_of(first_name);
    names[1] = second_name;
    scope.surveys = names;
    scope.survey_count = second_name.bytes && second_name.size == 0 ? 1 : 2;
}

START_TEST(built_in_questions_are_read_from_the_counters_they_always_had)
{
    scope.projects = &projects[1];
    add("nps");
    add("ces");
    settle(false);
    ck_assert_uint_eq(rollup.definition_count, 0);
    ck_assert_int_eq(choice.width, 11 + 7);
    ck_assert_int_eq(choice.metrics[0].slots[0].counter, 0);
    ck_assert_int_eq(choice.metrics[1].slots[0].counter, 11 + 5);
    ck_assert_int_eq(choice.metrics[1].slots[0].first, 11);
    ck_assert_str_eq(choice.metrics[1].slots[0].definition.id, "ces_1_7_pct5_7");
    ck_assert(choice.metrics[1].slots[0].is_built_in);
}
END_TEST

START_TEST(questions_of_one_definition_share_a_slot)
{
    const struct metrics_metric *stars = add("stars");
    ck_assert_uint_eq(stars->source_count, 3);
    ck_assert_uint_eq(stars->slot_count, 2);
    ck_assert_ptr_eq(stars->sources[0].slot, stars->sources[2].slot);
    ck_assert_str_eq(stars->sources[1].slot->definition.id, "rating_1_10_mean");
    settle(false);
    ck_assert_uint_eq(rollup.definition_count, 3);
    ck_assert_int_eq(rollup.definitions[1].id, 102);
    ck_assert_int_eq(rollup.definitions[1].project_id, PROJECT);
    ck_assert_ptr_eq(choice.definitions[1], &stars->sources[1]);
    ck_assert_int_eq(choice.width, 5 + 10);
}
END_TEST

START_TEST(surveys_that_are_asked_for_narrow_the_definitions)
{
    name_surveys("ten", TEXT_ABSENT);
    const struct metrics_metric *stars = add("stars");
    ck_assert_uint_eq(stars->source_count, 1);
    ck_assert_int_eq(stars->sources[0].question->id, 102);
    /* A built-in question may be asked by any survey. */
    ck_assert_uint_eq(add("csat")->source_count, 1);
    ck_assert_int_eq(metrics_choice_add(&choice, &scope, "proud", arena), METRICS_ELSEWHERE);
    ck_assert_int_eq(metrics_choice_add(&choice, &scope, "moon", arena), METRICS_UNKNOWN);
    ck_assert_uint_eq(choice.count, 2);
}
END_TEST

START_TEST(a_version_is_asked_under_its_own_definition_alone)
{
    name_surveys("five", text_of(""));
    scope.has_version = true;
    projects[0].version = &versions[1];
    const struct metrics_metric *metric = add("csat");
    ck_assert_uint_eq(metric->source_count, 1);
    ck_assert_str_eq(metric->slots[0].definition.id, "csat_1_7_top2");
    ck_assert_int_eq(metrics_choice_add(&choice, &scope, "nps", arena), METRICS_ELSEWHERE);
    choice.count = 0;
    projects[0].version = &versions[2];
    metric = add("csat");
    ck_assert_uint_eq(metric->source_count, 1);
    ck_assert(metric->slots[0].is_built_in);
    ck_assert_int_eq(metrics_choice_add(&choice, &scope, "proud", arena), METRICS_ELSEWHERE);
}
END_TEST

START_TEST(a_headline_of_its_own_makes_the_definition)
{
    ck_assert_str_eq(add("proud")->slots[0].definition.id, "custom_1_5_net_top2_bottom2");
    ck_assert_str_eq(add("ces")->slots[1].definition.id, "ces_1_5_low_mean");
    ck_assert_int_eq(choice.metrics[1].slots[1].definition.polarity, POLARITY_LOW_IS_GOOD);
}
END_TEST

START_TEST(what_no_definition_can_be_made_of_is_not_there)
{
    ck_assert_int_ne(metrics_choice_add(&choice, &scope, "broken", arena), METRICS_FOUND);
    ck_assert_int_ne(metrics_choice_add(&choice, &scope, "inverted", arena), METRICS_FOUND);
    ck_assert_int_ne(metrics_choice_add(&choice, &scope, "unknown", arena), METRICS_FOUND);
    ck_assert_uint_eq(choice.count, 0);
}
END_TEST

START_TEST(a_customer_is_shared_by_all_definitions_of_a_question)
{
    scope.project_count = 2;
    rollup.project_count = 2;
    add("nps");
    add("csat");
    settle(true);
    /* nps by itself; csat as the built-in one of both projects, and on 1-7. */
    ck_assert_int_eq(choice.metrics[0].slots[0].counter, 0);
    ck_assert_int_eq(choice.metrics[1].slots[0].counter, -1);
    ck_assert_uint_eq(rollup.definition_count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(rollup.definitions[i].question, 1);
    ck_assert_int_eq(rollup.definitions[0].id, DEFINITION_CSAT);
    ck_assert_int_eq(rollup.definitions[1].project_id, OTHER);
    ck_assert_int_eq(rollup.definitions[2].id, 104);
    settle(false);
    ck_assert_int_eq(choice.metrics[1].slots[0].counter, 11);
    ck_assert_uint_eq(rollup.definition_count, 1);
}
END_TEST

START_TEST(what_is_left_out_is_not_read)
{
    struct metrics_metric *metric = add("csat");
    metric->sources[0].is_left_out = true;
    settle(true);
    ck_assert_uint_eq(rollup.definition_count, 1);
    ck_assert_int_eq(rollup.definitions[0].id, 104);
    ck_assert_int_eq(metric->slots[0].counter, -1);
}
END_TEST

/* Whatever part of it memory lacked for. */
START_TEST(a_choice_that_memory_lacked_for_is_not_settled)
{
    bool is_settled = false;
    add("csat");
    for (size_t limit = 64; !is_settled; limit += 64) {
        struct arena *small = arena_new(limit);
        is_settled = metrics_choice_settle(&choice, &rollup, false, small);
        ck_assert_int_eq(is_settled, !arena_has_failed(small));
        arena_free(small);
    }
}
END_TEST

START_TEST(a_survey_is_found_in_its_own_project)
{
    scope.project_count = 2;
    ck_assert_ptr_eq(metrics_scope_survey(&scope, PROJECT, text_of("five")), &surveys[0]);
    ck_assert_ptr_null(metrics_scope_survey(&scope, PROJECT, text_of("six")));
    ck_assert_ptr_null(metrics_scope_survey(&scope, OTHER, text_of("five")));
    ck_assert_ptr_null(metrics_scope_survey(&scope, OTHER + 1, text_of("five")));
}
END_TEST

START_TEST(the_newest_definition_is_the_one_asked_last)
{
    ck_assert_str_eq(add("csat")->slots[choice.metrics[0].newest].definition.id, "csat_1_7_top2");
    /* Of this survey the first one came back. */
    choice.count = 0;
    name_surveys("five", text_of(""));
    ck_assert_str_eq(add("csat")->slots[choice.metrics[0].newest].definition.id, "csat_1_5_top2");
}
END_TEST

START_TEST(a_run_is_the_last_stretch_of_versions)
{
    struct metrics_run run = metrics_run_of(&surveys[0], "csat", &csat);
    ck_assert_int_eq(run.version, 3);
    ck_assert_int_eq((int)run.since_us, 3000);
    run = metrics_run_of(&surveys[0], "stars", &definitions[0]);
    ck_assert_int_eq(run.version, 2);
    ck_assert_int_eq((int)run.since_us, 1000);
    run = metrics_run_of(&surveys[0], "stars", &definitions[1]);
    ck_assert_int_eq(run.version, 0);
    struct survey deleted = surveys[0];
    deleted.is_deleted = true;
    deleted.updated_us = 4000;
    ck_assert_int_eq((int)metrics_run_of(&deleted, "csat", &csat).since_us, 4000);
    ck_assert_int_eq((int)metrics_run_of(&deleted, "csat", &definitions[3]).since_us, 2000);
}
END_TEST

START_TEST(names_are_told_once_in_the_order_of_the_alphabet)
{
    static const char *const names[] = {"broken", "inverted", "proud", "stars", "unknown"};
    const char *name = NULL;
    for (size_t i = 0; i < 5; i++) {
        name = metrics_scope_next(&scope, name);
        ck_assert_str_eq(name, names[i]);
    }
    ck_assert_ptr_null(metrics_scope_next(&scope, name));
}
END_TEST

/* --- adding up ---------------------------------------------------------------------------------------------------------- */

/* csat: one built-in 5 and 1 in bucket 2, three 7 and a 1 on 1-7 in buckets 2 and 4. */
static struct rollup_point points[] = {{.bucket = 2, .counts = {[11] = 1, [15] = 1, [0] = 9}},
                                       {.bucket = 3, .counts = {[12] = 4}}};
static struct rollup_question_point question_points[] = {{2, 0, {[6] = 3}}, {4, 0, {[0] = 1}}};
static const struct rollup_group group = {
    .points = points, .point_count = 2, .question_points = question_points, .question_point_count = 2};

static int64_t *add_up(int32_t first_bucket, int32_t end)
{
    const struct metrics_span span = {.first = first_bucket, .end = end};
    int64_t *counters = metrics_counters_new(&choice, 1, arena);
    ck_assert_ptr_nonnull(counters);
    metrics_add_span(&choice, counters, &group, &span);
    return counters;
}

START_TEST(a_span_adds_up_its_buckets_and_the_metrics_asked_for)
{
    const struct metrics_metric *metric = add("csat");
    settle(false);
    int64_t *counters = add_up(2, 4);
    ck_assert_int_eq((int)metrics_slot_n(&metric->slots[0], counters), 6);
    ck_assert_int_eq((int)metrics_slot_n(&metric->slots[1], counters), 3);
    ck_assert_int_eq((int)counters[0], 1);
    ck_assert_int_eq((int)counters[1], 4);
    ck_assert_int_eq((int)counters[5 + 6], 3);
    const struct metrics_counts counts = {.counters = counters};
    ck_assert_int_eq((int)metrics_n(&choice, &counts, 0), 9);
    ck_assert_int_eq((int)metrics_histogram(&choice, &counts, 0).counts[4], 1);
}
END_TEST

START_TEST(a_number_of_two_slots_is_mixed)
{
    add("csat");
    settle(false);
    ck_assert_int_eq(metrics_only_slot(&choice, add_up(2, 5), 0, 5), METRICS_MIXED);
    ck_assert_int_eq(metrics_only_slot(&choice, add_up(3, 4), 0, 5), 0);
    ck_assert_int_eq(metrics_only_slot(&choice, add_up(4, 5), 0, 5), 1);
    ck_assert_int_eq(metrics_only_slot(&choice, add_up(5, 9), 0, 1), 1);
    int64_t *counters = add_up(2, 5);
    metrics_keep(&choice, counters, 0, 1);
    ck_assert_int_eq(metrics_only_slot(&choice, counters, 0, 5), 1);
    ck_assert_int_eq((int)counters[5], 1);
}
END_TEST

START_TEST(rescaled_answers_stand_where_they_are_on_their_scale)
{
    add("csat");
    settle(false);
    /* 100 0 25 25 25 25 | 100 100 100 0: mean 50, squares by hand */
    const struct moments moments = metrics_rescaled(&choice, add_up(2, 5), 0);
    ck_assert_int_eq((int)moments.n, 10);
    ck_assert_double_eq_tol(moments.mean, 50, 1e-12);
    ck_assert_double_eq_tol(moments.squares, 6 * 2500 + 4 * 625, 1e-9);
    const struct metrics_counts hidden = {.counters = add_up(2, 5), .hidden = 1};
    ck_assert(isnan(metrics_published_rescaled(&choice, &hidden, 0).mean));
}
END_TEST

Suite *metrics_choice_suite(void)
{
    Suite *suite = suite_create("metrics_choice");
    TCase *tcase = tcase_create("metrics_choice");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, built_in_questions_are_read_from_the_counters_they_always_had);
    tcase_add_test(tcase, questions_of_one_definition_share_a_slot);
    tcase_add_test(tcase, surveys_that_are_asked_for_narrow_the_definitions);
    tcase_add_test(tcase, a_version_is_asked_under_its_own_definition_alone);
    tcase_add_test(tcase, a_headline_of_its_own_makes_the_definition);
    tcase_add_test(tcase, what_no_definition_can_be_made_of_is_not_there);
    tcase_add_test(tcase, a_customer_is_shared_by_all_definitions_of_a_question);
    tcase_add_test(tcase, what_is_left_out_is_not_read);
    tcase_add_test(tcase, a_choice_that_memory_lacked_for_is_not_settled);
    tcase_add_test(tcase, a_survey_is_found_in_its_own_project);
    tcase_add_test(tcase, the_newest_definition_is_the_one_asked_last);
    tcase_add_test(tcase, a_run_is_the_last_stretch_of_versions);
    tcase_add_test(tcase, names_are_told_once_in_the_order_of_the_alphabet);
    tcase_add_test(tcase, a_span_adds_up_its_buckets_and_the_metrics_asked_for);
    tcase_add_test(tcase, a_number_of_two_slots_is_mixed);
    tcase_add_test(tcase, rescaled_answers_stand_where_they_are_on_their_scale);
    suite_add_tcase(suite, tcase);
    return suite;
}
