/* SPDX-License-Identifier: MIT */
#include "base/timestamp.h"

#include <stdio.h>

enum { DAY_SECONDS = 86400, FIRST_YEAR = 1970 };

static const int64_t SECOND_US = 1000000;
static const int64_t LAST_SECOND = 253402300799; /* 9999-12-31T23:59:59Z */

/* What is left to read. */
struct reader {
    const char *next;
    const char *end;
};

static bool read_digits(struct reader *reader, int count, int *number)
{
    if (reader->end - reader->next < count)
        return false;
    int value = 0;
    for (int i = 0; i < count; i++) {
        char digit = reader->next[i];
        if (digit < '0' || digit > '9')
            return false;
        value = value * 10 + (digit - '0');
    }
    reader->next += count;
    *number = value;
    return true;
}

/* One of two characters. */
static bool read_either(struct reader *reader, char a, char b)
{
    if (reader->next == reader->end || (*reader->next != a && *reader->next != b))
        return false;
    reader->next++;
    return true;
}

static bool read_char(struct reader *reader, char expected)
{
    return read_either(reader, expected, expected);
}

static bool is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01 in the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms"). */
static int64_t days_from_date(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = year / 400; /* no year before FIRST_YEAR comes here */
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void date_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    *month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

static bool read_date(struct reader *reader, int64_t *days)
{
    int year;
    int month;
    int day;
    if (!read_digits(reader, 4, &year) || !read_char(reader, '-') || !read_digits(reader, 2, &month) ||
        !read_char(reader, '-') || !read_digits(reader, 2, &day))
        return false;
    if (year < FIRST_YEAR || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    *days = days_from_date(year, month, day);
    return true;
}

static bool read_time(struct reader *reader, int *seconds, bool *is_leap_second)
{
    int hour;
    int minute;
    int second;
    if (!read_digits(reader, 2, &hour) || !read_char(reader, ':') || !read_digits(reader, 2, &minute) ||
        !read_char(reader, ':') || !read_digits(reader, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    *is_leap_second = second == 60;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

/* The fraction of a second; 0 where there is none. */
static bool read_fraction(struct reader *reader, int *us)
{
    *us = 0;
    if (!read_char(reader, '.'))
        return true;
    int scale = 100000;
    int digit;
    if (!read_digits(reader, 1, &digit))
        return false;
    do {
        *us += digit * scale;
        scale /= 10;
    } while (read_digits(reader, 1, &digit));
    return true;
}

static bool read_zone(struct reader *reader, int *offset_seconds)
{
    *offset_seconds = 0;
    if (read_either(reader, 'Z', 'z'))
        return true;
    bool is_west = read_char(reader, '-');
    if (!is_west && !read_char(reader, '+'))
        return false;
    int hour;
    int minute;
    if (!read_digits(reader, 2, &hour) || !read_char(reader, ':') || !read_digits(reader, 2, &minute) || hour > 23 ||
        minute > 59)
        return false;
    int offset = hour * 3600 + minute * 60;
    *offset_seconds = is_west ? -offset : offset;
    return true;
}

bool timestamp_parse(const char *text, size_t size, int64_t *us)
{
    struct reader reader = {.next = text, .end = text + size};
    int64_t days;
    int seconds;
    bool is_leap_second;
    int fraction;
    int offset;
    if (!read_date(&reader, &days) || !read_either(&reader, 'T', 't') ||
        !read_time(&reader, &seconds, &is_leap_second) || !read_fraction(&reader, &fraction) ||
        !read_zone(&reader, &offset) || reader.next != reader.end)
        return false;
    int64_t moment = days * DAY_SECONDS + seconds - offset;
    if (moment < 0 || moment > LAST_SECOND || (is_leap_second && moment % DAY_SECONDS != 0))
        return false;
    *us = moment * SECOND_US + fraction;
    return true;
}

/* Division that rounds down: moments before 1970 are negative. */
static int64_t floor_divide(int64_t dividend, int64_t divisor)
{
    int64_t quotient = dividend / divisor;
    return quotient * divisor > dividend ? quotient - 1 : quotient;
}

char *timestamp_format(int64_t us, char text[TIMESTAMP_TEXT_SIZE])
{
    static const int64_t first_us = -62167219200 * 1000000; /* 0000-01-01: years have four digits */
    int64_t last_us = LAST_SECOND * SECOND_US + (SECOND_US - 1);
    int64_t clamped = us < first_us ? first_us : us > last_us ? last_us : us;
    int64_t seconds = floor_divide(clamped, SECOND_US);
    int64_t days = floor_divide(seconds, DAY_SECONDS);
    int fraction = (int)(clamped - seconds * SECOND_US);
    int rest = (int)(seconds - days * DAY_SECONDS);
    int64_t year;
    int month;
    int day;
    date_from_days(days, &year, &month, &day);
    int length = snprintf(text, TIMESTAMP_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", (int)year, month, day,
                          rest / 3600, rest / 60 % 60, rest % 60);
    char *end = text + length;
    size_t room = TIMESTAMP_TEXT_SIZE - (size_t)length;
    if (fraction == 0)
        snprintf(end, room, "Z");
    else
        snprintf(end, room, ".%06dZ", fraction);
    return text;
}

int32_t timestamp_quarter(int64_t us)
{
    return (int32_t)floor_divide(us, QUARTER_SECONDS * SECOND_US);
}

int64_t quarter_start_us(int32_t quarter)
{
    return (int64_t)quarter * QUARTER_SECONDS * SECOND_US;
}
