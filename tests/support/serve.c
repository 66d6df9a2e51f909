/* SPDX-License-Identifier: MIT */
#include "support/serve.h"

#include "support/folder.h"
#include "support/http_client.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SERVES_MAX = 16, SETTINGS_MAX = 16, PATH_SIZE = 128, KEY_SIZE = 64, PATIENCE_MS = 50000, PAUSE_MS = 10 };

struct serve {
    pid_t process;
    pid_t owner; /* the process of the test that started it */
    char folder[PATH_SIZE];
    char data_dir[PATH_SIZE + 32]; /* the setting */
    char address[64];
    char url[80];
    char keys[SCOPE_ADMIN + 1][KEY_SIZE];
    char authorization[KEY_SIZE + 40];
    bool is_folder_ours;
};

static struct serve *running[SERVES_MAX];

_Noreturn static void give_up(const struct serve *serve, const char *why)
{
    char *log = serve == NULL ? NULL : serve_log(serve);
    fprintf(stderr, "%s\n%s", why, log == NULL ? "" : log);
    free(log);
    exit(EXIT_FAILURE);
}

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static char *read_file(const char *folder, const char *name)
{
    char path[PATH_SIZE * 2];
    struct stat found;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return NULL;
    char *text = fstat(file, &found) == 0 ? calloc(1, (size_t)found.st_size + 1) : NULL;
    if (text != NULL && read(file, text, (size_t)found.st_size) < 0)
        *text = '\0';
    close(file);
    return text;
}

/* --- start ----------------------------------------------------------------------------------------------------------- */

static void forget(const struct serve *serve)
{
    for (size_t i = 0; i < SERVES_MAX; i++) {
        if (running[i] == serve)
            running[i] = NULL;
    }
}

/* Forked tests run it too: only who started one stops it. */
static void stop_running(void)
{
    for (size_t i = 0; i < SERVES_MAX; i++) {
        if (running[i] != NULL && running[i]->owner == getpid())
            serve_stop(running[i]);
    }
}

static void remember(struct serve *serve)
{
    static bool is_registered;
    size_t i = 0;
    if (!is_registered)
        atexit(stop_running);
    is_registered = true;
    while (i < SERVES_MAX && running[i] != NULL)
        i++;
    if (i == SERVES_MAX)
        give_up(NULL, "too many servers run at once");
    running[i] = serve;
}

static int open_output(const struct serve *serve, const char *name)
{
    char path[PATH_SIZE * 2];
    snprintf(path, sizeof path, "%s/%s", serve->folder, name);
    return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
}

static void launch(struct serve *serve, const char *const more[])
{
    const char *settings[SETTINGS_MAX] = {serve->data_dir, "HARK_LISTEN=127.0.0.1:0"};
    size_t count = 2;
    for (size_t i = 0; more != NULL && more[i] != NULL && count + 2 < SETTINGS_MAX; i++)
        settings[count++] = more[i];
    /* Unless the test says otherwise: of two the first one counts. A call that the sandbox lacks ends the server. */
    settings[count] = "HARK_SANDBOX=report";
    int output = open_output(serve, "serve.out");
    int errors = open_output(serve, "serve.log");
    serve->process = hark_start(HARK_WORDS("serve", "--quickstart"), settings, output, errors);
    close(output);
    close(errors);
}

/* The port is any free one; the log says which. */
static bool find_address(struct serve *serve)
{
    static const char mark[] = "\"msg\":\"listening\",\"address\":\"";
    char *log = serve_log(serve);
    const char *found = log == NULL ? NULL : strstr(log, mark);
    if (found != NULL) {
        found += sizeof mark - 1;
        snprintf(serve->address, sizeof serve->address, "%.*s", (int)strcspn(found, "\""), found);
        snprintf(serve->url, sizeof serve->url, "http://%s", serve->address);
    }
    free(log);
    return found != NULL;
}

static bool is_ready(struct serve *serve)
{
    if (!find_address(serve))
        return false;
    struct http_reply reply = http_client_fetch(serve->address, "GET", "/readyz", NULL, NULL);
    bool is_ok = reply.status == 200;
    http_reply_clear(&reply);
    return is_ok;
}

static void wait_until_ready(struct serve *serve)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
        if (is_ready(serve))
            return;
        if (waitpid(serve->process, NULL, WNOHANG) != 0) {
            forget(serve);
            give_up(serve, "the server ended at its start");
        }
        pause_ms(PAUSE_MS);
    }
    give_up(serve, "the server did not become ready");
}

static void read_keys(struct serve *serve)
{
    char *keys = read_file(serve->folder, "data/keys");
    for (enum scope scope = SCOPE_WRITE; keys != NULL && scope <= SCOPE_ADMIN; scope++) {
        char start[16];
        snprintf(start, sizeof start, "%s=", scope_name(scope));
        const char *found = strstr(keys, start);
        if (found != NULL)
            snprintf(serve->keys[scope], KEY_SIZE, "%.*s", (int)strcspn(found + strlen(start), "\n"),
                     found + strlen(start));
    }
    free(keys);
}

/* initdb and all migrations take seconds, a copy of what they made does not. */
static char model[PATH_SIZE];
static pid_t model_owner;

static void remove_model(void)
{
    if (model_owner == getpid())
        test_folder_remove(model);
}

