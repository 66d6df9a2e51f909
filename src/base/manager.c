/* SPDX-License-Identifier: MIT */
#include "base/manager.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST_SOCKET = 3, MOST_SOCKETS = 16, SHORTEST_WATCH_MS = 10 };

/* Nobody changes the environment while threads run. */
static const char *variable(const char *name)
{
    return getenv(name); // NOLINT(concurrency-mt-unsafe)
}

static long long number_of(const char *name)
{
    const char *text = variable(name);
    char *end = NULL;
    long long number = text == NULL ? 0 : strtoll(text, &end, 10);
    return text == NULL || end == text || *end != '\0' || number < 0 ? 0 : number;
}

/* --- what it is told --------------------------------------------------------------------------------------------------- */

/* A path, or @ and a name in the abstract namespace. */
static bool address_of(const char *text, struct sockaddr_un *address, socklen_t *size)
{
    size_t length = strlen(text);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if ((*text != '/' && *text != '@') || length >= sizeof address->sun_path)
        return false;
    memcpy(address->sun_path, text, length);
    if (*text == '@')
        address->sun_path[0] = '\0';
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return true;
}

void manager_notify(const char *state)
{
    const char *where = variable("NOTIFY_SOCKET");
    struct sockaddr_un address;
    socklen_t size;
    if (where == NULL || !address_of(where, &address, &size))
        return;
    int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (sender < 0 || sendto(sender, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size) < 0)
        log_warn("the service manager can't be told %s: %s", state, strerrordesc_np(errno));
    if (sender >= 0)
        close(sender);
}

int manager_watchdog_ms(void)
{
    long long us = number_of("WATCHDOG_USEC");
    long long process = number_of("WATCHDOG_PID");
    if (us == 0 || (process != 0 && process != getpid()))
        return 0;
    long long half_ms = us / 2000;
    return half_ms < SHORTEST_WATCH_MS ? SHORTEST_WATCH_MS : half_ms > INT_MAX ? INT_MAX : (int)half_ms;
}

/* --- what it hands over ------------------------------------------------------------------------------------------------ */

/* names: "name:name:name". */
static bool is_admin(const char *names, int index)
{
    static const char wanted[] = "admin";
    for (; names != NULL && index > 0; index--) {
        names = strchr(names, ':');
        names = names == NULL ? NULL : names + 1;
    }
    return names != NULL && strcspn(names, ":") == strlen(wanted) && strncmp(names, wanted, strlen(wanted)) == 0;
}

static bool is_listening(int descriptor)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

static bool prepare(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);
    return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0;
}

int manager_socket(enum manager_socket which)
{
    const char *names = variable("LISTEN_FDNAMES");
    long long count = number_of("LISTEN_PID") == getpid() ? number_of("LISTEN_FDS") : 0;
    for (int i = 0; i < count && i < MOST_SOCKETS; i++) {
        if (is_admin(names, i) != (which == MANAGER_SOCKET_ADMIN))
            continue;
        if (is_listening(FIRST_SOCKET + i) && prepare(FIRST_SOCKET + i))
            return FIRST_SOCKET + i;
        log_error("descriptor %d, from the service manager, is no listening socket", FIRST_SOCKET + i);
    }
    return 0;
}
