/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include "support/runner.h"

#include <stdio.h>
#include <string.h>

static void assert_hex(const uint8_t *bytes, size_t size, const char *expected)
{
    char text[2 * DIGEST_SIZE + 1];
    for (size_t i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    ck_assert_str_eq(text, expected);
}

/* FIPS 180-2, appendix B; the empty one from NIST's test vectors. */
START_TEST(sha256_gives_the_published_digests)
{
    uint8_t digest[DIGEST_SIZE];
    digest_sha256("", 0, digest);
    assert_hex(digest, sizeof digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    digest_sha256("abc", 3, digest);
    assert_hex(digest, sizeof digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, digest);
    assert_hex(digest, sizeof digest, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

/* RFC 4231 cases 1 and 2: HMAC pads a shorter key with zeros, so the 32 bytes that we take give the same digest. */
START_TEST(hmac_sha256_gives_the_published_digests)
{
    uint8_t digest[DIGEST_SIZE];
    uint8_t secret[DIGEST_SIZE] = {0};
    memset(secret, 0x0b, 20);
    digest_hmac_sha256(secret, "Hi There", 8, digest);
    assert_hex(digest, sizeof digest, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    static const uint8_t jefe[DIGEST_SIZE] = {'J', 'e', 'f', 'e'};
    digest_hmac_sha256(jefe, "what do ya want for nothing?", 28, digest);
    assert_hex(digest, sizeof digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}
END_TEST

/* From `b2sum -l 128`. */
START_TEST(content_hash_is_blake2b_of_16_bytes)
{
    uint8_t hash[CONTENT_HASH_SIZE];
    digest_content("", 0, hash);
    assert_hex(hash, sizeof hash, "cae66941d9efbd404e4d88758ea67670");
    digest_content("abc", 3, hash);
    assert_hex(hash, sizeof hash, "cf4ab791c62b8d2b2109c90275287816");
}
END_TEST

START_TEST(equal_looks_at_every_byte)
{
    uint8_t a[DIGEST_SIZE];
    uint8_t b[DIGEST_SIZE];
    digest_random(a, sizeof a);
    for (size_t i = 0; i < sizeof a; i++) {
        memcpy(b, a, sizeof a);
        ck_assert(digest_equal(a, b, sizeof a));
        b[i] ^= 1;
        ck_assert(!digest_equal(a, b, sizeof a));
    }
}
END_TEST

START_TEST(random_bytes_differ_each_time)
{
    uint8_t a[DIGEST_SIZE] = {0};
    uint8_t b[DIGEST_SIZE] = {0};
    digest_random(a, sizeof a);
    digest_random(b, sizeof b);
    ck_assert_mem_ne(a, b, sizeof a);
}
END_TEST

/* openssl dgst -sha256 -binary | openssl base64 of "alert('Hello, world.');", after the example of the W3C's text. */
START_TEST(integrity_is_what_a_browser_checks)
{
    char text[DIGEST_INTEGRITY_SIZE];
    ck_assert_str_eq(digest_integrity("ab39cb72c44ec7818008fd9d9b4502282cc21be1e267582eaba6590e86ff4e78", text),
                     "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
}
END_TEST

START_TEST(start_may_be_called_again)
{
    ck_assert(digest_start());
}
END_TEST

Suite *digest_suite(void)
{
    return RUNNER_SUITE("digest", sha256_gives_the_published_digests, hmac_sha256_gives_the_published_digests,
                        content_hash_is_blake2b_of_16_bytes, equal_looks_at_every_byte, random_bytes_differ_each_time,
                        integrity_is_what_a_browser_checks, start_may_be_called_again);
}
