# A row is visible a second after its event at the latest, few or many.
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
trap 'touch stop; jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
has_rows() { [ "$(sql -e "SELECT COUNT(*) FROM memory_event WHERE run = $run")" -gt 10 ]; }

watch() { # WHAT PAUSE_US: of a program that calls all the time, the newest event is young
	rm -f stop trace.jsonl
	"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/map_storm" 1 "$2" stop 2>err &
	traced=$!
	wait_for test -s trace.jsonl
	run=$(run_hex trace.jsonl)
	wait_for has_rows
	local end=$((SECONDS + 4)) lag
	while [ "$SECONDS" -lt "$end" ]; do
		lag=$(sql -e "SELECT UNIX_TIMESTAMP(NOW(6)) - MAX(at) / 1e9 FROM memory_event
			WHERE run = $run")
		awk -v "lag=$lag" 'BEGIN { exit lag > 1 }' ||
			fail "$1: the newest row is $lag s old"
		kill -0 $traced || fail "$1: it ended"
	done
	touch stop
	wait $traced || fail "$1: status $?: $(cat err)"
	equal "$1: standard error" "$(cat err)" ""
	database_equals trace.jsonl
}

watch "a trickle" 100000
watch "a stream" 2000
spool_is_empty
