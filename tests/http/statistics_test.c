/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "support/runner.h"

#include <math.h>
#include <string.h>

/* What the numbers come with: comparisons, contrasts, impacts, distributions, control limits, rolling windows, an index. The
 * expected ones are published, or computed from the rows by statements that share nothing with Hark's own. */

static const double TOLERANCE = 1e-6;

static struct api api;
static struct buffer lines;

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
    buffer_init(&lines);
}

static void teardown(void)
{
    buffer_clear(&lines);
    api_close(&api);
}

/* So many answers of one kind: members is "\"channel\":\"web\",\"answers\":{…}". */
static void add(int count, const char *time, const char *members)
{
    for (int i = 0; i < count; i++)
        buffer_format(&lines, "{\"occurred_at\":\"%s\",%s}\n", time, members);
}

static void add_nps(const char *time, const char *channel, int promoters, int passives, int detractors)
{
    add(promoters, time,
        api_text("\"channel\":\"%s\",\"touchpoint\":\"t-%s\",\"answers\":{\"nps\":10}", channel, channel));
    add(passives, time,
        api_text("\"channel\":\"%s\",\"touchpoint\":\"t-%s\",\"answers\":{\"nps\":8}", channel, channel));
    add(detractors, time,
        api_text("\"channel\":\"%s\",\"touchpoint\":\"t-%s\",\"answers\":{\"nps\":3}", channel, channel));
}

static void post(void)
{
    const struct api_reply *reply = api_post_lines(&api, "/v1/responses", lines.data);
    ck_assert_status(reply, 200);
    ck_assert_uint_eq(api_size(reply, "rejected"), 0);
    buffer_reset(&lines);
}

/* An expression over the rows that count, with the name of their channel. */
static double from_rows(const char *expression)
{
    char sql[2000];
    snprintf(sql, sizeof sql,
             "WITH answer AS (SELECT r.*, v.value AS channel FROM response r"
             " JOIN cell c ON c.project_id = r.project_id AND c.id = r.cell_id"
             " LEFT JOIN dimension_value v ON v.project_id = c.project_id AND v.dimension = 1 AND v.id = c.channel_id"
             " WHERE r.project_id = %%d AND NOT r.is_test AND NOT r.excluded)"
             " SELECT round(1e9 * (%s)::numeric)::int8 FROM answer",
             expression);
    return (double)api_count(&api, sql) / 1e9;
}

static void check_number(const struct api_reply *reply, const char *path, double expected)
{
    ck_assert_double_eq_tol(api_number(reply, path), expected, TOLERANCE);
}

static const struct api_reply *get(const char *path)
{
    const struct api_reply *reply = api_get(&api, path);
    ck_assert_status(reply, 200);
    return reply;
}

/* --- one number ------------------------------------------------------------------------------------------------------- */

START_TEST(an_interval_follows_the_level_and_the_method)
{
    add_nps("2026-01-10T10:00:00Z", "web", 162, 108, 54);
    post();
    const struct api_reply *reply =
        get("/v1/metrics?metric=nps&method=wald&from=2026-01-10T00:00:00Z&to=2026-01-11T00:00:00Z");
    ck_assert_str_eq(api_string(reply, "total.nps.interval.method"), "wald");
    /* whuber, Cross Validated 18609: SE 4.14086662499611 */
    check_number(reply, "total.nps.interval.lower", 100.0 / 3 - 1.959963984540054 * 4.14086662499611);
    check_number(reply, "total.nps.interval.level", 0.95);
    reply = get("/v1/metrics?metric=nps&method=wald&level=0.99&from=2026-01-10T00:00:00Z&to=2026-01-11T00:00:00Z");
    check_number(reply, "total.nps.interval.upper", 100.0 / 3 + 2.5758293035489 * 4.14086662499611);
    check_number(reply, "total.nps.interval.level", 0.99);
}
END_TEST

