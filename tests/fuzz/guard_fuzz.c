/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "http/guard.h"

#include <strings.h>

/* A header block, cut up as loosely as libmicrohttpd does it: in place, with NULs for what separates, folded lines glued to the
 * name before them. What the guard lets through is then read again by the letter of RFC 9112, from the bytes as they came. */

enum { MOST = 4096 };

struct block {
    char *bytes; /* what libmicrohttpd makes of it */
    size_t size;
    struct guard_request request;
    struct guard_field fields[GUARD_FIELDS_MAX];
    const char *end;
};

/* Ends the line at CR LF, CR or LF, as a loose parser does. NULL: no whole line is left. */
static char *take_line(char **at, const char *end)
{
    char *start = *at;
    char *c = start;
    while (c < end && *c != '\r' && *c != '\n')
        c++;
    if (c == end)
        return NULL;
    bool is_pair = *c == '\r' && c + 1 < end && c[1] == '\n';
    *c = '\0';
    if (is_pair)
        c[1] = '\0';
    *at = c + (is_pair ? 2 : 1);
    return start;
}

static bool cut_request_line(struct block *block, char *line)
{
    char *target = strchr(line, ' ');
    if (target == NULL)
        return false;
    *target++ = '\0';
    target += strspn(target, " ");
    char *version = strrchr(target, ' ');
    if (version == NULL)
        return false;
    *version++ = '\0';
    block->request.method = line;
    block->request.target = text_of(target);
    block->request.version = version;
    return true;
}

static bool cut_field(struct block *block, char *line)
{
    char *colon = strchr(line, ':');
    if (colon == NULL || block->request.field_count == GUARD_FIELDS_MAX)
        return false;
    *colon = '\0';
    char *value = colon + 1 + strspn(colon + 1, " \t");
    block->fields[block->request.field_count++] = (struct guard_field){.name = text_of(line), .value = text_of(value)};
    return true;
}

static bool cut(struct block *block)
{
    char *at = block->bytes;
    const char *end = block->bytes + block->size;
    char *line = take_line(&at, end);
    if (line == NULL || !cut_request_line(block, line))
        return false;
    block->request.fields = block->fields;
    while ((line = take_line(&at, end)) != NULL) {
        if (*line == '\0') {
            block->end = at;
            return true;
        }
        if (!cut_field(block, line))
            return false;
    }
    return false;
}

/* A NUL beside a line end can't be told from a part of it once that was overwritten: guard.h. */
static bool has_unseen_nul(const char *raw, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++) {
        bool is_end = raw[i] == '\r' || raw[i] == '\n' || raw[i] == '\0';
        bool is_next_end = raw[i + 1] == '\r' || raw[i + 1] == '\n' || raw[i + 1] == '\0';
        if (is_end && is_next_end && (raw[i] == '\0' || raw[i + 1] == '\0'))
            return true;
    }
    return false;
}

/* --- by the letter ----------------------------------------------------------------------------------------------------------- */

static bool is_tchar(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static void check_strictly(const char *raw, size_t size, const struct guard_body *body)
{
    size_t lengths = 0;
    size_t codings = 0;
    size_t hosts = 0;
    const char *at = raw;
    const char *end = raw + size;
    for (size_t number = 0;; number++) {
        const char *cr = memchr(at, '\r', (size_t)(end - at));
        MUST(cr != NULL && cr + 1 < end && cr[1] == '\n'); /* no bare CR, and every line ends in CR LF */
        MUST(memchr(at, '\n', (size_t)(cr - at)) == NULL && memchr(at, '\0', (size_t)(cr - at)) == NULL);
        if (cr == at)
            break;
        size_t name = 0;
        while (number > 0 && at + name < cr && is_tchar((unsigned char)at[name]))
            name++;
        MUST(number == 0 || (name > 0 && at[name] == ':'));
        lengths += name == 14 && strncasecmp(at, "Content-Length", 14) == 0;
        codings += name == 17 && strncasecmp(at, "Transfer-Encoding", 17) == 0;
        hosts += name == 4 && strncasecmp(at, "Host", 4) == 0;
        at = cr + 2;
    }
    MUST(lengths + codings <= 1 && hosts <= 1);
    MUST(body->has_length == (lengths == 1) && body->present == (codings == 1 || body->length > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct guard_body body;
    struct block block = {.bytes = fuzz_string(data, size), .size = size};
    if (size <= MOST && cut(&block) && guard_check(&block.request, &body) == NULL &&
        guard_accounts_for_all(&block.request, block.end) &&
        !has_unseen_nul((const char *)data, (size_t)(block.end - block.bytes)))
        check_strictly((const char *)data, (size_t)(block.end - block.bytes), &body);
    free(block.bytes);
    return 0;
}
