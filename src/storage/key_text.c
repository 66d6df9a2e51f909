/* SPDX-License-Identifier: MIT */
#include "key_text.h"

#include "base/digest.h"

#include <string.h>

/* "hk_live_" or "hk_test_" and 43 characters of base 62: 256 bits, nothing that a shell, a URL or a double click breaks. */
enum { PREFIX_SIZE = 8, SECRET_SIZE = 43 };
_Static_assert(PREFIX_SIZE + SECRET_SIZE + 1 == KEY_TEXT_SIZE, "size of a key");
_Static_assert(PREFIX_SIZE + 4 == KEY_TEXT_SHOWN, "what is shown of it");

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

void key_text_make(bool is_test, char text[KEY_TEXT_SIZE])
{
    enum { FAIR = 256 - 256 % 62 };
    size_t length = PREFIX_SIZE;
    memcpy(text, is_test ? "hk_test_" : "hk_live_", PREFIX_SIZE);
    while (length < PREFIX_SIZE + SECRET_SIZE) {
        uint8_t byte;
        digest_random(&byte, 1);
        if (byte < FAIR) /* so that no character is likelier than another */
            text[length++] = alphabet[byte % 62];
    }
    text[length] = '\0';
}

bool key_digest(const char *text, uint8_t digest[DIGEST_SIZE])
{
    size_t size = strlen(text);
    if (size != PREFIX_SIZE + SECRET_SIZE ||
        (memcmp(text, "hk_live_", PREFIX_SIZE) != 0 && memcmp(text, "hk_test_", PREFIX_SIZE) != 0))
        return false;
    digest_sha256(text, size, digest);
    return true;
}

bool key_is_origin(const char *text)
{
    static const char host[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
    const char *at = strncmp(text, "https://", 8) == 0 ? text + 8 : strncmp(text, "http://", 7) == 0 ? text + 7 : "";
    size_t size = strspn(at, host);
    if (size == 0 || size > 253)
        return false;
    at += size;
    if (*at != ':')
        return *at == '\0';
    size = strspn(at + 1, "0123456789");
    return size >= 1 && size <= 5 && at[1 + size] == '\0';
}