START_TEST(a_mean_has_its_interval_and_a_share_its_net)
{
    add(6, "2026-01-10T10:00:00Z", "\"answers\":{\"csat\":5}");
    add(3, "2026-01-10T10:00:00Z", "\"answers\":{\"csat\":3}");
    add(1, "2026-01-10T10:00:00Z", "\"answers\":{\"csat\":1}");
    post();
    const struct api_reply *reply = get("/v1/metrics?metric=csat&from=2026-01-10T00:00:00Z&to=2026-01-11T00:00:00Z");
    check_number(reply, "total.csat.mean", 4);
    /* qt(0.975, 9) = 2.2621571627982 */
    check_number(reply, "total.csat.mean_interval.lower",
                 from_rows("avg(csat) - 2.2621571627982 * stddev_samp(csat) / sqrt(count(*))"));
    ck_assert_str_eq(api_string(reply, "total.csat.mean_interval.method"), "t");
    check_number(reply, "total.csat.net", 50);
}
END_TEST

/* --- comparisons ------------------------------------------------------------------------------------------------------ */

START_TEST(a_change_of_nps_is_tested_as_published)
{
    const struct api_reply *reply;
    add_nps("2026-01-09T10:00:00Z", "web", 12, 0, 18);
    add_nps("2026-01-10T10:00:00Z", "web", 20, 0, 10);
    post();
    reply = get("/v1/metrics?metric=nps&compare=previous&from=2026-01-10T00:00:00Z&to=2026-01-11T00:00:00Z");
    ck_assert_str_eq(api_string(reply, "compare.from"), "2026-01-09T00:00:00Z");
    ck_assert_str_eq(api_string(reply, "compare.to"), "2026-01-10T00:00:00Z");
    ck_assert_int_eq((int)api_number(reply, "total.nps.n"), 30);
    ck_assert_int_eq((int)api_number(reply, "total.nps.compare.n"), 30);
    check_number(reply, "total.nps.compare.value", -20);
    check_number(reply, "total.nps.compare.delta", 100.0 * 10 / 30 + 20);
    ck_assert_double_eq_tol(api_number(reply, "total.nps.compare.p"), 0.0371, 5e-5);
    ck_assert(json_is_true(api_at(reply, "total.nps.compare.significant")));
    ck_assert_str_eq(api_string(reply, "total.nps.compare.test"), "adjusted_wald");
    check_number(reply, "groups.0.nps.compare.delta", 100.0 * 10 / 30 + 20);
    reply =
        get("/v1/metrics?metric=nps&compare=previous&method=wald&from=2026-01-10T00:00:00Z&to=2026-01-11T00:00:00Z");
    ck_assert_double_eq_tol(api_number(reply, "total.nps.compare.p"), 0.0317, 5e-5);
    reply = get("/v1/metrics?metric=nps&compare=previous&level=0.99&from=2026-01-10T00:00:00Z&to=2026-01-11T00:00:00Z");
    ck_assert(json_is_false(api_at(reply, "total.nps.compare.significant")));
}
END_TEST

START_TEST(a_change_of_a_share_has_newcombes_interval)
{
    add(9, "2026-01-10T10:00:00Z", "\"answers\":{\"csat\":5}");
    add(1, "2026-01-10T10:00:00Z", "\"answers\":{\"csat\":2}");
    add(3, "2025-12-01T10:00:00Z", "\"answers\":{\"csat\":4}");
    add(7, "2025-12-01T10:00:00Z", "\"answers\":{\"csat\":1}");
    post();
    const struct api_reply *reply = get("/v1/metrics?metric=csat&from=2026-01-10T00:00:00Z&to=2026-01-11T00:00:00Z"
                                        "&compare_from=2025-12-01T00:00:00Z&compare_to=2025-12-02T00:00:00Z");
    check_number(reply, "total.csat.compare.delta", 60);
    ck_assert_double_eq_tol(api_number(reply, "total.csat.compare.interval.lower"), 17.05, 0.01);
    ck_assert_double_eq_tol(api_number(reply, "total.csat.compare.interval.upper"), 80.90, 0.01);
    ck_assert_str_eq(api_string(reply, "total.csat.compare.method"), "newcombe");
    ck_assert_str_eq(api_string(reply, "total.csat.compare.test"), "n1_z");
}
END_TEST

