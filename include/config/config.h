/* SPDX-License-Identifier: MIT */
#ifndef HARK_CONFIG_CONFIG_H
#define HARK_CONFIG_CONFIG_H

#include "base/address.h"
#include "base/log.h"
#include "base/rate.h"
#include "base/sandbox.h"

#include <stdbool.h>
#include <stdio.h>

enum { CONFIG_RANGES_MAX = 64 };

struct config_ranges {
    struct address_range *list; /* NULL: none */
    size_t count;
};

/* What the environment says, once, at start. Unset settings hold their defaults. Durations in milliseconds. */
struct config {
    char *listen;       /* HARK_LISTEN: address:port, [v6]:port */
    char *admin_listen; /* HARK_ADMIN_LISTEN: NULL: /metrics is on `listen` */
    char *data_dir;     /* HARK_DATA_DIR: absolute after config_load */
    char *database_url; /* HARK_DATABASE_URL, or the first line of the file in HARK_DATABASE_URL_FILE; NULL: private */
    char *user;         /* HARK_USER: NULL: the first of hark, postgres that exists */
    int http_threads;
    int committers;
    int readers;
    int queue_size;
    int max_connections;
    int max_header_kb;
    int max_streams;
    int idle_timeout_ms;
    int drain_timeout_ms;
    int commit_timeout_ms;
    int statement_timeout_ms;
    int header_timeout_ms;
    int body_timeout_ms;
    int reply_timeout_ms;
    int max_connections_per_address; /* 0: no limit */
    struct rate address_rate;
    struct rate failed_key_rate;
    struct config_ranges trusted_proxies;
    int forwarded_header; /* 0: X-Forwarded-For, 1: Forwarded */
    int max_dimension_values;
    int max_cells;
    int retention_period_ms;
    int cache_mb;
    int cache_age_ms;
    int cache_age_others_ms;
    enum log_level log_level;
    bool access_log;
    bool allow_unsafe_database;
    enum sandbox sandbox;
};

/* Reads the environment. Every fault is written to `faults`, one line each ("HARK_READERS: must be an integer from 1 to
 * 64"), unknown HARK_* names too; false when there was one. A URL's password is never printed. */
bool config_load(struct config *config, FILE *faults) __attribute__((warn_unused_result));
void config_clear(struct config *config);
/* The table of settings: name, default, meaning. For --help. */
void config_print(FILE *out);

#endif
