/* SPDX-License-Identifier: MIT */
#include "../../src/api/metrics_questions.h"

#include "asked.h"
#include "http/reply.h"
#include "lone_request.h"
#include "support/runner.h"

#include <string.h>

/* What the smaller routes about numbers are asked. */

static const char DISTRIBUTION[] = "/v1/metrics/{metric}/distribution";
static const char IMPACT[] = "/v1/metrics/{metric}/impact";
static const char CONTRAST[] = "/v1/metrics/{metric}/contrast";
static const char INDEX[] = "/v1/metrics/index";

static struct metrics_query query;
static struct metrics_weights weights;
static enum method method;

static bool ask_distribution(const char *metric, const char *text)
{
    asked_get(DISTRIBUTION, metric, text);
    return metrics_question_distribution(asked.request, asked.arena, &query);
}

static bool ask_impact(const char *metric, const char *text)
{
    asked_get(IMPACT, metric, text);
    return metrics_question_impact(asked.request, asked.arena, &query);
}

static bool ask_contrast(const char *metric, const char *text)
{
    asked_get(CONTRAST, metric, text);
    return metrics_question_contrast(asked.request, asked.arena, &query, &method);
}

static bool ask_index(const char *text)
{
    asked_get(INDEX, NULL, text);
    return metrics_question_index(asked.request, asked.arena, &query, &weights);
}

/* --- the metric of a path ----------------------------------------------------------------------------------------------- */

START_TEST(a_path_names_one_metric)
{
    ck_assert(ask_distribution("stars", "group_by=channel&limit=5"));
    ck_assert_uint_eq(query.choice.count, 1);
    ck_assert_str_eq(query.choice.metrics[0].name, "stars");
    ck_assert_int_eq(query.columns[0].dimension, DIMENSION_CHANNEL);
    ck_assert_uint_eq(query.limit, 5);
    ck_assert(query.may_group && !query.may_rescale && !query.is_of_whole);
    ck_assert(ask_distribution("nps", ""));
    ck_assert_uint_eq(query.limit, 1000);
}
END_TEST

START_TEST(a_path_of_no_metric_is_not_found)
{
    ck_assert(!ask_distribution("moon", ""));
    asked_check_problem(404, "not-found", 0);
    json_t *problem = lone_request_problem(asked.request);
    ck_assert_str_eq(json_string_value(json_object_get(problem, "detail")),
                     "There is no such metric: nps, csat, ces and stars are known.");
    json_decref(problem);
    ck_assert(!ask_impact("moon", "by=channel"));
    asked_check_problem(404, "not-found", 0);
    ck_assert(!ask_contrast("moon", "by=channel"));
    asked_check_problem(404, "not-found", 0);
}
END_TEST

START_TEST(a_metric_of_other_surveys_is_a_fault)
{
    ck_assert(!ask_distribution("stars", "survey=other"));
    asked_check_fault("metric", "'stars' is not a question of the surveys that are asked for");
}
END_TEST

START_TEST(another_ones_project_has_no_metrics)
{
    ck_assert(!ask_distribution("nps", "project=cafe"));
    asked_check_fault("project", "'cafe' is not a project that the key opens");
    ck_assert(!ask_index("project=cafe"));
    asked_check_fault("project", "'cafe' is not a project that the key opens");
}
END_TEST

START_TEST(a_metric_that_memory_lacked_for_is_not_asked)
{
    bool is_asked = false;
    for (size_t limit = 64; !is_asked; limit += 64) {
        struct arena *arena = arena_new(limit);
        asked_get(DISTRIBUTION, "stars", "");
        is_asked = metrics_question_distribution(asked.request, arena, &query);
        if (!is_asked)
            asked_check_problem(503, "unavailable", 0);
        arena_free(arena);
    }
}
END_TEST

/* --- impact ------------------------------------------------------------------------------------------------------------- */

