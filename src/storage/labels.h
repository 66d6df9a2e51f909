/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_LABELS_H
#define HARK_STORAGE_LABELS_H

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inside storage/ only: the names of dimension values that a session has read. A value keeps its id and its name for ever, so that
 * a question that was asked before needs no second round trip for them. Up to 3,000; beyond that it begins anew. */

struct label {
    int32_t project_id;
    int16_t dimension;
    uint16_t id;
    struct text text; /* absent: not read yet */
};

/* All zero: none. */
struct labels {
    struct arena *arena;
    struct label *places; /* by a hash; an absent text is a free place */
    size_t count;
};

void labels_clear(struct labels *labels);
/* Gives the label its text, copied into the arena; false where it is not known. *failed is set when memory is out. */
bool labels_find(const struct labels *labels, struct label *label, struct arena *arena, bool *failed);
/* A copy, if there is memory for it. */
void labels_keep(struct labels *labels, const struct label *label);

#endif
