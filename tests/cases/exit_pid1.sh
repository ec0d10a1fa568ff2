# As process 1, which no signal of its own can kill, memtrace ends with 128 and the signal.
# shellcheck shell=bash

unshare --pid --fork --mount-proc true 2>/dev/null || skip "can't make a pid namespace"

# What a parent sees: negative if a signal ended it. unshare mirrors the end of process 1.
code() { # COMMAND...
	/usr/bin/python3 -c '
import subprocess, sys
print(subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL).returncode)' \
		unshare --pid --fork --kill-child --mount-proc "$MEMTRACE" -q -o trace.jsonl -- "$@"
}

equal "after TERM" "$(code sh -c 'kill -TERM $$')" 143
equal "after KILL" "$(code sh -c 'kill -KILL $$')" 137
equal "after exit 3" "$(code sh -c 'exit 3')" 3
# The orphan goes when its parent, who alone could write to it, is gone.
mkfifo end
equal "after exit 4, with an orphan" "$(code sh -c '(read -r _ <end; exit 6) & exec 3>end; exit 4')" 4
equal "exits" "$(jq -sc '[.[] | select(.type == "exit").code] | sort' trace.jsonl)" "[4,6]"
