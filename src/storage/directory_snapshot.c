/* SPDX-License-Identifier: MIT */
#include "directory_snapshot.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "connection.h"
#include "query.h"

#include <stdlib.h>
#include <string.h>

struct snapshot *snapshot_hold(struct snapshot *snapshot)
{
    if (snapshot)
        atomic_fetch_add_explicit(&snapshot->holders, 1, memory_order_relaxed);
    return snapshot;
}

void snapshot_release(struct snapshot *snapshot)
{
    if (snapshot == NULL || atomic_fetch_sub_explicit(&snapshot->holders, 1, memory_order_acq_rel) != 1)
        return;
    survey_set_release(snapshot->surveys);
    arena_free(snapshot->arena);
    free(snapshot);
}

const uint8_t *snapshot_version(const struct snapshot *snapshot)
{
    return snapshot->version;
}

/* What replies depend on beside the answers. */
static void note_settings(struct buffer *settings, const struct result *result)
{
    for (int row = 0; row < result_rows(result); row++) {
        for (int column = 0; column < result_columns(result); column++) {
            int size;
            const void *bytes = result_bytes(result, row, column, &size);
            if (bytes == NULL)
                size = -1;
            buffer_append(settings, &size, sizeof size);
            buffer_append(settings, bytes, size < 0 ? 0 : (size_t)size);
        }
    }
}

static enum status make_version(struct snapshot *snapshot)
{
    struct buffer *settings = &snapshot->settings;
    buffer_append(settings, snapshot->surveys->state.bytes, snapshot->surveys->state.size);
    if (settings->failed)
        return STATUS_NO_MEMORY;
    digest_content(settings->data ? settings->data : "", settings->size, snapshot->version);
    return STATUS_OK;
}

static bool read_project(const struct result *result, int row, struct arena *arena, struct project *project)
{
    bool failed = false;
    size_t declared;
    struct text *names = result_texts(result, row, 4, arena, &declared, &failed);
    struct text secret = result_text(result, row, 5);

    project->id = result_int4(result, row, 0);
    project->organization_id = result_int4(result, row, 1);
    project->name = result_copy(result, row, 2, arena, &failed).bytes;
    project->time_zone = result_copy(result, row, 3, arena, &failed).bytes;
    for (size_t i = 0; !failed && i < declared && i < DECLARED_MAX; i++)
        project->declared[i] = names[i].bytes;
    memcpy(project->secret, secret.bytes, DIGEST_SIZE);
    project->retention_horizon_us = result_time(result, row, 6);
    project->publish_min_n = result_int4(result, row, 7);
    if (!result_is_null(result, row, 8)) {
        project->retain_days = result_int4(result, row, 9);
        failed = failed || !retain_mode_parse(result_copy(result, row, 8, arena, &failed).bytes, &project->retain_mode);
    }
    return !failed;
}

static enum status read_projects(struct connection *connection, struct snapshot *snapshot)
{
    struct result *result;
    enum status status = query_run(connection, QUERY_DIRECTORY_PROJECTS, NULL, &result);
    if (status != STATUS_OK)
        return status;
    note_settings(&snapshot->settings, result);
    snapshot->project_count = (size_t)result_rows(result);
    snapshot->projects = arena_array(snapshot->arena, snapshot->project_count + 1, sizeof *snapshot->projects);
    if (snapshot->projects == NULL)
        status = STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < snapshot->project_count; i++)
        if (!read_project(result, (int)i, snapshot->arena, &snapshot->projects[i]))
            status = STATUS_NO_MEMORY;
    result_free(result);
    return status;
}

static bool read_key(const struct result *result, int row, struct arena *arena, struct key *key)
{
    bool failed = false;
    struct text *origins = result_texts(result, row, 11, arena, &key->origin_count, &failed);
    const char **list = arena_array(arena, key->origin_count + 1, sizeof *list);

    key->id = result_int4(result, row, 0);
    key->organization_id = result_int4(result, row, 1);
    key->project_id = result_int4(result, row, 2);
    key->scope = (enum scope)result_int2(result, row, 3);
    key->is_test = result_bool(result, row, 4);
    memcpy(key->digest, result_text(result, row, 5).bytes, DIGEST_SIZE);
    key->expires_us = result_time(result, row, 6);
    key->replaces = result_int4(result, row, 7);
    key->lineage = result_int4(result, row, 8);
    key->rate = (struct rate){.count = result_int4(result, row, 9), .window_ms = result_int4(result, row, 10)};
    for (size_t i = 0; list && i < key->origin_count; i++)
        list[i] = origins[i].bytes;
    key->origins = list;
    return list != NULL && !failed;
}

