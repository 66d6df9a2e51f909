/* SPDX-License-Identifier: MIT */
#include "feedback.h"

#include "base/buffer.h"
#include "support/database.h"

#include <check.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The dimensions that test_feedback has, beside the project. */
static const struct {
    enum dimension dimension;
    const char *column;
} columns[] = {
    {DIMENSION_CHANNEL, "channel"},       {DIMENSION_REGION, "region"},   {DIMENSION_SEGMENT, "segment"},
    {DIMENSION_DECLARED_1, "declared_1"}, {DIMENSION_COUNTRY, "country"},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static PGresult *run(const char *sql)
{
    PGconn *pg = PQconnectdb(test_database_url());
    PGresult *result = PQexec(pg, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        ck_abort_msg("%.200s …: %s", sql, PQresultErrorMessage(result));
    PQfinish(pg);
    return result;
}

void feedback_execute(const char *format, ...)
{
    va_list list;
    char *sql;
    va_start(list, format);
    ck_assert_int_ge(vasprintf(&sql, format, list), 0);
    va_end(list);
    PQclear(run(sql));
    free(sql);
}

/* Values get ids in an order that differs from project to project. */
static const char make[] =
    "SET client_min_messages = warning;"
    "SET timezone = 'UTC';"
    "CREATE TABLE IF NOT EXISTS test_feedback (project_id int, quarter int, channel text, region text, segment text,"
    " declared_1 text, country text, nps int, csat int, ces int);"
    "CREATE TEMP TABLE p AS SELECT %d AS id, %d AS rows, %d AS first, %d AS last; SELECT setseed(%f);"
    "CREATE TEMP TABLE raw AS SELECT id AS project_id, first + floor(random() * (last - first))::int AS quarter,"
    " (ARRAY['web', 'app', 'shop', 'a \"quoted\" channel', NULL])[1 + floor(random() * 5)] AS channel,"
    " (ARRAY['ES', 'ES-CT', 'ES-MD', 'FR', 'FR-IDF', NULL])[1 + floor(random() * 6)] AS region,"
    " (ARRAY['new', 'old', NULL])[1 + floor(random() * 3)] AS segment,"
    " (ARRAY['4.1', '4.2', NULL])[1 + floor(random() * 3)] AS declared_1,"
    " CASE WHEN random() < 0.8 THEN floor(random() * 11)::int END AS nps,"
    " CASE WHEN random() < 0.6 THEN 1 + floor(random() * 5)::int END AS csat,"
    " CASE WHEN random() < 0.5 THEN 1 + floor(random() * 7)::int END AS ces,"
    " floor(random() * 3)::smallint AS slot FROM p, generate_series(1, p.rows);"
    "INSERT INTO test_feedback SELECT project_id, quarter, channel, region, segment, declared_1, left(region, 2), nps,"
    " csat, ces FROM raw;"
    "CREATE TEMP TABLE v AS SELECT dimension, value, 3 + row_number() OVER (PARTITION BY dimension"
    " ORDER BY md5(value || (SELECT id FROM p))) AS id FROM ("
    " SELECT 1 AS dimension, channel AS value FROM raw UNION SELECT 1, 'ghost' UNION SELECT 2, region FROM raw"
    " UNION SELECT 5, segment FROM raw UNION SELECT 6, declared_1 FROM raw UNION SELECT 10, left(region, 2) FROM raw"
    ") AS w WHERE value IS NOT NULL;"
    "INSERT INTO dimension_value (project_id, dimension, id, value) SELECT (SELECT id FROM p), dimension, id, value "
    "FROM v;"
    "CREATE TEMP TABLE c AS SELECT row_number() OVER () AS id, w.*,"
    " coalesce((SELECT id FROM v WHERE dimension = 1 AND value = channel), 0) AS channel_id,"
    " coalesce((SELECT id FROM v WHERE dimension = 2 AND value = region), 0) AS region_id,"
    " coalesce((SELECT id FROM v WHERE dimension = 5 AND value = segment), 0) AS segment_id,"
    " coalesce((SELECT id FROM v WHERE dimension = 6 AND value = declared_1), 0) AS declared_1_id,"
    " coalesce((SELECT id FROM v WHERE dimension = 10 AND value = left(region, 2)), 0) AS country_id"
    " FROM (SELECT channel, region, segment, declared_1 FROM raw UNION SELECT 'ghost', 'ES', NULL, NULL) AS w;"
    "INSERT INTO cell SELECT (SELECT id FROM p), id, 0, channel_id, region_id, 0, 0, segment_id, declared_1_id, 0, 0, "
    "0,"
    " country_id FROM c;"
    "CREATE TEMP TABLE answer AS SELECT raw.*, c.id AS cell_id FROM raw JOIN c ON (raw.channel, raw.region, "
    "raw.segment,"
    " raw.declared_1) IS NOT DISTINCT FROM (c.channel, c.region, c.segment, c.declared_1);"
    "INSERT INTO response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, key_id, nps, csat, "
    "ces,"
    " is_test, content_hash) SELECT project_id, gen_random_uuid(), to_timestamp(quarter * 900), now(), now(), quarter,"
    " cell_id, 1, nps, csat, ces, false, '' FROM answer;"
    /* Some answers that never count. */
    "INSERT INTO response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, key_id, nps, "
    "is_test,"
    " excluded, content_hash) SELECT project_id, gen_random_uuid(), to_timestamp(quarter * 900), now(), now(), quarter,"
    " cell_id, 1, 10, slot = 1, slot <> 1, '' FROM answer LIMIT 50;"
    /* What an edit leaves behind: a counter below zero in one slot, made up for in another; and a cell that nobody is in. */
    "CREATE TEMP TABLE counted AS SELECT project_id, quarter, cell_id, slot, nps, csat, ces, 1 AS sign FROM answer"
    " WHERE slot <> 2"
    " UNION ALL SELECT project_id, quarter, cell_id, 7, 0, 1, 7, 3 FROM answer WHERE slot = 0"
    " UNION ALL SELECT project_id, quarter, cell_id, 8, 0, 1, 7, -3 FROM answer WHERE slot = 0"
    " UNION ALL SELECT project_id, quarter, c.id, 0, 9, 5, 1, 1 FROM answer, c WHERE c.channel = 'ghost'"
    " UNION ALL SELECT project_id, quarter, c.id, 1, 9, 5, 1, -1 FROM answer, c WHERE c.channel = 'ghost';";

/* What no counter holds yet, in batches; among them what a test key sent. */
static const char make_pending[] =
    "INSERT INTO rollup_pending (project_id, quarters, cells, nps, csat, ces, tests) SELECT project_id,"
    " array_agg(quarter), array_agg(cell_id::int), array_agg(nps::smallint), array_agg(csat::smallint),"
    " array_agg(ces::smallint), array_agg(is_test) FROM (SELECT *, false AS is_test FROM answer WHERE slot = 2"
    " UNION ALL SELECT *, true FROM answer WHERE slot = 1) AS w GROUP BY project_id, (quarter + cell_id) % 7;";

static void sums(struct buffer *sql, const char *format)
{
    static const char *const questions[] = {"nps", "csat", "ces"};
    static const int first[] = {0, 1, 1};
    static const int last[] = {10, 5, 7};
    for (int q = 0; q < 3; q++)
        for (int score = first[q]; score <= last[q]; score++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            buffer_format(sql, format, questions[q], score);
#pragma GCC diagnostic pop
        }
}

void feedback_make(const struct tenant *tenant, const struct feedback_options *options)
{
    struct buffer sql;
    buffer_init(&sql);
    buffer_format(&sql, make, (int)tenant->project_id, options->rows, options->from, options->to, options->seed);
    buffer_string(&sql, make_pending);
    buffer_string(&sql, "INSERT INTO rollup_quarter (project_id, quarter, cell_id, slot");
    sums(&sql, ", %s_%d");
    buffer_string(&sql, ") SELECT project_id, quarter, cell_id, slot");
    sums(&sql, ", coalesce(sum(sign) FILTER (WHERE %s = %d), 0)");
    buffer_string(&sql, " FROM counted GROUP BY project_id, quarter, cell_id, slot");
    PQclear(run(sql.data));
    buffer_clear(&sql);
}

void feedback_drop(const struct tenant *tenant)
{
    static const char *const tables[] = {"rollup_quarter",  "rollup_pending",   "rollup_day",
                                         "rollup_day_pack", "rollup_day_state", "response"};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        feedback_execute("DELETE FROM %s WHERE project_id = %d", tables[i], (int)tenant->project_id);
}

/* project|channel|region|segment|declared_1|country|bucket|23 counters, '-' for what isn't grouped, NULL for what is missing. */
static void expected_sql(struct buffer *sql, const struct rollup_query *query, const char *where)
{
    buffer_string(sql, query->by_project ? "SELECT concat_ws('|', project_id" : "SELECT concat_ws('|', '-'");
    for (int i = 0; i < COLUMNS; i++)
        if (query->group_by >> columns[i].dimension & 1)
            buffer_format(sql, ", coalesce(%s, 'NULL')", columns[i].column);
        else
            buffer_string(sql, ", '-'");
    buffer_string(sql, ", bucket, concat_ws(','");
    sums(sql, ", count(*) FILTER (WHERE %s = %d)");
    buffer_string(sql, ")) COLLATE \"C\" AS line FROM (SELECT f.*, 0");
    for (size_t i = 1; query->calendar && i < query->calendar->count; i++)
        buffer_format(sql, " + (quarter >= %d)::int", (int)query->calendar->boundaries[i]);
    buffer_string(sql, " AS bucket FROM test_feedback f) AS f WHERE project_id IN (0");
    for (size_t i = 0; i < query->project_count; i++)
        buffer_format(sql, ", %d", (int)query->project_ids[i]);
    buffer_format(sql,
                  ") AND quarter >= %d AND quarter < %d AND num_nonnulls(nps, csat, ces) > 0 AND (%s) GROUP BY bucket",
                  (int)query->from, (int)query->to, where ? where : "true");
    buffer_string(sql, query->by_project ? ", project_id" : "");
    for (int i = 0; i < COLUMNS; i++)
        if (query->group_by >> columns[i].dimension & 1)
            buffer_format(sql, ", %s", columns[i].column);
    buffer_string(sql, " ORDER BY line");
}

static char *line_of(const struct rollup_query *query, const struct rollup_group *group,
                     const struct rollup_point *point)
{
    struct buffer line;
    size_t size;
    buffer_init(&line);
    if (query->by_project)
        buffer_format(&line, "%d", (int)group->project_id);
    else
        buffer_string(&line, "-");
    for (int i = 0; i < COLUMNS; i++) {
        struct text value = group->values[columns[i].dimension];
        buffer_string(&line, "|");
        if ((query->group_by >> columns[i].dimension & 1) == 0)
            buffer_string(&line, text_is_absent(value) ? "-" : "not grouped");
        else if (text_is_absent(value))
            buffer_string(&line, "NULL");
        else
            buffer_append(&line, value.bytes, value.size);
    }
    buffer_format(&line, "|%d|", (int)point->bucket);
    for (int i = 0; i < ROLLUP_COUNTERS; i++)
        buffer_format(&line, i ? ",%lld" : "%lld", (long long)point->counts[i]);
    return buffer_take(&line, &size);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list_lines(const struct rollup_query *query, const struct rollup *rollup, char ***lines)
{
    size_t count = 0;
    size_t points = 0;
    for (size_t g = 0; g < rollup->group_count; g++)
        points += rollup->groups[g].point_count;
    *lines = calloc(points + 1, sizeof(char *));
    for (size_t g = 0; g < rollup->group_count; g++)
        for (size_t p = 0; p < rollup->groups[g].point_count; p++)
            (*lines)[count++] = line_of(query, &rollup->groups[g], &rollup->groups[g].points[p]);
    qsort(*lines, count, sizeof(char *), by_text);
    return count;
}

void feedback_compare_rollup(const struct rollup_query *query, const struct rollup *rollup, const char *where)
{
    struct buffer sql;
    PGresult *expected;
    char **lines;
    size_t count = list_lines(query, rollup, &lines);

    buffer_init(&sql);
    expected_sql(&sql, query, where);
    expected = run(sql.data);
    for (size_t i = 0; i < count && i < (size_t)PQntuples(expected); i++)
        ck_assert_str_eq(lines[i], PQgetvalue(expected, (int)i, 0));
    ck_assert_uint_eq(count, (size_t)PQntuples(expected));
    for (size_t i = 0; i < count; i++)
        free(lines[i]);
    free(lines);
    PQclear(expected);
    buffer_clear(&sql);
}

void feedback_compare(struct connection *connection, const struct rollup_query *query, const char *where)
{
    struct arena *arena = arena_new(0);
    struct rollup rollup;
    ck_assert_int_eq(rollup_read(connection, query, arena, &rollup), STATUS_OK);
    feedback_compare_rollup(query, &rollup, where);
    arena_free(arena);
}
