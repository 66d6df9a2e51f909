/* SPDX-License-Identifier: MIT */
#include "api/widget.h"

#include "assets.h"
#include "handlers.h"
#include "http/reply.h"

#include <stdio.h>
#include <string.h>

enum { NAME_DIGITS = 16 };

/* The address that always has the newest one is asked again after an hour; a pinned one never. */
static const char AN_HOUR[] = "public, max-age=3600, stale-while-revalidate=86400";
static const char FOR_EVER[] = "public, max-age=31536000, immutable";

static const struct asset *script(void)
{
    return asset_find("widget.js");
}

struct widget widget_current(void)
{
    struct widget widget;
    snprintf(widget.path, sizeof widget.path, "/widget/%.*s.js", NAME_DIGITS, script()->sha256);
    digest_integrity(script()->sha256, widget.integrity);
    return widget;
}

/* Pages of any origin load it: theirs may be isolated, too. */
static void reply_script(struct request *request, const char *cache_control)
{
    reply_header(request, "Cross-Origin-Resource-Policy", "cross-origin");
    asset_reply(request, script(), cache_control);
}

enum outcome widget_script(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    reply_script(request, AN_HOUR);
    return HANDLED;
}

enum outcome widget_pinned(struct request *request, struct service *service, struct connection *connection)
{
    struct widget widget = widget_current();
    (void)service;
    (void)connection;
    if (strcmp(request_path_value(request, 0), strrchr(widget.path, '/') + 1) == 0)
        reply_script(request, FOR_EVER);
    else
        reply_problem(request, 404, "not-found", "this version of the widget is not served here; the present one is %s",
                      widget.path);
    return HANDLED;
}

enum outcome widget_version(struct request *request, struct service *service, struct connection *connection)
{
    struct buffer json;
    struct widget widget = widget_current();
    (void)service;
    (void)connection;
    buffer_init(&json);
    buffer_format(&json, "{\"path\":\"%s\",\"integrity\":\"%s\",\"bytes\":%zu,\"gzip_bytes\":%zu}", widget.path,
                  widget.integrity, script()->size, script()->gzip_size);
    reply_header(request, "Cache-Control", "no-cache");
    reply_json(request, 200, &json);
    return HANDLED;
}

enum outcome widget_demo(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    asset_reply_page(request, asset_find("widget-demo.html"));
    return HANDLED;
}
