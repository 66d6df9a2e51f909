/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_ADDRESS_H
#define HARK_BASE_ADDRESS_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Addresses of clients and ranges of them. Pure: looks nothing up. An IPv4 address is kept as the IPv6 address that it is
 * mapped to (RFC 4291 section 2.5.5.2), so that both are compared in one way. */

struct sockaddr;

enum { ADDRESS_SIZE = 16 };

struct address {
    uint8_t bytes[ADDRESS_SIZE];
};

struct address_range {
    struct address base;
    int bits; /* of the mapped form: 10.0.0.0/8 has 104 */
};

/* False where it is of another family. */
bool address_of_socket(const struct sockaddr *socket, struct address *address);
/* "192.0.2.7", "2001:db8::7". */
bool address_parse(struct text text, struct address *address);
/* "10.0.0.0/8", "2001:db8::/32"; without a length: that one address. False also where bits beyond the length are set. */
bool address_range_parse(struct text text, struct address_range *range);
bool address_in_ranges(const struct address *address, const struct address_range *ranges, size_t count);
bool address_is_loopback(const struct address *address);
/* What one customer of an access provider is given: an IPv4 address, or the 64 bits before an IPv6 address's own. */
struct address address_subscriber(const struct address *address);
bool address_equal(const struct address *a, const struct address *b);

#endif