START_TEST(a_year_earlier_is_the_same_dates_on_the_clocks_of_the_zone)
{
    const struct api_reply *reply;
    /* The clocks went forward on 29 March 2026, and on 30 March 2025. */
    add_nps("2025-03-28T23:30:00Z", "web", 1, 0, 0); /* 29 March, 00:30 */
    add_nps("2025-03-29T23:15:00Z", "web", 0, 1, 0); /* 30 March, 00:15: outside */
    add_nps("2026-03-29T12:00:00Z", "web", 0, 0, 1);
    post();
    reply =
        get("/v1/metrics?metric=nps&compare=year&tz=Europe/Madrid&from=2026-03-28T23:00:00Z&to=2026-03-29T22:00:00Z");
    ck_assert_str_eq(api_string(reply, "compare.from"), "2025-03-28T23:00:00Z");
    ck_assert_str_eq(api_string(reply, "compare.to"), "2025-03-29T23:00:00Z");
    ck_assert_int_eq((int)api_number(reply, "total.nps.compare.n"), 1);
    check_number(reply, "total.nps.compare.delta", -200);
}
END_TEST

START_TEST(a_group_of_the_earlier_window_alone_is_shown_empty)
{
    const struct api_reply *reply;
    add_nps("2026-01-09T10:00:00Z", "fax", 4, 1, 0);
    add_nps("2026-01-10T10:00:00Z", "web", 3, 0, 2);
    post();
    reply = get(
        "/v1/metrics?metric=nps&group_by=channel&compare=previous&from=2026-01-10T00:00:00Z&to=2026-01-11T00:00:00Z");
    ck_assert_uint_eq(api_size(reply, "groups"), 2);
    ck_assert_str_eq(api_string(reply, "groups.0.channel"), "fax");
    ck_assert_int_eq((int)api_number(reply, "groups.0.nps.n"), 0);
    ck_assert(api_is_null(reply, "groups.0.nps.value"));
    ck_assert_int_eq((int)api_number(reply, "groups.0.nps.compare.n"), 5);
    check_number(reply, "groups.0.nps.compare.value", 80);
    ck_assert(api_is_null(reply, "groups.0.nps.compare.delta"));
    ck_assert(api_is_null(reply, "groups.0.nps.compare.p"));
    ck_assert_int_eq((int)api_number(reply, "groups.1.nps.compare.n"), 0);
    check_number(reply, "total.nps.compare.delta", 20 - 80);
}
END_TEST

START_TEST(a_series_beside_a_comparison_holds_its_own_window_only)
{
    const struct api_reply *reply;
    add_nps("2026-01-01T10:00:00Z", "web", 5, 0, 0);
    add_nps("2026-01-09T10:00:00Z", "web", 0, 0, 2);
    add_nps("2026-01-10T10:00:00Z", "web", 3, 0, 0);
    add_nps("2026-01-11T10:00:00Z", "web", 0, 0, 4);
    post();
    reply = get("/v1/metrics?metric=nps&interval=day&from=2026-01-10T00:00:00Z&to=2026-01-12T00:00:00Z"
                "&compare_from=2026-01-01T00:00:00Z&compare_to=2026-01-02T00:00:00Z");
    ck_assert_uint_eq(api_size(reply, "groups.0.series"), 2);
    ck_assert_int_eq((int)api_number(reply, "groups.0.series.0.nps.n"), 3);
    ck_assert_int_eq((int)api_number(reply, "groups.0.series.1.nps.n"), 4);
    ck_assert_int_eq((int)api_number(reply, "total.nps.n"), 7);
    ck_assert_int_eq((int)api_number(reply, "total.nps.compare.n"), 5);
}
END_TEST

