/* SPDX-License-Identifier: MIT */
#include "peers.h"

#include "base/digest.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

enum { BUCKETS = 4096 };

struct peer {
    LIST_ENTRY(peer) link;
    struct address address;
    int connections;
};

/* One for each address that has a connection: so they are bounded as connections are. */
struct peers {
    int limit;
    uint8_t secret[DIGEST_SHORT_SECRET_SIZE]; /* so that nobody can choose addresses of one bucket */
    pthread_mutex_t lock;
    LIST_HEAD(, peer) buckets[BUCKETS];
};

struct peers *peers_new(int limit)
{
    struct peers *peers = calloc(1, sizeof *peers);
    if (peers == NULL) {
        return NULL;
    }
    peers->limit = limit;
    pthread_mutex_init(&peers->lock, NULL);
    digest_random(peers->secret, sizeof peers->secret);
    for (int i = 0; i < BUCKETS; i++) {
        LIST_INIT(&peers->buckets[i]);
    }
    return peers;
}

static size_t bucket_of(const struct peers *peers, const struct address *address)
{
    return digest_short(peers->secret, address->bytes, ADDRESS_SIZE) % BUCKETS;
}

static struct peer *find(struct peers *peers, size_t bucket, const struct address *address)
{
    struct peer *peer;
    LIST_FOREACH(peer, &peers->buckets[bucket], link)
    {
        if (address_equal(&peer->address, address)) {
            return peer;
        }
    }
    return NULL;
}

static struct peer *add(struct peers *peers, size_t bucket, const struct address *address)
{
    struct peer *peer = calloc(1, sizeof *peer);
    if (peer != NULL) {
        peer->address = *address;
        LIST_INSERT_HEAD(&peers->buckets[bucket], peer, link);
    }
    return peer;
}

bool peers_enter(struct peers *peers, const struct address *subscriber)
{
    size_t bucket = bucket_of(peers, subscriber);
    pthread_mutex_lock(&peers->lock);
    struct peer *peer = find(peers, bucket, subscriber);
    if (peer == NULL) {
        peer = add(peers, bucket, subscriber);
    }
    bool may_enter = peer != NULL && peer->connections < peers->limit;
    if (may_enter) {
        peer->connections++;
    }
    pthread_mutex_unlock(&peers->lock);
    return may_enter;
}

void peers_leave(struct peers *peers, const struct address *subscriber)
{
    size_t bucket = bucket_of(peers, subscriber);
    pthread_mutex_lock(&peers->lock);
    struct peer *peer = find(peers, bucket, subscriber);
    assert(peer != NULL);
    if (--peer->connections == 0) {
        LIST_REMOVE(peer, link);
        free(peer);
    }
    pthread_mutex_unlock(&peers->lock);
}

void peers_free(struct peers *peers)
{
    if (peers == NULL) {
        return;
    }
    for (int i = 0; i < BUCKETS; i++) {
        struct peer *peer;
        while ((peer = LIST_FIRST(&peers->buckets[i])) != NULL) {
            LIST_REMOVE(peer, link);
            free(peer);
        }
    }
    pthread_mutex_destroy(&peers->lock);
    free(peers);
}
