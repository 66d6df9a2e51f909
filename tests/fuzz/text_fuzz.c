/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "base/buffer.h"

#include <jansson.h>

/* Free text, such as a User-Agent or a comment, on its way into a reply or a line of the log. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = fuzz_text(data, size);
    struct buffer line;
    buffer_init(&line);
    buffer_json_string(&line, text.bytes, text.size);
    for (size_t i = 0; i < line.size; i++)
        MUST((unsigned char)line.data[i] >= 0x20 && line.data[i] != 0x7F);
    json_t *read = json_loadb(line.data, line.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    MUST(json_is_string(read));
    size_t characters;
    if (text_is_utf8(text, &characters)) {
        MUST(json_string_length(read) == size && memcmp(json_string_value(read), data, size) == 0);
        MUST(characters <= size);
    }
    (void)text_has_control(text);
    json_decref(read);
    buffer_clear(&line);
    return 0;
}
