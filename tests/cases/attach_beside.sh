# Targets beside a command: they are let go by the first request to stop, whatever the command does, and by
# engine: ptrace
# limits; they are never killed with it.
# shellcheck shell=bash
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
"$PROGS/attach_storm" 8 40 stop >storm.out &
target=$!
is_free() { grep -q '^TracerPid:.0$' /proc/$target/status; }
is_traced() { ! is_free; }

# The second request kills the tree of the command, and nothing of the target's.
for round in 1 2 3 4 5 6; do
	"$MEMTRACE" -q -o t.jsonl -p $target -- /usr/bin/python3 -c 'import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("ready", "w").close()
while True: signal.pause()' &
	tracer=$!
	wait_for test -e ready
	kill -TERM $tracer
	wait_for is_free
	kill -TERM $tracer
	wait $tracer 2>/dev/null
	equal "status, round $round" $? 143
	kill -0 $target || fail "the target was killed"
	rm ready
done

# Limits end what is seen of both; the command runs on.
mkfifo go
for limit in --limit=3 --duration=100ms; do
	"$MEMTRACE" -q -o limit.jsonl $limit -p $target -- sh -c ': >ready; read line <go; exit 3' &
	tracer=$!
	wait_for test -e ready
	wait_for grep -qs '"type":"end"' limit.jsonl
	wait_for is_free
	kill -0 $tracer || fail "memtrace didn't wait for the command"
	timeout 10 sh -c 'echo >go'
	wait $tracer
	equal "status after $limit" $? 3
	rm ready
done

# Output that nobody reads holds no target.
mkfifo pipe
exec 3<>pipe
"$MEMTRACE" -q -p $target -- sh -c 'trap "" TERM; while :; do :; done' >pipe 2>words &
tracer=$!
wait_for is_traced
is_full() { ! /usr/bin/python3 -c 'import select, sys; sys.exit(not select.select([], [3], [], 0.1)[1])'; }
wait_for is_full
kill -TERM $tracer
begin=$EPOCHSECONDS
wait_for is_free
[ $((EPOCHSECONDS - begin)) -lt 5 ] || fail "the target was held for $((EPOCHSECONDS - begin)) seconds"
kill -TERM $tracer
wait $tracer 2>/dev/null
exec 3>&-

# Where nobody takes events any more, targets aren't traced any further.
timeout 20 "$MEMTRACE" -q -p $target | head -n 1 >first
equal "status of a reader that leaves" "${PIPESTATUS[*]}" "0 0"
is_free || fail "it's still traced"
: >stop
wait $target
equal "the target's status" $? 7
