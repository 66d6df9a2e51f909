/* SPDX-License-Identifier: MIT */
#include "question_meaning.h"

enum status question_meaning(const struct question_definition *question, struct definition *meaning)
{
    enum polarity polarity = question->low_is_good ? POLARITY_LOW_IS_GOOD : POLARITY_HIGH_IS_GOOD;
    enum metric_kind kind;
    enum statistic headline;
    enum status status = metric_kind_parse(question->metric, &kind);

    if (status == STATUS_OK)
        status = definition_make(kind, question->scale_min, question->scale_max, polarity, question->satisfied,
                                 question->dissatisfied, meaning);
    if (status == STATUS_OK && question->headline) {
        status = statistic_parse(question->headline, &headline);
        if (status == STATUS_OK)
            status = definition_set_headline(meaning, headline);
    }
    return status == STATUS_OK ? STATUS_OK : STATUS_INTERNAL;
}

void question_keep_meaning(struct question_definition *question, const struct definition *meaning)
{
    struct definition usual;
    question->metric = metric_kind_name(meaning->kind);
    question->scale_min = (int8_t)meaning->min;
    question->scale_max = (int8_t)meaning->max;
    question->low_is_good = meaning->polarity == POLARITY_LOW_IS_GOOD;
    question->satisfied = meaning->satisfied;
    question->dissatisfied = meaning->dissatisfied;
    question->headline = statistic_name(meaning->headline);
    if (definition_make(meaning->kind, meaning->min, meaning->max, meaning->polarity, 0, 0, &usual) == STATUS_OK) {
        if (usual.headline == meaning->headline)
            question->headline = NULL;
        if (usual.satisfied == meaning->satisfied)
            question->satisfied = 0;
    }
    /* The usual dissatisfied scores depend on the satisfied ones. */
    if (definition_make(meaning->kind, meaning->min, meaning->max, meaning->polarity, question->satisfied, 0, &usual) ==
            STATUS_OK &&
        usual.dissatisfied == meaning->dissatisfied)
        question->dissatisfied = 0;
}
