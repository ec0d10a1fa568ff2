# A command that asks to be traced by who started it, and stops, hasn't ended: engine perf goes on until it has.
# shellcheck shell=bash
cat >stops.py <<'PY'
import ctypes, os, signal
ctypes.CDLL(None).ptrace(0, 0, 0, 0)  # PTRACE_TRACEME
os.kill(os.getpid(), signal.SIGUSR1)
PY
"$MEMTRACE" -q --engine=perf -o trace.jsonl -- /usr/bin/python3 stops.py &
tracer=$!
trap 'kill -KILL $tracer $(pgrep -P $tracer) 2>/dev/null' EXIT
stopped() { grep -q '^State:.t' "/proc/$(pgrep -P $tracer)/status"; }
wait_for stopped
kill -KILL "$(pgrep -P $tracer)"
wait $tracer
equal "status" $? 137
equal "its end" "$(jq -c 'select(.type == "end") | .status' trace.jsonl)" '{"signal":"SIGKILL"}'
