/* SPDX-License-Identifier: MIT */
#include "questions.h"

#include <string.h>

/* Answers to one question under different definitions: refused, told apart, cut, or put on one scale. */

/* qt(0.975, 9) of R. */
#define T_OF_10 "2.2621571627982"
#define WINDOW  "from=2026-01-10T00:00:00Z&to=2026-01-20T00:00:00Z"

/* Refused because of what is mixed, with these words in the faults of the parameter, and this way out. */
static void check_mixed(const char *path, const char *parameter, const char *words, const char *way)
{
    const struct api_reply *reply = api_get(&questions_api, path);
    ck_assert_status(reply, 422);
    ck_assert_str_eq(api_string(reply, "type"), "/problems/mixed-definitions");
    ck_assert_int_ge(api_fault(reply, parameter), 0);
    ck_assert_msg(strstr(reply->http.body, words) != NULL, "%s: %s", words, reply->http.body);
    ck_assert_msg(strstr(api_string(reply, "detail"), way) != NULL, "%s: %s", way, reply->http.body);
}

/* --- several ---------------------------------------------------------------------------------------------------------- */

/* Five answers on each of two portals. */
static void post_portals(void)
{
    questions_put_scale("five", "stars", "rating", 1, 5);
    questions_put_scale("ten", "stars", "rating", 1, 10);
    questions_add(10, "\"survey\":\"five\",\"channel\":\"web\",", "stars", "55432");
    questions_add(11, "\"survey\":\"ten\",\"channel\":\"web\",", "stars", "a973");
    questions_add(12, "\"survey\":\"ten\",\"channel\":\"app\",", "stars", "1");
    questions_post();
}

START_TEST(ratings_of_two_scales_are_not_one_number)
{
    const struct api_reply *reply;
    post_portals();
    check_mixed("/v1/metrics?metric=stars&" WINDOW, "metric", "rating_1_5_mean: the survey 'five' from version 1 on",
                "group_by=survey");
    check_mixed("/v1/metrics?metric=nps,stars&group_by=channel&" WINDOW, "metric",
                "rating_1_10_mean: the survey 'ten' from version 1 on", "rescale=0-100");
    check_mixed("/v1/metrics?metric=stars&interval=day&" WINDOW, "metric", "never one number", "survey=NAME");
    check_mixed("/v1/metrics/stars/distribution?" WINDOW, "metric", "'stars'", "group_by=survey");
    check_mixed("/v1/metrics/stars/contrast?by=survey&" WINDOW, "metric", "groups can't be compared", "survey=NAME");
    check_mixed("/v1/metrics/stars/impact?by=survey&" WINDOW, "metric", "groups can't be compared", "rescale=0-100");
    check_mixed("/v1/metrics/index?weights=stars&" WINDOW, "weights", "never one number", "rescale=0-100");
    reply = questions_get("/v1/metrics?metric=stars&survey=ten&" WINDOW);
    ck_assert_str_eq(api_string(reply, "total.stars.definition"), "rating_1_10_mean");
    ck_assert_uint_eq(api_size(reply, "total.stars.distribution"), 10);
    questions_check_rows(reply, "total.stars.value", "avg(score) FILTER (WHERE survey = 'ten')");
    reply = questions_get("/v1/metrics?metric=stars&channel=app&" WINDOW);
    questions_check(reply, "total.stars.value", 1);
    ck_assert_str_eq(api_string(reply, "total.stars.definition"), "rating_1_10_mean");
    reply = questions_get("/v1/metrics?metric=stars&channel=fax&" WINDOW);
    questions_check(reply, "total.stars.n", 0);
    ck_assert_str_eq(api_string(reply, "total.stars.definition"), "rating_1_10_mean");
}
END_TEST

