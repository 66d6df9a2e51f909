/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = alignof(max_align_t), FIRST_BLOCK = 4096, LARGEST_BLOCK = 65536 };

struct block {
    struct block *next;
    size_t capacity; /* of bytes */
    size_t used;
    alignas(ALIGNMENT) unsigned char bytes[];
};

struct arena {
    struct block *blocks; /* the newest first */
    size_t limit;
    size_t taken;
    size_t next_block;
};

static size_t align_up(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* A block with room for size bytes: the usual size where it fits and the limit allows it, else just what is needed. */
static struct block *block_add(struct arena *arena, size_t size)
{
    size_t need = sizeof(struct block) + size;
    size_t left = arena->limit == 0 ? SIZE_MAX : arena->limit - arena->taken;
    if (need > left)
        return NULL;
    size_t total = arena->next_block;
    if (total > left)
        total = left;
    if (total < need)
        total = need;
    struct block *block = calloc(1, total);
    if (block == NULL)
        return NULL;
    block->capacity = total - sizeof(struct block);
    block->next = arena->blocks;
    arena->blocks = block;
    arena->taken += total;
    if (arena->next_block < LARGEST_BLOCK)
        arena->next_block *= 2;
    return block;
}

struct arena *arena_new(size_t limit)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL)
        return NULL;
    arena->limit = limit;
    arena->next_block = FIRST_BLOCK;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    struct block *block = arena->blocks;
    while (block != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX)
        return NULL;
    size_t room = align_up(size == 0 ? 1 : size);
    struct block *block = arena->blocks;
    if (block == NULL || block->capacity - block->used < room) {
        block = block_add(arena, room);
        if (block == NULL)
            return NULL;
    }
    void *memory = block->bytes + block->used;
    block->used += room;
    return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return arena_alloc(arena, count * size);
}

char *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    if (size > PTRDIFF_MAX)
        return NULL;
    char *copy = arena_alloc(arena, size + 1);
    if (copy != NULL && size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_string(struct arena *arena, const char *string)
{
    return arena_copy(arena, string, strlen(string));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int size = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (size < 0)
        return NULL;
    char *text = arena_alloc(arena, (size_t)size + 1);
    if (text != NULL) {
        va_start(list, format);
        vsnprintf(text, (size_t)size + 1, format, list);
        va_end(list);
    }
    return text;
}

size_t arena_size(const struct arena *arena)
{
    return arena->taken;
}
