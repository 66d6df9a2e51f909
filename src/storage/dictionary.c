/* SPDX-License-Identifier: MIT */
#include "storage/dictionary.h"

#include "base/arena.h"
#include "dictionary_store.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The cache is emptied when it holds this many: a bound on memory, seldom met. */
enum { CACHE_MAX = 300000, CACHE_START = 1024 };

struct entry {
    const struct cell_key *key; /* NULL: free */
    int32_t cell_id;
};

struct dictionary {
    struct dictionary_limits limits;
    pthread_mutex_t lock;
    struct arena *arena; /* keys */
    struct entry *entries;
    size_t capacity; /* a power of two */
    size_t used;
};

struct dictionary *dictionary_new(const struct dictionary_limits *limits)
{
    struct dictionary *dictionary = calloc(1, sizeof *dictionary);
    if (dictionary == NULL)
        return NULL;
    dictionary->limits = limits ? *limits : (struct dictionary_limits){.values = 20000, .cells = 250000};
    assert(dictionary->limits.values <= DICTIONARY_VALUES_MOST && dictionary->limits.cells <= DICTIONARY_CELLS_MOST);
    dictionary->capacity = CACHE_START;
    dictionary->entries = calloc(CACHE_START, sizeof *dictionary->entries);
    dictionary->arena = arena_new(0);
    pthread_mutex_init(&dictionary->lock, NULL);
    if (dictionary->entries && dictionary->arena)
        return dictionary;
    dictionary_free(dictionary);
    return NULL;
}

void dictionary_free(struct dictionary *dictionary)
{
    if (dictionary == NULL)
        return;
    pthread_mutex_destroy(&dictionary->lock);
    arena_free(dictionary->arena);
    free(dictionary->entries);
    free(dictionary);
}

static struct entry *slot_of(struct entry *entries, size_t capacity, const struct cell_key *key)
{
    size_t i = key->hash & (capacity - 1);
    while (entries[i].key && !cell_key_equal(entries[i].key, key))
        i = (i + 1) & (capacity - 1);
    return &entries[i];
}

static int32_t cached(struct dictionary *dictionary, const struct cell_key *key)
{
    return slot_of(dictionary->entries, dictionary->capacity, key)->cell_id;
}

static bool grow(struct dictionary *dictionary)
{
    size_t capacity = dictionary->capacity * 2;
    struct entry *entries = calloc(capacity, sizeof *entries);
    if (entries == NULL)
        return false;
    for (size_t i = 0; i < dictionary->capacity; i++)
        if (dictionary->entries[i].key)
            *slot_of(entries, capacity, dictionary->entries[i].key) = dictionary->entries[i];
    free(dictionary->entries);
    dictionary->entries = entries;
    dictionary->capacity = capacity;
    return true;
}

static void forget_all(struct dictionary *dictionary)
{
    struct arena *arena = arena_new(0);
    if (arena == NULL)
        return;
    arena_free(dictionary->arena);
    dictionary->arena = arena;
    memset(dictionary->entries, 0, dictionary->capacity * sizeof *dictionary->entries);
    dictionary->used = 0;
}

static const struct cell_key *copy_key(struct arena *arena, const struct cell_key *key)
{
    struct cell_key *copy = arena_alloc(arena, sizeof *copy);
    if (copy == NULL)
        return NULL;
    *copy = *key;
    return dimension_values_copy(copy->values, arena) ? copy : NULL;
}

/* A cache: what doesn't fit is looked up again. */
static void remember(struct dictionary *dictionary, const struct cell_key *key, int32_t cell_id)
{
    struct entry *entry;
    if (dictionary->used >= CACHE_MAX)
        forget_all(dictionary);
    if (dictionary->used * 2 >= dictionary->capacity && !grow(dictionary))
        return;
    entry = slot_of(dictionary->entries, dictionary->capacity, key);
    if (entry->key)
        return;
    entry->key = copy_key(dictionary->arena, key);
    if (entry->key == NULL)
        return;
    entry->cell_id = cell_id;
    dictionary->used++;
}

int32_t dictionary_peek(struct dictionary *dictionary, const struct cell_key *key)
{
    int32_t cell_id;
    pthread_mutex_lock(&dictionary->lock);
    cell_id = cached(dictionary, key);
    pthread_mutex_unlock(&dictionary->lock);
    return cell_id;
}

size_t dictionary_size(struct dictionary *dictionary)
{
    size_t used;
    pthread_mutex_lock(&dictionary->lock);
    used = dictionary->used;
    pthread_mutex_unlock(&dictionary->lock);
    return used;
}

static size_t look_up(struct dictionary *dictionary, struct cell_lookup *lookups, size_t count)
{
    size_t missing = 0;
    pthread_mutex_lock(&dictionary->lock);
    for (size_t i = 0; i < count; i++) {
        lookups[i].cell_id = cached(dictionary, lookups[i].key);
        lookups[i].status = STATUS_OK;
        missing += lookups[i].cell_id == 0;
    }
    pthread_mutex_unlock(&dictionary->lock);
    return missing;
}

static int by_project(const void *a, const void *b)
{
    const struct cell_lookup *left = *(struct cell_lookup *const *)a;
    const struct cell_lookup *right = *(struct cell_lookup *const *)b;
    return (left->key->project_id > right->key->project_id) - (left->key->project_id < right->key->project_id);
}

/* The lookups that missed, one project at a time in ascending order. */
static enum status load(struct dictionary *dictionary, struct connection *connection, struct cell_lookup **missing,
                        size_t count, struct arena *arena)
{
    enum status status = STATUS_OK;
    qsort(missing, count, sizeof *missing, by_project);
    for (size_t start = 0, end; status == STATUS_OK && start < count; start = end) {
        for (end = start + 1; end < count && by_project(&missing[start], &missing[end]) == 0; end++)
            ;
        status = dictionary_store_cells(connection, &dictionary->limits, missing + start, end - start, arena);
    }
    if (status != STATUS_OK)
        return status;
    pthread_mutex_lock(&dictionary->lock);
    for (size_t i = 0; i < count; i++)
        if (missing[i]->status == STATUS_OK)
            remember(dictionary, missing[i]->key, missing[i]->cell_id);
    pthread_mutex_unlock(&dictionary->lock);
    return STATUS_OK;
}

enum status dictionary_resolve(struct dictionary *dictionary, struct connection *connection,
                               struct cell_lookup *lookups, size_t count)
{
    struct arena *arena;
    struct cell_lookup **missing;
    size_t missing_count = look_up(dictionary, lookups, count);
    enum status status = STATUS_NO_MEMORY;

    if (missing_count == 0)
        return STATUS_OK;
    arena = arena_new(0);
    missing = arena ? arena_array(arena, missing_count, sizeof *missing) : NULL;
    if (missing) {
        for (size_t i = 0, j = 0; i < count; i++)
            if (lookups[i].cell_id == 0)
                missing[j++] = &lookups[i];
        status = load(dictionary, connection, missing, missing_count, arena);
    }
    arena_free(arena);
    return status;
}
