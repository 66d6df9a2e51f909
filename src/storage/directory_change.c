/* SPDX-License-Identifier: MIT */
#include "directory_snapshot.h"

#include <string.h>

static bool same_name(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_settings(const struct project *a, const struct project *b)
{
    bool same = same_name(a->name, b->name) && same_name(a->time_zone, b->time_zone) &&
                a->organization_id == b->organization_id && a->retention_horizon_us == b->retention_horizon_us &&
                a->publish_min_n == b->publish_min_n;
    for (int i = 0; i < DECLARED_MAX; i++)
        same = same && same_name(a->declared[i], b->declared[i]);
    return same;
}

/* Whatever changes a survey changes its updated_us. */
static bool same_survey(const struct survey *a, const struct survey *b)
{
    return strcmp(a->key, b->key) == 0 && a->updated_us == b->updated_us && a->version_count == b->version_count &&
           a->is_deleted == b->is_deleted;
}

static bool same_surveys(const struct snapshot *before, const struct snapshot *now, int32_t project_id)
{
    size_t count;
    size_t count_before;
    const struct survey *surveys = snapshot_surveys(now, project_id, &count);
    const struct survey *surveys_before = snapshot_surveys(before, project_id, &count_before);
    bool same = count == count_before;
    for (size_t i = 0; surveys != surveys_before && same && i < count; i++)
        same = same_survey(&surveys_before[i], &surveys[i]);
    return same;
}

bool snapshot_has_same(const struct snapshot *before, const struct snapshot *now, int32_t project_id)
{
    const struct project *a = before ? snapshot_project(before, project_id) : NULL;
    const struct project *b = snapshot_project(now, project_id);
    return a && b && same_settings(a, b) && same_surveys(before, now, project_id);
}
