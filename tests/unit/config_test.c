/* SPDX-License-Identifier: MIT */
#include "config/config.h"

#include "support/runner.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Tests run in processes of their own: the environment is theirs to change. */
static struct config config;
static char *faults;
static size_t faults_size;

static bool load(void)
{
    FILE *file = open_memstream(&faults, &faults_size);
    bool is_good = config_load(&config, file);
    fclose(file);
    return is_good;
}

static void assert_loads(void)
{
    bool is_good = load();
    ck_assert_msg(is_good, "faults: %s", faults);
    ck_assert_str_eq(faults, "");
}

static void clear(void)
{
    config_clear(&config);
    free(faults);
}

static void assert_refused(const char *name, const char *value, const char *fault)
{
    setenv(name, value, 1);
    ck_assert_msg(!load(), "taken: %s=%s", name, value);
    ck_assert_str_eq(faults, fault);
    clear();
    unsetenv(name);
}

/* A file with this text; the name is the caller's until the next call. */
static const char *file_of(const char *text)
{
    static char path[] = "/tmp/hark-config-XXXXXX";
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    close(descriptor);
    return path;
}

START_TEST(unset_settings_hold_their_defaults)
{
    assert_loads();
    ck_assert_str_eq(config.listen, "127.0.0.1:8080");
    ck_assert_ptr_null(config.admin_listen);
    ck_assert_ptr_null(config.database_url);
    ck_assert_ptr_null(config.user);
    ck_assert_int_ge(config.http_threads, 1);
    ck_assert_int_le(config.http_threads, 4);
    ck_assert_int_eq(config.committers, 1);
    ck_assert_int_eq(config.readers, 4);
    ck_assert_int_eq(config.queue_size, 8192);
    ck_assert_int_eq(config.max_connections, 4096);
    ck_assert_int_eq(config.max_header_kb, 12);
    ck_assert_int_eq(config.idle_timeout_ms, 60000);
    ck_assert_int_eq(config.drain_timeout_ms, 20000);
    ck_assert_int_eq(config.commit_timeout_ms, 10000);
    ck_assert_int_eq(config.statement_timeout_ms, 10000);
    ck_assert_int_eq(config.header_timeout_ms, 10000);
    ck_assert_int_eq(config.body_timeout_ms, 30000);
    ck_assert_int_eq(config.reply_timeout_ms, 30000);
    ck_assert_int_eq(config.max_connections_per_address, 1024);
    ck_assert_int_eq(config.address_rate.count, 2000);
    ck_assert_int_eq(config.address_rate.window_ms, 10000);
    ck_assert_int_eq(config.failed_key_rate.count, 60);
    ck_assert_uint_eq(config.trusted_proxies.count, 0);
    ck_assert_int_eq(config.forwarded_header, 0);
    ck_assert_int_eq(config.max_dimension_values, 20000);
    ck_assert_int_eq(config.max_cells, 250000);
    ck_assert_int_eq(config.log_level, LOG_LEVEL_INFO);
    ck_assert(config.access_log);
    ck_assert(!config.allow_unsafe_database);
    clear();
}
END_TEST

START_TEST(set_settings_are_read)
{
    setenv("HARK_LISTEN", "[::1]:0", 1);
    setenv("HARK_ADMIN_LISTEN", "0.0.0.0:9090", 1);
    setenv("HARK_USER", "nobody", 1);
    setenv("HARK_HTTP_THREADS", "3", 1);
    setenv("HARK_READERS", "64", 1);
    setenv("HARK_LOG_LEVEL", "error", 1);
    setenv("HARK_ACCESS_LOG", "off", 1);
    setenv("HARK_ALLOW_UNSAFE_DATABASE", "on", 1);
    setenv("HARK_DATABASE_URL", "postgresql://u:secret@h/d", 1);
    assert_loads();
    ck_assert_str_eq(config.listen, "[::1]:0");
    ck_assert_str_eq(config.admin_listen, "0.0.0.0:9090");
    ck_assert_str_eq(config.user, "nobody");
    ck_assert_int_eq(config.http_threads, 3);
    ck_assert_int_eq(config.readers, 64);
    ck_assert_int_eq(config.log_level, LOG_LEVEL_ERROR);
    ck_assert(!config.access_log);
    ck_assert(config.allow_unsafe_database);
    ck_assert_str_eq(config.database_url, "postgresql://u:secret@h/d");
    clear();
}
END_TEST

