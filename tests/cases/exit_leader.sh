# The status is the process's, though its first thread ended before with pthread_exit.
# engine too: notify perf
# shellcheck shell=bash

cat >leader.py <<'P'
import ctypes, os, sys, threading

def other():
    path = f"/proc/self/task/{os.getpid()}/status"
    while "State:\tZ" not in open(path).read():
        pass
    os._exit(5)

threading.Thread(target=other).start()
ctypes.CDLL(None).pthread_exit(None)
P
equal "untraced" "$(status_of /usr/bin/python3 leader.py)" 5
for how in ${MODES//--seccomp=/}; do
	"$MEMTRACE" --seccomp="$how" -q -o trace.jsonl -- /usr/bin/python3 leader.py
	equal "status with --seccomp=$how" $? 5
	equal "exits" "$(jq -c 'select(.type == "exit").code' trace.jsonl)" 5
	equal "end" "$(jq -c 'select(.type == "end") | [.coverage, .status.code]' trace.jsonl)" \
		"[\"$COVERAGE\",5]"
done
