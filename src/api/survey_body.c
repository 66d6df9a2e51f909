/* SPDX-License-Identifier: MIT */
#include "survey_body.h"

#include <string.h>

/* A key that two questions have is told of at the later one. */
static void check_repetition(const struct survey_draft_question *questions, size_t i, const char *pointer,
                             struct faults *faults)
{
    const char *key = questions[i].definition.question;
    for (size_t j = 0; key && j < i; j++) {
        const char *other = questions[j].definition.question;
        if (other && strcmp(other, key) == 0) {
            faults_add(faults, faults_child(faults, pointer, "key"), "is the key of question %zu, too", j);
            return;
        }
    }
}

static void decode_questions(struct survey_draft *draft, const json_t *value, const struct project *project,
                             struct faults *faults)
{
    static const char pointer[] = "#/questions";
    size_t count = json_array_size(value);
    struct survey_draft_question *questions;
    if (!json_is_array(value) || count < 1 || count > SURVEY_QUESTIONS_MAX) {
        faults_add(faults, pointer, "must be an array of 1 to %d questions", SURVEY_QUESTIONS_MAX);
        return;
    }
    questions = arena_array(faults->arena, count, sizeof *questions);
    if (questions == NULL) {
        faults_add(faults, pointer, "could not be kept: out of memory");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *child = faults_element(faults, pointer, i);
        survey_question_decode(&questions[i], json_array_get(value, i), child, project, faults);
        check_repetition(questions, i, child, faults);
    }
    draft->questions = questions;
    draft->question_count = count;
}

void survey_body_decode(struct survey_draft *draft, const json_t *body, const struct project *project,
                        struct faults *faults)
{
    static const char *const names[] = {"title", "questions", NULL};
    faults_add_unknown(faults, body, names, "#");
    draft->title = survey_words_decode(json_object_get(body, "title"), "#/title", SURVEY_TITLE_CHARACTERS, faults);
    decode_questions(draft, json_object_get(body, "questions"), project, faults);
}
