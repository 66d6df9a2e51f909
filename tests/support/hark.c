/* SPDX-License-Identifier: MIT */
#include "support/hark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 16, VARIABLES_MAX = 256 };

static const char *path(void)
{
    const char *named = getenv("TEST_HARK");
    return named == NULL ? "build/hark" : named;
}

static void set_environment(const char *const settings[], char *environment[VARIABLES_MAX])
{
    size_t count = 0;
    for (char **variable = environ; *variable != NULL && count < VARIABLES_MAX / 2; variable++) {
        if (strncmp(*variable, "HARK_", 5) != 0)
            environment[count++] = *variable;
    }
    for (size_t i = 0; settings != NULL && settings[i] != NULL && count < VARIABLES_MAX - 1; i++)
        environment[count++] = (char *)settings[i];
    environment[count] = NULL;
}

pid_t hark_start(const char *const arguments[], const char *const settings[], int output, int errors)
{
    char *environment[VARIABLES_MAX];
    char *words[WORDS_MAX] = {(char *)"hark"};
    for (size_t i = 0; i + 2 < WORDS_MAX && arguments[i] != NULL; i++)
        words[i + 1] = (char *)arguments[i];
    set_environment(settings, environment);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (dup2(null, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0)
            execve(path(), words, environment);
        dprintf(errors, "cannot run %s: %s\n", path(), strerror(errno));
        _exit(127);
    }
    return child;
}

int hark_wait(pid_t process)
{
    int status;
    while (waitpid(process, &status, 0) < 0) {
        if (errno != EINTR)
            return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char *read_all(int file)
{
    struct stat found;
    if (fstat(file, &found) != 0)
        return NULL;
    char *text = calloc(1, (size_t)found.st_size + 1);
    if (text != NULL && pread(file, text, (size_t)found.st_size, 0) < 0)
        *text = '\0';
    close(file);
    return text;
}

struct hark_result hark_run(const char *const arguments[], const char *const settings[])
{
    int output = memfd_create("output", MFD_CLOEXEC);
    int errors = memfd_create("errors", MFD_CLOEXEC);
    struct hark_result result = {.status = hark_wait(hark_start(arguments, settings, output, errors))};
    result.output = read_all(output);
    result.errors = read_all(errors);
    return result;
}

void hark_result_clear(struct hark_result *result)
{
    free(result->output);
    free(result->errors);
    *result = (struct hark_result){0};
}
