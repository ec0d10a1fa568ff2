# A memtrace that is killed leaves a beginning without gaps; its trace and the spool bring the rest.
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
trap 'touch stop; jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
has_rows() { [ "$(sql -e "SELECT COUNT(*) FROM memory_event WHERE run = $run")" -gt "$1" ]; }
has_trace() { [ -s trace.jsonl ] && [ "$(wc -l <trace.jsonl)" -gt 1 ]; }
spool_is_used() { [ -n "$(ls -A "$SPOOL" 2>/dev/null)" ]; }
nobody_writes() {
	[ "$(sql -e "SELECT COUNT(*) FROM information_schema.processlist
		WHERE user = 'writer'")" = 0 ]
}

has_beginning() { # WHEN: of the trace, each event once
	equal "gaps $1" "$(sql -e "SELECT COUNT(*) - MAX(seq), COUNT(*) - COUNT(DISTINCT seq)
		FROM memory_event WHERE run = $run")" "0	0"
	"$MEMTRACE" export -q --mysql="$ADMIN_DSN" --run="$(run_of trace.jsonl)" \
		-o exported.jsonl || fail "export $1"
	both=$(wc -l trace.jsonl exported.jsonl | awk '{print $1}' | sort -n | head -n 1)
	cmp <(head -n "$both" trace.jsonl) <(head -n "$both" exported.jsonl) ||
		fail "rows differ $1"
}

for round in 1 2 3; do
	rm -f stop trace.jsonl
	"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/map_storm" 1 50 stop 2>/dev/null &
	traced=$!
	wait_for has_trace
	run=$(run_hex trace.jsonl)
	wait_for has_rows $((1500 * round))
	if [ $round = 3 ]; then
		server_kill
		wait_for spool_is_used
	fi
	kill -KILL $traced
	wait $traced
	touch stop
	[ $round != 3 ] || server_start
	wait_for nobody_writes
	has_beginning "after the kill of round $round"
	# A line that was being written.
	[ $round != 2 ] || truncate -s -7 trace.jsonl
	"$MEMTRACE" import -q --mysql="$DSN" trace.jsonl || fail "import of round $round: status $?"
	"$MEMTRACE" import -q --spool --mysql="$DSN" || fail "import --spool: status $?"
	has_beginning "after the import of round $round"
	equal "events of the trace that are there" "$both" "$(wc -l <trace.jsonl)"
	spool_is_empty
	rm exported.jsonl
done
equal "runs" "$(sql -e 'SELECT COUNT(*), COUNT(ended), SUM(lost) FROM run')" "3	0	0"
rm trace.jsonl
