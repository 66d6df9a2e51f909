/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_CODING_H
#define HARK_API_CODING_H

#include <stdbool.h>

/* Inside api/ only: Accept-Encoding, RFC 9110 section 12.5.3; header may be NULL. */

/* Whether gzip may be sent. */
bool coding_takes_gzip(const char *header);
/* Whether it should be: not where identity has the greater weight. */
bool coding_prefers_gzip(const char *header);
/* identity;q=0, or *;q=0 without a word on identity. */
bool coding_refuses_identity(const char *header);

#endif
