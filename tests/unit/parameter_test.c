/* SPDX-License-Identifier: MIT */
#include "api/parameter.h"

#include "../../src/api/call.h"
#include "base/timestamp.h"
#include "http/reply.h"
#include "lone_request.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>

/* What is made of a query, and what those are told whose query it is not. */

enum { INTEGER, NUMBER, TIME, QUARTER, CHOICE, CHOICES, BOOLEAN, TEXT, WORDS, ZONE, CURSOR, ID, DIMENSIONS };

static const char *const colours[] = {"red", "green", "blue", NULL};
static const struct parameter table[] = {
    {"limit", PARAMETER_INTEGER, 1, 500, NULL},
    {"confidence", PARAMETER_NUMBER, -1, 99, NULL},
    {"from", PARAMETER_TIME, 0, 0, NULL},
    {"quarter", PARAMETER_QUARTER, 0, 0, NULL},
    {"colour", PARAMETER_CHOICE, 0, 0, colours},
    {"colours", PARAMETER_CHOICES, 0, 0, colours},
    {"excluded", PARAMETER_BOOLEAN, 0, 0, NULL},
    {"customer_id", PARAMETER_TEXT, 2, 4, NULL},
    {"metric", PARAMETER_WORDS, 0, 0, NULL},
    {"time_zone", PARAMETER_TIME_ZONE, 0, 0, NULL},
    {"cursor", PARAMETER_CURSOR, 0, 0, NULL},
    {"id", PARAMETER_ID, 0, 0, NULL},
    {"dimension", PARAMETER_DIMENSIONS, 0, 0, NULL},
    {0},
};
static const struct route route = {.method = HTTP_GET, .pattern = "/v1/things", .parameters = table};

static const char *const zone_names[] = {"America/Bogota", "Europe/Madrid", "UTC"};
static const struct time_zones zones = {zone_names, sizeof zone_names / sizeof *zone_names};
static const struct project project = {.id = 7, .declared = {"release"}};
static const struct key key_of_project = {.id = 1, .organization_id = 3, .project_id = 7};
static const struct key key_of_organization = {.id = 2, .organization_id = 3};

static struct call call;
static struct request *request;

static void setup(void)
{
    call = (struct call){.principal = {.key = &key_of_project, .project = &project}};
    request = NULL;
}

static void teardown(void)
{
    if (request)
        lone_request_free(request);
}

static const struct parameter_value *parse_all(const struct route *of, struct query_pair *pairs, size_t count)
{
    teardown();
    request = lone_request_new(&(struct lone_request){.route = of, .query = {pairs, count}, .context = &call});
    return parameters_parse(request, &zones, call.principal.project);
}

static const struct parameter_value *parse(const char *name, const char *value)
{
    struct query_pair pair = {name, value};
    return parse_all(&route, &pair, 1);
}

/* The value of a query of that one pair. */
static const struct parameter_value *taken(const char *name, const char *value, int row)
{
    const struct parameter_value *values = parse(name, value);
    ck_assert_msg(values != NULL, "%s=%s", name, value);
    ck_assert_int_eq(reply_status(request), 0);
    ck_assert(values[row].is_set);
    return &values[row];
}

/* The one fault of the last query, which is of that parameter. */
static void check_told(const char *name, const char *detail)
{
    json_t *problem = lone_request_problem(request);
    ck_assert_int_eq(reply_status(request), 422);
    ck_assert_str_eq(json_string_value(json_object_get(problem, "type")), "/problems/validation");
    ck_assert_str_eq(json_string_value(json_object_get(problem, "detail")), "1 fault in the query");
    ck_assert_str_eq(lone_request_detail(problem, 0, name), detail);
    json_decref(problem);
}

struct bad_pair {
    const char *name;
    const char *value;
    const char *detail;
};

#define LIMIT        "must be an integer from 1 to 500"
#define CONFIDENCE   "must be a number from -1 to 99"
#define FROM         "must be a time with its zone (RFC 3339), such as 2026-11-22T10:00:00Z; a + is written %2B"
#define QUARTER_HOUR "must be on a quarter of an hour: :00, :15, :30 or :45"
#define CUSTOMER     "must be 2 to 4 characters without control characters"
#define METRIC       "must be a list of at most 64 names, separated by commas"
#define DIMENSION    "must be at most 64 characters without control characters"
#define ZONE_NAME    "must be the name of a time zone, such as Europe/Madrid"
#define SIXTEEN      "aaaaaaaaaaaaaaaa"

