/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/buffer.h"
#include "support/runner.h"

#include <string.h>
#include <time.h>

/* A project's smallest n to publish, as somebody with a key of scope metrics would try to get round it. */

enum { PATIENCE = 1000 };

static struct api api;

static const struct api_reply *ask(const char *path)
{
    const struct api_reply *reply = api_send(&api, api.keys[SCOPE_METRICS], "GET", path, NULL);
    ck_assert_status(reply, 200);
    return reply;
}

static void add(struct buffer *lines, int count, const char *time, const char *channel, int nps, int csat)
{
    for (int i = 0; i < count; i++)
        buffer_format(lines, "{\"occurred_at\":\"%s\",\"channel\":\"%s\",\"answers\":{\"nps\":%d,\"csat\":%d}}\n", time,
                      channel, nps, csat);
}

/* The answers of the small channel, fax, are what must stay hidden: 3 of 0, and 2 of 10 the day before. */
static void post(void)
{
    struct buffer lines;
    buffer_init(&lines);
    add(&lines, 12, "2026-01-10T10:00:00Z", "app", 10, 5);
    add(&lines, 6, "2026-01-11T10:00:00Z", "app", 7, 4);
    add(&lines, 8, "2026-01-10T10:00:00Z", "web", 9, 4);
    add(&lines, 3, "2026-01-11T10:00:00Z", "fax", 0, 1);
    add(&lines, 30, "2026-01-09T10:00:00Z", "app", 9, 5);
    add(&lines, 9, "2026-01-09T10:00:00Z", "web", 8, 4);
    add(&lines, 2, "2026-01-08T10:00:00Z", "fax", 10, 5);
    const struct api_reply *reply = api_post_lines(&api, "/v1/responses", lines.data);
    ck_assert_status(reply, 200);
    buffer_clear(&lines);
}

