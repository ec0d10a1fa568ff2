# Two traces don't write to one file at once; one after the other may.
# shellcheck shell=bash
mkfifo go
"$MEMTRACE" -q -o t.jsonl -- sh -c 'echo >ready; read line <go' &
traced=$!
trap 'kill -KILL $traced 2>/dev/null' EXIT
wait_for test -e ready
for how in "" -A; do
	# shellcheck disable=SC2086 # an option or none
	"$MEMTRACE" -q $how -o t.jsonl -- sh -c 'echo >started' 2>words
	equal "status $how" $? 125
	contains "words $how" "$(cat words)" "another memtrace writes to t.jsonl"
	[ ! -e started ] || fail "its command was started"
done
timeout 10 sh -c 'echo >go'
wait "$traced"
equal "status of the first" $? 0
equal "status of the next" "$(status_of "$MEMTRACE" -q -A -o t.jsonl -- true)" 0
equal "runs" "$(grep -c '"type":"end"' t.jsonl)" 2
equal "the first" "$(head -n 1 t.jsonl | jq -r '.command[0]')" sh

# What is no file is written to by any number.
# LeakSanitizer, which some builds have, does not work under ptrace(2).
ASAN_OPTIONS=detect_leaks=0 "$MEMTRACE" -q --no-follow -o /dev/null -- "$MEMTRACE" -q -o /dev/null -- true ||
	fail "two that write to /dev/null: status $?"
