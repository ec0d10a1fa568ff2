# Who is killed in execve has its new image without a word of it; that's no difference of the model.
# shellcheck shell=bash
for seccomp in auto off; do
	"$MEMTRACE" -q -v --seccomp=$seccomp -o trace.jsonl -- "$PROGS/kill_exec" 2>err
	equal "status, $seccomp" $? 0
	equal "end, $seccomp: $(cat err)" "$(tail -n 1 trace.jsonl | jq -c '[.coverage, .reasons]')" '["complete",[]]'
	equal "ends, $seccomp" "$(grep -c '"type":"exit"' trace.jsonl)" 301
done
