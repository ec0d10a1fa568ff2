# Threads that come and go all the time, made by each other: after the attach none of them is untraced.
# engine: ptrace
# shellcheck shell=bash
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
for chains in 2 8 32; do
	"$PROGS/attach_chains" $chains >chains.out &
	target=$!
	wait_for grep -qs ready chains.out
	for round in {1..5}; do
		what="$chains chains, round $round"
		"$MEMTRACE" -q -o t.jsonl -p $target &
		tracer=$!
		wait_for grep -qs '"type":"attach"' t.jsonl
		tool all_traced $target $tracer 20 || fail "some are missed: $what"
		kill -TERM $tracer
		wait $tracer 2>/dev/null
		equal "status, $what" $? 143
		tool all_traced $target 0 5 || fail "some are left traced: $what"
		equal "coverage, $what" "$(tail -n 1 t.jsonl | jq -c '[.coverage, .reasons]')" '["complete",[]]'
		rm t.jsonl
	done
	kill -TERM $target
	wait $target
	equal "status of $chains chains" $? 7
done
