# A trace that was cut is read as far as it goes; one with a line that is no event is refused there.
# shellcheck shell=bash

"$MEMTRACE" -q -o trace.jsonl -- true
lines=$(wc -l <trace.jsonl)

head -n 5 trace.jsonl >whole
for part in '{' '{"type":"call","seq":5,"time":"2026-11-22T15:1' '{"type":"call"'; do
	{ cat whole; printf '%s' "$part"; } >broken
	"$MEMTRACE" replay broken >got 2>words
	equal "status after the cut line $part" $? 0
	cmp got whole || fail "the lines before the cut line $part differ"
done
# Where -A went on after a crash, the cut line stands in the middle.
{ cat whole; echo '{"type":"call","seq":5,"ti'; cat trace.jsonl; } >between
"$MEMTRACE" replay between >got 2>words
equal "status, cut between runs" $? 0
cat whole trace.jsonl | cmp got - || fail "cut between runs"

garbage() { # LINE TEXT: TEXT in place of line LINE is refused
	awk -v "line=$1" -v "text=$2" 'NR == line {print text; next} {print}' trace.jsonl >garbage
	"$MEMTRACE" replay garbage >got 2>words
	equal "status, line $1 is: $2" $? 2
	equal "lines said on: $2" "$(wc -l <words)" 1
	contains "words on: $2" "$(cat words)" "memtrace: garbage:$1: "
}
garbage 4 'no event'
garbage 1 'no event'
garbage $((lines - 1)) '{}'
garbage 4 '[]'
garbage 4 '{"type":"call","seq":"4"}'
garbage 4 '{"type":"no such type","seq":4}'
garbage 4 '{"type":"call","seq":4}}'
garbage 4 'null'
garbage "$lines" '{"type":"call",'

"$MEMTRACE" replay no-such-file >got 2>words
equal "status, no such file" $? 2
equal "lines said, no such file" "$(wc -l <words)" 1
contains "words, no such file" "$(cat words)" no-such-file
equal "status, a folder" "$(status_of "$MEMTRACE" replay . 2>/dev/null)" 2
"$MEMTRACE" replay trace.jsonl no-such-file >got 2>/dev/null
equal "status, the second isn't there" $? 2
equal "status, standard output full" \
	"$("$MEMTRACE" replay trace.jsonl >/dev/full 2>/dev/null; echo $?)" 2
"$MEMTRACE" replay trace.jsonl 2>words | head -n 1 >/dev/null
equal "status and words, closed output" "${PIPESTATUS[0]}$(cat words)" 0
