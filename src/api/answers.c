/* SPDX-License-Identifier: MIT */
#include "answers.h"

#include "storage/survey.h"

#include <stdlib.h>
#include <string.h>

/* The survey that the answers are of, and which version of it. */
struct asked {
    const struct snapshot *snapshot;
    int32_t project_id;
    struct text survey;
    const struct survey_version *version; /* NULL: the built-in questions are asked */
};

/* False: the version that was named doesn't exist. */
static bool find_version(const struct draft *draft, struct asked *asked, struct faults *faults)
{
    const struct survey *survey = snapshot_survey(asked->snapshot, asked->project_id, asked->survey);
    if (draft->survey_version == 0 && (survey == NULL || survey->is_deleted))
        return true;
    if (text_is_absent(asked->survey)) {
        faults_add(faults, "#/survey_version", "names a version of a survey, and there is no survey beside it");
        return false;
    }
    if (survey == NULL) {
        faults_add(faults, "#/survey_version", "is a version of a survey that is not defined");
        return false;
    }
    asked->version = survey_version(survey, draft->survey_version);
    if (asked->version == NULL)
        faults_add(faults, "#/survey_version", "must be from 1 to %zu: the survey has no other versions",
                   survey->version_count);
    return asked->version != NULL;
}

/* "a, b and c are" */
static const char *list_questions(const struct survey_version *version, struct arena *arena)
{
    const char *list = version->questions[0].definition->question;
    for (size_t i = 1; list && i < version->question_count; i++)
        list = arena_format(arena, "%s%s%s", list, i + 1 < version->question_count ? ", " : " and ",
                            version->questions[i].definition->question);
    return list ? list : "others";
}

static void refuse_key(const struct asked *asked, const struct draft_answer *answer, struct faults *faults)
{
    if (asked->version == NULL)
        faults_add(faults, answer->pointer, "is not a known question: nps, csat and ces are");
    else
        faults_add(faults, answer->pointer, "is not a question of version %d of the survey: %s",
                   asked->version->version, list_questions(asked->version, faults->arena));
}

static bool is_on_scale(const struct question_definition *definition, const struct draft_answer *answer)
{
    return answer->is_score && answer->score >= definition->scale_min && answer->score <= definition->scale_max;
}

static void refuse_score(const struct question_definition *definition, const struct draft_answer *answer,
                         struct faults *faults)
{
    faults_add(faults, answer->pointer, "must be an integer from %d to %d", definition->scale_min,
               definition->scale_max);
}

static const struct question_definition *find_question(const struct asked *asked, struct text key)
{
    const struct survey_question *question;
    if (asked->version == NULL)
        return definition_built_in(key);
    question = survey_question(asked->version, key);
    return question ? question->definition : NULL;
}

static void take_answer(const struct asked *asked, const struct draft_answer *answer, struct response *response,
                        struct faults *faults)
{
    const struct question_definition *definition = find_question(asked, answer->key);
    if (definition == NULL)
        refuse_key(asked, answer, faults);
    else if (!answer->is_null && !is_on_scale(definition, answer))
        refuse_score(definition, answer, faults);
    else if (!answer->is_null && definition->id <= DEFINITION_BUILT_IN_MAX)
        response->scores[definition->id - DEFINITION_NPS] = (int8_t)answer->score;
    else if (!answer->is_null)
        response->answers[response->answer_count++] = (struct answer){definition->id, (int8_t)answer->score};
}

static int by_definition(const void *a, const void *b)
{
    const struct answer *x = a;
    const struct answer *y = b;
    return (x->definition_id > y->definition_id) - (x->definition_id < y->definition_id);
}

void answers_check(const struct draft *draft, const struct snapshot *snapshot, int32_t project_id,
                   struct response *response, struct faults *faults)
{
    struct asked asked = {
        .snapshot = snapshot, .project_id = project_id, .survey = draft->dimensions[DIMENSION_SURVEY]};
    memset(response->scores, SCORE_ABSENT, sizeof response->scores);
    if (!find_version(draft, &asked, faults))
        return;
    response->survey_version = asked.version ? asked.version->version : 0;
    if (asked.version)
        response->answers = arena_array(faults->arena, draft->answer_count + 1, sizeof *response->answers);
    if (asked.version && response->answers == NULL) {
        faults_add_no_memory(faults);
        return;
    }
    for (size_t i = 0; i < draft->answer_count; i++)
        take_answer(&asked, &draft->answers[i], response, faults);
    if (response->answer_count > 1)
        qsort(response->answers, response->answer_count, sizeof *response->answers, by_definition);
}

/* The questions of the key that the project has, in whatever survey. */
struct candidates {
    const struct question_definition *any;
    bool is_fit; /* the score is on the scale of one of them */
};

static void consider(struct candidates *candidates, const struct question_definition *definition,
                     const struct draft_answer *answer)
{
    if (!text_equal(text_of(definition->question), answer->key))
        return;
    candidates->any = definition;
    candidates->is_fit = candidates->is_fit || answer->is_null || is_on_scale(definition, answer);
}

static struct candidates find_candidates(const struct snapshot *snapshot, int32_t project_id,
                                         const struct draft_answer *answer)
{
    struct candidates candidates = {NULL, false};
    size_t count;
    const struct question_definition *definitions = snapshot_definitions(snapshot, project_id, &count);
    const struct question_definition *built_in = definition_built_in(answer->key);
    for (size_t i = 0; i < count; i++)
        consider(&candidates, &definitions[i], answer);
    if (built_in)
        consider(&candidates, built_in, answer);
    return candidates;
}

void answers_check_patch(const struct draft *draft, const struct snapshot *snapshot, struct patch *patch,
                         struct faults *faults)
{
    struct patch_answer *answers = arena_array(faults->arena, draft->answer_count + 1, sizeof *answers);
    patch->snapshot = snapshot;
    patch->answers = answers;
    if (answers == NULL) {
        faults_add_no_memory(faults);
        return;
    }
    for (size_t i = 0; i < draft->answer_count; i++) {
        const struct draft_answer *answer = &draft->answers[i];
        struct candidates candidates = find_candidates(snapshot, patch->project_id, answer);
        if (candidates.any == NULL)
            faults_add(faults, answer->pointer, "is not a known question: nps, csat and ces are, and those of surveys");
        else if (!candidates.is_fit)
            refuse_score(candidates.any, answer, faults);
        else
            answers[patch->answer_count++] = (struct patch_answer){answer->key, answer->score, answer->is_null};
    }
}