static const struct bad_pair bad_pairs[] = {
    {"limit", "", LIMIT},
    {"limit", "-", LIMIT},
    {"limit", "0", LIMIT},
    {"limit", "501", LIMIT},
    {"limit", "-5", LIMIT},
    {"limit", "5x", LIMIT},
    {"limit", "5.0", LIMIT},
    {"limit", "+5", LIMIT},
    {"limit", " 5", LIMIT},
    {"limit", "\t5", LIMIT},
    {"limit", "5 ", LIMIT},
    {"limit", "0x5", LIMIT},
    {"limit", "99999999999999999999", LIMIT},
    {"limit", "-99999999999999999999", LIMIT},
    {"confidence", "", CONFIDENCE},
    {"confidence", "-", CONFIDENCE},
    {"confidence", ".", CONFIDENCE},
    {"confidence", "1.2.3", CONFIDENCE},
    {"confidence", "99.1", CONFIDENCE},
    {"confidence", "-1.1", CONFIDENCE},
    {"confidence", "nan", CONFIDENCE},
    {"confidence", "inf", CONFIDENCE},
    {"confidence", "0x1p3", CONFIDENCE},
    {"confidence", "1e1", CONFIDENCE},
    {"confidence", "\n1", CONFIDENCE},
    {"from", "", FROM},
    {"from", "yesterday", FROM},
    {"from", "2026-11-22T10:00:00", FROM},
    {"from", "2026-11-22T10:00:00 01:00", FROM},
    {"quarter", "2026-11-22", FROM},
    {"quarter", "2026-11-22T10:01:00Z", QUARTER_HOUR},
    {"quarter", "2026-11-22T10:15:00.000001Z", QUARTER_HOUR},
    {"colour", "", "must be one of: red, green, blue"},
    {"colour", "pink", "must be one of: red, green, blue"},
    {"colour", "re", "must be one of: red, green, blue"},
    {"colour", "RED", "must be one of: red, green, blue"},
    {"colour", "red,blue", "must be one of: red, green, blue"},
    {"colours", "", "must be a list out of: red, green, blue"},
    {"colours", "red,", "must be a list out of: red, green, blue"},
    {"colours", "red,,blue", "must be a list out of: red, green, blue"},
    {"colours", "red, blue", "must be a list out of: red, green, blue"},
    {"excluded", "", "must be true or false"},
    {"excluded", "1", "must be true or false"},
    {"excluded", "TRUE", "must be true or false"},
    {"customer_id", "a", CUSTOMER},
    {"customer_id", "abcde", CUSTOMER},
    {"customer_id", "a\nb", CUSTOMER},
    {"customer_id", "a\xFFz", CUSTOMER},
    {"metric", "", METRIC},
    {"metric", "nps,", METRIC},
    {"metric", ",nps", METRIC},
    {"time_zone", "", ZONE_NAME},
    {"time_zone", "Europe/Sevilla", ZONE_NAME},
    {"time_zone", "europe/madrid", ZONE_NAME},
    {"id", "7", "must be a UUID"},
    {"id", "00000000-0000-0000-0000-000000000000", "must be a UUID"},
    {"channel", SIXTEEN SIXTEEN SIXTEEN SIXTEEN "a", DIMENSION},
    {"channel", "a\tb", DIMENSION},
    {"channel", "\xC0\xAF", DIMENSION},
    {"chanel", "web", "is not a parameter that is known here"},
    {"store", "1", "is not a parameter that is known here"},
    {"dimension", "web", "is not a parameter that is known here"},
    {"project", "shop", "is not a parameter that is known here"},
    {"key", "hk_x", "is not a parameter that is known here"},
    {"", "", "is not a parameter that is known here"},
};

START_TEST(each_bad_value_is_told_by_its_name)
{
    const struct bad_pair *bad = &bad_pairs[_i];
    ck_assert_msg(parse(bad->name, bad->value) == NULL, "%s=%s", bad->name, bad->value);
    check_told(bad->name, bad->detail);
}
END_TEST

START_TEST(integers_are_taken_up_to_their_bounds)
{
    ck_assert_int_eq(taken("limit", "1", INTEGER)->integer, 1);
    ck_assert_int_eq(taken("limit", "500", INTEGER)->integer, 500);
    ck_assert_int_eq(taken("limit", "007", INTEGER)->integer, 7);
}
END_TEST

