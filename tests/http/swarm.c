/* SPDX-License-Identifier: MIT */
#include "swarm.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CONNECTIONS_MAX = 256 };

static pthread_t threads[CONNECTIONS_MAX];

static bool is_open(struct swarm *swarm, struct http_client *client)
{
    if (client->fd >= 0 || http_client_connect(client, swarm->address))
        return true;
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    return false;
}

static void send_one(struct swarm *swarm, struct http_client *client, const char *headers, size_t i)
{
    char buffer[SWARM_BODY];
    struct http_reply reply = {0};
    const char *body = swarm->make(swarm->context, i, buffer, sizeof buffer);
    char value[16];
    if (is_open(swarm, client) && (!http_client_send(client, "POST", swarm->path, headers, body, strlen(body)) ||
                                   !http_client_receive(client, false, &reply)))
        http_client_close(client);
    atomic_fetch_add(&swarm->statuses[reply.status], 1);
    if (swarm->take != NULL)
        swarm->take(swarm->context, i, &reply);
    if (reply.status != 0 && strcmp(http_reply_header(&reply, "Connection", value, sizeof value), "close") == 0)
        http_client_close(client);
    http_reply_clear(&reply);
}

static void *work(void *context)
{
    struct swarm *swarm = context;
    struct http_client client = {.fd = -1};
    char headers[256];
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\nContent-Type: %s\r\n", swarm->key,
             swarm->content_type == NULL ? "application/json" : swarm->content_type);
    while (!atomic_load(&swarm->stops)) {
        size_t i = atomic_fetch_add(&swarm->next, 1);
        if (i >= swarm->count)
            break;
        send_one(swarm, &client, headers, i);
    }
    http_client_close(&client);
    return NULL;
}

void swarm_start(struct swarm *swarm)
{
    ck_assert_uint_le(swarm->connections, CONNECTIONS_MAX);
    for (size_t i = 0; i < swarm->connections; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work, swarm), 0);
}

void swarm_join(struct swarm *swarm)
{
    for (size_t i = 0; i < swarm->connections; i++)
        pthread_join(threads[i], NULL);
}

void swarm_run(struct swarm *swarm)
{
    swarm_start(swarm);
    swarm_join(swarm);
}

size_t swarm_count(struct swarm *swarm, int status)
{
    return atomic_load(&swarm->statuses[status]);
}
