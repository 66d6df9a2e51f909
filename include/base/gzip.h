/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_GZIP_H
#define HARK_BASE_GZIP_H

#include <stddef.h>

/* RFC 1952; the same bytes give the same bytes. The caller frees them. NULL: out of memory. */
char *gzip_pack(const char *bytes, size_t size, size_t *packed_size) __attribute__((warn_unused_result));

#endif
