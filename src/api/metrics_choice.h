/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_METRICS_CHOICE_H
#define HARK_API_METRICS_CHOICE_H

#include "base/arena.h"
#include "metrics/definition.h"
#include "storage/rollup.h"
#include "storage/survey.h"

/* Inside api/ only: which metrics are asked for, and what the answers to them may mean. Knows nothing of HTTP. */

enum { METRICS_MAX = 10 };

/* One meaning of answers, wherever they come from: those under one id are one number. */
struct metrics_slot {
    struct definition definition;
    int first;        /* its counters among all that a group has */
    int width;        /* as many as the scale has scores */
    int counter;      /* the first of them in rollup_point.counts; -1: they come in question points alone */
    bool is_built_in; /* a built-in question has this meaning */
};

/* A question whose answers are asked for: of a survey, or a built-in one. */
struct metrics_source {
    int32_t project_id; /* 0: built in, of all projects */
    const struct question_definition *question;
    struct metrics_slot *slot;
    int64_t since_us; /* from when its survey has asked it last without a break; 0: no survey is known to */
    bool is_left_out; /* its answers are not read */
};

struct metrics_metric {
    const char *name; /* a question key */
    struct metrics_source *sources;
    size_t source_count;
    struct metrics_slot *slots;
    size_t slot_count;
    size_t newest; /* the slot of the source that was asked last */
};

struct metrics_choice {
    struct metrics_metric metrics[METRICS_MAX];
    size_t count;
    int width;                                 /* counters of a group, in all */
    const struct metrics_source **definitions; /* by index in rollup_query.definitions */
};

/* Where questions are looked for. */
struct metrics_project {
    int32_t id;
    const struct question_definition *definitions; /* of its surveys, ascending by id */
    size_t definition_count;
    const struct survey *surveys; /* ascending by key */
    size_t survey_count;
    const struct survey_version *version; /* of the only survey asked for; NULL: has none such */
};

struct metrics_scope {
    const struct metrics_project *projects;
    size_t project_count;
    const struct text *surveys; /* any of them */
    size_t survey_count;        /* 0: any at all */
    bool has_version;           /* each project's version alone */
};

enum metrics_found {
    METRICS_FOUND,
    METRICS_ELSEWHERE, /* some survey asks it, but none that the scope lets through */
    METRICS_UNKNOWN,
    METRICS_NO_MEMORY
};

/* Adds the metric of that name, which is not there yet, and lives as long as the choice. There is room. */
enum metrics_found metrics_choice_add(struct metrics_choice *choice, const struct metrics_scope *scope,
                                      const char *name, struct arena *arena) __attribute__((warn_unused_result));
/* -1: not among those asked for. */
int metrics_choice_find(const struct metrics_choice *choice, const char *name, size_t size);

/* When all were added: gives the counters their places, and tells the rollup what to read. With dedupe, a built-in question
 * that is not the only source of its metric is read like the others, so that they share their customers. False: out of
 * memory. */
bool metrics_choice_settle(struct metrics_choice *choice, struct rollup_query *rollup, bool dedupe, struct arena *arena)
    __attribute__((warn_unused_result));

/* Of a project by its key; NULL: never defined. */
const struct survey *metrics_scope_survey(const struct metrics_scope *scope, int32_t project_id, struct text key);

/* The last stretch of versions that ask a question of this key under this very definition. */
struct metrics_run {
    int32_t version;  /* the last of them; 0: none does */
    int64_t since_us; /* when the first of them came */
};
struct metrics_run metrics_run_of(const struct survey *survey, const char *key,
                                  const struct question_definition *definition);

/* The next question that surveys ask and that is not built in, in the order of the alphabet, after that name (NULL: the first),
 * whatever surveys the scope lets through; NULL: no more. */
const char *metrics_scope_next(const struct metrics_scope *scope, const char *after);

static inline bool metrics_is_built_in(const struct metrics_source *source)
{
    return source->question->survey == NULL;
}

#endif
