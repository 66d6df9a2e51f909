/* SPDX-License-Identifier: MIT */
#include "limits.h"

#include "base/clock.h"
#include "base/limiter.h"
#include "http/reply.h"

#include <stdlib.h>

enum { ADDRESSES = 1 << 14, KEYS = 1 << 14 };

struct limits {
    struct rate failures;
    struct limiter *addresses;
    struct limiter *keys;
};

struct limits *limits_new(const struct rate *failures)
{
    struct limits *limits = calloc(1, sizeof *limits);
    if (limits == NULL)
        return NULL;
    limits->failures = *failures;
    limits->addresses = limiter_new(ADDRESSES);
    limits->keys = limiter_new(KEYS);
    if (limits->addresses && limits->keys)
        return limits;
    limits_free(limits);
    return NULL;
}

void limits_free(struct limits *limits)
{
    if (limits == NULL)
        return;
    limiter_free(limits->addresses);
    limiter_free(limits->keys);
    free(limits);
}

bool limits_admit(struct limits *limits, struct request *request, const struct key *key)
{
    struct rate_verdict verdict;
    if (key->rate.count == 0)
        return true;
    verdict = limiter_take(limits->keys, &key->lineage, sizeof key->lineage, &key->rate, request_started_us(request));
    if (verdict.allowed)
        reply_rate(request, "key", &key->rate, &verdict);
    else
        reply_limited(request, "key", &key->rate, &verdict, "too much was asked with this key");
    return verdict.allowed;
}

bool limits_admit_item(struct limits *limits, const struct key *key)
{
    return key->rate.count == 0 ||
           limiter_take(limits->keys, &key->lineage, sizeof key->lineage, &key->rate, clock_monotonic_us()).allowed;
}

bool limits_admit_failure(struct limits *limits, struct request *request)
{
    const struct address *address = request_limited_address(request);
    struct rate_verdict verdict;
    if (address == NULL)
        return true;
    verdict =
        limiter_take(limits->addresses, address->bytes, ADDRESS_SIZE, &limits->failures, request_started_us(request));
    if (!verdict.allowed)
        reply_limited(request, "failed-key", &limits->failures, &verdict,
                      "too many requests without a good key came from this address");
    return verdict.allowed;
}
