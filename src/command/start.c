/* SPDX-License-Identifier: MIT */
#include "start.h"

#include "base/digest.h"
#include "base/log.h"
#include "base/privilege.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* What is open beside clients' connections: sessions, loops, libraries, and refused clients that are still reading. */
enum { OTHER_DESCRIPTORS = 1024, FEWEST_CONNECTIONS = 16 };

bool start_load(struct config *config)
{
    if (config_load(config, stderr))
        return true;
    config_clear(config);
    return false;
}

static bool prepare_folder(struct config *config)
{
    if (!privilege_is_root()) {
        if (mkdir(config->data_dir, 0700) == 0 || errno == EEXIST)
            return true;
        log_error("cannot make the folder %s: %s", config->data_dir, strerrordesc_np(errno));
        return false;
    }
    char *folder = privilege_prepare_folder(config->user, config->data_dir);
    if (folder == NULL)
        return false;
    free(config->data_dir);
    config->data_dir = folder;
    return true;
}

bool start_step_down(struct config *config, bool needs_folder)
{
    if (!digest_start()) {
        log_error("the system gives no randomness");
        return false;
    }
    if (needs_folder && !prepare_folder(config))
        return false;
    return !privilege_is_root() || privilege_drop(config->user);
}

static rlim_t raise_descriptors(rlim_t needed)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    if (limit.rlim_cur >= needed)
        return needed;
    struct rlimit wanted = {.rlim_cur = needed, .rlim_max = limit.rlim_max > needed ? limit.rlim_max : needed};
    if (setrlimit(RLIMIT_NOFILE, &wanted) == 0) /* past the hard limit: root only */
        return needed;
    wanted = (struct rlimit){.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    return setrlimit(RLIMIT_NOFILE, &wanted) == 0 ? limit.rlim_max : limit.rlim_cur;
}

void start_raise_limits(struct config *config)
{
    rlim_t needed = (rlim_t)config->max_connections + OTHER_DESCRIPTORS;
    rlim_t allowed = raise_descriptors(needed);
    if (allowed >= needed)
        return;
    rlim_t others = allowed / 2 < OTHER_DESCRIPTORS ? allowed / 2 : OTHER_DESCRIPTORS;
    int possible = (int)(allowed - others);
    config->max_connections = possible > FEWEST_CONNECTIONS ? possible : FEWEST_CONNECTIONS;
    log_warn("the system allows %llu descriptors: HARK_MAX_CONNECTIONS is lowered to %d", (unsigned long long)allowed,
             config->max_connections);
}
