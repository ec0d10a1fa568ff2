# A call that signals interrupt and the kernel makes again is told once, with the result that the program saw.
# shellcheck shell=bash
tool same t -- "$PROGS/seccomp_restarts" || fail "interrupted calls"
# Nothing more than what was said is told of those lengths, which no other call has.
"$PROGS/seccomp_restarts" | sed -n 's/^call //p' | sort >said
contains "what is compared" "$(cat said)" "mmap $((5334 * 4096)) EINTR"
for mode in auto off; do
	jq -r 'select(.call and .length >= 5330 * 4096 and .length < 5400 * 4096) |
		"\(.call) \(.length) \(if .unfinished then "unfinished" else .error // "ok" end)"' \
		"t.$mode.jsonl" | sort >told
	diff said told >difference || fail "--seccomp=$mode, said and told: $(cat difference)"
done
