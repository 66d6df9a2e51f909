/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/timestamp.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGE_SIZE = 1024 };

static const char *const level_names[] = {
    [LOG_LEVEL_DEBUG] = "debug",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_ERROR] = "error",
};

static atomic_int lowest_level = LOG_LEVEL_INFO;
static const char *plain_prefix;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&lowest_level, (int)level, memory_order_relaxed);
}

void log_set_plain(const char *prefix)
{
    plain_prefix = prefix;
}

static bool is_wanted(enum log_level level)
{
    return (int)level >= atomic_load_explicit(&lowest_level, memory_order_relaxed);
}

static void append_string(struct buffer *line, const char *string)
{
    buffer_json_string(line, string, strlen(string));
}

static void append_value(struct buffer *line, const struct log_field *field)
{
    switch (field->type) {
    case LOG_FIELD_STRING:
        append_string(line, field->value.string);
        break;
    case LOG_FIELD_INTEGER:
        buffer_format(line, "%lld", (long long)field->value.integer);
        break;
    case LOG_FIELD_DOUBLE:
        buffer_json_double(line, field->value.number);
        break;
    }
}

static bool is_present(const struct log_field *field)
{
    return field->type != LOG_FIELD_STRING || field->value.string != NULL;
}

/* One write a line; the loop is for a pipe that took a part of it. What can't be written is lost: there is nowhere to
 * complain. */
static void write_line(const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(STDERR_FILENO, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        bytes += written;
        size -= (size_t)written;
    }
}

static void append_json(struct buffer *line, enum log_level level, const char *msg, const struct log_field *fields)
{
    char time[TIMESTAMP_TEXT_SIZE];
    buffer_format(line, "{\"time\":\"%s\",\"level\":\"%s\",\"msg\":", timestamp_format(clock_now_us(), time),
                  level_names[level]);
    append_string(line, msg);
    for (const struct log_field *field = fields; field != NULL && field->name != NULL; field++) {
        if (!is_present(field))
            continue;
        buffer_string(line, ",");
        append_string(line, field->name);
        buffer_string(line, ":");
        append_value(line, field);
    }
    buffer_string(line, "}\n");
}

static void append_plain(struct buffer *line, const char *msg, const struct log_field *fields)
{
    size_t size = strlen(msg);
    while (size > 0 && msg[size - 1] == '\n')
        size--;
    buffer_format(line, "%s: %.*s", plain_prefix, (int)size, msg);
    for (const struct log_field *field = fields; field != NULL && field->name != NULL; field++) {
        if (!is_present(field))
            continue;
        buffer_format(line, " %s=", field->name);
        append_value(line, field);
    }
    buffer_string(line, "\n");
}

void log_event(enum log_level level, const char *msg, const struct log_field *fields)
{
    if (!is_wanted(level))
        return;
    int saved_errno = errno;
    struct buffer line;
    buffer_init(&line);
    if (plain_prefix == NULL)
        append_json(&line, level, msg, fields);
    else
        append_plain(&line, msg, fields);
    if (!line.failed)
        write_line(line.data, line.size);
    buffer_clear(&line);
    errno = saved_errno;
}

__attribute__((format(printf, 2, 0))) static void log_formatted(enum log_level level, const char *format, va_list list)
{
    if (!is_wanted(level))
        return;
    char message[MESSAGE_SIZE];
    vsnprintf(message, sizeof message, format, list);
    log_event(level, message, NULL);
}

#define LOG_FORMATTED(level)              \
    va_list list;                         \
    va_start(list, format);               \
    log_formatted((level), format, list); \
    va_end(list)

void log_debug(const char *format, ...)
{
    LOG_FORMATTED(LOG_LEVEL_DEBUG);
}

void log_info(const char *format, ...)
{
    LOG_FORMATTED(LOG_LEVEL_INFO);
}

void log_warn(const char *format, ...)
{
    LOG_FORMATTED(LOG_LEVEL_WARN);
}

void log_error(const char *format, ...)
{
    LOG_FORMATTED(LOG_LEVEL_ERROR);
}

void log_fatal(const char *format, ...)
{
    LOG_FORMATTED(LOG_LEVEL_ERROR);
    exit(EXIT_FAILURE); // NOLINT(concurrency-mt-unsafe): start-up has one thread
}
