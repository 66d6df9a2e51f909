/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "../../src/api/parse.h"
#include "../../src/api/survey_body.h"

/* The definition of a survey. */

static const struct project project = {.id = 1, .declared = {"release"}};

/* libFuzzer gives the signature. NOLINTNEXTLINE(readability-non-const-parameter) */
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    parse_start();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char fault[PARSE_FAULT_SIZE];
    json_t *object = parse_object(fuzz_text(data, size), fault);
    struct arena *arena = arena_new(0);
    struct survey_draft draft = {0};
    struct faults faults;
    faults_init(&faults, arena);
    if (object != NULL)
        survey_body_decode(&draft, object, &project, &faults);
    json_decref(object);
    arena_free(arena);
    return 0;
}
