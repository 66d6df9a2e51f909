/* SPDX-License-Identifier: MIT */
#ifndef HARK_SRC_HTTP_LOOP_H
#define HARK_SRC_HTTP_LOOP_H

/* The inside of the server: shared by the modules of this folder only. */

#include "access.h"
#include "base/limiter.h"
#include "farewell.h"
#include "http/listener.h"
#include "http/server.h"
#include "peers.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>
#include <time.h>

/* The routes that one listener serves. */
struct route_set {
    struct route *routes;
    size_t *indexes; /* of each in the application's table */
    size_t count;
};

/* What all loops share. */
struct http_server {
    struct http_application application;
    struct http_options options;
    struct access access;
    struct peers *peers;     /* NULL: no limit */
    struct limiter *limiter; /* by address; NULL: no limit */
    struct listener main;
    struct listener admin; /* fd -1 when there is none */
    bool has_admin;
    struct route_set main_routes;
    struct route_set admin_routes;
    struct loop **loops;
    int loop_count;
    atomic_int connections;
    atomic_int listening; /* loops that still accept: the last one closes the listeners */
    atomic_bool draining;
    atomic_bool stopping;
    bool drained; /* the threads have ended */
};

/* A connection, from accept to close. */
struct client {
    LIST_ENTRY(client) of_loop;
    LIST_ENTRY(client) of_leavers; /* where it has left */
    struct MHD_Connection *connection;
    struct request *request; /* the one under way; NULL also where memory was out for it */
    int fd;
    struct address address; /* of who connected: a proxy's, where there is one */
    bool is_counted;        /* among the peers */
    bool is_proxy;          /* one that is believed */
    int64_t deadline_us;    /* 0: none */
    int64_t paused_us;      /* since when it stands still; 0: it runs */
    bool is_admin;
    bool is_busy;    /* a request is under way */
    bool has_served; /* one at least */
    bool has_left;   /* it sends nothing more, but may still wait for a reply */
    bool lingers;    /* its reply may overtake unread input: close it gently */
};

/* A thread that serves connections. Its descriptors and its daemon end with the server; the memory stays until the last
 * request has let go of it. */
struct loop {
    atomic_int references; /* one of the server, one of each request */
    struct http_server *server;
    struct http_application application; /* a copy: outlives the server */
    struct MHD_Daemon *daemon;
    pthread_t thread;
    int epoll;
    int wake;
    bool listens;
    int64_t accepts_from_us; /* 0, or when to try again after descriptors ran out */
    int64_t drains_from_us;  /* 0: not draining */
    int64_t now_us;          /* as this turn began: near enough for deadlines */
    int64_t swept_us;
    atomic_uint turns;
    unsigned turns_noted; /* loop_has_turned's own */
    LIST_HEAD(, client) clients;
    LIST_HEAD(, client) leavers;
    struct client *incoming; /* being handed to libmicrohttpd */
    struct farewell farewell;

    pthread_mutex_t mutex; /* guards the rest */
    struct request *posted;
    bool closed;
};

struct loop *loop_new(struct http_server *server);
bool loop_start(struct loop *loop);
void loop_wake(struct loop *loop);
/* Since the last time that this was asked; wakes it for the next. */
bool loop_has_turned(struct loop *loop);
/* Joins the thread: false when it did not end before the deadline (CLOCK_REALTIME; NULL: never gives up). */
bool loop_join(struct loop *loop, const struct timespec *deadline);
/* After the thread ended: cuts what is left, and lets go. How many requests were cut. */
size_t loop_close(struct loop *loop);

struct loop *loop_hold(struct loop *loop);
void loop_release(struct loop *loop);
/* From any thread: have the loop continue or finish the request. */
void loop_post(struct request *request, unsigned what);

/* intake.c: connections as they come and go, on the loop's thread. */
enum { ADMIN_EXTRA = 16 }; /* connections that the admin listener may have beyond the limit */
void intake_open(struct loop *loop);
void intake_accept(struct loop *loop, const struct listener *listener);
/* Opens again after a pause, and stops for good when the server drains. */
void intake_tend(struct loop *loop);
void intake_client_left(struct loop *loop, struct client *client);
/* After libmicrohttpd's turn: makes it see those who have left and, in a drain, has idle connections closed. */
void intake_dismiss(struct loop *loop);
void intake_on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code);

/* deadline.c: until when a client must have done what is expected of it. */
void deadline_for_first_headers(struct loop *loop, struct client *client);
void deadline_for_next_headers(struct loop *loop, struct client *client);
/* Its first line is in. */
void deadline_for_rest_of_headers(struct loop *loop, struct client *client);
void deadline_for_body(struct loop *loop, struct client *client);
void deadline_of_body_extend(struct client *client, size_t bytes);
void deadline_of_body_pause(struct loop *loop, struct client *client);
void deadline_of_body_resume(struct loop *loop, struct client *client);
void deadline_for_reply(struct loop *loop, struct client *client, size_t bytes);
void deadline_none(struct client *client);
/* Cuts those who are late. Returns the milliseconds until it wants to be called again, -1: not before there are clients. */
int deadline_sweep(struct loop *loop);

#endif
