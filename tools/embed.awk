# SPDX-License-Identifier: MIT
# Writes C that embeds files. POSIX awk, run with LC_ALL=C and -v output=, one of:
#   query_names        header: an enum of the queries, in the order of the files
#   queries            their texts, in the same order, and what a line "-- Set: name = value, ..." of theirs tells the planner
#   migrations_header, migrations      from NNNN_name.sql
#   openapi_header, openapi            one text and its size
#   assets_header, assets              what lies below the folder -v root=, each file with its .gz beside it
#   suites             the test suites of <name>_test.c files
# Texts are string literals, a line each, far beyond the 4095 characters that C11 promises: gcc and clang have no limit,
# so only the warning is silenced.

function base_name(path)
{
    sub(/^.*\//, "", path)
    sub(/\.[a-z]+$/, "", path)
    return path
}

# Joined anew: how many backslashes a replacement of gsub means differs from awk to awk.
function double_backslashes(text,    parts, count, i, result)
{
    count = split(text, parts, "\\\\")
    result = parts[1]
    for (i = 2; i <= count; i++) {
        result = result "\\\\" parts[i]
    }
    return result
}

# ? is escaped because -std=c11 knows trigraphs.
function c_line(text)
{
    text = double_backslashes(text)
    gsub(/"/, "\\\"", text)
    gsub(/\?/, "\\?", text)
    gsub(/\t/, "\\t", text)
    gsub(/\r/, "\\r", text)
    return "     \"" text "\\n\"\n"
}

function read_text(path,    line, text, status)
{
    text = ""
    while ((status = (getline line < path)) > 0) {
        text = text c_line(line)
    }
    if (status < 0) {
        print "embed.awk: cannot read " path > "/dev/stderr"
        exit 1
    }
    close(path)
    return text == "" ? "     \"\"\n" : text
}

function write_query_names(    i)
{
    print "#ifndef HARK_GENERATED_QUERY_NAMES_H\n#define HARK_GENERATED_QUERY_NAMES_H\n"
    print "enum query_name {"
    for (i = 1; i < ARGC; i++) {
        print "    QUERY_" toupper(base_name(ARGV[i])) ","
    }
    print "    QUERY_COUNT\n};\n"
    print "struct query_text {\n    const char *name;\n    const char *sql;"
    print "    const char *set;   /* statements that tell its session how to plan it; \"\": nothing */"
    print "    const char *reset; /* and that take it back */\n};\n"
    print "/* By enum query_name; one more entry of NULLs ends it. */"
    print "extern const struct query_text query_texts[];\n\n#endif"
}

# Of each "-- Set:" line: a statement a setting, which sets it or, with is_reset, takes it back.
function settings_of(path, is_reset,    line, count, parts, i, text)
{
    text = ""
    while ((getline line < path) > 0) {
        if (line !~ /^-- Set: /) {
            continue
        }
        count = split(substr(line, 9), parts, /, */)
        for (i = 1; i <= count; i++) {
            if (is_reset) {
                sub(/ *=.*$/, "", parts[i])
            }
            text = text (is_reset ? "RESET " : "SET ") parts[i] ";"
        }
    }
    close(path)
    return text
}

function write_queries(    i)
{
    print "#include \"generated/query_names.h\"\n\n#include <stddef.h>\n"
    print "const struct query_text query_texts[QUERY_COUNT + 1] = {"
    for (i = 1; i < ARGC; i++) {
        printf "    {\"%s\",\n%s     , \"%s\", \"%s\"},\n", base_name(ARGV[i]), read_text(ARGV[i]),
            settings_of(ARGV[i], 0), settings_of(ARGV[i], 1)
    }
    print "    {NULL, NULL, NULL, NULL},\n};"
}

function write_migrations_header()
{
    print "#ifndef HARK_GENERATED_MIGRATIONS_H\n#define HARK_GENERATED_MIGRATIONS_H\n\n#include <stddef.h>\n"
    print "struct migration {\n    int number;\n    const char *name;\n    const char *sql;\n};\n"
    print "/* Ascending by number, which starts at 1 and leaves none out. */"
    print "extern const struct migration migrations[];\nextern const size_t migration_count;\n\n#endif"
}

function write_migrations(    i, name)
{
    print "#include \"generated/migrations.h\"\n"
    print "const struct migration migrations[] = {"
    for (i = 1; i < ARGC; i++) {
        name = base_name(ARGV[i])
        if (name !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+$/ || substr(name, 1, 4) + 0 != i) {
            print "embed.awk: " ARGV[i] ": expected " sprintf("%04d", i) "_<name>.sql" > "/dev/stderr"
            exit 1
        }
        printf "    {%d, \"%s\",\n%s    },\n", i, substr(name, 6), read_text(ARGV[i])
    }
    print "    {0, NULL, NULL},\n};\n\nconst size_t migration_count = " (ARGC - 1) ";"
}

function write_openapi_header()
{
    print "#ifndef HARK_GENERATED_OPENAPI_H\n#define HARK_GENERATED_OPENAPI_H\n\n#include <stddef.h>\n"
    print "extern const char openapi_yaml[];\n/* Without the NUL. */\nextern const size_t openapi_yaml_size;\n\n#endif"
}

function write_openapi()
{
    print "#include \"generated/openapi.h\"\n"
    printf "const char openapi_yaml[] =\n%s    ;\n\n", (ARGC > 1 ? read_text(ARGV[1]) : "     \"\"\n")
    print "const size_t openapi_yaml_size = sizeof openapi_yaml - 1;"
}

function write_assets_header()
{
    print "#ifndef HARK_GENERATED_ASSETS_H\n#define HARK_GENERATED_ASSETS_H\n\n#include <stddef.h>\n"
    print "struct asset {"
    print "    const char *path;   /* \"page/page.css\" */"
    print "    const char *sha256; /* of its bytes, in hexadecimal */"
    print "    const char *bytes;"
    print "    size_t size;"
    print "    const char *gzip;"
    print "    size_t gzip_size;"
    print "};\n"
    print "extern const struct asset assets[];\nextern const size_t asset_count;\n\n#endif"
}

# Not a string literal, as a file may hold any byte.
function write_bytes(name, path,    command, line, status)
{
    command = "od -An -v -tu1 '" path "'"
    printf "static const unsigned char %s[] = {\n", name
    while ((status = (command | getline line)) > 0) {
        gsub(/^ +| +$/, "", line)
        gsub(/ +/, ",", line)
        print line ","
    }
    if (status < 0 || close(command) != 0) {
        print "embed.awk: cannot read " path > "/dev/stderr"
        exit 1
    }
    print "};"
}

function sha256_of(path,    command, line)
{
    command = "sha256sum '" path "'"
    if ((command | getline line) <= 0 || line !~ /^[0-9a-f]+ /) {
        print "embed.awk: cannot hash " path > "/dev/stderr"
        exit 1
    }
    close(command)
    return substr(line, 1, 64)
}

function write_assets(    i, path, table)
{
    print "#include \"generated/assets.h\"\n"
    table = ""
    for (i = 1; i < ARGC; i++) {
        path = ARGV[i]
        write_bytes("plain_" i, path)
        write_bytes("gzip_" i, path ".gz")
        table = table sprintf("    {\"%s\", \"%s\", (const char *)plain_%d, sizeof plain_%d, (const char *)gzip_%d, sizeof gzip_%d},\n",
                              substr(path, length(root) + 2), sha256_of(path), i, i, i, i)
    }
    printf "\nconst struct asset assets[] = {\n%s};\n\nconst size_t asset_count = %d;\n", table, ARGC - 1
}

function write_suites(    i, name, functions, names)
{
    print "#include \"support/runner.h\"\n\n#include <stddef.h>\n"
    for (i = 1; i < ARGC; i++) {
        name = base_name(ARGV[i])
        sub(/_test$/, "", name)
        print "suite_fn " name "_suite;"
        functions = functions "    " name "_suite,\n"
        names = names "    \"" name "\",\n"
    }
    printf "\nsuite_fn *const test_suites[] = {\n%s    NULL,\n};\n", functions
    printf "\nconst char *const test_suite_names[] = {\n%s    NULL,\n};\n", names
}

BEGIN {
    print "/* Generated by tools/embed.awk: do not edit. */"
    if (output !~ /header|names|suites/) {
        print "#pragma GCC diagnostic ignored \"-Woverlength-strings\""
    }
    if (output == "query_names") {
        write_query_names()
    } else if (output == "queries") {
        write_queries()
    } else if (output == "migrations_header") {
        write_migrations_header()
    } else if (output == "migrations") {
        write_migrations()
    } else if (output == "openapi_header") {
        write_openapi_header()
    } else if (output == "openapi") {
        write_openapi()
    } else if (output == "assets_header") {
        write_assets_header()
    } else if (output == "assets") {
        write_assets()
    } else if (output == "suites") {
        write_suites()
    } else {
        print "embed.awk: unknown output: " output > "/dev/stderr"
        exit 1
    }
    exit 0
}
