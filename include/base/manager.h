/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_MANAGER_H
#define HARK_BASE_MANAGER_H

/* A service manager such as systemd, by its protocols of environment variables (sd_notify(3), sd_listen_fds(3)). Where there is
 * none, all of these do nothing. */

/* "READY=1", "STOPPING=1", "WATCHDOG=1". Any thread. */
void manager_notify(const char *state);
/* How often it wants to hear "WATCHDOG=1": half of the time after which it loses patience. 0: never. */
int manager_watchdog_ms(void);
enum manager_socket { MANAGER_SOCKET_MAIN, MANAGER_SOCKET_ADMIN };
/* A listening socket that it opened for us; 0: none. ADMIN is the one of FileDescriptorName=admin, MAIN the first other. It is closed on
 * exec and never blocks. Call while there is one thread. */
int manager_socket(enum manager_socket which);

#endif
