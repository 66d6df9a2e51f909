/* SPDX-License-Identifier: MIT */
#ifndef HARK_CONFIG_VALUE_H
#define HARK_CONFIG_VALUE_H

#include "config/config.h"

#include <stdbool.h>

/* How the text of one setting is read. */
enum value_fault {
    VALUE_OK = 0,
    VALUE_NOT_INTEGER,
    VALUE_NOT_DURATION,
    VALUE_NOT_ADDRESS,
    VALUE_NOT_LOG_LEVEL,
    VALUE_NOT_SWITCH,
    VALUE_NOT_SANDBOX,
    VALUE_NOT_RATE,
    VALUE_NOT_RANGES,
    VALUE_NOT_FORWARDED,
    VALUE_UNREADABLE_FILE,
    VALUE_EMPTY_FILE,
    VALUE_NO_MEMORY,
};

/* What is wrong, for all but the two faults that name their bounds. */
const char *value_fault_text(enum value_fault fault);

/* A numeric address and a port: 127.0.0.1:8080, [::1]:8080. */
bool value_is_address(const char *text);
/* Without `.` parts; the caller frees it. NULL when memory is out or the current folder is gone. */
char *value_absolute_path(const char *text) __attribute__((warn_unused_result));
/* The caller frees the line. */
enum value_fault value_read_first_line(const char *path, char **line);
enum value_fault value_read_integer(const char *text, int min, int max, int *number);
/* Whole seconds, or with a unit: 500ms, 20s, 2m. Bounds and result in milliseconds. */
enum value_fault value_read_duration(const char *text, int min_ms, int max_ms, int *ms);
enum value_fault value_read_log_level(const char *text, enum log_level *level);
enum value_fault value_read_switch(const char *text, bool *is_on);
enum value_fault value_read_sandbox(const char *text, enum sandbox *sandbox);
enum value_fault value_read_rate(const char *text, struct rate *rate);
/* "10.0.0.0/8, 2001:db8::/32": addresses and ranges. The caller frees the list. */
enum value_fault value_read_ranges(const char *text, struct config_ranges *ranges);
enum value_fault value_read_forwarded(const char *text, int *header);

#endif
