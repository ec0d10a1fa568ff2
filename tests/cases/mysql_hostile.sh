# Whatever bytes names are made of, the database has just these, by LOAD DATA and by INSERT.
. "$TOP/tests/lib/mysql.sh"
need jq
server_start
server_init
mkdir files
(cd files && "$MEMTRACE" -q --mysql="$DSN" -o ../mapped.jsonl -- /usr/bin/python3 \
	"$TOP/tests/lib/hostile.py" map) || fail "hostile map: status $?"
"$MEMTRACE" -q --mysql="$DSN" -o run.jsonl -- /usr/bin/python3 "$TOP/tests/lib/hostile.py" exec ||
	fail "hostile exec: status $?"
"$MEMTRACE" -q --mysql="$DSN" -o names.jsonl -- "$PROGS/call_file_names" >/dev/null ||
	fail "call_file_names: status $?"
"$MEMTRACE" -q --mysql="$DSN" -o utf8.jsonl -- "$PROGS/call_file_utf8" >/dev/null ||
	fail "call_file_utf8: status $?"
cat mapped.jsonl run.jsonl >both
tool hostile seen both || fail "the programs didn't do it"
tool hostile trace >made.jsonl || fail "hostile trace"
"$MEMTRACE" import -q --mysql="$DSN" made.jsonl 2>err || fail "import: $(cat err)"
spool_is_empty

