/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = alignof(max_align_t), FIRST_BLOCK = 4096, LARGEST_BLOCK = 65536 };

/* AddressSanitizer would not see the use of memory that was given back. */
#ifdef __SANITIZE_ADDRESS__
static const size_t spares_max = 0;
#else
static const size_t spares_max = 64;
#endif

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
    bool has_failed;
};

/* First blocks that a thread has done with, zeroed up to where they were used: most arenas need one, live for milliseconds and
 * end where they began. */
struct spares {
    struct block *first;
    size_t count;
};

static _Thread_local struct spares spares;
static pthread_key_t spares_key;
static pthread_once_t spares_once = PTHREAD_ONCE_INIT;

static void free_spares(void *context)
{
    struct spares *left = context;
    while (left->first != NULL) {
        struct block *next = left->first->next;
        free(left->first);
        left->first = next;
    }
    left->count = spares_max; /* arenas that end later still, in another destructor, are freed at once */
}

static void make_key(void)
{
    (void)pthread_key_create(&spares_key, free_spares);
}

static bool spare_keep(struct block *block)
{
    if (block->capacity != FIRST_BLOCK - sizeof(struct block) || spares.count >= spares_max)
        return false;
    if (spares.first == NULL) {
        pthread_once(&spares_once, make_key);
        if (pthread_setspecific(spares_key, &spares) != 0)
            return false;
    }
    memset(block->bytes, 0, block->used);
    block->used = 0;
    block->next = spares.first;
    spares.first = block;
    spares.count++;
    return true;
}

static struct block *spare_take(void)
{
    struct block *block = spares.first;
    if (block != NULL) {
        spares.first = block->next;
        spares.count--;
    }
    return block;
}

static size_t align_up(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* A block with room for size bytes: the usual size where it fits and the limit allows it, else just what is needed. */
static struct block *block_try(struct arena *arena, size_t size)
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
    struct block *block = total == FIRST_BLOCK ? spare_take() : NULL;
    if (block == NULL)
        block = calloc(1, total);
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

static struct block *block_add(struct arena *arena, size_t size)
{
    struct block *block = block_try(arena, size);
    arena->has_failed = arena->has_failed || block == NULL;
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
        if (!spare_keep(block))
            free(block);
        block = next;
    }
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX) {
        arena->has_failed = true;
        return NULL;
    }
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
    return arena_alloc(arena, size != 0 && count > SIZE_MAX / size ? SIZE_MAX : count * size);
}

char *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    char *copy = arena_alloc(arena, size > PTRDIFF_MAX ? SIZE_MAX : size + 1);
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

bool arena_has_failed(const struct arena *arena)
{
    return arena->has_failed;
}

size_t arena_size(const struct arena *arena)
{
    return arena->taken;
}
