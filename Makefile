# memtrace: `make`, `make run`, `make check`; `make help` lists the rest.

# Where things go. VARIANT names a build with other flags, in a folder of its own (asan, release).
PREFIX ?= /usr/local
DESTDIR ?=
VARIANT ?=
BUILD := build$(if $(VARIANT),/$(VARIANT))

CC := gcc
ARCH := $(shell uname -m)
OPTIMISE := -O2
HARDEN := -fPIE -fstack-protector-strong -fstack-clash-protection \
	$(if $(filter x86_64,$(ARCH)),-fcf-protection) -Wformat -Wformat-security
FORTIFY := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
WARN := -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wvla \
	-Wnull-dereference -Wimplicit-fallthrough
WERROR := $(if $(CI),-Werror)
SANITIZE :=
ifeq ($(VARIANT),asan)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
OPTIMISE := -O1
FORTIFY := -U_FORTIFY_SOURCE
endif
ifeq ($(VARIANT),tsan)
SANITIZE := -fsanitize=thread
OPTIMISE := -O1
FORTIFY := -U_FORTIFY_SOURCE
endif
ifeq ($(VARIANT),coverage)
SANITIZE := --coverage -fprofile-update=atomic
OPTIMISE := -O0
FORTIFY := -U_FORTIFY_SOURCE
endif
# The program is optimised as one and for speed; its warnings were given file by file. What else is linked takes the
# plain code, which is there as well.
LTO := $(if $(SANITIZE),,$(if $(findstring gcc,$(notdir $(CC))),-O3 -flto=auto -ffat-lto-objects))
NO_LTO := $(if $(LTO),-fno-lto)
CPPFLAGS := -D_GNU_SOURCE -Isrc $(FORTIFY)
CFLAGS := -std=gnu17 -pthread $(OPTIMISE) -g $(WARN) $(WERROR) $(HARDEN) $(SANITIZE)
LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(SANITIZE)
LDLIBS := -ldw -lelf -lcjson -lz -lzstd

# Debian's packages.
PACKAGES_BUILD := gcc libc6-dev make pkg-config libbsd-dev libdw-dev libcjson-dev zlib1g-dev libzstd-dev \
	default-libmysqlclient-dev libmicrohttpd-dev
PACKAGES_RUN := $(PACKAGES_BUILD) jq python3-minimal libpython3-stdlib
PACKAGES_TEST := $(PACKAGES_BUILD) check jq python3 python3-fastjsonschema libpython3.11-testsuite \
	strace stress-ng gdb wrk mariadb-server-core mariadb-client openssl redis-tools nodejs util-linux locales \
	procps git chromium libcap2-bin libxml2-utils cmake meson python3-yaml perl fish zsh libjemalloc2 libmimalloc2.0 \
	default-jre-headless golang-go libc6-dbg zstd xz-utils
PACKAGES_LINT := clang clang-tidy cppcheck shellcheck codespell mandoc gcc-aarch64-linux-gnu \
	libc6-dev-arm64-cross

PACKAGES_COVERAGE := gcovr

# What memtrace can do without: where a library is missing, a file that says so stands in.
MYSQL := $(if $(WITHOUT_MYSQL),,$(shell pkg-config --exists mysqlclient 2>/dev/null && echo yes))
ifeq ($(MYSQL),yes)
CPPFLAGS += $(shell pkg-config --cflags mysqlclient)
# The library that would be linked is loaded when it's needed (src/db/client.h).
MYSQL_LIBRARY := $(shell $(CC) -print-file-name=$(patsubst -l%,lib%.so,$(firstword \
	$(filter -l%,$(shell pkg-config --libs mysqlclient)))))
MYSQL_SONAME := $(shell readelf -d $(MYSQL_LIBRARY) | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
ABSENT := src/db/conn_none.c
else
ABSENT := src/db/conn_mysql.c src/db/client.c
endif

# The HTTP library is loaded when a page is served (src/web/http.h).
$(BUILD)/web/http.o: CPPFLAGS += -DHTTP_SONAME='"$(shell readelf -d $$($(CC) -print-file-name=libmicrohttpd.so) | \
	sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')"'

$(BUILD)/db/client.o: CPPFLAGS += $(if $(MYSQL_SONAME),-DMYSQL_SONAME='"$(MYSQL_SONAME)"')

