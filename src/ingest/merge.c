/* SPDX-License-Identifier: MIT */
#include "merge.h"

#include "merge_answers.h"

#include <string.h>

static const int64_t OWN_EDIT_US = INT64_C(24) * 3600 * 1000000;

/* A value that was submitted against the stored one: absent fits anything, and may be added where nothing is. */
static enum fit fit_text(struct text stored, struct text submitted)
{
    if (text_is_absent(submitted) || text_equal(stored, submitted))
        return FITS;
    return text_is_absent(stored) ? ADDS : CONTRADICTS;
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

static enum fit fit_comment(const struct stored_response *stored, const struct response *submitted)
{
    if (text_is_absent(submitted->comment) || stored->comment_fit == COMMENT_SAME)
        return FITS;
    return stored->comment_fit == COMMENT_NONE_STORED ? ADDS : CONTRADICTS;
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
    fit = worse(fit, answers_fit(own, submitted));
    for (int d = 0; d < DIMENSION_SENT; d++)
        fit = worse(fit, fit_text(own->cell.values[d], submitted->cell.values[d]));
    fit = worse(fit, fit_text(own->customer_id, submitted->customer_id));
    fit = worse(fit, fit_text(own->interaction_id, submitted->interaction_id));
    fit = worse(fit, fit_text(own->source, submitted->source));
    return worse(fit, fit_comment(stored, submitted));
}

static void add_text(struct text *stored, struct text submitted)
{
    if (text_is_absent(*stored))
        *stored = submitted;
}

static bool add_all(struct stored_response *stored, const struct response *submitted, struct arena *arena)
{
    struct response *own = &stored->response;
    if (!answers_add(own, submitted, arena))
        return false;
    for (int d = 0; d < DIMENSION_SENT; d++)
        add_text(&own->cell.values[d], submitted->cell.values[d]);
    cell_key_seal(&own->cell);
    add_text(&own->customer_id, submitted->customer_id);
    add_text(&own->interaction_id, submitted->interaction_id);
    add_text(&own->source, submitted->source);
    if (!text_is_absent(submitted->comment) && stored->comment_fit == COMMENT_NONE_STORED) {
        own->comment = submitted->comment;
        stored->sets_comment = true;
    }
    add_text(&own->properties, submitted->properties);
    if (submitted->tag_count > own->tag_count) {
        own->tags = submitted->tags;
        own->tag_count = submitted->tag_count;
    }
    return true;
}

struct merge merge_response(struct stored_response *stored, const struct response *submitted, bool was_run,
                            struct arena *arena)
{
    if (memcmp(stored->response.content_hash, submitted->content_hash, CONTENT_HASH_SIZE) == 0)
        return (struct merge){.verdict = was_run ? VERDICT_CREATED : VERDICT_KNOWN};
    if (stored->erased || stored->excluded)
        return (struct merge){.verdict = VERDICT_KNOWN};
    /* A test key must not write into what counts, nor the other way round. */
    if (stored->response.is_test != submitted->is_test)
        return (struct merge){.verdict = VERDICT_CONFLICT};
    switch (fit_all(stored, submitted)) {
    case FITS:
        return (struct merge){.verdict = VERDICT_KNOWN};
    case ADDS:
        if (!add_all(stored, submitted, arena))
            return (struct merge){.verdict = VERDICT_UNAVAILABLE};
        return (struct merge){.verdict = VERDICT_MERGED, .changes = true};
    case CONTRADICTS:
        break;
    }
    return (struct merge){.verdict = VERDICT_CONFLICT};
}

static bool is_own(const struct stored_response *stored, const struct patch *patch)
{
    int32_t key_id = stored->response.key_id;
    return key_id == patch->key_id || (patch->replaced_key_id != 0 && key_id == patch->replaced_key_id);
}

static enum verdict judge_patch(const struct stored_response *stored, const struct patch *patch, int64_t now_us)
{
    if (patch->own_only && !is_own(stored, patch))
        return VERDICT_NOT_FOUND;
    /* A command changes nothing but whether it counts, which an erasure left open. */
    if ((stored->erased && patch->key_id != 0) || (patch->own_only && now_us - stored->received_us > OWN_EDIT_US))
        return VERDICT_FORBIDDEN;
    return VERDICT_CHANGED;
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
    if (patch->sets_comment &&
        stored->comment_fit != (text_is_absent(patch->comment) ? COMMENT_NONE_STORED : COMMENT_SAME)) {
        own->comment = patch->comment;
        stored->sets_comment = true;
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

struct merge merge_patch(struct stored_response *stored, const struct patch *patch, int64_t now_us, struct arena *arena)
{
    struct merge merge = {.verdict = judge_patch(stored, patch, now_us)};
    struct response answered = stored->response;
    enum answers_patched patched;
    if (merge.verdict != VERDICT_CHANGED)
        return merge;
    patched = answers_patch(&answered, patch, arena, &merge.unfit);
    if (patched == ANSWERS_UNFIT || patched == ANSWERS_NO_MEMORY)
        merge.verdict = patched == ANSWERS_UNFIT ? VERDICT_UNFIT : VERDICT_UNAVAILABLE;
    else if (response_is_unanswered(&answered))
        merge.verdict = VERDICT_EMPTY;
    if (merge.verdict != VERDICT_CHANGED)
        return merge;
    stored->response = answered;
    merge.changes = apply_patch(stored, patch) || patched == ANSWERS_CHANGED;
    return merge;
}
