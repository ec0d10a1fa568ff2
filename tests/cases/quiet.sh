# memtrace says on standard error which engine it took and why; -q silences that, but no errors.
# shellcheck shell=bash

"$MEMTRACE" -o trace.jsonl -- true 2>words
equal "lines that aren't memtrace's" "$(grep -cv '^memtrace: ' words)" 0
contains "words" "$(cat words)" "ptrace"
reason=$(jq -r 'select(.type == "start").engine_reason' trace.jsonl)
contains "words on the reason" "$(cat words)" "$reason"
equal "engine in the trace" "$(jq -r 'select(.type == "start").engine' trace.jsonl)" ptrace

for engine in auto ptrace; do
	"$MEMTRACE" --engine=$engine -o trace.jsonl -- true 2>words
	equal "engine of --engine=$engine" "$(jq -r '.engine // empty' trace.jsonl)" ptrace
	contains "words with --engine=$engine" "$(cat words)" \
		"$(jq -r '.engine_reason // empty' trace.jsonl)"
done

"$MEMTRACE" -q -o trace.jsonl -- true 2>words
equal "words with -q" "$(cat words)" ""
"$MEMTRACE" --quiet -o trace.jsonl -- true 2>words
equal "words with --quiet" "$(cat words)" ""
"$MEMTRACE" -q -o trace.jsonl -- no-such-command 2>words
equal "errors with -q" "$(wc -l <words)" 1