START_TEST(numbers_are_taken_up_to_their_bounds)
{
    ck_assert_double_eq(taken("confidence", "-1", NUMBER)->number, -1);
    ck_assert_double_eq(taken("confidence", "99.000", NUMBER)->number, 99);
    ck_assert_double_eq(taken("confidence", ".5", NUMBER)->number, 0.5);
    ck_assert_double_eq(taken("confidence", "-0.5", NUMBER)->number, -0.5);
}
END_TEST

START_TEST(times_are_microseconds)
{
    int64_t ten_us;
    ck_assert(timestamp_parse("2026-11-22T10:00:00Z", 20, &ten_us));
    ck_assert_int_eq(taken("from", "2026-11-22T11:00:00.000001+01:00", TIME)->integer, ten_us + 1);
    ck_assert_int_eq(taken("quarter", "2026-11-22T10:00:00Z", QUARTER)->integer, ten_us);
}
END_TEST

START_TEST(a_choice_is_its_place)
{
    ck_assert_int_eq(taken("colour", "red", CHOICE)->integer, 0);
    ck_assert_int_eq(taken("colour", "blue", CHOICE)->integer, 2);
    ck_assert_int_eq(taken("colours", "blue,red,red", CHOICES)->integer, 5);
}
END_TEST

START_TEST(booleans_are_words)
{
    ck_assert_int_eq(taken("excluded", "true", BOOLEAN)->integer, 1);
    ck_assert_int_eq(taken("excluded", "false", BOOLEAN)->integer, 0);
}
END_TEST

START_TEST(texts_are_measured_in_characters)
{
    ck_assert(text_is(taken("customer_id", "\u00e9\u00e9", TEXT)->text, "\u00e9\u00e9"));
    ck_assert(text_is(taken("customer_id", "\u00e9\u00e9\u00e9\u00e9", TEXT)->text, "\u00e9\u00e9\u00e9\u00e9"));
    ck_assert_ptr_null(parse("customer_id", "\u00e9"));
    check_told("customer_id", CUSTOMER);
}
END_TEST

START_TEST(zones_cursors_and_ids_are_kept)
{
    struct id id;
    ck_assert(id_parse("0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00", 36, &id));
    for (size_t i = 0; i < zones.count; i++)
        ck_assert(text_is(taken("time_zone", zone_names[i], ZONE)->text, zone_names[i]));
    ck_assert(text_is(taken("cursor", "anything", CURSOR)->text, "anything"));
    ck_assert_int_eq(id_compare(&taken("id", "0192F1C4-7C1B-7D3A-9F5E-2B6C8D4E1F00", ID)->id, &id), 0);
}
END_TEST

START_TEST(what_was_not_given_is_not_set)
{
    const struct parameter_value *values = parse_all(&route, NULL, 0);
    ck_assert_ptr_nonnull(values);
    for (int i = INTEGER; i <= DIMENSIONS; i++)
        ck_assert(!values[i].is_set);
}
END_TEST

/* Of those that are no lists. */
START_TEST(given_twice_is_a_fault)
{
    static const char *const good[][2] = {{"limit", "5"},
                                          {"confidence", "5"},
                                          {"from", "2026-11-22T10:00:00Z"},
                                          {"quarter", "2026-11-22T10:00:00Z"},
                                          {"colour", "red"},
                                          {"excluded", "true"},
                                          {"customer_id", "abc"},
                                          {"time_zone", "UTC"},
                                          {"cursor", "x"},
                                          {"id", "0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00"}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct query_pair pairs[] = {{good[i][0], good[i][1]}, {good[i][0], good[i][1]}};
        ck_assert_ptr_null(parse_all(&route, pairs, 2));
        check_told(good[i][0], "is given twice");
    }
}
END_TEST

START_TEST(lists_go_on_where_they_are_repeated)
{
    struct query_pair pairs[] = {{"colours", "red"},   {"metric", "nps,csat"}, {"colours", "green"},
                                 {"metric", "ces"},    {"channel", "web"},     {"channel", ""},
                                 {"region", "es-ct~"}, {"release", "4.1"},     {"country", "es"}};
    const struct parameter_value *values = parse_all(&route, pairs, sizeof pairs / sizeof *pairs);
    ck_assert_ptr_nonnull(values);
    ck_assert_int_eq(values[CHOICES].integer, 3);
    ck_assert_uint_eq(values[WORDS].word_count, 3);
    ck_assert_str_eq(values[WORDS].words[0], "nps");
    ck_assert_str_eq(values[WORDS].words[1], "csat");
    ck_assert_str_eq(values[WORDS].words[2], "ces");
    const struct parameter_value *filter = &values[DIMENSIONS];
    ck_assert_uint_eq(filter->filter_counts[DIMENSION_CHANNEL], 2);
    ck_assert(text_is(filter->filters[DIMENSION_CHANNEL][0], "web"));
    ck_assert(text_is_absent(filter->filters[DIMENSION_CHANNEL][1]));
    ck_assert(text_is(filter->filters[DIMENSION_REGION][0], "ES-CT~"));
    ck_assert(text_is(filter->filters[DIMENSION_COUNTRY][0], "ES"));
    ck_assert(text_is(filter->filters[DIMENSION_DECLARED_1][0], "4.1"));
    ck_assert_uint_eq(filter->filter_counts[DIMENSION_PRODUCT], 0);
}
END_TEST

