# Events go to standard output, the command's output to standard error; with -o FILE not.
# engine too: notify perf
# shellcheck shell=bash

both='echo to output; echo to error >&2'

events() { # WHAT FILE: nothing but events, from start to end
	jq -c . "$1" >/dev/null || fail "$1 holds what isn't JSON"
	equal "$1" "$(jq -rs 'first.type, last.type' "$1")" "start"$'\n'"end"
}

for option in '' '-o-' '--output=-'; do
	# shellcheck disable=SC2086 # none or one word
	"$MEMTRACE" -q $option -- sh -c "$both" >events.jsonl 2>words
	events events.jsonl
	equal "standard error, option '$option'" "$(cat words)" "to output"$'\n'"to error"
done

"$MEMTRACE" -q -o file.jsonl -- sh -c "$both" >output 2>words
events file.jsonl
equal "output with -o FILE" "$(cat output)" "to output"
equal "error with -o FILE" "$(cat words)" "to error"

"$MEMTRACE" -- sh -c "$both" >loud.jsonl 2>words
events loud.jsonl
grep -q '^memtrace: ' words || fail "memtrace's own words aren't on standard error: $(cat words)"

printf 'one\ntwo\n' >given
equal "input from a file" "$("$MEMTRACE" -q -o input.jsonl -- cat <given)" "one"$'\n'"two"
equal "input from a pipe" "$(seq 5 | "$MEMTRACE" -q -o input.jsonl -- wc -l)" 5
equal "input, events to output" "$(seq 5 | "$MEMTRACE" -q -- wc -l 2>&1 >/dev/null)" 5
