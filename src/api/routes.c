/* SPDX-License-Identifier: MIT */
#include "handlers.h"

/* Every route. `hark routes` prints it, and a test compares it with openapi.yaml, both ways. */
const struct route api_routes[] = {
    {HTTP_POST, "/v1/responses", SCOPE_WRITE, responses_post, NULL, ROUTE_CORS | ROUTE_INLINE | ROUTE_BODY},
    {HTTP_GET, "/v1/responses", SCOPE_READ, responses_list, responses_list_parameters, 0},
    {HTTP_GET, "/v1/responses/{id}", SCOPE_READ, responses_get, NULL, 0},
    {HTTP_PATCH, "/v1/responses/{id}", SCOPE_WRITE, responses_patch, NULL, ROUTE_CORS | ROUTE_INLINE | ROUTE_BODY},
    {HTTP_POST, "/v1/events", SCOPE_WRITE, events_post, NULL, ROUTE_CORS | ROUTE_INLINE | ROUTE_BODY},
    {HTTP_GET, "/v1/events", SCOPE_READ, events_list, events_list_parameters, 0},
    {HTTP_GET, "/v1/surveys", SCOPE_READ, surveys_list, surveys_list_parameters, 0},
    {HTTP_GET, "/v1/surveys/{key}", SCOPE_READ, surveys_get, surveys_get_parameters, ROUTE_INLINE},
    {HTTP_PUT, "/v1/surveys/{key}", SCOPE_ADMIN, surveys_put, NULL, ROUTE_BODY},
    {HTTP_DELETE, "/v1/surveys/{key}", SCOPE_ADMIN, surveys_delete, NULL, 0},
    {HTTP_GET, "/v1/surveys/{key}/form", SCOPE_WRITE, surveys_form, NULL, ROUTE_CORS | ROUTE_INLINE},
    {HTTP_POST, "/v1/erasures", SCOPE_ADMIN, erasures_post, NULL, ROUTE_BODY},
    {HTTP_GET, "/v1/metrics", SCOPE_METRICS, metrics_read, metrics_parameters, ROUTE_SPANS | ROUTE_CACHED},
    {HTTP_GET, "/v1/metrics/stream", SCOPE_METRICS, metrics_stream, metrics_parameters, ROUTE_INLINE | ROUTE_SPANS},
    {HTTP_GET, "/v1/metrics/index", SCOPE_METRICS, metrics_index, metrics_index_parameters, ROUTE_SPANS | ROUTE_CACHED},
    {HTTP_GET, "/v1/metrics/{metric}/distribution", SCOPE_METRICS, metrics_distribution,
     metrics_distribution_parameters, ROUTE_SPANS | ROUTE_CACHED},
    {HTTP_GET, "/v1/metrics/{metric}/contrast", SCOPE_METRICS, metrics_contrast, metrics_contrast_parameters,
     ROUTE_SPANS | ROUTE_CACHED},
    {HTTP_GET, "/v1/metrics/{metric}/impact", SCOPE_METRICS, metrics_impact, metrics_impact_parameters,
     ROUTE_SPANS | ROUTE_CACHED},
    {HTTP_GET, "/v1/sample-size", SCOPE_METRICS, sample_size_read, sample_size_parameters, ROUTE_INLINE | ROUTE_SPANS},
    {HTTP_GET, "/", SCOPE_NONE, assets_page, NULL, ROUTE_INLINE | ROUTE_ANY_QUERY},
    {HTTP_GET, "/page/{file}", SCOPE_NONE, assets_file, NULL, ROUTE_INLINE},
    {HTTP_GET, "/widget.js", SCOPE_NONE, widget_script, NULL, ROUTE_CORS | ROUTE_INLINE | ROUTE_ANY_QUERY},
    {HTTP_GET, "/widget/{file}", SCOPE_NONE, widget_pinned, NULL, ROUTE_CORS | ROUTE_INLINE | ROUTE_ANY_QUERY},
    {HTTP_GET, "/widget.json", SCOPE_NONE, widget_version, NULL, ROUTE_CORS | ROUTE_INLINE},
    {HTTP_GET, "/widget-demo", SCOPE_NONE, widget_demo, NULL, ROUTE_INLINE | ROUTE_ANY_QUERY},
    {HTTP_GET, "/livez", SCOPE_NONE, system_livez, NULL, ROUTE_INLINE},
    {HTTP_GET, "/readyz", SCOPE_NONE, system_readyz, NULL, ROUTE_INLINE},
    {HTTP_GET, "/metrics", SCOPE_NONE, system_metrics, NULL, ROUTE_INLINE | ROUTE_ADMIN},
    {HTTP_GET, "/openapi.yaml", SCOPE_NONE, system_openapi, NULL, ROUTE_INLINE},
};
const size_t api_route_count = sizeof api_routes / sizeof api_routes[0];
