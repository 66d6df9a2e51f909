/* SPDX-License-Identifier: MIT */
#include "lone_request.h"

#include "../../src/http/exchange.h"
#include "http/inquiry.h"
#include "support/runner.h"

#include <stdlib.h>
#include <string.h>

static void take_headers(struct request *request, const char *const (*headers)[2])
{
    struct guard_field fields[8];
    size_t count = 0;
    for (; headers[count][0]; count++)
        fields[count] = (struct guard_field){text_of(headers[count][0]), text_of(headers[count][1])};
    ck_assert(request_take_headers(request, fields, count));
}

struct request *lone_request_new(const struct lone_request *of)
{
    struct request *request = calloc(1, sizeof *request);
    ck_assert_ptr_nonnull(request);
    request->arena = arena_new(of->arena_limit);
    ck_assert_ptr_nonnull(request->arena);
    request->route = of->route;
    request->query = of->query;
    request->context = of->context;
    request->path = of->route->pattern;
    request->id = "lone";
    request->received_us = of->received_us;
    request->values[0] = of->value;
    buffer_init(&request->body);
    if (of->body)
        buffer_string(&request->body, of->body);
    if (of->headers)
        take_headers(request, of->headers);
    return request;
}

void lone_request_free(struct request *request)
{
    reply_clear(&request->reply);
    buffer_clear(&request->body);
    arena_free(request->arena);
    free(request);
}

enum lone_body lone_request_body(const struct request *request, size_t *limit)
{
    *limit = request->limit;
    if (request->take)
        return LONE_BODY_STREAMED;
    return request->collects ? LONE_BODY_COLLECTED : LONE_BODY_REFUSED;
}

json_t *lone_request_problem(const struct request *request)
{
    size_t size;
    const char *body = inquiry_body(request, &size);
    ck_assert_int_ge(reply_status(request), 400);
    json_t *problem = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(problem);
    ck_assert_int_eq(json_integer_value(json_object_get(problem, "status")), reply_status(request));
    return problem;
}

const char *lone_request_detail(const json_t *problem, size_t i, const char *place)
{
    const json_t *fault = json_array_get(json_object_get(problem, "errors"), i);
    const char *parameter = json_string_value(json_object_get(fault, "parameter"));
    const char *pointer = json_string_value(json_object_get(fault, "pointer"));
    ck_assert_ptr_nonnull(fault);
    ck_assert_str_eq(parameter ? parameter : pointer, place);
    return json_string_value(json_object_get(fault, "detail"));
}
