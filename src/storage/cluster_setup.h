/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_CLUSTER_SETUP_H
#define HARK_STORAGE_CLUSTER_SETUP_H

#include "cluster_folder.h"

/* Makes the data at first use: initdb, access rules, the role and database `hark`. All of it happens under another name
 * that becomes the data's at the very end, so that whatever cuts it short leaves nothing behind but what the next try
 * clears away. Data that is there is left alone. False, with the reason logged. */
bool setup_data(const struct folder *folder, const char *programs) __attribute__((warn_unused_result));

/* Our settings, written anew at each start: the folder may have moved. */
bool setup_settings(const struct folder *folder) __attribute__((warn_unused_result));

#endif
