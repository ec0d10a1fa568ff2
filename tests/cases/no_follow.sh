# --no-follow traces the command's threads, not its children: these run on, and coverage says so.
# engine too: perf
# shellcheck shell=bash

ends_of() {
	jq -c 'select(.type == "end") | [.coverage, .reasons, .status.code]' trace.jsonl
}

"$MEMTRACE" -q --no-follow -o trace.jsonl -- \
	sh -c '/bin/true && ls -d /; (exit 5); echo "child ended with $?"; exit 3' >output
equal "status" $? 3
equal "output" "$(cat output)" $'/\nchild ended with 5'
equal "processes in the trace" "$(jq '.pid // empty' trace.jsonl | sort -u | wc -l)" 1
equal "execs" "$(jq -r 'select(.type == "exec").comm' trace.jsonl)" sh
equal "end" "$(ends_of)" "[\"partial\",$(reasons untraced_child),3]"

"$MEMTRACE" -q --no-follow -o trace.jsonl -- "$PROGS/wl_vfork_spawn" >/dev/null
equal "status, vfork and posix_spawn" $? 0
equal "end, vfork and posix_spawn" "$(ends_of)" "[\"partial\",$(reasons untraced_child),0]"

"$MEMTRACE" -q --no-follow -o trace.jsonl -- /usr/bin/python3 -c '
import mmap, threading
for _ in range(3):
    t = threading.Thread(target=lambda: mmap.mmap(-1, 1003520))
    t.start()
    t.join()'
equal "calls of threads" "$(jq -c 'select(.call == "mmap" and .length == 1003520) | .pid != .tid' \
	trace.jsonl | tr '\n' ' ')" "true true true "
equal "forks" "$(jq -c 'select(.type == "fork").thread' trace.jsonl | tr '\n' ' ')" \
	"true true true "
equal "end, threads alone" "$(ends_of)" '["complete",[],0]'

"$MEMTRACE" -q -f -o trace.jsonl -- sh -c '/bin/true; exit 3'
equal "processes with -f, as is the default" "$(jq '.pid // empty' trace.jsonl | sort -u | wc -l)" 2
