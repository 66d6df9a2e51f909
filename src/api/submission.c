/* SPDX-License-Identifier: MIT */
#include "submission.h"

#include "answers.h"
#include "base/digest.h"
#include "base/timestamp.h"
#include "draft.h"
#include "parse.h"
#include "quick.h"

#include <string.h>

static const int64_t SECOND_US = 1000000;
static const int64_t DAY_US = INT64_C(86400) * 1000000;
static const int64_t FIRST_US = INT64_C(946684800) * 1000000; /* 2000-01-01: before it a clock was never set */
enum { CLOCK_TOLERANCE_S = 5 };

/* Not valid UTF-8 in the middle of otherwise good JSON is found by the parser; this is about the clock. With sent_at we know
 * by how much the phone's clock is off: a few seconds are the way here, more is an error that occurred_at shares. */
static int64_t correct_time(const struct draft *draft, int64_t received_us)
{
    int64_t error_us = received_us - draft->sent_us;
    if (!(draft->flags & DRAFT_HAS_OCCURRED))
        return received_us;
    if (!(draft->flags & DRAFT_HAS_SENT))
        return draft->occurred_us;
    if (error_us > -CLOCK_TOLERANCE_S * SECOND_US && error_us < CLOCK_TOLERANCE_S * SECOND_US)
        return draft->occurred_us;
    return draft->occurred_us + error_us;
}

/* A row that retention has deleted must not come back by a retry and be counted again: what is past its age is refused. */
static int64_t kept_from(const struct project *project, int64_t received_us)
{
    int64_t age_us = received_us - project->retain_days * DAY_US;
    if (project->retain_mode != RETAIN_DELETE || age_us < project->retention_horizon_us)
        return project->retention_horizon_us;
    return age_us;
}

static void check_time(const struct submission *submission, int64_t occurred_us, struct faults *faults)
{
    const struct project *project = submission->principal->project;
    int64_t received_us = submission->received_us;
    char text[TIMESTAMP_TEXT_SIZE];
    if (occurred_us > received_us + DAY_US)
        faults_add(faults, "#/occurred_at", "must not be more than a day ahead");
    else if (occurred_us < FIRST_US)
        faults_add(faults, "#/occurred_at", "must not be before the year 2000");
    else if (occurred_us < kept_from(project, received_us))
        faults_add(faults, "#/occurred_at", "is older than what the project keeps: nothing from before %s",
                   timestamp_format(kept_from(project, received_us), text));
}

/* What is hashed: each part with a mark of its own and its length, parts that were not sent not at all. */
static void put_part(struct buffer *content, char kind, int which, const void *bytes, size_t size)
{
    struct {
        uint32_t size;
        char kind;
        uint8_t which;
    } mark;
    memset(&mark, 0, sizeof mark);
    mark.size = (uint32_t)size;
    mark.kind = kind;
    mark.which = (uint8_t)which;
    buffer_append(content, &mark, sizeof mark);
    buffer_append(content, bytes, size);
}

static void put_text(struct buffer *content, char kind, int which, struct text text)
{
    if (!text_is_absent(text))
        put_part(content, kind, which, text.bytes, text.size);
}

static void put_numbers(struct buffer *content, const struct draft *draft)
{
    unsigned flags = draft->flags & ~(unsigned)(DRAFT_HAS_SENT | DRAFT_HAS_ID);
    put_part(content, 'f', 0, &flags, sizeof flags);
    if (flags & DRAFT_HAS_OCCURRED)
        put_part(content, 'o', 0, &draft->occurred_us, sizeof draft->occurred_us);
    if (flags & DRAFT_HAS_DURATION)
        put_part(content, 'l', 0, &draft->duration_ms, sizeof draft->duration_ms);
    if (flags & DRAFT_HAS_RESPONSE_ID)
        put_part(content, 'r', 0, draft->response_id.bytes, ID_SIZE);
    if (draft->survey_version != 0)
        put_part(content, 'v', 0, &draft->survey_version, sizeof draft->survey_version);
}

static void put_answers(struct buffer *content, const struct draft *draft)
{
    for (size_t i = 0; i < draft->answer_count; i++) {
        const struct draft_answer *answer = &draft->answers[i];
        if (answer->is_null)
            continue;
        put_text(content, 'q', 0, answer->key);
        put_part(content, 's', 0, &answer->score, sizeof answer->score);
    }
}

/* Everything that was sent but sent_at and id. */
static void hash_content(const struct draft *draft, struct faults *faults, uint8_t hash[CONTENT_HASH_SIZE])
{
    struct buffer content;
    buffer_init(&content);
    put_numbers(&content, draft);
    put_answers(&content, draft);
    for (int d = 0; d < DIMENSION_SENT; d++)
        put_text(&content, 'd', d, draft->dimensions[d]);
    for (int t = 0; t < DRAFT_TEXT_COUNT; t++)
        put_text(&content, 't', t, draft->texts[t]);
    for (size_t i = 0; i < draft->tag_count; i++)
        put_text(&content, 'g', 0, draft->tags[i]);
    if (content.failed)
        faults_add_no_memory(faults);
    else
        digest_content(content.data, content.size, hash);
    buffer_clear(&content);
}