START_TEST(the_total_of_surveys_apart_is_told_to_be_mixed)
{
    const struct api_reply *reply;
    post_portals();
    reply = questions_get("/v1/metrics?metric=stars&group_by=survey&interval=week&" WINDOW);
    ck_assert_str_eq(api_string(reply, "groups.0.stars.definition"), "rating_1_5_mean");
    ck_assert_str_eq(api_string(reply, "groups.1.stars.definition"), "rating_1_10_mean");
    questions_check_rows(reply, "groups.0.stars.value", "avg(score) FILTER (WHERE survey = 'five')");
    questions_check_rows(reply, "groups.1.stars.value", "avg(score) FILTER (WHERE survey = 'ten')");
    /* A week without an answer is of its group's definition. */
    ck_assert_str_eq(api_string(reply, "groups.0.series.1.stars.definition"), "rating_1_5_mean");
    questions_check(reply, "total.stars.n", 10);
    ck_assert(api_is_null(reply, "total.stars.value"));
    ck_assert(api_is_null(reply, "total.stars.interval"));
    ck_assert(api_is_null(reply, "total.stars.definition"));
    ck_assert(api_is_null(reply, "total.stars.distribution"));
    ck_assert(json_is_true(api_at(reply, "total.stars.mixed")));
    ck_assert_str_eq(api_string(reply, "total.stars.definitions.0.definition"), "rating_1_5_mean");
    questions_check(reply, "total.stars.definitions.0.n", 5);
    questions_check(reply, "total.stars.definitions.1.n", 5);
    ck_assert_ptr_null(api_at(reply, "cuts"));
    reply = questions_get("/v1/metrics/stars/distribution?group_by=survey&" WINDOW);
    ck_assert(api_is_null(reply, "definition"));
    ck_assert_str_eq(api_string(reply, "groups.1.definition"), "rating_1_10_mean");
    ck_assert_uint_eq(api_size(reply, "groups.1.scores"), 10);
    ck_assert(api_is_null(reply, "total.scores"));
    ck_assert(json_is_true(api_at(reply, "total.mixed")));
    reply = questions_get("/v1/metrics/index?weights=stars&group_by=survey&" WINDOW);
    questions_check_rows(reply, "groups.1.value", "avg(place) FILTER (WHERE survey = 'ten')");
    ck_assert(api_is_null(reply, "total.value"));
    ck_assert(json_is_true(api_at(reply, "total.components.0.mixed")));
}
END_TEST

START_TEST(rescaled_answers_are_one_mean)
{
    const struct api_reply *reply;
    post_portals();
    reply = questions_get("/v1/metrics?metric=stars&rescale=0-100&group_by=channel&interval=day&" WINDOW);
    ck_assert_str_eq(api_string(reply, "rescale"), "0-100");
    ck_assert_str_eq(api_string(reply, "total.stars.definition"), "rescaled_0_100");
    questions_check_rows(reply, "total.stars.value", "avg(place)");
    questions_check_rows(reply, "total.stars.interval.lower",
                         "avg(place) - " T_OF_10 " * stddev_samp(place) / sqrt(count(*))");
    questions_check_rows(reply, "total.stars.interval.upper",
                         "least(100, avg(place) + " T_OF_10 " * stddev_samp(place) / sqrt(count(*)))");
    ck_assert_str_eq(api_string(reply, "total.stars.interval.method"), "t");
    ck_assert(api_is_null(reply, "total.stars.distribution"));
    questions_check(reply, "total.stars.definitions.0.n", 5);
    ck_assert_str_eq(api_string(reply, "total.stars.definitions.1.definition"), "rating_1_10_mean");
    questions_check_rows(reply, "groups.1.stars.value", "avg(place) FILTER (WHERE channel = 'web')");
    questions_check_rows(reply, "groups.1.series.1.stars.value",
                         "avg(place) FILTER (WHERE channel = 'web' AND day = 11)");
    ck_assert(api_is_null(reply, "groups.1.series.5.stars.value"));
    ck_assert_ptr_null(api_at(reply, "cuts"));
    reply = questions_get("/v1/metrics?metric=stars&rescale=0-100&group_by=channel&order=stars&" WINDOW);
    ck_assert_str_eq(api_string(reply, "groups.0.channel"), "app");
}
END_TEST

