# A server that is killed and started again five times during one run has each event once.
. "$TOP/tests/lib/mysql.sh"
rows() { sql -e "SELECT COUNT(*) FROM memory_event"; }
grew() { [ "$(rows)" -gt "$before" ]; }
spool_is_used() { [ -n "$(ls -A "$SPOOL" 2>/dev/null)" ]; }
server_start
server_init
trap 'touch stop; jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/map_storm" 1 1000 stop 2>err &
traced=$!
before=0
for round in 1 2 3 4 5; do
	wait_for grew
	server_kill
	# At once, or when events wait on disk already.
	[ $((round % 2)) = 1 ] || wait_for spool_is_used
	server_start
	before=$(rows)
done
wait_for grew
touch stop
wait "$traced" || fail "status $?: $(cat err)"
database_equals trace.jsonl
equal "run" "$(sql -e 'SELECT coverage, lost, status FROM run')" "complete	0	0"
spool_is_empty
# What went wrong is told a few times at most, whatever the number of attempts.
[ "$(wc -l <err)" -le 10 ] || fail "standard error: $(cat err)"
