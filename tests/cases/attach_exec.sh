# An execve that begins while its threads are attached to waits for those that are ours, and is not waited for.
# engine: ptrace
# shellcheck shell=bash
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
mkfifo input
for round in {1..10}; do
	"$PROGS/attach_exec" 300 <input >target.out &
	target=$!
	exec 3>input
	wait_for grep -qs ready target.out
	"$MEMTRACE" -q -o t.jsonl -p $target &
	tracer=$!
	wait_for grep -qs anew target.out
	exec 3>&-
	wait $target
	equal "status of the target, round $round" $? 7
	wait $tracer
	equal "status, round $round" $? 0
	equal "its end, round $round" "$(jq -c 'select(.type == "exit") | .code' t.jsonl)" 7
	equal "attaches, round $round" "$(jq -c 'select(.type == "attach") | .maps != null' t.jsonl)" true
	equal "coverage, round $round" "$(tail -n 1 t.jsonl | jq -c '[.coverage, .reasons]')" '["complete",[]]'
	rm t.jsonl target.out
done
