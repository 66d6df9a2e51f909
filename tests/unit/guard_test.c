/* SPDX-License-Identifier: MIT */
#include "http/guard.h"

#include "support/runner.h"

#include <stdio.h>
#include <string.h>

/* A request is laid out as libmicrohttpd leaves it: in one buffer, with NULs in place of what separated the parts. */
struct sent {
    char buffer[2048];
    struct guard_field fields[GUARD_FIELDS_MAX];
    struct guard_request request;
    const char *end;
};

/* lines: "Name: value\r\n" each. */
static void lay_out(struct sent *sent, const char *method, const char *target, const char *version, const char *lines)
{
    char *at = memset(sent->buffer, 0, sizeof sent->buffer);
    sent->request = (struct guard_request){.method = at, .fields = sent->fields};
    at = stpcpy(at, method) + 1;
    sent->request.target = (struct text){.bytes = at, .size = strlen(target)};
    at = stpcpy(at, target) + 1;
    sent->request.version = at;
    at = stpcpy(at, version) + 2;
    at[-1] = '\0';
    while (*lines != '\0') {
        size_t size = strcspn(lines, "\r");
        struct guard_field *field = &sent->fields[sent->request.field_count++];
        memcpy(at, lines, size);
        char *colon = memchr(at, ':', size);
        char *value = colon + 1 + strspn(colon + 1, " \t");
        field->name = (struct text){.bytes = at, .size = (size_t)(colon - at)};
        field->value = (struct text){.bytes = value, .size = size - (size_t)(value - at)};
        *colon = '\0';
        memset(at + size, 0, 2);
        at += size + 2;
        lines += size + 2;
    }
    sent->end = at + 2;
}

static const char *verdict(const char *target, const char *version, const char *lines, struct guard_body *body)
{
    struct sent sent;
    lay_out(&sent, "POST", target, version, lines);
    ck_assert(guard_accounts_for_all(&sent.request, sent.end));
    return guard_check(&sent.request, body);
}

static void check_refused(const char *lines, const char *word)
{
    struct guard_body body;
    const char *wrong = verdict("/", "HTTP/1.1", lines, &body);
    ck_assert_msg(wrong != NULL && strstr(wrong, word) != NULL, "%s: %s", lines, wrong);
}

START_TEST(ordinary_request_passes)
{
    struct guard_body body;
    ck_assert_ptr_null(verdict("/v1/x?a=%20&b=\xC3\xA9", "HTTP/1.1",
                               "Host: example.org:8080\r\nX-A: tab\there, \xC3\xA9\r\nAccept:*/*\r\n", &body));
    ck_assert(!body.present);
    ck_assert_ptr_null(verdict("http://example.org/x", "HTTP/1.1", "Host: example.org\r\n", &body));
    ck_assert_ptr_null(verdict("*", "HTTP/1.1", "Host: [::1]\r\nX-Empty:\r\n", &body));
    ck_assert_ptr_null(verdict("/", "HTTP/1.0", "", &body));
}
END_TEST

START_TEST(body_is_announced_by_its_length)
{
    struct guard_body body;
    ck_assert_ptr_null(verdict("/", "HTTP/1.1", "Host: a\r\ncontent-length: 42\r\n", &body));
    ck_assert(body.present && body.has_length);
    ck_assert_uint_eq(body.length, 42);
    ck_assert_ptr_null(verdict("/", "HTTP/1.1", "Host: a\r\nContent-Length: 0\r\n", &body));
    ck_assert(!body.present && body.has_length);
}
END_TEST

START_TEST(body_is_announced_by_its_coding)
{
    struct guard_body body;
    ck_assert_ptr_null(verdict("/", "HTTP/1.1", "Host: a\r\nTransfer-Encoding: Chunked\r\n", &body));
    ck_assert(body.present && !body.has_length);
}
END_TEST

START_TEST(two_lengths_are_refused)
{
    check_refused("Host: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n", "more than once");
    check_refused("Host: a\r\nContent-Length: 4\r\nCONTENT-LENGTH: 4\r\n", "more than once");
}
END_TEST

START_TEST(length_beside_coding_is_refused)
{
    check_refused("Host: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n", "both");
    check_refused("Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n", "both");
}
END_TEST

START_TEST(length_that_is_no_number_is_refused)
{
    static const char *const lengths[] = {"", "-1", "+1", "1,1", "0x10", "1 ", "12a", "9999999999999999999", "1 2"};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char lines[128];
        snprintf(lines, sizeof lines, "Host: a\r\nContent-Length: %s\r\n", lengths[i]);
        check_refused(lines, "not a number");
    }
}
END_TEST