/* The flags stand apart: they are written by those who may only read the keys. */
static bool make_flags(struct snapshot *snapshot)
{
    atomic_bool *flags = arena_array(snapshot->arena, snapshot->key_count + 1, sizeof *flags);
    for (size_t i = 0; flags && i < snapshot->key_count; i++) {
        atomic_init(&flags[i], false);
        snapshot->keys[i].is_used = &flags[i];
    }
    return flags != NULL;
}

static enum status read_keys(struct connection *connection, struct snapshot *snapshot)
{
    struct result *result;
    enum status status = query_run(connection, QUERY_DIRECTORY_KEYS, NULL, &result);
    if (status != STATUS_OK)
        return status;
    snapshot->key_count = (size_t)result_rows(result);
    snapshot->keys = arena_array(snapshot->arena, snapshot->key_count + 1, sizeof *snapshot->keys);
    if (snapshot->keys == NULL || !make_flags(snapshot))
        status = STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < snapshot->key_count; i++)
        if (!read_key(result, (int)i, snapshot->arena, &snapshot->keys[i]))
            status = STATUS_NO_MEMORY;
    result_free(result);
    return status;
}

enum status snapshot_read(struct connection *connection, const struct snapshot *previous, struct snapshot **snapshot)
{
    enum status status;
    struct snapshot *made = calloc(1, sizeof *made);
    *snapshot = NULL;
    if (made == NULL)
        return STATUS_NO_MEMORY;
    atomic_init(&made->holders, 1);
    buffer_init(&made->settings);
    made->arena = arena_new(0);
    status = made->arena ? connection_begin_snapshot(connection) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = read_projects(connection, made);
    if (status == STATUS_OK)
        status = read_keys(connection, made);
    if (status == STATUS_OK)
        status = survey_set_read(connection, previous ? previous->surveys : NULL, &made->surveys);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status == STATUS_OK)
        status = make_version(made);
    buffer_clear(&made->settings);
    if (status != STATUS_OK) {
        connection_rollback(connection);
        snapshot_release(made);
        return status;
    }
    *snapshot = made;
    return STATUS_OK;
}

/* A digest is no secret that timing could leak: whoever could choose its bytes would have to invert SHA-256. The last
 * comparison takes the same time all the same. */
const struct key *snapshot_key(const struct snapshot *snapshot, const uint8_t digest[DIGEST_SIZE])
{
    size_t low = 0;
    size_t high = snapshot->key_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(snapshot->keys[middle].digest, digest, DIGEST_SIZE) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == snapshot->key_count || !digest_equal(snapshot->keys[low].digest, digest, DIGEST_SIZE))
        return NULL;
    return &snapshot->keys[low];
}

void snapshot_carry_uses(const struct snapshot *old, struct snapshot *fresh)
{
    for (size_t i = 0; i < old->key_count; i++) {
        if (!atomic_load_explicit(old->keys[i].is_used, memory_order_relaxed))
            continue;
        const struct key *key = snapshot_key(fresh, old->keys[i].digest);
        if (key)
            key_note_use(key);
    }
}

size_t snapshot_take_uses(struct snapshot *snapshot, int32_t *ids, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < snapshot->key_count && count < max; i++)
        if (atomic_exchange_explicit(snapshot->keys[i].is_used, false, memory_order_relaxed))
            ids[count++] = snapshot->keys[i].id;
    return count;
}

const struct project *snapshot_project(const struct snapshot *snapshot, int32_t id)
{
    for (size_t i = 0; i < snapshot->project_count; i++)
        if (snapshot->projects[i].id == id)
            return &snapshot->projects[i];
    return NULL;
}

const struct project *snapshot_project_named(const struct snapshot *snapshot, const char *name)
{
    for (size_t i = 0; i < snapshot->project_count; i++)
        if (strcmp(snapshot->projects[i].name, name) == 0)
            return &snapshot->projects[i];
    return NULL;
}

const struct project *snapshot_projects(const struct snapshot *snapshot, size_t *count)
{
    *count = snapshot->project_count;
    return snapshot->projects;
}

const struct project_surveys *snapshot_project_surveys(const struct snapshot *snapshot, int32_t project_id)
{
    size_t low = 0;
    size_t high = snapshot ? snapshot->surveys->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct project_surveys *surveys = &snapshot->surveys->projects[middle];
        if (surveys->project_id == project_id)
            return surveys;
        if (surveys->project_id < project_id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

enum dimension project_dimension(const struct project *project, const char *name)
{
    for (enum dimension d = 0; d < DIMENSION_COUNT; d++) {
        const char *own = project_dimension_name(project, d);
        if (own && strcmp(own, name) == 0)
            return d;
    }
    return DIMENSION_COUNT;
}

const char *project_dimension_name(const struct project *project, enum dimension dimension)
{
    if (dimension >= DIMENSION_DECLARED_1 && dimension <= DIMENSION_DECLARED_4)
        return project ? project->declared[dimension - DIMENSION_DECLARED_1] : NULL;
    return dimension_name(dimension);
}