static void wait_for_setting(void)
{
    for (int i = 0; i < PATIENCE; i++) {
        const struct api_reply *reply =
            ask("/v1/metrics?metric=nps&channel=fax&from=2026-01-10T00:00:00Z&to=2026-01-12T00:00:00Z");
        if (json_is_true(api_at(reply, "total.nps.hidden")))
            return;
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    ck_abort_msg("the smallest n is not known");
}

static void setup(void)
{
    const char *const words[] = {"project", "set", NULL, "--publish-min-n", "5", NULL};
    const char *arguments[6];
    api_open(&api, serve_shared(), NULL);
    memcpy(arguments, words, sizeof words);
    arguments[2] = api.project;
    struct hark_result result = serve_command(serve_shared(), arguments);
    ck_assert_msg(result.status == 0, "%s", result.errors);
    hark_result_clear(&result);
    post();
    wait_for_setting();
}

static void teardown(void)
{
    api_close(&api);
}

#define WINDOW "from=2026-01-10T00:00:00Z&to=2026-01-12T00:00:00Z"

static int find_group(const struct api_reply *reply, const char *channel)
{
    for (size_t i = 0; i < api_size(reply, "groups"); i++)
        if (strcmp(api_string(reply, api_text("groups.%zu.channel", i)), channel) == 0)
            return (int)i;
    ck_abort_msg("no group %s: %s", channel, reply->http.body);
}

/* Nothing of the number but its n: no member below it holds another number than n and the level. */
static void check_silent(json_t *value, const char *name)
{
    const char *key;
    json_t *member;
    size_t i;
    if (json_is_number(value)) {
        ck_assert_msg(strcmp(name, "n") == 0 || strcmp(name, "level") == 0 || strcmp(name, "volume_share") == 0 ||
                          strcmp(name, "center") == 0,
                      "%s tells", name);
        return;
    }
    json_array_foreach(value, i, member) check_silent(member, name);
    json_object_foreach(value, key, member) if (strcmp(key, "compare") != 0) check_silent(member, key);
}

static void check_hidden(const struct api_reply *reply, const char *path)
{
    json_t *number = api_at(reply, path);
    ck_assert_msg(json_is_true(json_object_get(number, "hidden")), "%s: %s", path, reply->http.body);
    ck_assert(json_is_null(json_object_get(number, "value")));
    check_silent(number, path);
}

START_TEST(a_small_group_hides_and_takes_the_next_smallest_along)
{
    const struct api_reply *reply = ask("/v1/metrics?metric=nps,csat&group_by=channel&" WINDOW);
    for (int i = 0; i < 2; i++) {
        const char *metric = i ? "csat" : "nps";
        check_hidden(reply, api_text("groups.%d.%s", find_group(reply, "fax"), metric));
        check_hidden(reply, api_text("groups.%d.%s", find_group(reply, "web"), metric));
        ck_assert_ptr_null(api_at(reply, api_text("groups.%d.%s.hidden", find_group(reply, "app"), metric)));
    }
    ck_assert_int_eq((int)api_number(reply, api_text("groups.%d.nps.n", find_group(reply, "fax"))), 3);
    ck_assert_int_eq((int)api_number(reply, "total.nps.n"), 29);
    ck_assert_ptr_null(api_at(reply, "total.nps.hidden"));
}
END_TEST

START_TEST(whoever_may_see_the_rows_sees_the_number)
{
    const struct api_reply *reply = api_get(&api, "/v1/metrics?metric=nps&group_by=channel&" WINDOW);
    ck_assert_double_eq(api_number(reply, api_text("groups.%d.nps.value", find_group(reply, "fax"))), -100);
    ck_assert_ptr_null(strstr(reply->http.body, "hidden"));
    reply = api_send(&api, api.keys[SCOPE_ADMIN], "GET", "/v1/metrics?metric=nps&channel=fax&" WINDOW, NULL);
    ck_assert_double_eq(api_number(reply, "total.nps.value"), -100);
}
END_TEST

START_TEST(an_order_does_not_tell_the_value)
{
    const struct api_reply *reply = ask("/v1/metrics?metric=nps&group_by=channel&order=nps&" WINDOW);
    ck_assert_str_eq(api_string(reply, "groups.0.channel"), "app");
    ck_assert_str_eq(api_string(reply, "groups.1.channel"), "fax"); /* by name: both have no value */
    reply = ask("/v1/metrics?metric=nps&group_by=channel&order=-nps&" WINDOW);
    ck_assert_str_eq(api_string(reply, "groups.0.channel"), "app");
    ck_assert_str_eq(api_string(reply, "groups.1.channel"), "fax");
    ck_assert_str_eq(api_string(ask("/v1/metrics/nps/impact?by=channel&" WINDOW), "groups.0.channel"), "app");
}
END_TEST

START_TEST(a_limit_does_not_single_it_out)
{
    const struct api_reply *reply = ask("/v1/metrics?metric=nps&group_by=channel&order=-n&limit=2&" WINDOW);
    ck_assert_str_eq(api_string(reply, "groups.1.channel"), "web");
    check_hidden(reply, "groups.1.nps");
}
END_TEST

START_TEST(the_points_of_a_series_hide_alike)
{
    const struct api_reply *reply = ask("/v1/"
                                        "metrics?metric=nps&interval=day&control=true&group_by=channel&tz=UTC&from="
                                        "2026-01-08T00:00:00Z&to=2026-01-12T00:00:00Z");
    int fax = find_group(reply, "fax");
    ck_assert_int_eq((int)api_number(reply, api_text("groups.%d.nps.n", fax)), 5);
    /* 2 and 3 make 5: the group may be seen, and neither day. But it is the only one, so nothing else is hidden. */
    ck_assert_double_eq(api_number(reply, api_text("groups.%d.nps.value", fax)), -20);
    check_hidden(reply, api_text("groups.%d.series.0.nps", fax));
    check_hidden(reply, api_text("groups.%d.series.3.nps", fax));
    ck_assert_ptr_null(api_at(reply, api_text("groups.%d.series.1.nps.hidden", fax)));
    reply = ask("/v1/metrics?metric=nps&interval=day&group_by=channel&tz=UTC&" WINDOW);
    /* The whole group is hidden for company's sake: its day of 8 would be the group. */
    check_hidden(reply, api_text("groups.%d.series.0.nps", find_group(reply, "web")));
}
END_TEST

START_TEST(a_single_small_point_hides_another)
{
    const struct api_reply *reply =
        ask("/v1/metrics?metric=nps&interval=day&tz=UTC&from=2026-01-08T00:00:00Z&to=2026-01-12T00:00:00Z");
    check_hidden(reply, "groups.0.series.0.nps"); /* 2 */
    check_hidden(reply, "groups.0.series.3.nps"); /* 9, the next smallest */
    ck_assert_ptr_null(api_at(reply, "groups.0.series.1.nps.hidden"));
    ck_assert_ptr_null(api_at(reply, "groups.0.series.2.nps.hidden"));
}
END_TEST

START_TEST(a_comparison_gives_neither_side_away)
{
    const struct api_reply *reply = ask("/v1/metrics?metric=nps&group_by=channel&compare=previous&" WINDOW);
    int fax = find_group(reply, "fax");
    int web = find_group(reply, "web");
    ck_assert(json_is_true(api_at(reply, api_text("groups.%d.nps.compare.hidden", fax))));
    ck_assert(api_is_null(reply, api_text("groups.%d.nps.compare.value", fax)));
    ck_assert(api_is_null(reply, api_text("groups.%d.nps.compare.delta", fax)));
    ck_assert(api_is_null(reply, api_text("groups.%d.nps.compare.p", fax)));
    ck_assert(api_is_null(reply, api_text("groups.%d.nps.compare.interval.lower", fax)));
    ck_assert(api_is_null(reply, api_text("groups.%d.nps.compare.value", web)));
    ck_assert(api_is_null(reply, api_text("groups.%d.nps.compare.delta", web)));
    ck_assert(json_is_number(api_at(reply, "total.nps.compare.delta")));
}
END_TEST

START_TEST(the_other_endpoints_hide_alike)
{
    const struct api_reply *reply = ask("/v1/metrics/nps/distribution?group_by=channel&" WINDOW);
    check_hidden(reply, api_text("groups.%d", find_group(reply, "fax")));
    check_hidden(reply, api_text("groups.%d", find_group(reply, "web")));
    reply = ask("/v1/metrics/nps/impact?by=channel&" WINDOW);
    check_hidden(reply, api_text("groups.%d", find_group(reply, "fax")));
    check_hidden(reply, api_text("groups.%d", find_group(reply, "web")));
    reply = ask("/v1/metrics/nps/contrast?by=channel&" WINDOW);
    check_hidden(reply, api_text("groups.%d", find_group(reply, "fax")));
    check_hidden(reply, api_text("groups.%d", find_group(reply, "web")));
    ck_assert_uint_eq(api_size(reply, "pairs"), 0);
    ck_assert(api_is_null(reply, "overall.p"));
    reply = ask("/v1/metrics/index?weights=nps:1,csat:1&channel=fax&" WINDOW);
    ck_assert(api_is_null(reply, "total.value"));
    ck_assert(json_is_true(api_at(reply, "total.components.0.hidden")));
}
END_TEST

START_TEST(rolling_windows_whose_difference_is_a_day_are_refused)
{
    const struct api_reply *reply =
        api_send(&api, api.keys[SCOPE_METRICS], "GET", "/v1/metrics?metric=nps&interval=day&rolling=7d&" WINDOW, NULL);
    ck_assert_status(reply, 422);
    ck_assert_int_ge(api_fault(reply, "rolling"), 0);
    ck_assert_status(api_get(&api, "/v1/metrics?metric=nps&interval=day&rolling=7d&" WINDOW), 200);
}
END_TEST

START_TEST(a_key_of_the_organization_keeps_to_the_strictest_project)
{
    char key[KEY_TEXT_SIZE];
    api_key_new(&api, NULL, SCOPE_METRICS, key);
    const struct api_reply *reply =
        api_send(&api, key, "GET", "/v1/metrics?metric=nps&group_by=project,channel&" WINDOW, NULL);
    ck_assert_status(reply, 200);
    check_hidden(reply, api_text("groups.%d.nps", find_group(reply, "fax")));
}
END_TEST

START_TEST(the_command_takes_sensible_numbers_only)
{
    static const char *const numbers[] = {"0", "-1", "1001", "five", "", "5x"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct hark_result result =
            serve_command(serve_shared(), HARK_WORDS("project", "set", api.project, "--publish-min-n", numbers[i]));
        ck_assert_msg(result.status == 2, "%s: %d", numbers[i], result.status);
        hark_result_clear(&result);
    }
    struct hark_result result =
        serve_command(serve_shared(), HARK_WORDS("project", "set", "nobody", "--publish-min-n", "5"));
    ck_assert_int_eq(result.status, 1);
    hark_result_clear(&result);
    result = serve_command(serve_shared(),
                           HARK_WORDS("project", "create", api_text("q%s", api.project), "--publish-min-n", "7"));
    ck_assert_int_eq(result.status, 0);
    hark_result_clear(&result);
    ck_assert_int_eq(api_count(&api, api_text("SELECT publish_min_n FROM project WHERE name = 'q%s'", api.project)), 7);
}
END_TEST

Suite *publish_suite(void)
{
    return API_SUITE("publish", setup, teardown, a_small_group_hides_and_takes_the_next_smallest_along,
                     whoever_may_see_the_rows_sees_the_number, an_order_does_not_tell_the_value,
                     a_limit_does_not_single_it_out, the_points_of_a_series_hide_alike,
                     a_single_small_point_hides_another, a_comparison_gives_neither_side_away,
                     the_other_endpoints_hide_alike, rolling_windows_whose_difference_is_a_day_are_refused,
                     a_key_of_the_organization_keeps_to_the_strictest_project, the_command_takes_sensible_numbers_only);
}
