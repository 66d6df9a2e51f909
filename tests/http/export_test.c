/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "base/clock.h"
#include "support/runner.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* `hark export`: what a project holds, as lines that can be posted again. */

static struct api api;
static struct api copy; /* where it moves to */

/* On another scale in its second version. */
static const char *const SURVEYS[] = {
    "{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"},"
    "{\"key\":\"room\",\"metric\":\"rating\",\"scale\":{\"min\":1,\"max\":7},\"satisfied\":[6,7]}]}",
    "{\"questions\":[{\"key\":\"nps\",\"metric\":\"nps\"},{\"key\":\"room\",\"metric\":\"rating\"}]}"};

static void setup(void)
{
    api_open(&api, serve_shared(), NULL);
    api_open(&copy, serve_shared(), NULL);
}

static void teardown(void)
{
    api_close(&copy);
    api_close(&api);
}

/* What the command wrote. The caller frees it. */
static char *export(const struct api *from, const char *kind, const char *option, size_t lines)
{
    struct hark_result result =
        serve_command(from->serve, HARK_WORDS("export", kind, from->project, option ? option : "--"));
    ck_assert_msg(result.status == 0, "%s", result.errors);
    ck_assert_msg(strstr(result.errors, api_text("%zu lines: complete", lines)) != NULL, "%s", result.errors);
    char *output = strdup(result.output);
    hark_result_clear(&result);
    return output;
}

static void post(struct api *to, const char *path, const char *members)
{
    ck_assert_status(api_post(to, path, api_text("{%s}", members)), 201);
}

static void define(struct api *of, int version)
{
    ck_assert_status(api_send(of, of->keys[SCOPE_ADMIN], "PUT", "/v1/surveys/stay", SURVEYS[version - 1]),
                     version == 1 ? 201 : 200);
}

/* Of all that can be stored something. */
static void fill(void)
{
    define(&api, 1);
    post(
        &api, "/v1/responses",
        "\"answers\":{\"nps\":9,\"csat\":5,\"ces\":6},\"comment\":\"two\\nlines, \\\"quoted\\\" \\\\ caf\\u00e9 "
        "\xf0\x9f\x98\x80\",\"tags\":[\"a\",\"b,c\"],\"channel\":\"web\",\"region\":\"es-ct\",\"touchpoint\":"
        "\"checkout\",\"product\":\"basic\",\"segment\":\"new \\\"x\\\"\",\"dimensions\":{\"store\":\"\\\\1\"},"
        "\"customer_id\":\"c1\",\"interaction_id\":\"o1\",\"source\":\"ios\",\"properties\":{\"b\":[1,2.5],\"a\":null},"
        "\"occurred_at\":\"2026-03-01T10:00:00.123456Z\"");
    post(&api, "/v1/responses", "\"answers\":{\"nps\":0},\"channel\":\"web\",\"occurred_at\":\"2020-02-29T23:59:59Z\"");
    post(&api, "/v1/responses", "\"answers\":{\"ces\":1}");
    post(&api, "/v1/responses",
         "\"survey\":\"stay\",\"answers\":{\"nps\":7,\"room\":6},\"dimensions\":{\"release\":\"4\",\"store\":\"5\"}");
    define(&api, 2);
    post(&api, "/v1/responses", "\"survey\":\"stay\",\"answers\":{\"room\":5}");
    post(&api, "/v1/responses", "\"answers\":{\"nps\":10},\"customer_id\":\"gone\",\"comment\":\"words\"");
    post(&api, "/v1/events",
         "\"action\":\"completed\",\"stage\":\"late "
         "\\\"x\\\"\",\"touchpoint\":\"checkout\",\"channel\":\"web\",\"amount\":49.9,"
         "\"currency\":\"EUR\",\"duration_ms\":5400,\"customer_id\":\"c1\",\"session_id\":\"s1\",\"interaction_id\":"
         "\"o1\",\"response_id\":\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00\",\"source\":\"ios\",\"properties\":{\"a\":1},"
         "\"dimensions\":{\"store\":\"5\"}");
    post(&api, "/v1/events", "\"action\":\"viewed\",\"occurred_at\":\"2026-03-01T10:00:00Z\"");
    ck_assert_status(api_post(&api, "/v1/erasures", "{\"customer_id\":\"gone\"}"), 201);
}

