/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_VERSION_H
#define HARK_BASE_VERSION_H

/* Semantic versioning; the same as in CHANGELOG.md and openapi.yaml. */
#define HARK_VERSION "0.1.0"

#endif
