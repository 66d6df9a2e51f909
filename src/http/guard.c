/* SPDX-License-Identifier: MIT */
#include "http/guard.h"

#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 9110 section 5.6.2 */
static bool is_token(struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!is_alnum(text.bytes[i]) && (text.bytes[i] == '\0' || strchr("!#$%&'*+-.^_`|~", text.bytes[i]) == NULL)) {
            return false;
        }
    }
    return text.size > 0;
}

/* Visible characters and bytes beyond ASCII; spaces and tabs where they are asked for. */
static bool is_printable(struct text text, bool with_space)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        bool is_space = c == ' ' || c == '\t';
        if (is_space ? !with_space : (c < 0x20 || c == 0x7F)) {
            return false;
        }
    }
    return true;
}

static bool is_target(struct text target)
{
    return is_printable(target, false) && target.size > 0 &&
           (target.bytes[0] == '/' || text_is(target, "*") || strncasecmp(target.bytes, "http://", 7) == 0 ||
            strncasecmp(target.bytes, "https://", 8) == 0);
}

/* A name, an IPv4 address or an IPv6 address in brackets, and perhaps a port (RFC 3986 section 3.2). */
static bool is_host(struct text host)
{
    size_t i = 0;
    if (host.size > 0 && host.bytes[0] == '[') {
        for (i = 1; i < host.size && host.bytes[i] != ']'; i++) {
            if (!is_alnum(host.bytes[i]) && host.bytes[i] != ':' && host.bytes[i] != '.') {
                return false;
            }
        }
        if (i == 1 || i == host.size) {
            return false;
        }
        i++;
    } else {
        while (i < host.size &&
               (is_alnum(host.bytes[i]) || (host.bytes[i] != '\0' && strchr("-._~%", host.bytes[i]) != NULL))) {
            i++;
        }
    }
    if (i == 0) {
        return false;
    }
    if (i < host.size && host.bytes[i] == ':') {
        do {
            i++;
        } while (i < host.size && is_digit(host.bytes[i]));
    }
    return i == host.size;
}

/* Digits only, and no more of them than surely fit. */
static bool parse_length(struct text value, uint64_t *length)
{
    *length = 0;
    if (value.size == 0 || value.size > 18) {
        return false;
    }
    for (size_t i = 0; i < value.size; i++) {
        if (!is_digit(value.bytes[i])) {
            return false;
        }
        *length = *length * 10 + (uint64_t)(value.bytes[i] - '0');
    }
    return true;
}

static bool is_named(struct text name, const char *wanted)
{
    return name.size == strlen(wanted) && strncasecmp(name.bytes, wanted, name.size) == 0;
}

/* How often each of the headers that frame a request was sent. */
struct framing {
    unsigned lengths;
    unsigned codings;
    unsigned hosts;
};

static const char *check_field(const struct guard_field *field, struct framing *framing, struct guard_body *body)
{
    if (!is_token(field->name)) {
        return "a header has a name that is not a token";
    }
    if (!is_printable(field->value, true)) {
        return "a header holds a control character";
    }
    if (is_named(field->name, "Content-Length")) {
        framing->lengths++;
        body->has_length = true;
        return parse_length(field->value, &body->length) ? NULL : "Content-Length is not a number";
    }
    if (is_named(field->name, "Transfer-Encoding")) {
        framing->codings++;
        return is_named(field->value, "chunked") ? NULL : "the only Transfer-Encoding taken is chunked";
    }
    if (is_named(field->name, "Host")) {
        framing->hosts++;
        return is_host(field->value) ? NULL : "Host is not a host";
    }
    return NULL;
}

static const char *check_framing(const struct framing *framing, const char *version)
{
    bool is_old = strcmp(version, "HTTP/1.0") == 0;
    if (framing->lengths > 1) {
        return "Content-Length was sent more than once";
    }
    if (framing->codings > 1) {
        return "Transfer-Encoding was sent more than once";
    }
    if (framing->lengths > 0 && framing->codings > 0) {
        return "Content-Length and Transfer-Encoding were both sent";
    }
    if (framing->codings > 0 && is_old) {
        return "HTTP/1.0 has no Transfer-Encoding";
    }
    if (framing->hosts > 1) {
        return "Host was sent more than once";
    }
    return framing->hosts == 0 && !is_old ? "Host is missing" : NULL;
}

const char *guard_check(const struct guard_request *request, struct guard_body *body)
{
    *body = (struct guard_body){0};
    if (!is_token(text_of(request->method))) {
        return "the method is not a token";
    }
    if (!is_target(request->target)) {
        return "the request target is not a path";
    }
    struct framing framing = {0};
    for (size_t i = 0; i < request->field_count; i++) {
        const char *wrong = check_field(&request->fields[i], &framing, body);
        if (wrong != NULL) {
            return wrong;
        }
    }
    body->present = framing.codings > 0 || body->length > 0;
    return check_framing(&framing, request->version);
}

static const char *end_of(struct text text)
{
    return text.bytes + text.size;
}

/* The parser overwrote the colon and CR LF with NULs; whitespace before a value stayed. */
static bool field_follows(const struct guard_field *field, const char *start)
{
    const char *end = end_of(field->name);
    if (field->name.bytes != start || field->value.bytes <= end || *end != '\0') {
        return false;
    }
    for (const char *c = end + 1; c < field->value.bytes; c++) {
        if (*c != ' ' && *c != '\t') {
            return false;
        }
    }
    return true;
}

/* A CR LF that was overwritten. */
static bool is_line_end(const char *at)
{
    return at[0] == '\0' && at[1] == '\0';
}

bool guard_accounts_for_all(const struct guard_request *request, const char *end)
{
    const char *at = request->method + strlen(request->method) + 1;
    if (request->target.bytes != at || request->version != end_of(request->target) + 1) {
        return false;
    }
    at = request->version + strlen(request->version);
    for (size_t i = 0; i < request->field_count; i++) {
        if (!is_line_end(at) || !field_follows(&request->fields[i], at + 2)) {
            return false;
        }
        at = end_of(request->fields[i].value);
    }
    return at + 4 == end && is_line_end(at) && is_line_end(at + 2);
}
