/* SPDX-License-Identifier: MIT */
#include "role.h"

#include "base/log.h"
#include "connection.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* NULL: what the session logged in as. */
static const char *const take_on[] = {
    [DATABASE_OWNER] = NULL, [DATABASE_WRITER] = "SET ROLE hark_writer", [DATABASE_READER] = "SET ROLE hark_reader"};

static enum status roles_are_ready(struct connection *connection, bool *ready)
{
    struct result *result;
    enum status status = query_run(connection, QUERY_ROLE_STATE, NULL, &result);
    *ready = status == STATUS_OK && result_bool(result, 0, 0);
    result_free(result);
    return status;
}

enum status role_prepare(struct connection *connection, bool is_due)
{
    bool ready;
    enum status status = roles_are_ready(connection, &ready);
    if (status != STATUS_OK || (ready && !is_due))
        return status;
    status = query_execute(connection, QUERY_ROLE_GRANT, NULL);
    if (status == STATUS_LOST)
        return status;
    if (status != STATUS_OK)
        log_warn("the roles hark_writer and hark_reader are not ready: sessions work with all rights of the role that "
                 "logs in. Let a superuser run: CREATE ROLE hark_writer; CREATE ROLE hark_reader; GRANT hark_writer, "
                 "hark_reader TO <that role>; and then hark migrate");
    return STATUS_OK;
}

enum status role_take_on(struct connection *connection)
{
    bool ready;
    enum status status;
    connection->is_walled = false;
    if (take_on[connection->options.role] == NULL)
        return STATUS_OK;
    status = roles_are_ready(connection, &ready);
    if (status != STATUS_OK || !ready)
        return status;
    connection->is_walled = true;
    return connection_script(connection, take_on[connection->options.role]);
}

enum status connection_begin_as(struct connection *connection, enum database_role role)
{
    static const char *const begin[] = {[DATABASE_OWNER] = "BEGIN; SET LOCAL ROLE NONE",
                                        [DATABASE_WRITER] = "BEGIN; SET LOCAL ROLE hark_writer",
                                        [DATABASE_READER] = "BEGIN; SET LOCAL ROLE hark_reader"};
    enum status status;
    if (!connection->is_walled || role == connection->options.role)
        return connection_begin(connection);
    status = connection_is_good(connection) ? connection_script(connection, begin[role]) : STATUS_UNAVAILABLE;
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}

static bool is_open(const struct connection *connection, const int32_t *project_ids, size_t count)
{
    return connection->open_count == count &&
           (count == 0 || memcmp(connection->open_ids, project_ids, count * sizeof *project_ids) == 0);
}

static enum status send_projects(struct connection *connection, const int32_t *project_ids, size_t count)
{
    struct arguments arguments;
    struct buffer list;
    enum status status;
    buffer_init(&list);
    arguments_init(&arguments);
    buffer_string(&list, "");
    for (size_t i = 0; i < count; i++)
        buffer_format(&list, i ? ",%d" : "%d", (int)project_ids[i]);
    argument_text(&arguments, (struct text){list.data ? list.data : "", list.size});
    status = list.failed ? STATUS_NO_MEMORY : query_execute(connection, QUERY_PROJECT_OPEN, &arguments);
    arguments_clear(&arguments);
    buffer_clear(&list);
    return status;
}

/* The last list is remembered, so that a session which goes on for the same project pays nothing. */
enum status connection_open_projects(struct connection *connection, const int32_t *project_ids, size_t count)
{
    int32_t *ids;
    enum status status;
    if (!connection_is_good(connection))
        return STATUS_UNAVAILABLE;
    if (!connection->is_walled || (connection->open_ids && is_open(connection, project_ids, count)))
        return STATUS_OK;
    /* Within a transaction it would be undone by a rollback, and what is remembered would be wrong. */
    assert(PQtransactionStatus(connection->pg) == PQTRANS_IDLE);
    ids = realloc(connection->open_ids, (count + 1) * sizeof *ids);
    if (ids == NULL)
        return STATUS_NO_MEMORY;
    connection->open_ids = ids;
    connection->open_count = SIZE_MAX; /* not known, should it fail */
    status = send_projects(connection, project_ids, count);
    if (status != STATUS_OK)
        return status;
    if (count > 0)
        memcpy(ids, project_ids, count * sizeof *ids);
    connection->open_count = count;
    return STATUS_OK;
}

static int ascending(const void *a, const void *b)
{
    return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
}

enum status connection_open_each_project(struct connection *connection, int32_t *project_ids, size_t count)
{
    size_t kept = 0;
    qsort(project_ids, count, sizeof *project_ids, ascending);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || project_ids[i] != project_ids[kept - 1])
            project_ids[kept++] = project_ids[i];
    return connection_open_projects(connection, project_ids, kept);
}
