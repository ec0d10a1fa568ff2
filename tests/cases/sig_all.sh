# Signals reach a traced program as they do an untraced one: siginfo, counts, masks, order, faults, ends.
# engine too: notify perf
# shellcheck shell=bash
[ "$(uname -m)" = x86_64 ] || skip "the program is for x86_64"
for what in queued pending faults defaults; do
	tool same "$what" -- "$PROGS/sig_all" "$what" || fail "$what"
	equal "order of $what" "$("$MEMTRACE" -q -o "$what.again.jsonl" -- "$PROGS/sig_all" "$what")" \
		"$("$PROGS/sig_all" "$what")"
done
contains "what is compared" "$("$PROGS/sig_all" queued)" "signal 64: 9 times"
contains "what is compared" "$("$PROGS/sig_all" faults)" "fault 11: code 2"