START_TEST(a_rescaled_impact_is_what_the_mean_owes)
{
    const struct api_reply *reply;
    post_portals();
    reply = questions_get("/v1/metrics/stars/impact?by=channel&rescale=0-100&" WINDOW);
    ck_assert_str_eq(api_string(reply, "definition"), "rescaled_0_100");
    ck_assert_str_eq(api_string(reply, "groups.0.channel"), "app");
    questions_check(reply, "groups.0.volume_share", 10);
    questions_check_rows(reply, "groups.0.without", "avg(place) FILTER (WHERE channel = 'web')");
    questions_check_rows(reply, "groups.0.impact", "avg(place) - avg(place) FILTER (WHERE channel = 'web')");
    questions_check_rows(reply, "groups.1.impact", "avg(place) - avg(place) FILTER (WHERE channel = 'app')");
    questions_check_rows(reply, "total.value", "avg(place)");
}
END_TEST

START_TEST(effort_and_ease_are_told_apart_and_turned_when_rescaled)
{
    const struct api_reply *reply;
    struct survey_draft_question effort = question_of("ces", "ces", 1, 5);
    effort.definition.low_is_good = true;
    questions_put("old", &effort, 1);
    questions_add(10, "\"survey\":\"old\",", "ces", "11125");
    questions_add(10, "\"survey\":\"new\",", "ces", "7652");
    questions_add(10, "", "ces", "1");
    questions_post();
    reply = questions_get("/v1/metrics?metric=ces&group_by=survey&" WINDOW);
    ck_assert_str_eq(api_string(reply, "groups.0.ces.definition"), "ces_1_7_pct5_7");
    ck_assert_ptr_null(api_at(reply, "groups.0.ces.polarity"));
    questions_check_rows(
        reply, "groups.0.ces.value",
        "100.0 * count(*) FILTER (WHERE survey = 'new' AND score >= 5) / count(*) FILTER (WHERE survey = 'new')");
    ck_assert_str_eq(api_string(reply, "groups.1.ces.definition"), "ces_1_5_low_mean");
    ck_assert_str_eq(api_string(reply, "groups.1.ces.polarity"), "low_is_good");
    questions_check_rows(reply, "groups.1.ces.value", "avg(score) FILTER (WHERE survey = 'old')");
    ck_assert(json_is_true(api_at(reply, "total.ces.mixed")));
    check_mixed("/v1/metrics?" WINDOW, "metric", "ces_1_7_pct5_7: the built-in question", "rescale=0-100");
    check_mixed("/v1/metrics/ces/contrast?by=channel&" WINDOW, "metric", "ces_1_5_low_mean: the survey 'old'",
                "survey=NAME");
    /* What the default asks for is fine where the filter leaves one definition of each. */
    reply = questions_get("/v1/metrics?survey=new&" WINDOW);
    questions_check(reply, "total.ces.n", 4);
    reply = questions_get("/v1/metrics?metric=ces,nps&rescale=0-100&" WINDOW);
    questions_check_rows(reply, "total.ces.n", "count(*)");
    questions_check_rows(reply, "total.ces.value", "avg(place)");
    questions_check_rows(reply, "total.ces.interval.upper",
                         "avg(place) + " T_OF_10 " * stddev_samp(place) / sqrt(count(*))");
    questions_check(reply, "total.nps.n", 0);
}
END_TEST

START_TEST(an_nps_that_is_rescaled_is_a_mean_and_no_net)
{
    const struct api_reply *reply;
    questions_add(10, "", "nps", "a98765432100");
    questions_post();
    reply = questions_get("/v1/metrics?metric=nps&rescale=0-100&" WINDOW);
    questions_check_rows(reply, "total.nps.value", "10 * avg(score)");
    ck_assert_ptr_null(api_at(reply, "total.nps.promoters"));
}
END_TEST

/* --- versions ---------------------------------------------------------------------------------------------------------- */

