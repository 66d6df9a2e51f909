/* SPDX-License-Identifier: MIT */
#include "value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HIGHEST_PORT = 65535, MOST_DIGITS = 9 };

const char *value_fault_text(enum value_fault fault)
{
    switch (fault) {
    case VALUE_NOT_ADDRESS:
        return "must be a numeric address and a port, such as 127.0.0.1:8080 or [::1]:8080";
    case VALUE_NOT_LOG_LEVEL:
        return "must be debug, info, warn or error";
    case VALUE_NOT_SWITCH:
        return "must be on or off";
    case VALUE_NOT_SANDBOX:
        return "must be on, off or report";
    case VALUE_NOT_RATE:
        return "must be a rate of at most 1000000 in at most a day, such as 100/s, 2000/10s or 60/m, or off";
    case VALUE_NOT_RANGES:
        return "must be addresses or ranges of them, such as 10.0.0.0/8, 2001:db8::/32: at most 64, each without "
               "bits beyond its length";
    case VALUE_NOT_FORWARDED:
        return "must be x-forwarded-for or forwarded";
    case VALUE_UNREADABLE_FILE:
        return "the file can't be read";
    case VALUE_EMPTY_FILE:
        return "the first line of the file is empty";
    case VALUE_NO_MEMORY:
        return "out of memory, or the current folder is gone";
    default:
        return "can't be read";
    }
}

/* Digits only, up to the first other character, which *rest then points to. */
static bool read_number(const char *text, int *number, const char **rest)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > MOST_DIGITS)
        return false;
    *number = (int)strtol(text, NULL, 10);
    *rest = text + digits;
    return true;
}

enum value_fault value_read_integer(const char *text, int min, int max, int *number)
{
    const char *rest;
    int value;
    if (!read_number(text, &value, &rest) || *rest != '\0' || value < min || value > max)
        return VALUE_NOT_INTEGER;
    *number = value;
    return VALUE_OK;
}

enum value_fault value_read_duration(const char *text, int min_ms, int max_ms, int *ms)
{
    static const struct {
        const char *name;
        int ms;
    } units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}};
    const char *unit;
    int value;
    if (!read_number(text, &value, &unit))
        return VALUE_NOT_DURATION;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        int64_t duration = (int64_t)value * units[i].ms;
        if (strcmp(unit, units[i].name) == 0 && duration >= min_ms && duration <= max_ms) {
            *ms = (int)duration;
            return VALUE_OK;
        }
    }
    return VALUE_NOT_DURATION;
}

enum value_fault value_read_log_level(const char *text, enum log_level *level)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i]) == 0) {
            *level = (enum log_level)i;
            return VALUE_OK;
        }
    }
    return VALUE_NOT_LOG_LEVEL;
}

enum value_fault value_read_switch(const char *text, bool *is_on)
{
    if (strcmp(text, "on") != 0 && strcmp(text, "off") != 0)
        return VALUE_NOT_SWITCH;
    *is_on = strcmp(text, "on") == 0;
    return VALUE_OK;
}

enum value_fault value_read_sandbox(const char *text, enum sandbox *sandbox)
{
    static const char *const names[] = {[SANDBOX_OFF] = "off", [SANDBOX_ON] = "on", [SANDBOX_REPORT] = "report"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i]) == 0) {
            *sandbox = (enum sandbox)i;
            return VALUE_OK;
        }
    }
    return VALUE_NOT_SANDBOX;
}

enum value_fault value_read_rate(const char *text, struct rate *rate)
{
    return rate_parse(text, rate) ? VALUE_OK : VALUE_NOT_RATE;
}

enum value_fault value_read_ranges(const char *text, struct config_ranges *ranges)
{
    static const char between[] = ", ";
    ranges->list = calloc(CONFIG_RANGES_MAX, sizeof *ranges->list);
    if (ranges->list == NULL)
        return VALUE_NO_MEMORY;
    for (text += strspn(text, between); *text != '\0'; text += strspn(text, between)) {
        struct text range = {.bytes = text, .size = strcspn(text, between)};
        if (ranges->count == CONFIG_RANGES_MAX || !address_range_parse(range, &ranges->list[ranges->count++]))
            return VALUE_NOT_RANGES;
        text += range.size;
    }
    return ranges->count > 0 ? VALUE_OK : VALUE_NOT_RANGES;
}

enum value_fault value_read_forwarded(const char *text, int *header)
{
    *header = strcmp(text, "forwarded") == 0;
    return *header || strcmp(text, "x-forwarded-for") == 0 ? VALUE_OK : VALUE_NOT_FORWARDED;
}

bool value_is_address(const char *text)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL)
        return false;
    const char *start = text;
    const char *end = colon;
    int family = AF_INET;
    if (*text == '[') {
        if (colon[-1] != ']')
            return false;
        family = AF_INET6;
        start++;
        end--;
    }
    char host[INET6_ADDRSTRLEN];
    size_t size = end > start ? (size_t)(end - start) : 0;
    if (size == 0 || size >= sizeof host)
        return false;
    memcpy(host, start, size);
    host[size] = '\0';
    unsigned char address[sizeof(struct in6_addr)];
    int port;
    return inet_pton(family, host, address) == 1 && value_read_integer(colon + 1, 0, HIGHEST_PORT, &port) == VALUE_OK;
}

char *value_absolute_path(const char *text)
{
    while (strncmp(text, "./", 2) == 0)
        text += 2 + strspn(text + 2, "/");
    if (*text == '/')
        return strdup(text);
    char *folder = get_current_dir_name();
    if (folder == NULL)
        return NULL;
    char *path = NULL;
    bool is_folder_itself = *text == '\0' || strcmp(text, ".") == 0;
    int size = is_folder_itself ? asprintf(&path, "%s", folder) : asprintf(&path, "%s/%s", folder, text);
    free(folder);
    return size < 0 ? NULL : path;
}

enum value_fault value_read_first_line(const char *path, char **line)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return VALUE_UNREADABLE_FILE;
    char *text = NULL;
    size_t capacity = 0;
    ssize_t size = getline(&text, &capacity, file);
    bool has_failed = ferror(file) != 0;
    fclose(file);
    while (size > 0 && isspace((unsigned char)text[size - 1]))
        size--;
    if (has_failed || size <= 0) {
        free(text);
        return has_failed ? VALUE_UNREADABLE_FILE : VALUE_EMPTY_FILE;
    }
    text[size] = '\0';
    *line = text;
    return VALUE_OK;
}
