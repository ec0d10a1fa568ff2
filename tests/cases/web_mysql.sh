# A page of what another memtrace writes into MariaDB: seen within a second, through the server's death and return.
. "$TOP/tests/lib/mysql.sh"
. "$TOP/tests/lib/web.sh"
server_start
server_init
trap 'kill -KILL "$PAGE_PID" "$TRACED" 2>/dev/null; server_kill' EXIT
mkfifo to from
exec 3<>to 4<>from
"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/page_maps" <to >from 2>traced.err 3>&- 4>&- &
TRACED=$!
say map 40960000
page_start serve --mysql="$READER_DSN"
wait_for is_true '/api/v1/events?min_size=40960000' '.events[0].call == "mmap"'
equal run "$(get /api/v1/run | jq -r .id)" "$(run_of trace.jsonl)"
pid=$(get /api/v1/processes | jq .processes[0].pid)
wait_for is_true "/api/v1/mappings?pid=$pid&limit=1" '.mappings.ranges[0].length == 40960000'
begin=$EPOCHREALTIME
say map 81920000
wait_for is_true '/api/v1/events?min_size=81920000' '.events[0].call == "mmap"'
echo "seen after $(echo "$EPOCHREALTIME $begin" | awk '{print $1 - $2}') s"

# The database is gone: said on the page. It comes back: so do the rows.
server_kill
tool web stream "$BASE/api/v1/stream" "$TOKEN" 1 >/dev/null
troubled() { tool web stream "$BASE/api/v1/stream" "$TOKEN" 1 | cut -d' ' -f2- | jq -e '.trouble // empty | contains("database")' >/dev/null; }
wait_for troubled
say map 163840000
server_start 3>&- 4>&- # which would keep them
wait_for is_true '/api/v1/events?min_size=163840000' '.events[0].call == "mmap"'
untroubled() { ! troubled; }
wait_for untroubled
exec 3>&-
wait "$TRACED"
wait_for is_true /api/v1/run '.run.end.coverage == "complete"'
equal 'all events' "$(get /api/v1/run | jq .run.events)" "$(($(wc -l <trace.jsonl) - 1))"
page_stop
equal ended "$STATUS" 0

# By run, by machine, by time.
page_start serve --mysql="$READER_DSN" --run="$(run_of trace.jsonl)"
wait_for is_true /api/v1/run '.run.end != null'
page_stop
page_start serve --mysql="$READER_DSN" --host="$(hostname)" --since=1h
wait_for is_true /api/v1/run '.run.end != null'
page_stop
# More runs than are followed at once: the newest ones are.
page_start serve --mysql="$READER_DSN"
for i in $(seq 20); do
	"$MEMTRACE" -q --mysql="$DSN" -o "run$i.jsonl" -- true || fail "run $i"
done
wait_for is_true "/api/v1/run?run=$(run_of run20.jsonl)" '.run.end != null'
is_true /api/v1/runs '.runs | length >= 16 and length <= 32' || fail "runs: $(get /api/v1/runs | jq '.runs | length')"
page_stop

# What programs of the older system insert is there as well, as it comes.
sql -e "CALL insertar_proceso(77, 'antiguo', 'mmap', 4096, 'Sun Nov 22 15:12:53 2026')"
page_start serve --mysql="$READER_DSN"
old=00000000-0000-7000-8000-000000000000
wait_for is_true "/api/v1/events?run=$old" '.events | map([.pid, .comm, .call, .length]) == [[77, "antiguo", "mmap", 4096]]'
sql -e "CALL insertar_proceso(77, 'antiguo', 'munmap', 4096, 'Sun Nov 22 15:12:54 2026')"
wait_for is_true "/api/v1/events?run=$old" '.events | map(.call) == ["mmap", "munmap"]'
equal 'its process' "$(get "/api/v1/processes?run=$old" | jq -c '.processes | map([.pid, .comm, .calls])')" '[[77,"antiguo",2]]'
page_stop
page_start serve --mysql="$READER_DSN" --host=nobody
equal none "$(get /api/v1/runs)" '{"runs":[]}'
page_stop
equal 'no such run' "$(status_of "$MEMTRACE" serve --mysql="$READER_DSN" --run=0190b0b0-b0b0-7000-8000-000000000000 2>err)" 2
contains words "$(cat err)" 'has no run'
