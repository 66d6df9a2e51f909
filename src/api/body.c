/* SPDX-License-Identifier: MIT */
#include "body.h"

#include "answers.h"
#include "api/service.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "draft.h"
#include "faults.h"
#include "parse.h"
#include "survey_body.h"

/* The object, to be let go of; faults are made ready. NULL: it is none, and the reply is set. */
static json_t *read_object(struct request *request, struct faults *faults)
{
    char fault[PARSE_FAULT_SIZE];
    size_t size;
    const char *body = request_body(request, &size);
    json_t *json = parse_object((struct text){body, size}, fault);

    faults_init(faults, request_arena(request));
    if (json == NULL)
        faults_reply_malformed(faults, request, fault);
    return json;
}

/* Once it is decoded. */
static bool is_sound(struct request *request, const struct faults *faults)
{
    if (faults->count == 0 && !faults_lack_memory(faults))
        return true;
    faults_reply(faults, request);
    return false;
}

/* --- the patch --------------------------------------------------------------------------------------------------- */

static void fill_patch(struct patch *patch, const struct draft *draft, const struct principal *principal)
{
    patch->project_id = principal->project->id;
    patch->key_id = principal->key->id;
    patch->replaced_key_id = principal->key->replaces;
    patch->own_only = principal->key->scope == SCOPE_WRITE;
    patch->sets_comment = draft->flags & DRAFT_HAS_COMMENT;
    patch->comment = draft->texts[DRAFT_COMMENT];
    patch->sets_tags = draft->flags & DRAFT_HAS_TAGS;
    patch->tags = draft->tags;
    patch->tag_count = draft->tag_count;
    patch->sets_excluded = draft->flags & DRAFT_HAS_EXCLUDED;
    patch->excluded = draft->excluded;
}

bool body_patch(struct request *request, struct patch *patch)
{
    const struct principal *principal = request_principal(request);
    struct faults faults;
    struct draft draft;
    json_t *json = read_object(request, &faults);

    if (json == NULL)
        return false;
    draft_decode(&draft, json, draft_patch_fields, principal->project, &faults);
    if (json_object_size(json) == 0)
        faults_add(&faults, "#", "changes nothing: answers, comment, tags or excluded is expected");
    json_decref(json);
    fill_patch(patch, &draft, principal);
    answers_check_patch(&draft, principal->snapshot, patch, &faults);
    return is_sound(request, &faults);
}

/* --- the erasure ------------------------------------------------------------------------------------------------- */

bool body_erasure(struct request *request, struct text *customer_id)
{
    struct faults faults;
    struct draft draft;
    json_t *json = read_object(request, &faults);

    if (json == NULL)
        return false;
    draft_decode(&draft, json, draft_erasure_fields, request_principal(request)->project, &faults);
    json_decref(json);
    *customer_id = draft.texts[DRAFT_CUSTOMER_ID];
    if (text_is_absent(*customer_id) && faults.count == 0)
        faults_add(&faults, "#/customer_id", "must be given");
    return is_sound(request, &faults);
}

/* --- the exclusion ----------------------------------------------------------------------------------------------- */

static void decode_time(const json_t *body, const char *name, bool is_required, int64_t *us, struct faults *faults)
{
    const json_t *value = json_object_get(body, name);
    if (!is_required && (value == NULL || json_is_null(value)))
        return;
    if (!json_is_string(value) || !timestamp_parse(json_string_value(value), json_string_length(value), us))
        faults_add(faults, faults_child(faults, "#", name),
                   "must be a time with its zone (RFC 3339), such as \"2026-11-22T10:00:00+01:00\"");
}

static void decode_exclusion(const json_t *body, struct posted_query *query, bool *excluded, struct faults *faults)
{
    static const char *const names[] = {"key_id", "from", "to", "excluded", NULL};
    const json_t *flag = json_object_get(body, "excluded");
    int64_t key_id = 0;
    faults_add_unknown(faults, body, names, "#");
    if (!parse_integer(json_object_get(body, "key_id"), 1, INT32_MAX, &key_id))
        faults_add(faults, "#/key_id", "must be the number of a key, such as 7");
    query->key_id = (int32_t)key_id;
    decode_time(body, "from", true, &query->from_us, faults);
    decode_time(body, "to", false, &query->to_us, faults);
    if (query->from_us >= query->to_us)
        faults_add(faults, "#/from", "must be before to");
    if (!json_is_boolean(flag))
        faults_add(faults, "#/excluded", "must be true, to take them out of the numbers, or false, to put them back");
    *excluded = json_is_true(flag);
}

bool body_exclusion(struct request *request, struct posted_query *query, bool *excluded)
{
    struct faults faults;
    json_t *json = read_object(request, &faults);

    if (json == NULL)
        return false;
    *query = (struct posted_query){.project_id = request_principal(request)->project->id, .to_us = clock_now_us()};
    decode_exclusion(json, query, excluded, &faults);
    json_decref(json);
    return is_sound(request, &faults);
}

/* --- the survey -------------------------------------------------------------------------------------------------- */

bool body_survey(struct request *request, struct survey_draft *draft)
{
    struct faults faults;
    json_t *json = read_object(request, &faults);

    if (json == NULL)
        return false;
    survey_body_decode(draft, json, request_principal(request)->project, &faults);
    json_decref(json);
    return is_sound(request, &faults);
}
