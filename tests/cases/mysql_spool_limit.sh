# What is beyond --spool-limit is lost, and that is said wherever one may look for it.
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
trap 'touch stop; jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
has_said() { grep -q "has reached --spool-limit" err 2>/dev/null; }
has_run() { [ "$(sql -e "SELECT COUNT(*) FROM run WHERE run = $run")" = 1 ]; }
traced_enough() { [ "$(stat -c %s trace.jsonl)" -gt 4000000 ]; }

begin() { # a run without a server, until the spool is full
	server_stop
	"$MEMTRACE" -q --mysql="$DSN" --spool-limit=1M -o trace.jsonl -- \
		"$PROGS/map_storm" 1 200 stop 2>err &
	traced=$!
	wait_for has_said
	wait_for traced_enough
	run=$(run_hex trace.jsonl)
	[ "$(cat "$SPOOL"/*.jsonl | wc -c)" -lt $((1100 << 10)) ] || fail "the spool is too large"
}

# What has no room there waits in memory, and goes in if the server is back in time.
begin
server_start
wait_for has_run
touch stop
wait $traced
equal "during: status" $? 0
database_equals trace.jsonl
spool_is_empty
rm -f stop trace.jsonl

lose() { # WHEN: for the words
	begin
	touch stop
	wait $traced
	equal "$1: status" $? 125
	lost=$(sed -n 's/^memtrace: \([0-9]*\) events for the database are lost$/\1/p' err)
	[ "${lost:-0}" -gt 1000 ] || fail "$1: standard error: $(cat err)"
	equal "$1: times it's said" "$(grep -c "has reached --spool-limit" err)" 1
	equal "$1: end" "$(tail -n 1 trace.jsonl | jq -c '[.coverage, .reasons]')" \
		'["partial",["spool_full"]]'

	server_start
	"$MEMTRACE" import -q --spool --mysql="$DSN" || fail "$1: import --spool: status $?"
	spool_is_empty
	equal "$1: missing" "$(sql -e "SELECT MAX(seq) - COUNT(*) FROM memory_event
		WHERE run = $run")" "$lost"
	"$MEMTRACE" export -q --mysql="$ADMIN_DSN" --run="$(run_of trace.jsonl)" \
		-o exported.jsonl 2>/dev/null
	equal "$1: status of the export" $? 1
	equal "$1: rows that differ" "$(grep -Fvxc -f trace.jsonl exported.jsonl)" 0
	equal "$1: run" "$(sql -e "SELECT coverage, lost FROM run WHERE run = $run")" \
		"partial	$lost"
	# The trace beside it, which lacks nothing, brings them after all.
	"$MEMTRACE" import -q --mysql="$DSN" trace.jsonl || fail "$1: import: status $?"
	database_equals trace.jsonl
}
lose after
server_stop

# Beyond it before anybody has looked: the end says it all the same.
equal "status" "$(status_of "$MEMTRACE" -q --mysql="$DSN" --spool-limit=100K -o short.jsonl -- \
	"$PROGS/map_storm" 2000 2>/dev/null)" 125
equal "end of a short run" "$(sed -n '$p' "$SPOOL"/*.jsonl | jq -c '[.coverage, .reasons]')" \
	'["partial",["spool_full"]]'
# The command's own status, if it has one.
equal "status" "$(status_of "$MEMTRACE" -q --mysql="$DSN" --spool-limit=1 -o small.jsonl -- \
	sh -c 'exit 7' 2>/dev/null)" 7