/* --- series ----------------------------------------------------------------------------------------------------------- */

START_TEST(a_rolling_point_is_the_days_up_to_its_own)
{
    const struct api_reply *reply;
    /* Every six hours through 60 days, over the change of the clocks. */
    for (int i = 0; i < 240; i++)
        add_nps(api_time(1772323200000000 + i * INT64_C(21600000000)), "web", i % 3 == 0, i % 5 == 0, i % 2 == 1);
    post();
    reply = get("/v1/metrics?metric=nps&interval=day&rolling=7d&tz=Europe/Madrid"
                "&from=2026-03-19T23:00:00Z&to=2026-04-04T22:00:00Z");
    ck_assert_str_eq(api_string(reply, "rolling"), "7d");
    ck_assert_uint_eq(api_size(reply, "groups.0.series"), 16);
    for (int i = 0; i < 16; i++) {
        char expression[300];
        snprintf(expression, sizeof expression,
                 "count(*) FILTER (WHERE (occurred_at AT TIME ZONE 'Europe/Madrid')::date"
                 " BETWEEN date '2026-03-20' + %d - 6 AND date '2026-03-20' + %d AND nps IS NOT NULL)",
                 i, i);
        ck_assert_int_eq((int)api_number(reply, api_text("groups.0.series.%d.nps.n", i)), (int)from_rows(expression));
    }
    ck_assert_str_eq(api_string(reply, "groups.0.series.0.from"), "2026-03-13T23:00:00Z");
    ck_assert_str_eq(api_string(reply, "groups.0.series.0.to"), "2026-03-20T23:00:00Z");
    check_number(reply, "total.nps.n",
                 from_rows("count(nps) FILTER (WHERE (occurred_at AT TIME ZONE 'Europe/Madrid')::date"
                           " BETWEEN date '2026-03-20' AND date '2026-04-04')"));
}
END_TEST

START_TEST(a_bad_day_is_an_alarm_and_the_present_one_never)
{
    const struct api_reply *reply;
    int64_t today_us = clock_now_us() / INT64_C(86400000000) * INT64_C(86400000000);
    for (int i = 1; i <= 12; i++)
        add_nps(api_time(today_us - i * INT64_C(86400000000)), "web", i == 4 ? 0 : 15, 5, i == 4 ? 20 : 5);
    add_nps(api_time(today_us), "web", 0, 0, 40);
    post();
    reply = get(api_text("/v1/metrics?metric=nps&interval=day&control=true&tz=UTC&from=%s&to=%s",
                         api_time(today_us - 12 * INT64_C(86400000000)), api_time(today_us + INT64_C(86400000000))));
    ck_assert_uint_eq(api_size(reply, "groups.0.series"), 13);
    for (int i = 0; i < 13; i++) {
        /* The bad day is out of the baseline: the centre is that of the others. */
        check_number(reply, api_text("groups.0.series.%d.nps.control.center", i), 40);
        ck_assert(json_is_true(api_at(reply, api_text("groups.0.series.%d.nps.control.alarm", i))) == (i == 8));
    }
    ck_assert_str_eq(api_string(reply, "groups.0.series.8.nps.control.signal"), "below");
    ck_assert(api_is_null(reply, "groups.0.series.12.nps.control.signal"));
    /* 40 -+ 300 sqrt((0.8 - 0.16) / 25) */
    check_number(reply, "groups.0.series.0.nps.control.lower", 40 - 300 * sqrt(0.64 / 25));
}
END_TEST

/* --- one metric by a dimension ------------------------------------------------------------------------------------------ */

enum { CHANNELS = 4 };

