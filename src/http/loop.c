/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include "base/clock.h"
#include "base/log.h"
#include "exchange.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* libmicrohttpd's own epoll loop hangs when exactly 128 connections are ready, or a multiple. So this loop waits on the
 * daemon's epoll descriptor, on the listeners and on an eventfd, and MHD_run only works off what is there. */

/* Beside a request's head, for the headers of its reply, of which Link may take 1,000 bytes. All of a connection's memory is cleared at each
 * request. */
enum { REPLY_HEAD_BYTES = 2 << 10 };
enum { EVENTS = 64, PAUSE_TICK_MS = 100, DRAIN_TICK_MS = 50 };

struct loop *loop_hold(struct loop *loop)
{
    atomic_fetch_add(&loop->references, 1);
    return loop;
}

void loop_release(struct loop *loop)
{
    if (atomic_fetch_sub(&loop->references, 1) == 1) {
        pthread_mutex_destroy(&loop->mutex);
        free(loop);
    }
}

/* --- what other threads post ------------------------------------------------------------------------------------------- */

void loop_wake(struct loop *loop)
{
    uint64_t one = 1;
    /* It can't fail, but a wake-up that is lost leaves a client without a reply: the next post wakes nobody. */
    while (write(loop->wake, &one, sizeof one) < 0 && errno != EAGAIN) {
    }
}

void exchange_suspend(struct request *request)
{
    request->is_suspended = true;
    MHD_suspend_connection(request->connection);
}

bool loop_has_turned(struct loop *loop)
{
    unsigned turns = atomic_load(&loop->turns);
    bool has_turned = turns != loop->turns_noted;
    loop->turns_noted = turns;
    loop_wake(loop);
    return has_turned;
}

void exchange_resume(struct request *request)
{
    if (request->is_suspended) {
        request->is_suspended = false;
        MHD_resume_connection(request->connection);
    }
}

/* On the loop's thread, or after it ended: then the socket is gone. */
static void settle(struct request *request)
{
    unsigned what = atomic_exchange(&request->posted, 0);
    bool is_there = request->connection != NULL;
    if ((what & POSTED_FINISH) != 0) {
        if (is_there && request->phase == PHASE_PENDING) {
            if (request->complete != NULL) {
                request->complete(request);
            }
            request->phase = PHASE_ANSWERED;
            exchange_resume(request);
        }
        request_release(request);
    } else if (is_there && request->phase == PHASE_PAUSED) {
        request->phase = PHASE_BODY;
        deadline_of_body_resume(request->loop, request->client);
        exchange_resume(request);
    } else if (is_there && request->phase == PHASE_STREAM) {
        exchange_resume(request);
    }
    request_release(request);
}

void loop_post(struct request *request, unsigned what)
{
    struct loop *loop = request->loop;
    request_hold(request);
    if (atomic_fetch_or(&request->posted, what) != 0) {
        request_release(request); /* it is in the list already */
        return;
    }
    pthread_mutex_lock(&loop->mutex);
    bool is_closed = loop->closed;
    if (!is_closed) {
        request->next_posted = loop->posted;
        loop->posted = request;
        if (request->next_posted == NULL) {
            loop_wake(
                loop); /* once for all that come before the loop looks; within the lock, as it may be closed after */
        }
    }
    pthread_mutex_unlock(&loop->mutex);
    if (is_closed) {
        settle(request);
    }
}

static void settle_posted(struct loop *loop)
{
    pthread_mutex_lock(&loop->mutex);
    struct request *request = loop->posted;
    loop->posted = NULL;
    pthread_mutex_unlock(&loop->mutex);
    struct request *first = NULL;
    while (request != NULL) { /* the newest came first: turn it round */
        struct request *next = request->next_posted;
        request->next_posted = first;
        first = request;
        request = next;
    }
    while (first != NULL) {
        struct request *next = first->next_posted;
        settle(first);
        first = next;
    }
}

/* --- the thread -------------------------------------------------------------------------------------------------------- */

