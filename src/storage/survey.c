/* SPDX-License-Identifier: MIT */
#include "storage/survey.h"

#include "survey_read.h"

#include <string.h>

static const struct question_definition built_in[] = {
    {.id = DEFINITION_NPS, .question = "nps", .version = 1, .metric = "nps", .scale_min = 0, .scale_max = 10},
    {.id = DEFINITION_CSAT, .question = "csat", .version = 1, .metric = "csat", .scale_min = 1, .scale_max = 5},
    {.id = DEFINITION_CES, .question = "ces", .version = 1, .metric = "ces", .scale_min = 1, .scale_max = 7},
};
enum { BUILT_IN_COUNT = sizeof built_in / sizeof built_in[0] };

static int compare_text(struct text a, const char *b)
{
    size_t size = strlen(b);
    int order = memcmp(a.bytes, b, a.size < size ? a.size : size);
    return order ? order : (a.size > size) - (a.size < size);
}

const struct question_definition *definition_built_in(struct text key)
{
    for (size_t i = 0; i < BUILT_IN_COUNT; i++)
        if (compare_text(key, built_in[i].question) == 0)
            return &built_in[i];
    return NULL;
}

const struct question_definition *definition_of(const struct project_surveys *surveys, int32_t id)
{
    size_t low = 0;
    size_t high = surveys ? surveys->definition_count : 0;
    if (id >= 1 && id <= BUILT_IN_COUNT)
        return &built_in[id - 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (surveys->definitions[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (surveys == NULL || low == surveys->definition_count || surveys->definitions[low].id != id)
        return NULL;
    return &surveys->definitions[low];
}

const struct question_definition *snapshot_definition(const struct snapshot *snapshot, int32_t project_id, int32_t id)
{
    return definition_of(snapshot_project_surveys(snapshot, project_id), id);
}

const struct question_definition *snapshot_definitions(const struct snapshot *snapshot, int32_t project_id,
                                                       size_t *count)
{
    const struct project_surveys *surveys = snapshot_project_surveys(snapshot, project_id);
    *count = surveys ? surveys->definition_count : 0;
    return surveys ? surveys->definitions : NULL;
}

const struct survey *snapshot_surveys(const struct snapshot *snapshot, int32_t project_id, size_t *count)
{
    const struct project_surveys *surveys = snapshot_project_surveys(snapshot, project_id);
    *count = surveys ? surveys->survey_count : 0;
    return surveys ? surveys->surveys : NULL;
}

const struct survey *snapshot_survey(const struct snapshot *snapshot, int32_t project_id, struct text key)
{
    size_t low = 0;
    size_t count;
    const struct survey *surveys = snapshot_surveys(snapshot, project_id, &count);
    size_t high = count;
    if (text_is_absent(key))
        return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_text(key, surveys[middle].key) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && compare_text(key, surveys[low].key) == 0 ? &surveys[low] : NULL;
}

const struct survey_version *survey_version(const struct survey *survey, int32_t version)
{
    if (version == 0)
        version = (int32_t)survey->version_count;
    if (version < 1 || (size_t)version > survey->version_count)
        return NULL;
    return &survey->versions[version - 1];
}

const struct survey_question *survey_question(const struct survey_version *version, struct text key)
{
    for (size_t i = 0; i < version->question_count; i++)
        if (compare_text(key, version->questions[i].definition->question) == 0)
            return &version->questions[i];
    return NULL;
}

const struct question_definition *snapshot_question(const struct snapshot *snapshot, int32_t project_id,
                                                    struct text survey, int32_t version, struct text key)
{
    const struct survey *found = snapshot_survey(snapshot, project_id, survey);
    const struct survey_version *asked;
    const struct survey_question *question;
    if (version == 0 && (found == NULL || found->is_deleted))
        return definition_built_in(key);
    asked = found ? survey_version(found, version) : NULL;
    question = asked ? survey_question(asked, key) : NULL;
    return question ? question->definition : NULL;
}
