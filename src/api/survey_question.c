/* SPDX-License-Identifier: MIT */
#include "parse.h"
#include "question_meaning.h"
#include "survey_body.h"

#include <ctype.h>
#include <string.h>

enum { KEY_CHARACTERS = 64, SCORE_MIN = -100, SCORE_MAX = 100 };

/* What stands beside question keys in replies about numbers, or is asked for in their place. */
static const char *const reserved[] = {"all",    "cuts", "from",    "groups", "hidden", "index", "key",
                                       "metric", "n",    "project", "series", "to",     "total", "value"};

/* One question as it is taken apart. */
struct taking {
    struct survey_draft_question *question;
    const struct project *project;
    const char *pointer;
    struct faults *faults;
    enum metric_kind kind;
    bool has_kind;
    int min;
    int max;
    bool has_scale; /* which needs the kind, and no fault */
    enum polarity polarity;
    uint32_t satisfied;
    uint32_t dissatisfied;
    enum statistic headline;
    bool has_headline;
};

typedef void take_fn(struct taking *taking, const json_t *value, const char *pointer);

static bool is_given(const json_t *value)
{
    return value != NULL && !json_is_null(value);
}

/* --- key and metric -------------------------------------------------------------------------------------------------- */

static bool has_key_shape(const char *key)
{
    size_t length = strlen(key);
    if (!islower((unsigned char)key[0]) || length > KEY_CHARACTERS)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!islower((unsigned char)key[i]) && !isdigit((unsigned char)key[i]) && key[i] != '_')
            return false;
    return true;
}

static bool is_reserved(const char *key)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(reserved[i], key) == 0)
            return true;
    return false;
}

static void take_key(struct taking *taking, const json_t *value, const char *pointer)
{
    const char *key = json_string_value(value);
    if (!is_given(value)) {
        faults_add(taking->faults, pointer, "must be given");
    } else if (key == NULL || !has_key_shape(key)) {
        faults_add(taking->faults, pointer, "must be a lower-case letter, and up to %d more letters, digits and _",
                   KEY_CHARACTERS - 1);
    } else if (project_dimension(taking->project, key) != DIMENSION_COUNT) {
        faults_add(taking->faults, pointer, "is the name of a dimension");
    } else if (is_reserved(key)) {
        faults_add(taking->faults, pointer, "is a word that replies about numbers use themselves");
    } else {
        taking->question->definition.question = arena_string(taking->faults->arena, key);
        if (taking->question->definition.question == NULL)
            faults_add(taking->faults, pointer, "could not be kept: out of memory");
    }
}

/* Who asks for a metric by name means its questions. */
static void check_name_of_metric(struct taking *taking)
{
    const char *key = taking->question->definition.question;
    enum metric_kind named;
    if (key && metric_kind_parse(key, &named) == STATUS_OK && named != taking->kind)
        faults_add(taking->faults, faults_child(taking->faults, taking->pointer, "key"),
                   "is the name of a metric, and this question's is another one");
}

static void take_metric(struct taking *taking, const json_t *value, const char *pointer)
{
    const char *name = json_string_value(value);
    if (!is_given(value)) {
        faults_add(taking->faults, pointer, "must be given");
    } else if (name == NULL || metric_kind_parse(name, &taking->kind) != STATUS_OK) {
        faults_add(taking->faults, pointer, "must be nps, csat, ces, rating or custom");
    } else {
        taking->has_kind = true;
        check_name_of_metric(taking);
    }
}

/* --- scale and polarity ---------------------------------------------------------------------------------------------- */

static void set_scale(struct taking *taking, int min, int max)
{
    taking->min = min;
    taking->max = max;
    taking->has_scale = true;
}

static void use_usual_scale(struct taking *taking, const char *pointer)
{
    static const struct {
        int min;
        int max;
    } usual[METRIC_KIND_COUNT] = {
        [METRIC_NPS] = {0, 10}, [METRIC_CSAT] = {1, 5}, [METRIC_CES] = {1, 7}, [METRIC_RATING] = {1, 5}};
    if (taking->has_kind && taking->kind == METRIC_CUSTOM)
        faults_add(taking->faults, pointer, "must be given: a custom metric has no usual one");
    else if (taking->has_kind)
        set_scale(taking, usual[taking->kind].min, usual[taking->kind].max);
}

static bool take_end(struct taking *taking, const json_t *scale, const char *name, const char *pointer, int *end)
{
    int64_t score;
    if (!parse_integer(json_object_get(scale, name), SCORE_MIN, SCORE_MAX, &score)) {
        faults_add(taking->faults, faults_child(taking->faults, pointer, name), "must be an integer from %d to %d",
                   SCORE_MIN, SCORE_MAX);
        return false;
    }
    *end = (int)score;
    return true;
}

static void take_scale(struct taking *taking, const json_t *value, const char *pointer)
{
    static const char *const names[] = {"min", "max", NULL};
    int min = 0;
    int max = 0;
    if (!is_given(value)) {
        use_usual_scale(taking, pointer);
        return;
    }
    if (!json_is_object(value)) {
        faults_add(taking->faults, pointer, "must be an object, such as {\"min\": 1, \"max\": 5}");
        return;
    }
    faults_add_unknown(taking->faults, value, names, pointer);
    bool has_min = take_end(taking, value, "min", pointer, &min);
    bool has_max = take_end(taking, value, "max", pointer, &max);
    if (!has_min || !has_max)
        return;
    if (max <= min || max - min >= HISTOGRAM_SCORES)
        faults_add(taking->faults, faults_child(taking->faults, pointer, "max"),
                   "must be 1 to %d more than min: a scale has 2 to %d scores", HISTOGRAM_SCORES - 1, HISTOGRAM_SCORES);
    else if (taking->has_kind && taking->kind == METRIC_NPS && (min != definition_nps.min || max != definition_nps.max))
        faults_add(taking->faults, pointer,
                   "of an nps is 0 to 10: a net score of another scale has the metric custom and the headline net");
    else if (taking->has_kind)
        set_scale(taking, min, max);
}

