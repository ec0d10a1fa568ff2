# A command that lives ten seconds longer than the SIGTERM passed on to it is killed with its tree.
# mostly waits
# engine too: notify perf
# shellcheck shell=bash

trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
is_gone() { # a zombie that its new parent hasn't reaped yet is gone too
	! grep -q '^State:.[^ZX]' "/proc/$(cat child)/status" 2>/dev/null
}

"$MEMTRACE" -q -o trace.jsonl -- sh -c 'trap "" TERM; sleep 1000 & echo $! >child; wait' &
traced=$!
wait_for test -s child
begin=$EPOCHREALTIME
kill -TERM "$traced"
wait "$traced" 2>/dev/null
equal "status" $? 143
awk -v "from=$begin" -v "to=$EPOCHREALTIME" 'BEGIN { exit !(to - from > 9.5 && to - from < 12) }' ||
	fail "killed at $EPOCHREALTIME, asked at $begin"
equal "end" "$(tail -n 1 trace.jsonl | jq -r .type)" end
wait_for is_gone
