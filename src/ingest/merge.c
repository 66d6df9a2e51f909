/* SPDX-License-Identifier: MIT */
#include "merge.h"

#include <string.h>

static const int64_t OWN_EDIT_US = INT64_C(24) * 3600 * 1000000;

enum fit { FITS, ADDS, CONTRADICTS };

/* A value that was submitted against the stored one: absent fits anything, and may be added where nothing is. */
static enum fit fit_text(struct text stored, struct text submitted)
{
    if (text_is_absent(submitted) || text_equal(stored, submitted))
        return FITS;
    return text_is_absent(stored) ? ADDS : CONTRADICTS;
}

static enum fit fit_score(int8_t stored, int8_t submitted)
{
    if (submitted == SCORE_ABSENT || submitted == stored)
        return FITS;
    return stored == SCORE_ABSENT ? ADDS : CONTRADICTS;
}

static bool has_tag(const struct response *response, struct text tag)
{
    for (size_t i = 0; i < response->tag_count; i++)
        if (text_equal(response->tags[i], tag))
            return true;
    return false;
}

/* Tags are a set: a submission that lacks a stored one takes it away, which a retry can't mean unless it has none. */
static enum fit fit_tags(const struct response *stored, const struct response *submitted)
{
    if (submitted->tag_count == 0)
        return FITS;
    for (size_t i = 0; i < stored->tag_count; i++)
        if (!has_tag(submitted, stored->tags[i]))
            return CONTRADICTS;
    return submitted->tag_count == stored->tag_count ? FITS : ADDS;
}

/* A retry carries the same occurred_at, unless the phone's clock was corrected or ours was taken: those differ by nature. */
static enum fit fit_time(const struct response *stored, const struct response *submitted)
{
    return submitted->has_given_time && submitted->occurred_us != stored->occurred_us ? CONTRADICTS : FITS;
}

static enum fit fit_properties(const struct stored_response *stored, const struct response *submitted)
{
    if (text_is_absent(submitted->properties) || stored->same_properties)
        return FITS;
    return text_is_absent(stored->response.properties) ? ADDS : CONTRADICTS;
}

static enum fit worse(enum fit a, enum fit b)
{
    return a > b ? a : b;
}

static enum fit fit_all(const struct stored_response *stored, const struct response *submitted)
{
    const struct response *own = &stored->response;
    enum fit fit = worse(fit_time(own, submitted), fit_properties(stored, submitted));
    fit = worse(fit, fit_tags(own, submitted));
    for (int q = 0; q < QUESTION_COUNT; q++)
        fit = worse(fit, fit_score(own->scores[q], submitted->scores[q]));
    for (int d = 0; d < DIMENSION_SENT; d++)
        fit = worse(fit, fit_text(own->cell.values[d], submitted->cell.values[d]));
    fit = worse(fit, fit_text(own->customer_id, submitted->customer_id));
    fit = worse(fit, fit_text(own->interaction_id, submitted->interaction_id));
    fit = worse(fit, fit_text(own->source, submitted->source));
    return worse(fit, fit_text(own->comment, submitted->comment));
}

static void add_text(struct text *stored, struct text submitted)
{
    if (text_is_absent(*stored))
        *stored = submitted;
}

static void add_all(struct stored_response *stored, const struct response *submitted)
{
    struct response *own = &stored->response;
    for (int q = 0; q < QUESTION_COUNT; q++)
        if (own->scores[q] == SCORE_ABSENT)
            own->scores[q] = submitted->scores[q];
    for (int d = 0; d < DIMENSION_SENT; d++)
        add_text(&own->cell.values[d], submitted->cell.values[d]);
    cell_key_seal(&own->cell);
    add_text(&own->customer_id, submitted->customer_id);
    add_text(&own->interaction_id, submitted->interaction_id);
    add_text(&own->source, submitted->source);
    add_text(&own->comment, submitted->comment);
    add_text(&own->properties, submitted->properties);
    if (submitted->tag_count > own->tag_count) {
        own->tags = submitted->tags;
        own->tag_count = submitted->tag_count;
    }
}

struct merge merge_response(struct stored_response *stored, const struct response *submitted, bool was_run)
{
    if (memcmp(stored->response.content_hash, submitted->content_hash, CONTENT_HASH_SIZE) == 0)
        return (struct merge){was_run ? VERDICT_CREATED : VERDICT_KNOWN, false};
    if (stored->erased || stored->excluded)
        return (struct merge){VERDICT_KNOWN, false};
    /* A test key must not write into what counts, nor the other way round. */
    if (stored->response.is_test != submitted->is_test)
        return (struct merge){VERDICT_CONFLICT, false};
    switch (fit_all(stored, submitted)) {
    case FITS:
        return (struct merge){VERDICT_KNOWN, false};
    case ADDS:
        add_all(stored, submitted);
        return (struct merge){VERDICT_MERGED, true};
    case CONTRADICTS:
        break;
    }
    return (struct merge){VERDICT_CONFLICT, false};
}

static enum verdict judge_patch(const struct stored_response *stored, const struct patch *patch, int64_t now_us)
{
    bool answered = false;
    if (patch->own_only && stored->response.key_id != patch->key_id)
        return VERDICT_NOT_FOUND;
    if (stored->erased || (patch->own_only && now_us - stored->received_us > OWN_EDIT_US))
        return VERDICT_FORBIDDEN;
    for (int q = 0; q < QUESTION_COUNT; q++)
        answered = answered || (patch->sets_scores[q] ? patch->scores[q] : stored->response.scores[q]) != SCORE_ABSENT;
    return answered ? VERDICT_CHANGED : VERDICT_EMPTY;
}

static bool same_tags(const struct response *response, const struct patch *patch)
{
    if (response->tag_count != patch->tag_count)
        return false;
    for (size_t i = 0; i < patch->tag_count; i++)
        if (!text_equal(response->tags[i], patch->tags[i]))
            return false;
    return true;
}

static bool apply_patch(struct stored_response *stored, const struct patch *patch)
{
    struct response *own = &stored->response;
    bool changes = false;
    for (int q = 0; q < QUESTION_COUNT; q++)
        if (patch->sets_scores[q] && own->scores[q] != patch->scores[q]) {
            own->scores[q] = patch->scores[q];
            changes = true;
        }
    if (patch->sets_comment && !text_equal(own->comment, patch->comment)) {
        own->comment = patch->comment;
        changes = true;
    }
    if (patch->sets_tags && !same_tags(own, patch)) {
        own->tags = patch->tags;
        own->tag_count = patch->tag_count;
        changes = true;
    }
    if (patch->sets_excluded && stored->excluded != patch->excluded) {
        stored->excluded = patch->excluded;
        changes = true;
    }
    return changes;
}

struct merge merge_patch(struct stored_response *stored, const struct patch *patch, int64_t now_us)
{
    struct merge merge = {judge_patch(stored, patch, now_us), false};
    if (merge.verdict == VERDICT_CHANGED)
        merge.changes = apply_patch(stored, patch);
    return merge;
}
