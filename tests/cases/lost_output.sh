# Output that is lost is said, ends with 125, and hides no status of the command's.
# engine too: notify perf
# shellcheck shell=bash

# Makes some hundred kilobytes of events.
# shellcheck disable=SC2016 # the command's
many='i=0; while [ $i -lt 40 ]; do /bin/true; i=$((i + 1)); done'

is_whole() { # WHAT FILE: its lines are whole, and the last one tells of the loss
	jq -c . "$2" >/dev/null || fail "$1: a line was cut"
	[ "$(tail -c 1 "$2" | wc -l)" = 1 ] || fail "$1: the last line has no newline"
	equal "$1: the end" "$(tail -n 1 "$2" | jq -c '[.type, .coverage, .reasons]')" \
		"[\"end\",\"partial\",$(reasons output_truncated)]"
}

if [ -c /dev/full ]; then
	equal "-o /dev/full" "$(status_of "$MEMTRACE" -q -o /dev/full -- true 2>words)" 125
	equal "lines said" "$(wc -l <words)" 1
	contains "words" "$(cat words)" "memtrace: can't write to /dev/full: "
	equal "standard output full" "$("$MEMTRACE" -q -- true >/dev/full 2>/dev/null; echo $?)" 125
	equal "command's status 3" \
		"$(status_of "$MEMTRACE" -q -o /dev/full -- sh -c 'exit 3' 2>/dev/null)" 3
	equal "command's signal" \
		"$("$MEMTRACE" -q -o /dev/full -- sh -c 'kill -TERM $$' 2>/dev/null; echo $?)" 143
fi

# SIGXFSZ, which the limit sends, would end memtrace; the command gets it as it was.
for signal in --ignore-signal=XFSZ --default-signal=XFSZ; do
	(
		ulimit -f 32
		exec env $signal "$MEMTRACE" -q -o limited.jsonl -- sh -c "$many; grep SigIgn /proc/self/status"
	) >ignored 2>words
	equal "ulimit -f, $signal" $? 125
	contains "words on it, $signal" "$(cat words)" "limited.jsonl"
	is_whole "ulimit -f, $signal" limited.jsonl
	equal "what is ignored, $signal" "$(cat ignored)" "$(env $signal grep SigIgn /proc/self/status)"
	rm limited.jsonl
done

if unshare -m true 2>/dev/null; then
	mkdir full
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m sh -c 'mount -t tmpfs -o size=64k none full || exit 77
		"$1" -q -o full/trace -- sh -c "$2"
		status=$?
		cp full/trace full.jsonl
		exit $status' sh "$MEMTRACE" "$many" 2>words
	status=$?
	if [ "$status" != 77 ]; then
		equal "full tmpfs" "$status" 125
		contains "words on it" "$(cat words)" "full/trace"
		is_whole "full tmpfs" full.jsonl
	fi
fi
