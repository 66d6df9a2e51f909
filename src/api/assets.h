/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_ASSETS_H
#define HARK_API_ASSETS_H

#include "generated/assets.h"
#include "http/request.h"

/* Inside api/ only: the files of web/ that a browser loads. They lie in the program; generated/assets.c is their table. */

/* By its path below web/, such as "page/page.css". NULL: there is none. */
const struct asset *asset_find(const char *path);
/* Replies with it: gzipped where the client takes that, with an ETag, or 304. Names every fault of a NULL asset: a 404.
 * cache_control: a literal. */
void asset_reply(struct request *request, const struct asset *asset, const char *cache_control);

/* The same for a page: what it may do in a browser is said, too. */
void asset_reply_page(struct request *request, const struct asset *asset);

#endif
