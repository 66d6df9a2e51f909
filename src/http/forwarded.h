/* SPDX-License-Identifier: MIT */
#ifndef HARK_SRC_HTTP_FORWARDED_H
#define HARK_SRC_HTTP_FORWARDED_H

#include "base/address.h"
#include "http/server.h"

/* Who sent a request that came through proxies: the last address in the header that none of ours stands for. Only what our own
 * proxies wrote can be believed, and they write at the end: so everything here goes from the end to the start, and what a
 * stranger wrote before can't change how it is read. Pure.
 *
 *     forwarded_begin(&found, peer);
 *     for each header of that name, the last one first, until false: forwarded_add(&found, proxies, value) */

struct forwarded {
    struct address client; /* as far as is known: at first who connected */
};

const char *forwarded_header_name(enum http_forwarding forwarding);
void forwarded_begin(struct forwarded *found, const struct address *peer);
/* False: what stands before it can't be believed any more. */
bool forwarded_add(struct forwarded *found, const struct http_proxies *proxies, struct text value);

#endif
