/* SPDX-License-Identifier: MIT */
#include "turn.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* Most others are done within a second. */
enum { SILENT_TRIES = 50, PAUSE_NS = 20000000 };

int turn_take(const char *data_dir, enum turn turn)
{
    char path[PATH_MAX];
    int operation = turn == TURN_SHARED ? LOCK_SH : LOCK_EX;
    int size = snprintf(path, sizeof path, "%s/commands.lock", data_dir);
    int descriptor = size < PATH_MAX ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (descriptor < 0) {
        log_error("cannot open %s/commands.lock: %s", data_dir, strerrordesc_np(errno));
        return -1;
    }
    for (int i = 0; i < SILENT_TRIES; i++) {
        if (flock(descriptor, operation | LOCK_NB) == 0)
            return descriptor;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    }
    log_warn("waiting for another hark that is at work in %s", data_dir);
    if (flock(descriptor, operation) == 0)
        return descriptor;
    log_error("cannot lock %s: %s", path, strerrordesc_np(errno));
    close(descriptor);
    return -1;
}

/* A change of mode lets go first and then takes anew, so two that do it at once don't wait for each other. */
static void change(int descriptor, int operation)
{
    if (flock(descriptor, operation) != 0)
        log_warn("cannot wait for other commands: %s", strerrordesc_np(errno));
}

void turn_be_alone(int descriptor)
{
    change(descriptor, LOCK_EX);
}

void turn_share(int descriptor)
{
    change(descriptor, LOCK_SH);
}
