/* SPDX-License-Identifier: MIT */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { V4_SIZE = 4, V4_AT = ADDRESS_SIZE - V4_SIZE, V4_BITS = V4_AT * 8, SUBSCRIBER_SIZE = 8 };

static const uint8_t v4_prefix[V4_AT] = {[10] = 0xFF, [11] = 0xFF};

static bool is_v4(const struct address *address)
{
    return memcmp(address->bytes, v4_prefix, sizeof v4_prefix) == 0;
}

static struct address map_v4(const void *bytes)
{
    struct address address;
    memcpy(address.bytes, v4_prefix, sizeof v4_prefix);
    memcpy(address.bytes + V4_AT, bytes, V4_SIZE);
    return address;
}

bool address_of_socket(const struct sockaddr *socket, struct address *address)
{
    if (socket->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, socket, sizeof v4);
        *address = map_v4(&v4.sin_addr);
        return true;
    }
    if (socket->sa_family != AF_INET6)
        return false;
    struct sockaddr_in6 v6;
    memcpy(&v6, socket, sizeof v6);
    memcpy(address->bytes, &v6.sin6_addr, ADDRESS_SIZE);
    return true;
}

bool address_parse(struct text text, struct address *address)
{
    char string[INET6_ADDRSTRLEN];
    uint8_t v4[V4_SIZE];
    if (text.size == 0 || text.size >= sizeof string || memchr(text.bytes, '\0', text.size) != NULL)
        return false;
    memcpy(string, text.bytes, text.size);
    string[text.size] = '\0';
    if (inet_pton(AF_INET, string, v4) == 1) {
        *address = map_v4(v4);
        return true;
    }
    return inet_pton(AF_INET6, string, address->bytes) == 1;
}

/* At most three digits, up to the given number. */
static bool parse_bits(struct text text, int most, int *bits)
{
    *bits = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return false;
        *bits = *bits * 10 + (text.bytes[i] - '0');
    }
    return text.size >= 1 && text.size <= 3 && *bits <= most;
}

static bool bit_is_set(const struct address *address, int bit)
{
    return (address->bytes[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

static bool ends_in_zeros(const struct address_range *range)
{
    for (int bit = range->bits; bit < ADDRESS_SIZE * 8; bit++)
        if (bit_is_set(&range->base, bit))
            return false;
    return true;
}

bool address_range_parse(struct text text, struct address_range *range)
{
    const char *slash = text.size == 0 ? NULL : memchr(text.bytes, '/', text.size);
    struct text base = {.bytes = text.bytes, .size = slash == NULL ? text.size : (size_t)(slash - text.bytes)};
    if (!address_parse(base, &range->base))
        return false;
    range->bits = ADDRESS_SIZE * 8;
    if (slash == NULL)
        return true;
    struct text length = {.bytes = slash + 1, .size = text.size - base.size - 1};
    int before = is_v4(&range->base) && memchr(base.bytes, ':', base.size) == NULL ? V4_BITS : 0;
    if (!parse_bits(length, ADDRESS_SIZE * 8 - before, &range->bits))
        return false;
    range->bits += before;
    return ends_in_zeros(range);
}

static bool in_range(const struct address *address, const struct address_range *range)
{
    size_t whole = (size_t)range->bits / 8;
    int rest = range->bits % 8;
    if (memcmp(address->bytes, range->base.bytes, whole) != 0)
        return false;
    return rest == 0 || (address->bytes[whole] ^ range->base.bytes[whole]) >> (8 - rest) == 0;
}

bool address_in_ranges(const struct address *address, const struct address_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (in_range(address, &ranges[i]))
            return true;
    return false;
}

bool address_is_loopback(const struct address *address)
{
    static const struct address v6 = {.bytes = {[ADDRESS_SIZE - 1] = 1}};
    return is_v4(address) ? address->bytes[V4_AT] == 127 : address_equal(address, &v6);
}

struct address address_subscriber(const struct address *address)
{
    struct address subscriber = *address;
    if (!is_v4(address))
        memset(subscriber.bytes + SUBSCRIBER_SIZE, 0, ADDRESS_SIZE - SUBSCRIBER_SIZE);
    return subscriber;
}

bool address_equal(const struct address *a, const struct address *b)
{
    return memcmp(a->bytes, b->bytes, ADDRESS_SIZE) == 0;
}