/* What is in no number: of a test key, and excluded. */
static void fill_uncounted(void)
{
    const struct api_reply *reply = api_post(&api, "/v1/responses", "{\"answers\":{\"nps\":1}}");
    const char *path = api_text("/v1/responses/%s", api_string(reply, "id"));
    ck_assert_status(api_send(&api, api.keys[SCOPE_ADMIN], "PATCH", path, "{\"excluded\":true}"), 200);
    ck_assert_status(api_send(&api, api.test_key, "POST", "/v1/responses", "{\"answers\":{\"nps\":2}}"), 201);
    ck_assert_status(api_send(&api, api.test_key, "POST", "/v1/events", "{\"action\":\"tested\"}"), 201);
}

static void check_accepted(const struct api_reply *reply, int accepted)
{
    ck_assert_status(reply, 200);
    ck_assert_msg((int)api_number(reply, "accepted") == accepted && api_size(reply, "rejected") == 0, "%s",
                  reply->http.body);
}

static void check_same_numbers(const char *query)
{
    const char *path = api_text("/v1/metrics?%s", query);
    const struct api_reply *before = api_get(&api, path);
    const struct api_reply *after = api_get(&copy, path);
    ck_assert_msg(before->status == 200 && api_size(before, "groups") > 0, "%s: %s", query, before->http.body);
    ck_assert_msg(json_equal(api_at(before, "groups"), api_at(after, "groups")), "%s: %s %s", query, before->http.body,
                  after->http.body);
}

START_TEST(what_was_exported_and_posted_again_gives_the_same_numbers)
{
    fill();
    fill_uncounted();
    define(&copy, 1);
    define(&copy, 2);
    char *responses = export(&api, "responses", NULL, 6);
    char *events = export(&api, "events", NULL, 2);
    check_accepted(api_post_lines(&copy, "/v1/responses", responses), 6);
    check_accepted(api_post_lines(&copy, "/v1/events", events), 2);
    check_same_numbers("from=2020-01-01T00:00:00Z&group_by=channel,region,touchpoint,product,segment,store");
    check_same_numbers("from=2020-01-01T00:00:00Z&survey=stay&survey_version=1&metric=nps,room");
    check_same_numbers("from=2020-01-01T00:00:00Z&survey=stay&survey_version=2&metric=room");
    check_same_numbers("from=2020-01-01T00:00:00Z&metric=nps&dedupe=first&group_by=channel");
    /* And an export of the copy is the same, byte by byte. */
    char *again = export(&copy, "responses", NULL, 6);
    ck_assert_str_eq(again, responses);
    free(again);
    again = export(&copy, "events", NULL, 2);
    ck_assert_str_eq(again, events);
    free(again);
    free(events);
    free(responses);
}
END_TEST

/* --- surveys ------------------------------------------------------------------------------------------------------------ */

static void change(const struct api *of, const char *method, const char *survey, const char *body)
{
    struct api *to = (struct api *)of;
    const char *path = api_text("/v1/surveys/%s", survey);
    ck_assert_int_lt(api_send(to, of->keys[SCOPE_ADMIN], method, path, body)->status, 300);
}

/* Asks the same again after a deletion, in other words; reads scores in its own ways; and was deleted. */
static void fill_surveys(void)
{
    define(&api, 1);
    define(&api, 2);
    change(&api, "DELETE", "stay", NULL);
    change(&api, "PUT", "stay",
           "{\"title\":{\"en\":\"Your "
           "\\\"stay\\\"\"},\"questions\":[{\"key\":\"room\",\"metric\":\"rating\",\"wording\":\"Your "
           "room?\"},{\"key\":\"nps\",\"metric\":\"nps\"}]}");
    change(&api, "PUT", "gone",
           "{\"questions\":[{\"key\":\"effort\",\"metric\":\"ces\",\"scale\":{\"min\":1,\"max\":5},\"polarity\":\"low_"
           "is_good\"},"
           "{\"key\":\"most\",\"metric\":\"custom\",\"scale\":{\"min\":-2,\"max\":2},\"satisfied\":[-2,-1,0,1],"
           "\"headline\":\"mean\"},{\"key\":\"net\",\"metric\":\"custom\",\"scale\":{\"min\":1,\"max\":7},\"headline\":"
           "\"net\","
           "\"dissatisfied\":[1]}]}");
    change(&api, "DELETE", "gone", NULL);
}

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* As docs/operations.md says. */
static void put_line(const json_t *line)
{
    const json_t *definition = json_object_get(line, "definition");
    char *body = json_dumps(definition, 0);
    if (json_is_true(json_object_get(line, "follows_deletion")))
        change(&copy, "DELETE", member(line, "survey"), NULL);
    change(&copy, "PUT", member(line, "survey"), body);
    free(body);
}