START_TEST(a_list_of_64_is_taken_and_one_more_is_not)
{
    struct query_pair pairs[PARAMETER_LIST_MAX + 1];
    for (size_t i = 0; i <= PARAMETER_LIST_MAX; i++)
        pairs[i] = (struct query_pair){"metric", "nps"};
    const struct parameter_value *values = parse_all(&route, pairs, PARAMETER_LIST_MAX);
    ck_assert_ptr_nonnull(values);
    ck_assert_uint_eq(values[WORDS].word_count, PARAMETER_LIST_MAX);
    ck_assert_ptr_null(parse_all(&route, pairs, PARAMETER_LIST_MAX + 1));
    check_told("metric", METRIC);
    for (size_t i = 0; i <= PARAMETER_LIST_MAX; i++)
        pairs[i] = (struct query_pair){"channel", "web"};
    values = parse_all(&route, pairs, PARAMETER_LIST_MAX);
    ck_assert_ptr_nonnull(values);
    ck_assert_uint_eq(values[DIMENSIONS].filter_counts[DIMENSION_CHANNEL], PARAMETER_LIST_MAX);
    ck_assert_ptr_null(parse_all(&route, pairs, PARAMETER_LIST_MAX + 1));
    check_told("channel", "is given more than 64 times");
}
END_TEST

START_TEST(all_faults_of_a_query_come_at_once)
{
    struct query_pair pairs[] = {{"limit", "0"}, {"excluded", "true"}, {"colour", "pink"}, {"joy", "1"}};
    ck_assert_ptr_null(parse_all(&route, pairs, sizeof pairs / sizeof *pairs));
    json_t *problem = lone_request_problem(request);
    ck_assert_str_eq(json_string_value(json_object_get(problem, "detail")), "3 faults in the query");
    ck_assert_uint_eq(json_array_size(json_object_get(problem, "errors")), 3);
    ck_assert_str_eq(lone_request_detail(problem, 0, "limit"), LIMIT);
    ck_assert_str_eq(lone_request_detail(problem, 1, "colour"), "must be one of: red, green, blue");
    ck_assert_str_eq(lone_request_detail(problem, 2, "joy"), "is not a parameter that is known here");
    json_decref(problem);
}
END_TEST

/* A declared dimension is one of its project: where there are several projects, none is known. */
START_TEST(declared_dimensions_need_their_project)
{
    ck_assert_ptr_nonnull(parse("release", "4.1"));
    call.principal.project = NULL;
    ck_assert_ptr_nonnull(parse("channel", "web"));
    ck_assert_ptr_null(parse("release", "4.1"));
    check_told("release", "is not a parameter that is known here");
}
END_TEST

START_TEST(a_route_without_parameters_takes_none)
{
    const struct route bare = {.method = HTTP_GET, .pattern = "/healthz"};
    struct query_pair pair = {"limit", "5"};
    ck_assert_ptr_nonnull(parse_all(&bare, NULL, 0));
    ck_assert_ptr_null(parse_all(&bare, &pair, 1));
    check_told("limit", "is not a parameter that is known here");
}
END_TEST

START_TEST(the_query_of_a_page_is_its_own)
{
    const struct route page = {.method = HTTP_GET, .pattern = "/", .flags = ROUTE_ANY_QUERY};
    struct query_pair pair = {"joy", "1"};
    ck_assert_ptr_nonnull(parse_all(&page, &pair, 1));
}
END_TEST

/* Only a beacon can't set a header, and what may be posted from a page is all that its key opens. */
START_TEST(a_key_in_the_query_is_for_posts_from_pages)
{
    static const struct route routes[] = {
        {.method = HTTP_POST, .pattern = "/v1/responses", .flags = ROUTE_CORS},
        {.method = HTTP_POST, .pattern = "/v1/erasures"},
        {.method = HTTP_GET, .pattern = "/v1/metrics", .flags = ROUTE_CORS},
    };
    struct query_pair pair = {"key", "hk_x"};
    ck_assert_ptr_nonnull(parse_all(&routes[0], &pair, 1));
    for (size_t i = 1; i < 3; i++) {
        ck_assert_ptr_null(parse_all(&routes[i], &pair, 1));
        check_told("key", "is not a parameter that is known here");
    }
}
END_TEST

