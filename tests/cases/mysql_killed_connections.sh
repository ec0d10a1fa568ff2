# A connection that is killed several times a second loses nothing, and rows still come.
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
trap 'touch stop; jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/map_storm" 1 500 stop 2>err &
traced=$!
kills=0
end=$((SECONDS + 8))
while [ "$SECONDS" -lt "$end" ]; do
	for id in $(sql -e "SELECT id FROM information_schema.processlist
		WHERE user = 'writer'"); do
		sql -e "KILL $id" 2>/dev/null && kills=$((kills + 1))
	done
	read -r -t 0.$((RANDOM % 4 + 1)) <> <(:) || true
done
[ "$kills" -ge 8 ] || fail "there were only $kills connections to kill"
[ "$(sql -e 'SELECT COUNT(*) FROM memory_event')" -gt 0 ] || fail "no row came between the kills"
touch stop
wait "$traced" || fail "status $?: $(cat err)"
database_equals trace.jsonl
equal "run" "$(sql -e 'SELECT coverage, lost, status FROM run')" "complete	0	0"
spool_is_empty
[ "$(wc -l <err)" -le "$kills" ] || fail "standard error: $(cat err)"
