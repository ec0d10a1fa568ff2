# The queries in sql/queries say what the traces say, to readers too, and read no table in full.
. "$TOP/tests/lib/mysql.sh"
need jq
server_start
server_init
tool made_trace runs 300 >trace.jsonl || fail "made_trace"
"$MEMTRACE" import -q --mysql="$DSN" trace.jsonl || fail "import"
events=$(grep -vc '^{"type":"start"' trace.jsonl)
equal "runs and events" "$(sql -e "SELECT COUNT(*), SUM(last_seq) FROM run; SELECT COUNT(*)
	FROM memory_event" | tr '\n\t' '  ')" "300 $events $events "
sql -e "UPDATE run SET seen_at = seen_at - INTERVAL 25 HOUR WHERE host = 'stale'"
sql -e "ANALYZE TABLE run, name, memory_event, process, finding" >analyzed || fail "ANALYZE"

ask() { # NAME TRACE
	sql -u reader <"$TOP/sql/queries/$1.sql" >"got.$1" 2>err || fail "$1: $(cat err)"
	tool mysql_expect query "$1" "$2" "got.$1" || fail "$1 of $2"
}

for file in "$TOP"/sql/queries/*.sql; do
	name=$(basename "$file" .sql)
	[ "$name" = reserved_committed ] || ask "$name" trace.jsonl # no usage in these
	# Each file is one statement, and each table is come to by a key. Tables that a query makes are
	# another matter: <derived2>, and what stands for no table.
	{ echo "EXPLAIN" && cat "$file"; } | sql -u reader >"plan.$name" 2>err || fail "$name: $(cat err)"
	awk -F '\t' '$3 !~ /^</ && $3 != "NULL"' "plan.$name" >tables
	awk -F '\t' '$4 == "ALL" || $4 == "index" || $6 == "NULL"' tables >bad
	[ ! -s bad ] || fail "$name reads a table in full: $(cat "plan.$name")"
	contains "plan of $name" "$(awk -F '\t' '$3 == "r"' tables)" "run_seen_at"
done
equal "queries" "$(printf '%s ' plan.* | sed 's/plan[.]//g')" \
	"$(tr '\n' ' ' <<-END
		biggest_mappings
		by_path
		failures
		growing
		rates
		reserved_committed
		top_mappers
		unreleased
		writable_executable
		writable_executable_now
	END
	)"

# The same in a session of the older way, and with jq instead.
sql -u reader --init-command="SET sql_mode = 'ANSI'" <"$TOP/sql/queries/failures.sql" |
	awk -F '\t' '{n += $4} END {print n}' >got
equal "failures" "$(cat got)" "$(jq -r 'if .type == "start" then .run + " " + .host else
	if .error then "failed" else empty end end' trace.jsonl |
	awk '$1 == "failed" {if (fresh) n++; next} {fresh = $2 != "stale"} END {print n}')"

# Address spaces, followed call by call, of processes that are made to be told apart.
sql -e "UPDATE run SET seen_at = seen_at - INTERVAL 25 HOUR"
tool made_trace lives >lives.jsonl || fail "made_trace"
"$MEMTRACE" import -q --mysql="$DSN" lives.jsonl || fail "import"
for name in growing unreleased writable_executable_now reserved_committed; do
	ask "$name" lives.jsonl
done
equal "who grows" "$(cut -f 3 got.growing | sort | uniq -c | awk '{printf "%s %s ", $1, $2}')" \
	"1 before_exec 1 by_brk 1 by_mmap 1 by_mremap 1 reborn 2 renewed "
# And of a program that keeps six of eight, and space that it never uses.
"$MEMTRACE" -q --mysql="$DSN" -- /usr/bin/python3 -c '
import os
from mmap import mmap, MAP_ANONYMOUS, MAP_PRIVATE
own = MAP_PRIVATE | MAP_ANONYMOUS
kept = [mmap(-1, 7345 * 4096, own) for _ in range(8)]
kept.pop().close()
kept.pop(3).close()
space = mmap(-1, 3 << 40, own | 0x4000) # MAP_NORESERVE
os._exit(0) # unmaps nothing
' || fail "python3: status $?"
sql -u reader <"$TOP/sql/queries/unreleased.sql" | awk -F '\t' '$5 == 7345 * 4096' | cut -f 1,3,6- >got
equal "unreleased" "$(tr '\t' ' ' <got)" "NULL mmap 6 1 $((6 * 7345 * 4096))"
sql -u reader <"$TOP/sql/queries/reserved_committed.sql" | head -n 1 >got
equal "reserved" "$(cut -f 1,5 got)" "$(hostname)	$((3 << 40))"

# Who only reads can't change anything.
for statement in "DELETE FROM run" "INSERT INTO name VALUES (X'00', 1, 'x')" \
	"UPDATE run SET lost = 1" "DROP VIEW procesos" \
	"CALL insertar_proceso(1, 'a', 'b', 1, 'Sun Nov 22 15:12:53 2026')"; do
	sql -u reader -e "$statement" 2>err && fail "a reader may: $statement"
	contains "$statement" "$(cat err)" "denied"
done
# And who writes neither deletes events nor does away with tables.
for statement in "DELETE FROM run" "DELETE FROM memory_event" \
	"DELETE FROM name" "DROP TABLE run" "TRUNCATE TABLE finding" "ALTER TABLE run ADD x INT"; do
	sql -u writer -e "$statement" 2>err && fail "a writer may: $statement"
	contains "$statement" "$(cat err)" "denied"
done
