# Without LOAD DATA, and with small packets, the same gets in; what doesn't is named and kept.
. "$TOP/tests/lib/mysql.sh"
trace() { # STATUS COMMAND...
	local expected=$1
	shift
	equal "status" "$(status_of "$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$@" 2>err)" \
		"$expected"
}

server_start --local-infile=0
server_init
# shellcheck disable=SC2016 # for the inner shell
trace 7 sh -c '"$0"; "$1" 2000; exit 7' "$PROGS/wl_fork_tree" "$PROGS/map_storm"
equal "standard error" "$(cat err)" ""
database_equals trace.jsonl
before=$(sql -e "CHECKSUM TABLE run, name, memory_event, process, finding" | sed /run/d)
"$MEMTRACE" import -q --mysql="$DSN" trace.jsonl || fail "import: status $?"
equal "tables" "$(sql -e 'CHECKSUM TABLE run, name, memory_event, process, finding' |
	sed /run/d)" "$before"
spool_is_empty

for load in 0 1; do
	server_stop
	server_start --local-infile=$load --max-allowed-packet=64K
	# The words are about 170 K; a line of a thousand is let through.
	# shellcheck disable=SC2016 # for the inner shell
	trace 7 sh -c '/bin/true $(seq 20000); /bin/true $(seq 1000); exit 7'
	refused=$SPOOL/$(run_of trace.jsonl)-refused.jsonl
	if [ ! -e "$refused" ]; then
		[ $load = 1 ] || fail "nothing was refused: $(cat err)"
		database_equals trace.jsonl
		continue
	fi
	seq=$(jq -c 'select(.argv and (.argv | length) > 10000) | .seq' trace.jsonl)
	named="memtrace: the server refuses event $seq of run $(run_of trace.jsonl)"
	equal "standard error" "$(sed 's/: [^:]*; it/; it/' err)" "$named; it's in $refused"
	cmp <(sed -n "1p;$((seq + 1))p" trace.jsonl) "$refused" ||
		fail "what was refused isn't kept"
	equal "mode" "$(stat -c %a "$refused")" 600
	# The server is asked for one row less, and has it as the trace does.
	status_of "$MEMTRACE" export -q --mysql="$ADMIN_DSN" --run="$(run_of trace.jsonl)" \
		-o exported.jsonl >status 2>/dev/null
	equal "status of the export" "$(cat status)" 1
	cmp <(sed "$((seq + 1))d" trace.jsonl) exported.jsonl || fail "the other rows aren't there"

	# It's refused again, and stays, until the server takes more.
	equal "import --spool" "$(status_of "$MEMTRACE" import -q --spool --mysql="$DSN" \
		2>/dev/null)" 2
	server_stop
	server_start
	"$MEMTRACE" import -q --spool --mysql="$DSN" || fail "import --spool: status $?"
	database_equals trace.jsonl
	spool_is_empty
done
