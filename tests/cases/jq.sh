# memtrace -- CMD | jq works for commands that print, read and fork.
# engine too: notify perf
# shellcheck shell=bash

set -o pipefail
seq 100 | sort -R >numbers

try() { # COMMAND...: its output must be the untraced one's, the trace read whole
	local expected
	expected=$("$@" <numbers 2>&1)
	"$MEMTRACE" -q -- "$@" <numbers 2>words | jq -c . >trace.jsonl || fail "status $? of: $*"
	equal "output of $*" "$(cat words)" "$expected"
	equal "events of $*" "$(jq -s '.[0].type == "start" and last.type == "end" and
		last.coverage == env.COVERAGE and length - 2 == last.events' trace.jsonl)" true
}

try ls /
try cat
try sort -n
try sh -c 'sort -n | (head -n 3; cat >/dev/null) | tr 1 x; echo done >&2'
try /usr/bin/python3 -c 'import os, sys; print(len(sys.stdin.read())); os.system("echo child")'
