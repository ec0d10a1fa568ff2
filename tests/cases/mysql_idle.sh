# What waits for a server is soon on disk, even while the program does nothing.
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
server_stop
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
spool_has_all() { cat "$SPOOL"/*.jsonl 2>/dev/null | cmp -s - trace.jsonl; }
mkfifo never
# shellcheck disable=SC2016 # for the inner shell
"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- sh -c '"$0"; : >idle; read -r x <never' \
	"$PROGS/wl_fork_tree" 2>err &
traced=$!
wait_for test -e idle
wait_for spool_has_all
kill -KILL "$traced"
wait "$traced"
server_start
"$MEMTRACE" import -q --spool --mysql="$DSN" || fail "import --spool: status $?"
database_equals trace.jsonl
spool_is_empty
