/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "../../src/api/lines.h"

/* An upload of lines, cut into pieces anywhere, against the same text split in one go. The first two bytes choose the longest line and
 * where it is cut. */

struct reference {
    const char *at;
    const char *end;
    size_t max;
};

static enum lines_step next_of(struct reference *reference, struct text *line)
{
    const char *end;
    if (reference->at == reference->end)
        return LINES_NONE;
    end = memchr(reference->at, '\n', (size_t)(reference->end - reference->at));
    *line = (struct text){reference->at, (size_t)((end ? end : reference->end) - reference->at)};
    reference->at = end ? end + 1 : reference->end;
    if (line->size > 0 && line->bytes[line->size - 1] == '\r')
        line->size--;
    return line->size > reference->max ? LINES_TOO_LONG : LINES_LINE;
}

static void compare(struct reference *reference, enum lines_step step, struct text line)
{
    struct text wanted;
    if (step == LINES_NONE)
        return;
    MUST(next_of(reference, &wanted) == step);
    MUST(step != LINES_LINE || (line.size == wanted.size && memcmp(line.bytes, wanted.bytes, line.size) == 0));
}

/* In a block of its own, which is gone when the next one comes. */
static void give(struct lines *lines, struct reference *reference, const char *bytes, size_t size)
{
    char *copy = fuzz_string((const uint8_t *)bytes, size);
    struct text piece = {copy, size};
    while (piece.size > 0) {
        struct text line = {"", 0};
        enum lines_step step = lines_next(lines, &piece, &line);
        compare(reference, step, line);
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lines lines;
    struct text line = {"", 0};
    struct text wanted;
    if (size < 2)
        return 0;
    const char *bytes = (const char *)data + 2;
    struct reference reference = {bytes, bytes + size - 2, data[0] % 64};
    unsigned cut = data[1] + 1U;
    lines_init(&lines, reference.max);
    for (size_t at = 0; at < size - 2;) {
        size_t length = 1 + cut % 37;
        length = length > size - 2 - at ? size - 2 - at : length;
        give(&lines, &reference, bytes + at, length);
        at += length;
        cut = cut * 1103515245U + 12345U;
    }
    enum lines_step step = lines_end(&lines, &line);
    compare(&reference, step, line);
    MUST(next_of(&reference, &wanted) == LINES_NONE);
    lines_clear(&lines);
    return 0;
}