# Files of other processors are named after them.
SOURCES := $(filter-out src/engine/arch_%.c $(ABSENT),$(wildcard src/*.c src/*/*.c)) \
	$(wildcard src/engine/arch_$(ARCH).c)
MIGRATIONS := $(sort $(wildcard sql/[0-9]*.sql))
LIBRARY := $(BUILD)/libmemtrace.a
PROGRAM := $(BUILD)/memtrace
LIBRARY_OBJECTS := $(patsubst src/%.c,$(BUILD)/%.o,$(filter-out src/main.c,$(SOURCES))) \
	$(BUILD)/generated/migrations.o $(BUILD)/generated/assets.o

UNIT := $(BUILD)/tests/unit
UNIT_OBJECTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit-objects/%.o,$(wildcard tests/unit/*.c))
PROGS := $(patsubst tests/progs/%.c,$(BUILD)/tests/progs/%,$(filter-out tests/progs/lib_%,$(wildcard tests/progs/*.c))) \
	$(patsubst tests/progs/%.c,$(BUILD)/tests/progs/%.so,$(wildcard tests/progs/lib_*.c))
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/tests/bench/%,$(wildcard tests/bench/*.c))
CASES := $(wildcard tests/cases/*.sh tests/lint/*.sh)
COMPLETIONS := completions/memtrace.bash completions/_memtrace completions/memtrace.fish

Q := $(if $(V),,@)

.PHONY: all
all: $(PROGRAM)

$(PROGRAM): $(BUILD)/main.o $(LIBRARY)
	@echo '[ LD ] $@'
	$(Q)$(CC) $(CFLAGS) $(if $(LTO),$(LTO) -w) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIBRARY): $(LIBRARY_OBJECTS)
	@echo '[ AR ] $@'
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/%.o: src/%.c $(BUILD)/flags
	@echo '[ CC ] $<'
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LTO) -MMD -MP -c -o $@ $<

$(BUILD)/generated/migrations.c: src/db/embed $(MIGRATIONS)
	@mkdir -p $(@D)
	$(Q)src/db/embed $(MIGRATIONS) >$@.new && mv $@.new $@

# The page: its modules come from npm. Where that isn't, or can't, a word stands in.
PAGE := $(sort $(wildcard src/web/assets/*))
PAGE_MODULES := build/web/modules$(if $(WITHOUT_NPM),-none)
PAGE_VENDOR := preact.js hooks.js htm.js uplot.js uplot.css
# Again where they couldn't be had, and npm is there now.
PAGE_AGAIN := $(if $(WITHOUT_NPM),,$(shell [ ! -e $(PAGE_MODULES)/done ] || [ -s $(PAGE_MODULES)/done ] || \
	! command -v npm >/dev/null || echo FORCE))
$(PAGE_MODULES)/done: src/web/modules src/web/package.json src/web/package-lock.json src/web/.npmrc $(PAGE_AGAIN)
	@echo '[ NPM ] src/web'
	$(Q)WITHOUT_NPM=$(WITHOUT_NPM) src/web/modules $(PAGE_MODULES)

$(BUILD)/generated/assets.c: src/web/embed $(PAGE) $(PAGE_MODULES)/done
	@mkdir -p $(@D)
	$(Q)if [ -s $(PAGE_MODULES)/done ]; then \
		src/web/embed true $(foreach f,$(PAGE),/$(notdir $f)=$f) \
			$(foreach f,$(PAGE_VENDOR),/$f=$(PAGE_MODULES)/$f); \
	else \
		src/web/embed false /index.html=src/web/absent.html; \
	fi >$@.new && mv $@.new $@

$(BUILD)/generated/%.o: $(BUILD)/generated/%.c $(BUILD)/flags
	@echo '[ CC ] $<'
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Other flags, other objects.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(LTO)' | cmp -s - $@ || echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(LTO)' >$@

.PHONY: FORCE
FORCE:

# ---- tests ----

CHECK_CFLAGS = $(shell pkg-config --cflags check)
CHECK_LIBS = $(shell pkg-config --libs check)

$(BUILD)/tests/unit-objects/%.o: tests/unit/%.c $(BUILD)/flags
	@echo '[ CC ] $<'
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) $(CHECK_CFLAGS) -MMD -MP -c -o $@ $<

$(UNIT): $(UNIT_OBJECTS) $(LIBRARY)
	@echo '[ LD ] $@'
	$(Q)$(CC) $(CFLAGS) $(NO_LTO) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(CHECK_LIBS)

# Traced programs: without sanitizers, whose own mappings would be in the way.
PROG_CFLAGS := -std=gnu17 -O1 -g -Wall -Wextra -Wshadow $(WERROR) -pthread

# Programs of 32 bits, without a C library, which would have to be installed.
M32 := -m32 -static -nostdlib -ffreestanding -fno-pie -no-pie -fno-stack-protector

$(BUILD)/tests/progs/%: tests/progs/%.c $(wildcard tests/progs/*.h)
	@echo '[ CC ] $<'
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROG_CFLAGS) $(if $(filter static_%,$*),-static) \
		$(if $(filter m32_%,$*),$(M32)) -o $@ $<

# To be preloaded.
$(BUILD)/tests/progs/%.so: tests/progs/%.c $(wildcard tests/progs/*.h)
	@echo '[ CC ] $<'
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROG_CFLAGS) -fPIC -shared -o $@ $<

$(BUILD)/tests/bench/%: tests/bench/%.c $(LIBRARY)
	@echo '[ CC ] $<'
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(NO_LTO) $(LDFLAGS) -o $@ $< $(LIBRARY) $(LDLIBS)

.PHONY: check check-unit check-cases
check: deps-test
	$(Q)$(MAKE) --no-print-directory -j2 all $(UNIT) $(PROGS)
	$(Q)$(MAKE) --no-print-directory check-unit check-cases

check-unit: $(UNIT)
	$(Q)$(UNIT)

# One case: make check-cases CASES=tests/cases/replay.sh
check-cases: $(PROGRAM) $(PROGS)
	$(Q)tests/run $(BUILD) $(CASES)

.PHONY: asan
asan: deps-test
	$(Q)$(MAKE) --no-print-directory VARIANT=asan -j2 all $(patsubst $(BUILD)/%,build/asan/%,$(UNIT) $(PROGS))
	$(Q)$(MAKE) --no-print-directory VARIANT=asan check-unit check-cases

# Where threads are: the page.
.PHONY: tsan
tsan: deps-test
	$(Q)$(MAKE) --no-print-directory VARIANT=tsan -j2 all $(patsubst $(BUILD)/%,build/tsan/%,$(PROGS))
	$(Q)$(MAKE) --no-print-directory VARIANT=tsan check-cases CASES='$(wildcard tests/cases/web_*.sh)'

# What tests don't get to. Those that fail under gcov, which writes files of its own, don't end it.
.PHONY: coverage
coverage: deps-test deps-coverage
	$(Q)$(MAKE) --no-print-directory VARIANT=coverage -j2 all $(patsubst $(BUILD)/%,build/coverage/%,$(UNIT) $(PROGS))
	-$(Q)$(MAKE) --no-print-directory -k VARIANT=coverage check-unit check-cases
	$(Q)gcovr --root . --filter src/ --print-summary --txt build/coverage.txt build/coverage

.PHONY: bench
bench: deps-test $(PROGRAM) $(BENCHES) $(PROGS)
	$(Q)tests/bench/fetch_source lua5.4 $(abspath $(BUILD))/bench/lua5.4
	$(Q)tests/bench/run $(BUILD)
	$(Q)tests/bench/report $(BUILD)
	$(Q)tests/bench/attach $(BUILD)
	$(Q)tests/bench/perf $(BUILD)
	$(Q)tests/bench/web $(BUILD)
	$(Q)tests/bench/mysql $(BUILD)

.PHONY: determinism
determinism: deps-test $(PROGRAM) $(PROGS)
	$(Q)tests/bench/determinism $(BUILD)

.PHONY: torture
torture: deps-test $(PROGRAM) $(PROGS)
	$(Q)tests/bench/torture $(BUILD)

.PHONY: soak
soak: deps-test $(PROGRAM)
	$(Q)tests/bench/soak $(BUILD)

.PHONY: lint
lint: deps-lint
	$(Q)tests/lint/run

.PHONY: fuzz
fuzz: deps-lint
	$(Q)tests/fuzz/run

# ---- what else a person types ----

.PHONY: run
run: deps-run
	$(Q)$(MAKE) --no-print-directory -j2 all
	$(Q)tests/lib/show-main-job $(PROGRAM)

.PHONY: deps deps-run deps-test deps-lint deps-coverage
deps:
	$(Q).ci/deps $(PACKAGES_BUILD)
deps-run:
	$(Q).ci/deps $(PACKAGES_RUN)
deps-test:
	$(Q).ci/deps $(PACKAGES_TEST)
	$(Q)command -v npm >/dev/null || .ci/deps npm
	$(Q)$(MAKE) --no-print-directory build/npm/node_modules
deps-coverage:
	$(Q).ci/deps $(PACKAGES_COVERAGE)
deps-lint:
	$(Q).ci/deps $(PACKAGES_TEST) $(PACKAGES_LINT)

# What only npm has, for tests: data, no programs. NodeSource's nodejs brings npm along, Debian's doesn't.
build/npm/node_modules: tests/npm/package.json tests/npm/package-lock.json
	@echo 'installing tests/npm'
	@mkdir -p $(@D)
	$(Q)cp $^ $(@D)
	$(Q)npm ci --prefix $(@D) --ignore-scripts --legacy-peer-deps --prefer-offline --no-audit --no-fund \
		--loglevel=error >/dev/null && touch $@

$(BUILD)/gen-completions: $(BUILD)/tests/gen-completions.o $(LIBRARY)
	@echo '[ LD ] $@'
	$(Q)$(CC) $(CFLAGS) $(NO_LTO) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/gen-completions.o: completions/generate.c $(BUILD)/flags
	@echo '[ CC ] $<'
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

.PHONY: completions
completions: $(BUILD)/gen-completions
	$(Q)$< bash >completions/memtrace.bash
	$(Q)$< zsh >completions/_memtrace
	$(Q)$< fish >completions/memtrace.fish

.PHONY: install uninstall
install: all
	install -Dm755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/memtrace
	install -Dm644 src/memtrace.1 $(DESTDIR)$(PREFIX)/share/man/man1/memtrace.1
	install -Dm644 src/trace/event.schema.json $(DESTDIR)$(PREFIX)/share/memtrace/event.schema.json
	install -d $(DESTDIR)$(PREFIX)/share/memtrace/sql/queries
	install -m644 sql/*.sql $(DESTDIR)$(PREFIX)/share/memtrace/sql
	install -m644 sql/queries/*.sql $(DESTDIR)$(PREFIX)/share/memtrace/sql/queries
	install -Dm644 completions/memtrace.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/memtrace
	install -Dm644 completions/_memtrace $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_memtrace
	install -Dm644 completions/memtrace.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/memtrace.fish

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/memtrace
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/memtrace.1
	rm -f $(DESTDIR)$(PREFIX)/share/memtrace/event.schema.json
	rm -rf $(DESTDIR)$(PREFIX)/share/memtrace/sql
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/memtrace
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_memtrace
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/memtrace.fish
	-rmdir $(DESTDIR)$(PREFIX)/share/memtrace 2>/dev/null

.PHONY: clean
clean:
	rm -rf build

.PHONY: help
help:
	@echo 'make             build build/memtrace'
	@echo 'make run         set up, build, and show the main job'
	@echo 'make check       set up, build, and run all tests'
	@echo 'make asan        the same tests with AddressSanitizer and UBSan'
	@echo 'make tsan        the tests of the page with ThreadSanitizer'
	@echo 'make lint        compilers, analysers, spelling, layers, drift of options'
	@echo 'make bench       speed, side by side with strace'
	@echo 'make determinism how far usage differs from run to run'
	@echo 'make fuzz        fuzz the readers and the order'
	@echo 'make coverage    which lines the tests get to, by gcov'
	@echo 'make torture     long races against the kernel'
	@echo 'make soak        half an hour of the whole machine under load'
	@echo 'make completions write completions/ anew from src/options.def'
	@echo 'make install     into DESTDIR/PREFIX; make uninstall takes it away'

-include $(wildcard $(BUILD)/*.d $(BUILD)/*/*.d $(BUILD)/tests/*/*.d)
