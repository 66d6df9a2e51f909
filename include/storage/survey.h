/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_SURVEY_H
#define HARK_STORAGE_SURVEY_H

#include "base/status.h"
#include "base/text.h"
#include "storage/database.h"
#include "storage/directory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Surveys that a project defined. They are read with the directory and live as long as the snapshot. For no snapshot
 * (NULL) there are none. */

enum {
    SURVEYS_MAX = 500,         /* of a project */
    SURVEY_QUESTIONS_MAX = 50, /* of a survey */
    SURVEY_VERSIONS_MAX = 1000,
    PROJECT_VERSIONS_MAX = 2500, /* of all surveys of a project: they are kept, and held in memory */
    DEFINITION_NPS = 1,          /* the built-in questions' ids: 1 + enum question */
    DEFINITION_CSAT = 2,
    DEFINITION_CES = 3,
    DEFINITION_BUILT_IN_MAX = 100
};

/* What the answers to a question mean. Sets of scores are bit masks: bit i stands for the score scale_min + i. */
struct question_definition {
    int32_t id;
    const char *survey;   /* NULL: built in, known to every project */
    const char *question; /* the key */
    int32_t version;      /* of the survey: the one that brought it */
    const char *metric;   /* "nps", "csat", "ces", "rating", "custom" */
    int8_t scale_min;
    int8_t scale_max;
    bool low_is_good;
    uint32_t satisfied;    /* 0: as the metric has it */
    uint32_t dissatisfied; /* 0: as the metric has it */
    const char *headline;  /* "net", "share", "mean"; NULL: as the metric has it */
    int64_t created_us;
};

struct survey_question {
    const struct question_definition *definition; /* its question is the key */
    struct text wording;                          /* JSON: a text, or an object of texts by language; absent: none */
};

struct survey_version {
    int32_t version;
    int64_t created_us;
    const struct survey_question *questions; /* in the order in which they are asked */
    size_t question_count;
};

struct survey {
    int32_t project_id;
    const char *key;
    struct text title; /* JSON, as a wording */
    int64_t created_us;
    int64_t updated_us;
    bool is_deleted;
    const struct survey_version *versions; /* ascending; the last one is the current one; all are kept */
    size_t version_count;
};

/* By key, also one that was deleted. NULL: never defined. */
const struct survey *snapshot_survey(const struct snapshot *snapshot, int32_t project_id, struct text key);
/* All of a project, ascending by key. */
const struct survey *snapshot_surveys(const struct snapshot *snapshot, int32_t project_id, size_t *count);
/* version 0: the current one. NULL: there is none. */
const struct survey_version *survey_version(const struct survey *survey, int32_t version);
const struct survey_question *survey_question(const struct survey_version *version, struct text key);

/* All that a project's surveys ever had, ascending by id; the built-in ones are not among them. */
const struct question_definition *snapshot_definitions(const struct snapshot *snapshot, int32_t project_id,
                                                       size_t *count);
/* By id: a built-in one, or the project's. NULL: there is none. */
const struct question_definition *snapshot_definition(const struct snapshot *snapshot, int32_t project_id, int32_t id);
/* The built-in question of that key; NULL: there is none. */
const struct question_definition *definition_built_in(struct text key);
/* What the key means in an answer to a survey: the question of its version (0: the current one). The built-in questions,
 * where the survey was never defined or was deleted, and no version is named. NULL: no such question. */
const struct question_definition *snapshot_question(const struct snapshot *snapshot, int32_t project_id,
                                                    struct text survey, int32_t version, struct text key);

/* --- writing ------------------------------------------------------------------------------------------------------ */

struct survey_draft_question {
    struct question_definition definition; /* id, survey, version and created_us are not read */
    struct text wording;
};

struct survey_draft {
    int32_t project_id;
    const char *key;
    struct text title;
    const struct survey_draft_question *questions; /* keys differ */
    size_t question_count;
    int64_t if_updated_us; /* only where it was last changed then; 0: whatever is there */
    bool if_absent;        /* only where there is none */
};

/* What survey_put did. */
struct survey_put {
    int32_t version;
    bool is_new;         /* there was none, or a deleted one */
    bool starts_version; /* also true where is_new */
};

/* Stores a survey, in a transaction of its own, which is committed when it returns; readers see it at the next
 * directory_refresh. A question keeps its definition as long as metric, scale and polarity stay, and has it again where they
 * come back. The key of a standard metric, on its standard scale and read as the metric has it, stands for the built-in
 * question. What changes nothing leaves updated_us alone. STATUS_NOT_FOUND: there is no such project; STATUS_CONFLICT: the
 * draft's condition doesn't hold; STATUS_TOO_LARGE: SURVEYS_MAX (deleted ones count), SURVEY_VERSIONS_MAX or
 * PROJECT_VERSIONS_MAX would be passed. */
enum status survey_put(struct connection *connection, const struct survey_draft *draft, struct survey_put *put)
    __attribute__((warn_unused_result));
/* STATUS_NOT_FOUND: there is none, or it was deleted already. STATUS_CONFLICT: it was changed at another time than
 * if_updated_us (0: whatever is there). */
enum status survey_delete(struct connection *connection, int32_t project_id, const char *key, int64_t if_updated_us)
    __attribute__((warn_unused_result));

#endif
