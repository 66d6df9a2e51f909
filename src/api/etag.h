/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_ETAG_H
#define HARK_API_ETAG_H

#include <stdbool.h>
#include <stddef.h>

/* Inside api/ only: entity tags, RFC 9110 section 8.8.3. */

enum { ETAG_SIZE = 35, ETAG_GZIP_SIZE = ETAG_SIZE + 5 };

/* A strong tag of a body, in its quotes, that leaves out the bytes from skip_from to before skip_to: what may change without
 * the body meaning anything else. */
void etag_make(const char *body, size_t size, size_t skip_from, size_t skip_to, char etag[ETAG_SIZE]);
/* That of the same body gzipped: the two forms have two tags. */
void etag_of_gzip(const char *etag, char packed[ETAG_GZIP_SIZE]);
/* If-None-Match, by weak comparison; header may be NULL. */
bool etag_is_listed(const char *header, const char *etag);
/* If-Match, by strong comparison: a weak tag matches none. */
bool etag_is_matched(const char *header, const char *etag);

#endif
