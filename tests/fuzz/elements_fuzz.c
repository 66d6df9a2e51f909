/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "../../src/api/parse.h"

/* The walk over a JSON array, against jansson's own reading of the whole. */

/* libFuzzer gives the signature. NOLINTNEXTLINE(readability-non-const-parameter) */
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    parse_start();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct parse_elements elements = {.text = fuzz_text(data, size)};
    json_t *whole = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    enum parse_step step;
    struct text element;
    size_t count = 0;
    (void)parse_is_blank(elements.text);
    (void)parse_is_array(elements.text);
    while ((step = parse_next(&elements, &element)) == PARSE_ELEMENT) {
        char fault[PARSE_FAULT_SIZE];
        MUST(element.bytes >= (const char *)data && element.bytes + element.size <= (const char *)data + size);
        json_decref(parse_object(element, fault));
        count++;
    }
    /* What jansson takes for an array has the same number of elements here; but it also takes NULs between them. */
    MUST(!json_is_array(whole) || memchr(data, 0, size) != NULL ||
         (step == PARSE_END && count == json_array_size(whole)));
    json_decref(whole);
    return 0;
}
