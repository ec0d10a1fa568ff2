# A traced program can't trace: it gets EPERM and goes on, and memtrace says once what to do about it.
# shellcheck shell=bash
words_of() { printf '%s\n' "TRACEME: $1" "it ended with 0" "ATTACH: $1" "it ended with 9" \
	"SEIZE: $1" "it ended with 9"; }

[ "$("$PROGS/tracee_ptrace")" = "$(words_of "done")" ] || skip "ptrace(2) isn't permitted here"
for mode in auto off; do
	equal "what the program sees, $mode" "$("$MEMTRACE" --seccomp=$mode -o $mode.jsonl -- \
		"$PROGS/tracee_ptrace" 2>words.$mode)" "$(words_of EPERM)"
	equal "coverage, $mode" "$(tail -n 1 $mode.jsonl | jq -r .coverage)" complete
	equal "calls, $mode" "$(jq -c 'select(.call == "munmap" and .addr == "0x10000000000") |
		.length / 4096' $mode.jsonl | paste -sd,)" 401,402,402
done
for mode in auto off; do
	equal "lines about ptrace, $mode: $(cat words.$mode)" \
		"$(grep -v '^memtrace: engine ptrace' words.$mode | grep -c ptrace)" 1
	contains "what to do, $mode" "$(cat words.$mode)" --no-follow
done
