/* SPDX-License-Identifier: MIT */
#include "../../src/api/metrics_options.h"

#include "asked.h"
#include "base/clock.h"
#include "http/reply.h"
#include "lone_request.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>

/* What a query of GET /v1/metrics asks. */

static const char METRICS[] = "/v1/metrics";

static struct metrics_query query;

static bool ask(const char *text)
{
    asked_get(METRICS, NULL, text);
    return metrics_options_make(asked.request, asked.arena, &query) &&
           (query.is_year_before || metrics_options_check_earlier(asked.request, &query));
}

static void take(const char *text)
{
    ck_assert_msg(ask(text), "%s", text);
    ck_assert_int_eq(reply_status(asked.request), 0);
}

static void refuse(const char *text, const char *parameter, const char *detail)
{
    ck_assert_msg(!ask(text), "%s", text);
    asked_check_fault(parameter, detail);
}

static void check_metrics(size_t count, const char *const *names)
{
    ck_assert_uint_eq(query.choice.count, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(query.choice.metrics[i].name, names[i]);
}

/* --- what is asked unless it is said otherwise -------------------------------------------------------------------------- */

START_TEST(an_empty_query_asks_for_the_three_scores_of_thirty_days)
{
    take("");
    check_metrics(3, (const char *const[]){"nps", "csat", "ces"});
    /* It is 10:07: to is the end of this quarter of an hour. */
    ck_assert_int_eq(query.now.to, asked_quarter("2026-11-22T10:15:00Z"));
    ck_assert_int_eq(query.now.from, asked_quarter("2026-10-23T10:15:00Z"));
    ck_assert_double_eq(query.level, 0.95);
    ck_assert_uint_eq(query.limit, 1000);
    ck_assert_int_eq(query.order, METRICS_ORDER_KEY);
    ck_assert_int_eq(query.method, METHOD_DEFAULT);
    ck_assert_int_eq(query.dedupe, DEDUPE_ALL);
    ck_assert_str_eq(query.time_zone, "Europe/Madrid");
    ck_assert(!query.is_descending && !query.has_series && !query.has_control && !query.has_earlier);
    ck_assert(!query.is_rescaled && query.rolling == 0 && query.column_count == 0);
    ck_assert_int_eq((int)query.min_n, 1);
    ck_assert_uint_eq(query.rollup.project_count, 1);
    ck_assert_int_eq(query.rollup.project_ids[0], ASKED_SHOP);
    ck_assert_int_le(query.as_of_us, clock_now_us());
    ck_assert(query.may_group && query.may_rescale);
}
END_TEST

/* --- time --------------------------------------------------------------------------------------------------------------- */

START_TEST(time_is_from_inclusive_to_exclusive)
{
    take("from=2026-11-01T00:00:00Z&to=2026-11-01T00:15:00Z");
    ck_assert_int_eq(query.now.from, asked_quarter("2026-11-01T00:00:00Z"));
    ck_assert_int_eq(query.now.to, query.now.from + 1);
    take("to=2026-11-01T00:00:00Z");
    ck_assert_int_eq(query.now.from, asked_quarter("2026-10-02T00:00:00Z"));
    /* There is no time before 1970. */
    take("to=1970-01-02T00:00:00Z");
    ck_assert_int_eq(query.now.from, 0);
    refuse("from=2026-11-01T00:00:00Z&to=2026-11-01T00:00:00Z", "from", "must be before to");
    refuse("from=2026-11-22T10:15:00Z", "from", "must be before to, which is the present");
}
END_TEST

START_TEST(a_series_is_cut_in_a_time_zone)
{
    take("interval=week");
    ck_assert(query.has_series);
    ck_assert_int_eq(query.unit, CALENDAR_WEEK);
    ck_assert_str_eq(query.time_zone, "Europe/Madrid");
    take("interval=hour&tz=Asia/Kolkata");
    ck_assert_int_eq(query.unit, CALENDAR_HOUR);
    ck_assert_str_eq(query.time_zone, "Asia/Kolkata");
    /* Of several projects none is the one whose zone it could be. */
    asked_by_organization(NULL);
    take("interval=year");
    ck_assert_int_eq(query.unit, CALENDAR_YEAR);
    ck_assert_str_eq(query.time_zone, "UTC");
}
END_TEST

START_TEST(a_window_rolls_over_days)
{
    static const char detail[] = "goes with interval=day";
    take("interval=day&rolling=30d");
    ck_assert_int_eq(query.rolling, 30);
    take("interval=day&rolling=7d");
    ck_assert_int_eq(query.rolling, 7);
    take("interval=day&rolling=90d");
    ck_assert_int_eq(query.rolling, 90);
    refuse("rolling=7d", "rolling", detail);
    refuse("interval=week&rolling=7d", "rolling", detail);
    refuse("interval=day&rolling=7d&dedupe=first", "dedupe", "doesn't go with rolling");
}
END_TEST

START_TEST(a_control_chart_is_of_a_series_of_its_own_answers)
{
    take("interval=day&control=true");
    ck_assert(query.has_control);
    take("control=false");
    ck_assert(!query.has_control);
    refuse("control=true", "control", "goes with an interval");
    refuse("interval=day&rolling=7d&control=true", "control",
           "doesn't go with rolling, whose windows share their answers");
}
END_TEST

/* --- an earlier window ----------------------------------------------------------------------------------------------------- */

START_TEST(a_window_is_compared_with_an_earlier_one)
{
    take("from=2026-11-08T00:00:00Z&to=2026-11-15T00:00:00Z&compare=previous");
    ck_assert(query.has_earlier && !query.is_year_before);
    ck_assert_int_eq(query.earlier.from, asked_quarter("2026-11-01T00:00:00Z"));
    ck_assert_int_eq(query.earlier.to, asked_quarter("2026-11-08T00:00:00Z"));
    take("compare_from=2025-01-01T00:00:00Z&compare_to=2025-02-01T00:00:00Z");
    ck_assert(query.has_earlier && !query.is_year_before);
    ck_assert_int_eq(query.earlier.from, asked_quarter("2025-01-01T00:00:00Z"));
    ck_assert_int_eq(query.earlier.to, asked_quarter("2025-02-01T00:00:00Z"));
    take("compare=year");
    ck_assert(query.has_earlier && query.is_year_before);
    /* Right after it is another time, too. */
    take("from=2026-11-01T00:00:00Z&to=2026-11-08T00:00:00Z&compare_from=2026-11-08T00:00:00Z&compare_to=2026-11-09T00:"
         "00:00Z");
}
END_TEST

START_TEST(windows_that_can_not_be_compared_are_refused)
{
    static const char both[] = "doesn't go with compare_from and compare_to";
    static const char overlap[] = "overlaps the time from from to to: an answer can't be compared with itself";
    refuse("compare=year&compare_from=2025-01-01T00:00:00Z&compare_to=2025-02-01T00:00:00Z", "compare", both);
    refuse("compare_from=2025-01-01T00:00:00Z", "compare_to", "is missing: the other end is given");
    refuse("compare_to=2025-01-01T00:00:00Z", "compare_from", "is missing: the other end is given");
    refuse("compare_from=2025-01-01T00:00:00Z&compare_to=2025-01-01T00:00:00Z", "compare_from",
           "is a window without any time in it");
    refuse("from=1970-01-02T00:00:00Z&to=1970-01-05T00:00:00Z&compare=previous", "compare",
           "leads to a time before 1970");
    refuse(
        "from=2026-11-01T00:00:00Z&to=2026-11-08T00:00:00Z&compare_from=2026-11-07T23:45:00Z&compare_to=2026-11-09T00:"
        "00:00Z",
        "compare_from", overlap);
    refuse(
        "from=2026-11-01T00:00:00Z&to=2026-11-08T00:00:00Z&compare_from=2026-10-07T23:45:00Z&compare_to=2026-11-01T00:"
        "15:00Z",
        "compare_from", overlap);
    refuse("compare=year&compare_to=2025-01-01T00:00:00Z&compare_from=2024-01-01T00:00:00Z", "compare", both);
    ck_assert(!ask("compare=year&compare_to=2025-01-01T00:00:00Z"));
    asked_check_problem(422, "validation", 2);
    /* Two faults: it names both ends of nothing, and compare beside them. */
    ck_assert(!ask("compare=year&compare_from=2025-01-01T00:00:00Z"));
    asked_check_problem(422, "validation", 2);
}
END_TEST

START_TEST(a_year_before_is_checked_as_any_window)
{
    take("from=2026-11-01T00:00:00Z&to=2026-11-08T00:00:00Z&compare=year");
    query.earlier =
        (struct metrics_window){asked_quarter("2025-11-01T00:00:00Z"), asked_quarter("2025-11-08T00:00:00Z")};
    ck_assert(metrics_options_check_earlier(asked.request, &query));
    query.earlier.from = -1;
    ck_assert(!metrics_options_check_earlier(asked.request, &query));
    asked_check_fault("compare", "leads to a time before 1970");
}
END_TEST

START_TEST(customers_are_counted_once_where_their_answers_are_still_there)
{
    static const char detail[] = "reads the answers themselves, and those of the project 'cafe' from before "
                                 "2026-11-01T00:00:00Z were deleted by age";
    take("dedupe=last");
    ck_assert_int_eq(query.dedupe, DEDUPE_LAST);
    take("dedupe=all");
    ck_assert_int_eq(query.dedupe, DEDUPE_ALL);
    asked_by_organization(NULL);
    take("dedupe=first&from=2026-11-01T00:00:00Z");
    ck_assert_int_eq(query.dedupe, DEDUPE_FIRST);
    refuse("dedupe=first&from=2026-10-31T23:45:00Z", "dedupe", detail);
    refuse("dedupe=first&from=2026-11-01T00:00:00Z&compare=previous", "dedupe", detail);
    take("from=2026-10-01T00:00:00Z&compare=previous");
}
END_TEST

/* --- metrics --------------------------------------------------------------------------------------------------------------- */

START_TEST(metrics_are_asked_once_each_the_built_in_ones_first)
{
    take("metric=stars,ces,nps,stars&metric=ces");
    check_metrics(3, (const char *const[]){"nps", "ces", "stars"});
    ck_assert_uint_eq(query.choice.metrics[2].slot_count, 2);
}
END_TEST

START_TEST(metrics_that_nobody_asks_are_told_of)
{
    refuse("metric=moon", "metric", "'moon' is not a metric: nps, csat, ces and stars are known");
    ck_assert(!ask("metric=moon,sun"));
    json_t *problem = lone_request_problem(asked.request);
    ck_assert_str_eq(lone_request_detail(problem, 0, "metric"),
                     "'moon' is not a metric: nps, csat, ces and stars are known");
    ck_assert_str_eq(lone_request_detail(problem, 1, "metric"), "'sun' is not a metric");
    json_decref(problem);
    asked_by_organization(&asked.projects[1]);
    refuse("project=cafe&metric=moon", "metric", "'moon' is not a metric: nps, csat, ces, channel and stars are known");
    refuse("metric=stars&survey=other", "metric", "'stars' is not a question of the surveys that are asked for");
    asked_by_organization(NULL);
    asked.key.organization_id = asked.projects[2].organization_id;
    refuse("metric=moon", "metric", "'moon' is not a metric: nps, csat and ces are known");
}
END_TEST

START_TEST(more_names_than_a_few_are_not_told)
{
    static char names[30][4];
    static struct question_definition many[30];
    static const struct survey survey = {.project_id = ASKED_SHOP, .key = "many"};
    static struct project_surveys surveys = {ASKED_SHOP, many, 30, &survey, 1};
    static struct survey_set set = {.projects = &surveys, .count = 1};
    for (int i = 0; i < 30; i++) {
        snprintf(names[i], sizeof names[i], "q%02d", i);
        many[i] = (struct question_definition){101 + i, "many", names[i], 1, "rating", 1, 5, false, 0, 0, NULL, 1000};
    }
    asked.call.principal.snapshot->surveys = &set;
    surveys.definition_count = 21;
    refuse(
        "metric=moon", "metric",
        "'moon' is not a metric: nps, csat, ces, q00, q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, "
        "q14, q15, q16, q17, q18, q19 and others are known");
    surveys.definition_count = 30;
    char query_text[256] = "metric=";
    for (int i = 0; i < METRICS_MAX; i++)
        sprintf(query_text + strlen(query_text), "q%02d,", i);
    query_text[strlen(query_text) - 1] = '\0';
    take(query_text);
    ck_assert_uint_eq(query.choice.count, METRICS_MAX);
    strcat(query_text, ",q29");
    refuse(query_text, "metric", "must be at most 10 metrics");
}
END_TEST

START_TEST(a_version_is_asked_of_one_survey_that_has_it)
{
    take("metric=stars&survey=visit&survey_version=2");
    ck_assert_int_eq((int)query.version, 2);
    ck_assert(query.scope.has_version);
    ck_assert_uint_eq(query.choice.metrics[0].source_count, 1);
    ck_assert_str_eq(query.choice.metrics[0].slots[0].definition.id, "rating_1_5_mean");
    refuse("metric=nps&survey_version=2", "survey_version", "goes with one survey: survey=NAME");
    refuse("metric=nps&survey_version=2&survey=a&survey=b", "survey_version", "goes with one survey: survey=NAME");
    refuse("metric=nps&survey_version=2&survey=", "survey_version", "goes with one survey: survey=NAME");
    refuse("metric=nps&survey=moon&survey_version=1", "survey_version",
           "goes with a survey that was defined, and 'moon' was not");
    refuse("metric=nps&survey=visit&survey_version=4", "survey_version",
           "must be from 1 to 3, the versions of the survey 'visit'");
    refuse("metric=stars&survey=visit&survey_version=1", "metric",
           "'stars' is not asked in version 1 of the survey 'visit'");
    refuse("metric=moon&survey=visit&survey_version=1", "metric",
           "'moon' is not a metric: nps, csat, ces and stars are known");
    /* That one project has the version is enough. */
    asked_by_organization(NULL);
    take("metric=stars&survey=visit&survey_version=3");
    ck_assert_uint_eq(query.choice.metrics[0].source_count, 1);
}
END_TEST

/* --- projects -------------------------------------------------------------------------------------------------------------- */

START_TEST(a_key_opens_its_project_or_all_of_its_organization)
{
    refuse("project=cafe", "project", "'cafe' is not a project that the key opens");
    take("project=shop");
    asked_by_organization(NULL);
    take("");
    ck_assert_uint_eq(query.rollup.project_count, 2);
    ck_assert_int_eq(query.rollup.project_ids[0], ASKED_SHOP);
    ck_assert_int_eq(query.rollup.project_ids[1], ASKED_CAFE);
    take("project=cafe,shop,cafe");
    ck_assert_uint_eq(query.rollup.project_count, 2);
    ck_assert_int_eq(query.rollup.project_ids[0], ASKED_CAFE);
    refuse("project=stranger", "project", "'stranger' is not a project that the key opens");
    refuse("project=moon", "project", "'moon' is not a project that the key opens");
    asked.key.organization_id = ASKED_ORGANIZATION + 2;
    refuse("", "project", "the organization of the key has none");
}
END_TEST

START_TEST(small_numbers_are_hidden_from_keys_of_scope_metrics)
{
    static const char detail[] = "takes a key of scope read: numbers of fewer than 5 answers are hidden";
    asked_by_organization(NULL);
    take("");
    ck_assert_int_eq((int)query.min_n, 1);
    asked.key.scope = SCOPE_METRICS;
    take("project=shop");
    ck_assert_int_eq((int)query.min_n, 1);
    /* The strictest of its projects; what others hide is no matter. */
    take("");
    ck_assert_int_eq((int)query.min_n, 5);
    refuse("interval=day&rolling=7d", "rolling", detail);
    asked.projects[0].publish_min_n = 9;
    take("");
    ck_assert_int_eq((int)query.min_n, 9);
}
END_TEST

/* --- groups ---------------------------------------------------------------------------------------------------------------- */

START_TEST(groups_are_made_of_the_dimensions_that_are_named)
{
    take("group_by=channel,release,country&limit=3");
    ck_assert_uint_eq(query.column_count, 3);
    ck_assert_int_eq(query.columns[0].dimension, DIMENSION_CHANNEL);
    ck_assert_int_eq(query.columns[1].dimension, DIMENSION_DECLARED_1);
    ck_assert_str_eq(query.columns[2].name, "country");
    ck_assert_uint_eq(query.rollup.group_by,
                      1u << DIMENSION_CHANNEL | 1u << DIMENSION_DECLARED_1 | 1u << DIMENSION_COUNTRY);
    ck_assert(!query.rollup.by_project);
    ck_assert_uint_eq(query.limit, 3);
    refuse("group_by=moon", "group_by", "'moon' is not a dimension");
    refuse("group_by=channel,channel", "group_by", "'channel' is named twice");
    refuse("group_by=project", "group_by", "'project' takes a key of an organization");
    asked_by_organization(NULL);
    take("group_by=project");
    ck_assert(query.rollup.by_project);
    ck_assert_int_eq(query.columns[0].dimension, METRICS_COLUMN_PROJECT);
    refuse("group_by=project,project", "group_by", "'project' is named twice");
    /* What one of them declared is none of the other's. */
    refuse("group_by=release", "group_by", "'release' is not a dimension");
}
END_TEST

START_TEST(a_metric_and_a_dimension_of_one_name_are_not_told_apart)
{
    asked_by_organization(&asked.projects[1]);
    take("project=cafe&metric=channel");
    refuse("project=cafe&metric=channel&group_by=channel", "group_by", "'channel' is a metric that is asked for too");
}
END_TEST

START_TEST(groups_are_ordered_by_name_number_or_value)
{
    static const char detail[] =
        "must be key, n, or one of the metrics asked for, with a - before it for the other way round";
    take("order=-n");
    ck_assert_int_eq(query.order, METRICS_ORDER_N);
    ck_assert(query.is_descending);
    take("order=key");
    ck_assert_int_eq(query.order, METRICS_ORDER_KEY);
    take("metric=nps,stars&order=stars");
    ck_assert_int_eq(query.order, METRICS_ORDER_VALUE);
    ck_assert_uint_eq(query.metric, 1);
    ck_assert(!query.is_descending);
    refuse("metric=nps&order=csat", "order", detail);
    refuse("order=-", "order", detail);
    refuse("order=--n", "order", detail);
}
END_TEST

/* --- how they are computed -------------------------------------------------------------------------------------------------- */

START_TEST(a_method_is_of_net_scores)
{
    static const char detail[] = "is of nps and other net scores, and none is among the metrics asked for";
    take("method=wald");
    ck_assert_int_eq(query.method, METHOD_WALD);
    take("method=adjusted_wald&metric=csat,nps");
    ck_assert_int_eq(query.method, METHOD_ADJUSTED_WALD);
    refuse("method=wald&metric=csat,stars", "method", detail);
}
END_TEST

START_TEST(rescaled_scores_are_means)
{
    take("rescale=0-100");
    ck_assert(query.is_rescaled);
    refuse("rescale=0-100&method=wald", "rescale",
           "doesn't go with method: a rescaled score is a mean, with a t interval");
    refuse("rescale=0-100&interval=day&control=true", "rescale",
           "doesn't go with control, whose limits are those of one scale");
}
END_TEST

START_TEST(levels_are_those_of_the_books)
{
    take("level=0.90");
    ck_assert_double_eq(query.level, 0.90);
    take("level=0.99");
    ck_assert_double_eq(query.level, 0.99);
}
END_TEST

START_TEST(filters_are_those_of_the_query)
{
    take("channel=web&channel=app&country=ES");
    ck_assert_uint_eq(query.rollup.value_counts[DIMENSION_CHANNEL], 2);
    ck_assert(text_is(query.rollup.values[DIMENSION_CHANNEL][0], "web"));
    ck_assert(text_is(query.rollup.values[DIMENSION_COUNTRY][0], "ES"));
}
END_TEST

/* --- memory ---------------------------------------------------------------------------------------------------------------- */

/* Whatever part of it memory lacked for, nothing is read: half a question would be another one. */
START_TEST(a_question_that_memory_lacked_for_is_not_asked)
{
    bool is_asked = false;
    for (size_t limit = 64; !is_asked; limit += 64) {
        struct arena *arena = arena_new(limit);
        ck_assert_ptr_nonnull(arena);
        asked_get(METRICS, NULL, "metric=nps,stars,csat");
        is_asked = metrics_options_make(asked.request, arena, &query);
        if (is_asked)
            check_metrics(3, (const char *const[]){"nps", "csat", "stars"});
        else
            asked_check_problem(503, "unavailable", 0);
        arena_free(arena);
    }
}
END_TEST

START_TEST(a_list_of_projects_that_memory_lacked_for_is_not_asked)
{
    asked.arena_limit = 1 << 20;
    asked_get(METRICS, NULL, "");
    while (arena_alloc(request_arena(asked.request), 1) != NULL)
        continue;
    ck_assert(!metrics_options_make(asked.request, asked.arena, &query));
}
END_TEST

Suite *metrics_options_suite(void)
{
    Suite *suite = suite_create("metrics_options");
    TCase *tcase = tcase_create("metrics_options");
    tcase_add_checked_fixture(tcase, asked_setup, asked_teardown);
    tcase_add_test(tcase, an_empty_query_asks_for_the_three_scores_of_thirty_days);
    tcase_add_test(tcase, time_is_from_inclusive_to_exclusive);
    tcase_add_test(tcase, a_series_is_cut_in_a_time_zone);
    tcase_add_test(tcase, a_window_rolls_over_days);
    tcase_add_test(tcase, a_control_chart_is_of_a_series_of_its_own_answers);
    tcase_add_test(tcase, a_window_is_compared_with_an_earlier_one);
    tcase_add_test(tcase, windows_that_can_not_be_compared_are_refused);
    tcase_add_test(tcase, a_year_before_is_checked_as_any_window);
    tcase_add_test(tcase, customers_are_counted_once_where_their_answers_are_still_there);
    tcase_add_test(tcase, metrics_are_asked_once_each_the_built_in_ones_first);
    tcase_add_test(tcase, metrics_that_nobody_asks_are_told_of);
    tcase_add_test(tcase, more_names_than_a_few_are_not_told);
    tcase_add_test(tcase, a_version_is_asked_of_one_survey_that_has_it);
    tcase_add_test(tcase, a_key_opens_its_project_or_all_of_its_organization);
    tcase_add_test(tcase, small_numbers_are_hidden_from_keys_of_scope_metrics);
    tcase_add_test(tcase, groups_are_made_of_the_dimensions_that_are_named);
    tcase_add_test(tcase, a_metric_and_a_dimension_of_one_name_are_not_told_apart);
    tcase_add_test(tcase, groups_are_ordered_by_name_number_or_value);
    tcase_add_test(tcase, a_method_is_of_net_scores);
    tcase_add_test(tcase, rescaled_scores_are_means);
    tcase_add_test(tcase, levels_are_those_of_the_books);
    tcase_add_test(tcase, filters_are_those_of_the_query);
    tcase_add_test(tcase, a_question_that_memory_lacked_for_is_not_asked);
    tcase_add_test(tcase, a_list_of_projects_that_memory_lacked_for_is_not_asked);
    suite_add_tcase(suite, tcase);
    return suite;
}
