/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include "api/service.h"
#include "http/reply.h"
#include "parse.h"

#include <ctype.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char no_memory[] = "could not be kept: out of memory";

void faults_init(struct faults *faults, struct arena *arena)
{
    *faults = (struct faults){.arena = arena};
    faults->last = &faults->first;
}

void faults_add(struct faults *faults, const char *pointer, const char *format, ...)
{
    char text[256];
    struct fault *fault;
    const char *detail;
    va_list list;

    if (faults->count++ >= FAULTS_MAX)
        return;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    fault = arena_alloc(faults->arena, sizeof *fault);
    detail = arena_string(faults->arena, text);
    if (fault == NULL || detail == NULL)
        return; /* faults_lack_memory tells */
    *fault = (struct fault){.pointer = pointer, .detail = detail};
    *faults->last = fault;
    faults->last = &fault->next;
}

void faults_add_no_memory(struct faults *faults)
{
    faults->lacks_memory = true;
    faults_add(faults, "#", "%s", no_memory);
}

bool faults_lack_memory(const struct faults *faults)
{
    return faults->lacks_memory || arena_has_failed(faults->arena) || parse_lacked_memory();
}

static bool is_listed(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

void faults_add_unknown(struct faults *faults, const json_t *object, const char *const *names, const char *pointer)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        if (!is_listed(names, name))
            faults_add(faults, faults_child(faults, pointer, name), "is not a field that is known here");
    }
}

static bool is_plain(unsigned char c)
{
    return isalnum(c) || strchr("-._!$&'()*+,;=:@", c) != NULL;
}

const char *faults_child(struct faults *faults, const char *base, const char *name)
{
    size_t length = strlen(base);
    char *pointer = arena_alloc(faults->arena, length + 1 + 3 * strlen(name) + 1);
    char *end;

    if (pointer == NULL)
        return base;
    memcpy(pointer, base, length);
    end = pointer + length;
    *end++ = '/';
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if (c == '~')
            end += sprintf(end, "~0");
        else if (c == '/')
            end += sprintf(end, "~1");
        else if (is_plain(c))
            *end++ = (char)c;
        else
            end += sprintf(end, "%%%02X", c);
    }
    *end = '\0';
    return pointer;
}

const char *faults_element(struct faults *faults, const char *base, size_t index)
{
    const char *pointer = arena_format(faults->arena, "%s/%zu", base, index);
    return pointer ? pointer : base;
}

void faults_reply(const struct faults *faults, struct request *request)
{
    if (faults_lack_memory(faults)) {
        problem_of_status(request, STATUS_NO_MEMORY, "request");
        return;
    }
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        reply_fault(request, fault->pointer, NULL, "%s", fault->detail);
    for (size_t i = FAULTS_MAX; i < faults->count; i++)
        reply_fault(request, "#", NULL, "is not kept"); /* the reply counts what it has no room for */
    reply_problem(request, 422, "validation", "%zu %s in the request's body", faults->count,
                  faults->count == 1 ? "fault" : "faults");
}

void faults_reply_malformed(const struct faults *faults, struct request *request, const char *fault)
{
    if (faults_lack_memory(faults))
        problem_of_status(request, STATUS_NO_MEMORY, "request");
    else
        reply_problem(request, 400, "malformed", "The body %s.", fault);
}

static void write_fault(struct buffer *json, bool is_first, const char *pointer, const char *detail)
{
    buffer_string(json, is_first ? "{\"pointer\":" : ",{\"pointer\":");
    buffer_json_string(json, pointer, strlen(pointer));
    buffer_string(json, ",\"detail\":");
    buffer_json_string(json, detail, strlen(detail));
    buffer_string(json, "}");
}

void faults_write(const struct faults *faults, struct buffer *json)
{
    size_t more = faults->count > FAULTS_MAX ? faults->count - FAULTS_MAX : 0;
    char detail[64];

    buffer_string(json, "[");
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        write_fault(json, fault == faults->first, fault->pointer, fault->detail);
    snprintf(detail, sizeof detail, "has %zu more %s", more, more == 1 ? "fault" : "faults");
    if (faults->count > 0 && faults->first == NULL)
        write_fault(json, true, "#", no_memory);
    else if (more > 0)
        write_fault(json, false, "#", detail);
    buffer_string(json, "]");
}