START_TEST(coding_other_than_chunked_is_refused)
{
    check_refused("Host: a\r\nTransfer-Encoding: gzip, chunked\r\n", "chunked");
    check_refused("Host: a\r\nTransfer-Encoding: chunked \r\n", "chunked");
    check_refused("Host: a\r\nTransfer-Encoding: xchunked\r\n", "chunked");
    check_refused("Host: a\r\nTransfer-Encoding: identity\r\n", "chunked");
    check_refused("Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "more than once");
}
END_TEST

START_TEST(coding_of_an_old_request_is_refused)
{
    struct guard_body body;
    ck_assert_ptr_nonnull(verdict("/", "HTTP/1.0", "Transfer-Encoding: chunked\r\n", &body));
}
END_TEST

START_TEST(host_is_needed_once_and_well_formed)
{
    check_refused("X: y\r\n", "Host is missing");
    check_refused("Host: a\r\nhost: a\r\n", "more than once");
    static const char *const hosts[] = {"",    "a b",  "a/b", "a@b",    "a:b", ":80",  "[]",
                                        "[::", "[g/]", "a,b", "[::1]x", "a?b", "a\\b", "[::1]:x"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        char lines[64];
        snprintf(lines, sizeof lines, "Host: %s\r\n", hosts[i]);
        check_refused(lines, "not a host");
    }
}
END_TEST

START_TEST(names_that_are_no_tokens_are_refused)
{
    check_refused("Host: a\r\nContent-Length : 4\r\n", "token");
    check_refused("Host: a\r\nX Y: 4\r\n", "token");
    check_refused("Host: a\r\n: 4\r\n", "token");
    check_refused("Host: a\r\nX\xC3\xA9: 4\r\n", "token");
    check_refused("Host: a\r\nX(y): 4\r\n", "token");
    check_refused("Host: a\r\nX{y}: 4\r\n", "token");
    struct guard_body body;
    /* As long as one that frames a request, and no relation of it. */
    ck_assert_ptr_null(verdict("/", "HTTP/1.1", "Host: a\r\nX-ontent-Length: x\r\nHorn: a b\r\n", &body));
    ck_assert_ptr_null(verdict("/", "HTTP/1.1", "Host: [2001:db8::127.0.0.1]:80\r\n", &body));
}
END_TEST

START_TEST(control_characters_are_refused)
{
    struct sent sent;
    struct guard_body body;
    for (int c = 1; c < 0x21; c++) {
        char lines[64];
        snprintf(lines, sizeof lines, "Host: a\r\nX: a?b\r\n");
        lay_out(&sent, "GET", "/", "HTTP/1.1", lines);
        sent.buffer[sent.fields[1].value.bytes + 1 - sent.buffer] = (char)(c == 0x20 ? 0x7F : c);
        const char *wrong = guard_check(&sent.request, &body);
        ck_assert_msg((wrong == NULL) == (c == '\t'), "character %d: %s", c, wrong);
    }
}
END_TEST

START_TEST(targets_that_are_no_paths_are_refused)
{
    static const char *const targets[] = {"",       "https://a/", "x",        "/a b", "/a\tb",
                                          "/a\x7F", "/a\x01",     "ftp://a/", "//",   "a:80"};
    struct guard_body body;
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        const char *wrong = verdict(targets[i], "HTTP/1.1", "Host: a\r\n", &body);
        bool is_path = strcmp(targets[i], "//") == 0 || strcmp(targets[i], "https://a/") == 0;
        ck_assert_msg((wrong == NULL) == is_path, "%s: %s", targets[i], wrong);
    }
}
END_TEST

START_TEST(method_is_a_token)
{
    struct sent sent;
    struct guard_body body;
    lay_out(&sent, "G\x01T", "/", "HTTP/1.1", "Host: a\r\n");
    ck_assert_ptr_nonnull(guard_check(&sent.request, &body));
    lay_out(&sent, "", "/", "HTTP/1.1", "Host: a\r\n");
    ck_assert_ptr_nonnull(guard_check(&sent.request, &body));
}
END_TEST

