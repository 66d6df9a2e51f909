/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "http/query.h"

/* A query string; and each piece of it alone, as a part of a path. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(0);
    char *string = fuzz_string(data, size);
    struct query query;
    struct text name;
    const char *wrong = query_parse(arena, string, &query, &name);
    for (size_t i = 0; wrong == NULL && i < query.count; i++) {
        MUST(text_is_utf8(text_of(query.pairs[i].name), NULL));
        MUST(text_is_utf8(text_of(query.pairs[i].value), NULL));
    }
    MUST(wrong != NULL || query.count <= QUERY_PAIRS_MAX);
    wrong = NULL;
    const char *decoded = query_decode(arena, fuzz_text(data, size), false, &wrong);
    MUST((decoded == NULL) == (wrong != NULL));
    MUST(decoded == NULL || strlen(decoded) <= size);
    free(string);
    arena_free(arena);
    return 0;
}
