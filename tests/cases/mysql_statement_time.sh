# A statement that the server ends for its time is tried again: no row is refused for that.
. "$TOP/tests/lib/mysql.sh"
rows() { sql -e "SELECT COUNT(*) FROM memory_event"; }
grew() { [ "$(rows)" -gt 100 ]; }
server_start
server_init
trap 'touch stop; jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
sql -e "SET GLOBAL max_statement_time = 0.3"
"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/map_storm" 1 3000 stop 2>err &
traced=$!
wait_for grew
# Where rows are to be added, nobody may, for some seconds.
sql -e "SET max_statement_time = 0; START TRANSACTION;
	SELECT seq FROM memory_event WHERE seq > 10 FOR UPDATE; SELECT SLEEP(3); COMMIT" >/dev/null
touch stop
wait "$traced" || fail "status $?: $(cat err)"
equal "refused rows" "$(grep -c "the server refuses" err)" 0
sql -e "SET GLOBAL max_statement_time = 0"
database_equals trace.jsonl
spool_is_empty
