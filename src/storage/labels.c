/* SPDX-License-Identifier: MIT */
#include "labels.h"

enum { PLACES = 1 << 12, COUNT_MAX = 3000 };

void labels_clear(struct labels *labels)
{
    arena_free(labels->arena);
    *labels = (struct labels){.arena = NULL};
}

static bool open_labels(struct labels *labels)
{
    if (labels->count == COUNT_MAX)
        labels_clear(labels);
    if (labels->arena == NULL)
        labels->arena = arena_new(0);
    if (labels->arena != NULL && labels->places == NULL)
        labels->places = arena_array(labels->arena, PLACES, sizeof *labels->places);
    return labels->places != NULL;
}

static bool is_same(const struct label *a, const struct label *b)
{
    return a->project_id == b->project_id && a->dimension == b->dimension && a->id == b->id;
}

/* The place of the label, or the free one where it belongs. There always is one: a quarter of the places stays free. */
static struct label *place_of(const struct labels *labels, const struct label *label)
{
    uint64_t key = (uint64_t)(uint32_t)label->project_id << 32 | (uint64_t)(uint16_t)label->dimension << 16 | label->id;
    size_t i = (key * UINT64_C(0x9e3779b97f4a7c15) >> 40) % PLACES; /* Fibonacci hashing */
    while (!text_is_absent(labels->places[i].text) && !is_same(&labels->places[i], label))
        i = (i + 1) % PLACES;
    return &labels->places[i];
}

bool labels_find(const struct labels *labels, struct label *label, struct arena *arena, bool *failed)
{
    struct text text;
    if (labels->places == NULL)
        return false;
    text = place_of(labels, label)->text;
    if (text_is_absent(text))
        return false;
    label->text = (struct text){.bytes = arena_copy(arena, text.bytes, text.size), .size = text.size};
    *failed = *failed || label->text.bytes == NULL;
    return true;
}

void labels_keep(struct labels *labels, const struct label *label)
{
    struct label *place;
    const char *bytes;
    if (text_is_absent(label->text) || !open_labels(labels))
        return;
    place = place_of(labels, label);
    bytes = text_is_absent(place->text) ? arena_copy(labels->arena, label->text.bytes, label->text.size) : NULL;
    if (bytes == NULL)
        return;
    *place = *label;
    place->text.bytes = bytes;
    labels->count++;
}
