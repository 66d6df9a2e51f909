/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_LINES_H
#define HARK_API_LINES_H

#include "base/buffer.h"
#include "base/text.h"

/* Inside api/ only: lines out of a text that arrives in pieces. */
struct lines {
    size_t max;         /* bytes of a line, without its end */
    struct buffer kept; /* the beginning of a line that its piece didn't end */
    bool is_given;      /* it was given away as a whole line: room for the next one */
    bool skips;         /* the line is too long, which was told: skipped to its end */
};

enum lines_step { LINES_NONE, LINES_LINE, LINES_TOO_LONG, LINES_NO_MEMORY };

void lines_init(struct lines *lines, size_t max);
void lines_clear(struct lines *lines);

/* Takes the piece's first line, or what there is of it, off its front. A line comes without LF or CR LF and is good until the next
 * call; one that is too long, or can't be kept, is told once. */
enum lines_step lines_next(struct lines *lines, struct text *piece, struct text *line);
/* After the last piece: a last line needs no end. */
enum lines_step lines_end(struct lines *lines, struct text *line);

#endif
