/* SPDX-License-Identifier: MIT */
#include "questions.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* The numbers of surveys' own questions, each on one scale. */

/* qt(0.975, 9) of R. */
#define T_OF_10 "2.2621571627982"
#define WINDOW  "from=2026-01-10T00:00:00Z&to=2026-01-20T00:00:00Z"

/* --- one definition ---------------------------------------------------------------------------------------------------- */

START_TEST(a_question_of_a_survey_is_a_metric_under_its_key)
{
    const struct api_reply *reply;
    questions_put_scale("portal", "stars", "rating", 1, 5);
    questions_add(10, "\"survey\":\"portal\",\"channel\":\"web\",", "stars", "554321");
    questions_add(11, "\"survey\":\"portal\",\"channel\":\"app\",", "stars", "5544");
    questions_post();
    reply = questions_get("/v1/metrics?metric=stars&group_by=channel&" WINDOW);
    questions_check_rows(reply, "total.stars.n", "count(*)");
    questions_check_rows(reply, "total.stars.value", "avg(score)");
    questions_check_rows(reply, "total.stars.interval.lower",
                         "avg(score) - " T_OF_10 " * stddev_samp(score) / sqrt(count(*))");
    ck_assert_str_eq(api_string(reply, "total.stars.interval.method"), "t");
    ck_assert_str_eq(api_string(reply, "total.stars.definition"), "rating_1_5_mean");
    ck_assert_str_eq(api_string(reply, "total.stars.polarity"), "high_is_good");
    questions_check(reply, "total.stars.scale.min", 1);
    questions_check(reply, "total.stars.scale.max", 5);
    ck_assert_uint_eq(api_size(reply, "total.stars.distribution"), 5);
    questions_check_rows(reply, "total.stars.distribution.4", "count(*) FILTER (WHERE score = 5)");
    questions_check_rows(
        reply, "total.stars.net",
        "100.0 * (count(*) FILTER (WHERE score >= 4) - count(*) FILTER (WHERE score <= 2)) / count(*)");
    questions_check_rows(reply, "groups.0.stars.value", "avg(score) FILTER (WHERE channel = 'app')");
    questions_check_rows(reply, "groups.1.stars.mean", "avg(score) FILTER (WHERE channel = 'web')");
    ck_assert_ptr_null(api_at(reply, "total.nps"));
    ck_assert_ptr_null(api_at(reply, "total.stars.mixed"));
}
END_TEST

START_TEST(built_in_metrics_come_first_and_the_others_as_asked)
{
    const char *body;
    questions_put_scale("portal", "stars", "rating", 1, 5);
    questions_put_scale("brand", "fit", "custom", -2, 2);
    questions_add(10, "\"survey\":\"portal\",", "stars", "5");
    questions_add(10, "", "nps", "9");
    questions_post();
    body = questions_get("/v1/metrics?metric=stars,fit,ces,nps,stars&" WINDOW)->http.body;
    body = strstr(body, "\"total\":{\"nps\":{\"n\":1");
    ck_assert_ptr_nonnull(body);
    body = strstr(body, "},\"ces\":{\"n\":0");
    ck_assert_ptr_nonnull(body);
    body = strstr(body, "},\"stars\":{\"n\":1");
    ck_assert_ptr_nonnull(body);
    body = strstr(body, "},\"fit\":{\"n\":0,\"value\":null");
    ck_assert_ptr_nonnull(body);
    ck_assert_ptr_nonnull(strstr(body, "\"definition\":\"custom_-2_2_top2\",\"scale\":{\"min\":-2,\"max\":2}"));
}
END_TEST

