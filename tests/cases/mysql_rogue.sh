# A server that asks for files gets none: at most, in answer to LOAD DATA, the rows that it was for.
# mostly waits
. "$TOP/tests/lib/mysql.sh"
need jq
server_start
server_init
ROGUE_PID=
trap 'server_kill; rogue_stop' EXIT

rogue_stop() {
	[ -z "$ROGUE_PID" ] || kill -KILL "$ROGUE_PID" 2>/dev/null
	[ -z "$ROGUE_PID" ] || wait "$ROGUE_PID" 2>/dev/null
	ROGUE_PID=
}

rogue_start() { # MODE
	MODE=$1
	mkdir -p "rogue.$MODE"
	/usr/bin/python3 "$TOP/tests/lib/rogue_mysql.py" "$MODE" "rogue.$MODE" 2>"rogue.$MODE/err" &
	ROGUE_PID=$!
	wait_for test -s "rogue.$MODE/port"
	ROGUE="mysql://writer:secret@127.0.0.1:$(cat "rogue.$MODE/port")/memtrace"
	: >"rogue.$MODE/sent"
	: >"rogue.$MODE/given"
}

secret=$(head -n 1 /etc/passwd)
[ -n "$secret" ] || skip "/etc/passwd can't be read"
# That it asked, and what it got for it.
got_nothing() {
	equal "errors of the rogue" "$(cat "rogue.$MODE/err")" ""
	[ "$(grep -c '^asked' "rogue.$MODE/sent")" -gt 0 ] || fail "$MODE didn't ask"
	equal "bytes that $MODE got" "$(wc -c <"rogue.$MODE/given")" 0
}

# An ask that is none of ours: the trace goes on as ever, its events wait in the spool.
for mode in login first all; do
	rogue_start "$mode"
	equal "status with $mode" "$(status_of "$MEMTRACE" -q --mysql="$ROGUE" -o "$mode.jsonl" -- \
		sh -c 'exit 7' 2>err)" 7
	got_nothing
	contains "message with $mode" "$(cat err)" "memtrace import --spool"
	case $(cat err "rogue.$MODE/sent") in *secret*) fail "the password is told" ;; esac
	case $(cat err) in *"$secret"*) fail "the file is told" ;; esac
	equal "files of the spool" "$(set -- "$SPOOL"/* && echo $#)" 1
	cmp "$mode.jsonl" "$SPOOL"/*.jsonl || fail "the spool isn't the trace"

	: >"rogue.$mode/sent"
	# It would try for some seconds; one is enough to be asked.
	status=$(status_of timeout 1 "$MEMTRACE" import -q --mysql="$ROGUE" "$mode.jsonl" 2>err)
	case $status in 2 | 124) ;; *) fail "import with $mode: status $status" ;; esac
	got_nothing
	equal "init with $mode" "$(status_of "$MEMTRACE" import -q --init --mysql="$ROGUE" 2>err)" 2
	equal "export with $mode" "$(status_of "$MEMTRACE" export -q --mysql="$ROGUE" \
		--run="$(run_of "$mode.jsonl")" -o out.jsonl 2>err)" 2
	got_nothing
	rogue_stop
	"$MEMTRACE" import -q --spool --mysql="$DSN" 2>err || fail "import --spool: $(cat err)"
	database_equals "$mode.jsonl"
	spool_is_empty
done

columns=$(($(grep -c '^COLUMN(' "$TOP/src/db/columns.def") + 2))
# What LOAD DATA gives is the rows, whatever name the server asks for, and only once.
for mode in load twice; do
	rogue_start "$mode"
	equal "status with $mode" "$(status_of "$MEMTRACE" -q --mysql="$ROGUE" -o "$mode.jsonl" -- \
		sh -c 'exit 7' 2>err)" 7
	grep -q '^asked' "rogue.$mode/sent" || fail "$mode didn't ask"
	[ -s "rogue.$mode/given" ] || fail "$mode got no rows"
	grep -qF "$secret" "rogue.$mode/given" && fail "$mode got the file"
	# One row an event, at most once an attempt: the type, then the number, between tabs.
	jq -r 'select(.seq) | .type + " " + (.seq | tostring)' "$mode.jsonl" | sort >expected
	cut -f 1,2 "rogue.$mode/given" | tr '\t' ' ' | sort -u >got
	equal "what else $mode got" "$(comm -23 got expected)" ""
	equal "rows that aren't whole" "$(awk -F '\t' -v n="$columns" 'NF != n' "rogue.$mode/given" |
		wc -l)" 0
	equal "files of the spool" "$(set -- "$SPOOL"/* && echo $#)" 1
	cmp "$mode.jsonl" "$SPOOL"/*.jsonl || fail "the spool isn't the trace"
	rogue_stop
	"$MEMTRACE" import -q --spool --mysql="$DSN" 2>err || fail "import --spool: $(cat err)"
	database_equals "$mode.jsonl"
	spool_is_empty
done

# Rows that aren't as they were asked for: no reason to fall, and to take the command along.
rogue_start null
equal "status with null" "$(status_of "$MEMTRACE" -q --mysql="$ROGUE" -o null.jsonl -- \
	sh -c 'exit 7' 2>err)" 7