static void post_channels(void)
{
    add_nps("2026-01-10T10:00:00Z", "app", 60, 30, 10);
    add_nps("2026-01-10T11:00:00Z", "email", 20, 15, 25);
    add_nps("2026-01-10T12:00:00Z", "shop", 33, 20, 27);
    add_nps("2026-01-10T13:00:00Z", "web", 40, 5, 5);
    post();
}

static const char *const window = "from=2026-01-10T00:00:00Z&to=2026-01-11T00:00:00Z";

static const char nps_of[] =
    "100.0 * (count(*) FILTER (WHERE nps >= 9 AND %s) - count(*) FILTER (WHERE nps <= 6 AND %s))"
    " / count(*) FILTER (WHERE nps IS NOT NULL AND %s)";

static double nps_from_rows(const char *condition)
{
    char expression[1000];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(expression, sizeof expression, nps_of, condition, condition, condition);
#pragma GCC diagnostic pop
    return from_rows(expression);
}

/* Pearson's: sum of (observed - expected)^2 / expected over channels and bands. */
static double chi_square_from_rows(void)
{
    return from_rows(
        "(SELECT sum((coalesce(o.n, 0) - c.n * b.n / t.n) ^ 2 / (c.n * b.n / t.n))"
        " FROM (SELECT count(*)::float8 AS n FROM answer) t"
        " CROSS JOIN (SELECT channel, count(*) AS n FROM answer GROUP BY 1) c"
        " CROSS JOIN (SELECT (nps >= 9)::int - (nps <= 6)::int AS band, count(*) AS n FROM answer GROUP BY 1) b"
        " LEFT JOIN (SELECT channel, (nps >= 9)::int - (nps <= 6)::int AS band, count(*) AS n FROM answer"
        "  GROUP BY 1, 2) o USING (channel, band))");
}

START_TEST(a_distribution_counts_each_score)
{
    const struct api_reply *reply;
    post_channels();
    reply = get(api_text("/v1/metrics/nps/distribution?group_by=channel&%s", window));
    ck_assert_uint_eq(api_size(reply, "groups"), CHANNELS);
    ck_assert_uint_eq(api_size(reply, "total.scores"), 11);
    for (int score = 0; score <= 10; score++) {
        char expression[80];
        snprintf(expression, sizeof expression, "count(*) FILTER (WHERE nps = %d)", score);
        ck_assert_int_eq((int)api_number(reply, api_text("total.scores.%d.score", score)), score);
        check_number(reply, api_text("total.scores.%d.count", score), from_rows(expression));
    }
    check_number(reply, "groups.1.scores.3.share", 100.0 * 25 / 60);
    check_number(reply, "groups.1.bands.promoters.count", 20);
    check_number(reply, "total.bands.detractors.share",
                 from_rows("100.0 * count(*) FILTER (WHERE nps <= 6) / count(nps)"));
    ck_assert_str_eq(api_string(reply, "definition"), "nps_0_10");
}
END_TEST

START_TEST(a_contrast_sets_each_value_against_the_others)
{
    static const char *const names[CHANNELS] = {"app", "email", "shop", "web"};
    const struct api_reply *reply;
    double last = 0;
    post_channels();
    reply = get(api_text("/v1/metrics/nps/contrast?by=channel&%s", window));
    for (int i = 0; i < CHANNELS; i++) {
        ck_assert_str_eq(api_string(reply, api_text("groups.%d.channel", i)), names[i]);
        check_number(reply, api_text("groups.%d.value", i), nps_from_rows(api_text("channel = '%s'", names[i])));
        check_number(reply, api_text("groups.%d.rest.value", i), nps_from_rows(api_text("channel <> '%s'", names[i])));
        check_number(reply, api_text("groups.%d.rest.delta", i),
                     api_number(reply, api_text("groups.%d.value", i)) -
                         api_number(reply, api_text("groups.%d.rest.value", i)));
    }
    ck_assert_str_eq(api_string(reply, "overall.method"), "chi_square");
    check_number(reply, "overall.df", 6);
    check_number(reply, "overall.statistic", chi_square_from_rows());
    ck_assert_uint_eq(api_size(reply, "pairs"), 6);
    for (int i = 0; i < 6; i++) {
        double p = api_number(reply, api_text("pairs.%d.p", i));
        double holm = fmin(1, fmax(last, (6 - i) * p));
        check_number(reply, api_text("pairs.%d.p_holm", i), holm);
        last = holm;
    }
    ck_assert(api_at(reply, "pairs.0.a.channel") != NULL);
}
END_TEST

