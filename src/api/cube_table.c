/* SPDX-License-Identifier: MIT */
#include "cube_table.h"

#include <stdlib.h>

enum {
    ENTRIES_MAX = 64,
    QUARTERS_MAX = 400 * 96,
    QUARTERS_TO_COME = 4, /* else the cube would end with the quarter of an hour */
};
/* A span that nobody asks for any more is left out after one to two of these. */
static const int64_t SPAN_US = 5000000;
static const int64_t REST_US = 1000000;
static const int64_t SHORT_US = 30000000;

void cube_table_init(struct cube_table *table, size_t bytes_max, int64_t kept_us)
{
    *table = (struct cube_table){.bytes_max = bytes_max, .kept_us = kept_us};
    TAILQ_INIT(&table->order);
}

static void forget(struct cube_table *table, struct cube_entry *entry)
{
    if (entry->moment == NULL)
        return;
    table->bytes -= cube_bytes(entry->moment->cube);
    cube_moment_release(entry->moment);
    entry->moment = NULL;
}

static void drop(struct cube_table *table, struct cube_entry *entry)
{
    forget(table, entry);
    TAILQ_REMOVE(&table->order, entry, by_use);
    table->count--;
    free(entry);
}

void cube_table_clear(struct cube_table *table)
{
    struct cube_entry *entry = TAILQ_FIRST(&table->order);
    while (entry) {
        struct cube_entry *next = TAILQ_NEXT(entry, by_use);
        drop(table, entry);
        entry = next;
    }
}

/* --- asking -------------------------------------------------------------------------------------------------------- */

struct cube_entry *cube_table_find(const struct cube_table *table, int32_t project_id, uint32_t group_by)
{
    struct cube_entry *entry;
    TAILQ_FOREACH(entry, &table->order, by_use)
    {
        if (entry->project_id == project_id && entry->group_by == group_by)
            return entry;
    }
    return NULL;
}

/* Those that are being read stay: who began comes back to them. They are fewer, for only so many can read. */
static void make_place(struct cube_table *table)
{
    struct cube_entry *last = TAILQ_LAST(&table->order, cube_order);
    if (table->count < ENTRIES_MAX)
        return;
    while (last && last->is_reading)
        last = TAILQ_PREV(last, cube_order, by_use);
    if (last)
        drop(table, last);
}

static struct cube_entry *add(struct cube_table *table, const struct rollup_query *query)
{
    struct cube_entry *entry = malloc(sizeof *entry);
    if (entry == NULL)
        return NULL;
    make_place(table);
    *entry = (struct cube_entry){.project_id = query->project_ids[0],
                                 .group_by = query->group_by,
                                 .quarters_max = QUARTERS_MAX,
                                 .kept_us = table->kept_us};
    TAILQ_INSERT_HEAD(&table->order, entry, by_use);
    table->count++;
    return entry;
}

struct cube_entry *cube_table_ask(struct cube_table *table, const struct rollup_query *query)
{
    struct cube_entry *entry = cube_table_find(table, query->project_ids[0], query->group_by);
    if (entry == NULL)
        return add(table, query);
    TAILQ_REMOVE(&table->order, entry, by_use);
    TAILQ_INSERT_HEAD(&table->order, entry, by_use);
    return entry;
}

static struct cube_span unite(struct cube_span a, struct cube_span b)
{
    if (a.from == a.to)
        return b;
    if (b.from == b.to)
        return a;
    return (struct cube_span){a.from < b.from ? a.from : b.from, a.to > b.to ? a.to : b.to};
}

static void turn_spans(struct cube_entry *entry, int64_t now_us)
{
    if (now_us - entry->asked_us < SPAN_US)
        return;
    entry->before = now_us - entry->asked_us < 2 * SPAN_US ? entry->asked : (struct cube_span){0, 0};
    entry->asked = (struct cube_span){0, 0};
    entry->asked_us = now_us;
}

/* --- moments within days ------------------------------------------------------------------------------------------- */

static bool is_of_late(const struct cube_entry *entry, int64_t last_us, int64_t now_us)
{
    return last_us != 0 && now_us - last_us < entry->kept_us;
}

/* The quarter's, or the one that was asked for longest ago. */
static struct cube_cut *find_cut(struct cube_entry *entry, int32_t quarter)
{
    struct cube_cut *oldest = &entry->cuts[0];
    for (int i = 0; i < CUBE_CUTS_MAX; i++) {
        if (entry->cuts[i].quarter == quarter)
            return &entry->cuts[i];
        if (entry->cuts[i].last_us < oldest->last_us)
            oldest = &entry->cuts[i];
    }
    *oldest = (struct cube_cut){.quarter = quarter};
    return oldest;
}

