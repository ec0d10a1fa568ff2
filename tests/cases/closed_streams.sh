# With descriptors 0 to 2 closed: the command gets them closed, and no file of memtrace's in place.
# engine too: notify perf
# shellcheck shell=bash

# shellcheck disable=SC2016 # the command's
show='exec 9>fds
for fd in 0 1 2; do
	[ -e /proc/self/fd/$fd ] && echo "$fd is open" >&9
done
echo shown >&9'

sh -c "$show" <&- >&- 2>&-
equal "untraced" "$(cat fds)" shown
rm fds
"$MEMTRACE" -q -o trace.jsonl -- sh -c "$show" <&- >&- 2>&-
equal "status, all closed" $? 0
equal "all closed" "$(cat fds)" shown
equal "the trace" "$(jq -rs 'first.type, last.type' trace.jsonl)" "start"$'\n'"end"

"$MEMTRACE" -q -o trace.jsonl -- sh -c 'echo stray; echo stray >&2; exit 3' <&- >&- 2>&-
equal "status of a command that writes" $? 3
equal "words of the command's in the trace" "$(grep -c '^stray' trace.jsonl)" 0

"$MEMTRACE" -q -o trace.jsonl -- cat /proc/self/status >output 2>words <&-
equal "status, input closed" $? 0
equal "words, input closed" "$(cat words)" ""

"$MEMTRACE" -q -- true >&- 2>words
equal "status when events have nowhere to go" $? 125
grep -q '^memtrace: ' words || fail "nothing is said: $(cat words)"
