/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_HANDLERS_H
#define HARK_API_HANDLERS_H

#include "api/parameter.h"
#include "api/service.h"

/* Inside api/ only: every handler that routes.c names, with the table of its query parameters where it has one. */

handler_fn responses_post;
handler_fn responses_get;
handler_fn responses_list;
handler_fn responses_patch;
extern const struct parameter responses_list_parameters[];

handler_fn events_post;
handler_fn events_list;
extern const struct parameter events_list_parameters[];

handler_fn surveys_list;
extern const struct parameter surveys_list_parameters[];
handler_fn surveys_get;
extern const struct parameter surveys_get_parameters[];
handler_fn surveys_put;
handler_fn surveys_delete;
handler_fn surveys_form;

handler_fn erasures_post;
handler_fn exclusions_post;
handler_fn customers_export;
extern const struct parameter customers_export_parameters[];

handler_fn metrics_read;
handler_fn metrics_stream;
extern const struct parameter metrics_parameters[];
handler_fn metrics_distribution;
extern const struct parameter metrics_distribution_parameters[];
handler_fn metrics_contrast;
extern const struct parameter metrics_contrast_parameters[];
handler_fn metrics_impact;
extern const struct parameter metrics_impact_parameters[];
handler_fn metrics_index;
extern const struct parameter metrics_index_parameters[];
handler_fn sample_size_read;
extern const struct parameter sample_size_parameters[];

handler_fn assets_page;
handler_fn assets_file;
handler_fn widget_script;
handler_fn widget_pinned;
handler_fn widget_version;
handler_fn widget_demo;

handler_fn system_livez;
handler_fn system_readyz;
handler_fn system_metrics;
handler_fn system_openapi;

#endif
