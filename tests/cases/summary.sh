# -c and -C: tables of what the events come to, by call and by process, in 80 columns.
set -e
"$MEMTRACE" -q -e %memory -o trace.jsonl -- sh -c "$PROGS/call_mremap >expected; ls / | sort" >listing

# The same figures as the events give when they are counted by hand.
"$MEMTRACE" replay -c -S name trace.jsonl 2>table
jq -rs '[.[] | select(.call)] | group_by(.call) | .[] | "\(.[0].call) \(length) \(map(select(.error)) | length)"' \
	trace.jsonl >counted
awk 'NR > 2 && /^---/ { exit } NR > 2 { errors = substr($0, 32, 6) + 0; print $NF, $4, errors }' table >shown
cmp counted shown || fail "calls: $(diff counted shown)"
jq -rs '[.[] | select(.call)] | group_by(.pid) | .[] | "\(.[0].pid) \(length)"' trace.jsonl | sort >counted
awk '/process$/ { on = 1; next } on && $1 ~ /^[0-9]/ && $NF != "total" { split(substr($0, 65), name, " "); print name[1], $4 }' table | sort >shown
cmp counted shown || fail "processes: $(diff counted shown)"
[ "$(wc -L <table)" -le 80 ] || fail "wider than 80 columns: $(cat table)"
equal "the biggest of mmap" "$(awk '$NF == "mmap" { print $(NF - 1) }' table | head -n 1 | tr -d KM | cut -d. -f1)" \
	"$(jq -rs '[.[] | select(.call == "mmap" and (.error | not)) | .length] | max | if . >= 1048576 then . / 1048576 else . / 1024 end | floor' trace.jsonl)"

# -c: no events, the command's streams are its own, the table goes to standard error or -o.
"$MEMTRACE" -q -c -- echo words >out 2>err
equal "the command's output" "$(cat out)" words
contains "the table" "$(cat err)" "mmap"
"$MEMTRACE" -q -c -o table -- echo words >out 2>err
equal "standard error with -o" "$(cat err)" ""
contains "the table in -o" "$(cat table)" "mmap"
grep -q '"type"' table && fail "-c printed events"
# -C: both.
"$MEMTRACE" -q -C -- true >out 2>err
grep -q '"call":"mmap"' out || fail "-C printed no events"
contains "-C's table" "$(cat err)" "% time"
"$MEMTRACE" -q -C --format=text -e mmap -- true 2>err | grep -q 'mmap(' || fail "no text beside -C"
equal "calls with -e mmap" "$(awk 'NR > 2 && /^---/ { exit } NR > 2 { print $NF }' err)" mmap

# Sorted as -S says, and what can't be is refused.
for key in time calls errors mapped unmapped biggest; do
	"$MEMTRACE" replay -c -S "$key" trace.jsonl 2>"by_$key"
done
awk 'NR > 2 && /^---/ { exit } NR > 2 { print $4 }' by_calls | sort -rnc || fail "not sorted by calls: $(cat by_calls)"
awk 'NR > 2 && /^---/ { exit } NR > 2 { print $1 }' by_time | sort -rnc || fail "not sorted by time: $(cat by_time)"
equal "a wrong key" "$(status_of "$MEMTRACE" -c -S size -- true 2>&1 | tail -n 1)" 125

# Not all of it seen is said; the exit status is the command's.
equal "status" "$(status_of "$MEMTRACE" -q -c -- sh -c 'exit 3' 2>/dev/null)" 3
"$MEMTRACE" -q -c --engine=notify -- true 2>err
contains "what notify can't see" "$(cat err)" "Not all was seen: entry_only_engine"
grep -q '^ \{24\} *[0-9]* .* mmap$' err || fail "times that nobody measured: $(cat err)"
# Several runs in one file, with ids of processes that come again, are summed.
cat trace.jsonl trace.jsonl >twice.jsonl
once=$(awk '$NF == "total" { print $4; exit }' by_time)
equal "calls of two runs" "$("$MEMTRACE" replay -c twice.jsonl 2>&1 | awk '$NF == "total" { print $4; exit }')" $((2 * once))
# What can't start leaves a file as it was, and says what is wrong, no more.
echo precious >keep
equal "no such command" "$(status_of "$MEMTRACE" -q -c -o keep -- ./no-such 2>err)" 127
equal "the file" "$(cat keep)" precious
equal "status, no table" "$(status_of "$MEMTRACE" -q -C -- ./no-such 2>err)" 127
equal "lines said" "$(wc -l <err)" 1
equal "-S without a table" "$(status_of "$MEMTRACE" -S calls -- true 2>err)" 125
contains "what to do" "$(cat err)" "add -c or -C"
# A reader of the tables that goes away is no failure, as with events.
mkfifo nobody
exec 3<>nobody
exec 4>nobody
exec 3<&-
"$MEMTRACE" -q -c -- true 2>&4
equal "status, nobody reads the table" $? 0
exec 4>&-
