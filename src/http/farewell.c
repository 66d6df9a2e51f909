/* SPDX-License-Identifier: MIT */
#include "farewell.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LONGEST_US = 2000000,
    MOST = 256,            /* at a time */
    MOST_BYTES = 64 << 20, /* of one client */
    PIECE = 16 << 10,
    PIECES_A_TURN = 64,
    EVENTS = 16,
};

struct leaving {
    TAILQ_ENTRY(leaving) link;
    int fd;
    int64_t until_us;
    size_t discarded;
};

bool farewell_open(struct farewell *farewell)
{
    *farewell = (struct farewell){.epoll = epoll_create1(EPOLL_CLOEXEC)};
    TAILQ_INIT(&farewell->list);
    return farewell->epoll >= 0;
}

void farewell_add(struct farewell *farewell, int fd)
{
    struct leaving *leaving = farewell->count < MOST ? malloc(sizeof *leaving) : NULL;
    if (leaving == NULL) {
        return;
    }
    *leaving = (struct leaving){
        .fd = fcntl(fd, F_DUPFD_CLOEXEC, 0),
        .until_us = clock_monotonic_us() + LONGEST_US,
    };
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = leaving};
    if (leaving->fd < 0 || epoll_ctl(farewell->epoll, EPOLL_CTL_ADD, leaving->fd, &event) != 0) {
        if (leaving->fd >= 0) {
            close(leaving->fd);
        }
        free(leaving);
        return;
    }
    TAILQ_INSERT_TAIL(&farewell->list, leaving, link);
    farewell->count++;
}

static void farewell_end(struct farewell *farewell, struct leaving *leaving)
{
    TAILQ_REMOVE(&farewell->list, leaving, link);
    farewell->count--;
    close(leaving->fd);
    free(leaving);
}

static void discard(struct farewell *farewell, struct leaving *leaving)
{
    char piece[PIECE];
    for (int i = 0; i < PIECES_A_TURN; i++) {
        ssize_t size = recv(leaving->fd, piece, sizeof piece, MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        leaving->discarded += size > 0 ? (size_t)size : 0;
        if (size <= 0 || leaving->discarded > MOST_BYTES) {
            farewell_end(farewell, leaving);
            return;
        }
    }
}

void farewell_run(struct farewell *farewell)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(farewell->epoll, events, EVENTS, 0);
    for (int i = 0; i < count; i++) {
        discard(farewell, events[i].data.ptr);
    }
}

int farewell_expire(struct farewell *farewell, int64_t now_us)
{
    struct leaving *oldest = TAILQ_FIRST(&farewell->list);
    while (oldest != NULL && oldest->until_us <= now_us) {
        struct leaving *next = TAILQ_NEXT(oldest, link);
        farewell_end(farewell, oldest);
        oldest = next;
    }
    return oldest == NULL ? -1 : (int)((oldest->until_us - now_us) / 1000) + 1;
}

void farewell_close(struct farewell *farewell)
{
    (void)farewell_expire(farewell, INT64_MAX);
    if (farewell->epoll >= 0) {
        close(farewell->epoll);
        farewell->epoll = -1;
    }
}
