# -o x.gz and x.zst: what gzip and zstd read, and memtrace itself, also when a crash cut it.
set -e
need zstd
trace=trace.jsonl
"$MEMTRACE" -q -o $trace -- "$PROGS/wl_fork_tree"
for kind in gz zst; do
	cat=gunzip
	[ $kind = gz ] || cat=unzstd
	"$MEMTRACE" replay -o t.jsonl.$kind $trace
	$cat -c t.jsonl.$kind | cmp - $trace || fail "$cat reads something else"
	"$MEMTRACE" replay t.jsonl.$kind | cmp - $trace || fail "replay of .$kind reads something else"
	"$MEMTRACE" replay - <t.jsonl.$kind | cmp - $trace || fail "replay of .$kind from a pipe reads something else"
	"$MEMTRACE" report t.jsonl.$kind >report.$kind
	"$MEMTRACE" report $trace | cmp - report.$kind || fail "report of .$kind differs"

	# Appended to, it's two runs; so it is where others put them together.
	cp t.jsonl.$kind twice.jsonl.$kind
	"$MEMTRACE" replay -A -o twice.jsonl.$kind $trace
	cat t.jsonl.$kind t.jsonl.$kind >joined.jsonl.$kind
	for file in twice joined; do
		$cat -c $file.jsonl.$kind | cmp - <(cat $trace $trace) || fail "$cat reads something else from $file"
		"$MEMTRACE" replay $file.jsonl.$kind | cmp - <(cat $trace $trace) || fail "$file.jsonl.$kind replayed differs"
	done

	# Cut anywhere, it's read as far as it goes; what's left of it can't be added to.
	size=$(stat -c %s t.jsonl.$kind)
	for at in $((size / 3)) $((size - 1)); do
		head -c $at t.jsonl.$kind >cut.jsonl.$kind
		"$MEMTRACE" replay cut.jsonl.$kind >part || fail "cut at $at: status $?"
		head -c "$(stat -c %s part)" $trace | cmp - part || fail "cut at $at: something else is read"
		equal "-A to one cut at $at" "$(status_of "$MEMTRACE" -A -o cut.jsonl.$kind -- true 2>words)" 125
		contains "why" "$(cat words)" "was cut or is damaged"
		equal "its size after that" "$(stat -c %s cut.jsonl.$kind)" $at
	done

	# Damaged, it's refused in a sentence.
	{ head -c $((size / 2)) t.jsonl.$kind && printf 'damage, and more than a little of it' &&
		tail -c $((size / 2 - 36)) t.jsonl.$kind; } >bad.jsonl.$kind
	status=0
	"$MEMTRACE" replay bad.jsonl.$kind 2>words >part || status=$?
	equal "status, damaged" $status 2
	contains "what is said" "$(cat words)" damaged
done

# What came so far can be read while the trace goes on.
mkfifo go
"$MEMTRACE" -q -o live.jsonl.zst -- sh -c 'ls >/dev/null; read -r _ <go' &
pid=$!
has_ls() { zstdcat live.jsonl.zst 2>/dev/null | grep -q '"exit"'; }
wait_for has_ls
kill -0 $pid || fail "it has ended"
echo >go
wait $pid
zstdcat live.jsonl.zst | tail -n 1 | grep -q '"type":"end"' || fail "the end is missing"

# Text and tables too; standard output and commands get what they always did.
"$MEMTRACE" replay --format=text -o t.txt.gz $trace
zcat t.txt.gz | cmp - <("$MEMTRACE" replay --format=text $trace) || fail "text differs"
"$MEMTRACE" replay -o "|cat >t.gz" $trace
cmp t.gz $trace || fail "a command got something else"
# A command that isn't there leaves nothing; neither does a disk that is full pass for success.
equal "no such command" "$(status_of "$MEMTRACE" -q -o none.jsonl.gz -- no-such-command 2>/dev/null)" 127
[ ! -e none.jsonl.gz ] || fail "a file was left"
# A bit that flipped is noticed.
for kind in gz zst; do
	/usr/bin/python3 - t.jsonl.$kind flipped.$kind <<'P'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) * 2 // 3] ^= 4
open(sys.argv[2], "wb").write(data)
P
	equal "a flipped bit in .$kind" "$("$MEMTRACE" replay flipped.$kind >got 2>&1; echo $?)" 2
done
# Streams of both kinds in a row, padding, and the frames that pzstd puts before its own are read.
{ cat t.jsonl.gz t.jsonl.zst && head -c 512 /dev/zero && cat t.jsonl.gz; } >mixed
"$MEMTRACE" replay mixed | cmp - <(cat $trace $trace $trace) || fail "streams of both kinds"
pzstd -q -o parallel.zst $trace
"$MEMTRACE" replay parallel.zst | cmp - $trace || fail "a file of pzstd"

# What is added to goes on as it is; a name that says otherwise is no guess.
for kind in gz zst; do
	cp t.jsonl.$kind named-otherwise
	"$MEMTRACE" replay -A -o named-otherwise $trace
	"$MEMTRACE" replay named-otherwise | cmp - <(cat $trace $trace) || fail "-A to .$kind by another name"
	cp $trace plain.$kind
	equal "-A to plain.$kind" "$(status_of "$MEMTRACE" -A -o plain.$kind -- true 2>words)" 125
	contains "why not to plain.$kind" "$(cat words)" "is not compressed, which its name denies"
	cmp plain.$kind $trace || fail "plain.$kind was touched"
done
cp t.jsonl.zst wrong.gz
equal "-A to zstd named .gz" "$(status_of "$MEMTRACE" -A -o wrong.gz -- true 2>words)" 125
contains "why" "$(cat words)" "is compressed by zstd"
