# The view event_named spells flags, addresses, devices, results and times as the event line does.
. "$TOP/tests/lib/mysql.sh"
need jq
[ "$(uname -m)" = x86_64 ] || skip "the names of x86_64"
server_start
server_init
named() { # RUN: all that the view says about a run but its bodies
	sql -u reader -e "SELECT run, seq, type, time, pid, tid, comm, call_name, addr, length, prot,
		flags, fd, file_offset, path, dev, inode, ret, error, ROUND(duration * 1e9)
		FROM event_named WHERE run = '$1' ORDER BY seq"
}

tool made_trace flags >trace.jsonl || fail "made_trace"
"$MEMTRACE" import -q --mysql="$DSN" trace.jsonl || fail "import"
database_equals trace.jsonl
# The rows hold bits, so that the names come from the view.
equal "flags in bodies" "$(sql -e "SELECT COUNT(*) FROM memory_event
	WHERE body LIKE '%prot%' OR body LIKE '%flags%'")" 0
tool mysql_expect named trace.jsonl >expected || fail "mysql_expect"
named "$(run_of trace.jsonl)" >got || fail "event_named"
# Held apart, for the end: devices, and bits of prot that have a name on another processor.
plain() { # FILE: rows without these
	awk -F '\t' -v OFS='\t' 'FILENAME == "foreign" {not[$1]; next}
		!($2 in not) {$16 = ""; print}' foreign "$1"
}
sql -e "SELECT seq FROM memory_event WHERE prot & 0x30" >foreign
equal "lines" "$(($(plain expected | wc -l) > 2000))" 1
diff <(plain expected) <(plain got) >differences || fail "event_named: $(head -n 6 differences)"

# A session that is in another place, and strict in another way, sees the same.
for session in "time_zone = '+09:00'" "sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES'" "sql_mode = ''" \
	"lc_time_names = 'es_ES'"; do
	sql -u reader --init-command="SET $session" -e "SELECT run, seq, time, addr, prot, flags, dev,
		ret FROM event_named ORDER BY seq" | md5sum >>sums
done
equal "sessions" "$(sort -u sums | wc -l)" 1

# What really happened: calls of programs, among them some that fail.
for prog in call_mmap_flags call_mmap_prot call_mmap_refused call_mremap call_mprotect call_shm \
	call_munmap call_mmap_file; do
	"$MEMTRACE" -q --mysql="$DSN" -o "$prog.jsonl" -- "$PROGS/$prog" >/dev/null ||
		fail "$prog: status $?"
	tool mysql_expect named "$prog.jsonl" >expected
	named "$(run_of "$prog.jsonl")" >got || fail "event_named"
	# Bits above the 32nd have no column: the body tells them.
	sql -e "SELECT seq FROM memory_event WHERE run = $(run_hex "$prog.jsonl") AND
		(prot & 0x30 OR body LIKE '%\"prot\"%' OR body LIKE '%\"flags\"%')" >foreign
	jq -r 'select([.prot, .flags] | tostring | test("0x[0-9a-f]{9}")) | .seq' "$prog.jsonl" |
		sort >beyond
	equal "bits beyond columns of $prog" "$(sort foreign | comm -13 - beyond)" ""
	equal "rows of $prog" "$(($(plain expected | wc -l) > 4))" 1
	diff <(plain expected) <(plain got) >differences || fail "$prog: $(head -n 6 differences)"
done

# Devices whose numbers have more than two digits, such as nvme's 103; and 0x10 and 0x20, which
# mean something on aarch64 only.
tool mysql_expect named trace.jsonl >expected
named "$(run_of trace.jsonl)" >got
for column in 16 11; do
	diff <(cut -f "$column" expected | sort -u) <(cut -f "$column" got | sort -u) | grep '^[<>]'
done >differences
[ ! -s differences ] || fail "event_named (left: the trace): $(head -n 20 differences)"
