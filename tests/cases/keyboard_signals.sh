# SIGINT and SIGQUIT sent to memtrace alone don't end it; a terminal's reach the command.
# engine too: notify perf
# shellcheck shell=bash

trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
env --default-signal=INT true 2>/dev/null || skip "env can't set signals to their defaults"
mkfifo go

env --default-signal=INT,QUIT "$MEMTRACE" -q -o trace.jsonl -- \
	sh -c ': >ready; read line <go; exit 6' &
traced=$!
wait_for test -e ready
kill -INT "$traced"
kill -QUIT "$traced"
kill -0 "$traced" || fail "memtrace is gone"
timeout 10 sh -c 'echo >go' || fail "the command is gone"
wait "$traced"
equal "status" $? 6
equal "end" "$(tail -n 1 trace.jsonl | jq -c '[.coverage, .status]')" "[\"$COVERAGE\",{\"code\":6}]"

# A terminal's ^C goes to the whole process group.
for signal in INT QUIT; do
	rm ready
	setsid env --default-signal=INT,QUIT "$MEMTRACE" -q -o trace.jsonl -- \
		sh -c "trap 'kill \$!; exit 9' $signal; sleep 1000 & $ASLEEP; : >ready; wait" &
	traced=$!
	wait_for test -e ready
	kill -$signal -- -"$traced"
	wait "$traced"
	equal "status of a command that handles $signal" $? 9

	rm ready
	setsid env --default-signal=INT,QUIT "$MEMTRACE" -q -o trace.jsonl -- \
		sh -c ': >ready; exec sleep 1000' &
	traced=$!
	wait_for test -e ready
	kill -$signal -- -"$traced"
	wait "$traced" 2>/dev/null
	equal "status of a command that $signal kills" $? $((128 + $(kill -l $signal)))
done
