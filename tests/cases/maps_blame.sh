# memtrace maps: a space at a moment of a run, as the kernel had it; memtrace blame: who did what to an address.
# shellcheck shell=bash
"$MEMTRACE" -q -k -o trace.jsonl -- "$PROGS/hunt" >said || fail "hunt"
read -r leaked last <said

# At the end: the ranges that were resident then, which smaps told of, are among them.
"$MEMTRACE" maps trace.jsonl >ranges || fail "maps"
jq -r 'select(.type == "exit").residency[] | .start[2:] + " " + .end[2:]' trace.jsonl | while read -r start end; do
	awk -v at="$start" -F'[- ]' '$1 <= at && at < $2 { found = 1 } END { exit !found }' ranges ||
		fail "$start-$end was there, and isn't in maps"
done
equal "leaks" "$(grep -c 'at open_request hunt.c:' ranges)" $((leaked / 65536))
contains "libraries" "$(cat ranges)" "libc.so.6  # made"

# Of a program that prints its own maps: line for line, neighbours that are alike taken for one.
cat >own.py <<'END'
import mmap
kept = [mmap.mmap(-1, size << 12) for size in (3, 700, 5)]
del kept[1]
text = open("/proc/self/maps").read()
print(text, end="", flush=True)
END
"$MEMTRACE" -q -o own.jsonl -- /usr/bin/python3 own.py >own
join() { # neighbours of the same perms, file and offset
	/usr/bin/python3 -c 'import sys
last = None
for line in sys.stdin:
    span, perms, offset, dev, inode = line.split("#")[0].split()[:5]
    if "[vsyscall]" in line or "[stack]" in line or "[heap]" in line:
        continue
    start, end = (int(x, 16) for x in span.split("-"))
    offset = int(offset, 16)
    if last and last[1] == start and last[2:5] == [perms, dev, inode] and (
            inode == "0" or last[5] + start - last[0] == offset):
        last[1] = end
        continue
    if last:
        print(*last)
    last = [start, end, perms, dev, inode, offset]
print(*last)'
}
# The moment: after the last call before python wrote, which is the one before its end begins.
seq=$(/usr/bin/python3 - <<'END'
import json
size = 700 << 12
calls = [e for e in map(json.loads, open("own.jsonl")) if e["type"] == "call"]
print([c for c in calls if c["call"] == "munmap" and c["length"] == size][-1]["seq"])
END
)
"$MEMTRACE" maps --seq="$seq" own.jsonl | join >ours
join <own >theirs
more=$(diff ours theirs | grep -c '^[<>]')
[ "$more" -le 4 ] || fail "$more lines differ: $(diff ours theirs)" # what python mapped to read and print
"$MEMTRACE" maps --seq=1 own.jsonl >first
[ "$(wc -l <first)" -lt "$(wc -l <ours)" ] || fail "as many at the start as later"
contains "the image" "$(cat first)" "made 0.0"

# What is different.
elapsed=$(jq "select(.seq == $seq).elapsed" own.jsonl)
before=$(jq "select(.seq == $((seq - 1))).elapsed" own.jsonl)
"$MEMTRACE" maps --at="${before}s" --diff="${elapsed}s" own.jsonl >changes || fail "diff"
equal "one is gone" "$(grep -c '^-' changes) $(grep -c '^+' changes)" "1 0"

blame() { "$MEMTRACE" blame trace.jsonl "$@"; }
blame "$last" >history || fail "blame"
equal "newest first" "$(grep -oE '^  [0-9.]+ (mapped|unmapped)' history | awk '{ print $2 }' | head -n 3 | tr '\n' ' ')" \
	"mapped unmapped mapped " # the next one, which leaks, lies there, too
