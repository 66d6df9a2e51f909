/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <sodium.h>
#include <string.h>

_Static_assert(DIGEST_SIZE == crypto_hash_sha256_BYTES, "a SHA-256");
_Static_assert(DIGEST_SIZE == crypto_auth_hmacsha256_BYTES, "an HMAC-SHA-256");
_Static_assert(DIGEST_SIZE == crypto_auth_hmacsha256_KEYBYTES, "its secret");
_Static_assert(CONTENT_HASH_SIZE >= crypto_generichash_BYTES_MIN, "a BLAKE2b");
_Static_assert(DIGEST_SHORT_SECRET_SIZE == crypto_shorthash_KEYBYTES, "the secret of a SipHash");
_Static_assert(sizeof(uint64_t) == crypto_shorthash_BYTES, "a SipHash");

bool digest_start(void)
{
    return sodium_init() >= 0;
}

void digest_sha256(const void *bytes, size_t size, uint8_t digest[DIGEST_SIZE])
{
    crypto_hash_sha256(digest, bytes, size);
}

void digest_hmac_sha256(const uint8_t secret[DIGEST_SIZE], const void *bytes, size_t size, uint8_t digest[DIGEST_SIZE])
{
    crypto_auth_hmacsha256(digest, bytes, size, secret);
}

void digest_content(const void *bytes, size_t size, uint8_t hash[CONTENT_HASH_SIZE])
{
    crypto_generichash(hash, CONTENT_HASH_SIZE, bytes, size, NULL, 0);
}

uint64_t digest_short(const uint8_t secret[DIGEST_SHORT_SECRET_SIZE], const void *bytes, size_t size)
{
    uint8_t hash[crypto_shorthash_BYTES];
    uint64_t number;
    crypto_shorthash(hash, bytes, size, secret);
    memcpy(&number, hash, sizeof number);
    return number;
}

char *digest_integrity(const char *sha256, char text[DIGEST_INTEGRITY_SIZE])
{
    static const char NAME[] = "sha256-";
    uint8_t digest[DIGEST_SIZE] = {0};
    _Static_assert(sizeof NAME - 1 + sodium_base64_ENCODED_LEN(DIGEST_SIZE, sodium_base64_VARIANT_ORIGINAL) <=
                       DIGEST_INTEGRITY_SIZE,
                   "it fits");
    (void)sodium_hex2bin(digest, sizeof digest, sha256, strlen(sha256), NULL, NULL, NULL);
    memcpy(text, NAME, sizeof NAME);
    sodium_bin2base64(text + sizeof NAME - 1, DIGEST_INTEGRITY_SIZE - (sizeof NAME - 1), digest, sizeof digest,
                      sodium_base64_VARIANT_ORIGINAL);
    return text;
}

bool digest_equal(const void *a, const void *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}

void digest_random(void *bytes, size_t size)
{
    randombytes_buf(bytes, size);
}
