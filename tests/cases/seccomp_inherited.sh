# Under a filter that was there before memtrace, calls that it answers are seen all the same, or the trace
# says that it is partial for it.
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root: the filter is set without no_new_privs"

outer=$PROGS/seccomp_inherited
bad=

# How often the trace has each of the calls that the filter answers: those of the parent and the child.
seen() { # TRACE
	jq -r 'select(.call == "remap_file_pages" and (.length == 4096 * 380 or .length == 4096 * 390)) |
		.error // (if .unfinished then "unfinished" else "ok" end)' "$1" | sort | uniq -c |
		awk '{print $1 "x" $2}' | paste -sd,
}

for what in allow log errno trap kill trace; do
	"$outer" "$what" "$outer" calls >untraced
	plain=$?
	# What the calls come to: killed ones have no word of their own.
	case $what in
	allow | log) due=2xEINVAL ;;
	errno) due=2xENOTUNIQ ;;
	trace) due=2xENOSYS ;;
	trap) due=2xunfinished ;;
	kill) due=2xunfinished ;;
	esac
	for mode in auto off; do
		"$outer" "$what" "$MEMTRACE" -q --seccomp=$mode -o "$what.$mode.jsonl" -- \
			"$outer" calls >traced 2>words
		[ $? = "$plain" ] && diff untraced traced >difference && [ ! -s words ] ||
			bad+="; $what, --seccomp=$mode, does other things: $(cat difference words)"
		reasons=$(tail -n 1 "$what.$mode.jsonl" | jq -c '[.coverage, .reasons]')
		[ "$(seen "$what.$mode.jsonl")" = "$due" ] ||
			[ "$reasons" = '["partial",["foreign_seccomp_filter"]]' ] ||
			bad+="; $what, --seccomp=$mode: $reasons with $(seen "$what.$mode.jsonl"), not $due"
	done
done
equal "what differs" "${bad#; }" ""

# Without ptrace(2) LeakSanitizer, which some builds have, can't work either.
ASAN_OPTIONS=detect_leaks=0 "$outer" no-ptrace "$MEMTRACE" -q -o none.jsonl -- true 2>words
equal "status where ptrace is forbidden" $? 125
contains "words where ptrace is forbidden" "$(cat words)" "ptrace"
"$outer" no-seccomp "$MEMTRACE" -o auto.jsonl -- true 2>words
equal "status where seccomp is forbidden" $? 0
contains "words where seccomp is forbidden" "$(cat words)" "stop at every system call"
equal "coverage where seccomp is forbidden" "$(tail -n 1 auto.jsonl | jq -r .coverage)" complete
equal "calls where seccomp is forbidden" "$(jq -c 'select(.call).call' auto.jsonl)" \
	"$("$MEMTRACE" -q -- true | jq -c 'select(.call).call')"
