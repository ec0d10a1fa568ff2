# memtrace report: what a run comes to, for people, programs and flame graphs.
# shellcheck shell=bash
"$MEMTRACE" -q -k -o trace.jsonl -- "$PROGS/hunt" >said || fail "hunt"
read -r leaked last <said

LC_ALL=C.UTF-8 "$MEMTRACE" report trace.jsonl >text || fail "report: $?"
contains "the site" "$(cat text)" "open_request hunt.c:"
contains "its live bytes" "$(sed -n '/^CALL SITES/,/^$/p' text | grep open_request)" "3.1M" # 50 of 64 KiB
contains "churn" "$(sed -n '/^CHURN/,/^$/p' text)" "use_scratch hunt.c:"
contains "thread stacks" "$(cat text)" "3 thread stacks, 24.0M"
contains "arenas" "$(cat text)" "malloc arena"
contains "failures" "$(sed -n '/^FAILURES/,$p' text)" "mmap ENOMEM, of 1.0P"
contains "files" "$(sed -n '/^FILES/,/^$/p' text)" "libc.so.6"
LC_ALL=C "$MEMTRACE" report trace.jsonl >plain
[ "$(LC_ALL=C.UTF-8 wc -L <text)" -le 80 ] || fail "a line is wider than 80 columns"
[ "$(wc -L <plain)" -le 80 ] || fail "a line is wider than 80 columns, in ASCII"
LC_ALL=C grep -q '[^ -~]' plain && fail "not ASCII in the C locale"
grep -q $'\033' text && fail "colour where there's no terminal"

json() { "$MEMTRACE" report --json "$@" trace.jsonl; }
equal "live by site" "$(json | jq '.groups[] | select(.site | startswith("open_request")).live')" "$leaked"
# Not among the first where malloc's arenas came by their memory in more than two ways, which depends on where it lay.
equal "churn by site" "$(json --top=100 | jq '.groups[] | select(.call == "mmap" and (.site | startswith("use_scratch"))).churn')" \
	$((200 << 20))
equal "calls" "$(json | jq .calls)" "$(grep -c '"type":"call"' trace.jsonl)"
equal "peaks" "$(json | jq -c '.processes[0].metrics | map_values({last, peak})')" \
	"$(jq -c 'select(.type == "exit").usage | with_entries(select(.key | contains(".") | not))' trace.jsonl)"
equal "resident" "$(json | jq '.processes[0].resident')" \
	"$(jq 'select(.type == "exit") | [.residency[].rss] | add' trace.jsonl)"
equal "by call" "$(json --by=call | jq '[.groups[] | select(.of == "mmap").calls][0]')" \
	"$(grep -c '"call":"mmap"' trace.jsonl)"
equal "by path" "$(json --by=path | jq '[.groups[] | select(.path | endswith("libc.so.6"))] | length')" 1
equal "by process" "$(json --by=process | jq '.groups | length')" 1
equal "all rows" "$(json --top=4294967296 | jq '.groups | length')" "$(json --top=1000000 | jq '.groups | length')"
equal "rows" "$(json --top=2 | jq '.groups, .mappings | length' | sort -u)" 2
equal "failures" "$(json | jq -c '[.failures[] | [.call, .error, .count]]')" '[["mmap","ENOMEM",1]]'

for value in mapped live churn; do
	"$MEMTRACE" report --folded=$value trace.jsonl >$value || fail "folded $value"
	grep -qvE '^[^;]+(;[^;]+)+ [0-9]+$' $value && fail "no folded stacks: $value"
done
equal "live, folded" "$(awk '/;open_request hunt.c:/ { s += $NF } END { print s }' live)" "$leaked"
contains "from the outside in" "$(grep use_scratch churn)" "main hunt.c:"

# Of children that map nothing, or execute nothing, too.
cat >children.py <<'END'
import os, subprocess
kept = bytearray(50 << 20)
if os.fork() == 0:
    os._exit(0)