START_TEST(a_net_of_its_own_has_the_methods_of_an_nps)
{
    const struct api_reply *reply;
    struct survey_draft_question proud = question_of("proud", "custom", 1, 5);
    proud.definition.headline = "net";
    questions_put("team", &proud, 1);
    questions_put_scale("stay", "again", "nps", 0, 10);
    questions_add(10, "\"survey\":\"team\",", "proud", "5544332111");
    questions_add(10, "\"survey\":\"stay\",", "again", "a998765000");
    questions_post();
    reply = questions_get("/v1/metrics?metric=again,proud&method=wald&" WINDOW);
    ck_assert_str_eq(api_string(reply, "total.proud.interval.method"), "wald");
    ck_assert_str_eq(api_string(reply, "total.proud.definition"), "custom_1_5_net_top2_bottom2");
    questions_check_rows(reply, "total.proud.value",
                         "100.0 * sum(CASE WHEN score >= 4 THEN 1 WHEN score <= 2 THEN -1 ELSE 0 END)"
                         " FILTER (WHERE question = 'proud') / count(*) FILTER (WHERE question = 'proud')");
    ck_assert_str_eq(api_string(reply, "total.again.definition"), "nps_0_10");
    questions_check(reply, "total.again.promoters", 3);
    questions_check(reply, "total.again.detractors", 5);
    questions_check(reply, "total.again.value", -20);
    ck_assert_ptr_nonnull(api_at(reply, "total.again.scale"));
    ck_assert_int_ge(api_fault(api_get(&questions_api, "/v1/metrics?metric=csat&method=wald"), "method"), 0);
}
END_TEST

START_TEST(groups_go_in_the_order_of_a_question)
{
    const struct api_reply *reply;
    questions_put_scale("portal", "stars", "rating", 1, 5);
    questions_add(10, "\"survey\":\"portal\",\"channel\":\"a\",", "stars", "33");
    questions_add(10, "\"survey\":\"portal\",\"channel\":\"b\",", "stars", "1");
    questions_add(10, "\"survey\":\"portal\",\"channel\":\"c\",", "stars", "5");
    questions_post();
    reply = questions_get("/v1/metrics?metric=stars&group_by=channel&order=-stars&" WINDOW);
    ck_assert_str_eq(api_string(reply, "groups.0.channel"), "c");
    ck_assert_str_eq(api_string(reply, "groups.2.channel"), "b");
    reply = questions_get("/v1/metrics?metric=stars&group_by=channel&order=-n&limit=1&" WINDOW);
    ck_assert_str_eq(api_string(reply, "groups.0.channel"), "a");
}
END_TEST

START_TEST(an_excluded_answer_leaves_the_number)
{
    const struct api_reply *reply;
    const char *id = api_id();
    questions_put_scale("portal", "stars", "rating", 1, 5);
    questions_add(10, "\"survey\":\"portal\",", "stars", "22");
    ck_assert_status(api_post(&questions_api, "/v1/responses",
                              api_text("{\"id\":\"%s\",\"occurred_at\":\"2026-01-10T10:00:00Z\",\"survey\":\"portal\","
                                       "\"answers\":{\"stars\":5}}",
                                       id)),
                     201);
    questions_post();
    ck_assert_status(api_send(&questions_api, questions_api.keys[SCOPE_ADMIN], "PATCH",
                              api_text("/v1/responses/%s", id), "{\"excluded\":true}"),
                     200);
    reply = questions_get("/v1/metrics?metric=stars&" WINDOW);
    questions_check(reply, "total.stars.n", 2);
    questions_check_rows(reply, "total.stars.value", "avg(score)");
}
END_TEST

/* --- small numbers ------------------------------------------------------------------------------------------------------ */

