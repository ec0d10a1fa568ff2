# memtrace waits for the whole tree, and two seconds after the root's end says for whom, once.
# shellcheck shell=bash

trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
# The root ends with 4 at once; what it started lives for $1 seconds, and then maps.
orphan() { # SECONDS OPTION...
	local seconds=$1
	shift
	"$MEMTRACE" "$@" -- sh -c "date +%s.%N >\$0.root; (sleep $seconds; exit 9) & exit 4" "$2"
}

orphan 3.5 -o loud.jsonl 2>loud &
traced=$!
orphan 3 -o quiet.jsonl -q 2>quiet &
traced_quietly=$!
equal "status of a short wait" "$(orphan 0.5 -o short.jsonl 2>short; echo $?)" 4
equal "notes on a short wait" "$(grep -c -e --wait=root short)" 0

wait_for grep -q -e --wait=root loud
awk -v "ended=$(cat loud.jsonl.root)" -v "said=$EPOCHREALTIME" \
	'BEGIN { exit !(said - ended >= 1.8 && said - ended < 3.2) }' ||
	fail "said at $EPOCHREALTIME, while the root ended at $(cat loud.jsonl.root)"
wait "$traced"
equal "status" $? 4
wait "$traced_quietly"
equal "status with -q" $? 4

equal "notes" "$(grep -c -e --wait=root loud)" 1
contains "whom the note names" "$(grep -e --wait=root loud)" sleep
contains "what the note says of the rest" "$(grep -e --wait=root loud)" kills
equal "words with -q" "$(cat quiet)" ""
for trace in loud short; do
	equal "exits in $trace.jsonl" "$(jq -sc '[.[] | select(.type == "exit").code] | sort' \
		$trace.jsonl)" "[0,0,4,9]"
	equal "end of $trace.jsonl" "$(tail -n 1 $trace.jsonl |
		jq -c '[.coverage, .status.code]')" '["complete",4]'
done
