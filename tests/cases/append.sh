# -A adds a run to a file, on a line of its own even where the file's last line was cut off.
# engine too: notify perf
# shellcheck shell=bash

for status in 1 2; do
	"$MEMTRACE" -q -A -o trace.jsonl -- sh -c "exit $status"
done
equal "two runs" "$(jq -c 'select(.type == "start" or .type == "end") | [.type, .status.code]' \
	trace.jsonl | tr '\n' ' ')" '["start",null] ["end",1] ["start",null] ["end",2] '
equal "each counts from 1" "$(jq -s '[.[] | select(.seq == 1)] | length' trace.jsonl)" 2
equal "runs have different names" "$(jq -r '.run // empty' trace.jsonl | sort -u | wc -l)" 2

head -n 3 trace.jsonl >broken
printf '{"type":"call","seq":4,"ti' >>broken
"$MEMTRACE" -q -A -o broken -- true
equal "the cut line" "$(sed -n 4p broken)" '{"type":"call","seq":4,"ti'
equal "the line after it" "$(sed -n 5p broken | jq -r .type)" start
equal "the last line" "$(tail -n 1 broken | jq -r .type)" end

"$MEMTRACE" -q -o broken -- true
equal "runs in a file written without -A" "$(jq -r .type broken | grep -c start)" 1
