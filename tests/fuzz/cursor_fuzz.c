/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "api/parameter.h"

/* A cursor of each kind; what opens is one that would be sealed like this. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(0);
    struct text text = fuzz_text(data, size);
    struct id id;
    int64_t us;
    if (cursor_open(text, "responses", &us, &id)) {
        int64_t again_us;
        struct id again;
        const char *sealed = cursor_seal(arena, "responses", us, &id);
        MUST(cursor_open(text_of(sealed), "responses", &again_us, &again));
        MUST(again_us == us && memcmp(&again, &id, sizeof id) == 0);
        MUST(!cursor_open(text, "events", &again_us, &again));
    }
    const char *key = cursor_open_key(arena, text, "surveys");
    MUST(key == NULL || strlen(key) <= CURSOR_KEY_MAX);
    arena_free(arena);
    return 0;
}
