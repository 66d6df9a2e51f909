/* SPDX-License-Identifier: MIT */
#include "http/problem.h"

#include "support/runner.h"

#include <jansson.h>

static json_t *write_and_read(const struct problem *problem)
{
    struct buffer text;
    buffer_init(&text);
    problem_write(&text, problem);
    ck_assert(!text.failed);
    json_t *object = json_loads(text.data, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(object);
    buffer_clear(&text);
    return object;
}

static const char *member(json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

START_TEST(problem_has_the_members_of_rfc_9457)
{
    json_t *object = write_and_read(&(struct problem){.status = 422,
                                                      .slug = "validation",
                                                      .title = "Unprocessable Content",
                                                      .detail = "it says \"no\"\n",
                                                      .instance = "/v1/\x01\xFF",
                                                      .request_id = "id-1"});
    ck_assert_str_eq(member(object, "type"), "/problems/validation");
    ck_assert_str_eq(member(object, "title"), "Unprocessable Content");
    ck_assert_int_eq(json_integer_value(json_object_get(object, "status")), 422);
    ck_assert_str_eq(member(object, "detail"), "it says \"no\"\n");
    ck_assert_str_eq(member(object, "instance"), "/v1/\x01\xEF\xBF\xBD");
    ck_assert_str_eq(member(object, "request_id"), "id-1");
    ck_assert_ptr_null(json_object_get(object, "errors"));
    ck_assert_ptr_null(json_object_get(object, "errors_omitted"));
    json_decref(object);
}
END_TEST

START_TEST(every_fault_is_listed_with_its_place)
{
    static const struct fault faults[] = {
        {.pointer = "#/answers/nps", .detail = "must be an integer from 0 to 10"},
        {.parameter = "group_by", .detail = "is unknown"},
        {.detail = "the body is empty"},
    };
    json_t *object = write_and_read(&(struct problem){.status = 422,
                                                      .slug = "validation",
                                                      .title = "",
                                                      .detail = "",
                                                      .instance = "",
                                                      .request_id = "",
                                                      .faults = faults,
                                                      .fault_count = 3,
                                                      .fault_omitted = 7});
    json_t *errors = json_object_get(object, "errors");
    ck_assert_uint_eq(json_array_size(errors), 3);
    ck_assert_str_eq(member(json_array_get(errors, 0), "pointer"), "#/answers/nps");
    ck_assert_str_eq(member(json_array_get(errors, 0), "detail"), "must be an integer from 0 to 10");
    ck_assert_str_eq(member(json_array_get(errors, 1), "parameter"), "group_by");
    ck_assert_ptr_null(json_object_get(json_array_get(errors, 2), "pointer"));
    ck_assert_ptr_null(json_object_get(json_array_get(errors, 2), "parameter"));
    ck_assert_int_eq(json_integer_value(json_object_get(object, "errors_omitted")), 7);
    json_decref(object);
}
END_TEST

Suite *problem_suite(void)
{
    return RUNNER_SUITE("problem", problem_has_the_members_of_rfc_9457, every_fault_is_listed_with_its_place);
}
