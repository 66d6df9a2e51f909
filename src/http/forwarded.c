/* SPDX-License-Identifier: MIT */
#include "forwarded.h"

#include <string.h>
#include <strings.h>

const char *forwarded_header_name(enum http_forwarding forwarding)
{
    return forwarding == HTTP_FORWARDING_STANDARD ? "Forwarded" : "X-Forwarded-For";
}

static struct text slice(struct text text, size_t from, size_t to)
{
    return (struct text){.bytes = text.bytes + from, .size = to - from};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static struct text trim(struct text text)
{
    size_t from = 0;
    size_t to = text.size;
    while (from < to && is_space(text.bytes[from])) {
        from++;
    }
    while (to > from && is_space(text.bytes[to - 1])) {
        to--;
    }
    return slice(text, from, to);
}

/* Where what follows the last separator begins; what stands in quotes, seen from the end, separates nothing. */
static size_t find_start(struct text text, char separator, bool has_quotes)
{
    bool is_quoted = false;
    size_t start = text.size;
    while (start > 0 && (is_quoted || text.bytes[start - 1] != separator)) {
        start--;
        if (has_quotes && text.bytes[start] == '"') {
            is_quoted = !is_quoted;
        }
    }
    return start;
}

/* Cuts the last element off. False: there is none. */
static bool take_last(struct text *rest, char separator, bool has_quotes, struct text *last)
{
    if (rest->size == 0) {
        return false;
    }
    size_t start = find_start(*rest, separator, has_quotes);
    *last = trim(slice(*rest, start, rest->size));
    rest->size = start > 0 ? start - 1 : 0;
    return true;
}

/* "192.0.2.7", "192.0.2.7:4711", "2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:4711" */
static bool parse_node(struct text node, struct address *address)
{
    if (node.size > 0 && node.bytes[0] == '[') {
        const char *end = memchr(node.bytes, ']', node.size);
        return end != NULL && address_parse(slice(node, 1, (size_t)(end - node.bytes)), address);
    }
    const char *colon = node.size == 0 ? NULL : memchr(node.bytes, ':', node.size);
    size_t before = colon == NULL ? node.size : (size_t)(colon - node.bytes);
    bool has_port = colon != NULL && memchr(colon + 1, ':', node.size - before - 1) == NULL;
    return address_parse(has_port ? slice(node, 0, before) : node, address);
}

/* The value of for= in one element: 'for="[2001:db8::7]:4711";proto=https'. */
static struct text node_of(struct text element)
{
    struct text pair;
    while (take_last(&element, ';', true, &pair)) {
        if (pair.size < 4 || strncasecmp(pair.bytes, "for=", 4) != 0) {
            continue;
        }
        struct text node = slice(pair, 4, pair.size);
        bool is_quoted = node.size >= 2 && node.bytes[0] == '"' && node.bytes[node.size - 1] == '"';
        return is_quoted ? slice(node, 1, node.size - 1) : node;
    }
    return (struct text){.bytes = "", .size = 0};
}

void forwarded_begin(struct forwarded *found, const struct address *peer)
{
    found->client = *peer;
}

bool forwarded_add(struct forwarded *found, const struct http_proxies *proxies, struct text value)
{
    bool is_standard = proxies->forwarding == HTTP_FORWARDING_STANDARD;
    struct text element;
    while (take_last(&value, ',', is_standard, &element)) {
        struct address address;
        if (element.size == 0) {
            continue; /* a list may have empty elements */
        }
        if (!parse_node(is_standard ? node_of(element) : element, &address)) {
            return false;
        }
        found->client = address;
        if (!address_in_ranges(&address, proxies->ranges, proxies->count)) {
            return false;
        }
    }
    return true;
}
