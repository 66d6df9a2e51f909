/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <string.h>

void lines_init(struct lines *lines, size_t max)
{
    *lines = (struct lines){.max = max};
    buffer_init(&lines->kept);
}

void lines_clear(struct lines *lines)
{
    buffer_clear(&lines->kept);
}

static enum lines_step give(const struct lines *lines, struct text whole, struct text *line)
{
    *line = whole;
    if (line->size > 0 && line->bytes[line->size - 1] == '\r')
        line->size--;
    return line->size > lines->max ? LINES_TOO_LONG : LINES_LINE;
}

/* One byte more than a line may have, for its CR. */
static enum lines_step keep(struct lines *lines, struct text part)
{
    if (lines->skips)
        return LINES_NONE;
    if (lines->kept.size + part.size > lines->max + 1) {
        lines->skips = true;
        buffer_reset(&lines->kept);
        return LINES_TOO_LONG;
    }
    buffer_append(&lines->kept, part.bytes, part.size);
    return LINES_NONE;
}

/* Mostly a line lies whole in its piece, and is given from there. */
static enum lines_step end_line(struct lines *lines, struct text part, struct text *line)
{
    enum lines_step step;
    if (lines->kept.size == 0 && !lines->kept.failed && !lines->skips)
        return give(lines, part, line);
    step = keep(lines, part);
    lines->skips = false;
    lines->is_given = true;
    if (lines->kept.failed)
        return LINES_NO_MEMORY;
    if (lines->kept.size == 0)
        return step;
    return give(lines, (struct text){lines->kept.data, lines->kept.size}, line);
}

static void make_room(struct lines *lines)
{
    if (lines->is_given)
        buffer_reset(&lines->kept);
    lines->is_given = false;
}

enum lines_step lines_next(struct lines *lines, struct text *piece, struct text *line)
{
    const char *end = memchr(piece->bytes, '\n', piece->size);
    struct text part = {piece->bytes, end ? (size_t)(end - piece->bytes) : piece->size};
    size_t taken = part.size + (end != NULL);
    make_room(lines);
    *piece = (struct text){piece->bytes + taken, piece->size - taken};
    return end ? end_line(lines, part, line) : keep(lines, part);
}

enum lines_step lines_end(struct lines *lines, struct text *line)
{
    make_room(lines);
    if (lines->kept.size == 0 && !lines->kept.failed)
        return LINES_NONE;
    return end_line(lines, (struct text){"", 0}, line);
}
