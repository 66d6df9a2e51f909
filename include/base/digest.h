/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_DIGEST_H
#define HARK_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libsodium lives behind this header. */
enum { DIGEST_SIZE = 32, CONTENT_HASH_SIZE = 16, DIGEST_SHORT_SECRET_SIZE = 16 };

/* Once, before any other call; false when the system gives no randomness. */
bool digest_start(void) __attribute__((warn_unused_result));

void digest_sha256(const void *bytes, size_t size, uint8_t digest[DIGEST_SIZE]);
void digest_hmac_sha256(const uint8_t secret[DIGEST_SIZE], const void *bytes, size_t size, uint8_t digest[DIGEST_SIZE]);
/* BLAKE2b with 16 bytes: tells contents apart, keeps no secret. */
void digest_content(const void *bytes, size_t size, uint8_t hash[CONTENT_HASH_SIZE]);
/* SipHash-2-4: for tables in memory whose keys strangers choose. */
uint64_t digest_short(const uint8_t secret[DIGEST_SHORT_SECRET_SIZE], const void *bytes, size_t size);
/* What the attribute `integrity` of a page says of a file (W3C, Subresource Integrity), from the file's SHA-256 as 64
 * hexadecimal digits. Returns text. */
enum { DIGEST_INTEGRITY_SIZE = 52 };
char *digest_integrity(const char *sha256, char text[DIGEST_INTEGRITY_SIZE]);
/* In a time that doesn't depend on where the bytes differ. */
bool digest_equal(const void *a, const void *b, size_t size);
void digest_random(void *bytes, size_t size);

#endif