/* A survey that asked on 1-5, then on 1-7: three days of each, with one day of both. */
static void post_change(void)
{
    questions_put_scale("stay", "csat", "csat", 1, 5);
    questions_put_scale("stay", "csat", "csat", 1, 7);
    questions_add(10, "\"survey\":\"stay\",\"survey_version\":1,\"channel\":\"web\",", "csat", "5541");
    questions_add(11, "\"survey\":\"stay\",\"survey_version\":1,\"channel\":\"app\",", "csat", "333");
    questions_add(12, "\"survey\":\"stay\",\"survey_version\":1,\"channel\":\"web\",", "csat", "2");
    questions_add(12, "\"survey\":\"stay\",\"survey_version\":2,\"channel\":\"web\",", "csat", "7762");
    questions_add(13, "\"survey\":\"stay\",\"channel\":\"web\",", "csat", "711");
    questions_post();
}

static void check_cut(const struct api_reply *reply)
{
    double created_us = (double)api_count(&questions_api, "SELECT (extract(epoch FROM created_at) * 1000000)::int8"
                                                          " FROM survey_version WHERE project_id = %d AND version = 2");
    ck_assert_uint_eq(api_size(reply, "cuts"), 1);
    ck_assert_str_eq(api_string(reply, "cuts.0.metric"), "csat");
    ck_assert_str_eq(api_string(reply, "cuts.0.survey"), "stay");
    ck_assert_str_eq(api_string(reply, "cuts.0.definition"), "csat_1_5_top2");
    ck_assert_str_eq(api_string(reply, "cuts.0.at"), api_time((int64_t)created_us));
    questions_check(reply, "cuts.0.survey_version", 1);
    questions_check_rows(reply, "cuts.0.n", "count(*) FILTER (WHERE survey = 'stay' AND high = 5)");
}

START_TEST(a_series_is_cut_where_the_scale_changed)
{
    const struct api_reply *reply;
    post_change();
    reply = questions_get("/v1/metrics?metric=csat&survey=stay&interval=day&tz=UTC&group_by=channel&" WINDOW);
    check_cut(reply);
    ck_assert_str_eq(api_string(reply, "total.csat.definition"), "csat_1_7_top2");
    questions_check_rows(reply, "total.csat.n", "count(*) FILTER (WHERE high = 7)");
    questions_check_rows(reply, "total.csat.value",
                         "100.0 * count(*) FILTER (WHERE high = 7 AND score >= 6) / count(*) FILTER (WHERE high = 7)");
    /* Who answered before alone is no group any more. */
    ck_assert_uint_eq(api_size(reply, "groups"), 1);
    for (int i = 0; i < 10; i++) {
        questions_check(reply, api_text("groups.0.series.%d.csat.n", i),
                        questions_from_rows(api_text("count(*) FILTER (WHERE high = 7 AND day = %d)", 10 + i)));
        ck_assert_str_eq(api_string(reply, api_text("groups.0.series.%d.csat.definition", i)), "csat_1_7_top2");
    }
    /* Days that reach back over the change. */
    reply = questions_get("/v1/metrics?metric=csat&survey=stay&interval=day&tz=UTC&rolling=7d"
                          "&from=2026-01-13T00:00:00Z&to=2026-01-15T00:00:00Z");
    ck_assert_uint_eq(api_size(reply, "cuts"), 1);
    questions_check(reply, "cuts.0.n", 0);
    questions_check(reply, "groups.0.series.0.csat.n", 7);
    /* Up to the change there is nothing to cut. */
    reply = questions_get("/v1/metrics?metric=csat&survey=stay&interval=day&tz=UTC"
                          "&from=2026-01-10T00:00:00Z&to=2026-01-12T00:00:00Z");
    ck_assert_ptr_null(api_at(reply, "cuts"));
    questions_check(reply, "total.csat.n", 7);
    ck_assert_str_eq(api_string(reply, "groups.0.series.0.csat.definition"), "csat_1_5_top2");
}
END_TEST

