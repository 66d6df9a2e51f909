/* SPDX-License-Identifier: MIT */
#include "support/folder.h"
#include "support/http_client.h"
#include "support/runner.h"
#include "support/serve.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char ANSWER[] = "{\"channel\":\"web\",\"region\":\"ES-CT\",\"answers\":{\"nps\":9}}";

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* --- help, options, exit status: no database ------------------------------------------------------------------------- */

/* words: of the expected text, on stderr where the status isn't 0. */
static void assert_says(const char *const arguments[], int status, const char *words)
{
    struct hark_result result = hark_run(arguments, NULL);
    const char *text = status == 0 ? result.output : result.errors;
    ck_assert_msg(result.status == status, "status %d, not %d: %s", result.status, status, result.errors);
    ck_assert_msg(strstr(text, words) != NULL, "\"%s\" not in: %s", words, text);
    hark_result_clear(&result);
}

START_TEST(help_lists_every_command_and_setting)
{
    static const char *const words[] = {
        "serve",
        "migrate",
        "project create",
        "project list",
        "key create",
        "key list",
        "key revoke",
        "routes",
        "verify",
        "version",
        "HARK_LISTEN",
        "HARK_ADMIN_LISTEN",
        "HARK_DATA_DIR",
        "HARK_DATABASE_URL ",
        "HARK_DATABASE_URL_FILE",
        "HARK_USER",
        "HARK_HTTP_THREADS",
        "HARK_COMMITTERS",
        "HARK_READERS",
        "HARK_QUEUE_SIZE",
        "HARK_MAX_CONNECTIONS",
        "HARK_IDLE_TIMEOUT",
        "HARK_DRAIN_TIMEOUT",
        "HARK_COMMIT_TIMEOUT",
        "HARK_STATEMENT_TIMEOUT",
        "HARK_LOG_LEVEL",
        "HARK_ACCESS_LOG",
        "HARK_ALLOW_UNSAFE_DATABASE",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_says(HARK_WORDS("--help"), 0, words[i]);
        assert_says(HARK_WORDS("help"), 0, words[i]);
    }
}
END_TEST

START_TEST(help_of_a_command_lists_its_options)
{
    assert_says(HARK_WORDS("key", "create", "--help"), 0, "--organization NAME");
    assert_says(HARK_WORDS("help", "key", "create"), 0, "--organization NAME");
    assert_says(HARK_WORDS("serve", "-h"), 0, "--quickstart");
}
END_TEST

START_TEST(the_version_is_printed)
{
    assert_says(HARK_WORDS("version"), 0, "hark 0.");
    assert_says(HARK_WORDS("--version"), 0, "hark 0.");
}
END_TEST

START_TEST(routes_are_printed)
{
    assert_says(HARK_WORDS("routes"), 0, "POST   /v1/responses            write\n");
    assert_says(HARK_WORDS("routes"), 0, "GET    /livez                   none\n");
}
END_TEST

START_TEST(output_that_can_not_be_written_is_a_failure)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(hark_wait(hark_start(HARK_WORDS("routes"), NULL, full, null)), 1);
}
END_TEST

