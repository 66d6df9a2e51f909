/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "../../src/api/answers.h"
#include "../../src/api/draft.h"
#include "../../src/api/parse.h"

/* A body of JSON, decoded by each of the tables, and its faults written down. */

static const struct project project = {.id = 1, .declared = {"release", "store"}};

/* libFuzzer gives the signature. NOLINTNEXTLINE(readability-non-const-parameter) */
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    parse_start();
    return 0;
}

static void check_faults(const struct faults *faults)
{
    struct buffer json;
    buffer_init(&json);
    faults_write(faults, &json);
    json_t *read = json_loadb(json.data, json.size, 0, NULL);
    MUST(json_is_array(read) && json_array_size(read) <= FAULTS_MAX);
    json_decref(read);
    buffer_clear(&json);
}

static void decode(const json_t *object, const struct field *fields)
{
    struct arena *arena = arena_new(0);
    struct response response = {.answer_count = 0};
    struct faults faults;
    struct draft draft;
    faults_init(&faults, arena);
    draft_decode(&draft, object, fields, &project, &faults);
    for (int t = 0; faults.count == 0 && t < DRAFT_TEXT_COUNT; t++)
        MUST(text_is_absent(draft.texts[t]) || text_is_utf8(draft.texts[t], NULL));
    if (fields != draft_event_fields)
        answers_check(&draft, NULL, project.id, &response, &faults);
    check_faults(&faults);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct field *const tables[] = {draft_response_fields, draft_event_fields, draft_patch_fields,
                                                 draft_erasure_fields};
    char fault[PARSE_FAULT_SIZE];
    json_t *object = parse_object(fuzz_text(data, size), fault);
    MUST(object == NULL || json_is_object(object));
    for (size_t i = 0; object != NULL && i < sizeof tables / sizeof *tables; i++)
        decode(object, tables[i]);
    json_decref(object);
    return 0;
}