/* An array of the lines, without the times of their versions. */
static json_t *parse_lines(char *lines)
{
    json_t *list = json_array();
    for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n")) { // NOLINT(concurrency-mt-unsafe)
        json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        ck_assert_msg(json_is_object(json), "%s", line);
        ck_assert_int_eq(json_object_del(json, "created_at"), 0);
        json_array_append_new(list, json);
    }
    free(lines);
    return list;
}

START_TEST(surveys_that_were_exported_and_put_again_are_the_same)
{
    fill_surveys();
    json_t *lines = parse_lines(export(&api, "surveys", NULL, 4));
    size_t i;
    json_t *line;
    json_array_foreach(lines, i, line)
    {
        static const char *const keys[] = {"gone", "stay", "stay", "stay"};
        ck_assert_str_eq(member(line, "survey"), keys[i]);
        ck_assert_int_eq((int)json_integer_value(json_object_get(line, "version")), i == 0 ? 1 : (int)i);
        ck_assert_int_eq(json_is_true(json_object_get(line, "follows_deletion")), i == 3);
        ck_assert_int_eq(json_is_true(json_object_get(line, "deleted")), i == 0);
        put_line(line);
    }
    change(&copy, "DELETE", "gone", NULL);
    json_t *again = parse_lines(export(&copy, "surveys", NULL, 4));
    ck_assert(json_equal(lines, again));
    json_decref(again);
    json_decref(lines);
}
END_TEST

START_TEST(answers_follow_their_surveys)
{
    fill();
    json_t *lines = parse_lines(export(&api, "surveys", NULL, 2));
    size_t i;
    json_t *line;
    json_array_foreach(lines, i, line) put_line(line);
    json_decref(lines);
    char *responses = export(&api, "responses", NULL, 6);
    check_accepted(api_post_lines(&copy, "/v1/responses", responses), 6);
    free(responses);
    check_same_numbers("from=2020-01-01T00:00:00Z&survey=stay&survey_version=1&metric=nps,room");
    check_same_numbers("from=2020-01-01T00:00:00Z&survey=stay&survey_version=2&metric=room");
}
END_TEST

START_TEST(a_full_export_holds_every_version_as_the_api_shows_it)
{
    define(&api, 1);
    define(&api, 2);
    char *lines = export(&api, "surveys", "--full", 2);
    int version = 0;
    for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n")) { // NOLINT(concurrency-mt-unsafe)
        json_t *json = json_loads(line, 0, NULL);
        const struct api_reply *reply = api_get(&api, api_text("/v1/surveys/stay?version=%d", ++version));
        ck_assert_msg(json_equal(json, reply->json), "%s", line);
        json_decref(json);
    }
    ck_assert_int_eq(version, 2);
    free(lines);
}
END_TEST

/* --- rows --------------------------------------------------------------------------------------------------------------- */

START_TEST(lines_come_oldest_first_and_each_is_an_object)
{
    fill();
    char *lines = export(&api, "responses", NULL, 6);
    char before[40] = "";
    for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n")) { // NOLINT(concurrency-mt-unsafe)
        json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        ck_assert_msg(json_is_object(json), "%s", line);
        ck_assert_str_le(before, json_string_value(json_object_get(json, "occurred_at")));
        snprintf(before, sizeof before, "%s", json_string_value(json_object_get(json, "occurred_at")));
        ck_assert_ptr_null(json_object_get(json, "received_at"));
        json_decref(json);
    }
    ck_assert_str_ne(before, "");
    free(lines);
}
END_TEST

/* As the list shows it: newest first, here the other way round. */
static void check_full(const char *kind, size_t count)
{
    const struct api_reply *list = api_get(&api, api_text("/v1/%s", kind));
    char *lines = export(&api, kind, "--full", count);
    size_t i = count;
    ck_assert_uint_eq(api_size(list, "data"), count);
    for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n")) { // NOLINT(concurrency-mt-unsafe)
        json_t *json = json_loads(line, 0, NULL);
        ck_assert_msg(json_equal(json, api_at(list, api_text("data.%zu", --i))), "%s", line);
        json_decref(json);
    }
    ck_assert_uint_eq(i, 0);
    free(lines);
}