START_TEST(small_numbers_of_a_question_are_hidden_over_all_its_definitions)
{
    const struct api_reply *reply;
    questions_put_scale("five", "stars", "rating", 1, 5);
    questions_put_scale("ten", "stars", "rating", 1, 10);
    questions_add(10, "\"survey\":\"five\",\"channel\":\"web\",", "stars", "532");
    questions_add(10, "\"survey\":\"ten\",\"channel\":\"web\",", "stars", "a73");
    questions_add(10, "\"survey\":\"five\",\"channel\":\"app\",", "stars", "555555");
    questions_add(10, "\"survey\":\"ten\",\"channel\":\"fax\",", "stars", "12");
    questions_post();
    api_execute(&questions_api, "UPDATE project SET publish_min_n = 5 WHERE id = %d");
    for (int i = 0; i < 500; i++) {
        reply = api_send(&questions_api, questions_api.keys[SCOPE_METRICS], "GET",
                         "/v1/metrics?metric=stars&rescale=0-100&group_by=channel&" WINDOW, NULL);
        ck_assert_status(reply, 200);
        if (api_at(reply, "groups.1.stars.hidden"))
            break;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    /* fax has 2; with it goes the next smallest, app. */
    ck_assert(json_is_true(api_at(reply, "groups.1.stars.hidden")));
    questions_check(reply, "groups.1.stars.n", 2);
    ck_assert(api_is_null(reply, "groups.1.stars.value"));
    ck_assert(json_is_true(api_at(reply, "groups.0.stars.hidden")));
    ck_assert(api_is_null(reply, "groups.0.stars.interval.lower"));
    /* Two of three and three: six, which is enough. */
    questions_check_rows(reply, "groups.2.stars.value", "avg(place) FILTER (WHERE channel = 'web')");
    reply = api_send(&questions_api, questions_api.keys[SCOPE_METRICS], "GET",
                     "/v1/metrics?metric=stars&survey=five&group_by=channel&" WINDOW, NULL);
    ck_assert(json_is_true(api_at(reply, "groups.1.stars.hidden")));
    ck_assert(api_is_null(reply, "groups.1.stars.mean"));
    ck_assert(api_is_null(reply, "groups.1.stars.distribution"));
    reply = questions_get("/v1/metrics?metric=stars&survey=five&group_by=channel&" WINDOW);
    questions_check_rows(reply, "groups.1.stars.value",
                         "avg(score) FILTER (WHERE channel = 'web' AND survey = 'five')");
}
END_TEST

/* --- several projects ------------------------------------------------------------------------------------------------- */

static struct api sister; /* another project of the organization */

static void post_to_sister(void)
{
    const struct survey_draft_question stars = question_of("stars", "rating", 1, 10);
    const struct survey_draft draft = {
        .project_id = sister.project_id, .key = "portal", .questions = &stars, .question_count = 1};
    struct survey_put done;
    int status = 0;
    ck_assert_int_eq(survey_put(sister.connection, &draft, &done), STATUS_OK);
    for (int i = 0; i < 500 && status != 201; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        status = api_post(&sister, "/v1/responses",
                          "{\"occurred_at\":\"2026-01-10T10:00:00Z\",\"survey\":\"portal\",\"answers\":{\"stars\":9}}")
                     ->status;
    }
    ck_assert_int_eq(status, 201);
}

START_TEST(projects_of_an_organization_have_scales_of_their_own)
{
    char key[KEY_TEXT_SIZE];
    const struct api_reply *reply;
    api_open(&sister, serve_shared(), questions_api.organization);
    questions_put_scale("portal", "stars", "rating", 1, 5);
    questions_add(10, "\"survey\":\"portal\",", "stars", "54");
    questions_post();
    post_to_sister();
    api_key_new(&questions_api, NULL, SCOPE_METRICS, key);
    reply = api_send(&questions_api, key, "GET", "/v1/metrics?metric=stars&group_by=project&" WINDOW, NULL);
    ck_assert_status(reply, 200);
    ck_assert_uint_eq(api_size(reply, "groups"), 2);
    ck_assert(json_is_true(api_at(reply, "total.stars.mixed")));
    for (int i = 0; i < 2; i++) {
        bool is_sister = strcmp(api_string(reply, api_text("groups.%d.project", i)), sister.project) == 0;
        ck_assert_str_eq(api_string(reply, api_text("groups.%d.stars.definition", i)),
                         is_sister ? "rating_1_10_mean" : "rating_1_5_mean");
        questions_check(reply, api_text("groups.%d.stars.value", i), is_sister ? 9 : 4.5);
    }
    reply = api_send(&questions_api, key, "GET", "/v1/metrics?metric=stars&" WINDOW, NULL);
    ck_assert_status(reply, 422);
    ck_assert_ptr_nonnull(strstr(
        reply->http.body, api_text("rating_1_10_mean: the survey 'portal' of the project '%s'", sister.project)));
    /* One survey's key, and two surveys: a series is not cut between them. */
    reply = api_send(&questions_api, key, "GET", "/v1/metrics?metric=stars&survey=portal&interval=day&" WINDOW, NULL);
    ck_assert_status(reply, 422);
    reply = api_send(&questions_api, key, "GET", "/v1/metrics?metric=stars&rescale=0-100&" WINDOW, NULL);
    questions_check(reply, "total.stars.value", (100 + 75 + 800.0 / 9) / 3);
    /* A built-in question's answers are of a project's survey where both are told apart. */
    questions_put_scale("stay", "csat", "csat", 1, 5);
    questions_put_scale("stay", "csat", "csat", 1, 7);
    questions_add(10, "\"survey\":\"stay\",\"survey_version\":1,", "csat", "55");
    questions_add(11, "\"survey\":\"stay\",", "csat", "7");
    questions_post();
    reply = api_send(&questions_api, key, "GET", "/v1/metrics?metric=csat&group_by=project,survey&interval=day&" WINDOW,
                     NULL);
    ck_assert_status(reply, 200);
    questions_check(reply, "cuts.0.n", 2);
    questions_check(reply, "total.csat.n", 1);
    reply = api_send(&questions_api, key, "GET", "/v1/metrics?metric=csat&group_by=survey&interval=day&" WINDOW, NULL);
    ck_assert_status(reply, 422);
    api_close(&sister);
}
END_TEST

/* --- the other routes --------------------------------------------------------------------------------------------------- */

START_TEST(an_index_weighs_questions_of_surveys)
{
    const struct api_reply *reply;
    struct survey_draft_question questions[] = {question_of("product", "rating", 1, 5),
                                                question_of("interactions", "custom", 1, 7),
                                                question_of("brand", "custom", 0, 10)};
    questions[2].definition.headline = "net";
    questions_put("experience", questions, 3);
    questions_add(10, "\"survey\":\"experience\",", "product", "5543");
    questions_add(10, "\"survey\":\"experience\",", "interactions", "77651");
    questions_add(10, "\"survey\":\"experience\",", "brand", "aa9500");
    questions_post();
    reply = questions_get("/v1/metrics/index?weights=product:1,interactions:1,brand:2&" WINDOW);
    questions_check_rows(reply, "total.components.0.value", "avg(place) FILTER (WHERE question = 'product')");
    questions_check_rows(reply, "total.components.1.value",
                         "100.0 * count(*) FILTER (WHERE question = 'interactions' AND score >= 6)"
                         " / count(*) FILTER (WHERE question = 'interactions')");
    /* custom 0-10: the best two less the worst two, on 0..100 */
    questions_check(reply, "total.components.2.value", (100.0 * (3 - 2) / 6 + 100) / 2);
    questions_check(reply, "total.value",
                    (api_number(reply, "total.components.0.value") + api_number(reply, "total.components.1.value") +
                     2 * api_number(reply, "total.components.2.value")) /
                        4);
    questions_check(reply, "total.coverage", 1);
    ck_assert_str_eq(api_string(reply, "total.components.1.definition"), "custom_1_7_top2");
    reply = questions_get("/v1/metrics/index?weights=product,brand&rescale=0-100&" WINDOW);
    questions_check_rows(
        reply, "total.value",
        "(avg(place) FILTER (WHERE question = 'product') + avg(place) FILTER (WHERE question = 'brand')) / 2");
    ck_assert_str_eq(api_string(reply, "total.components.1.definition"), "rescaled_0_100");
}
END_TEST

START_TEST(control_limits_and_contrasts_are_of_the_questions_scale)
{
    const struct api_reply *reply;
    questions_put_scale("portal", "stars", "rating", 1, 10);
    for (int day = 10; day < 20; day++)
        questions_add(day,
                      day % 2 ? "\"survey\":\"portal\",\"channel\":\"a\"," : "\"survey\":\"portal\",\"channel\":\"b\",",
                      "stars", day % 2 ? "aaaaa99998888777766554321" : "aaaa999988887777766655443");
    questions_post();
    reply = questions_get("/v1/metrics?metric=stars&interval=day&tz=UTC&control=true&" WINDOW);
    questions_check_rows(reply, "groups.0.series.4.stars.control.center", "avg(score)");
    questions_check_rows(reply, "groups.0.series.4.stars.control.lower",
                         "greatest(1, avg(score) - 3 * sqrt(var_samp(score) / 25))");
    reply = questions_get("/v1/metrics/stars/contrast?by=channel&" WINDOW);
    ck_assert_str_eq(api_string(reply, "overall.method"), "kruskal_wallis");
    questions_check_rows(reply, "groups.0.value", "avg(score) FILTER (WHERE channel = 'a')");
    questions_check_rows(reply, "groups.0.rest.value", "avg(score) FILTER (WHERE channel = 'b')");
    questions_check_rows(reply, "groups.0.rest.delta",
                         "avg(score) FILTER (WHERE channel = 'a') - avg(score) FILTER (WHERE channel = 'b')");
    ck_assert_int_ge(
        api_fault(api_get(&questions_api, "/v1/metrics/stars/contrast?by=channel&method=wald&" WINDOW), "method"), 0);
    reply = questions_get("/v1/metrics/stars/distribution?" WINDOW);
    questions_check_rows(reply, "total.bands.satisfied.count", "count(*) FILTER (WHERE score >= 9)");
    questions_check(reply, "total.scores.9.score", 10);
}
END_TEST

/* --- bad input ---------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *path;
    const char *parameter;
} bad[] = {
    {"/v1/metrics?metric=moon", "metric"},
    {"/v1/metrics?metric=stars&survey=elsewhere", "metric"},
    {"/v1/metrics?metric=nps&survey=portal&survey_version=1", "metric"},
    {"/v1/metrics?metric=a,b,c,d,e,f,g,h,i,j,k", "metric"},
    {"/v1/metrics?survey_version=1", "survey_version"},
    {"/v1/metrics?survey_version=1&survey=a&survey=portal", "survey_version"},
    {"/v1/metrics?survey_version=1&survey=", "survey_version"},
    {"/v1/metrics?survey_version=1&survey=undefined", "survey_version"},
    {"/v1/metrics?metric=stars&survey_version=2&survey=portal", "survey_version"},
    {"/v1/metrics?metric=stars&survey_version=0&survey=portal", "survey_version"},
    {"/v1/metrics?metric=stars&survey_version=x&survey=portal", "survey_version"},
    {"/v1/metrics?metric=stars&rescale=0-10", "rescale"},
    {"/v1/metrics?metric=nps&rescale=0-100&method=wald", "rescale"},
    {"/v1/metrics?metric=nps&rescale=0-100&interval=day&control=true", "rescale"},
    {"/v1/metrics?metric=stars&order=nps", "order"},
    {"/v1/metrics?metric=stars&order=", "order"},
    {"/v1/metrics?metric=stars&method=wald", "method"},
    {"/v1/metrics/stars/contrast?by=channel&rescale=0-100", "rescale"},
    {"/v1/metrics/stars/distribution?rescale=0-100", "rescale"},
    {"/v1/metrics/stars/distribution?survey=elsewhere", "metric"},
    {"/v1/metrics/index?weights=moon:1", "weights"},
    {"/v1/metrics/index?weights=stars:1,stars:2", "weights"},
    {"/v1/metrics/index?weights=stars:0", "weights"},
    {"/v1/metrics/index?weights=:1", "weights"},
};

START_TEST(a_bad_question_is_refused_at_its_parameter)
{
    questions_put_scale("portal", "stars", "rating", 1, 5);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct api_reply *reply = api_get(&questions_api, bad[i].path);
        ck_assert_msg(reply->status == 422, "%s: %d %s", bad[i].path, reply->status, reply->http.body);
        ck_assert_msg(api_fault(reply, bad[i].parameter) >= 0, "%s: %s", bad[i].path, reply->http.body);
    }
}
END_TEST

/* A dimension may be declared when its name is a question already. */
START_TEST(a_dimension_is_not_shown_beside_a_metric_of_its_name)
{
    questions_put_scale("portal", "store", "rating", 1, 5);
    ck_assert_int_ge(api_fault(api_get(&questions_api, "/v1/metrics?metric=store&group_by=channel,store"), "group_by"),
                     0);
    questions_get("/v1/metrics?metric=store&group_by=channel");
}
END_TEST

START_TEST(of_many_questions_some_are_told)
{
    static char keys[25][8];
    struct survey_draft_question questions[25];
    for (int i = 0; i < 25; i++) {
        snprintf(keys[i], sizeof keys[i], "q%02d", i);
        questions[i] = question_of(keys[i], "rating", 1, 5);
    }
    questions_put("long", questions, 25);
    const struct api_reply *reply = api_get(&questions_api, "/v1/metrics/moon/distribution");
    ck_assert_status(reply, 404);
    ck_assert_ptr_nonnull(strstr(api_string(reply, "detail"), "nps, csat, ces, q00, q01, "));
    ck_assert_ptr_nonnull(strstr(api_string(reply, "detail"), ", q18, q19 and others are known."));
    questions_get("/v1/metrics?metric=q00,q01,q02,q03,q04,q05,q06,q07,q08,q09");
    reply = api_get(&questions_api, "/v1/metrics?metric=q00,q01,q02,q03,q04,q05,q06,q07,q08,q09,q10");
    ck_assert_status(reply, 422);
    ck_assert_str_eq(api_string(reply, "errors.0.detail"), "must be at most 10 metrics");
    questions_put("long", questions, 20);
    ck_assert_int_eq(api_get(&questions_api, "/v1/metrics?metric=q24")->status, 200);
}
END_TEST

START_TEST(an_unknown_metric_is_told_the_questions_of_surveys)
{
    const struct api_reply *reply;
    questions_put_scale("portal", "stars", "rating", 1, 5);
    reply = api_get(&questions_api, "/v1/metrics/moon/impact?by=channel");
    ck_assert_status(reply, 404);
    ck_assert_ptr_nonnull(strstr(api_string(reply, "detail"), "nps, csat, ces and stars are known"));
    reply = api_get(&questions_api, "/v1/metrics?metric=moon");
    ck_assert_ptr_nonnull(strstr(api_string(reply, "errors.0.detail"), "nps, csat, ces and stars are known"));
    ck_assert_str_eq(api_string(api_get(&questions_api, "/v1/metrics?metric=moon,sun"), "errors.1.detail"),
                     "'sun' is not a metric");
    /* Not another project's. */
    ck_assert_ptr_null(strstr(api_string(reply, "errors.0.detail"), "fit"));
}
END_TEST

Suite *question_metrics_suite(void)
{
    return API_SUITE("question_metrics", questions_setup, questions_teardown,
                     a_question_of_a_survey_is_a_metric_under_its_key,
                     built_in_metrics_come_first_and_the_others_as_asked, a_net_of_its_own_has_the_methods_of_an_nps,
                     groups_go_in_the_order_of_a_question, an_excluded_answer_leaves_the_number,
                     small_numbers_of_a_question_are_hidden_over_all_its_definitions,
                     projects_of_an_organization_have_scales_of_their_own, an_index_weighs_questions_of_surveys,
                     control_limits_and_contrasts_are_of_the_questions_scale,
                     a_bad_question_is_refused_at_its_parameter, a_dimension_is_not_shown_beside_a_metric_of_its_name,
                     an_unknown_metric_is_told_the_questions_of_surveys, of_many_questions_some_are_told);
}
