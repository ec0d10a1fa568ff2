# SIGKILL for memtrace: what it launched with a filter ends too, and else lives on untraced.
# shellcheck shell=bash

trap '{ jobs -p; cat pids pids.new; } 2>/dev/null | xargs -r kill -KILL 2>/dev/null' EXIT

# Two processes that never make a captured call again: only the kernel can end them.
# shellcheck disable=SC2016 # the command's
busy='sh -c "echo \$\$ >pids.new; while :; do :; done" &
until [ -s pids.new ]; do :; done
echo $$ >>pids.new; mv pids.new pids; while :; do :; done'

started() { # OPTION...
	rm -f pids
	"$MEMTRACE" -q -o /dev/null "$@" -- sh -c "$busy" &
	traced=$!
	wait_for test -e pids
	mapfile -t pids <pids
	equal "processes" "${#pids[@]}" 2
}

killed() {
	kill -KILL "$traced"
	wait "$traced" 2>/dev/null
	equal "status" $? 137
}

is_gone() { # PID: a zombie that its new parent hasn't reaped yet is gone too
	! grep -q '^State:.[^ZX]' "/proc/$1/status" 2>/dev/null
}

is_free() { grep -qx 'TracerPid:.0' "/proc/$1/status"; }

started
killed
for pid in "${pids[@]}"; do wait_for is_gone "$pid"; done

started --seccomp=off
killed
for pid in "${pids[@]}"; do
	wait_for is_free "$pid"
	is_gone "$pid" && fail "$pid doesn't live on"
	kill -KILL "$pid"
done
