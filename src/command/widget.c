/* SPDX-License-Identifier: MIT */
#include "api/widget.h"

#include "base/log.h"
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDGET_ORIGIN };

const struct option_rule widget_rules[] = {
    {.name = "origin", .value = "URL", .meaning = "where pages find this service; https://hark.example otherwise"},
    {.name = NULL},
};

/* As it goes into a page's source. */
static bool is_origin(const char *origin)
{
    bool has_scheme = strncmp(origin, "https://", 8) == 0 || strncmp(origin, "http://", 7) == 0;
    return has_scheme && strcspn(origin, "\"'<>& \t\r\n") == strlen(origin) && origin[strlen(origin) - 1] != '/';
}

int widget_run(const struct options *options)
{
    const char *origin = option_value(options, WIDGET_ORIGIN);
    struct widget widget = widget_current();
    if (origin == NULL)
        origin = "https://hark.example";
    if (!is_origin(origin)) {
        log_error("--origin takes a URL without a path, such as https://hark.example");
        return EXIT_USAGE;
    }
    printf("<script async src=\"%s%s\"\n        integrity=\"%s\" crossorigin=\"anonymous\"></script>\n", origin,
           widget.path, widget.integrity);
    printf("<hark-survey survey=\"post-purchase\" site-key=\"hk_live_…\" touchpoint=\"checkout\"></hark-survey>\n");
    return EXIT_SUCCESS;
}