START_TEST(a_full_export_holds_every_row_as_the_lists_show_it)
{
    fill();
    fill_uncounted();
    check_full("responses", 8);
    check_full("events", 3);
}
END_TEST

START_TEST(many_pages_hold_every_row_once)
{
    enum { MANY = 2500 };
    static char lines[MANY * 80];
    char *at = lines;
    /* Many at one moment: pages end in their midst. */
    for (int i = 0; i < MANY; i++)
        at += sprintf(at, "{\"answers\":{\"nps\":%d},\"occurred_at\":\"2026-01-0%dT00:00:00Z\"}\n", i % 11, i % 2 + 1);
    check_accepted(api_post_lines(&api, "/v1/responses", lines), MANY);
    char *exported = export(&api, "responses", NULL, MANY);
    check_accepted(api_post_lines(&copy, "/v1/responses", exported), MANY);
    check_same_numbers("from=2020-01-01T00:00:00Z&metric=nps");
    free(exported);
    free(export(&api, "events", NULL, 0));
}
END_TEST

START_TEST(exports_are_noted)
{
    free(export(&api, "responses", NULL, 0));
    free(export(&api, "events", "--full", 0));
    free(export(&api, "surveys", NULL, 0));
    ck_assert_int_eq((int)api_count(&api,
                                    "SELECT count(*) FROM audit WHERE project_id = %d AND actor LIKE 'command %%' AND "
                                    "(act, detail ->> 'full') IN (('responses exported', 'false'), "
                                    "('events exported', 'true'), ('surveys exported', 'false'))"),
                     3);
}
END_TEST

START_TEST(nothing_of_another_project_is_in_it)
{
    post(&copy, "/v1/responses", "\"answers\":{\"nps\":1}");
    free(export(&api, "responses", "--full", 0));
}
END_TEST

START_TEST(what_could_not_be_written_is_not_complete)
{
    fill();
    const char *settings[] = {api_text("HARK_DATABASE_URL=%s", api.url), NULL};
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    char path[] = "/tmp/hark-export-XXXXXX";
    int errors = mkstemp(path);
    char told[400] = "";
    ck_assert_int_ge(full, 0);
    ck_assert_int_ge(errors, 0);
    ck_assert_int_eq(hark_wait(hark_start(HARK_WORDS("export", "responses", api.project), settings, full, errors)), 1);
    ck_assert_int_gt((int)pread(errors, told, sizeof told - 1, 0), 0);
    ck_assert_msg(strstr(told, "NOT complete") != NULL && strstr(told, "cannot write to stdout") != NULL, "%s", told);
    unlink(path);
    close(errors);
    close(full);
}
END_TEST

START_TEST(wrong_usage_is_told)
{
    static const struct {
        const char *words[5];
        int status;
        const char *told;
    } wrong[] = {{{"export"}, 2, "needs one of: responses, events"},
                 {{"export", "responses"}, 2, "needs the name of a project"},
                 {{"export", "events", "a", "b"}, 2, "unexpected argument"},
                 {{"export", "responses", "no-such-project"}, 1, "there is no project no-such-project"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct hark_result result = serve_command(api.serve, wrong[i].words);
        ck_assert_msg(result.status == wrong[i].status && strstr(result.errors, wrong[i].told) != NULL, "%d: %s",
                      result.status, result.errors);
        ck_assert_str_eq(result.output, "");
        hark_result_clear(&result);
    }
}
END_TEST

Suite *export_suite(void)
{
    return API_SUITE("export", setup, teardown, what_was_exported_and_posted_again_gives_the_same_numbers,
                     surveys_that_were_exported_and_put_again_are_the_same, answers_follow_their_surveys,
                     a_full_export_holds_every_version_as_the_api_shows_it,
                     lines_come_oldest_first_and_each_is_an_object, a_full_export_holds_every_row_as_the_lists_show_it,
                     many_pages_hold_every_row_once, exports_are_noted, nothing_of_another_project_is_in_it,
                     what_could_not_be_written_is_not_complete, wrong_usage_is_told);
}
