/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "../../src/http/forwarded.h"

/* X-Forwarded-For and Forwarded. Whatever a client puts before it, what our proxy adds is what counts. */

static void check(struct text sent, enum http_forwarding forwarding, const char *added)
{
    struct address_range own;
    struct address peer;
    struct address expected;
    struct forwarded found;
    MUST(address_range_parse(text_of("10.0.0.0/8"), &own));
    const struct http_proxies proxies = {.ranges = &own, .count = 1, .forwarding = forwarding};
    MUST(address_parse(text_of("10.0.0.1"), &peer) && address_parse(text_of("192.0.2.1"), &expected));

    forwarded_begin(&found, &peer);
    (void)forwarded_add(&found, &proxies, sent);

    char *whole = malloc(sent.size + strlen(added));
    MUST(whole != NULL);
    if (sent.size > 0)
        memcpy(whole, sent.bytes, sent.size);
    memcpy(whole + sent.size, added, strlen(added));
    forwarded_begin(&found, &peer);
    MUST(!forwarded_add(&found, &proxies, (struct text){whole, sent.size + strlen(added)}));
    MUST(address_equal(&found.client, &expected));
    free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text sent = fuzz_text(data, size);
    struct address_range range;
    check(sent, HTTP_FORWARDING_COMMON, ", 192.0.2.1");
    check(sent, HTTP_FORWARDING_COMMON, ",192.0.2.1:80, 10.0.0.9");
    check(sent, HTTP_FORWARDING_STANDARD, ", for=192.0.2.1");
    check(sent, HTTP_FORWARDING_STANDARD, ", for=\"192.0.2.1:80\";proto=https, for=10.0.0.9");
    (void)address_range_parse(sent, &range);
    return 0;
}
