# SPDX-License-Identifier: MIT
# GNU make. `make help` lists the targets. New files under src/, sql/ and tests/ are found by themselves.

BUILD  ?= build
PREFIX ?= /usr/local
ifeq ($(origin CC),default)
CC := gcc
endif

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

PACKAGES      := libmicrohttpd libpq jansson uuid libsodium libseccomp zlib
TEST_PACKAGES := check libcurl
KINDS         := unit sql http

# V=1 shows the commands.
Q := $(if $(filter 1,$(V)),,@)

# --- flags -----------------------------------------------------------------------------------------------------------

# Keeps the flags that this compiler knows.
known = $(foreach flag,$(1),$(shell $(CC) -Werror $(flag) -x c -c /dev/null -o /dev/null 2>/dev/null && echo '$(flag)'))

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla \
            -Wimplicit-fallthrough $(if $(filter 1,$(WERROR)),-Werror)
# OpenSSF, "Compiler Options Hardening Guide for C and C++", as far as gcc 12 and clang 14 know it.
HARDENING := $(call known,-fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
             -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing)
HARDENING_LINK := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,nodlopen -Wl,--as-needed

ifdef SANITIZE
OPTIMIZE := -O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
else ifdef COVERAGE
OPTIMIZE := -O0 --coverage
else
OPTIMIZE := -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(if $(findstring clang,$(CC)),2,3)
endif

BASE_FLAGS := -std=c11 -g -fPIE -pthread -D_GNU_SOURCE -Iinclude -I$(BUILD) $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
COMPILE     = $(CC) $(BASE_FLAGS) $(WARNINGS) $(HARDENING) $(OPTIMIZE) $(CPPFLAGS) $(CFLAGS)
# A suite is declared in generated code only.
TEST_FLAGS  = -Wno-missing-prototypes -Itests $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(TEST_PACKAGES) 2>/dev/null))
LINK        = $(CC) $(OPTIMIZE) $(CFLAGS) $(HARDENING_LINK) $(LDFLAGS) -pthread
LIBS        = $(shell pkg-config --libs $(PACKAGES)) -lm
TEST_LIBS   = $(shell pkg-config --libs $(TEST_PACKAGES))

# --- what there is ---------------------------------------------------------------------------------------------------