START_TEST(an_impact_is_what_the_whole_loses_without_the_part)
{
    const struct api_reply *reply;
    double last = -INFINITY;
    post_channels();
    reply = get(api_text("/v1/metrics/nps/impact?by=channel&%s", window));
    ck_assert_uint_eq(api_size(reply, "groups"), CHANNELS);
    for (int i = 0; i < CHANNELS; i++) {
        const char *channel = api_string(reply, api_text("groups.%d.channel", i));
        double impact = api_number(reply, api_text("groups.%d.impact", i));
        check_number(reply, api_text("groups.%d.impact", i),
                     nps_from_rows("true") - nps_from_rows(api_text("channel <> '%s'", channel)));
        ck_assert_double_ge(impact, last);
        last = impact;
    }
    ck_assert_str_eq(api_string(reply, "groups.0.channel"), "email");
    check_number(reply, "groups.0.volume_share", 100.0 * 60 / 290);
    reply = get(api_text("/v1/metrics/nps/impact?by=touchpoint&order=-impact&limit=1&%s", window));
    ck_assert_uint_eq(api_size(reply, "groups"), 1);
    ck_assert_int_eq((int)api_number(reply, "groups_total"), CHANNELS);
    ck_assert_str_eq(api_string(reply, "groups.0.touchpoint"), "t-app");
}
END_TEST

START_TEST(more_values_than_can_be_contrasted_are_refused)
{
    const struct api_reply *reply;
    for (int i = 0; i < 51; i++)
        add_nps("2026-01-10T10:00:00Z", api_text("c%d", i), 1, 0, 0);
    post();
    reply = api_get(&api, api_text("/v1/metrics/nps/contrast?by=channel&%s", window));
    ck_assert_status(reply, 422);
    ck_assert_int_ge(api_fault(reply, "by"), 0);
    get(api_text("/v1/metrics/nps/impact?by=channel&%s", window));
}
END_TEST

START_TEST(an_index_weighs_the_metrics_on_one_scale)
{
    const struct api_reply *reply;
    add(30, "2026-01-10T10:00:00Z", "\"answers\":{\"nps\":9,\"csat\":5}");
    add(10, "2026-01-10T10:00:00Z", "\"answers\":{\"nps\":2,\"csat\":1}");
    post();
    /* NPS 50, which is 75 of 100; CSAT 75 */
    reply = get(api_text("/v1/metrics/index?weights=nps:3,csat:1&%s", window));
    check_number(reply, "total.value", 75);
    check_number(reply, "total.coverage", 1);
    check_number(reply, "total.components.0.weight", 3);
    check_number(reply, "total.interval.lower",
                 (3 * api_number(reply, "total.components.0.interval.lower") +
                  api_number(reply, "total.components.1.interval.lower")) /
                     4);
    reply = get(api_text("/v1/metrics/index?%s", window));
    check_number(reply, "total.coverage", 2.0 / 3);
    ck_assert(api_is_null(reply, "total.components.2.value"));
}
END_TEST