START_TEST(a_project_is_named_by_keys_of_an_organization_alone)
{
    const struct route spanning = {.method = HTTP_GET, .pattern = "/v1/metrics", .flags = ROUTE_SPANS};
    struct query_pair pair = {"project", "shop"};
    call.principal.key = &key_of_organization;
    ck_assert_ptr_nonnull(parse("project", "shop"));
    ck_assert_ptr_null(parse_all(&spanning, &pair, 1)); /* it has parameters of its own for that */
    check_told("project", "is not a parameter that is known here");
    call.principal.key = NULL;
    ck_assert_ptr_null(parse("project", "shop"));
    check_told("project", "is not a parameter that is known here");
}
END_TEST

/* With any amount of memory it is the whole of a query, or a 503; a filter that could not be kept is no missing one. */
START_TEST(a_query_that_memory_lacks_for_is_unavailable)
{
    struct query_pair pairs[] = {{"metric", "nps,csat"}, {"region", "es-ct"}, {"limit", "0"}};
    bool was_refused = false;
    size_t limit = 1;
    call = (struct call){.principal = {.key = &key_of_project, .project = &project}};
    for (int status = 503; status == 503; limit += 16) {
        request = lone_request_new(
            &(struct lone_request){.route = &route, .query = {pairs, 3}, .context = &call, .arena_limit = limit});
        ck_assert_ptr_null(parameters_parse(request, &zones, &project));
        json_t *problem = lone_request_problem(request);
        status = reply_status(request);
        was_refused = was_refused || status == 503;
        ck_assert_str_eq(json_string_value(json_object_get(problem, "type")),
                         status == 503 ? "/problems/unavailable" : "/problems/validation");
        json_decref(problem);
        lone_request_free(request);
        request = NULL;
    }
    ck_assert(was_refused);
    for (limit = 1; request == NULL; limit += 16) {
        request = lone_request_new(
            &(struct lone_request){.route = &route, .query = {pairs, 2}, .context = &call, .arena_limit = limit});
        const struct parameter_value *values = parameters_parse(request, &zones, &project);
        if (values) {
            ck_assert_uint_eq(values[WORDS].word_count, 2);
            ck_assert_str_eq(values[WORDS].words[1], "csat");
            ck_assert(text_is(values[DIMENSIONS].filters[DIMENSION_REGION][0], "ES-CT"));
        } else {
            ck_assert_int_eq(reply_status(request), 503);
            lone_request_free(request);
            request = NULL;
        }
    }
}
END_TEST

Suite *parameter_suite(void)
{
    Suite *suite = suite_create("parameter");
    TCase *tests = tcase_create("parameter");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, each_bad_value_is_told_by_its_name, 0, sizeof bad_pairs / sizeof *bad_pairs);
    tcase_add_test(tests, integers_are_taken_up_to_their_bounds);
    tcase_add_test(tests, numbers_are_taken_up_to_their_bounds);
    tcase_add_test(tests, times_are_microseconds);
    tcase_add_test(tests, a_choice_is_its_place);
    tcase_add_test(tests, booleans_are_words);
    tcase_add_test(tests, texts_are_measured_in_characters);
    tcase_add_test(tests, zones_cursors_and_ids_are_kept);
    tcase_add_test(tests, what_was_not_given_is_not_set);
    tcase_add_test(tests, given_twice_is_a_fault);
    tcase_add_test(tests, lists_go_on_where_they_are_repeated);
    tcase_add_test(tests, a_list_of_64_is_taken_and_one_more_is_not);
    tcase_add_test(tests, all_faults_of_a_query_come_at_once);
    tcase_add_test(tests, declared_dimensions_need_their_project);
    tcase_add_test(tests, a_route_without_parameters_takes_none);
    tcase_add_test(tests, the_query_of_a_page_is_its_own);
    tcase_add_test(tests, a_key_in_the_query_is_for_posts_from_pages);
    tcase_add_test(tests, a_project_is_named_by_keys_of_an_organization_alone);
    tcase_add_test(tests, a_query_that_memory_lacks_for_is_unavailable);
    suite_add_tcase(suite, tests);
    return suite;
}
