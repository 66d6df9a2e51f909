/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_TEXT_H
#define HARK_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A run of bytes that somebody else owns. bytes NULL: absent. */
struct text {
    const char *bytes;
    size_t size;
};

#define TEXT_ABSENT ((struct text){.bytes = NULL, .size = 0})

struct text text_of(const char *string); /* of a NUL-terminated string; NULL gives an absent one */
static inline bool text_is_absent(struct text text)
{
    return text.bytes == NULL;
}
/* Two absent ones are equal. */
bool text_equal(struct text a, struct text b);
bool text_is(struct text text, const char *string);

/* Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates). characters: how many code points; may be NULL. */
bool text_is_utf8(struct text text, size_t *characters);
/* Holds a C0 or C1 control character or DEL. For valid UTF-8. */
bool text_has_control(struct text text);

#endif