START_TEST(proxies_are_a_list_of_ranges)
{
    setenv("HARK_TRUSTED_PROXIES", " 10.0.0.0/8,2001:db8::/32, 192.0.2.7 ", 1);
    setenv("HARK_FORWARDED_HEADER", "forwarded", 1);
    setenv("HARK_ADDRESS_RATE", "off", 1);
    assert_loads();
    ck_assert_uint_eq(config.trusted_proxies.count, 3);
    ck_assert_int_eq(config.trusted_proxies.list[1].bits, 32);
    ck_assert_int_eq(config.forwarded_header, 1);
    ck_assert_int_eq(config.address_rate.count, 0);
    clear();
}
END_TEST

START_TEST(proxies_and_rates_that_are_none_are_refused)
{
    static const char ranges[] =
        "HARK_TRUSTED_PROXIES: must be addresses or ranges of them, such as 10.0.0.0/8, 2001:db8::/32: at most 64, "
        "each without bits beyond its length\n";
    char many[65 * 8 + 1] = "";
    for (int i = 0; i < 65; i++)
        strcat(many, "1.1.1.1,");
    assert_refused("HARK_TRUSTED_PROXIES", "10.0.0.1/8", ranges);
    assert_refused("HARK_TRUSTED_PROXIES", "10.0.0.0/8;::1", ranges);
    assert_refused("HARK_TRUSTED_PROXIES", ", ,", ranges);
    assert_refused("HARK_TRUSTED_PROXIES", many, ranges);
    assert_refused("HARK_FORWARDED_HEADER", "x-real-ip",
                   "HARK_FORWARDED_HEADER: must be x-forwarded-for or forwarded\n");
    assert_refused("HARK_ADDRESS_RATE", "0",
                   "HARK_ADDRESS_RATE: must be a rate of at most 1000000 in at most a day, such as 100/s, 2000/10s or "
                   "60/m, or off\n");
}
END_TEST

START_TEST(durations_have_units)
{
    setenv("HARK_IDLE_TIMEOUT", "90", 1);
    setenv("HARK_DRAIN_TIMEOUT", "0", 1);
    setenv("HARK_COMMIT_TIMEOUT", "1500ms", 1);
    setenv("HARK_STATEMENT_TIMEOUT", "2m", 1);
    assert_loads();
    ck_assert_int_eq(config.idle_timeout_ms, 90000);
    ck_assert_int_eq(config.drain_timeout_ms, 0);
    ck_assert_int_eq(config.commit_timeout_ms, 1500);
    ck_assert_int_eq(config.statement_timeout_ms, 120000);
    clear();
}
END_TEST

START_TEST(empty_value_counts_as_unset)
{
    setenv("HARK_LISTEN", "", 1);
    setenv("HARK_READERS", "", 1);
    setenv("HARK_DATABASE_URL", "", 1);
    assert_loads();
    ck_assert_str_eq(config.listen, "127.0.0.1:8080");
    ck_assert_int_eq(config.readers, 4);
    ck_assert_ptr_null(config.database_url);
    clear();
}
END_TEST

