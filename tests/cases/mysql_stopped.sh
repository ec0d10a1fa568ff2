# A server that doesn't answer for 20 seconds has each event then, and the program isn't slowed.
# mostly waits
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
trap 'touch stop; jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
traced_more() { [ "$(wc -l <trace.jsonl)" -gt "$before" ]; }
has_rows() { [ "$(sql -e 'SELECT COUNT(*) FROM memory_event')" -gt 100 ]; }
"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/map_storm" 1 3000 stop 2>err &
traced=$!
wait_for has_rows

kill -STOP "$SERVER_PID"
end=$((SECONDS + 20))
while [ "$SECONDS" -lt "$end" ]; do
	before=$(wc -l <trace.jsonl)
	wait_for traced_more
	read -r -t 0.2 <> <(:) || true
done
[ -n "$(ls -A "$SPOOL" 2>/dev/null)" ] || fail "nothing waits on disk"
kill -CONT "$SERVER_PID"

touch stop
wait "$traced" || fail "status $?: $(cat err)"
database_equals trace.jsonl
equal "run" "$(sql -e 'SELECT coverage, lost, status FROM run')" "complete	0	0"
spool_is_empty
longest=$(jq -n '[inputs | .elapsed // 0] | [.[1:], .[:-1]] | transpose | map(.[0] - .[1]) | max' \
	trace.jsonl)
awk -v "longest=$longest" 'BEGIN { exit longest > 1 }' ||
	fail "the traced program once had to wait for $longest seconds"