START_TEST(sample_sizes_are_the_published_ones)
{
    static const struct {
        const char *query;
        int n;
    } cases[] = {
        {"margin=10", 255},
        {"difference=10", 1049},
        {"benchmark=5&sides=one", 1654}, /* printed 1,655, with z cut to 1.645 and 0.842 */
        {"benchmark=10&sides=one", 412},
        {"of=share&share=50&difference=10", 388}, /* power.prop.test(p1 = .5, p2 = .6, power = .8): 387.3 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct api_reply *reply = get(api_text("/v1/sample-size?%s", cases[i].query));
        ck_assert_msg((int)api_number(reply, "n") == cases[i].n, "%s: %s", cases[i].query, reply->http.body);
    }
}
END_TEST

/* --- bad input -------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *path;
    const char *parameter;
} faults[] = {
    {"/v1/metrics?level=1.5", "level"},
    {"/v1/metrics?level=0.9500", "level"},
    {"/v1/metrics?method=bootstrap", "method"},
    {"/v1/metrics?method=wald&metric=csat", "method"},
    {"/v1/metrics?compare=yesterday", "compare"},
    {"/v1/metrics?compare=previous&compare_from=2025-01-01T00:00:00Z&compare_to=2025-02-01T00:00:00Z", "compare"},
    {"/v1/metrics?compare_from=2025-01-01T00:00:00Z", "compare_to"},
    {"/v1/metrics?compare_to=2025-01-01T00:00:00Z", "compare_from"},
    {"/v1/metrics?compare_from=2025-01-01T00:07:00Z&compare_to=2025-02-01T00:00:00Z", "compare_from"},
    {"/v1/metrics?compare_from=2025-02-01T00:00:00Z&compare_to=2025-02-01T00:00:00Z", "compare_from"},
    {"/v1/metrics?from=2025-02-01T00:00:00Z&to=2025-03-01T00:00:00Z&compare_from=2025-01-01T00:00:00Z"
     "&compare_to=2025-02-01T00:15:00Z",
     "compare_from"},
    {"/v1/metrics?from=2024-01-01T00:00:00Z&to=2025-03-01T00:00:00Z&compare=year", "compare"},
    {"/v1/metrics?from=2025-02-01T00:00:00Z&to=2025-02-01T00:00:00Z", "from"},
    {"/v1/metrics?from=1970-01-01T00:00:00Z&to=9999-01-01T00:00:00Z&compare=previous", "compare"},
    {"/v1/metrics?control=true", "control"},
    {"/v1/metrics?control=maybe&interval=day", "control"},
    {"/v1/metrics?rolling=7d", "rolling"},
    {"/v1/metrics?rolling=7d&interval=week", "rolling"},
    {"/v1/metrics?rolling=8d&interval=day", "rolling"},
    {"/v1/metrics?rolling=7d&interval=day&control=true", "control"},
    {"/v1/metrics/nps/contrast", "by"},
    {"/v1/metrics/nps/contrast?by=colour", "by"},
    {"/v1/metrics/nps/contrast?by=channel&method=n1_z", "method"},
    {"/v1/metrics/csat/contrast?by=channel&method=wald", "method"},
    {"/v1/metrics/nps/contrast?by=channel&limit=3", "limit"},
    {"/v1/metrics/ces/impact", "by"},
    {"/v1/metrics/ces/impact?by=", "by"},
    {"/v1/metrics/ces/impact?by=project", "by"},
    {"/v1/metrics/ces/impact?by=channel&order=nps", "order"},
    {"/v1/metrics/csat/distribution?group_by=channel,channel", "group_by"},
    {"/v1/metrics/csat/distribution?interval=day", "interval"},
    {"/v1/metrics/index?weights=nps:0", "weights"},
    {"/v1/metrics/index?weights=nps:-1", "weights"},
    {"/v1/metrics/index?weights=nps:nan", "weights"},
    {"/v1/metrics/index?weights=nps:1e2", "weights"},
    {"/v1/metrics/index?weights=nps:1,nps:2", "weights"},
    {"/v1/metrics/index?weights=mood:1", "weights"},
    {"/v1/metrics/index?weights=nps:", "weights"},
    {"/v1/sample-size", "margin"},
    {"/v1/sample-size?margin=5&difference=5", "margin"},
    {"/v1/sample-size?margin=0", "margin"},
    {"/v1/sample-size?margin=five", "margin"},
    {"/v1/sample-size?margin=nan", "margin"},
    {"/v1/sample-size?margin=5&power=0.8", "power"},
    {"/v1/sample-size?difference=5&power=1", "power"},
    {"/v1/sample-size?margin=5&variance=2", "variance"},
    {"/v1/sample-size?margin=5&share=50", "share"},
    {"/v1/sample-size?of=share&share=95&difference=10", "difference"},
    {"/v1/sample-size?margin=5&channel=web", "channel"},
};

START_TEST(a_question_that_makes_no_sense_is_told_so)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const struct api_reply *reply = api_get(&api, faults[i].path);
        ck_assert_msg(reply->status == 422, "%s: %d %s", faults[i].path, reply->status, reply->http.body);
        ck_assert_msg(api_fault(reply, faults[i].parameter) >= 0, "%s: %s", faults[i].path, reply->http.body);
    }
}
END_TEST

START_TEST(an_unknown_metric_in_the_path_is_told_the_known_ones)
{
    const struct api_reply *reply = api_get(&api, "/v1/metrics/mood/impact?by=channel");
    ck_assert_status(reply, 404);
    ck_assert_ptr_nonnull(strstr(api_string(reply, "detail"), "nps, csat and ces"));
    ck_assert_status(api_get(&api, "/v1/metrics/nps"), 404);
    ck_assert_status(api_send(&api, api.keys[SCOPE_WRITE], "GET", "/v1/metrics/nps/distribution", NULL), 403);
    ck_assert_status(api_send(&api, NULL, "GET", "/v1/sample-size?margin=5", NULL), 401);
}
END_TEST

START_TEST(nobody_answered_is_no_number_anywhere)
{
    const struct api_reply *reply = get(api_text("/v1/metrics/nps/contrast?by=channel&%s", window));
    ck_assert_uint_eq(api_size(reply, "groups"), 0);
    ck_assert(api_is_null(reply, "overall.p"));
    reply = get(api_text("/v1/metrics/nps/distribution?%s", window));
    ck_assert(api_is_null(reply, "total.value"));
    ck_assert(api_is_null(reply, "total.scores.0.share"));
    reply = get(api_text("/v1/metrics/index?%s", window));
    ck_assert(api_is_null(reply, "total.value"));
    ck_assert_uint_eq(api_size(get(api_text("/v1/metrics/nps/impact?by=channel&%s", window)), "groups"), 0);
    reply = get(api_text("/v1/metrics?metric=nps&compare=previous&%s", window));
    ck_assert(api_is_null(reply, "total.nps.compare.delta"));
}
END_TEST

Suite *statistics_suite(void)
{
    return API_SUITE("statistics", setup, teardown, an_interval_follows_the_level_and_the_method,
                     a_mean_has_its_interval_and_a_share_its_net, a_change_of_nps_is_tested_as_published,
                     a_change_of_a_share_has_newcombes_interval,
                     a_year_earlier_is_the_same_dates_on_the_clocks_of_the_zone,
                     a_group_of_the_earlier_window_alone_is_shown_empty,
                     a_series_beside_a_comparison_holds_its_own_window_only, a_rolling_point_is_the_days_up_to_its_own,
                     a_bad_day_is_an_alarm_and_the_present_one_never, a_distribution_counts_each_score,
                     a_contrast_sets_each_value_against_the_others, an_impact_is_what_the_whole_loses_without_the_part,
                     more_values_than_can_be_contrasted_are_refused, an_index_weighs_the_metrics_on_one_scale,
                     sample_sizes_are_the_published_ones, a_question_that_makes_no_sense_is_told_so,
                     an_unknown_metric_in_the_path_is_told_the_known_ones, nobody_answered_is_no_number_anywhere);
}
