/* SPDX-License-Identifier: MIT */
#include "rollup_sum.h"

#include <string.h>

enum { ROOM_FIRST = 256, PLACES_A_ROW = 2 };

void rollup_sum_init(struct rollup_sum *sum, struct arena *arena)
{
    *sum = (struct rollup_sum){.arena = arena};
}

/* Murmur3's finalizer, folded over the parts. */
static uint64_t mix(uint64_t hash, uint64_t part)
{
    hash ^= part;
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

static uint64_t hash_of(int32_t project_id, const uint64_t keys[ROLLUP_KEYS], int32_t bucket)
{
    uint64_t hash = mix((uint32_t)project_id, (uint32_t)bucket);
    for (int k = 0; k < ROLLUP_KEYS; k++)
        hash = mix(hash, keys[k]);
    return hash;
}

static bool is_of(const struct rollup_row *row, int32_t project_id, const uint64_t keys[ROLLUP_KEYS], int32_t bucket)
{
    return row->point.bucket == bucket && row->project_id == project_id &&
           memcmp(row->keys, keys, sizeof row->keys) == 0;
}

/* The place of the row, or the free one where it belongs. */
static int32_t *find(const struct rollup_sum *sum, int32_t project_id, const uint64_t keys[ROLLUP_KEYS], int32_t bucket)
{
    size_t i = hash_of(project_id, keys, bucket) & (sum->place_count - 1);
    while (sum->places[i] != 0 && !is_of(&sum->rows[sum->places[i] - 1], project_id, keys, bucket))
        i = (i + 1) & (sum->place_count - 1);
    return &sum->places[i];
}

/* Arenas take nothing back: what is left behind is as much again at most. */
static bool grow(struct rollup_sum *sum)
{
    size_t room = sum->room == 0 ? ROOM_FIRST : sum->room * 2;
    struct rollup_row *rows = arena_array(sum->arena, room, sizeof *rows);
    int32_t *places = arena_array(sum->arena, room * PLACES_A_ROW, sizeof *places);
    if (rows == NULL || places == NULL)
        return false;
    if (sum->count > 0)
        memcpy(rows, sum->rows, sum->count * sizeof *rows);
    sum->rows = rows;
    sum->room = room;
    sum->places = places;
    sum->place_count = room * PLACES_A_ROW;
    for (size_t i = 0; i < sum->count; i++)
        *find(sum, rows[i].project_id, rows[i].keys, rows[i].point.bucket) = (int32_t)i + 1;
    return true;
}

enum status rollup_sum_row(struct rollup_sum *sum, int32_t project_id, const uint64_t keys[ROLLUP_KEYS], int32_t bucket,
                           struct rollup_row **row)
{
    int32_t *place;
    if (sum->count == sum->room && !grow(sum))
        return STATUS_NO_MEMORY;
    place = find(sum, project_id, keys, bucket);
    if (*place == 0) {
        if (sum->count == ROLLUP_ROWS_MAX)
            return STATUS_TOO_LARGE;
        *row = &sum->rows[sum->count++];
        (*row)->project_id = project_id;
        memcpy((*row)->keys, keys, sizeof(*row)->keys);
        (*row)->definition = -1;
        (*row)->point.bucket = bucket;
        *place = (int32_t)sum->count;
    }
    *row = &sum->rows[*place - 1];
    return STATUS_OK;
}
