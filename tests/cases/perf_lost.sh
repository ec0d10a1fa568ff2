# What the rings had no room for is counted, to the call: eight threads at full speed while nobody reads.
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root"
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
mkfifo go pipe
"$PROGS/count_calls" 8 20000 0 unmap <go >own.out &
counter=$!
exec 3>go
wait_for grep -q ready own.out
# Until the counter is done, what memtrace writes stands in the pipe, and then it stands itself.
(
	exec <pipe
	until grep -qs munmap own.out; do read -r -t 0.02 <> <(:) || true; done
	cat >t.jsonl
) &
reader=$!
"$MEMTRACE" --engine=perf --buffer=64K -o pipe -p $counter 2>words &
tracer=$!
wait_for grep -qs 'engine perf' words
echo >&3
wait_for grep -q munmap own.out
kill -TERM $tracer
wait $tracer
equal "status" $? 143
wait $reader
exec 3>&-
wait $counter
made=$(awk '/munmap/ {print $2}' own.out)
told=$(jq -c 'select(.call == "munmap")' t.jsonl | wc -l)
lost=$(tail -n 1 t.jsonl | jq .lost)
equal "calls made" "$made" 160000
[ "$lost" -gt 0 ] || fail "nothing was lost of $told calls: the case shows nothing"
equal "told and lost" $((told + lost)) "$made"
equal "the events say so as well" "$(jq -s 'map(select(.type == "lost").count) | add' t.jsonl)" "$lost"
equal "coverage" "$(tail -n 1 t.jsonl | jq -c '[.coverage, .reasons]')" '["partial",["lost_events"]]'
