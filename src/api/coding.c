/* SPDX-License-Identifier: MIT */
#include "coding.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a header says about one coding; below 0: nothing. */
static const double UNSAID = -1;

/* The weight of one item of the list, "gzip;q=0.5": 1 without one. */
static double weight_of(const char *item, size_t size)
{
    const char *end = item + size;
    const char *mark = memchr(item, ';', size);
    while (mark != NULL && ++mark < end) {
        mark += strspn(mark, " \t");
        if (end - mark > 2 && (*mark == 'q' || *mark == 'Q') && mark[1] == '=')
            return strtod(mark + 2, NULL);
        mark = memchr(mark, ';', (size_t)(end - mark));
    }
    return 1;
}

static bool is_named(const char *item, size_t size, const char *name)
{
    return size == strlen(name) && strncasecmp(item, name, size) == 0;
}

/* By its name, or else by that of all others. */
static double weight_in(const char *header, const char *name, const char *alias)
{
    double of_any = UNSAID;
    for (const char *item = header; item != NULL && *item != '\0';) {
        item += strspn(item, " \t,");
        size_t size = strcspn(item, ",");
        size_t length = strcspn(item, " \t,;");
        if (is_named(item, length, name) || is_named(item, length, alias))
            return weight_of(item, size);
        if (is_named(item, length, "*"))
            of_any = weight_of(item, size);
        item += size;
    }
    return of_any;
}

static double gzip_weight(const char *header)
{
    return weight_in(header, "gzip", "x-gzip");
}

static double identity_weight(const char *header)
{
    return weight_in(header, "identity", "identity");
}

bool coding_takes_gzip(const char *header)
{
    return gzip_weight(header) > 0;
}

bool coding_prefers_gzip(const char *header)
{
    return coding_takes_gzip(header) && gzip_weight(header) >= identity_weight(header);
}

bool coding_refuses_identity(const char *header)
{
    return identity_weight(header) == 0;
}