START_TEST(surveys_apart_are_cut_each_by_itself)
{
    const struct api_reply *reply;
    post_change();
    questions_add(10, "\"survey\":\"other\",", "csat", "544");
    questions_add(11, "", "csat", "1");
    questions_post();
    reply = questions_get("/v1/metrics?metric=csat&group_by=survey&interval=day&" WINDOW);
    check_cut(reply);
    ck_assert_str_eq(api_string(reply, "groups.0.csat.definition"), "csat_1_5_top2");
    questions_check(reply, "groups.0.csat.n", 3);
    ck_assert_str_eq(api_string(reply, "groups.1.csat.definition"), "csat_1_7_top2");
    questions_check_rows(reply, "groups.1.csat.n", "count(*) FILTER (WHERE survey = 'stay' AND high = 7)");
    ck_assert(json_is_true(api_at(reply, "total.csat.mixed")));
    /* Together they are not one survey's, and nothing is left out in silence. */
    check_mixed("/v1/metrics?metric=csat&interval=day&" WINDOW, "metric",
                "csat_1_7_top2: the survey 'stay' from version 2", "group_by=survey");
}
END_TEST

START_TEST(without_a_series_versions_are_not_mixed_either)
{
    const struct api_reply *reply;
    post_change();
    check_mixed("/v1/metrics?metric=csat&survey=stay&" WINDOW, "metric", "csat_1_5_top2: the built-in question",
                "survey=stay&survey_version=N");
    check_mixed("/v1/metrics?metric=csat&survey=stay&" WINDOW, "metric", "csat_1_7_top2", ", from=20");
    reply = questions_get("/v1/metrics?metric=csat&survey=stay&survey_version=1&" WINDOW);
    ck_assert_str_eq(api_string(reply, "total.csat.definition"), "csat_1_5_top2");
    questions_check_rows(reply, "total.csat.n", "count(*) FILTER (WHERE version = 1)");
    reply = questions_get("/v1/metrics?metric=csat&survey=stay&survey_version=2&interval=day&" WINDOW);
    questions_check_rows(reply, "total.csat.n", "count(*) FILTER (WHERE version = 2)");
    ck_assert_ptr_null(api_at(reply, "cuts"));
    reply = questions_get("/v1/metrics/csat/contrast?by=channel&survey=stay&survey_version=1&" WINDOW);
    ck_assert_str_eq(api_string(reply, "definition"), "csat_1_5_top2");
    questions_check(reply, "groups.0.n", 3);
    reply = questions_get("/v1/metrics?metric=csat&survey=stay&rescale=0-100&interval=day&" WINDOW);
    questions_check_rows(reply, "total.csat.value", "avg(place)");
    ck_assert_ptr_null(api_at(reply, "cuts"));
}
END_TEST

START_TEST(a_question_that_comes_back_is_the_newest)
{
    const struct api_reply *reply;
    post_change();
    questions_put_scale("stay", "csat", "csat", 1, 5);
    reply = questions_get("/v1/metrics?metric=csat&survey=stay&interval=day&" WINDOW);
    ck_assert_str_eq(api_string(reply, "total.csat.definition"), "csat_1_5_top2");
    questions_check_rows(reply, "total.csat.n", "count(*) FILTER (WHERE high = 5)");
    ck_assert_str_eq(api_string(reply, "cuts.0.definition"), "csat_1_7_top2");
    questions_check(reply, "cuts.0.survey_version", 2);
    questions_check_rows(reply, "cuts.0.n", "count(*) FILTER (WHERE high = 7)");
}
END_TEST