void serve_make_model(void)
{
    test_folder_new(model);
    model_owner = getpid();
    atexit(remove_model);
    serve_stop(serve_start(&(struct serve_options){.folder = model}));
}

static void copy_model(const struct serve *serve)
{
    char from[PATH_SIZE + 8];
    char to[PATH_SIZE + 8];
    snprintf(from, sizeof from, "%s/data", model);
    snprintf(to, sizeof to, "%s/data", serve->folder);
    pid_t child = fork();
    if (child == 0) {
        execlp("cp", "cp", "-a", "--reflink=auto", from, to, (char *)NULL);
        _exit(127);
    }
    if (hark_wait(child) != 0)
        give_up(NULL, "cannot copy the model of a data folder");
}

struct serve *serve_start(const struct serve_options *options)
{
    struct serve *serve = calloc(1, sizeof *serve);
    if (serve == NULL)
        give_up(NULL, "out of memory");
    serve->is_folder_ours = options == NULL || options->folder == NULL;
    serve->owner = getpid();
    if (serve->is_folder_ours)
        test_folder_new(serve->folder);
    else
        snprintf(serve->folder, sizeof serve->folder, "%s", options->folder);
    if (serve->is_folder_ours && *model != '\0')
        copy_model(serve);
    snprintf(serve->data_dir, sizeof serve->data_dir, "HARK_DATA_DIR=%s/data", serve->folder);
    remember(serve);
    launch(serve, options == NULL ? NULL : options->settings);
    wait_until_ready(serve);
    read_keys(serve);
    return serve;
}

struct serve *serve_shared(void)
{
    static struct serve *shared;
    if (shared == NULL) {
        shared = serve_start(NULL);
        serve_key(shared, SCOPE_READ); /* made once, not in every forked test */
    }
    return shared;
}

/* --- what it is ------------------------------------------------------------------------------------------------------ */

const char *serve_address(const struct serve *serve)
{
    return serve->address;
}

const char *serve_url(const struct serve *serve)
{
    return serve->url;
}

int serve_port(const struct serve *serve)
{
    return (int)strtol(strrchr(serve->address, ':') + 1, NULL, 10);
}

pid_t serve_process(const struct serve *serve)
{
    return serve->process;
}

const char *serve_folder(const struct serve *serve)
{
    return serve->folder;
}

char *serve_log(const struct serve *serve)
{
    return read_file(serve->folder, "serve.log");
}

pid_t serve_supervisor(const struct serve *serve)
{
    char path[PATH_SIZE];
    char children[32] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)serve->process, (int)serve->process);
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        children[fread(children, 1, sizeof children - 1, file)] = '\0';
        fclose(file);
    }
    return (pid_t)strtol(children, NULL, 10);
}

pid_t serve_postgres(const char *folder)
{
    char *text = read_file(folder, "data/postgres/postmaster.pid");
    pid_t process = text == NULL ? 0 : (pid_t)strtol(text, NULL, 10);
    free(text);
    return process > 0 && kill(process, 0) == 0 ? process : 0;
}

/* --- projects and keys ----------------------------------------------------------------------------------------------- */

struct hark_result serve_command(const struct serve *serve, const char *const arguments[])
{
    return hark_run(arguments, HARK_WORDS(serve->data_dir));
}

void serve_project_new(const struct serve *serve, const char *const more[], char *name)
{
    static int made;
    const char *arguments[16] = {"project", "create", name};
    snprintf(name, 40, "project-%d-%d", (int)getpid(), ++made);
    for (size_t i = 0; more != NULL && more[i] != NULL && i + 4 < 16; i++)
        arguments[i + 3] = more[i];
    struct hark_result result = serve_command(serve, arguments);
    if (result.status != 0)
        give_up(serve, result.errors);
    hark_result_clear(&result);
}

char *serve_key_new(const struct serve *serve, const char *project, enum scope scope, bool is_test)
{
    const char *arguments[] = {
        "key", "create", "--project", project, "--scope", scope_name(scope), is_test ? "--test" : NULL, NULL};
    struct hark_result result = serve_command(serve, arguments);
    if (result.status != 0)
        give_up(serve, result.errors);
    char *key = strndup(result.output, strcspn(result.output, "\n"));
    hark_result_clear(&result);
    return key;
}

const char *serve_key(struct serve *serve, enum scope scope)
{
    if (*serve->keys[scope] == '\0') {
        char *key = serve_key_new(serve, "default", scope, false);
        snprintf(serve->keys[scope], KEY_SIZE, "%s", key);
        free(key);
    }
    return serve->keys[scope];
}

const char *serve_authorization(struct serve *serve, enum scope scope)
{
    snprintf(serve->authorization, sizeof serve->authorization, "Authorization: Bearer %s\r\n",
             serve_key(serve, scope));
    return serve->authorization;
}

/* --- stop ------------------------------------------------------------------------------------------------------------ */

int serve_wait(struct serve *serve)
{
    int status = hark_wait(serve->process);
    forget(serve);
    if (serve->is_folder_ours)
        test_folder_remove(serve->folder);
    free(serve);
    return status;
}

int serve_stop(struct serve *serve)
{
    kill(serve->process, SIGTERM);
    return serve_wait(serve);
}

void serve_kill(struct serve *serve)
{
    kill(serve->process, SIGKILL);
    hark_wait(serve->process);
    forget(serve);
    free(serve);
}
