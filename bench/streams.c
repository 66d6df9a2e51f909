/* SPDX-License-Identifier: MIT */
/* Who follows the numbers: opens COUNT streams and reads what they are told. Prints `open` once each has had its first event, and
 * after SECONDS how many events came in all, the fewest that one stream got, and how many streams were closed.
 *   streams PORT KEY COUNT SECONDS      on 127.0.0.1 only */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, PIECE = 65536, PATIENCE_S = 60 };

static const char MARK[] = "event: metrics";
enum { MARK_SIZE = sizeof MARK - 1 };

struct stream {
    int fd; /* -1: closed */
    unsigned events;
    size_t matched; /* bytes of MARK: it may stand across two pieces */
};

static size_t waiting; /* streams without an event yet */

static int64_t now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void fail(const char *what)
{
    fprintf(stderr, "streams: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static void count_events(struct stream *stream, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        stream->matched = bytes[i] == MARK[stream->matched] ? stream->matched + 1 : bytes[i] == MARK[0];
        if (stream->matched < MARK_SIZE)
            continue;
        stream->matched = 0;
        waiting -= stream->events++ == 0;
    }
}

static void take(struct stream *stream)
{
    char piece[PIECE];
    ssize_t size = recv(stream->fd, piece, sizeof piece, MSG_DONTWAIT);
    if (size > 0) {
        count_events(stream, piece, (size_t)size);
    } else if (size == 0 || errno != EAGAIN) {
        close(stream->fd);
        stream->fd = -1;
    }
}

static void open_stream(int epoll, int port, const char *request, struct stream *stream)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = stream};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    stream->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (stream->fd < 0 || connect(stream->fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, stream->fd, &event) != 0)
        fail("connect");
    if (send(stream->fd, request, strlen(request), MSG_NOSIGNAL) < 0)
        fail("send");
}

static void run(int epoll, int64_t end_us, bool until_open)
{
    struct epoll_event events[EVENTS];
    while (now_us() < end_us && (!until_open || waiting > 0)) {
        int count = epoll_wait(epoll, events, EVENTS, 100);
        for (int i = 0; i < count; i++)
            take(events[i].data.ptr);
    }
}

static void report(const struct stream *streams, size_t count)
{
    unsigned least = streams[0].events;
    unsigned long all = 0;
    unsigned closed = 0;
    for (size_t i = 0; i < count; i++) {
        all += streams[i].events;
        least = streams[i].events < least ? streams[i].events : least;
        closed += streams[i].fd < 0;
    }
    printf("%lu %u %u\n", all, least, closed);
}

int main(int argc, char **argv)
{
    char request[512];
    struct rlimit limit;
    if (argc != 5) {
        fputs("usage: streams PORT KEY COUNT SECONDS\n", stderr);
        return EXIT_FAILURE;
    }
    size_t count = strtoul(argv[3], NULL, 10);
    struct stream *streams = calloc(count, sizeof *streams);
    int epoll = epoll_create1(0);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (count == 0 || streams == NULL || epoll < 0)
        fail("start");
    snprintf(request, sizeof request,
             "GET /v1/metrics/stream?compare=previous HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
             argv[2]);
    waiting = count;
    for (size_t i = 0; i < count; i++) {
        open_stream(epoll, atoi(argv[1]), request, &streams[i]);
        if (i % EVENTS == 0)
            run(epoll, now_us() + 1000, false); /* the queue of a listener is short */
    }
    run(epoll, now_us() + PATIENCE_S * INT64_C(1000000), true);
    puts(waiting == 0 ? "open" : "not all open");
    fflush(stdout);
    run(epoll, now_us() + atoi(argv[4]) * INT64_C(1000000), false);
    report(streams, count);
    free(streams);
    return EXIT_SUCCESS;
}