START_TEST(windows_of_two_definitions_are_not_compared)
{
    const struct api_reply *reply;
    post_change();
    check_mixed("/v1/metrics?metric=csat&survey=stay&from=2026-01-13T00:00:00Z&to=2026-01-14T00:00:00Z"
                "&compare_from=2026-01-10T00:00:00Z&compare_to=2026-01-12T00:00:00Z",
                "metric", "other definitions in the earlier window", "survey_version=N");
    reply = questions_get(
        "/v1/metrics?metric=csat&survey=stay&from=2026-01-13T00:00:00Z&to=2026-01-14T00:00:00Z&rescale=0-100"
        "&compare_from=2026-01-10T00:00:00Z&compare_to=2026-01-12T00:00:00Z");
    questions_check_rows(reply, "total.csat.compare.value", "avg(place) FILTER (WHERE day < 12)");
    questions_check_rows(reply, "total.csat.compare.delta",
                         "avg(place) FILTER (WHERE day = 13) - avg(place) FILTER (WHERE day < 12)");
    ck_assert_str_eq(api_string(reply, "total.csat.compare.test"), "welch_t");
    /* Welch's t of 100 0 0 against 100 100 75 0 50 50 50, its density integrated by Simpson's rule. */
    ck_assert_double_eq_tol(api_number(reply, "total.csat.compare.p"), 0.5071359779041951, 1e-6);
    reply = questions_get("/v1/metrics?metric=csat&survey=stay&survey_version=2&from=2026-01-13T00:00:00Z"
                          "&to=2026-01-14T00:00:00Z&compare=previous");
    questions_check(reply, "total.csat.compare.n", 4);
    questions_check(reply, "total.csat.compare.delta", 100.0 / 3 - 75);
}
END_TEST

START_TEST(a_total_of_surveys_apart_has_nothing_to_compare)
{
    const struct api_reply *reply;
    post_portals();
    questions_add(1, "\"survey\":\"five\",", "stars", "1");
    questions_post();
    reply = questions_get("/v1/metrics?metric=stars&group_by=survey&compare_from=2026-01-01T00:00:00Z"
                          "&compare_to=2026-01-02T00:00:00Z&" WINDOW);
    questions_check_rows(reply, "groups.0.stars.compare.delta",
                         "avg(score) FILTER (WHERE survey = 'five' AND day > 1) - 1");
    questions_check(reply, "groups.1.stars.compare.n", 0);
    ck_assert(api_is_null(reply, "groups.1.stars.compare.delta"));
    questions_check(reply, "total.stars.compare.n", 1);
    ck_assert(api_is_null(reply, "total.stars.compare.delta"));
    ck_assert(api_is_null(reply, "total.stars.compare.p"));
    ck_assert(json_is_true(api_at(reply, "total.stars.compare.mixed")));
}
END_TEST

/* --- one answer per customer --------------------------------------------------------------------------------------------- */

START_TEST(a_customer_counts_once_over_all_definitions)
{
    const struct api_reply *reply;
    questions_put_scale("stay", "csat", "csat", 1, 5);
    questions_put_scale("stay", "csat", "csat", 1, 7);
    for (int c = 0; c < 12; c++) {
        char extra[120];
        snprintf(extra, sizeof extra, "\"survey\":\"stay\",\"customer_id\":\"c%d\",\"survey_version\":1,", c);
        if (c % 3 != 0)
            questions_add(10, extra, "csat", c % 2 ? "5" : "2");
        snprintf(extra, sizeof extra, "\"survey\":\"stay\",\"customer_id\":\"c%d\",\"survey_version\":2,", c);
        if (c % 4 != 1)
            questions_add(12, extra, "csat", c % 2 ? "3" : "7");
    }
    questions_post();
    reply = questions_get("/v1/metrics?metric=csat&survey=stay&dedupe=first&rescale=0-100&" WINDOW);
    questions_check_rows(reply, "total.csat.n", "count(DISTINCT customer_id)");
    questions_check_rows(reply, "total.csat.value",
                         "(SELECT avg(f.place) FROM (SELECT DISTINCT ON (customer_id) place FROM answer"
                         " ORDER BY customer_id, occurred_at) f)");
    reply = questions_get("/v1/metrics?metric=csat&survey=stay&dedupe=last&rescale=0-100&" WINDOW);
    questions_check_rows(reply, "total.csat.n", "count(DISTINCT customer_id)");
    questions_check_rows(reply, "total.csat.value",
                         "(SELECT avg(f.place) FROM (SELECT DISTINCT ON (customer_id) place FROM answer"
                         " ORDER BY customer_id, occurred_at DESC) f)");
    check_mixed("/v1/metrics?metric=csat&survey=stay&dedupe=first&" WINDOW, "metric", "csat_1_7_top2",
                "survey_version=N");
    /* In a series that was cut, a customer's first answer is the first of those that are left. */
    reply = questions_get("/v1/metrics?metric=csat&survey=stay&dedupe=first&interval=day&tz=UTC&" WINDOW);
    ck_assert_str_eq(api_string(reply, "total.csat.definition"), "csat_1_7_top2");
    questions_check_rows(reply, "total.csat.n", "count(*) FILTER (WHERE high = 7)");
    questions_check_rows(reply, "groups.0.series.2.csat.n", "count(*) FILTER (WHERE high = 7)");
    ck_assert_uint_eq(api_size(reply, "cuts"), 1);
    ck_assert_str_eq(api_string(reply, "cuts.0.definition"), "csat_1_5_top2");
}
END_TEST

