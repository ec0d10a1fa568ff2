# Of a server that takes a mebibyte at a time, only events that are larger are refused.
. "$TOP/tests/lib/mysql.sh"
server_start --max-allowed-packet=1M
server_init
"$MEMTRACE" -q -o small.jsonl -- "$PROGS/map_storm" 1

# Names that are larger together than a packet.
{
	head -n 1 small.jsonl
	grep -m 1 '"call":"munmap"' small.jsonl | awk -v "name=$(printf %0100d 0)" '{
		sub(/"seq":[0-9]*,/, "")
		for (i = 1; i <= 15000; i++) {
			line = $0
			sub(/"type":"call",/, "&\"seq\":" i ",", line)
			sub(/"ret":/, "\"path\":\"/" name i "\",&", line)
			print line
		}
	}'
} >trace.jsonl
"$MEMTRACE" import -q --mysql="$DSN" trace.jsonl || fail "many names: status $?"
database_equals trace.jsonl

# Processes, too.
# shellcheck disable=SC2016 # for the inner shell
"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- sh -c 'for i in $(seq 300); do /bin/true; done' ||
	fail "many processes: status $?"
database_equals trace.jsonl
equal "processes" "$(sql -e "SELECT COUNT(*), COUNT(ended) FROM process
	WHERE run = $(run_hex trace.jsonl)")" "302	302"

# A command of which no statement can say all: only what holds its words is refused.
: >stop
# shellcheck disable=SC2046 # words
equal "status" "$(status_of "$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- \
	"$PROGS/map_storm" 1 0 stop $(printf '%0100d ' $(seq 12000)) 2>err)" 0
equal "rows and what is refused" "$(($(sql -e "SELECT COUNT(*) FROM memory_event
	WHERE run = $(run_hex trace.jsonl)") + $(grep -c "the server refuses event" err)))" \
	"$(tail -n 1 trace.jsonl | jq .seq)"
