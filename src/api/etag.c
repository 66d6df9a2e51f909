/* SPDX-License-Identifier: MIT */
#include "etag.h"

#include "base/digest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

void etag_make(const char *body, size_t size, size_t skip_from, size_t skip_to, char etag[ETAG_SIZE])
{
    uint8_t halves[2 * CONTENT_HASH_SIZE];
    uint8_t hash[CONTENT_HASH_SIZE];

    digest_content(body, skip_from, halves);
    digest_content(body + skip_to, size - skip_to, halves + CONTENT_HASH_SIZE);
    digest_content(halves, sizeof halves, hash);
    etag[0] = '"';
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(etag + 1 + 2 * i, 3, "%02x", hash[i]);
    memcpy(etag + ETAG_SIZE - 2, "\"", 2);
}

void etag_of_gzip(const char *etag, char packed[ETAG_GZIP_SIZE])
{
    snprintf(packed, ETAG_GZIP_SIZE, "%.*s-gzip\"", ETAG_SIZE - 2, etag);
}

static bool is_among(const char *header, const char *etag, bool takes_weak)
{
    size_t length = strlen(etag);
    while (header != NULL && *header != '\0') {
        header += strspn(header, " \t,");
        if (*header == '*')
            return true;
        bool is_weak = strncmp(header, "W/", 2) == 0;
        if (is_weak)
            header += 2;
        if ((takes_weak || !is_weak) && strncmp(header, etag, length) == 0)
            return true;
        /* To the next tag: commas may stand inside the quotes of this one. */
        header += *header == '"';
        header += strcspn(header, "\"");
        header += *header == '"';
    }
    return false;
}

bool etag_is_listed(const char *header, const char *etag)
{
    return is_among(header, etag, true);
}

bool etag_is_matched(const char *header, const char *etag)
{
    return is_among(header, etag, false);
}
