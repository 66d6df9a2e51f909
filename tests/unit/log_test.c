/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include "base/timestamp.h"
#include "support/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Tests run in processes of their own, so stderr may be put aside for good. */
static char captured[1 << 20];

static FILE *capture_begin(void)
{
    FILE *file = tmpfile();
    dup2(fileno(file), STDERR_FILENO);
    return file;
}

static const char *capture_end(FILE *file)
{
    rewind(file);
    captured[fread(captured, 1, sizeof captured - 1, file)] = '\0';
    fclose(file);
    return captured;
}

/* Each line must be a JSON object; jansson is the judge. */
static json_t *read_line(const char *line)
{
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, NULL);
    ck_assert_ptr_nonnull(object);
    return object;
}

static const char *text_of(json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

START_TEST(event_is_one_line_of_json)
{
    FILE *file = capture_begin();
    LOG(LOG_LEVEL_WARN, "request", LOG_STRING("method", "GET"), LOG_INTEGER("status", 404), LOG_DOUBLE("ms", 1.5),
        LOG_STRING("none", NULL));
    const char *line = capture_end(file);
    ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
    json_t *object = read_line(line);
    int64_t us;
    ck_assert(timestamp_parse(text_of(object, "time"), strlen(text_of(object, "time")), &us));
    ck_assert_str_eq(text_of(object, "level"), "warn");
    ck_assert_str_eq(text_of(object, "msg"), "request");
    ck_assert_str_eq(text_of(object, "method"), "GET");
    ck_assert_int_eq(json_integer_value(json_object_get(object, "status")), 404);
    ck_assert_double_eq(json_real_value(json_object_get(object, "ms")), 1.5);
    ck_assert_uint_eq(json_object_size(object), 6);
    json_decref(object);
}
END_TEST

START_TEST(control_characters_cannot_forge_a_line)
{
    FILE *file = capture_begin();
    LOG(LOG_LEVEL_ERROR, "bad\n{\"level\":\"info\"}", LOG_STRING("path", "/\r\n\x1b[31m\"\\\xff"));
    const char *line = capture_end(file);
    ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
    ck_assert_ptr_null(strchr(line, '\x1b'));
    json_t *object = read_line(line);
    ck_assert_str_eq(text_of(object, "msg"), "bad\n{\"level\":\"info\"}");
    ck_assert_str_eq(text_of(object, "path"), "/\r\n\x1b[31m\"\\\xEF\xBF\xBD");
    json_decref(object);
}
END_TEST

START_TEST(levels_below_the_wanted_one_are_silent)
{
    FILE *file = capture_begin();
    log_debug("not by default");
    log_set_level(LOG_LEVEL_ERROR);
    log_info("silent");
    log_warn("silent");
    LOG(LOG_LEVEL_WARN, "silent", LOG_INTEGER("n", 1));
    log_error("heard %d", 1);
    log_set_level(LOG_LEVEL_DEBUG);
    log_debug("heard %d", 2);
    const char *lines = capture_end(file);
    ck_assert_ptr_null(strstr(lines, "silent"));
    ck_assert_ptr_null(strstr(lines, "not by default"));
    ck_assert_ptr_nonnull(strstr(lines, "\"level\":\"error\",\"msg\":\"heard 1\""));
    ck_assert_ptr_nonnull(strstr(lines, "\"level\":\"debug\",\"msg\":\"heard 2\""));
}
END_TEST

START_TEST(event_may_have_no_fields)
{
    FILE *file = capture_begin();
    log_event(LOG_LEVEL_INFO, "started", NULL);
    json_t *object = read_line(capture_end(file));
    ck_assert_uint_eq(json_object_size(object), 3);
    json_decref(object);
}
END_TEST

START_TEST(number_that_is_none_stays_json)
{
    FILE *file = capture_begin();
    LOG(LOG_LEVEL_INFO, "x", LOG_DOUBLE("ms", NAN), LOG_INTEGER("n", INT64_MIN));
    json_t *object = read_line(capture_end(file));
    ck_assert(json_is_null(json_object_get(object, "ms")));
    ck_assert(json_integer_value(json_object_get(object, "n")) == INT64_MIN);
    json_decref(object);
}
END_TEST

START_TEST(long_message_is_cut_not_broken)
{
    char message[4000];
    memset(message, 'x', sizeof message - 1);
    message[sizeof message - 1] = '\0';
    FILE *file = capture_begin();
    log_info("%s", message);
    json_t *object = read_line(capture_end(file));
    size_t size = strlen(text_of(object, "msg"));
    ck_assert_uint_gt(size, 500);
    ck_assert_uint_lt(size, sizeof message);
    json_decref(object);
}
END_TEST

static void *log_many(void *unused)
{
    (void)unused;
    for (int i = 0; i < 500; i++)
        log_info("a line that another thread must not cut in two");
    return NULL;
}

START_TEST(lines_of_several_threads_never_mix)
{
    FILE *file = capture_begin();
    fcntl(STDERR_FILENO, F_SETFL, O_APPEND);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, log_many, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    int lines = 0;
    for (const char *line = capture_end(file); *line != '\0'; line = strchr(line, '\n') + 1) {
        json_decref(read_line(line));
        lines++;
    }
    ck_assert_int_eq(lines, 2000);
}
END_TEST

START_TEST(logging_leaves_errno_alone)
{
    close(STDERR_FILENO);
    errno = ENOENT;
    log_error("nowhere to go");
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(fatal_exits_with_1)
{
    FILE *file = capture_begin();
    pid_t child = fork();
    if (child == 0)
        log_fatal("no memory");
    int status;
    waitpid(child, &status, 0);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 1);
    ck_assert_ptr_nonnull(strstr(capture_end(file), "no memory"));
}
END_TEST

Suite *log_suite(void)
{
    return RUNNER_SUITE("log", event_is_one_line_of_json, control_characters_cannot_forge_a_line,
                        levels_below_the_wanted_one_are_silent, event_may_have_no_fields,
                        number_that_is_none_stays_json, long_message_is_cut_not_broken,
                        lines_of_several_threads_never_mix, logging_leaves_errno_alone, fatal_exits_with_1);
}
