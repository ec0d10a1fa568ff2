# Children that were there before the attach aren't traced, unless they share the address space; later ones are.
# engine: ptrace
# shellcheck shell=bash
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
mkfifo go
cat >parent.sh <<'END'
"$PROGS/attach_sleeper" nanosleep 1000 >child.out &
echo "$!"
read -r _
/bin/true
kill "$!"
exit 5
END
bash parent.sh <go >out &
parent=$!
exec 3>go
wait_for test -s out
child=$(cat out)
"$MEMTRACE" -q -o t.jsonl -p $parent &
tracer=$!
wait_for grep -qs '"type":"attach"' t.jsonl
equal "the child's tracer" "$(awk '/^TracerPid/ {print $2}' "/proc/$child/status")" 0
echo >&3
wait $parent
equal "status of the parent" $? 5
wait $tracer
equal "status" $? 0
equal "events of the child" "$(jq -c "select(.pid == $child)" t.jsonl)" ""
equal "births" "$(grep -c '"type":"fork"' t.jsonl)" 1
equal "what was born executed" "$(jq -r 'select(.type == "exec").exe' t.jsonl | xargs basename)" true
equal "coverage" "$(tail -n 1 t.jsonl | jq -r .coverage)" complete
