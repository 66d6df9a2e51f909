/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "base/digest.h"
#include "base/rate.h"
#include "storage/account.h"

/* A key, an origin, a rate: what comes from strangers and from those who mistype. */

/* libFuzzer gives the signature. NOLINTNEXTLINE(readability-non-const-parameter) */
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    return digest_start() ? 0 : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t digest[DIGEST_SIZE];
    char *string = fuzz_string(data, size);
    struct rate rate;
    MUST(!key_digest(string, digest) || strlen(string) == KEY_TEXT_SIZE - 1);
    MUST(!key_is_origin(string) || strpbrk(string, " \t\r\n\"'<>,") == NULL);
    if (rate_parse(string, &rate)) {
        char text[RATE_TEXT_SIZE];
        struct rate again;
        MUST(rate_parse(rate_format(&rate, text), &again));
        MUST(again.count == rate.count && again.window_ms == rate.window_ms);
    }
    free(string);
    return 0;
}
