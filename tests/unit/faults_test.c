/* SPDX-License-Identifier: MIT */
#include "../../src/api/faults.h"

#include "../../src/api/parse.h"
#include "http/reply.h"
#include "lone_request.h"
#include "support/runner.h"

#include <stdint.h>
#include <string.h>

/* Where a fault is said to be, and what the client is told of all of them. */

static const struct route route = {.method = HTTP_POST, .pattern = "/v1/responses"};
static struct arena *arena;
static struct request *request;
static struct faults faults;

static void setup(void)
{
    parse_start();
    arena = arena_new(0);
    request = lone_request_new(&(struct lone_request){.route = &route});
    faults_init(&faults, arena);
}

static void teardown(void)
{
    lone_request_free(request);
    arena_free(arena);
}

static void add(size_t count)
{
    for (size_t i = 0; i < count; i++)
        faults_add(&faults, faults_element(&faults, "#/tags", i), "must not be %zu", i);
}

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* As RFC 6901 has it: section 3 for ~ and /, section 6 for what a URI fragment can't hold. */
START_TEST(a_name_is_escaped_in_its_pointer)
{
    static const char *const names[][2] = {
        {"nps", "#/answers/nps"},
        {"", "#/answers/"},
        {"a/b", "#/answers/a~1b"},
        {"m~n", "#/answers/m~0n"},
        {"~1", "#/answers/~01"},
        {" ", "#/answers/%20"},
        {"c%d", "#/answers/c%25d"},
        {"e^f|g\\h\"i", "#/answers/e%5Ef%7Cg%5Ch%22i"},
        {"\u00e9", "#/answers/%C3%A9"},
        {"\n#?[]", "#/answers/%0A%23%3F%5B%5D"},
        {"-._!$&'()*+,;=:@09azAZ", "#/answers/-._!$&'()*+,;=:@09azAZ"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_str_eq(faults_child(&faults, "#/answers", names[i][0]), names[i][1]);
    ck_assert_str_eq(faults_element(&faults, "#/tags", 19), "#/tags/19");
}
END_TEST

START_TEST(members_that_are_not_known_are_told)
{
    static const char *const known[] = {"nps", "csat", NULL};
    json_t *object = json_pack("{s:i, s:i, s:i, s:i}", "nps", 1, "joy", 2, "csat", 3, "a/b", 4);
    faults_add_unknown(&faults, object, known, "#/answers");
    json_decref(object);
    ck_assert_uint_eq(faults.count, 2);
    faults_reply(&faults, request);
    json_t *problem = lone_request_problem(request);
    ck_assert_str_eq(lone_request_detail(problem, 0, "#/answers/joy"), "is not a field that is known here");
    ck_assert_str_eq(lone_request_detail(problem, 1, "#/answers/a~1b"), "is not a field that is known here");
    json_decref(problem);
}
END_TEST

static json_t *reply(int status, const char *type, const char *detail)
{
    json_t *problem = lone_request_problem(request);
    ck_assert_int_eq(reply_status(request), status);
    ck_assert_str_eq(member(problem, "type"), type);
    if (detail)
        ck_assert_str_eq(member(problem, "detail"), detail);
    return problem;
}

START_TEST(a_fault_is_a_422_with_its_place)
{
    add(1);
    faults_reply(&faults, request);
    json_t *problem = reply(422, "/problems/validation", "1 fault in the request's body");
    ck_assert_uint_eq(json_array_size(json_object_get(problem, "errors")), 1);
    ck_assert_str_eq(lone_request_detail(problem, 0, "#/tags/0"), "must not be 0");
    ck_assert_ptr_null(json_object_get(problem, "errors_omitted"));
    json_decref(problem);
}
END_TEST

/* A hundred are listed, in the order in which they were found; the client is told how many more there were. */
START_TEST(faults_past_a_hundred_are_counted)
{
    static const struct {
        size_t count;
        const char *detail;
        int omitted;
    } counts[] = {{100, "100 faults in the request's body", 0},
                  {101, "101 faults in the request's body", 1},
                  {150, "150 faults in the request's body", 50}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        teardown();
        setup();
        add(counts[i].count);
        faults_reply(&faults, request);
        json_t *problem = reply(422, "/problems/validation", counts[i].detail);
        ck_assert_uint_eq(json_array_size(json_object_get(problem, "errors")), 100);
        ck_assert_str_eq(lone_request_detail(problem, 99, "#/tags/99"), "must not be 99");
        ck_assert_int_eq(json_integer_value(json_object_get(problem, "errors_omitted")), counts[i].omitted);
        json_decref(problem);
    }
}
END_TEST

START_TEST(a_body_that_is_no_object_is_a_400)
{
    char fault[PARSE_FAULT_SIZE];
    ck_assert_ptr_null(parse_object(text_of(""), fault));
    faults_reply_malformed(&faults, request, fault);
    json_decref(reply(400, "/problems/malformed", "The body is empty: a JSON object is expected."));
}
END_TEST

static json_t *written(void)
{
    struct buffer json;
    buffer_init(&json);
    faults_write(&faults, &json);
    ck_assert(!json.failed);
    json_t *array = json_loadb(json.data, json.size, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(json_is_array(array), "%s", json.data);
    buffer_clear(&json);
    return array;
}

/* Within the reply to many objects. */
START_TEST(faults_are_written_as_an_array)
{
    json_t *array = written();
    ck_assert_uint_eq(json_array_size(array), 0);
    json_decref(array);
    faults_add(&faults, "#/a", "says \"no\"\n");
    faults_add(&faults, "#/b", "too");
    array = written();
    ck_assert_uint_eq(json_array_size(array), 2);
    ck_assert_str_eq(member(json_array_get(array, 0), "pointer"), "#/a");
    ck_assert_str_eq(member(json_array_get(array, 0), "detail"), "says \"no\"\n");
    ck_assert_str_eq(member(json_array_get(array, 1), "pointer"), "#/b");
    json_decref(array);
}
END_TEST

START_TEST(the_array_tells_how_many_it_leaves_out)
{
    add(101);
    json_t *array = written();
    ck_assert_uint_eq(json_array_size(array), 101);
    ck_assert_str_eq(member(json_array_get(array, 99), "pointer"), "#/tags/99");
    ck_assert_str_eq(member(json_array_get(array, 100), "pointer"), "#");
    ck_assert_str_eq(member(json_array_get(array, 100), "detail"), "has 1 more fault");
    json_decref(array);
    add(1);
    array = written();
    ck_assert_str_eq(member(json_array_get(array, 100), "detail"), "has 2 more faults");
    json_decref(array);
}
END_TEST

static void check_unavailable(void)
{
    faults_reply(&faults, request);
    json_t *problem = reply(503, "/problems/unavailable", NULL);
    ck_assert_ptr_null(json_object_get(problem, "errors"));
    json_decref(problem);
    reply_forget(request);
    faults_reply_malformed(&faults, request, "is not valid JSON");
    json_decref(reply(503, "/problems/unavailable", NULL));
}

/* What was found may come of what could not be kept: it is not held against the client. */
START_TEST(faults_noted_without_memory_are_a_503)
{
    add(1);
    ck_assert(!faults_lack_memory(&faults));
    faults_add_no_memory(&faults);
    ck_assert(faults_lack_memory(&faults));
    check_unavailable();
}
END_TEST

START_TEST(with_any_amount_of_memory_faults_are_kept_or_it_is_lacking)
{
    bool was_lacking = false;
    bool is_lacking = true;
    for (size_t limit = 1; is_lacking; limit += 16) {
        teardown();
        setup();
        arena_free(arena);
        arena = arena_new(limit);
        faults_init(&faults, arena);
        faults_add(&faults, faults_child(&faults, "#", "a/b"), "must be %d", 7);
        add(FAULTS_MAX);
        is_lacking = faults_lack_memory(&faults);
        was_lacking = was_lacking || is_lacking;
        json_t *array = written();
        ck_assert_uint_eq(faults.count, FAULTS_MAX + 1);
        ck_assert_uint_ge(json_array_size(array), 1);
        ck_assert_uint_le(json_array_size(array), FAULTS_MAX + 1);
        if (!is_lacking)
            ck_assert_str_eq(member(json_array_get(array, 0), "pointer"), "#/a~1b");
        else
            check_unavailable();
        json_decref(array);
    }
    ck_assert(was_lacking);
}
END_TEST

/* jansson says of memory that ran out what it says of a comma too many. Sanitizers end a program that asks for so much. */
START_TEST(a_document_that_memory_lacked_for_is_a_503)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    char fault[PARSE_FAULT_SIZE];
    json_malloc_t allocate;
    json_get_alloc_funcs(&allocate, NULL);
    ck_assert_ptr_null(parse_object(text_of("{"), fault));
    ck_assert(!faults_lack_memory(&faults));
    ck_assert_ptr_null(allocate(PTRDIFF_MAX));
    ck_assert(faults_lack_memory(&faults));
    check_unavailable();
    json_decref(json_string("more"));
    ck_assert(faults_lack_memory(&faults));
    ck_assert_ptr_null(parse_object(text_of("{"), fault));
    ck_assert(!faults_lack_memory(&faults));
#endif
}
END_TEST

Suite *faults_suite(void)
{
    Suite *suite = suite_create("faults");
    TCase *tests = tcase_create("faults");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_name_is_escaped_in_its_pointer);
    tcase_add_test(tests, members_that_are_not_known_are_told);
    tcase_add_test(tests, a_fault_is_a_422_with_its_place);
    tcase_add_test(tests, faults_past_a_hundred_are_counted);
    tcase_add_test(tests, a_body_that_is_no_object_is_a_400);
    tcase_add_test(tests, faults_are_written_as_an_array);
    tcase_add_test(tests, the_array_tells_how_many_it_leaves_out);
    tcase_add_test(tests, faults_noted_without_memory_are_a_503);
    tcase_add_test(tests, with_any_amount_of_memory_faults_are_kept_or_it_is_lacking);
    tcase_add_test(tests, a_document_that_memory_lacked_for_is_a_503);
    suite_add_tcase(suite, tests);
    return suite;
}