# Every byte of a name is in its column; of what is longer than that, in the body.
database_has() { # TRACE
	local run
	run=$(run_hex "$1")
	database_equals "$1"
	tool mysql_expect bytes "$1" >expected
	sql -e "SELECT e.seq, HEX(e.comm), HEX(e.call_name), HEX(n.text) FROM memory_event e
		LEFT JOIN name n ON n.run = e.run AND n.id = e.path WHERE e.run = $run ORDER BY e.seq" >got
	diff expected got >differences || fail "names of $1: $(head -n 4 differences)"
	equal "ids of $1" "$(sql -e "SELECT COUNT(*) - COUNT(DISTINCT text) FROM name
		WHERE run = $run")" 0
	equal "bodies of $1" "$(sql -e "SELECT COUNT(*) FROM memory_event WHERE run = $run AND
		NOT JSON_VALID(body)")" 0
	equal "command of $1" "$(sql -e "SELECT HEX(command) FROM run WHERE run = $run")" \
		"$(head -n 1 "$1" | jq -c .command | tr -d '\n' | sed 's/\\u007f/\x7f/g' |
			od -An -v -tx1 | tr -d ' \n' | tr a-f A-F)"
	equal "programs of $1" "$(sql -e "SELECT COUNT(*) FROM process WHERE run = $run AND exe IS NULL
		AND seen_late = 0 AND born = 1")" 0
}
traces="mapped.jsonl run.jsonl names.jsonl utf8.jsonl made.jsonl"
all() {
	local trace
	for trace in $traces; do
		database_has "$trace"
	done
	equal "runs" "$(sql -e "SELECT COUNT(*) FROM run")" 5
	# The views take what is no text, too.
	sql -u reader -e "SELECT * FROM event_named; SELECT * FROM procesos" >/dev/null 2>err ||
		fail "views: $(cat err)"
	for file in "$TOP"/sql/queries/*.sql; do
		sql -u reader <"$file" >/dev/null 2>err || fail "$file: $(cat err)"
	done
}
all
columns="CHECKSUM TABLE name, finding; SELECT run, host, command, last_seq, names, body FROM run
	ORDER BY run; SELECT run, seq, HEX(comm), HEX(call_name), body FROM memory_event ORDER BY 1, 2;
	SELECT * FROM process ORDER BY run, born"
sql -e "$columns" | sed 's/^memtrace\.//' >loaded

# Where LOAD DATA LOCAL isn't permitted, INSERTs do the same.
server_stop
server_start --local-infile=0
sql -e "DELETE FROM run; DELETE FROM name; DELETE FROM memory_event; DELETE FROM process;
	DELETE FROM finding"
for trace in $traces; do
	"$MEMTRACE" import -q --mysql="$DSN" "$trace" 2>err || fail "import of $trace: $(cat err)"
	equal "import" "$(cat err)" ""
done
all
sql -e "$columns" | sed 's/^memtrace\.//' >inserted
cmp loaded inserted || fail "LOAD DATA and INSERT differ: $(diff loaded inserted | head -n 4)"

# What is no trace is refused, and what isn't there isn't made up.
count() {
	sql -e "SELECT (SELECT COUNT(*) FROM run), (SELECT COUNT(*) FROM memory_event)" | tr '\t' ' '
}
before=$(count)
# FILE MESSAGE: of the refusal, one line
refused() {
	equal "status of $1" "$(status_of "$MEMTRACE" import -q --mysql="$DSN" "$1" 2>err)" 2
	equal "lines about $1" "$(wc -l <err)" 1
	contains "message about $1" "$(cat err)" "$2"
	equal "rows after $1" "$(count)" "$before"
}
for run in "" 1 "'); DROP TABLE run; --" 0190b0b0-b0b0-7000-8000-00000000000 \
	0190b0b0-b0b0-7000-8000-0000000000000 0190b0b0xb0b0-7000-8000-000000000000 \
	g190b0b0-b0b0-7000-8000-000000000000 "0190b0b0-b0b0-7000-8000-000000000000 "; do
	jq -c --arg run "$run" 'if .type == "start" then .run = $run else . end' names.jsonl >odd
	refused odd "its run isn't a UUID"
done
sed 1d names.jsonl >headless
refused headless "it doesn't begin with a start event"
sed -n 2p names.jsonl >headless
refused headless "it doesn't begin with a start event"
echo "no trace" >words
refused words "not an event"
head -c 100 /dev/zero >zeros
refused zeros "not an event"
refused missing "missing"
refused . "."
: >empty
equal "status of an empty file" "$(status_of "$MEMTRACE" import -q --mysql="$DSN" empty 2>err)" 0
equal "message about an empty file" "$(cat err)" ""
equal "rows" "$(count)" "$before"

# A trace that was cut short: all but the broken line, and the rest when it comes.
cp names.jsonl whole
lines=$(wc -l <whole)
head -c $(($(head -n $((lines / 2)) whole | wc -c) + 40)) whole |
	sed '1s/"run":"[^"]*"/"run":"0190b0b0-b0b0-7000-8000-00000000000a"/' >half
"$MEMTRACE" import -q --mysql="$DSN" half 2>err || fail "import of a cut trace: $(cat err)"
run="X'0190b0b0b0b070008000""00000000000a'"
equal "events of a cut trace" "$(sql -e "SELECT COUNT(*), MAX(seq) FROM memory_event
	WHERE run = $run" | tr '\t' ' ')" "$((lines / 2 - 1)) $((lines / 2 - 1))"
equal "its end" "$(sql -e "SELECT ended IS NULL, last_seq FROM run WHERE run = $run" |
	tr '\t' ' ')" "1 $((lines / 2 - 1))"
sed '1s/"run":"[^"]*"/"run":"0190b0b0-b0b0-7000-8000-00000000000a"/' whole >rest.jsonl
"$MEMTRACE" import --mysql="$DSN" rest.jsonl 2>err || fail "import of the rest: $(cat err)"
contains "import of the rest" "$(cat err)" "$((lines - lines / 2)) of them new"
database_equals rest.jsonl

# Broken in its middle: it's told where, and what stands before is in the database.
{ head -n 9 whole && echo '{"type":"call"}' && sed 1,9d whole; } |
	sed '1s/"run":"[^"]*"/"run":"0190b0b0-b0b0-7000-8000-00000000000b"/' >broken
equal "status" "$(status_of "$MEMTRACE" import -q --mysql="$DSN" broken 2>err)" 2
contains "message" "$(cat err)" "broken:10: "
equal "events before it" "$(sql -e "SELECT COUNT(*) FROM memory_event
	WHERE run = X'0190b0b0b0b07000800000000000000b'")" 8
