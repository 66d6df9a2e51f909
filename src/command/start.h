/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_START_H
#define HARK_COMMAND_START_H

#include "config/config.h"

#include <stdbool.h>

/* What every command that touches the data does first. Call while there is one thread. */

/* Reads the settings. Faults were printed; then the command ends with EXIT_USAGE. */
bool start_load(struct config *config) __attribute__((warn_unused_result));
/* Makes the data folder, where one is needed, and steps down from root for good. config->data_dir is the one in use
 * afterwards. Failures were logged. */
bool start_step_down(struct config *config, bool needs_folder) __attribute__((warn_unused_result));
/* Lets the process open as many descriptors as its connections need; takes fewer connections where that is refused. */
void start_raise_limits(struct config *config);

#endif
