/* SPDX-License-Identifier: MIT */
#ifndef HARK_SRC_HTTP_PEERS_H
#define HARK_SRC_HTTP_PEERS_H

#include "base/address.h"

#include <stdbool.h>

/* How many connections each address has open: one address must not take them all. Thread-safe; once a connection, never once
 * a request. */
struct peers;

/* limit: for each; at least 1. NULL: out of memory. */
struct peers *peers_new(int limit) __attribute__((warn_unused_result));
void peers_free(struct peers *peers);
/* Counts one more; false, and counts nothing, where the address has as many as it may (or memory is out). */
bool peers_enter(struct peers *peers, const struct address *subscriber) __attribute__((warn_unused_result));
void peers_leave(struct peers *peers, const struct address *subscriber);

#endif
