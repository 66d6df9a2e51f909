/* SPDX-License-Identifier: MIT */
#include "base/id.h"

#include "base/digest.h"

#include <pthread.h>
#include <string.h>
#include <time.h>
#include <uuid/uuid.h>

_Static_assert(ID_SIZE == sizeof(uuid_t), "a UUID");
_Static_assert(ID_TEXT_SIZE == UUID_STR_LEN, "a UUID's text with its NUL");

/* A system call for randomness costs more than the rest of id_new: one call serves 64 ids. */
enum { POOL_SIZE = 64 };

struct generator {
    uint64_t last_tick;
    size_t left;
    uint64_t pool[POOL_SIZE];
};

static _Thread_local struct generator generator;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

/* Parent and child must not draw the same numbers. Only the thread that forked lives on in the child. */
static void empty_pool(void)
{
    generator.left = 0;
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, empty_pool);
}

static uint64_t random_next(void)
{
    if (generator.left == 0) {
        pthread_once(&fork_once, watch_forks);
        digest_random(generator.pool, sizeof generator.pool);
        generator.left = POOL_SIZE;
    }
    generator.left--;
    return generator.pool[generator.left];
}

/* 48 bits of milliseconds and 12 bits of their fraction (RFC 9562 section 6.2, method 3): 0.24 us a tick. */
static uint64_t tick_next(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    uint64_t fraction = ((uint64_t)now.tv_nsec % 1000000) * 4096 / 1000000;
    uint64_t tick = ms << 12 | fraction;
    if (tick <= generator.last_tick)
        tick = generator.last_tick + 1; /* also when the clock was set back */
    generator.last_tick = tick;
    return tick;
}

static void put_be64(uint8_t *bytes, uint64_t value)
{
    for (int i = 7; i >= 0; i--) {
        bytes[i] = (uint8_t)value;
        value >>= 8;
    }
}

static void set_version(struct id *id, unsigned version)
{
    id->bytes[6] = (uint8_t)((id->bytes[6] & 0x0FU) | version << 4);
    id->bytes[8] = (uint8_t)((id->bytes[8] & 0x3FU) | 0x80U);
}

struct id id_new(void)
{
    uint64_t tick = tick_next();
    struct id id;
    put_be64(id.bytes, (tick & ~(uint64_t)0xFFF) << 4 | (tick & 0xFFF));
    put_be64(id.bytes + 8, random_next());
    set_version(&id, 7);
    return id;
}

bool id_parse(const char *text, size_t size, struct id *id)
{
    uuid_t uuid;
    if (size != ID_TEXT_SIZE - 1 || uuid_parse_range(text, text + size, uuid) != 0 || uuid_is_null(uuid))
        return false;
    memcpy(id->bytes, uuid, ID_SIZE);
    return true;
}

char *id_format(const struct id *id, char text[ID_TEXT_SIZE])
{
    uuid_unparse_lower(id->bytes, text);
    return text;
}

int id_compare(const struct id *a, const struct id *b)
{
    return memcmp(a->bytes, b->bytes, ID_SIZE);
}

struct id id_from_digest(const uint8_t digest[32])
{
    struct id id;
    memcpy(id.bytes, digest, ID_SIZE);
    set_version(&id, 8);
    return id;
}
