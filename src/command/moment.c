/* SPDX-License-Identifier: MIT */
#include "moment.h"

#include "base/timestamp.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 9, SECONDS_A_DAY = 86400 };
static const int64_t LONGEST_S = INT64_C(3653) * SECONDS_A_DAY;

bool moment_parse_span(const char *text, int64_t *us)
{
    static const char units[] = "smhd";
    static const int64_t seconds[] = {1, 60, 3600, SECONDS_A_DAY};
    size_t digits = strspn(text, "0123456789");
    const char *unit = digits > 0 && digits <= MOST_DIGITS && text[digits] != '\0' && text[digits + 1] == '\0'
                           ? strchr(units, text[digits])
                           : NULL;
    if (unit == NULL)
        return false;
    int64_t span_s = strtol(text, NULL, 10) * seconds[unit - units];
    *us = span_s * 1000000;
    return span_s <= LONGEST_S;
}

bool moment_parse(const char *text, int64_t *us)
{
    return timestamp_parse(text, strlen(text), us);
}

bool moment_parse_end(const char *text, int64_t now_us, int64_t *us)
{
    int64_t span_us;
    if (moment_parse(text, us))
        return true;
    if (!moment_parse_span(text, &span_us))
        return false;
    *us = now_us + span_us;
    return true;
}
