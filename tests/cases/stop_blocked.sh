# A reader that never reads keeps no SIGTERM from ending memtrace and its tree.
# engine too: notify perf
# shellcheck shell=bash

trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
mkfifo pipe
exec 3<>pipe

is_full() {
	! /usr/bin/python3 -c 'import select, sys; sys.exit(not select.select([], [3], [], 0.1)[1])'
}

is_gone() { # a zombie that its new parent hasn't reaped yet is gone too
	! grep -q '^State:.[^ZX]' "/proc/$(cat child)/status" 2>/dev/null
}

is_taken() { # the signal that memtrace got
	local pending
	pending=$(awk '/^ShdPnd/ {print $2}' "/proc/$traced/status" 2>/dev/null)
	[ "${pending:-0000000000000000}" = 0000000000000000 ]
}

"$MEMTRACE" -q -- sh -c 'trap : TERM; sleep 1000 & echo $! >child
	while :; do /bin/true; done' >pipe 2>words 3>&- &
traced=$!
wait_for is_full
kill -0 "$traced" || fail "memtrace ended before"
kill -TERM "$traced"
wait_for is_taken
kill -TERM "$traced"
begin=$SECONDS
wait "$traced" 2>/dev/null
equal "status" $? 143
contains "words" "$(cat words)" "standard output wasn't read, and memtrace had to end"
[ $((SECONDS - begin)) -lt 5 ] || fail "the second signal took $((SECONDS - begin)) seconds"
wait_for is_gone
