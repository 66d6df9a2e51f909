/* SPDX-License-Identifier: MIT */
#include "loopback.h"

#include "base/log.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REPLY_SIZE = 65536 };

static bool parse_address(const char *address, struct sockaddr_in *parsed)
{
    char host[64];
    const char *colon = strrchr(address, ':');
    if (colon == NULL || (size_t)(colon - address) >= sizeof host)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    *parsed = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10))};
    return inet_pton(AF_INET, host, &parsed->sin_addr) == 1;
}

enum status loopback_open(const char *address, const char *key, struct loopback *loopback)
{
    struct sockaddr_in parsed;
    *loopback = (struct loopback){.descriptor = -1, .address = address, .key = key};
    if (!parse_address(address, &parsed))
        return STATUS_INVALID;
    loopback->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (loopback->descriptor >= 0 &&
        connect(loopback->descriptor, (const struct sockaddr *)&parsed, sizeof parsed) == 0)
        return STATUS_OK;
    log_error("cannot connect to %s: %s", address, strerrordesc_np(errno));
    loopback_close(loopback);
    return STATUS_UNAVAILABLE;
}

void loopback_close(struct loopback *loopback)
{
    if (loopback->descriptor >= 0)
        close(loopback->descriptor);
    loopback->descriptor = -1;
}

static bool send_all(int descriptor, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(descriptor, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* Whether all of a reply is there: its headers, and a body as long as they say. */
static bool is_whole(const char *reply, size_t size)
{
    const char *end = strstr(reply, "\r\n\r\n");
    const char *length = strcasestr(reply, "\r\nContent-Length:");
    if (end == NULL || length == NULL || length > end)
        return false;
    size_t body = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
    return size >= (size_t)(end + 4 - reply) + body;
}

/* The service is this process, and the reply to lines that are all accepted is a short one. */
static bool receive(int descriptor, char reply[REPLY_SIZE])
{
    size_t size = 0;
    *reply = '\0';
    while (size + 1 < REPLY_SIZE && !is_whole(reply, size)) {
        ssize_t got = recv(descriptor, reply + size, REPLY_SIZE - 1 - size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        size += (size_t)got;
        reply[size] = '\0';
    }
    return true;
}

/* {"accepted":512,"duplicates":0,"rejected":[]}, and nothing else. */
static enum status read_reply(const char *path, const char *reply, size_t *accepted)
{
    static const char START[] = "\r\n\r\n{\"accepted\":";
    const char *body = strstr(reply, START);
    char *end = NULL;
    if (strncmp(reply, "HTTP/1.1 200 ", 13) == 0 && body != NULL) {
        *accepted = strtoul(body + strlen(START), &end, 10);
        if (strcmp(end, ",\"duplicates\":0,\"rejected\":[]}") == 0)
            return STATUS_OK;
    }
    log_error("%s did not take all lines: %.600s", path, body == NULL ? reply : body + 4);
    return STATUS_INVALID;
}

/* headers: whole lines. */
static enum status exchange(struct loopback *loopback, const char *method_and_path, const char *headers,
                            struct text body, char reply[REPLY_SIZE])
{
    char head[512];
    int size = snprintf(head, sizeof head,
                        "%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%sContent-Length: %zu\r\n\r\n",
                        method_and_path, loopback->address, loopback->key, headers, body.size);
    if (send_all(loopback->descriptor, head, (size_t)size) && send_all(loopback->descriptor, body.bytes, body.size) &&
        receive(loopback->descriptor, reply))
        return STATUS_OK;
    log_error("the connection to %s broke", loopback->address);
    return STATUS_LOST;
}

enum status loopback_put_new(struct loopback *loopback, const char *path, const char *json)
{
    char method_and_path[128];
    char reply[REPLY_SIZE];
    snprintf(method_and_path, sizeof method_and_path, "PUT %s", path);
    enum status status = exchange(loopback, method_and_path, "Content-Type: application/json\r\nIf-None-Match: *\r\n",
                                  text_of(json), reply);
    if (status != STATUS_OK || strncmp(reply, "HTTP/1.1 201 ", 13) == 0)
        return status;
    if (strncmp(reply, "HTTP/1.1 412 ", 13) == 0)
        return STATUS_CONFLICT;
    log_error("%s was refused: %.600s", path, reply);
    return STATUS_INVALID;
}

enum status loopback_post(struct loopback *loopback, const char *path, const struct buffer *lines, size_t *accepted)
{
    char method_and_path[128];
    char reply[REPLY_SIZE];
    snprintf(method_and_path, sizeof method_and_path, "POST %s", path);
    const struct text body = {.bytes = lines->data, .size = lines->size};
    enum status status = exchange(loopback, method_and_path, "Content-Type: application/x-ndjson\r\n", body, reply);
    return status == STATUS_OK ? read_reply(path, reply, accepted) : status;
}
