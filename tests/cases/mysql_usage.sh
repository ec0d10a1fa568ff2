# The table `process` has what each process had of each metric, however its events came; and a database
# of the version before gains the columns in place.
# shellcheck disable=SC2034 # DATABASE: for sql
. "$TOP/tests/lib/mysql.sh"
need jq
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
COLUMNS_="mapped_last, committed_last, mapped_peak, committed_peak, reserved_peak, file_peak,
	shared_peak, exec_peak, stack_peak, heap_peak, vmas_peak"
tables() { sql -e "CHECKSUM TABLE run, name, memory_event, process, finding" | grep -v '[.]run\b'; }

# What the events say: of each pid, which no trace here uses twice, its last usage.
told() { # TRACE
	jq -r 'select(.type == "exit" or .type == "detach") | .usage as $u | [.pid, $u.mapped.last,
		$u.committed.last, ($u.mapped, $u.committed, $u.reserved, $u.file, $u.shared, $u.exec,
		$u.stack, $u.heap, $u.vmas | .peak)] | map(. // "NULL") | join(" ")' "$1" | sort
}

process_equals() { # TRACE
	told "$1" >expected
	sql -e "SELECT pid, $COLUMNS_ FROM process WHERE run = $(run_hex "$1")" | tr '\t' ' ' |
		sort >got
	diff expected got >differences || fail "processes of $1: $(head -n 6 differences)"
}

# ---- a database of version 3, with rows ----

server_start
sql_plain() { DATABASE=mysql sql "$@"; }
sql_plain -e "CREATE DATABASE memtrace"
for number in 001 002 003; do
	sql <"$(echo "$TOP/sql/$number"-*.sql)" || fail "$number"
done
sql -e "INSERT INTO process (run, born, pid, comm, started, ended, max_rss)
	VALUES (X'00', 1, 10, 'old', 1, 2, 4096), (X'00', 2, 11, NULL, 1, NULL, NULL)"
old=$(sql -e "SELECT * FROM process")
"$MEMTRACE" -q -o some.jsonl -- true
equal "import before the upgrade" "$(status_of "$MEMTRACE" import -q --mysql="$ADMIN_DSN" some.jsonl 2>err)" 2
contains "what to do" "$(cat err)" "(memtrace import --init creates or upgrades the tables)"
"$MEMTRACE" import --init --mysql="$ADMIN_DSN" 2>err || fail "--init: $(cat err)"
equal "--init" "$(sed -n 's/.*applying \(...\)-.*/\1/p' err | head -n 2 | paste -sd' ')" "004 005"
equal "old rows" "$(sql -e "SELECT run, born, pid, parent, seen_late, comm, exe, started, ended, code,
	signal_name, max_rss FROM process")" "$old"
equal "new columns of old rows" "$(sql -e "SELECT COUNT(*) FROM process
	WHERE COALESCE($COLUMNS_) IS NULL")" 2
sql -e "DELETE FROM process"
# It's upgraded now, and the same as one that began so.
server_init
describe() { sql -e "SHOW CREATE TABLE process"; }
describe >upgraded
DATABASE=fresh
sql_plain -e "CREATE DATABASE fresh"
"$MEMTRACE" import -q --init --mysql="${ADMIN_DSN/memtrace/fresh}" || fail "--init of a fresh one"
describe | diff upgraded - || fail "upgraded (left) and fresh differ"
DATABASE=memtrace
# Broken off before it was noted: again.
sql -e "DELETE FROM memtrace_schema WHERE version >= 4"
"$MEMTRACE" import -q --init --mysql="$ADMIN_DSN" || fail "--init again"
describe | diff upgraded - || fail "--init again changed the table"

# ---- live, and imported ----

"$MEMTRACE" -q --mysql="$DSN" -o live.jsonl -- "$PROGS/wl_fork_tree" || fail "status $?"
process_equals live.jsonl
equal "processes" "$(($(wc -l <expected) > 3))" 1
equal "all have all" "$(grep -c NULL expected)" 0
before=$(tables)
"$MEMTRACE" import -q --mysql="$DSN" live.jsonl || fail "import again"
equal "after import again" "$(tables)" "$before"

# From the spool as from the trace, and in two parts of which the second comes first.
part() { # FIRST LAST: these events of the trace
	head -n 1 live.jsonl
	sed 1d live.jsonl | sed -n "$1,$2p"
}
rows() { sql -e "SELECT * FROM process"; }
rows >expected.rows
last=$(($(wc -l <live.jsonl) - 1))
for half in $((last / 3)) $((last / 2)) $((last - 2)); do
	sql -e "DELETE FROM run; DELETE FROM name; DELETE FROM memory_event; DELETE FROM process"
	part $((half + 1)) "$last" >later.txt
	"$MEMTRACE" import -q --mysql="$DSN" later.txt || fail "the end first"
	"$MEMTRACE" import -q --mysql="$DSN" live.jsonl || fail "then all"
	rows | diff expected.rows - || fail "rows differ when events from $half on come first"
done

# What runs on has no end, but what it had when it was let go.
mkfifo go
"$PROGS/attach_sleeper" read >sleeper.out <go &
sleeper=$!
exec 3>go
wait_for grep -q ready sleeper.out
"$MEMTRACE" -q -p "$sleeper" --duration=10ms --mysql="$DSN" -o detach.jsonl || fail "-p: status $?"
exec 3>&-
process_equals detach.jsonl
equal "let go" "$(sql -e "SELECT ended IS NULL, mapped_peak > 0 FROM process
	WHERE run = $(run_hex detach.jsonl)")" "1	1"

# Where only some calls are captured, nothing is known.
"$MEMTRACE" -q -e mmap --mysql="$DSN" -o some.jsonl -- true || fail "-e mmap: status $?"
process_equals some.jsonl
equal "not known" "$(sql -e "SELECT COUNT(*), COUNT(COALESCE($COLUMNS_)) FROM process
	WHERE run = $(run_hex some.jsonl)")" "1	0"

# Let go twice: the greater peak, and the last of what it had; whichever comes first.
line() { # SEQ TYPE LAST PEAK
	jq -c --arg type "$2" --argjson n "[$1, $3, $4]" '. + {type: $type, seq: $n[0]} |
		if $type == "detach" then . + {usage: {mapped: {last: $n[1], peak: $n[2]},
		vmas: {last: 0, peak: 18446744073709551615}}} else . end' one.txt
}
jq -c 'select(.type == "exit") | {type, seq, time, elapsed, pid, tid, comm}' some.jsonl >one.txt
{
	head -n 1 some.jsonl | sed 's/"run":"......../"run":"00000000/'
	line 1 detach 5 9
	line 2 detach 4 7
} | sed 's/18446744073709552000/18446744073709551615/' >twice.txt
"$MEMTRACE" import -q --mysql="$DSN" twice.txt || fail "import: status $?"
equal "twice" "$(sql -e "SELECT seen_late, mapped_last, mapped_peak, vmas_peak, heap_peak FROM process
	WHERE run = $(run_hex twice.txt)" | tr '\t' ' ')" "0 4 9 18446744073709551615 NULL"
