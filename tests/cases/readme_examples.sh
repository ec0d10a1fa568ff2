# What the README shows for makefiles, CI and build systems works as printed: it passes, and fails where it must.
# shellcheck shell=bash disable=SC2016 # scripts are in quotes
for command in cmake meson make cc; do
	need $command
done
PATH=$(dirname "$MEMTRACE"):$PATH
readme=$TOP/README.md

block() { # AFTER: the indented lines below the line that has it
	awk -v after="$1" 'found && /^[^ ]/ {exit} found && /^    / {sub(/^    /, ""); print} index($0, after) {found = 1}' "$readme"
}
quoted() { # PART: the words in `` that have it
	grep -o '`[^`]*`' "$readme" | tr -d '`' | grep -F -m 1 -- "$1"
}

cat >program.c <<'END'
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
int main(void)
{
	int prot = PROT_READ | PROT_WRITE | (getenv("BAD") ? PROT_EXEC : 0);
	size_t size = getenv("MORE") ? 64 << 20 : 1 << 20;
	return mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}
END
cc -g -o program program.c
echo '{"rules": [{"rule": "wx"}, {"rule": "budget", "metric": "committed.peak", "max": "1G"}]}' >memtrace.json

block "In a Makefile:" >Makefile
contains "the makefile" "$(cat Makefile)" "memtrace check"
memtrace -q -k -o trace.jsonl -- ./program --self-test || fail "status $?"
eval "$(sed -n 's/.*# once: //p' Makefile)" >out 2>&1 || fail "the baseline: $(cat out)"
make -s check-memory >out 2>&1 || fail "make: $(cat out)"
MORE=1 make -s check-memory >out 2>&1 && fail "make takes more memory for the same: $(cat out)"
contains "make tells" "$(cat out)" "committed"
BAD=1 make -s check-memory >out 2>&1 && fail "make takes what the rules deny"

from_yaml() { # AFTER EXPRESSION: of `it`, which is what the README shows there
	block "$1" | /usr/bin/python3 -c "import sys, yaml; it = yaml.safe_load(sys.stdin); print($2)"
}
from_yaml "As a job of GitHub Actions" 'it[0]["run"]' >github.sh
export GITHUB_STEP_SUMMARY=$PWD/summary.md
bash -e github.sh >out 2>&1 || fail "GitHub: $(cat out)"
: >summary.md
BAD=1 bash -e github.sh >out 2>&1 && fail "GitHub's job passes"
contains "GitHub's annotation" "$(cat out)" "::error file="
contains "GitHub's summary" "$(cat summary.md)" "| wx |"
from_yaml "and of GitLab:" 'it["memory"]["script"]' >gitlab.sh
sh -e gitlab.sh >out 2>&1 || fail "GitLab: $(cat out)"
BAD=1 sh -e gitlab.sh >out 2>&1 && fail "GitLab's job passes"
report=$(from_yaml "and of GitLab:" 'it["memory"]["artifacts"]["reports"]["junit"]')
contains "GitLab's report" "$(cat "$report")" "<failure "

cat >meson.build <<'END'
project('program', 'c')
test('memory', executable('program', 'program.c'))
END
meson setup build >out 2>&1 || fail "meson: $(cat out)"
quoted "meson test" >meson.sh
(cd build && sh -e ../meson.sh) >out 2>&1 || fail "meson: $(cat out)"
(cd build && BAD=1 sh -e ../meson.sh) >out 2>&1 && fail "meson's test passes"
contains "meson tells" "$(cat out)" "exit status 99"

cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.13)
project(program C)
add_executable(program program.c)
enable_testing()
add_test(NAME memory COMMAND program)
END
part="as if each test needed"
printf '3.29\n%s\n' "$(cmake --version | sed -n 's/^cmake version //p')" | sort -CV && part="CMake from 3.29 on with"
rm -rf build
block "$part" >cmake.sh
sh -e cmake.sh >out 2>&1 || fail "cmake: $(cat out)"
cmake --build build >out 2>&1 || fail "cmake: $(cat out)"
ctest --test-dir build >out 2>&1 || fail "ctest: $(cat out)"
BAD=1 ctest --test-dir build --output-on-failure >out 2>&1 && fail "ctest passes"
contains "ctest tells" "$(cat out)" "error: wx: program"
