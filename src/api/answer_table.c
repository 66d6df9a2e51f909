/* SPDX-License-Identifier: MIT */
#include "answer_table.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096 };

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash_of(struct text question)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < question.size; i++)
        hash = (hash ^ (unsigned char)question.bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

bool answer_table_init(struct answer_table *table, size_t bytes_max)
{
    *table = (struct answer_table){.bytes_max = bytes_max};
    TAILQ_INIT(&table->order);
    table->buckets = calloc(BUCKETS, sizeof *table->buckets);
    return table->buckets != NULL;
}

static size_t size_of(const struct answer_entry *answer)
{
    return sizeof *answer + answer->question.size + (answer->body ? reply_body_size(answer->body) : 0) +
           (answer->packed ? reply_body_size(answer->packed) : 0);
}

static void drop(struct answer_table *table, struct answer_entry *answer)
{
    struct answer_entry **link = &table->buckets[answer->hash % BUCKETS];
    while (*link != answer)
        link = &(*link)->next_in_bucket;
    *link = answer->next_in_bucket;
    TAILQ_REMOVE(&table->order, answer, by_use);
    table->bytes -= size_of(answer);
    table->count--;
    reply_body_release(answer->body);
    reply_body_release(answer->packed);
    free(answer);
}

void answer_table_clear(struct answer_table *table)
{
    while (!TAILQ_EMPTY(&table->order))
        drop(table, TAILQ_FIRST(&table->order));
    free(table->buckets);
}

/* What is pinned stays: there are no more of them than requests under way. */
static void trim(struct answer_table *table)
{
    struct answer_entry *answer = TAILQ_LAST(&table->order, answer_order);
    while (answer && table->bytes > table->bytes_max) {
        struct answer_entry *before = TAILQ_PREV(answer, answer_order, by_use);
        if (answer->pins == 0) {
            drop(table, answer);
            table->evictions++;
        }
        answer = before;
    }
}

static struct answer_entry *find(const struct answer_table *table, struct text question, uint64_t hash)
{
    struct answer_entry *answer = table->buckets[hash % BUCKETS];
    while (answer && !(answer->hash == hash && text_equal(answer->question, question)))
        answer = answer->next_in_bucket;
    return answer;
}

static struct answer_entry *add(struct answer_table *table, struct text question, uint64_t hash)
{
    struct answer_entry *answer = malloc(sizeof *answer + question.size);
    if (answer == NULL)
        return NULL;
    *answer = (struct answer_entry){.hash = hash, .next_in_bucket = table->buckets[hash % BUCKETS]};
    answer->question = (struct text){memcpy(answer + 1, question.bytes, question.size), question.size};
    table->buckets[hash % BUCKETS] = answer;
    TAILQ_INSERT_HEAD(&table->order, answer, by_use);
    table->bytes += size_of(answer);
    table->count++;
    return answer;
}

struct answer_entry *answer_table_ask(struct answer_table *table, struct text question, int64_t now_us)
{
    uint64_t hash = hash_of(question);
    struct answer_entry *answer = find(table, question, hash);
    if (answer == NULL)
        answer = add(table, question, hash);
    if (answer == NULL)
        return NULL;
    TAILQ_REMOVE(&table->order, answer, by_use);
    TAILQ_INSERT_HEAD(&table->order, answer, by_use);
    answer_demand_add(&answer->demand, now_us);
    return answer;
}

void answer_table_pin(struct answer_entry *answer)
{
    answer->pins++;
}

void answer_table_unpin(struct answer_table *table, struct answer_entry *answer)
{
    if (--answer->pins == 0 && answer->body == NULL)
        drop(table, answer);
    trim(table);
}

void answer_table_keep(struct answer_table *table, struct answer_entry *answer, struct reply_body *body,
                       struct reply_body *packed, const char *etag, int64_t read_us)
{
    if (answer->body != NULL && answer->read_us >= read_us)
        return;
    table->bytes -= size_of(answer);
    reply_body_hold(body);
    if (packed)
        reply_body_hold(packed);
    reply_body_release(answer->body);
    reply_body_release(answer->packed);
    answer->body = body;
    answer->packed = packed;
    answer->read_us = read_us;
    memcpy(answer->etag, etag, strnlen(etag, ETAG_SIZE - 1) + 1);
    table->bytes += size_of(answer);
}