START_TEST(integer_outside_its_bounds_is_refused)
{
    static const char *const values[] = {"0",   "65", "-1", "+4", "4x", " 4", "4.0", "0x4", "99999999999999999999",
                                         "four"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_refused("HARK_READERS", values[i], "HARK_READERS: must be an integer from 1 to 64\n");
}
END_TEST

START_TEST(duration_outside_its_bounds_is_refused)
{
    static const char *const values[] = {"99ms", "0", "11m", "10h", "s", "1.5s", "-1s", "999999999m"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_refused("HARK_COMMIT_TIMEOUT", values[i],
                       "HARK_COMMIT_TIMEOUT: must be a duration from 0.1 s to 600 s, such as 500ms, 20s or 2m\n");
}
END_TEST

START_TEST(address_that_is_none_is_refused)
{
    static const char *const values[] = {"8080",         ":8080", "127.0.0.1", "127.0.0.1:",     "127.0.0.1:65536",
                                         "::1:8080",     "[::1]", "[::1:8080", "[127.0.0.1]:80", "localhost:8080",
                                         "127.0.0.1:-1", "[]:80", "[:80",      "1.2.3:80",       "127.0.0.1:80 "};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_refused("HARK_LISTEN", values[i],
                       "HARK_LISTEN: must be a numeric address and a port, such as 127.0.0.1:8080 or [::1]:8080\n");
}
END_TEST

START_TEST(switch_and_level_take_their_words_only)
{
    assert_refused("HARK_ACCESS_LOG", "yes", "HARK_ACCESS_LOG: must be on or off\n");
    assert_refused("HARK_ACCESS_LOG", "ON", "HARK_ACCESS_LOG: must be on or off\n");
    assert_refused("HARK_LOG_LEVEL", "trace", "HARK_LOG_LEVEL: must be debug, info, warn or error\n");
}
END_TEST

START_TEST(unknown_names_are_refused)
{
    assert_refused("HARK_READER", "4", "HARK_READER: there is no such setting\n");
    assert_refused("HARK_", "4", "HARK_: there is no such setting\n");
}
END_TEST

START_TEST(all_faults_are_told_at_once)
{
    setenv("HARK_READERS", "0", 1);
    setenv("HARK_COMMITTERS", "0", 1);
    setenv("HARK_NONSENSE", "1", 1);
    ck_assert(!load());
    ck_assert_ptr_nonnull(strstr(faults, "HARK_READERS: "));
    ck_assert_ptr_nonnull(strstr(faults, "HARK_COMMITTERS: "));
    ck_assert_ptr_nonnull(strstr(faults, "HARK_NONSENSE: "));
    clear();
}
END_TEST

START_TEST(url_is_the_first_line_of_its_file)
{
    const char *path = file_of("postgresql://u:secret@h/d \r\nsecond line\n");
    setenv("HARK_DATABASE_URL_FILE", path, 1);
    assert_loads();
    ck_assert_str_eq(config.database_url, "postgresql://u:secret@h/d");
    unlink(path);
    clear();
}
END_TEST

START_TEST(url_file_that_is_missing_or_empty_is_refused)
{
    assert_refused("HARK_DATABASE_URL_FILE", "/nowhere/at/all", "HARK_DATABASE_URL_FILE: the file can't be read\n");
    assert_refused("HARK_DATABASE_URL_FILE", "/", "HARK_DATABASE_URL_FILE: the file can't be read\n");
    const char *path = file_of("\nsecond line");
    assert_refused("HARK_DATABASE_URL_FILE", path, "HARK_DATABASE_URL_FILE: the first line of the file is empty\n");
    unlink(path);
}
END_TEST

START_TEST(url_and_url_file_together_are_refused_without_the_password)
{
    const char *path = file_of("postgresql://u:secret@h/d");
    setenv("HARK_DATABASE_URL", "postgresql://u:secret@h/d", 1);
    setenv("HARK_DATABASE_URL_FILE", path, 1);
    ck_assert(!load());
    ck_assert_ptr_nonnull(strstr(faults, "keep one of them"));
    ck_assert_ptr_null(strstr(faults, "secret"));
    unlink(path);
    clear();
}
END_TEST

static void assert_data_dir(const char *value, const char *expected)
{
    setenv("HARK_DATA_DIR", value, 1);
    assert_loads();
    ck_assert_str_eq(config.data_dir, expected);
    clear();
}

START_TEST(data_dir_becomes_absolute)
{
    ck_assert_int_eq(chdir("/usr"), 0);
    assert_data_dir("", "/usr/.hark");
    assert_data_dir("a/b", "/usr/a/b");
    assert_data_dir(".//a", "/usr/a");
    assert_data_dir("././a", "/usr/a");
    assert_data_dir(".", "/usr");
    assert_data_dir("./", "/usr");
    assert_data_dir("/srv/hark", "/srv/hark");
}
END_TEST

START_TEST(every_setting_is_printed_with_its_default)
{
    static const char *const expected[] = {"HARK_LISTEN ",  "127.0.0.1:8080", "HARK_DATABASE_URL_FILE ", "unset",
                                           "HARK_READERS ", "./.hark",        "cores, at most 4",        "20s"};
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    config_print(out);
    fclose(out);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        ck_assert_msg(strstr(text, expected[i]) != NULL, "missing: %s in\n%s", expected[i], text);
    free(text);
}
END_TEST

Suite *config_suite(void)
{
    return RUNNER_SUITE("config", unset_settings_hold_their_defaults, set_settings_are_read, durations_have_units,
                        proxies_are_a_list_of_ranges, proxies_and_rates_that_are_none_are_refused,
                        empty_value_counts_as_unset, integer_outside_its_bounds_is_refused,
                        duration_outside_its_bounds_is_refused, address_that_is_none_is_refused,
                        switch_and_level_take_their_words_only, unknown_names_are_refused, all_faults_are_told_at_once,
                        url_is_the_first_line_of_its_file, url_file_that_is_missing_or_empty_is_refused,
                        url_and_url_file_together_are_refused_without_the_password, data_dir_becomes_absolute,
                        every_setting_is_printed_with_its_default);
}
