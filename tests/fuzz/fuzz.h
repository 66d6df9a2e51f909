/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_FUZZ_H
#define HARK_TESTS_FUZZ_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* libFuzzer calls it with ever new bytes, which lie on the heap in a block of just their size: one byte read beyond is a
 * report of AddressSanitizer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

/* What must hold whatever comes in. */
#define MUST(condition_)   \
    do {                   \
        if (!(condition_)) \
            abort();       \
    } while (0)

static inline struct text fuzz_text(const uint8_t *data, size_t size)
{
    return (struct text){.bytes = (const char *)data, .size = size};
}

/* A NUL-terminated copy in a block of its own: free it. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + 1);
    MUST(copy != NULL);
    if (size > 0)
        memcpy(copy, data, size);
    copy[size] = '\0';
    return copy;
}

#endif
