/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_SURVEY_READ_H
#define HARK_STORAGE_SURVEY_READ_H

#include "base/arena.h"
#include "storage/survey.h"

/* Inside storage/ only: the surveys of a snapshot. */

struct project_surveys {
    int32_t project_id;
    const struct question_definition *definitions; /* ascending by id */
    size_t definition_count;
    const struct survey *surveys; /* ascending by key; version i + 1 at versions[i] */
    size_t survey_count;
};

/* Of all projects that have any, ascending by project. In the transaction that reads the snapshot. */
enum status surveys_read(struct connection *connection, struct arena *arena, const struct project_surveys **surveys,
                         size_t *count) __attribute__((warn_unused_result));

/* NULL: it has none. */
const struct project_surveys *snapshot_project_surveys(const struct snapshot *snapshot, int32_t project_id);
/* surveys NULL: built-in ones only. */
const struct question_definition *definition_of(const struct project_surveys *surveys, int32_t id);

#endif
