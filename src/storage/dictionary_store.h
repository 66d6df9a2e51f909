/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_DICTIONARY_STORE_H
#define HARK_STORAGE_DICTIONARY_STORE_H

#include "base/arena.h"
#include "storage/dictionary.h"

/* Inside storage/ only. Finds or adds the cells of lookups that are all of one project. */
enum status dictionary_store_cells(struct connection *connection, const struct dictionary_limits *limits,
                                   struct cell_lookup **lookups, size_t count, struct arena *arena)
    __attribute__((warn_unused_result));

#endif