START_TEST(impact_is_by_dimensions_and_in_an_order)
{
    static const struct {
        const char *query;
        enum metrics_order order;
        bool is_descending;
    } cases[] = {
        {"by=channel", METRICS_ORDER_VALUE, false},
        {"by=channel&order=impact", METRICS_ORDER_VALUE, false},
        {"by=channel&order=-impact", METRICS_ORDER_VALUE, true},
        {"by=channel&order=n", METRICS_ORDER_N, false},
        {"by=channel&order=-n", METRICS_ORDER_N, true},
        {"by=channel&order=key", METRICS_ORDER_KEY, false},
        {"by=channel&order=-key", METRICS_ORDER_KEY, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert(ask_impact("nps", cases[i].query));
        ck_assert_int_eq(query.order, cases[i].order);
        ck_assert_int_eq(query.is_descending, cases[i].is_descending);
        ck_assert(query.is_of_whole && !query.is_rescaled && query.may_rescale && !query.may_group);
    }
    ck_assert(ask_impact("stars", "by=channel,region&rescale=0-100&limit=9"));
    ck_assert(query.is_rescaled);
    ck_assert_uint_eq(query.limit, 9);
    ck_assert_uint_eq(query.column_count, 2);
    ck_assert(!ask_impact("nps", ""));
    asked_check_fault("by", "is needed: a dimension, such as by=channel");
}
END_TEST

/* --- contrast ------------------------------------------------------------------------------------------------------------ */

START_TEST(contrast_takes_the_methods_of_its_metric)
{
    static const struct {
        const char *metric;
        const char *query;
        enum method method;
        enum method of_scores;
    } cases[] = {
        {"nps", "by=channel", METHOD_DEFAULT, METHOD_DEFAULT},
        {"nps", "by=channel&method=wald", METHOD_WALD, METHOD_WALD},
        {"nps", "by=channel&method=adjusted_wald", METHOD_ADJUSTED_WALD, METHOD_DEFAULT},
        {"nps", "by=channel&method=welch_t", METHOD_WELCH_T, METHOD_DEFAULT},
        {"csat", "by=channel&method=n1_z", METHOD_N1_Z, METHOD_DEFAULT},
        {"csat", "by=channel&method=pooled_z", METHOD_POOLED_Z, METHOD_DEFAULT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_msg(ask_contrast(cases[i].metric, cases[i].query), "%s", cases[i].query);
        ck_assert_int_eq(method, cases[i].method);
        ck_assert_int_eq(query.method, cases[i].of_scores);
        ck_assert(query.is_of_whole);
    }
    ck_assert(!ask_contrast("csat", "by=channel&method=wald"));
    asked_check_fault("method", "'wald' is not a method of csat (csat_1_5_top2)");
    ck_assert(!ask_contrast("nps", "by=channel&method=n1_z"));
    asked_check_fault("method", "'n1_z' is not a method of nps (nps_0_10)");
    ck_assert(!ask_contrast("nps", ""));
    asked_check_fault("by", "is needed: a dimension, such as by=channel");
    /* Under which of its definitions the answers were given is not known yet. */
    ck_assert(ask_contrast("stars", "by=channel&method=wald"));
}
END_TEST

/* --- index ---------------------------------------------------------------------------------------------------------------- */

START_TEST(an_index_weighs_its_metrics)
{
    ck_assert(ask_index(""));
    ck_assert_uint_eq(query.choice.count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq(weights.of[i], 1);
    /* They stand in the order of the reply, not of the query. */
    ck_assert(ask_index("weights=stars:0.5,csat,nps:1000&group_by=channel&rescale=0-100&limit=2"));
    ck_assert_uint_eq(query.choice.count, 3);
    ck_assert_str_eq(query.choice.metrics[0].name, "nps");
    ck_assert_double_eq(weights.of[0], 1000);
    ck_assert_double_eq(weights.of[1], 1);
    ck_assert_double_eq(weights.of[2], 0.5);
    ck_assert(query.is_rescaled);
    ck_assert_uint_eq(query.column_count, 1);
    ck_assert_uint_eq(query.limit, 2);
}
END_TEST

START_TEST(weights_that_weigh_nothing_are_refused)
{
    static const char *const wrong[] = {"nps:", "nps:0", "nps:-1",  "nps:1001",  "nps:1e2", "nps:0x1", "nps: 1",
                                        ":1",   ":",     "nps:nan", "nps:1.2.3", "nps:.",   "nps:2:"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[64] = "weights=";
        char detail[128];
        strcat(text, wrong[i]);
        snprintf(detail, sizeof detail, "'%s' is not a metric, named once, with a weight above 0 and up to 1000: nps:2",
                 wrong[i]);
        ck_assert_msg(!ask_index(text), "%s", wrong[i]);
        asked_check_fault("weights", detail);
    }
    ck_assert(!ask_index("weights=nps:1,csat:1,nps:2"));
    asked_check_fault("weights", "'nps:2' is not a metric, named once, with a weight above 0 and up to 1000: nps:2");
    /* As long as a name, and another one. */
    ck_assert(ask_index("weights=nps:1,ces:1"));
    ck_assert(!ask_index("weights=moon:1"));
    asked_check_fault("weights", "'moon' is not a metric: nps, csat, ces and stars are known");
}
END_TEST

START_TEST(an_index_that_memory_lacked_for_is_not_asked)
{
    bool is_asked = false;
    for (size_t limit = 64; !is_asked; limit += 64) {
        struct arena *arena = arena_new(limit);
        asked_get(INDEX, NULL, "weights=stars,nps");
        is_asked = metrics_question_index(asked.request, arena, &query, &weights);
        if (!is_asked)
            asked_check_problem(503, "unavailable", 0);
        arena_free(arena);
    }
}
END_TEST

Suite *metrics_questions_suite(void)
{
    Suite *suite = suite_create("metrics_questions");
    TCase *tcase = tcase_create("metrics_questions");
    tcase_add_checked_fixture(tcase, asked_setup, asked_teardown);
    tcase_add_test(tcase, a_path_names_one_metric);
    tcase_add_test(tcase, a_path_of_no_metric_is_not_found);
    tcase_add_test(tcase, a_metric_of_other_surveys_is_a_fault);
    tcase_add_test(tcase, another_ones_project_has_no_metrics);
    tcase_add_test(tcase, a_metric_that_memory_lacked_for_is_not_asked);
    tcase_add_test(tcase, impact_is_by_dimensions_and_in_an_order);
    tcase_add_test(tcase, contrast_takes_the_methods_of_its_metric);
    tcase_add_test(tcase, an_index_weighs_its_metrics);
    tcase_add_test(tcase, weights_that_weigh_nothing_are_refused);
    tcase_add_test(tcase, an_index_that_memory_lacked_for_is_not_asked);
    suite_add_tcase(suite, tcase);
    return suite;
}