static struct id derive_id(const struct submission *submission, const char *kind, struct text first, struct text second,
                           struct faults *faults)
{
    struct buffer name;
    uint8_t digest[DIGEST_SIZE] = {0};
    buffer_init(&name);
    /* Answers and events with the same external id are two things. */
    buffer_format(&name, "%s:%d:%zu:", kind, (int)submission->kind, first.size);
    buffer_append(&name, first.bytes, first.size);
    buffer_append(&name, second.bytes, second.size);
    if (name.failed)
        faults_add_no_memory(faults);
    else
        digest_hmac_sha256(submission->principal->project->secret, name.data, name.size, digest);
    buffer_clear(&name);
    return id_from_digest(digest);
}

/* One that its client can send again: its own, or one that follows from what it sends. */
static bool has_given_id(const struct submission *submission, const struct draft *draft)
{
    return (draft->flags & DRAFT_HAS_ID) || !text_is_absent(draft->texts[DRAFT_EXTERNAL_ID]) ||
           submission->idempotency_key != NULL;
}

static struct id choose_id(const struct submission *submission, const struct draft *draft, struct faults *faults)
{
    struct text external = draft->texts[DRAFT_EXTERNAL_ID];
    if (draft->flags & DRAFT_HAS_ID)
        return draft->id;
    if (!text_is_absent(external))
        return derive_id(submission, "external", draft->texts[DRAFT_SOURCE], external, faults);
    if (submission->idempotency_key) {
        const char *place =
            arena_format(faults->arena, "%d:%zu", submission->principal->key->lineage, submission->index);
        return derive_id(submission, "idempotency", text_of(submission->idempotency_key), text_of(place), faults);
    }
    return id_new();
}

static void fill_cell(const struct submission *submission, const struct draft *draft, struct cell_key *cell)
{
    cell->project_id = submission->principal->project->id;
    memcpy(cell->values, draft->dimensions, sizeof draft->dimensions);
    cell_key_seal(cell);
}

static void check_external(const struct draft *draft, struct faults *faults)
{
    if (!text_is_absent(draft->texts[DRAFT_EXTERNAL_ID]) && text_is_absent(draft->texts[DRAFT_SOURCE]))
        faults_add(faults, "#/source", "must be given beside external_id: the two make the id");
}

static bool has_fault_at(const struct faults *faults, const char *pointer)
{
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        if (strncmp(fault->pointer, pointer, strlen(pointer)) == 0)
            return true;
    return false;
}

static struct response *make_response(const struct submission *submission, const struct draft *draft,
                                      struct faults *faults)
{
    struct response *response = arena_alloc(faults->arena, sizeof *response);
    if (response == NULL)
        return NULL;
    answers_check(draft, submission->principal->snapshot, submission->principal->project->id, response, faults);
    if (response_is_unanswered(response) && !has_fault_at(faults, "#/answers") &&
        !has_fault_at(faults, "#/survey_version"))
        faults_add(faults, "#/answers", "must hold at least one answer, such as {\"nps\": 9}");
    response->occurred_us = correct_time(draft, submission->received_us);
    check_time(submission, response->occurred_us, faults);
    response->has_given_time = (draft->flags & DRAFT_HAS_OCCURRED) && !(draft->flags & DRAFT_HAS_SENT);
    fill_cell(submission, draft, &response->cell);
    response->key_id = submission->principal->key->id;
    response->is_test = submission->principal->key->is_test;
    response->customer_id = draft->texts[DRAFT_CUSTOMER_ID];
    response->interaction_id = draft->texts[DRAFT_INTERACTION_ID];
    response->source = draft->texts[DRAFT_SOURCE];
    response->comment = draft->texts[DRAFT_COMMENT];
    response->properties = draft->texts[DRAFT_PROPERTIES];
    response->tags = draft->tags;
    response->tag_count = draft->tag_count;
    hash_content(draft, faults, response->content_hash);
    response->id = choose_id(submission, draft, faults);
    response->is_own_id = !has_given_id(submission, draft);
    return response;
}

