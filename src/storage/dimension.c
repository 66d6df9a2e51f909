/* SPDX-License-Identifier: MIT */
#include "storage/dimension.h"

#include "country.h"

#include <stddef.h>

static const char *const names[DIMENSION_COUNT] = {
    [DIMENSION_SURVEY] = "survey",         [DIMENSION_CHANNEL] = "channel", [DIMENSION_REGION] = "region",
    [DIMENSION_TOUCHPOINT] = "touchpoint", [DIMENSION_PRODUCT] = "product", [DIMENSION_SEGMENT] = "segment",
    [DIMENSION_COUNTRY] = "country",
};

const char *dimension_name(enum dimension dimension)
{
    return names[dimension];
}

bool dimension_values_copy(struct text values[DIMENSION_COUNT], struct arena *arena)
{
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        if (text_is_absent(values[d]))
            continue;
        values[d].bytes = arena_copy(arena, values[d].bytes, values[d].size);
        if (values[d].bytes == NULL)
            return false;
    }
    return true;
}

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    return hash;
}

void cell_key_seal(struct cell_key *key)
{
    uint64_t hash = mix(UINT64_C(0xcbf29ce484222325), &key->project_id, sizeof key->project_id);
    for (int i = 0; i < DIMENSION_SENT; i++) {
        /* The length keeps ("ab", "c") and ("a", "bc") apart. */
        uint8_t length = (uint8_t)key->values[i].size;
        hash = mix(hash, &length, 1);
        hash = mix(hash, key->values[i].bytes, key->values[i].size);
    }
    key->values[DIMENSION_COUNTRY] = country_of_region(key->values[DIMENSION_REGION]);
    key->hash = hash;
}

_Bool cell_key_equal(const struct cell_key *a, const struct cell_key *b)
{
    if (a->hash != b->hash || a->project_id != b->project_id)
        return 0;
    for (int i = 0; i < DIMENSION_SENT; i++)
        if (!text_equal(a->values[i], b->values[i]))
            return 0;
    return 1;
}
