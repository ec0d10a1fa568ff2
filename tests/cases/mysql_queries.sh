# The queries in sql/queries say what the traces say, to readers too, and read no table in full.
. "$TOP/tests/lib/mysql.sh"
need jq
server_start
server_init
tool made_trace runs 300 >trace.jsonl || fail "made_trace"
"$MEMTRACE" import -q --mysql="$DSN" trace.jsonl || fail "import"
events=$(($(wc -l <trace.jsonl) - 300))
equal "runs and events" "$(sql -e "SELECT COUNT(*), SUM(last_seq) FROM run; SELECT COUNT(*)
	FROM memory_event" | tr '\n\t' '  ')" "300 $events $events "
sql -e "UPDATE run SET seen_at = seen_at - INTERVAL 25 HOUR WHERE host = 'stale'"
sql -e "ANALYZE TABLE run, name, memory_event, process, finding" >analyzed || fail "ANALYZE"

for file in "$TOP"/sql/queries/*.sql; do
	name=$(basename "$file" .sql)
	sql -u reader <"$file" >"got.$name" 2>err || fail "$name: $(cat err)"
	tool mysql_expect query "$name" trace.jsonl "got.$name" || fail "$name"
	# Each file is one statement, and each table is come to by a key.
	{ echo "EXPLAIN" && cat "$file"; } | sql -u reader >"plan.$name" 2>err || fail "$name: $(cat err)"
	awk -F '\t' '$4 == "ALL" || $4 == "index" || $6 == "NULL"' "plan.$name" >bad
	[ ! -s bad ] || fail "$name reads a table in full: $(cat "plan.$name")"
	contains "plan of $name" "$(head -n 1 "plan.$name")" "run_seen_at"
done
equal "queries" "$(printf '%s ' got.* | sed 's/got[.]//g')" \
	"biggest_mappings by_path failures rates top_mappers writable_executable "

# The same in a session of the older way, and with jq instead.
sql -u reader --init-command="SET sql_mode = 'ANSI'" <"$TOP/sql/queries/failures.sql" |
	awk -F '\t' '{n += $4} END {print n}' >got
equal "failures" "$(cat got)" "$(jq -r 'if .type == "start" then .run + " " + .host else
	if .error then "failed" else empty end end' trace.jsonl |
	awk '$1 == "failed" {if (fresh) n++; next} {fresh = $2 != "stale"} END {print n}')"

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