/* The built-in question is left out of one survey, and is what another one still asks. */
START_TEST(a_customer_counts_once_in_each_survey_after_its_own_cut)
{
    const struct api_reply *reply;
    questions_put_scale("stay", "csat", "csat", 1, 5);
    questions_put_scale("stay", "csat", "csat", 1, 7);
    for (int c = 0; c < 6; c++) {
        char extra[120];
        snprintf(extra, sizeof extra, "\"survey\":\"stay\",\"customer_id\":\"c%d\",\"survey_version\":1,", c);
        if (c % 2 == 0)
            questions_add(10, extra, "csat", "5");
        snprintf(extra, sizeof extra, "\"survey\":\"stay\",\"customer_id\":\"c%d\",\"survey_version\":2,", c);
        questions_add(12, extra, "csat", "6");
        snprintf(extra, sizeof extra, "\"survey\":\"other\",\"customer_id\":\"d%d\",", c);
        questions_add(13, extra, "csat", "4");
    }
    questions_post();
    reply = questions_get("/v1/metrics?metric=csat&group_by=survey&dedupe=first&interval=day&tz=UTC&" WINDOW);
    ck_assert_str_eq(api_string(reply, "groups.0.survey"), "other");
    questions_check_rows(reply, "groups.0.csat.n", "count(*) FILTER (WHERE survey = 'other')");
    ck_assert_str_eq(api_string(reply, "groups.1.csat.definition"), "csat_1_7_top2");
    questions_check_rows(reply, "groups.1.csat.n", "count(*) FILTER (WHERE high = 7)");
    questions_check_rows(reply, "groups.1.series.2.csat.n", "count(*) FILTER (WHERE high = 7)");
    ck_assert_uint_eq(api_size(reply, "cuts"), 1);
    ck_assert_str_eq(api_string(reply, "cuts.0.survey"), "stay");
}
END_TEST

Suite *mixed_definitions_suite(void)
{
    return API_SUITE("mixed_definitions", questions_setup, questions_teardown, ratings_of_two_scales_are_not_one_number,
                     the_total_of_surveys_apart_is_told_to_be_mixed, rescaled_answers_are_one_mean,
                     a_rescaled_impact_is_what_the_mean_owes, effort_and_ease_are_told_apart_and_turned_when_rescaled,
                     an_nps_that_is_rescaled_is_a_mean_and_no_net, a_series_is_cut_where_the_scale_changed,
                     surveys_apart_are_cut_each_by_itself, without_a_series_versions_are_not_mixed_either,
                     a_question_that_comes_back_is_the_newest, windows_of_two_definitions_are_not_compared,
                     a_total_of_surveys_apart_has_nothing_to_compare, a_customer_counts_once_over_all_definitions,
                     a_customer_counts_once_in_each_survey_after_its_own_cut);
}
