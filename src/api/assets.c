/* SPDX-License-Identifier: MIT */
#include "assets.h"

#include "coding.h"
#include "etag.h"
#include "handlers.h"
#include "http/reply.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 128, TAG_HASH_SIZE = 32 };

/* Checked anew each time, at the cost of a 304: a new version of the service is a new page at the next look. */
static const char REVALIDATE[] = "no-cache";

static const struct {
    const char *extension;
    const char *content_type;
} types[] = {
    {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},   {".svg", "image/svg+xml"},
    {".json", "application/json"},
};

static const char *content_type(const char *path)
{
    const char *extension = strrchr(path, '.');
    for (size_t i = 0; extension != NULL && i < sizeof types / sizeof *types; i++)
        if (strcmp(extension, types[i].extension) == 0)
            return types[i].content_type;
    return "application/octet-stream";
}

const struct asset *asset_find(const char *path)
{
    for (size_t i = 0; i < asset_count; i++)
        if (strcmp(assets[i].path, path) == 0)
            return &assets[i];
    return NULL;
}

/* The two forms have two tags. */
static const char *tag_of(const struct asset *asset, bool is_gzip, char tag[ETAG_SIZE + 5])
{
    snprintf(tag, ETAG_SIZE + 5, is_gzip ? "\"%.*s-gzip\"" : "\"%.*s\"", TAG_HASH_SIZE, asset->sha256);
    return tag;
}

void asset_reply(struct request *request, const struct asset *asset, const char *cache_control)
{
    char tag[ETAG_SIZE + 5];
    if (asset == NULL) {
        reply_problem(request, 404, "not-found", "there is nothing at this path");
        return;
    }
    bool is_gzip = coding_takes_gzip(request_header(request, "Accept-Encoding"));
    reply_header(request, "Cache-Control", cache_control);
    reply_header(request, "ETag", tag_of(asset, is_gzip, tag));
    reply_header(request, "Vary", "Accept-Encoding");
    if (etag_is_listed(request_header(request, "If-None-Match"), tag)) {
        reply_empty(request, 304);
        return;
    }
    if (is_gzip) {
        reply_header(request, "Content-Encoding", "gzip");
        reply_static(request, 200, content_type(asset->path), asset->gzip, asset->gzip_size);
    } else {
        reply_static(request, 200, content_type(asset->path), asset->bytes, asset->size);
    }
}

/* What the page may do: load and ask its own origin, and nothing else. No text ever becomes markup: "require-trusted-types-for"
 * refuses it in the browser. */
static void guard_page(struct request *request)
{
    reply_header(request, "Content-Security-Policy",
                 "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                 "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
                 "trusted-types default");
    reply_header(request, "Referrer-Policy", "no-referrer");
    reply_header(request, "Cross-Origin-Opener-Policy", "same-origin");
    reply_header(request, "Cross-Origin-Resource-Policy", "same-origin");
    reply_header(request, "Permissions-Policy", "camera=(), geolocation=(), microphone=()");
}

void asset_reply_page(struct request *request, const struct asset *asset)
{
    guard_page(request);
    asset_reply(request, asset, REVALIDATE);
}

enum outcome assets_page(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    asset_reply_page(request, asset_find("index.html"));
    return HANDLED;
}

enum outcome assets_file(struct request *request, struct service *service, struct connection *connection)
{
    char path[PATH_SIZE];
    (void)service;
    (void)connection;
    int size = snprintf(path, sizeof path, "page/%s", request_path_value(request, 0));
    reply_header(request, "Cross-Origin-Resource-Policy", "same-origin");
    asset_reply(request, size < PATH_SIZE ? asset_find(path) : NULL, REVALIDATE);
    return HANDLED;
}