START_TEST(wrong_usage_names_itself)
{
    static const struct {
        const char *arguments[8];
        const char *words;
    } cases[] = {
        {{NULL}, "hark: which command?"},
        {{"sevre"}, "hark: unknown command sevre"},
        {{"key"}, "hark key needs one of: create, list, revoke"},
        {{"key", "make"}, "hark key needs one of"},
        {{"serve", "now"}, "hark serve: unexpected argument now"},
        {{"key", "create", "--scpoe", "write"}, "hark key create: unknown option --scpoe\n"},
        {{"key", "create", "--scpoe=secret"}, "hark key create: unknown option --scpoe\n"},
        {{"key", "create", "-p"}, "hark key create: unknown option -p"},
        {{"key", "create", "--scope"}, "hark key create: --scope needs a value"},
        {{"key", "create", "--scope", "--test"}, "hark key create: --scope needs a value"},
        {{"key", "create", "--project="}, "hark key create: --project needs a value"},
        {{"key", "create", "--test", "--test"}, "hark key create: --test is given twice"},
        {{"key", "create", "--test=1"}, "hark key create: --test takes no value"},
        {{"key", "create", "--scope", "write"}, "hark key create: needs either --project NAME or --organization NAME"},
        {{"key", "create", "--project", "a"}, "hark key create: needs --scope"},
        {{"key", "create", "--project", "a", "--scope", "all"}, "hark key create: --scope must be"},
        {{"key", "create", "--organization", "a", "--scope", "write"}, "hark key create: a write key"},
        {{"key", "revoke", "first"}, "hark key revoke: needs the number"},
        {{"project", "create"}, "hark project create: needs one name"},
        {{"project", "create", "a", "--name", "b"}, "hark project create: needs one name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_says(cases[i].arguments, 2, cases[i].words);
}
END_TEST

START_TEST(a_dimension_is_given_at_most_four_times)
{
    assert_says(HARK_WORDS("project", "create", "a", "--dimension=b", "--dimension=c", "--dimension=d", "--dimension=e",
                           "--dimension=f"),
                2, "--dimension is given more than 4 times");
}
END_TEST

START_TEST(a_wrong_setting_names_itself)
{
    struct hark_result result =
        hark_run(HARK_WORDS("migrate"), HARK_WORDS("HARK_READERS=many", "HARK_LISTNE=127.0.0.1:1"));
    ck_assert_int_eq(result.status, 2);
    ck_assert_ptr_nonnull(strstr(result.errors, "HARK_READERS: must be"));
    ck_assert_ptr_nonnull(strstr(result.errors, "HARK_LISTNE: there is no such setting"));
    hark_result_clear(&result);
}
END_TEST

/* --- commands without a server --------------------------------------------------------------------------------------- */

/* One folder for all tests of this suite, each of which leaves no process in it: initdb takes seconds. */
static char folder[TEST_FOLDER_SIZE];
static char data_dir[TEST_FOLDER_SIZE + 32];

static void new_folder(void)
{
    test_folder_new(folder);
    snprintf(data_dir, sizeof data_dir, "HARK_DATA_DIR=%s/data", folder);
}

static void remove_folder(void)
{
    test_folder_remove(folder);
}

static struct hark_result run_in_folder(const char *const arguments[])
{
    return hark_run(arguments, HARK_WORDS(data_dir));
}

static void assert_in_folder(const char *const arguments[], int status, const char *words)
{
    struct hark_result result = run_in_folder(arguments);
    const char *text = status == 0 ? result.output : result.errors;
    ck_assert_msg(result.status == status, "status %d, not %d: %s", result.status, status, result.errors);
    ck_assert_msg(strstr(text, words) != NULL, "\"%s\" not in: %s", words, text);
    hark_result_clear(&result);
}

static void assert_is_key(const char *text, const char *prefix)
{
    ck_assert_msg(strlen(text) == 52 && strncmp(text, prefix, strlen(prefix)) == 0 && text[51] == '\n',
                  "not a key alone: %s", text);
}

START_TEST(commands_run_postgresql_themselves_where_no_server_does)
{
    new_folder();
    assert_in_folder(HARK_WORDS("key", "create", "--project", "shop", "--scope", "read"), 1,
                     "hark key create: there is no project shop\n");
    assert_in_folder(HARK_WORDS("migrate"), 0, "The schema is up to date.\n");
    assert_in_folder(HARK_WORDS("project", "create", "shop", "--time-zone", "Asia/Kathmandu", "--organization", "Óscar",
                                "--dimension", "release", "--dimension", "store"),
                     0, "");
    assert_in_folder(HARK_WORDS("project", "create", "--name", "shop"), 1, "there is a project shop already");
    assert_in_folder(HARK_WORDS("project", "create", "x", "--time-zone", "Asia/Atlantis"), 1, "time zone");
    assert_in_folder(HARK_WORDS("project", "create", "x", "--dimension", "channel"), 1, "a dimension's name");
    assert_in_folder(HARK_WORDS("project", "list"), 0,
                     "ID  NAME  ORGANIZATION  TIME ZONE       DIMENSIONS     CREATED               KEEPS\n"
                     "1   shop  Óscar         Asia/Kathmandu  release,store  ");
    ck_assert_int_eq(serve_postgres(folder), 0);
    remove_folder();
}
END_TEST

/* The number of the key that the list shows last. */
static void last_key(char number[16])
{
    struct hark_result list = run_in_folder(HARK_WORDS("key", "list"));
    size_t at = strlen(list.output) - 1;
    while (at > 0 && list.output[at - 1] != '\n')
        at--;
    snprintf(number, 16, "%d", (int)strtol(list.output + at, NULL, 10));
    hark_result_clear(&list);
}

START_TEST(a_key_is_printed_alone_listed_and_revoked)
{
    char number[16];
    assert_in_folder(HARK_WORDS("project", "create", "keys", "--organization", "owner"), 0, "");
    struct hark_result live = run_in_folder(HARK_WORDS("key", "create", "--project=keys", "--scope=write"));
    struct hark_result test =
        run_in_folder(HARK_WORDS("key", "create", "--organization", "owner", "--scope", "read", "--test"));
    assert_is_key(live.output, "hk_live_");
    assert_is_key(test.output, "hk_test_");
    ck_assert_str_eq(live.errors, "");
    hark_result_clear(&live);
    hark_result_clear(&test);
    assert_in_folder(HARK_WORDS("key", "list"), 0, "  keys     owner         write  no    hk_live_");
    assert_in_folder(HARK_WORDS("key", "list"), 0, "  -        owner         read   yes   hk_test_");
    assert_in_folder(HARK_WORDS("key", "list", "--project", "keys"), 0,
                     "  keys     owner         write  no    hk_live_");
    last_key(number);
    assert_in_folder(HARK_WORDS("key", "revoke", number), 0, "");
    assert_in_folder(HARK_WORDS("key", "revoke", number), 1, "or it is revoked already");
}
END_TEST

START_TEST(commands_at_once_share_one_postgresql)
{
    enum { COMMANDS = 5 };
    pid_t processes[COMMANDS];
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (int i = 0; i < COMMANDS; i++)
        processes[i] = hark_start(HARK_WORDS("project", "list"), HARK_WORDS(data_dir), null, null);
    for (int i = 0; i < COMMANDS; i++)
        ck_assert_int_eq(hark_wait(processes[i]), 0);
    ck_assert_int_eq(serve_postgres(folder), 0);
}
END_TEST

/* --- beside a server ------------------------------------------------------------------------------------------------- */

static int status_of(const struct serve *serve, const char *method, const char *path, const char *headers,
                     const char *body)
{
    struct http_reply reply = http_client_fetch(serve_address(serve), method, path, headers, body);
    int status = reply.status;
    http_reply_clear(&reply);
    return status;
}

/* The path of the stored answer. */
static void post_answer(struct serve *serve, char path[80])
{
    char headers[256];
    snprintf(headers, sizeof headers, "%sContent-Type: application/json\r\n", serve_authorization(serve, SCOPE_WRITE));
    struct http_reply reply = http_client_fetch(serve_address(serve), "POST", "/v1/responses", headers, ANSWER);
    ck_assert_int_eq(reply.status, 201);
    http_reply_header(&reply, "Location", path, 80);
    http_reply_clear(&reply);
}

START_TEST(a_new_key_works_at_once_and_a_revoked_one_no_more)
{
    struct serve *serve = serve_shared();
    char project[40];
    char header[128];
    char id[16];
    serve_project_new(serve, NULL, project);
    char *key = serve_key_new(serve, project, SCOPE_READ, false);
    snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", key);
    ck_assert_int_eq(status_of(serve, "GET", "/v1/responses", header, NULL), 200);

    struct hark_result list = serve_command(serve, HARK_WORDS("key", "list", "--project", project));
    snprintf(id, sizeof id, "%d", (int)strtol(strchr(list.output, '\n') + 1, NULL, 10));
    struct hark_result revoke = serve_command(serve, HARK_WORDS("key", "revoke", id));
    ck_assert_int_eq(revoke.status, 0);
    ck_assert_int_eq(status_of(serve, "GET", "/v1/responses", header, NULL), 401);
    hark_result_clear(&list);
    hark_result_clear(&revoke);
    free(key);
}
END_TEST

START_TEST(verify_is_clean_beside_a_running_server)
{
    struct serve *serve = serve_shared();
    char path[80];
    post_answer(serve, path);
    struct hark_result result = serve_command(serve, HARK_WORDS("verify"));
    ck_assert_msg(result.status == 0, "%s%s", result.output, result.errors);
    ck_assert_ptr_nonnull(strstr(result.output, " 0 differences\n"));
    hark_result_clear(&result);
}
END_TEST

START_TEST(a_second_server_on_the_same_folder_is_refused)
{
    struct serve *serve = serve_shared();
    struct hark_result second = serve_command(serve, HARK_WORDS("serve"));
    ck_assert_int_eq(second.status, 1);
    ck_assert_ptr_nonnull(strstr(second.errors, "another hark already serves from"));
    ck_assert_int_eq(status_of(serve, "GET", "/readyz", NULL, NULL), 200);
    hark_result_clear(&second);
}
END_TEST

START_TEST(a_second_server_on_the_same_port_is_refused)
{
    struct serve *serve = serve_shared();
    char listen[80];
    snprintf(listen, sizeof listen, "HARK_LISTEN=%s", serve_address(serve));
    struct hark_result second = hark_run(HARK_WORDS("serve"), HARK_WORDS(data_dir, listen));
    ck_assert_int_eq(second.status, 1);
    ck_assert_ptr_nonnull(strstr(second.errors, "another process listens there already"));
    ck_assert_int_eq(status_of(serve, "GET", "/readyz", NULL, NULL), 200);
    ck_assert_int_eq(serve_postgres(folder), 0);
    hark_result_clear(&second);
}
END_TEST

/* What stands between two words of the text. */
static char *between(const char *text, const char *start, const char *end)
{
    const char *from = strstr(text, start);
    ck_assert_ptr_nonnull(from);
    from += strlen(start);
    const char *to = strstr(from, end);
    ck_assert_ptr_nonnull(to);
    return strndup(from, (size_t)(to - from));
}

static char *read_output(const struct serve *serve)
{
    char path[128];
    static char text[8192];
    snprintf(path, sizeof path, "%s/serve.out", serve_folder(serve));
    FILE *file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

START_TEST(quickstart_prints_commands_that_work_when_pasted)
{
    struct serve *serve = serve_shared();
    const char *line = read_output(serve);
    int commands = 0;
    while ((line = strstr(line, "\ncurl ")) != NULL) {
        char command[512];
        char *rest = between(line, "\ncurl ", "\n");
        snprintf(command, sizeof command, "curl --silent --fail --max-time 20 --output /dev/null %s", rest);
        // NOLINTNEXTLINE(cert-env33-c): a shell is what they are pasted into
        ck_assert_msg(system(command) == 0, "failed: %s", command);
        free(rest);
        line++;
        commands++;
    }
    ck_assert_int_eq(commands, 3);
}
END_TEST

START_TEST(quickstart_prints_the_address_of_the_page_with_keys)
{
    struct serve *serve = serve_shared();
    char address[256];
    snprintf(address, sizeof address, "\n%s/#key=%s&write=%s\n", serve_url(serve), serve_key(serve, SCOPE_READ),
             serve_key(serve, SCOPE_WRITE));
    ck_assert_msg(strstr(read_output(serve), address) != NULL, "%s is not in %s", address, read_output(serve));
}
END_TEST

START_TEST(quickstart_keeps_its_keys)
{
    char path[128];
    char key[64];
    struct stat found;
    struct serve *serve = serve_start(&(struct serve_options){.folder = folder});
    snprintf(key, sizeof key, "%s", serve_key(serve, SCOPE_ADMIN));
    snprintf(path, sizeof path, "%s/data/keys", folder);
    ck_assert_int_eq(stat(path, &found), 0);
    ck_assert_int_eq(found.st_mode & 0777, 0600);
    ck_assert_int_eq(serve_stop(serve), 0);

    serve = serve_start(&(struct serve_options){.folder = folder});
    ck_assert_str_eq(serve_key(serve, SCOPE_ADMIN), key);
    ck_assert_int_eq(status_of(serve, "GET", "/v1/responses", serve_authorization(serve, SCOPE_ADMIN), NULL), 200);
    ck_assert_int_eq(serve_stop(serve), 0);
}
END_TEST

/* --- stop and crash -------------------------------------------------------------------------------------------------- */

/* A request whose body is on its way. */
static void begin_post(struct serve *serve, struct http_client *client)
{
    char request[512];
    int size = snprintf(request, sizeof request,
                        "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\n%sContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\n\r\n%.10s",
                        serve_authorization(serve, SCOPE_WRITE), strlen(ANSWER), ANSWER);
    ck_assert(http_client_connect(client, serve_address(serve)));
    ck_assert(http_client_write(client, request, (size_t)size));
    pause_ms(200);
}

START_TEST(a_graceful_stop_lets_requests_end_and_keeps_what_was_acknowledged)
{
    struct http_client client;
    struct http_reply reply;
    char path[80];
    char value[32];
    struct serve *serve = serve_start(&(struct serve_options){.folder = folder});
    begin_post(serve, &client);
    kill(serve_process(serve), SIGTERM);
    pause_ms(200);
    ck_assert(http_client_write(&client, ANSWER + 10, strlen(ANSWER) - 10));
    ck_assert(http_client_receive(&client, false, &reply));
    ck_assert_int_eq(reply.status, 201);
    ck_assert_str_eq(http_reply_header(&reply, "Connection", value, sizeof value), "close");
    http_reply_header(&reply, "Location", path, sizeof path);
    http_reply_clear(&reply);
    http_client_close(&client);
    ck_assert_int_eq(serve_wait(serve), 0);
    ck_assert_int_eq(serve_postgres(folder), 0);

    serve = serve_start(&(struct serve_options){.folder = folder});
    ck_assert_int_eq(status_of(serve, "GET", path, serve_authorization(serve, SCOPE_ADMIN), NULL), 200);
    ck_assert_int_eq(serve_stop(serve), 0);
}
END_TEST

START_TEST(a_second_signal_ends_the_server_at_once)
{
    struct http_client client;
    int status;
    struct serve *serve = serve_start(&(struct serve_options){.folder = folder});
    begin_post(serve, &client); /* would hold the stop up for 20 s */
    kill(serve_process(serve), SIGINT);
    pause_ms(300);
    ck_assert_int_eq(waitpid(serve_process(serve), &status, WNOHANG), 0);
    time_t before = time(NULL);
    kill(serve_process(serve), SIGINT);
    ck_assert_int_eq(serve_wait(serve), -1);
    ck_assert_int_lt(time(NULL) - before, 5);
    http_client_close(&client);
}
END_TEST

START_TEST(a_killed_server_starts_again_with_what_was_acknowledged)
{
    char path[80];
    struct serve *serve = serve_start(&(struct serve_options){.folder = folder});
    post_answer(serve, path);
    serve_kill(serve);
    serve = serve_start(&(struct serve_options){.folder = folder});
    ck_assert_int_eq(status_of(serve, "GET", path, serve_authorization(serve, SCOPE_ADMIN), NULL), 200);
    ck_assert_int_eq(serve_stop(serve), 0);
}
END_TEST

START_TEST(a_postgresql_that_outlived_server_and_supervisor_is_taken_over)
{
    char path[80];
    struct serve *serve = serve_start(&(struct serve_options){.folder = folder});
    post_answer(serve, path);
    pid_t postgres = serve_postgres(folder);
    ck_assert_int_gt(postgres, 0);
    ck_assert_int_gt(serve_supervisor(serve), 0);
    kill(serve_supervisor(serve), SIGKILL);
    serve_kill(serve);
    pause_ms(200);
    ck_assert_int_eq(serve_postgres(folder), postgres);

    serve = serve_start(&(struct serve_options){.folder = folder});
    ck_assert_int_eq(serve_postgres(folder), postgres);
    ck_assert_int_eq(status_of(serve, "GET", path, serve_authorization(serve, SCOPE_ADMIN), NULL), 200);
    ck_assert_int_eq(serve_stop(serve), 0);
    ck_assert_int_eq(serve_postgres(folder), 0);
}
END_TEST

/* The runner's own process makes the folder, before the first test, and removes it. */
static void add_with_folder(Suite *suite, const TTest *const tests[])
{
    TCase *tcase = tcase_create("data");
    tcase_set_timeout(tcase, 120);
    tcase_add_unchecked_fixture(tcase, new_folder, remove_folder);
    for (size_t i = 0; tests[i] != NULL; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
}

Suite *command_suite(void)
{
    const TTest *const with_data[] = {commands_run_postgresql_themselves_where_no_server_does,
                                      a_key_is_printed_alone_listed_and_revoked,
                                      commands_at_once_share_one_postgresql,
                                      a_new_key_works_at_once_and_a_revoked_one_no_more,
                                      verify_is_clean_beside_a_running_server,
                                      a_second_server_on_the_same_folder_is_refused,
                                      a_second_server_on_the_same_port_is_refused,
                                      quickstart_prints_commands_that_work_when_pasted,
                                      quickstart_prints_the_address_of_the_page_with_keys,
                                      quickstart_keeps_its_keys,
                                      a_graceful_stop_lets_requests_end_and_keeps_what_was_acknowledged,
                                      a_second_signal_ends_the_server_at_once,
                                      a_killed_server_starts_again_with_what_was_acknowledged,
                                      a_postgresql_that_outlived_server_and_supervisor_is_taken_over,
                                      NULL};
    Suite *suite =
        RUNNER_SUITE("command", help_lists_every_command_and_setting, help_of_a_command_lists_its_options,
                     the_version_is_printed, routes_are_printed, output_that_can_not_be_written_is_a_failure,
                     wrong_usage_names_itself, a_dimension_is_given_at_most_four_times, a_wrong_setting_names_itself);
    add_with_folder(suite, with_data);
    return suite;
}
