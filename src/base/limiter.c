/* SPDX-License-Identifier: MIT */
#include "base/limiter.h"

#include "base/digest.h"

#include <pthread.h>
#include <stdlib.h>

/* A subject has one of the slots of one bucket: two cache lines. */
enum { BUCKET_SLOTS = 8, SHARDS = 64, FEWEST_SLOTS = BUCKET_SLOTS * SHARDS };

struct slot {
    uint64_t subject; /* its hash */
    int64_t arrival_us;
};

struct bucket {
    struct slot slots[BUCKET_SLOTS];
};

struct limiter {
    uint8_t secret[DIGEST_SHORT_SECRET_SIZE];
    size_t buckets; /* a power of two */
    struct bucket *bucket;
    pthread_mutex_t locks[SHARDS]; /* of the buckets whose number ends in it */
};

struct limiter *limiter_new(size_t slots)
{
    struct limiter *limiter = calloc(1, sizeof *limiter);
    if (limiter == NULL)
        return NULL;
    size_t size = FEWEST_SLOTS;
    while (size < slots)
        size *= 2;
    limiter->buckets = size / BUCKET_SLOTS;
    limiter->bucket = calloc(limiter->buckets, sizeof *limiter->bucket);
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&limiter->locks[i], NULL);
    digest_random(limiter->secret, sizeof limiter->secret);
    if (limiter->bucket != NULL)
        return limiter;
    limiter_free(limiter);
    return NULL;
}

void limiter_free(struct limiter *limiter)
{
    if (limiter == NULL)
        return;
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_destroy(&limiter->locks[i]);
    free(limiter->bucket);
    free(limiter);
}

/* The subject's own slot, or the one that is missed least. */
static struct slot *find_slot(struct bucket *bucket, uint64_t subject)
{
    struct slot *least = &bucket->slots[0];
    for (int i = 0; i < BUCKET_SLOTS; i++) {
        struct slot *slot = &bucket->slots[i];
        if (slot->subject == subject)
            return slot;
        if (slot->arrival_us < least->arrival_us)
            least = slot;
    }
    *least = (struct slot){.subject = subject};
    return least;
}

struct rate_verdict limiter_take(struct limiter *limiter, const void *subject, size_t size, const struct rate *rate,
                                 int64_t now_us)
{
    if (rate->count == 0)
        return (struct rate_verdict){.allowed = true};
    uint64_t hash = digest_short(limiter->secret, subject, size);
    size_t at = (size_t)hash & (limiter->buckets - 1);
    pthread_mutex_t *lock = &limiter->locks[at % SHARDS];
    pthread_mutex_lock(lock);
    struct rate_verdict verdict = gcra_take(&find_slot(&limiter->bucket[at], hash)->arrival_us, rate, now_us);
    pthread_mutex_unlock(lock);
    return verdict;
}
