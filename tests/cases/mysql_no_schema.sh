# A database that can't be used is told once, with what makes it usable, and used as soon as it is.
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
trap 'touch stop; jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
has_run() { [ "$(sql -e "SELECT COUNT(*) FROM run WHERE run = $run" 2>/dev/null)" = 1 ]; }
says() { grep -q "^memtrace: the database can't be written to" err 2>/dev/null; }
spool_is_used() { [ -n "$(ls -A "$SPOOL" 2>/dev/null)" ]; }

spoil() { # WHAT FIX SAID: while the state is WHAT, events wait until FIX is done
	rm -f stop
	"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/map_storm" 1 2000 stop 2>err &
	traced=$!
	wait_for says
	wait_for spool_is_used
	contains "$1" "$(cat err)" "$3"
	contains "$1" "$(cat err)" "$SPOOL"
	run=$(run_hex trace.jsonl)
	$2 || fail "$1: the fix: status $?"
	wait_for has_run
	touch stop
	wait $traced || fail "$1: status $?: $(cat err)"
	database_equals trace.jsonl
	spool_is_empty
	equal "$1: said" "$(grep -c "can't be written to" err) $(wc -l <err)" "1 1"
}

# The command as it was said, but by somebody who may.
init() {
	local said
	said=$(grep -o "memtrace import --init .*" err)
	equal "what was said" "$said" "memtrace import --init '--mysql=$DSN'"
	"$MEMTRACE" import -q --init --mysql="$ADMIN_DSN"
}

sql -e "DROP TABLE run, name, memory_event, process, finding, memtrace_schema"
spoil "no tables" init "no tables"
sql -e "DELETE FROM memtrace_schema WHERE version > 1"
spoil "old tables" init "older memtrace"
sql -e "DROP DATABASE memtrace"
spoil "no database" init "memtrace"
sql -e "SET PASSWORD FOR writer@localhost = PASSWORD('another')"
password() { sql -e "SET PASSWORD FOR writer@localhost = ''"; }
spoil "wrong password" password "Access denied"

# For the whole of a run: its status is its own, and what it left is loaded afterwards.
sql -e "DROP TABLE memtrace_schema"
begin=$SECONDS
equal "status" "$(status_of "$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- sh -c 'exit 7' 2>err)" 7
[ $((SECONDS - begin)) -le 3 ] || fail "it took $((SECONDS - begin)) s to give up"
contains "standard error" "$(cat err)" "memtrace import --init '--mysql=$DSN'"
contains "standard error" "$(cat err)" "memtrace import --spool '--mysql=$DSN'"
"$MEMTRACE" import -q --init --spool --mysql="$ADMIN_DSN" || fail "import: status $?"
database_equals trace.jsonl
spool_is_empty
