# Imports of one trace at the same time, from files and the spool, leave each event and name once.
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
has_rows() { [ "$(sql -e "SELECT COUNT(*) FROM memory_event WHERE run = $run")" -gt 0 ]; }
load() { "$MEMTRACE" import -q --mysql="$DSN" "$@"; }
"$MEMTRACE" -q -o small.jsonl -- "$PROGS/map_storm" 1

make_trace() { # FILE RUN EVENTS: an event repeated, each fifth with one of many names
	head -n 1 small.jsonl | sed "s/\"run\":\"[^\"]*/\"run\":\"$2/"
	# The line is cut once: mawk takes a third of a millisecond for each sub().
	grep -m 1 '"call":"munmap"' small.jsonl | awk -v "n=$3" '{
		type = "\"type\":\"call\","
		sub(/"seq":[0-9]*,/, "")
		ret = index($0, "\"ret\":")
		from = index($0, type) + length(type)
		for (i = 1; i <= n; i++)
			print substr($0, 1, from - 1) "\"seq\":" i "," substr($0, from, ret - from) \
				(i % 5 ? "" : "\"path\":\"/lib/name" i % 3000 "\",") substr($0, ret)
	}'
	tail -n 1 small.jsonl |
		sed "s/\"seq\":[0-9]*/\"seq\":$(($3 + 1))/; s/\"events\":[0-9]*/\"events\":$3/"
}

spool_it() { # TRACE: as if a memtrace had left it there
	(umask 077 && mkdir -p "$SPOOL")
	cp "$1" "$SPOOL/$(run_of "$1")-00000.jsonl"
}

try() { # TRACE ARGS...: imports at once; one more as soon as there are rows
	local trace=$1 pids=() args
	run=$(run_hex "$trace")
	shift
	for args; do
		load "$args" 2>>err &
		pids+=($!)
	done
	wait_for has_rows
	load "$trace" 2>>err || fail "the late import: status $?: $(cat err)"
	for args in "${pids[@]}"; do
		wait "$args" || fail "status $?: $(cat err)"
	done
	database_equals "$trace"
	equal "names" "$(sql -e "SELECT COUNT(*), COUNT(DISTINCT text), MIN(id), MAX(id)
		FROM name WHERE run = $run")" "600	600	0	599"
	spool_is_empty
}

for round in 1 2 3; do
	make_trace . "00000000-0000-7000-8000-00000000000$round" 100000 >trace.jsonl
	[ $round = 1 ] || spool_it trace.jsonl
	case $round in
	1) try trace.jsonl trace.jsonl trace.jsonl ;;
	2) try trace.jsonl trace.jsonl --spool ;;
	3) try trace.jsonl --spool trace.jsonl --spool trace.jsonl ;;
	esac
done