static void note_cut(struct cube_entry *entry, int32_t quarter, int64_t now_us)
{
    struct cube_cut *cut = find_cut(entry, quarter);
    cut->is_again = is_of_late(entry, cut->last_us, now_us);
    cut->last_us = now_us;
}

static bool is_wanted(const struct cube_entry *entry, const struct cube_cut *cut)
{
    return cut->is_again && is_of_late(entry, cut->last_us, entry->last_us);
}

static bool cuts_at(const struct cube_scope *scope, int32_t quarter)
{
    bool cuts = quarter == scope->from || quarter == scope->to;
    for (size_t i = 0; i < scope->cut_count; i++)
        cuts = cuts || scope->cuts[i] == quarter;
    return cuts;
}

bool cube_entry_may_tell(const struct cube_entry *entry, const struct rollup_query *query)
{
    struct cube_scope next = cube_entry_scope(entry, query->to);
    const struct cube_scope *scope = cube_scope_of(entry->moment->cube);
    return cuts_at(&next, query->from) && cuts_at(&next, query->to) &&
           !(cuts_at(scope, query->from) && cuts_at(scope, query->to));
}

/* --- what to read -------------------------------------------------------------------------------------------------- */

bool cube_entry_ask(struct cube_entry *entry, const struct rollup_query *query, int64_t now_us)
{
    struct cube_span wanted = {query->from, query->to};
    struct cube_span all;
    entry->is_again = is_of_late(entry, entry->last_us, now_us);
    entry->last_us = now_us;
    note_cut(entry, query->from, now_us);
    note_cut(entry, query->to, now_us);
    if (now_us >= entry->short_until_us)
        entry->quarters_max = QUARTERS_MAX;
    if (wanted.to - wanted.from > entry->quarters_max)
        return false;
    turn_spans(entry, now_us);
    all = unite(unite(entry->before, entry->asked), wanted);
    if (all.to - all.from > entry->quarters_max) {
        entry->before = (struct cube_span){0, 0};
        entry->asked = wanted;
    } else {
        entry->asked = unite(entry->asked, wanted);
    }
    return true;
}

struct cube_scope cube_entry_scope(const struct cube_entry *entry, int32_t now_quarter)
{
    struct cube_span span = unite(entry->before, entry->asked);
    struct cube_scope scope;
    if (span.to > now_quarter)
        span.to += QUARTERS_TO_COME;
    scope = (struct cube_scope){
        .project_id = entry->project_id, .group_by = entry->group_by, .from = span.from, .to = span.to};
    for (int i = 0; i < CUBE_CUTS_MAX; i++)
        if (is_wanted(entry, &entry->cuts[i]))
            scope.cuts[scope.cut_count++] = entry->cuts[i].quarter;
    return scope;
}

void cube_entry_fail(struct cube_entry *entry, const struct cube_scope *scope, bool is_too_large, int64_t now_us)
{
    entry->rests_until_us = now_us + REST_US;
    if (!is_too_large)
        return;
    entry->quarters_max = (scope->to - scope->from) / 2;
    entry->short_until_us = now_us + SHORT_US;
    entry->before = entry->asked = (struct cube_span){0, 0};
}

struct cube_entry *cube_table_due(const struct cube_table *table)
{
    struct cube_entry *entry;
    TAILQ_FOREACH(entry, &table->order, by_use)
    {
        if (entry->is_due)
            return entry;
    }
    return NULL;
}

/* --- keeping ------------------------------------------------------------------------------------------------------- */

static void trim(struct cube_table *table)
{
    struct cube_entry *entry = TAILQ_LAST(&table->order, cube_order);
    while (entry && table->bytes > table->bytes_max) {
        forget(table, entry);
        entry = TAILQ_PREV(entry, cube_order, by_use);
    }
}

void cube_table_keep(struct cube_table *table, struct cube_entry *entry, struct cube_moment *moment)
{
    if (entry->moment && entry->moment->read_us > moment->read_us)
        return;
    forget(table, entry);
    entry->moment = cube_moment_hold(moment);
    table->bytes += cube_bytes(moment->cube);
    trim(table);
}

void cube_table_expire(struct cube_table *table, int64_t before_us)
{
    struct cube_entry *entry;
    TAILQ_FOREACH(entry, &table->order, by_use)
    {
        if (entry->moment && entry->moment->read_us < before_us)
            forget(table, entry);
    }
}
