/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdint.h>
#include <string.h>

struct text text_of(const char *string)
{
    return (struct text){.bytes = string, .size = string ? strlen(string) : 0};
}

bool text_equal(struct text a, struct text b)
{
    if (a.bytes == NULL || b.bytes == NULL)
        return a.bytes == b.bytes;
    return a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

bool text_is(struct text text, const char *string)
{
    return text_equal(text, text_of(string));
}

/* Bytes of the sequence that starts at s, 0 when it is malformed. The bounds of the second byte keep overlong forms,
 * surrogates and code points past U+10FFFF out (RFC 3629, section 4). */
static size_t sequence_length(const uint8_t *s, size_t left)
{
    uint8_t low = 0x80;
    uint8_t high = 0xBF;
    size_t length;
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xC2 || s[0] > 0xF4)
        return 0;
    length = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (length > left)
        return 0;
    if (s[0] == 0xE0)
        low = 0xA0;
    else if (s[0] == 0xED)
        high = 0x9F;
    else if (s[0] == 0xF0)
        low = 0x90;
    else if (s[0] == 0xF4)
        high = 0x8F;
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

bool text_is_utf8(struct text text, size_t *characters)
{
    const uint8_t *bytes = (const uint8_t *)text.bytes;
    size_t count = 0;
    for (size_t i = 0; i < text.size; count++) {
        size_t length = sequence_length(bytes + i, text.size - i);
        if (length == 0)
            return false;
        i += length;
    }
    if (characters)
        *characters = count;
    return true;
}

bool text_has_control(struct text text)
{
    const uint8_t *bytes = (const uint8_t *)text.bytes;
    for (size_t i = 0; i < text.size; i++) {
        if (bytes[i] < 0x20 || bytes[i] == 0x7F)
            return true;
        if (bytes[i] == 0xC2 && i + 1 < text.size && bytes[i + 1] < 0xA0)
            return true;
    }
    return false;
}
