# Long traces come out as they went in, and events that are larger than servers take aren't lost.
# shellcheck disable=SC2094 # made_trace reads none of these
. "$TOP/tests/lib/mysql.sh"
need jq
server_start --innodb-flush-log-at-trx-commit=2 --innodb-log-file-size=256M
server_init
# Another name than .jsonl: too much for the schema, which the first of each kind are held to.
tool made_trace many 200000 >many || fail "made_trace"
head -n 2000 many >many.jsonl
equal "types" "$(jq -r .type many.jsonl | sort -u | tr '\n' ' ')" \
	"attach call detach exec exit finding fork lost start "
lines=$(wc -l <many)
# Whoever may write does; whoever may read reads.
wrong=
forget() {
	sql -e "TRUNCATE run; TRUNCATE memory_event; TRUNCATE name; TRUNCATE process;
		TRUNCATE finding"
}
load() { # DSN
	timeout 15 "$MEMTRACE" import --mysql="$1" many 2>err || return
	contains "import" "$(tail -n 1 err)" "1 trace: $((lines - 1)) events, $((lines - 1)) of them new"
}
# Meanwhile another, of no server: it gives up, though not all of it fits into memory.
timeout 25 "$MEMTRACE" import -q --mysql=mysql://writer@127.0.0.1:1/memtrace many 2>never &
never=$!
load "$DSN"
status=$?
if [ "$status" != 0 ]; then
	wrong="import as the writer: status $status: $(tail -n 1 err)"
	forget
	load "$ADMIN_DSN" || fail "import: $(tail -n 1 err)"
fi
"$MEMTRACE" export -q --mysql="$READER_DSN" --run="$(run_of many)" -o exported || fail "export"
cmp many exported || fail "it came out in another way"
equal "run" "$(sql -e "SELECT last_seq, lost, coverage, status, (SELECT COUNT(*) FROM memory_event)
	FROM run" | tr '\t' ' ')" "$((lines - 1)) 3 partial SIGKILL $((lines - 1))"
findings=$(sql -e "SELECT COUNT(*), MAX(allowed), MIN(rule), MAX(message), SUM(measured)
	FROM finding" | tr '\t' ' ')
expected=$(grep '^{"type":"finding"' many | sed 's/.*"value":\([0-9]*\),.*/\1/' |
	awk '{n++; sum += $1; if ($1 "" > last) last = $1 ""} END {print n,
		"18446744073709551615 max it'"'"'s \303\251 " last, sum}')
[ "$findings" = "$expected" ] || wrong+=$'\n'"findings: $findings, not $expected"
equal "names" "$(sql -e "SELECT COUNT(*), COUNT(DISTINCT text) FROM name" | tr '\t' ' ')" \
	"$(grep -o '"path":"/lib/[0-9]*"' many | sort -u | awk 'END {print NR, NR}')"
# Once more: nothing new, and soon over.
"$MEMTRACE" import --mysql="$DSN" many 2>err || fail "import again: $(tail -n 1 err)"
contains "import again" "$(tail -n 1 err)" "0 of them new"
rm exported

# Address spaces of 20,000 ranges, and 17 MB of arguments: more than max_allowed_packet, 16M, is.
tool made_trace maps 20000 17500000 >maps || fail "made_trace"
equal "lines of 17 MB" "$(awk 'length($0) > 17000000' maps | wc -l)" 1
run=$(run_of maps)
hex=$(run_hex maps)
# DATABASE's state after an attempt to put the trace into it: all of it, or all but what is named.
honest() { # HOW STATUS
	local rows
	rows=$(sql -e "SELECT GROUP_CONCAT(seq ORDER BY seq) FROM memory_event WHERE run = $hex")
	case $rows in
	1,2,3,4)
		equal "status by $1" "$2" 0
		"$MEMTRACE" export -q --mysql="$READER_DSN" --run="$run" 2>err | cmp - maps ||
			fail "by $1: all is stored, and comes out in another way: $(cat err)"
		;;
	1,3,4)
		contains "message by $1" "$(cat err)" "event 2 of run $run"
		equal "export by $1" "$(status_of "$MEMTRACE" export -q --mysql="$READER_DSN" \
			--run="$run" -o out 2>err)" 1
		contains "export by $1" "$(cat err)" "1 events of the run aren't in the database"
		sed 3d maps | cmp - out || fail "by $1: the rest came out in another way"
		;;
	*) fail "by $1: rows $rows: $(cat err)" ;;
	esac
	echo "$1: $rows"
}
honest LOAD "$(status_of "$MEMTRACE" import -q --mysql="$DSN" maps 2>err)" >>stored
forget
# By INSERT, which has to stand in one packet; as root, since mysql_hostile has the writer's rights.
server_stop
server_start --local-infile=0
status=$(status_of "$MEMTRACE" import -q --mysql="$ADMIN_DSN" maps 2>err)
honest INSERT "$status" >>stored
[ "$(sed -n 2p stored)" = "INSERT: 1,2,3,4" ] || [ "$status" != 0 ] ||
	fail "import says that all went well, and left an event out"
forget

# The same of a live trace, of a server that takes less.
sql -e "SET GLOBAL max_allowed_packet = 65536"
# shellcheck disable=SC2016 # for the inner shell
"$MEMTRACE" -q --mysql="$ADMIN_DSN" -o trace.jsonl -- \
	sh -c '/bin/true "$(printf %0100000d 1)"; exit 3' 2>err
equal "status" $? 3
big=$(awk 'length($0) > 60000' trace.jsonl | jq -r .seq)
[ -n "$big" ] || fail "no event is large"
hex=$(run_hex trace.jsonl)
for seq in $big; do
	contains "message about $seq" "$(cat err)" "event $seq of run $(run_of trace.jsonl)"
done
# Each event is in the database or in the spool, and none is nowhere.
{
	sql -e "SELECT seq FROM memory_event WHERE run = $hex"
	jq -r 'select(.seq) | .seq' "$SPOOL"/*-refused.jsonl
} | sort -n >there
jq -r 'select(.seq) | .seq' trace.jsonl | diff - there || fail "events are nowhere, or twice"
sql -e "SET GLOBAL max_allowed_packet = 16777216"
"$MEMTRACE" import -q --spool --mysql="$ADMIN_DSN" 2>err || fail "import --spool: $(cat err)"
database_equals trace.jsonl
spool_is_empty

# A command that is that long itself: what follows isn't to suffer.
sql -e "SET GLOBAL max_allowed_packet = 65536"
"$MEMTRACE" -q --mysql="$ADMIN_DSN" -o trace.jsonl -- true "$(printf %050000d 1)" 2>err
stored=$(sql -e "SELECT COUNT(*) FROM memory_event WHERE run = $(run_hex trace.jsonl)")
[ "$stored" -gt 0 ] || wrong+=$'\n'"nothing of a run with a long command is stored: $(cat err)"
wait "$never"
status=$?
[ "$status" = 2 ] ||
	wrong+=$'\n'"import into a server that doesn't answer: status $status: $(cat never)"
cat stored
[ -z "$wrong" ] || fail "$wrong"