contains "by whom" "$(cat history)" "unmapped by munmap of tid "
contains "where" "$(cat history)" "at close_request hunt.c:"
contains "the stack" "$(cat history)" "main hunt.c:"
equal "without 0x" "$(blame "${last#0x}")" "$(cat history)"
first=$(jq -s "[.[] | select(.ret == \"$last\")][0].elapsed" trace.jsonl)
equal "as of a moment" "$(blame --at="${first}s" "$last" | grep -c '^  [0-9]')" 1
contains "never" "$(blame 0x1000)" "nothing was ever mapped there"
equal "by no such process" "$(blame --pid=1 "$last")" "$last: nothing was ever mapped there in process 1"

# A child has what its parent did before; and a pid can be chosen.
"$MEMTRACE" -q -o forks.jsonl -- sh -c '(ls >/dev/null; :); :'
child=$(jq -r 'select(.type == "fork").child' forks.jsonl | head -n 1)
stack=$(jq -rs '[.[] | select(.type == "exec").maps[] | select(.path == "[stack]").start][0]' forks.jsonl)
contains "inherited" "$("$MEMTRACE" blame --pid="$child" forks.jsonl "$stack")" "inherited from process"
contains "maps of the child" "$("$MEMTRACE" maps --pid="$child" forks.jsonl)" "[stack]"

# Of a process that is let go and lives on.
tail -f /dev/null &
"$MEMTRACE" -q -o attached.jsonl -p $! --duration=100ms
equal "let go" "$(jq -r .type attached.jsonl | tail -n 2 | tr '\n' ' ')" "detach end "
"$MEMTRACE" maps attached.jsonl | join >ours
equal "of one that is let go" "$(cat ours)" "$(join <"/proc/$!/maps")"
kill $!

# Names may hold anything, and are shown to a terminal.
jq -c '"\u001b[2J\nb\u009b2J\u202e\u2028\u061c" as $odd | if .comm then .comm = $odd else . end
	| if .path then .path = "/" + $odd else . end | if .host then .host = $odd else . end
	| if .command then .command = [$odd] else . end | if .stack then .stack[].symbol = $odd else . end
	| if .maps then .maps[].path = "/" + $odd else . end' trace.jsonl >hostile.jsonl
for command in "maps hostile.jsonl" "blame hostile.jsonl $last" "report hostile.jsonl" \
	"report --by=path hostile.jsonl" \
	"report --folded=mapped hostile.jsonl" "diff trace.jsonl hostile.jsonl" "diff hostile.jsonl trace.jsonl" \
	"check --deny failed --deny leak hostile.jsonl" "check --deny failed --report github:- hostile.jsonl" \
	"check --deny failed --report markdown:- hostile.jsonl" "check --init hostile.jsonl"; do
	# shellcheck disable=SC2086 # words
	LC_ALL=C.UTF-8 "$MEMTRACE" $command >out
	[ $? -le 1 ] || fail "$command"
	[ "$command" = "check --init hostile.jsonl" ] && sed -i '/"process"/d' out # its text is exact, as it's compared
	LC_ALL=C grep -q '2J' out || fail "$command shows none of them"
	equal "what commands the terminal, $command" "$(commands_terminal out)" ""
done

refused() { # WHAT PATTERN COMMAND...
	local status=0
	"$MEMTRACE" "${@:3}" >out 2>err || status=$?
	equal "status, $1" $status 2
	equal "lines, $1" "$(wc -l <err)" 1
	contains "$1" "$(cat err)" "$2"
}
refused "no such pid" "there were $(jq -r 'select(.type == "exec").pid' trace.jsonl) (hunt)" maps --pid=1 trace.jsonl
refused "no address" "is no address" blame trace.jsonl here
refused "one operand" "a trace and an address" blame trace.jsonl
refused "blame of nothing" "is empty" blame /dev/null 0x1000
refused "maps of nothing" "is empty" maps - </dev/null
refused "a report of nothing" "is empty" report trace.jsonl /dev/null
# A gate that passes where nothing was written would pass whatever happened.
refused "a check of nothing" "is empty" check --deny=wx /dev/null
refused "two traces" "maps shows one run" maps trace.jsonl own.jsonl
refused "diff of nothing" "--at=TIME" maps --diff=1s trace.jsonl
"$MEMTRACE" -q -e mmap -o part.jsonl -- true
refused "maps of a part" "was filtered" maps part.jsonl
refused "blame of a part" "was filtered" blame part.jsonl 0x1000
