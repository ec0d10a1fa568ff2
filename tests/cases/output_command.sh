# -o '|CMD' gives the trace to CMD, waits for it, and counts its failure as lost output.
# engine too: notify perf
# shellcheck shell=bash

"$MEMTRACE" -q -o '|cat >trace.jsonl; echo "read all" >>order' -- \
	sh -c 'echo to output; exit 3' >output
equal "command's status" $? 3
equal "memtrace ended after CMD" "$(cat order)" "read all"
equal "the command's output" "$(cat output)" "to output"
equal "the trace is whole" \
	"$(jq -s 'last.type == "end" and last.events == length - 2' trace.jsonl)" true

equal "CMD's own output" "$("$MEMTRACE" -q -o '|jq -r .type | uniq | head -n 2' -- true)" \
	"start"$'\n'"exec"

failing() { # CMD
	equal "status when CMD is '$1'" "$(status_of "$MEMTRACE" -q -o "|$1" -- true 2>words)" 125
	grep -q '^memtrace: ' words || fail "nothing is said when CMD is '$1': $(cat words)"
}
failing 'cat >/dev/null; exit 3'
# shellcheck disable=SC2016
failing 'cat >/dev/null; kill -KILL $$'
failing 'exec no-such-command'
failing 'exit 4'
equal "the command's status comes first" \
	"$(status_of "$MEMTRACE" -q -o '|cat >/dev/null; exit 3' -- sh -c 'exit 7' 2>/dev/null)" 7
