# A reader that closes standard output ends the writing without a word, and without a status.
# engine too: notify perf
# shellcheck shell=bash

trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
mkfifo pipe go
for option in '' -o-; do
	for status in 0 3; do
		# What follows "go" is written after the reader has closed.
		# shellcheck disable=SC2086 # none or one word
		"$MEMTRACE" -q $option -- sh -c "echo first; read line <go
			i=0; while [ \$i -lt 20 ]; do /bin/true; i=\$((i + 1)); done
			echo last; exit $status" >pipe 2>words &
		head -n 1 <pipe >first.jsonl
		equal "what the reader read" "$(jq -r .type first.jsonl)" start
		echo >go
		wait $!
		equal "status of exit $status" $? "$status"
		equal "words" "$(cat words)" "first"$'\n'"last"
	done
done

set -o pipefail
"$MEMTRACE" -q -- sh -c 'ls / >/dev/null' 2>words | head -n 1 >first.jsonl
equal "status of a pipeline with head" $? 0
equal "words of it" "$(cat words)" ""
