/* SPDX-License-Identifier: MIT */
#include "http/problem.h"

#include <string.h>

static void write_string(struct buffer *text, const char *string)
{
    buffer_json_string(text, string, strlen(string));
}

static void write_fault(struct buffer *text, const struct fault *fault)
{
    buffer_string(text, "{");
    if (fault->pointer != NULL) {
        buffer_string(text, "\"pointer\":");
        write_string(text, fault->pointer);
        buffer_string(text, ",");
    } else if (fault->parameter != NULL) {
        buffer_string(text, "\"parameter\":");
        write_string(text, fault->parameter);
        buffer_string(text, ",");
    }
    buffer_string(text, "\"detail\":");
    write_string(text, fault->detail);
    buffer_string(text, "}");
}

void problem_write(struct buffer *text, const struct problem *problem)
{
    buffer_format(text, "{\"type\":\"/problems/%s\",\"title\":", problem->slug);
    write_string(text, problem->title);
    buffer_format(text, ",\"status\":%d,\"detail\":", problem->status);
    write_string(text, problem->detail);
    buffer_string(text, ",\"instance\":");
    write_string(text, problem->instance);
    buffer_string(text, ",\"request_id\":");
    write_string(text, problem->request_id);
    for (size_t i = 0; i < problem->fault_count; i++) {
        buffer_string(text, i == 0 ? ",\"errors\":[" : ",");
        write_fault(text, &problem->faults[i]);
    }
    if (problem->fault_count > 0) {
        buffer_string(text, "]");
    }
    if (problem->fault_omitted > 0) {
        buffer_format(text, ",\"errors_omitted\":%zu", problem->fault_omitted);
    }
    buffer_string(text, "}");
}