static struct event *make_event(const struct submission *submission, const struct draft *draft, struct faults *faults)
{
    struct event *event = arena_alloc(faults->arena, sizeof *event);
    if (text_is_absent(draft->texts[DRAFT_ACTION]) && !has_fault_at(faults, "#/action"))
        faults_add(faults, "#/action", "must be given: one word, such as \"completed\"");
    if (text_is_absent(draft->texts[DRAFT_AMOUNT]) != text_is_absent(draft->texts[DRAFT_CURRENCY]) &&
        !has_fault_at(faults, "#/amount") && !has_fault_at(faults, "#/currency"))
        faults_add(faults, "#/amount", "amount and currency must be given together");
    if (event == NULL)
        return NULL;
    event->occurred_us = correct_time(draft, submission->received_us);
    check_time(submission, event->occurred_us, faults);
    fill_cell(submission, draft, &event->cell);
    event->key_id = submission->principal->key->id;
    event->is_test = submission->principal->key->is_test;
    event->has_response_id = draft->flags & DRAFT_HAS_RESPONSE_ID;
    event->response_id = draft->response_id;
    event->has_duration = draft->flags & DRAFT_HAS_DURATION;
    event->duration_ms = draft->duration_ms;
    event->action = draft->texts[DRAFT_ACTION];
    event->stage = draft->texts[DRAFT_STAGE];
    event->customer_id = draft->texts[DRAFT_CUSTOMER_ID];
    event->session_id = draft->texts[DRAFT_SESSION_ID];
    event->interaction_id = draft->texts[DRAFT_INTERACTION_ID];
    event->amount = draft->texts[DRAFT_AMOUNT];
    event->currency = draft->texts[DRAFT_CURRENCY];
    event->source = draft->texts[DRAFT_SOURCE];
    event->properties = draft->texts[DRAFT_PROPERTIES];
    hash_content(draft, faults, event->content_hash);
    event->id = choose_id(submission, draft, faults);
    return event;
}

/* The plain ones in one pass; all others by way of a document, which tells what is wrong with them. 0, or the status. */
static int decode_draft(const struct submission *submission, struct text text, struct draft *draft,
                        struct faults *faults)
{
    const struct field *fields = submission->kind == INGEST_RESPONSE ? draft_response_fields : draft_event_fields;
    char fault[PARSE_FAULT_SIZE];
    json_t *json;
    if (quick_decode(draft, text, fields, faults))
        return 0;
    json = parse_object(text, fault);
    if (json == NULL) {
        faults_add(faults, "#", "%s", fault);
        return faults_lack_memory(faults) ? 503 : text.size > PARSE_OBJECT_BYTES ? 413 : 400;
    }
    draft_decode(draft, json, fields, submission->principal->project, faults);
    json_decref(json);
    return 0;
}

int submission_decode(const struct submission *submission, struct text text, struct ingest_item *item,
                      struct faults *faults)
{
    struct draft draft;
    bool made;
    int status = decode_draft(submission, text, &draft, faults);
    if (status != 0)
        return status;
    check_external(&draft, faults);
    item->kind = submission->kind;
    if (submission->kind == INGEST_RESPONSE)
        made = (item->response = make_response(submission, &draft, faults)) != NULL;
    else
        made = (item->event = make_event(submission, &draft, faults)) != NULL;
    if (!made)
        faults_add_no_memory(faults);
    if (faults_lack_memory(faults))
        return 503;
    return faults->count == 0 ? 0 : 422;
}

const struct id *submission_id(const struct ingest_item *item)
{
    return item->kind == INGEST_RESPONSE ? &item->response->id
           : item->kind == INGEST_EVENT  ? &item->event->id
                                         : &item->patch->id;
}

struct verdict_row {
    int status;
    bool is_retryable;
    const char *word;
    const char *detail;
};

static const struct verdict_row verdicts[] = {
    [VERDICT_CREATED] = {201, false, "created", NULL},
    [VERDICT_KNOWN] = {200, false, "duplicate", NULL},
    [VERDICT_MERGED] = {200, false, "merged", NULL},
    [VERDICT_CHANGED] = {200, false, "updated", NULL},
    [VERDICT_CONFLICT] = {409, false, "conflict", "contradicts what is stored under this id"},
    [VERDICT_NOT_FOUND] = {404, false, "not-found", "was not found under this id"},
    [VERDICT_FORBIDDEN] = {403, false, "forbidden",
                           "can't be changed any more: it was erased, or was posted more than 24 hours ago"},
    [VERDICT_EMPTY] = {422, false, "empty", "would be left without any answer"},
    [VERDICT_UNFIT] = {422, false, "validation", "doesn't fit the survey that it answers"},
    [VERDICT_CAP] = {422, false, "cap",
                     "brings a new dimension value or combination, and the project holds as many as it may"},
    [VERDICT_REFUSED] = {422, false, "refused", "was refused by the database"},
    [VERDICT_UNAVAILABLE] =
        {503, true, "unavailable",
         "may not have been stored, for the database is away: send it again with the same id, it counts once"},
};

int submission_status(enum verdict verdict)
{
    return verdicts[verdict].status;
}

const char *submission_detail(enum verdict verdict)
{
    return verdicts[verdict].detail;
}

bool submission_is_retryable(enum verdict verdict)
{
    return verdicts[verdict].is_retryable;
}

const char *submission_word(enum verdict verdict)
{
    return verdicts[verdict].word;
}
