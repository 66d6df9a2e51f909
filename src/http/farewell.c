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
    MOST = 256,           /* at a time */
    MOST_BYTES = 64 << 20, /* of one client */
    PIECE = 16 << 10,
    PIECES_A_TURN = 64,
    EVENTS = 16,
};

struct leaving {
    struct leaving *previous;
    struct leaving *next;
    int fd;
    int64_t until_us;
    size_t discarded;
};

bool farewell_open(struct farewell *farewell)
{
    *farewell = (struct farewell){.epoll = epoll_create1(EPOLL_CLOEXEC)};
    return farewell->epoll >= 0;
}

void farewell_add(struct farewell *farewell, int fd)
{
    struct leaving *leaving = farewell->count < MOST ? malloc(sizeof *leaving) : NULL;
    if (leaving == NULL) {
        return;
    }
    *leaving = (struct leaving){
        .previous = farewell->newest,
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
    *(farewell->newest == NULL ? &farewell->oldest : &farewell->newest->next) = leaving;
    farewell->newest = leaving;
    farewell->count++;
}

static void farewell_end(struct farewell *farewell, struct leaving *leaving)
{
    *(leaving->previous == NULL ? &farewell->oldest : &leaving->previous->next) = leaving->next;
    *(leaving->next == NULL ? &farewell->newest : &leaving->next->previous) = leaving->previous;
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
    while (farewell->oldest != NULL && farewell->oldest->until_us <= now_us) {
        farewell_end(farewell, farewell->oldest);
    }
    return farewell->oldest == NULL ? -1 : (int)((farewell->oldest->until_us - now_us) / 1000) + 1;
}

void farewell_close(struct farewell *farewell)
{
    while (farewell->oldest != NULL) {
        farewell_end(farewell, farewell->oldest);
    }
    if (farewell->epoll >= 0) {
        close(farewell->epoll);
        farewell->epoll = -1;
    }
}
