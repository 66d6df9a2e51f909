/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_SESSION_H
#define HARK_COMMAND_SESSION_H

#include "base/status.h"
#include "config/config.h"
#include "storage/cluster.h"
#include "storage/database.h"

/* A session with the database for the length of one command: beside a running server, or with a private PostgreSQL that
 * is started for it. */
struct session {
    struct config config;
    int turn;                /* -1: none */
    struct cluster *cluster; /* NULL: somebody else runs it */
    char *url;               /* of the private PostgreSQL */
    struct database_options database;
    struct connection *connection;
    char actor[80]; /* as the audit log names it */
    int migrations; /* how many were applied just now */
};

/* Steps down from root, connects, and brings the schema up to date. Returns EXIT_SUCCESS, or what the command ends with: the
 * reason was printed, and there is nothing to close. */
int session_open(struct session *session) __attribute__((warn_unused_result));
/* The same for a command that keeps a file in the data folder: made, too, where the database is somebody else's. */
int session_open_with_folder(struct session *session) __attribute__((warn_unused_result));
void session_close(struct session *session);

/* Prints a sentence about a failure that the layers below have no words for; none for STATUS_OK. Returns the exit status. */
int session_report(enum status status);

#endif