os.wait()
subprocess.run(["true"])
try:
    subprocess.run(["./no-such-command"]) # a child of vfork, which borrows its parent's space
except FileNotFoundError:
    pass
END
"$MEMTRACE" -q -o children.jsonl -- /usr/bin/python3 children.py
equal "children" "$(jq -c 'select(.type == "fork").child' children.jsonl | wc -l)" 3
"$MEMTRACE" report --json children.jsonl |
	jq -c '.processes[] | [.pid, (.metrics | map_values({last, peak}))]' | sort >theirs
jq -c 'select(.type == "exit") | [.pid, (.usage | with_entries(select(.key | contains(".") | not)))]' children.jsonl |
	sort >ours
equal "peaks of children" "$(cat theirs)" "$(cat ours)"

# Without stacks a site is the call with its arguments; and traces on standard input.
"$MEMTRACE" -q -o - -- "$PROGS/hunt" 2>/dev/null | "$MEMTRACE" report --json - >other || fail "from a pipe"
equal "without stacks" "$(jq '[.groups[] | select(.site == "mmap 65536 rw- anonymous").live] | add' other)" "$leaked"

# What can't be reported is refused, in one sentence.
refused() { # WHAT PATTERN OPTION...
	local status=0
	"$MEMTRACE" -q "${@:3}" -o part.jsonl -- true
	"$MEMTRACE" report part.jsonl >out 2>err || status=$?
	equal "status, $1" $status 2
	equal "lines, $1" "$(wc -l <err)" 1
	contains "$1" "$(cat err)" "$2"
	equal "nothing is printed, $1" "$(wc -c <out)" 0
}
refused "a part of advice" "was filtered (-e madvise,%map -z)" -e madvise,%map -z
refused "filtered" "was filtered (--min-size=4096)" --min-size=4096
refused "some calls" "was filtered (-e mmap)" -e mmap
refused "no results" "notify" --engine=notify
# More than %map is no part.
for set in %memory mlock,%map '!mlock'; do
	"$MEMTRACE" -q -e "$set" -o wide.jsonl -- "$PROGS/memory_locks" >/dev/null
	"$MEMTRACE" report wide.jsonl >out || fail "a trace of $set: $?"
	"$MEMTRACE" maps wide.jsonl >out || fail "maps of a trace of $set: $?"
	equal "usage of $set" "$(jq -c 'select(.type == "exit") | .usage != null' wide.jsonl)" true
done
status=0
"$MEMTRACE" report nothing.jsonl 2>err || status=$?
equal "no such file" $status 2

# Several runs, one after another; one without an end.
head -n -1 trace.jsonl >cut.jsonl
"$MEMTRACE" report trace.jsonl cut.jsonl >two || fail "two runs"
equal "both are told" "$(grep -c ' calls, 1 failed; ' two)" 2
contains "the cut one" "$(cat two)" "the trace has no end"

# Whoever reads it may have enough, without a word; what can't be read is said what to do with.
for command in "report --json" maps "blame" "check --deny wx"; do
	operands=(trace.jsonl)
	[ "$command" != blame ] || operands+=("$last")
	# shellcheck disable=SC2086 # one word an option
	"$MEMTRACE" $command "${operands[@]}" 2>err | true
	equal "words of $command for nobody" "$(cat err)" ""
done
xz -k trace.jsonl
status=0
"$MEMTRACE" report trace.jsonl.xz 2>err || status=$?
equal "compressed" $status 2
contains "compressed" "$(cat err)" "xz -dc"

# The end has the most that any process had resident.
"$MEMTRACE" -q -o tree.jsonl -- sh -c '/usr/bin/python3 -c "import ssl"; true'
equal "max_rss of the end" "$(jq 'select(.type == "end").max_rss' tree.jsonl)" \
	"$(jq -s '[.[] | select(.type == "exit").max_rss] | max' tree.jsonl)"
