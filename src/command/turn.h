/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_TURN_H
#define HARK_COMMAND_TURN_H

/* Who may come and go in a data folder. A command that finds no server runs the private PostgreSQL itself: without turns it
 * would stop it under the hands of another command, or be in the way of a server that starts. Commands share the turn while
 * they work; whoever starts serving, or stops PostgreSQL after a command, has it alone. */
enum turn { TURN_SHARED, TURN_ALONE };

/* Waits for it. A descriptor to close at the end; -1: the reason was logged. */
int turn_take(const char *data_dir, enum turn turn);
/* Waits until the others are done. */
void turn_be_alone(int descriptor);
void turn_share(int descriptor);

#endif