SOURCES    := $(sort $(wildcard src/*.c src/*/*.c))
QUERIES    := $(sort $(wildcard sql/queries/*.sql))
MIGRATIONS := $(sort $(wildcard sql/schema/*.sql))
OPENAPI    := $(wildcard openapi.yaml)
# Those of the page are served as one.
MODULES    := $(sort $(filter-out web/page/widget-demo.js,$(wildcard web/page/*.js)))
WEB        := $(sort $(filter-out web/widget web/widget/% $(MODULES),$(wildcard web/* web/*/*.*)))
SCRIPTS    := $(sort $(wildcard tools/*-* .ci/run bench/run bench/*.sh tests/*/*.sh tests/*/run docker/*.sh))

GENERATED         := $(BUILD)/generated
GENERATED_HEADERS := $(GENERATED)/query_names.h $(GENERATED)/migrations.h $(GENERATED)/openapi.h $(GENERATED)/assets.h
GENERATED_SOURCES := $(GENERATED)/queries.c $(GENERATED)/migrations.c $(GENERATED)/openapi.c $(GENERATED)/assets.c

# What a browser gets, as it is served: web/, and the library that draws the lines, from Debian's package of it.
DYGRAPHS := /usr/share/javascript/dygraphs
ASSETS    = $(patsubst %,$(BUILD)/%,$(filter-out %/,$(foreach file,$(WEB),$(if $(wildcard $(file)/*),,$(file))))) \
            $(BUILD)/web/page/app.js $(BUILD)/web/page/dygraph.js $(BUILD)/web/widget.js

object = $(patsubst %.c,$(BUILD)/%.o,$(1))

LIBRARY         := $(BUILD)/libhark.a
LIBRARY_OBJECTS := $(call object,$(filter-out src/main.c,$(SOURCES))) $(GENERATED_SOURCES:.c=.o)
SUPPORT_OBJECTS := $(call object,$(sort $(wildcard tests/support/*.c)))

# Of each kind: its main.c and all its suites; whatever else stands in the folder is shared by them.
suites         = $(sort $(wildcard tests/$(1)/*_test.c))
test_objects   = $(call object,$(sort $(wildcard tests/$(1)/*.c))) $(GENERATED)/$(1)_suites.o
test_program   = $(BUILD)/$(1)-tests
TEST_PROGRAMS := $(foreach kind,$(KINDS),$(call test_program,$(kind)))

# --- build -----------------------------------------------------------------------------------------------------------

.PHONY: all
all: $(BUILD)/hark

$(BUILD)/hark: $(BUILD)/src/main.o $(LIBRARY)
	@echo "  LINK  $@"
	$(Q)$(LINK) -o $@ $^ $(LIBS)

$(LIBRARY): $(LIBRARY_OBJECTS) $(GENERATED)/library.list
	@echo "  AR    $@"
	@rm -f $@
	$(Q)$(AR) rcs $@ $(LIBRARY_OBJECTS)

$(BUILD)/src/%.o: src/%.c $(GENERATED)/flags.list | $(GENERATED_HEADERS) libraries-present
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

$(GENERATED)/%_suites.o: $(GENERATED)/%_suites.c $(GENERATED)/flags.list | test-libraries-present
	@echo "  CC    $<"
	$(Q)$(COMPILE) $(TEST_FLAGS) -MMD -MP -c -o $@ $<

$(GENERATED)/%.o: $(GENERATED)/%.c $(GENERATED)/flags.list | $(GENERATED_HEADERS) libraries-present
	@echo "  CC    $<"
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%.o: tests/%.c $(GENERATED)/flags.list | $(GENERATED_HEADERS) test-libraries-present
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE) $(TEST_FLAGS) -MMD -MP -c -o $@ $<

.PHONY: libraries-present test-libraries-present
libraries-present:
	@pkg-config --exists $(PACKAGES) || \
	    { echo "make: libraries are missing; install them with: tools/install-packages build" >&2; exit 1; }
test-libraries-present: libraries-present
	@pkg-config --exists $(TEST_PACKAGES) || \
	    { echo "make: test libraries are missing; install them with: tools/install-packages test" >&2; exit 1; }

# A list changes its time only when it changes: a file that came or went rebuilds what was made of all of them.
LIST_flags      = $(CC) $(BASE_FLAGS) $(WARNINGS) $(HARDENING) $(OPTIMIZE) $(CPPFLAGS) $(CFLAGS)
LIST_library    = $(LIBRARY_OBJECTS)
LIST_queries    = $(QUERIES)
LIST_migrations = $(MIGRATIONS)
LIST_openapi    = $(OPENAPI)
LIST_assets     = $(ASSETS)
LIST_unit       = $(call suites,unit)
LIST_sql        = $(call suites,sql)
LIST_http       = $(call suites,http)

$(GENERATED)/%.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(LIST_$*)' | cmp -s - $@ || printf '%s\n' '$(LIST_$*)' > $@
.PHONY: FORCE
FORCE:
.SECONDARY:

EMBED = LC_ALL=C awk -f tools/embed.awk
$(GENERATED)/query_names.h: $(GENERATED)/queries.list $(QUERIES) tools/embed.awk
	@echo "  EMBED $@"
	$(Q)$(EMBED) -v output=query_names $(QUERIES) > $@
$(GENERATED)/queries.c: $(GENERATED)/queries.list $(QUERIES) tools/embed.awk
	@echo "  EMBED $@"
	$(Q)$(EMBED) -v output=queries $(QUERIES) > $@
$(GENERATED)/migrations.h: tools/embed.awk
	@mkdir -p $(@D)
	@echo "  EMBED $@"
	$(Q)$(EMBED) -v output=migrations_header > $@
$(GENERATED)/migrations.c: $(GENERATED)/migrations.list $(MIGRATIONS) tools/embed.awk
	@echo "  EMBED $@"
	$(Q)$(EMBED) -v output=migrations $(MIGRATIONS) > $@
$(GENERATED)/openapi.h: tools/embed.awk
	@mkdir -p $(@D)
	@echo "  EMBED $@"
	$(Q)$(EMBED) -v output=openapi_header > $@
$(GENERATED)/openapi.c: $(GENERATED)/openapi.list $(OPENAPI) tools/embed.awk
	@echo "  EMBED $@"
	$(Q)$(EMBED) -v output=openapi $(OPENAPI) > $@
$(BUILD)/web/page/dygraph.js: $(DYGRAPHS)/dygraph.min.js
	@mkdir -p $(@D)
	$(Q)sed '/^\/\/# sourceMappingURL=/d' $< > $@
$(DYGRAPHS)/%:
	@echo "make: $@ is missing; install it with: tools/install-packages build" >&2; exit 1
$(BUILD)/web/widget.js: $(wildcard web/widget/*) tools/join-widget
	@mkdir -p $(@D)
	@echo "  JOIN  $@"
	$(Q)tools/join-widget > $@
$(BUILD)/web/page/app.js: $(MODULES) tools/join-page
	@mkdir -p $(@D)
	@echo "  JOIN  $@"
	$(Q)tools/join-page web/page/app.js > $@
$(BUILD)/web/%: web/%
	@mkdir -p $(@D)
	$(Q)cp $< $@
# -n: without the time, so that the same source makes the same program.
$(BUILD)/web/%.gz: $(BUILD)/web/%
	$(Q)gzip -9nc $< > $@
$(GENERATED)/assets.h: tools/embed.awk
	@mkdir -p $(@D)
	@echo "  EMBED $@"
	$(Q)$(EMBED) -v output=assets_header > $@
$(GENERATED)/assets.c: $(GENERATED)/assets.list $(ASSETS) $(addsuffix .gz,$(ASSETS)) tools/embed.awk
	@echo "  EMBED $@"
	$(Q)$(EMBED) -v output=assets -v root=$(BUILD)/web $(ASSETS) > $@
$(GENERATED)/%_suites.c: $(GENERATED)/%.list tools/embed.awk
	@echo "  EMBED $@"
	$(Q)$(EMBED) -v output=suites $(LIST_$*) > $@

# --- run and test ----------------------------------------------------------------------------------------------------

.PHONY: run
run:
	@tools/install-packages build
	@$(MAKE) --no-print-directory all
	@exec $(BUILD)/hark serve --quickstart

# A made-up year, once, and then the page on it.
.PHONY: demo
demo:
	@tools/install-packages build
	@$(MAKE) --no-print-directory all
	@exec $(BUILD)/hark demo --serve

define test_rules
$(call test_program,$(1)): $(call test_objects,$(1)) $(SUPPORT_OBJECTS) $(LIBRARY)
	@echo "  LINK  $$@"
	$(Q)$$(LINK) -o $$@ $$^ $$(TEST_LIBS) $$(LIBS)

.PHONY: test-$(1)
test-$(1): $(call test_program,$(1)) $(if $(filter http,$(1)),$(BUILD)/hark)
	@TEST_HARK=$(BUILD)/hark tools/run-tests $(call test_program,$(1))
endef
$(foreach kind,$(KINDS),$(eval $(call test_rules,$(kind))))

.PHONY: test test-all
test:
	@tools/install-packages test
	@$(MAKE) --no-print-directory test-all BROWSER_TESTS=$(BROWSER_TESTS)
# BROWSER_TESTS=yes: those in a browser, too, where its tools are there.
BROWSER_TESTS     ?= yes
browser_program    = $(if $(filter yes,$(BROWSER_TESTS)),$(shell TEST_HARK=$(BUILD)/hark tests/browser/run --check && echo tests/browser/run))
test-all: $(TEST_PROGRAMS) $(BUILD)/hark
	@TEST_HARK=$(BUILD)/hark tools/run-tests $(TEST_PROGRAMS) $(browser_program)
	@[ '$(BROWSER_TESTS)' != yes ] || [ -n '$(browser_program)' ] || \
	    echo "No browser: its tests were left out; make test-browser brings one and runs them."

# The page and the widget in Debian's chromium; screenshots are kept in $(BUILD)/browser.
.PHONY: test-browser
test-browser:
	@tools/install-packages browser
	@$(MAKE) --no-print-directory all
	@TEST_HARK=$(BUILD)/hark tests/browser/run $(TEST)

# openapi.yaml against a running service. Apart from `test`, for its tools come from npm and pip.
.PHONY: test-contract
test-contract:
	@tools/install-packages contract
	@$(MAKE) --no-print-directory all
	@TEST_HARK=$(BUILD)/hark tests/contract/run

# kill -9 of everything in turn, a frozen PostgreSQL, a full disk. CRASH_ROUNDS=20 for the long form.
.PHONY: test-crash
test-crash:
	@tools/install-packages crash
	@$(MAKE) --no-print-directory all
	@TEST_HARK=$(BUILD)/hark tests/crash/run

# Memory and system calls that fail at random, by libfiu.
.PHONY: test-failures
test-failures:
	@tools/install-packages crash
	@$(MAKE) --no-print-directory all
	@TEST_HARK=$(BUILD)/hark tests/crash/run-failures

# The binary's hardening, the units for systemd, the sandbox, restarts and stops.
.PHONY: test-process
test-process:
	@tools/install-packages crash
	@$(MAKE) --no-print-directory all
	@TEST_HARK=$(BUILD)/hark tests/process/run

# gcc's runtime; what the sanitizers are to leave alone is written down, with its reason, in tests/support/*.supp. Tests have four
# times as long as without: the code is slower by that, not the waits.
.PHONY: asan tsan
asan tsan: export CK_TIMEOUT_MULTIPLIER = 4
asan:
	@tools/install-packages test
	@ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1 \
	    $(MAKE) --no-print-directory BUILD=$(BUILD)/asan SANITIZE=address,undefined BROWSER_TESTS=no test-all
TSAN_KINDS ?= unit sql http
tsan:
	@tools/install-packages test
	@TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 \
	    $(MAKE) --no-print-directory BUILD=$(BUILD)/tsan SANITIZE=thread KINDS="$(TSAN_KINDS)" BROWSER_TESTS=no test-all

# Tests that began as root go on as another user, who must be able to write the counts.
.PHONY: coverage
coverage:
	@tools/install-packages coverage
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage COVERAGE=1 all $(patsubst $(BUILD)/%,$(BUILD)/coverage/%,$(TEST_PROGRAMS))
	@find $(BUILD)/coverage -name '*.gcda' -delete
	@chmod -R a+rwX $(BUILD)/coverage
	@umask 0; $(MAKE) --no-print-directory BUILD=$(BUILD)/coverage COVERAGE=1 BROWSER_TESTS=no test-all
	lcov --quiet --capture --rc lcov_branch_coverage=1 --no-external --base-directory . --directory $(BUILD)/coverage/src --output-file $(BUILD)/coverage/lcov.info
	genhtml --quiet --branch-coverage --output-directory $(BUILD)/coverage/html $(BUILD)/coverage/lcov.info
	@echo "see $(BUILD)/coverage/html/index.html"

# The unit tests alone must reach all of what reads strangers' bytes and makes the numbers; see tools/check-coverage.
.PHONY: check-coverage
check-coverage:
	@tools/install-packages coverage
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage COVERAGE=1 $(BUILD)/coverage/unit-tests
	@find $(BUILD)/coverage -name '*.gcda' -delete
	@chmod -R a+rwX $(BUILD)/coverage
	@umask 0; tools/run-tests $(BUILD)/coverage/unit-tests
	@lcov --quiet --capture --rc lcov_branch_coverage=1 --no-external --base-directory . --directory $(BUILD)/coverage/src \
	    --output-file $(BUILD)/coverage/unit.info 2>$(BUILD)/coverage/lcov.log || { cat $(BUILD)/coverage/lcov.log; exit 1; }
	@tools/check-coverage $(BUILD)/coverage/unit.info

# What `make bench` measures with; its baseline comes from npm, and is left out where that is not there.
BENCH_PROGRAMS := $(BUILD)/bench/copy_rows $(BUILD)/bench/connections $(BUILD)/bench/streams
$(BUILD)/bench/%: bench/%.c $(GENERATED)/flags.list
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE) $(HARDENING_LINK) -o $@ $< $(shell pkg-config --libs libpq)

# `make bench ARGS=--short` tries it in some minutes; `make bench ARGS=growth` measures one part. See bench/README.md.
.PHONY: bench
bench:
	@tools/install-packages bench
	@$(MAKE) --no-print-directory all $(BENCH_PROGRAMS)
	@HARK=$(BUILD)/hark BENCH_TOOLS=$(BUILD)/bench bench/run $(ARGS)

# libFuzzer, with AddressSanitizer and UndefinedBehaviorSanitizer. FUZZ_SECONDS each, two at a time.
FUZZ_SECONDS  ?= 600
FUZZ_PROGRAMS := $(patsubst tests/fuzz/%_fuzz.c,$(BUILD)/fuzz-%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))
.PHONY: fuzz fuzz-run
fuzz:
	@tools/install-packages fuzz
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=clang SANITIZE=fuzzer-no-link,address,undefined fuzz-run
fuzz-run: $(FUZZ_PROGRAMS)
	@tools/run-fuzz $(FUZZ_SECONDS) $^
$(BUILD)/fuzz-%: $(BUILD)/tests/fuzz/%_fuzz.o $(LIBRARY)
	@echo "  LINK  $@"
	$(Q)$(LINK) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS)

# The unit tests under Memcheck: what the sanitizers can't see is memory that was never written. It knows no seccomp.
.PHONY: valgrind
valgrind:
	@tools/install-packages valgrind
	@$(MAKE) --no-print-directory $(BUILD)/unit-tests
	@CK_TIMEOUT_MULTIPLIER=50 CK_EXCLUDE_TAGS=seccomp valgrind --quiet --error-exitcode=99 --track-origins=yes $(BUILD)/unit-tests

# Thousands of slow clients at once, and what others find meanwhile.
.PHONY: test-slow
test-slow:
	@tools/install-packages slow
	@$(MAKE) --no-print-directory all
	@TEST_HARK=$(BUILD)/hark tests/slow/run

# --- lint ------------------------------------------------------------------------------------------------------------

C_FILES = $(sort $(wildcard src/*.c src/*/*.c include/*/*.h tests/*/*.c tests/*/*.h))

.PHONY: lint lint-format lint-tidy lint-layers lint-scripts lint-symbols
lint:
	@tools/install-packages lint
	@$(MAKE) --no-print-directory lint-format lint-layers lint-scripts lint-symbols lint-tidy
lint-format:
	@clang-format --dry-run -Werror $(C_FILES) $(wildcard bench/*.c)
.PHONY: format
format:
	clang-format -i $(C_FILES) $(wildcard bench/*.c)
lint-layers:
	tools/check-layers
# Two functions of one name in an archive: the linker takes either without a word.
lint-symbols: $(LIBRARY)
	@nm --defined-only --extern-only $< 2>/dev/null | awk 'NF == 3 { print $$3 }' | sort | uniq -d | \
	    { ! grep . || { echo "make: the names above are defined twice" >&2; exit 1; }; }
lint-scripts:
	$(if $(SCRIPTS),shellcheck $(SCRIPTS))
lint-tidy: $(GENERATED_HEADERS)
	@printf '%s\n' $(filter %.c,$(C_FILES)) | xargs -P 2 -n 8 sh -c \
	    'clang-tidy --quiet --warnings-as-errors="*" "$$@" -- $(BASE_FLAGS) $(TEST_FLAGS) 2>/dev/null' clang-tidy

# --- the rest --------------------------------------------------------------------------------------------------------

.PHONY: install
install: $(BUILD)/hark
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 0755 $(BUILD)/hark $(DESTDIR)$(PREFIX)/bin/hark

.PHONY: clean
clean:
	rm -rf $(BUILD)

.PHONY: help
help:
	@echo 'make            build/hark'
	@echo 'make run        installs what is missing, builds, and serves on http://127.0.0.1:8080 with a PostgreSQL of its own'
	@echo 'make demo       fills a project with a made-up year, once, and serves it'
	@echo 'make test       all tests: test-unit (a second, no database), test-sql, test-http'
	@echo 'make test-browser   the page and the widget in a real browser; TEST=word picks some'
	@echo 'make test-contract  openapi.yaml against the running service, both ways'
	@echo 'make test-crash     kills the service and PostgreSQL under load, and looks for what was acknowledged'
	@echo 'make test-failures  lets memory and system calls fail under load'
	@echo 'make test-process   hardening, sandbox, socket activation, restarts and stops'
	@echo 'make lint       clang-format, include layers, shellcheck, clang-tidy'
	@echo 'make format     lays the C files out as .clang-format says'
	@echo 'make asan       all tests under AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make tsan       the same under ThreadSanitizer'
	@echo 'make fuzz       libFuzzer over all that parses what strangers send: FUZZ_SECONDS=600 each'
	@echo 'make valgrind   unit tests under Memcheck'
	@echo 'make test-slow  3,000 slow clients at once, and whether others are served meanwhile'
	@echo 'make coverage   all tests, with a report of the lines that they reached'
	@echo 'make check-coverage whether the unit tests reach all of the statistics, the guard, the router and the decoders'
	@echo 'make bench      speed, memory and cost against their limits and against other ways; ARGS=--short is quick'
	@echo 'make install    to $$(DESTDIR)$$(PREFIX)/bin, by default $(PREFIX)/bin'
	@echo 'make clean      removes $(BUILD)/'
	@echo 'Variables: BUILD=dir, CC=clang, V=1 (shows the commands), WERROR=1, CFLAGS, LDFLAGS, DESTDIR, PREFIX.'

-include $(wildcard $(BUILD)/src/*.d $(BUILD)/src/*/*.d $(BUILD)/generated/*.d $(BUILD)/tests/*/*.d)