static int shorter(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int next_timeout(struct loop *loop)
{
    MHD_UNSIGNED_LONG_LONG ms;
    int timeout = -1;
    if (MHD_get_timeout(loop->daemon, &ms) == MHD_YES) {
        timeout = ms > 60000 ? 60000 : (int)ms;
    }
    if (loop->farewell.count > 0) {
        timeout = shorter(timeout, farewell_expire(&loop->farewell, clock_monotonic_us()));
    }
    if (loop->accepts_from_us != 0) {
        timeout = shorter(timeout, PAUSE_TICK_MS);
    }
    timeout = shorter(timeout, deadline_sweep(loop));
    return loop->drains_from_us != 0 ? shorter(timeout, DRAIN_TICK_MS) : timeout;
}

static void handle_event(struct loop *loop, const struct epoll_event *event)
{
    void *source = event->data.ptr;
    if (source == &loop->daemon) {
        return; /* MHD_run sees to it */
    }
    if (source == &loop->wake) {
        uint64_t count;
        (void)!read(loop->wake, &count, sizeof count);
    } else if (source == &loop->server->main || source == &loop->server->admin) {
        intake_accept(loop, source);
    } else if (source == &loop->farewell) {
        farewell_run(&loop->farewell);
    } else {
        intake_client_left(loop, source);
    }
}

static bool is_over(const struct loop *loop)
{
    return atomic_load(&loop->server->stopping) ||
           (loop->drains_from_us != 0 && LIST_EMPTY(&loop->clients) && loop->farewell.count == 0);
}

static void *loop_run(void *context)
{
    struct loop *loop = context;
    pthread_setname_np(pthread_self(), "hark-http");
    while (!is_over(loop)) {
        struct epoll_event events[EVENTS];
        atomic_fetch_add_explicit(&loop->turns, 1, memory_order_relaxed);
        int count = epoll_wait(loop->epoll, events, EVENTS, next_timeout(loop));
        loop->now_us = clock_monotonic_us();
        for (int i = 0; i < count; i++) {
            handle_event(loop, &events[i]);
        }
        intake_tend(loop);
        settle_posted(loop);
        MHD_run(loop->daemon);
        intake_dismiss(loop);
    }
    return NULL;
}

/* --- opening and closing ----------------------------------------------------------------------------------------------- */

static struct MHD_Daemon *start_daemon(struct loop *loop)
{
    const struct http_options *options = &loop->server->options;
    unsigned limit = (unsigned)(options->max_connections + ADMIN_EXTRA);
    unsigned timeout = (unsigned)((options->idle_timeout_ms + 999) / 1000);
    /* No MHD_USE_ERROR_LOG: its messages may quote what clients sent. Strictness 0: the guard is stricter, and what it
     * refuses gets a problem document. */
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, exchange_on_access, loop,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_on_target, loop, MHD_OPTION_NOTIFY_COMPLETED, exchange_on_completed, loop,
        MHD_OPTION_NOTIFY_CONNECTION, intake_on_connection, loop, MHD_OPTION_CONNECTION_LIMIT, limit,
        MHD_OPTION_CONNECTION_TIMEOUT, timeout, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)options->head_bytes + REPLY_HEAD_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_END);
}

static bool watch(struct loop *loop, int fd, void *source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
    return fd >= 0 && epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool loop_open(struct loop *loop)
{
    loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!farewell_open(&loop->farewell)) {
        return false;
    }
    loop->daemon = start_daemon(loop);
    const union MHD_DaemonInfo *daemon =
        loop->daemon == NULL ? NULL : MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return daemon != NULL && watch(loop, daemon->epoll_fd, &loop->daemon) && watch(loop, loop->wake, &loop->wake) &&
           watch(loop, loop->farewell.epoll, &loop->farewell);
}

struct loop *loop_new(struct http_server *server)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL) {
        return NULL;
    }
    atomic_init(&loop->references, 1);
    pthread_mutex_init(&loop->mutex, NULL);
    loop->server = server;
    loop->application = server->application;
    if (!loop_open(loop)) {
        log_error("an HTTP loop can't be set up: %s", strerrordesc_np(errno));
        (void)loop_close(loop);
        return NULL;
    }
    loop->now_us = clock_monotonic_us();
    intake_open(loop);
    return loop;
}

/* Signals are for the thread that waits for them. */
bool loop_start(struct loop *loop)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    sigdelset(&all, SIGSYS); /* the sandbox's, of this very thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&loop->thread, NULL, loop_run, loop);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0;
}

bool loop_join(struct loop *loop, const struct timespec *deadline)
{
    int error =
        deadline == NULL ? pthread_join(loop->thread, NULL) : pthread_timedjoin_np(loop->thread, NULL, deadline);
    return error == 0;
}

/* libmicrohttpd must not be stopped while a connection is suspended. Stopping it closes the resumed ones, unanswered. */
static size_t cut_clients(struct loop *loop)
{
    size_t cut = 0;
    struct client *client;
    LIST_FOREACH(client, &loop->clients, of_loop)
    {
        cut += client->is_busy;
        if (client->request != NULL) {
            client->request->phase = PHASE_CUT;
            exchange_resume(client->request);
        }
    }
    return cut;
}

static void close_descriptor(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

size_t loop_close(struct loop *loop)
{
    size_t cut = cut_clients(loop);
    MHD_stop_daemon(loop->daemon);
    farewell_close(&loop->farewell);
    pthread_mutex_lock(&loop->mutex);
    loop->closed = true;
    pthread_mutex_unlock(&loop->mutex);
    settle_posted(loop);
    close_descriptor(loop->wake);
    close_descriptor(loop->epoll);
    loop_release(loop);
    return cut;
}
