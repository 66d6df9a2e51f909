/* SPDX-License-Identifier: MIT */
/* Is every connection served? Opens COUNT keep-alive connections, posts on each as soon as its last reply came, and prints the
 * fewest and the most replies that a connection got, and how many replies were not a 201.
 *   connections PORT KEY COUNT SECONDS      on 127.0.0.1 only */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, REPLY_MAX = 4096 };

struct client {
    int fd;
    unsigned replies;
    unsigned refused;
    size_t received;
    char reply[REPLY_MAX];
};

static int64_t now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void fail(const char *what)
{
    fprintf(stderr, "connections: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static void post(const struct client *client, const char *request)
{
    if (send(client->fd, request, strlen(request), MSG_NOSIGNAL) < 0)
        fail("send");
}

/* Whole once its head ended and as many bytes came as Content-Length says. */
static bool is_whole(struct client *client)
{
    client->reply[client->received] = '\0';
    const char *end = strstr(client->reply, "\r\n\r\n");
    const char *length = strcasestr(client->reply, "\r\nContent-Length: ");
    return end && length && client->received >= (size_t)(end + 4 - client->reply) + strtoul(length + 18, NULL, 10);
}

static void take(struct client *client, const char *request)
{
    ssize_t size = recv(client->fd, client->reply + client->received, REPLY_MAX - 1 - client->received, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN)
        return;
    if (size <= 0)
        fail("a connection was closed");
    client->received += (size_t)size;
    if (!is_whole(client))
        return;
    client->replies++;
    client->refused += strncmp(client->reply, "HTTP/1.1 201 ", 13) != 0;
    client->received = 0;
    post(client, request);
}

static void open_client(int epoll, int port, struct client *client)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
        fail("connect");
}

static void run(int epoll, const char *request, int64_t end_us)
{
    struct epoll_event events[EVENTS];
    while (now_us() < end_us) {
        int count = epoll_wait(epoll, events, EVENTS, 100);
        for (int i = 0; i < count; i++)
            take(events[i].data.ptr, request);
    }
}

static void report(const struct client *clients, size_t count)
{
    unsigned least = clients[0].replies;
    unsigned most = 0;
    unsigned refused = 0;
    for (size_t i = 0; i < count; i++) {
        least = clients[i].replies < least ? clients[i].replies : least;
        most = clients[i].replies > most ? clients[i].replies : most;
        refused += clients[i].refused;
    }
    printf("%u %u %u\n", least, most, refused);
}

int main(int argc, char **argv)
{
    static const char body[] = "{\"channel\":\"web\",\"region\":\"ES-CT\",\"answers\":{\"nps\":9,\"csat\":5,\"ces\":6},"
                               "\"comment\":\"Easy and quick\"}";
    char request[1024];
    if (argc != 5) {
        fputs("usage: connections PORT KEY COUNT SECONDS\n", stderr);
        return EXIT_FAILURE;
    }
    size_t count = strtoul(argv[3], NULL, 10);
    struct client *clients = calloc(count, sizeof *clients);
    int epoll = epoll_create1(0);
    if (count == 0 || clients == NULL || epoll < 0)
        fail("start");
    snprintf(request, sizeof request,
             "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
             "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
             argv[2], sizeof body - 1, body);
    for (size_t i = 0; i < count; i++)
        open_client(epoll, atoi(argv[1]), &clients[i]);
    for (size_t i = 0; i < count; i++)
        post(&clients[i], request);
    run(epoll, request, now_us() + atoi(argv[4]) * INT64_C(1000000));
    report(clients, count);
    free(clients);
    return EXIT_SUCCESS;
}
