/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_LOG_H
#define HARK_BASE_LOG_H

#include <stdint.h>

/* One JSON line an event on stderr: {"time":…,"level":…,"msg":…, fields…}. One write(2) a line, so lines of several
 * threads never mix. Never hand over keys, bodies, comments, parameters of a statement or full addresses. */
enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

void log_set_level(enum log_level level);
/* Plain sentences in place of JSON, each after this prefix, for a person at a terminal; NULL: JSON again. Borrowed. Call
 * while there is one thread. */
void log_set_plain(const char *prefix);

enum log_field_type { LOG_FIELD_STRING, LOG_FIELD_INTEGER, LOG_FIELD_DOUBLE };

struct log_field {
    const char *name;
    enum log_field_type type;
    union {
        const char *string; /* NULL leaves the field out */
        int64_t integer;
        double number;
    } value;
};

#define LOG_STRING(name_, value_)                                           \
    {                                                                       \
        .name = (name_), .type = LOG_FIELD_STRING, .value.string = (value_) \
    }
#define LOG_INTEGER(name_, value_)                                                     \
    {                                                                                  \
        .name = (name_), .type = LOG_FIELD_INTEGER, .value.integer = (int64_t)(value_) \
    }
#define LOG_DOUBLE(name_, value_)                                                   \
    {                                                                               \
        .name = (name_), .type = LOG_FIELD_DOUBLE, .value.number = (double)(value_) \
    }

/* fields ends with one whose name is NULL; may be NULL. */
void log_event(enum log_level level, const char *msg, const struct log_field *fields);

#define LOG(level_, msg_, ...) log_event((level_), (msg_), (const struct log_field[]){__VA_ARGS__, {.name = 0}})

void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* For start-up only: what can't go on. Logs and exits with 1. */
_Noreturn void log_fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
