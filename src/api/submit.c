/* SPDX-License-Identifier: MIT */
#include "call.h"
#include "handlers.h"
#include "http/reply.h"
#include "parse.h"
#include "submission.h"

#include <string.h>

/* POST /v1/responses and POST /v1/events: one object, an array, or a stream of lines. */

enum { ARRAY_ITEMS = 1000 };

static enum ingest_kind kind_of(const struct request *request)
{
    return request_route(request)->handler == events_post ? INGEST_EVENT : INGEST_RESPONSE;
}

static void write_created(struct request *request, const struct ingest_item *item)
{
    static const char path[] = "/v1/responses/";
    char location[sizeof path + ID_TEXT_SIZE];
    const char *id = id_format(submission_id(item), location + sizeof path - 1);
    struct buffer json;
    int status = submission_status(item->verdict);

    buffer_init(&json);
    buffer_string(&json, "{\"id\":\"");
    buffer_append(&json, id, ID_TEXT_SIZE - 1);
    buffer_string(&json, "\",\"status\":\"");
    buffer_string(&json, submission_word(item->verdict));
    buffer_string(&json, "\"}");
    if (item->kind == INGEST_RESPONSE && status == 201) {
        memcpy(location, path, sizeof path - 1);
        reply_header(request, "Location", location);
    }
    reply_json(request, status, &json);
}

/* The key is one that some survey of the project has, so it needs no escapes. */
static void fault_unfit(struct request *request, const struct ingest_item *item)
{
    const struct text key = item->patch->answers[item->unfit].key;
    char pointer[128];
    snprintf(pointer, sizeof pointer, "#/answers/%.*s", (int)key.size, key.bytes);
    reply_fault(request, pointer, NULL, "is not asked by the survey of the response, or is off its scale there");
}

static void reply_verdict(struct request *request, const struct ingest_item *item)
{
    int status = submission_status(item->verdict);
    if (status < 300) {
        write_created(request, item);
        return;
    }
    if (status == 503)
        reply_header(request, "Retry-After", "1");
    if (item->verdict == VERDICT_UNFIT)
        fault_unfit(request, item);
    reply_problem(request, status, submission_word(item->verdict), "The %s %s.",
                  item->kind == INGEST_EVENT ? "event" : "response", submission_detail(item->verdict));
}

static void complete(struct request *request)
{
    struct call *call = request_call(request);
    reply_verdict(request, call->item);
}

/* On a committer's thread. */
static void item_done(struct ingest_item *item)
{
    request_finish_with(item->context, complete);
}

enum outcome submit_item(struct request *request, struct ingest_item *item)
{
    struct call *call = request_call(request);
    enum status status;
    call->item = item;
    item->done = item_done;
    item->context = request;
    item->next = NULL;
    status = ingest_submit(call->service->ingest, item, 1);
    if (status == STATUS_OK)
        return PENDING;
    problem_of_status(request, status, "answer");
    return HANDLED;
}

static enum outcome submit_one(struct request *request, struct text body)
{
    struct submission submission = {.principal = request_principal(request),
                                    .kind = kind_of(request),
                                    .received_us = request_received_us(request),
                                    .idempotency_key = request_header(request, "Idempotency-Key")};
    struct ingest_item *item = arena_alloc(request_arena(request), sizeof *item);
    struct faults faults;
    int status;

    if (body.size > PARSE_OBJECT_BYTES) {
        reply_problem(request, 413, "body-too-large", "An object may have at most %d bytes.", PARSE_OBJECT_BYTES);
        return HANDLED;
    }
    faults_init(&faults, request_arena(request));
    if (item == NULL) {
        problem_of_status(request, STATUS_NO_MEMORY, "answer");
        return HANDLED;
    }
    status = submission_decode(&submission, body, item, &faults);
    if (status == 0)
        return submit_item(request, item);
    if (status == 400)
        faults_reply_malformed(&faults, request, faults.first ? faults.first->detail : "can't be read");
    else
        faults_reply(&faults, request);
    return HANDLED;
}

/* Brackets and commas of the whole array are looked at before anything is stored: a body that was cut stores nothing. */
static bool check_array(struct request *request, struct text body)
{
    size_t count;
    bool is_whole = parse_count(body, &count);
    if (!is_whole)
        reply_problem(request, 400, "malformed",
                      "The body is not valid JSON: its brackets, commas or quotes don't match.");
    else if (count == 0)
        reply_problem(request, 400, "malformed", "The array is empty.");
    else if (count > ARRAY_ITEMS)
        reply_problem(request, 413, "too-large",
                      "The array has %zu items, and %d are allowed: send more as "
                      "application/x-ndjson.",
                      count, ARRAY_ITEMS);
    return is_whole && count > 0 && count <= ARRAY_ITEMS;
}

static enum outcome submit_array(struct request *request, struct text body)
{
    struct call *call = request_call(request);
    struct parse_elements elements = {.text = body};
    struct text element;

    if (!check_array(request, body))
        return HANDLED;
    call->bulk = bulk_new(call->service, request, kind_of(request));
    if (call->bulk == NULL) {
        problem_of_status(request, STATUS_NO_MEMORY, "array");
        return HANDLED;
    }
    while (parse_next(&elements, &element) == PARSE_ELEMENT)
        bulk_add(call->bulk, element);
    return bulk_finish(call->bulk);
}

static void take_step(struct call *call, enum lines_step step, struct text line)
{
    switch (step) {
    case LINES_NONE:
        break;
    case LINES_LINE:
        if (!parse_is_blank(line))
            bulk_add(call->bulk, line);
        break;
    case LINES_TOO_LONG:
        bulk_refuse(call->bulk, 413, "is a line of more than 65536 bytes");
        break;
    case LINES_NO_MEMORY:
        bulk_refuse(call->bulk, 503, "could not be kept: out of memory");
        break;
    }
}

size_t submit_take(struct request *request, const char *bytes, size_t size)
{
    struct call *call = request_call(request);
    struct text piece = {bytes, size};
    struct text line;
    if (call->bulk == NULL)
        call->bulk = bulk_new(call->service, request, kind_of(request));
    if (call->bulk == NULL) {
        reply_header(request, "Retry-After", "1");
        reply_problem(request, 503, "unavailable", "Out of memory: nothing of this upload was stored.");
        return size;
    }
    while (piece.size > 0 && bulk_has_room(call->bulk))
        take_step(call, lines_next(&call->lines, &piece, &line), line);
    return size - piece.size;
}

static enum outcome end_stream(struct request *request)
{
    struct call *call = request_call(request);
    struct text line;
    if (call->bulk)
        take_step(call, lines_end(&call->lines, &line), line);
    if (call->bulk == NULL || bulk_count(call->bulk) == 0) {
        reply_problem(request, 400, "malformed", "The body is empty: one JSON object a line is expected.");
        return HANDLED;
    }
    return bulk_finish(call->bulk);
}

static enum outcome submit(struct request *request)
{
    size_t size;
    const char *bytes = request_body(request, &size);
    struct text body = {bytes, size};

    if (request_call(request)->is_stream)
        return end_stream(request);
    return parse_is_array(body) ? submit_array(request, body) : submit_one(request, body);
}

enum outcome responses_post(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    return submit(request);
}

enum outcome events_post(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    (void)connection;
    return submit(request);
}
