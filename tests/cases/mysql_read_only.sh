# A server that is read-only for a while, a locked row and a deadlock are waited for.
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
trap 'touch stop; jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
rows() { sql -e "SELECT COUNT(*) FROM memory_event"; }
grew() { [ "$(rows)" -gt "$before" ]; }
spool_is_used() { [ -n "$(ls -A "$SPOOL" 2>/dev/null)" ]; }
spool_is_unused() { [ -z "$(ls -A "$SPOOL")" ]; }
counter() { sql -e "SHOW GLOBAL STATUS LIKE 'Innodb_$1'" | cut -f 2; }
somebody_waits() { [ "$(counter row_lock_current_waits)" -gt 0 ]; }
goes_on() {
	before=$(rows)
	wait_for grew
	wait_for spool_is_unused
}

sql -e "CREATE TABLE weight (n INT)"
"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/map_storm" 1 1000 stop 2>err &
traced=$!
before=0
wait_for grew

sql -e "SET GLOBAL read_only = 1"
wait_for spool_is_used
sql -e "SET GLOBAL read_only = 0"
goes_on

# The row that each batch begins with is somebody else's.
sql -e "START TRANSACTION; SELECT SLEEP(5) FROM run FOR UPDATE" >/dev/null &
locker=$!
wait_for somebody_waits
wait_for spool_is_used
wait "$locker"
goes_on

# The other one has the rows' end, then wants the run's row; it has changed more, so it stays.
dead=$(counter deadlocks)
mkfifo statements
sql <statements >/dev/null &
locker=$!
exec 3>statements
echo "START TRANSACTION; INSERT INTO weight SELECT seq FROM seq_1_to_100000;
	SELECT seq FROM memory_event ORDER BY run DESC, seq DESC LIMIT 1 FOR UPDATE;" >&3
wait_for somebody_waits
echo "SELECT run FROM run FOR UPDATE; COMMIT;" >&3
exec 3>&-
wait "$locker" || fail "the other one was to stay"
[ "$(counter deadlocks)" -gt "$dead" ] || fail "there was no deadlock"
goes_on

touch stop
wait "$traced" || fail "status $?: $(cat err)"
database_equals trace.jsonl
equal "run" "$(sql -e 'SELECT coverage, lost, status FROM run')" "complete	0	0"
spool_is_empty
contains "standard error" "$(cat err)" "read-only"
