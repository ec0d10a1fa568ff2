# SIGTERM and SIGHUP go on to the command; a second one kills the tree and memtrace.
# engine too: notify perf
# shellcheck shell=bash

trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
is_gone() { # a zombie that its new parent hasn't reaped yet is gone too
	! grep -q '^State:.[^ZX]' "/proc/$(cat child)/status" 2>/dev/null
}

started() { # COMMAND...: traced by $traced, when it says that it is ready
	rm -f ready
	"$MEMTRACE" -q -o trace.jsonl -- "$@" 2>words &
	traced=$!
	wait_for test -e ready
}

ended() { # WHAT STATUS END
	wait "$traced" 2>/dev/null
	equal "$1: status" $? "$2"
	equal "$1: end" "$(tail -n 1 trace.jsonl | jq -c '[.type, .status]')" "$3"
}

for signal in TERM HUP; do
	started sh -c "trap 'kill \$!; exit 7' $signal; sleep 1000 & $ASLEEP; : >ready; wait"
	kill -$signal "$traced"
	ended "$signal to a command that handles it" 7 '["end",{"code":7}]'

	started sh -c ': >ready; exec sleep 1000'
	kill -$signal "$traced"
	ended "$signal to a command that doesn't" $((128 + $(kill -l $signal))) \
		"[\"end\",{\"signal\":\"SIG$signal\"}]"

	rm -f got
	started /usr/bin/python3 -c "
import os, signal
child = os.fork()
if child:
    open('child', 'w').write(str(child))
signal.signal(signal.SIG$signal, lambda *_: open('got', 'w').close())
if child:
    open('ready', 'w').close()
while True:
    signal.pause()"
	kill -$signal "$traced"
	wait_for test -e got
	kill -0 "$traced" || fail "memtrace ended by the first $signal"
	kill -$signal "$traced"
	ended "second $signal" $((128 + $(kill -l $signal))) '["end",null]'
	wait_for is_gone
done
