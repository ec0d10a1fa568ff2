# Who has no heap yet as it's attached to gets one: where it begins no map shows.
# engine: ptrace
# engine too: perf
# shellcheck shell=bash
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
mkfifo go
"$PROGS/attach_heapless" <go >target.out &
target=$!
exec 3>go
wait_for grep -q ready target.out
grep -q '\[heap\]' /proc/$target/maps && fail "it has a heap"
"$MEMTRACE" -v -o t.jsonl -p $target 2>words &
tracer=$!
wait_for grep -qs '"attach"' t.jsonl
equal "the break" "$(jq -r 'select(.type == "attach").brk' t.jsonl)" \
	"$(printf 0x%x "$(cut -d ' ' -f 47 /proc/$target/stat)")"
echo >&3
wait $target
equal "its status" $? 7
wait $tracer
equal "status" $? 0
equal "heap" "$(tail -n 1 t.jsonl | jq -c '[.coverage, .reasons, .usage["tree.heap"].peak]')" '["complete",[],131072]'
"$MEMTRACE" replay -q -o again.jsonl t.jsonl
equal "replayed" "$(tail -n 1 again.jsonl | jq -c .usage)" "$(tail -n 1 t.jsonl | jq -c .usage)"
