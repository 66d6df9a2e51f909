/* SPDX-License-Identifier: MIT */
#include "merge_answers.h"

#include "storage/survey.h"

#include <string.h>

static enum fit fit_score(int8_t stored, int8_t submitted)
{
    if (submitted == SCORE_ABSENT || submitted == stored)
        return FITS;
    return stored == SCORE_ABSENT ? ADDS : CONTRADICTS;
}

/* Where the definition's answer is, or belongs. */
static size_t find_answer(const struct answer *answers, size_t count, int32_t definition_id, bool *is_there)
{
    size_t i = 0;
    while (i < count && answers[i].definition_id < definition_id)
        i++;
    *is_there = i < count && answers[i].definition_id == definition_id;
    return i;
}

static enum fit fit_answer(const struct response *stored, const struct answer *submitted)
{
    bool is_there;
    size_t i = find_answer(stored->answers, stored->answer_count, submitted->definition_id, &is_there);
    if (!is_there)
        return ADDS;
    return stored->answers[i].score == submitted->score ? FITS : CONTRADICTS;
}

static enum fit worse(enum fit a, enum fit b)
{
    return a > b ? a : b;
}

enum fit answers_fit(const struct response *stored, const struct response *submitted)
{
    enum fit fit = FITS;
    for (int q = 0; q < QUESTION_COUNT; q++)
        fit = worse(fit, fit_score(stored->scores[q], submitted->scores[q]));
    for (size_t i = 0; i < submitted->answer_count; i++)
        fit = worse(fit, fit_answer(stored, &submitted->answers[i]));
    return fit == ADDS && stored->survey_version != submitted->survey_version ? CONTRADICTS : fit;
}

static void insert(struct answer *answers, size_t *count, size_t at, struct answer answer)
{
    memmove(&answers[at + 1], &answers[at], (*count - at) * sizeof *answers);
    answers[at] = answer;
    (*count)++;
}

static void take_away(struct answer *answers, size_t *count, size_t at)
{
    (*count)--;
    memmove(&answers[at], &answers[at + 1], (*count - at) * sizeof *answers);
}

/* With room for more of them. */
static struct answer *copy_answers(const struct response *response, size_t more, struct arena *arena)
{
    struct answer *copy = arena_array(arena, response->answer_count + more + 1, sizeof *copy);
    if (copy && response->answer_count > 0)
        memcpy(copy, response->answers, response->answer_count * sizeof *copy);
    return copy;
}

bool answers_add(struct response *stored, const struct response *submitted, struct arena *arena)
{
    struct answer *answers = copy_answers(stored, submitted->answer_count, arena);
    if (answers == NULL)
        return false;
    for (int q = 0; q < QUESTION_COUNT; q++)
        if (stored->scores[q] == SCORE_ABSENT)
            stored->scores[q] = submitted->scores[q];
    for (size_t i = 0; i < submitted->answer_count; i++) {
        bool is_there;
        size_t at = find_answer(answers, stored->answer_count, submitted->answers[i].definition_id, &is_there);
        if (!is_there)
            insert(answers, &stored->answer_count, at, submitted->answers[i]);
    }
    stored->answers = answers;
    if (stored->survey_version == 0)
        stored->survey_version = submitted->survey_version;
    return true;
}

/* An answer that was not checked against a survey's version is one to the built-in questions, also where the survey was
 * defined since. */
static const struct question_definition *find_definition(const struct response *stored, const struct patch *patch,
                                                         struct text key)
{
    struct text survey = stored->survey_version ? stored->cell.values[DIMENSION_SURVEY] : TEXT_ABSENT;
    return snapshot_question(patch->snapshot, patch->project_id, survey, stored->survey_version, key);
}

static bool set_score(struct response *response, int question, const struct patch_answer *set)
{
    int8_t score = SCORE_ABSENT;
    if (!set->is_taken_away)
        score = (int8_t)set->score;
    bool changes = response->scores[question] != score;
    response->scores[question] = score;
    return changes;
}

static bool set_answer(struct response *response, int32_t definition_id, const struct patch_answer *set)
{
    bool is_there;
    size_t at = find_answer(response->answers, response->answer_count, definition_id, &is_there);
    if (set->is_taken_away && is_there) {
        take_away(response->answers, &response->answer_count, at);
    } else if (!set->is_taken_away && is_there && response->answers[at].score != set->score) {
        response->answers[at].score = (int8_t)set->score;
    } else if (!set->is_taken_away && !is_there) {
        insert(response->answers, &response->answer_count, at,
               (struct answer){.definition_id = definition_id, .score = (int8_t)set->score});
    } else {
        return false;
    }
    return true;
}

enum answers_patched answers_patch(struct response *stored, const struct patch *patch, struct arena *arena,
                                   size_t *unfit)
{
    struct response changed = *stored;
    bool changes = false;
    if (patch->answer_count == 0)
        return ANSWERS_SAME;
    changed.answers = copy_answers(stored, patch->answer_count, arena);
    if (changed.answers == NULL)
        return ANSWERS_NO_MEMORY;
    for (size_t i = 0; i < patch->answer_count; i++) {
        const struct patch_answer *set = &patch->answers[i];
        const struct question_definition *definition = find_definition(stored, patch, set->key);
        *unfit = i;
        if (definition == NULL ||
            (!set->is_taken_away && (set->score < definition->scale_min || set->score > definition->scale_max)))
            return ANSWERS_UNFIT;
        changes = (definition->id <= DEFINITION_BUILT_IN_MAX ? set_score(&changed, definition->id - DEFINITION_NPS, set)
                                                             : set_answer(&changed, definition->id, set)) ||
                  changes;
    }
    *stored = changed;
    return changes ? ANSWERS_CHANGED : ANSWERS_SAME;
}
