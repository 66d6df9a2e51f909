/* SPDX-License-Identifier: MIT */
#include "sent.h"

#include "base/timestamp.h"
#include "support/runner.h"

#include <string.h>

struct sent sent;

int64_t sent_at(const char *text)
{
    int64_t us;
    ck_assert_msg(timestamp_parse(text, strlen(text), &us), "%s", text);
    return us;
}

void sent_setup(void)
{
    sent = (struct sent){
        .project = {.id = 7, .declared = {"release"}, .secret = {1, 2, 3}, .retention_horizon_us = INT64_MIN},
        .key = {.id = 5, .project_id = 7, .lineage = 4},
        .principal = {.key = &sent.key, .project = &sent.project},
        .submission = {.principal = &sent.principal, .received_us = sent_at("2026-11-22T10:00:00Z")},
        .arena = arena_new(0),
    };
}

void sent_teardown(void)
{
    arena_free(sent.arena);
}

int sent_decode_within(struct arena *arena, struct text text)
{
    faults_init(&sent.faults, arena);
    sent.item = (struct ingest_item){.kind = INGEST_PATCH};
    return submission_decode(&sent.submission, text, &sent.item, &sent.faults);
}

int sent_decode(const char *json)
{
    return sent_decode_within(sent.arena, text_of(json));
}

static void take(enum ingest_kind kind, const char *json)
{
    sent.submission.kind = kind;
    ck_assert_msg(sent_decode(json) == 0, "%s: %s", json, sent.faults.first ? sent.faults.first->detail : "");
    ck_assert_int_eq(sent.item.kind, kind);
}

const struct response *sent_response(const char *json)
{
    take(INGEST_RESPONSE, json);
    return sent.item.response;
}

const struct event *sent_event(const char *json)
{
    take(INGEST_EVENT, json);
    return sent.item.event;
}
