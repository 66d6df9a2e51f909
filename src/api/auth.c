/* SPDX-License-Identifier: MIT */
#include "call.h"
#include "credential.h"
#include "http/reply.h"
#include "limits.h"
#include "storage/account.h"

#include <string.h>

/* Only who fails is refused for failing too often: a good key is never the worse for its neighbours behind one address. */
static bool refuse(struct request *request, struct call *call, const char *challenge, const char *detail)
{
    if (!limits_admit_failure(call->service->limits, request))
        return false;
    reply_header(request, "WWW-Authenticate", challenge);
    reply_problem(request, 401, "unauthorized", "%s", detail);
    return false;
}

static bool refuse_scope(struct request *request, const struct key *key, bool from_query)
{
    const struct route *route = request_route(request);
    if (from_query)
        reply_problem(request, 403, "forbidden",
                      "In the query only a write key is taken: send this one as a Bearer token.");
    else
        reply_problem(request, 403, "forbidden", "The key has the scope %s, and %s is needed here.",
                      scope_name(key->scope), scope_name(route->scope));
    return false;
}

static const struct project *find_project(const struct call *call, const char *name)
{
    const struct project *project = name ? snapshot_project_named(call->principal.snapshot, name) : NULL;
    return project && project->organization_id == call->principal.key->organization_id ? project : NULL;
}

/* The project of the request: the key's own, or for a key of an organization the one that the query names. A question about
 * several has none; whether it names any that the key doesn't open is its handler's to say. */
static bool choose_project(struct request *request, struct call *call)
{
    const struct key *key = call->principal.key;
    size_t times;
    const char *name = credential_project(request, &times);

    if (key->project_id != 0) {
        call->principal.project = snapshot_project(call->principal.snapshot, key->project_id);
        return true;
    }
    call->principal.project = times == 1 ? find_project(call, name) : NULL;
    if (call->principal.project || request_route(request)->flags & ROUTE_SPANS)
        return true;
    if (times != 1) {
        reply_fault(request, NULL, "project", "must name one project: the key opens all of its organization");
        reply_problem(request, 422, "validation", "The key opens several projects: one must be named.");
        return false;
    }
    reply_fault(request, NULL, "project", "is not a project of the key's organization");
    reply_problem(request, 422, "validation", "There is no such project.");
    return false;
}

/* A list of origins keeps pages of others from using the key. Who has no browser can send any origin, or none: so none is
 * taken, and the list is no protection against them. */
static bool check_origin(struct request *request, const struct key *key)
{
    const char *origin = request_header(request, "Origin");
    if (key->origin_count == 0)
        return true;
    for (size_t i = 0; origin && i < key->origin_count; i++)
        if (strcmp(key->origins[i], origin) == 0) {
            reply_allow_origin(request, key->origins[i]);
            return true;
        }
    reply_allow_origin(request, NULL);
    if (origin == NULL)
        return true;
    reply_problem(request, 403, "forbidden", "The key is not for pages of this origin.");
    return false;
}

static const struct key *find_key(const struct call *call, const struct request *request, const char *text)
{
    uint8_t digest[DIGEST_SIZE];
    const struct key *key = key_digest(text, digest) ? snapshot_key(call->principal.snapshot, digest) : NULL;
    return key && key->expires_us > request_received_us(request) ? key : NULL;
}

bool authenticate(struct request *request, struct call *call)
{
    const struct route *route = request_route(request);
    struct credential credential = credential_of(request);
    const struct key *key;

    if (route->scope == SCOPE_NONE)
        return true;
    if (credential.text == NULL)
        return refuse(request, call, "Bearer realm=\"hark\"", "A key is needed: Authorization: Bearer hk_live_…");
    call->principal.snapshot = directory_hold(call->service->directory);
    key = find_key(call, request, credential.text);
    if (key == NULL)
        return refuse(request, call, "Bearer realm=\"hark\", error=\"invalid_token\"",
                      "The key is unknown, has expired, or was revoked.");
    call->principal.key = key;
    key_note_use(key);
    if (!check_origin(request, key) || !limits_admit(call->service->limits, request, key))
        return false;
    if (!scope_holds(key->scope, route->scope) || (credential.is_of_query && key->scope != SCOPE_WRITE))
        return refuse_scope(request, key, credential.is_of_query);
    return choose_project(request, call);
}
