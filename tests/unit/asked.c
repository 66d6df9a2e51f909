/* SPDX-License-Identifier: MIT */
#include "asked.h"

#include "base/timestamp.h"
#include "http/reply.h"
#include "lone_request.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>

struct asked asked;

/* "visit" of shop asked nothing but nps, then stars of 1-5, then of 1-10; that of cafe asks stars of 1-5. */
const struct question_definition asked_definitions[] = {
    {101, "visit", "stars", 2, "rating", 1, 5, false, 0, 0, NULL, 2000},
    {102, "visit", "stars", 3, "rating", 1, 10, false, 0, 0, NULL, 3000},
    {103, "visit", "stars", 1, "rating", 1, 5, false, 0, 0, NULL, 1000},
    {104, "tour", "channel", 1, "rating", 1, 5, false, 0, 0, NULL, 1000},
};
static const struct question_definition nps = {1, NULL, "nps", 1, "nps", 0, 10, false, 0, 0, NULL, 0};

static const struct survey_question first[] = {{&nps, {NULL, 0}}};
static const struct survey_question second[] = {{&asked_definitions[0], {NULL, 0}}};
static const struct survey_question third[] = {{&asked_definitions[1], {NULL, 0}}};
static const struct survey_question of_cafe[] = {{&asked_definitions[2], {NULL, 0}},
                                                 {&asked_definitions[3], {NULL, 0}}};
static const struct survey_version versions[] = {{1, 1000, first, 1}, {2, 2000, second, 1}, {3, 3000, third, 1}};
static const struct survey_version versions_of_cafe[] = {{1, 1000, of_cafe, 2}};
static const struct survey surveys[] = {
    {.project_id = ASKED_SHOP, .key = "visit", .versions = versions, .version_count = 3},
    {.project_id = ASKED_CAFE, .key = "visit", .versions = versions_of_cafe, .version_count = 1},
};
static const struct project_surveys project_surveys[] = {
    {ASKED_SHOP, asked_definitions, 2, &surveys[0], 1},
    {ASKED_CAFE, asked_definitions + 2, 2, &surveys[1], 1},
};
static struct survey_set set = {.projects = project_surveys, .count = 2};
static struct snapshot snapshot;

static const char *const zone_names[] = {"Asia/Kolkata", "Europe/Madrid", "UTC"};
static const struct time_zones zones = {zone_names, 3};

int64_t asked_at(const char *text)
{
    int64_t us;
    ck_assert_msg(timestamp_parse(text, strlen(text), &us), "%s", text);
    return us;
}

int32_t asked_quarter(const char *text)
{
    return (int32_t)(asked_at(text) / 1000000 / 900);
}

void asked_setup(void)
{
    asked = (struct asked){
        .projects = {{.id = ASKED_SHOP,
                      .organization_id = ASKED_ORGANIZATION,
                      .name = "shop",
                      .time_zone = "Europe/Madrid",
                      .declared = {"release"},
                      .retention_horizon_us = INT64_MIN,
                      .publish_min_n = 1},
                     {.id = ASKED_CAFE,
                      .organization_id = ASKED_ORGANIZATION,
                      .name = "cafe",
                      .time_zone = "UTC",
                      .retention_horizon_us = asked_at("2026-11-01T00:00:00Z"),
                      .publish_min_n = 5},
                     {.id = ASKED_STRANGER,
                      .organization_id = ASKED_ORGANIZATION + 1,
                      .name = "stranger",
                      .time_zone = "UTC",
                      .retention_horizon_us = INT64_MIN,
                      .publish_min_n = 30}},
        .key = {.id = 5, .organization_id = ASKED_ORGANIZATION, .project_id = ASKED_SHOP, .scope = SCOPE_READ},
        .arena = arena_new(0),
    };
    snapshot = (struct snapshot){.projects = asked.projects, .project_count = ASKED_PROJECTS, .surveys = &set};
    asked.call.principal = (struct principal){&snapshot, &asked.key, &asked.projects[0]};
}

static void forget(void)
{
    if (asked.request)
        lone_request_free(asked.request);
    asked.request = NULL;
}

void asked_teardown(void)
{
    forget();
    arena_free(asked.arena);
}

void asked_by_organization(const struct project *project)
{
    asked.key.project_id = 0;
    asked.call.principal.project = project;
}

static const struct route *find_route(enum http_method method, const char *pattern)
{
    for (size_t i = 0; i < api_route_count; i++)
        if (api_routes[i].method == method && strcmp(api_routes[i].pattern, pattern) == 0)
            return &api_routes[i];
    ck_abort_msg("no such route: %s", pattern);
    return NULL;
}

static void ask(struct lone_request *of)
{
    forget();
    of->context = &asked.call;
    of->received_us = asked_at("2026-11-22T10:07:00Z");
    of->arena_limit = asked.arena_limit;
    asked.request = lone_request_new(of);
}

void asked_get(const char *pattern, const char *value, const char *query)
{
    struct text name;
    struct lone_request of = {.route = find_route(HTTP_GET, pattern), .value = value};
    const char *wrong = query_parse(asked.arena, query, &of.query, &name);
    ck_assert_msg(wrong == NULL, "%s: %s", query, wrong);
    ask(&of);
    asked.call.parameters = parameters_parse(asked.request, &zones, asked.call.principal.project);
    ck_assert_msg(asked.call.parameters != NULL, "%s", query);
}

void asked_send(enum http_method method, const char *pattern, const char *value, const char *body)
{
    ask(&(struct lone_request){.route = find_route(method, pattern), .value = value, .body = body});
}

void asked_check_fault(const char *place, const char *detail)
{
    json_t *problem = lone_request_problem(asked.request);
    ck_assert_int_eq(reply_status(asked.request), 422);
    ck_assert_str_eq(json_string_value(json_object_get(problem, "type")), "/problems/validation");
    ck_assert_str_eq(lone_request_detail(problem, 0, place), detail);
    ck_assert_uint_eq(json_array_size(json_object_get(problem, "errors")), 1);
    json_decref(problem);
}

void asked_check_problem(int status, const char *slug, size_t faults)
{
    json_t *problem = lone_request_problem(asked.request);
    char type[64];
    snprintf(type, sizeof type, "/problems/%s", slug);
    ck_assert_int_eq(reply_status(asked.request), status);
    ck_assert_str_eq(json_string_value(json_object_get(problem, "type")), type);
    ck_assert_uint_eq(json_array_size(json_object_get(problem, "errors")), faults);
    json_decref(problem);
}