/* Each: a byte that the parser dropped without a word. */
START_TEST(every_byte_is_accounted_for)
{
    struct sent sent;
    lay_out(&sent, "GET", "/", "HTTP/1.1", "Host: a\r\nX: y\r\n");
    ck_assert(guard_accounts_for_all(&sent.request, sent.end));
    ck_assert(!guard_accounts_for_all(&sent.request, sent.end - 1)); /* the blank line was a bare LF */
    ck_assert(!guard_accounts_for_all(&sent.request, sent.end + 7)); /* more lines than were shown */
    struct guard_request other = sent.request;
    other.target.bytes++; /* two spaces after the method */
    ck_assert(!guard_accounts_for_all(&other, sent.end));
    other = sent.request;
    other.version++;
    ck_assert(!guard_accounts_for_all(&other, sent.end));
    other = sent.request;
    other.field_count = 1; /* a line was swallowed: a folded one */
    ck_assert(!guard_accounts_for_all(&other, sent.end));
    sent.fields[0].value.size = 0; /* a NUL cut the value short */
    ck_assert(!guard_accounts_for_all(&sent.request, sent.end));
    sent.fields[0].value.size = 2; /* it took the CR in: a bare LF ended it */
    ck_assert(!guard_accounts_for_all(&sent.request, sent.end));
    sent.fields[0].value.size = 1;
    sent.fields[0].name.size = 3; /* the name was cut */
    ck_assert(!guard_accounts_for_all(&sent.request, sent.end));
}
END_TEST

/* A NUL within a name or a host: libmicrohttpd 0.9 would have cut there; what doesn't cut must not pass either. */
START_TEST(nul_is_no_part_of_anything)
{
    struct sent sent;
    struct guard_body body;
    lay_out(&sent, "GET", "/", "HTTP/1.1", "Host: a.b\r\nXyZ: y\r\n");
    sent.buffer[sent.fields[1].name.bytes + 1 - sent.buffer] = '\0';
    ck_assert_ptr_nonnull(guard_check(&sent.request, &body));
    lay_out(&sent, "GET", "/", "HTTP/1.1", "Host: a.b\r\n");
    sent.buffer[sent.fields[0].value.bytes + 1 - sent.buffer] = '\0';
    ck_assert_ptr_nonnull(guard_check(&sent.request, &body));
}
END_TEST

START_TEST(parts_that_are_not_in_order_are_refused)
{
    struct sent sent;
    lay_out(&sent, "GET", "/", "HTTP/1.1", "Host: a\r\nX: y\r\n");
    sent.fields[1].name.bytes--; /* in the line before */
    ck_assert(!guard_accounts_for_all(&sent.request, sent.end));
    lay_out(&sent, "GET", "/", "HTTP/1.1", "Host: a\r\nX: y\r\n");
    sent.fields[1].value = sent.fields[0].value; /* before its own name */
    ck_assert(!guard_accounts_for_all(&sent.request, sent.end));
    lay_out(&sent, "GET", "/", "HTTP/1.1", "Host: a\r\n");
    sent.buffer[sent.fields[0].name.bytes + 4 - sent.buffer] = ';'; /* no colon stood there */
    ck_assert(!guard_accounts_for_all(&sent.request, sent.end));
}
END_TEST

/* What was no CR LF was not overwritten in both of its bytes. */
START_TEST(lines_end_in_cr_lf)
{
    static const int from_end[] = {1, 2, 3, 4};
    for (size_t i = 0; i < sizeof from_end / sizeof from_end[0]; i++) {
        struct sent sent;
        lay_out(&sent, "GET", "/", "HTTP/1.1", "Host: a\r\n");
        memset(sent.buffer + (sent.end - sent.buffer) - 4, 0, 4);
        ck_assert(guard_accounts_for_all(&sent.request, sent.end));
        sent.buffer[sent.end - from_end[i] - sent.buffer] = 'C';
        ck_assert(!guard_accounts_for_all(&sent.request, sent.end));
    }
}
END_TEST

START_TEST(only_whitespace_stands_before_a_value)
{
    struct sent sent;
    lay_out(&sent, "GET", "/", "HTTP/1.1", "Host: \t a\r\n");
    ck_assert(guard_accounts_for_all(&sent.request, sent.end));
    sent.buffer[strlen("GET") + 1 + 2 + strlen("HTTP/1.1") + 2 + strlen("Host") + 1] = 'x';
    ck_assert(!guard_accounts_for_all(&sent.request, sent.end));
}
END_TEST

Suite *guard_suite(void)
{
    return RUNNER_SUITE(
        "guard", ordinary_request_passes, body_is_announced_by_its_length, body_is_announced_by_its_coding,
        two_lengths_are_refused, length_beside_coding_is_refused, length_that_is_no_number_is_refused,
        coding_other_than_chunked_is_refused, coding_of_an_old_request_is_refused, host_is_needed_once_and_well_formed,
        names_that_are_no_tokens_are_refused, control_characters_are_refused, targets_that_are_no_paths_are_refused,
        method_is_a_token, every_byte_is_accounted_for, nul_is_no_part_of_anything,
        parts_that_are_not_in_order_are_refused, lines_end_in_cr_lf, only_whitespace_stands_before_a_value);
}
