/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_COUNTRY_H
#define HARK_STORAGE_COUNTRY_H

#include "base/text.h"

/* The country of a region that reads as ISO 3166: "ES", "ES-CT". Points into region; absent for any other. */
struct text country_of_region(struct text region);

#endif
