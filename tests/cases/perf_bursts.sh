# Who changes its maps in bursts is read between them, however many readings fall into one.
# engine: perf
# shellcheck shell=bash
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
mkfifo go
"$PROGS/count_calls" 8 1000000 20000 all <go >target.out &
target=$!
exec 3>go
wait_for grep -q ready target.out
echo >&3
for round in {1..40}; do
	"$MEMTRACE" -q -p $target --duration=1ms -o t.jsonl
	equal "status, round $round" $? 0
	equal "coverage, round $round" "$(tail -n 1 t.jsonl | jq -c '[.coverage, .reasons]')" '["complete",[]]'
done
