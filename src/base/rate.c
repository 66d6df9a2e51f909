/* SPDX-License-Identifier: MIT */
#include "base/rate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 7, SECONDS_A_DAY = 86400 };

/* Digits up to the first other character, which *rest then points to. */
static bool read_number(const char *text, int32_t *number, const char **rest)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > MOST_DIGITS)
        return false;
    *number = (int32_t)strtol(text, NULL, 10);
    *rest = text + digits;
    return true;
}

static int32_t seconds_of(const char *unit)
{
    static const struct {
        const char *name;
        int32_t seconds;
    } units[] = {{"s", 1}, {"m", 60}, {"h", 3600}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].seconds;
    return 0;
}

bool rate_parse(const char *text, struct rate *rate)
{
    int32_t count;
    int32_t units = 1;
    const char *rest;
    *rate = (struct rate){0};
    if (strcmp(text, "off") == 0)
        return true;
    if (!read_number(text, &count, &rest) || count < 1 || count > RATE_COUNT_MAX || *rest != '/')
        return false;
    rest++;
    if (*rest >= '0' && *rest <= '9' && !read_number(rest, &units, &rest))
        return false;
    int64_t seconds = (int64_t)units * seconds_of(rest);
    if (seconds < 1 || seconds > SECONDS_A_DAY)
        return false;
    *rate = (struct rate){.count = count, .window_ms = (int32_t)seconds * 1000};
    return true;
}

char *rate_format(const struct rate *rate, char text[RATE_TEXT_SIZE])
{
    if (rate->count == 0)
        snprintf(text, RATE_TEXT_SIZE, "off");
    else
        snprintf(text, RATE_TEXT_SIZE, "%d/%ds", (int)rate->count, (int)(rate->window_ms / 1000));
    return text;
}
