# Hosts are tried in turn, the option file's too; a server that has nothing of the run gets its row.
. "$TOP/tests/lib/mysql.sh"
server_need
free_port() {
	/usr/bin/python3 -c 'import socket
with socket.create_server(("127.0.0.1", 0)) as server: print(server.getsockname()[1])'
}
port=$(free_port) dead=$(free_port)
server_start --skip-networking=0 --bind-address=127.0.0.1 --port="$port"
server_init
sql -e "CREATE USER tcp@'%'; GRANT memtrace_writer TO tcp@'%'; SET DEFAULT ROLE memtrace_writer FOR tcp@'%'"

# Host and port of an option file.
printf '[client]\nhost=127.0.0.1\nport=%s\n[memtrace]\nuser=tcp\n' "$port" >options
"$MEMTRACE" -q --mysql="mysql:///memtrace?defaults-file=$PWD/options" -o trace.jsonl -- true 2>err ||
	fail "status $?: $(cat err)"
equal "standard error" "$(cat err)" ""
database_equals trace.jsonl
# A port of the file, a host of the DSN.
"$MEMTRACE" -q --mysql="mysql://127.0.0.1/memtrace?defaults-file=$PWD/options" -o trace.jsonl -- true
database_equals trace.jsonl

# The second of two, whatever is asked of the connection before.
for host in "127.0.0.1:$dead,127.0.0.1:$port" "127.0.0.1:$port,127.0.0.1:$dead"; do
	"$MEMTRACE" -q --mysql="mysql://tcp@$host/memtrace" -o trace.jsonl -- true
	database_equals trace.jsonl
done
spool_is_empty

# The run's rows are deleted while it goes on: what comes later has a run all the same.
"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/map_storm" 1 500 stop &
traced=$!
run_is_there() { [ "$(sql -e "SELECT COUNT(*) FROM run WHERE ended IS NULL")" = 1 ]; }
run_is_back() { [ "$(sql -e "SELECT COUNT(*) FROM run WHERE run = $run AND last_seq > 0")" = 1 ]; }
wait_for run_is_there
run=$(run_hex trace.jsonl)
sql -e "DELETE FROM run WHERE run = $run; DELETE FROM memory_event WHERE run = $run"
wait_for run_is_back
touch stop
wait "$traced" || fail "status $?"
[ "$(sql -e "SELECT lost FROM run WHERE run = $run")" -gt 0 ] || fail "what was deleted isn't missed"
# And the trace still has it all.
"$MEMTRACE" import -q --mysql="$DSN" trace.jsonl || fail "import: status $?"
database_equals trace.jsonl
equal "lost" "$(sql -e "SELECT lost FROM run WHERE run = $run")" 0
