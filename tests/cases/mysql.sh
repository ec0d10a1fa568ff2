# A command's events go into the database as they come, and come out again as they went in.
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/wl_fork_tree" 2>err || fail "status $?: $(cat err)"
equal "standard error" "$(cat err)" ""
database_equals trace.jsonl
equal "run" "$(sql -e "SELECT engine, coverage, lost, status, last_seq = $(wc -l <trace.jsonl) - 1,
	host = '$(hostname)', command FROM run")" \
	"ptrace	complete	0	0	1	1	[\"$PROGS/wl_fork_tree\"]"
spool_is_empty

# Nothing else is printed, and the command's streams are its own.
equal "streams" "$("$MEMTRACE" -q --mysql="$DSN" -- echo out 2>&1)" "out"
equal "runs" "$(sql -e "SELECT COUNT(*), COUNT(ended) FROM run")" "2	2"
# -o - brings the events back, and with them the command's output goes to standard error.
"$MEMTRACE" -q --mysql="$DSN" -o - -- echo out 2>err | head -n 1 | jq -r .type >first
equal "first event" "$(cat first)" "start"
equal "standard error" "$(cat err)" "out"
equal "status" "$(status_of "$MEMTRACE" -q --mysql="$DSN" -- sh -c 'exit 7')" 7
# Nor has it descriptors of memtrace's: the connection, the spool.
open_in() { "$@" /usr/bin/python3 -c 'import os; print(os.listdir("/proc/self/fd"))' </dev/null; }
equal "descriptors" "$(open_in "$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl --)" "$(open_in env)"

# Importing what is there changes nothing.
before=$(sql -e "CHECKSUM TABLE run, name, memory_event, process, finding" | sed /run/d)
"$MEMTRACE" import --mysql="$DSN" trace.jsonl 2>err || fail "import: $(cat err)"
contains "import" "$(cat err)" "0 of them new to the database"
equal "tables" "$(sql -e "CHECKSUM TABLE run, name, memory_event, process, finding" | sed /run/d)" \
	"$before"