static void take_polarity(struct taking *taking, const json_t *value, const char *pointer)
{
    const char *name = json_string_value(value);
    if (!is_given(value))
        return;
    if (name == NULL || polarity_parse(name, &taking->polarity) != STATUS_OK)
        faults_add(taking->faults, pointer, "must be high_is_good or low_is_good");
    else if (taking->has_kind && taking->kind == METRIC_NPS && taking->polarity != POLARITY_HIGH_IS_GOOD)
        faults_add(taking->faults, pointer, "of an nps is high_is_good");
}

/* --- which scores count as what -------------------------------------------------------------------------------------- */

static void take_score(struct taking *taking, const json_t *value, const char *pointer, uint32_t *set)
{
    int min = taking->has_scale ? taking->min : SCORE_MIN;
    int max = taking->has_scale ? taking->max : SCORE_MAX;
    int64_t score;
    if (!parse_integer(value, min, max, &score)) {
        faults_add(taking->faults, pointer, "must be an integer from %d to %d", min, max);
    } else if (taking->has_scale) {
        uint32_t bit = 1U << (score - min);
        if (*set & bit)
            faults_add(taking->faults, pointer, "is there already");
        *set |= bit;
    }
}

static void take_scores(struct taking *taking, const json_t *value, const char *pointer, uint32_t *set)
{
    size_t count = json_array_size(value);
    size_t most = taking->has_scale ? (size_t)(taking->max - taking->min) : HISTOGRAM_SCORES - 1;
    if (!is_given(value))
        return;
    if (!json_is_array(value) || count < 1 || count > most) {
        faults_add(taking->faults, pointer, "must be an array of 1 to %zu scores: not of all that the scale has", most);
        return;
    }
    for (size_t i = 0; i < count; i++)
        take_score(taking, json_array_get(value, i), faults_element(taking->faults, pointer, i), set);
}

static void take_satisfied(struct taking *taking, const json_t *value, const char *pointer)
{
    take_scores(taking, value, pointer, &taking->satisfied);
}

static void take_dissatisfied(struct taking *taking, const json_t *value, const char *pointer)
{
    take_scores(taking, value, pointer, &taking->dissatisfied);
}

static void take_headline(struct taking *taking, const json_t *value, const char *pointer)
{
    const char *name = json_string_value(value);
    if (!is_given(value))
        return;
    taking->has_headline = name && statistic_parse(name, &taking->headline) == STATUS_OK;
    if (!taking->has_headline)
        faults_add(taking->faults, pointer, "must be net, share or mean");
    else if (taking->has_kind && taking->kind == METRIC_NPS && taking->headline != STATISTIC_NET)
        faults_add(taking->faults, pointer, "of an nps is net");
}

static void take_wording(struct taking *taking, const json_t *value, const char *pointer)
{
    taking->question->wording = survey_words_decode(value, pointer, SURVEY_WORDING_CHARACTERS, taking->faults);
}

/* --- all of it ------------------------------------------------------------------------------------------------------- */

/* In this order: each is checked against those before it. */
static const char *const names[] = {"key",          "metric",   "scale",   "polarity", "satisfied",
                                    "dissatisfied", "headline", "wording", NULL};
static take_fn *const takers[] = {take_key,       take_metric,       take_scale,    take_polarity,
                                  take_satisfied, take_dissatisfied, take_headline, take_wording};

/* When each part is well by itself. */
static void put_together(struct taking *taking)
{
    struct definition meaning;
    enum status status = definition_make(taking->kind, taking->min, taking->max, taking->polarity, taking->satisfied,
                                         taking->dissatisfied, &meaning);
    if (status == STATUS_OK && taking->has_headline)
        status = definition_set_headline(&meaning, taking->headline);
    if (status == STATUS_OK)
        question_keep_meaning(&taking->question->definition, &meaning);
    else if (taking->kind == METRIC_NPS)
        faults_add(taking->faults, taking->pointer,
                   "is no nps: 9 and 10 are satisfied, 0 to 6 dissatisfied. A custom metric may have other sets");
    else
        faults_add(taking->faults, faults_child(taking->faults, taking->pointer, "dissatisfied"),
                   "must hold no score that counts as satisfied");
}

void survey_question_decode(struct survey_draft_question *question, const json_t *value, const char *pointer,
                            const struct project *project, struct faults *faults)
{
    struct taking taking = {.question = question, .project = project, .pointer = pointer, .faults = faults};
    size_t before = faults->count;
    if (!json_is_object(value)) {
        faults_add(faults, pointer, "must be an object");
        return;
    }
    faults_add_unknown(faults, value, names, pointer);
    for (size_t i = 0; names[i]; i++)
        takers[i](&taking, json_object_get(value, names[i]), faults_child(faults, pointer, names[i]));
    if (faults->count == before)
        put_together(&taking);
}
