# --wait=root ends the trace with the command: the rest is killed, or with --seccomp=off let go.
# shellcheck shell=bash

trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
mkfifo go
# shellcheck disable=SC2016 # the command's
leave='(echo ready >ready; read line <go; /bin/true; echo alive >alive) &
echo $! >child
until [ -s ready ]; do :; done
exit 4'

is_gone() { # a zombie that its new parent hasn't reaped yet is gone too
	! grep -q '^State:.[^ZX]' "/proc/$(cat child)/status" 2>/dev/null
}

"$MEMTRACE" -q --wait=root -o killed.jsonl -- sh -c "$leave" 2>words
equal "status" $? 4
wait_for is_gone
equal "words" "$(cat words)" ""
equal "end" "$(tail -n 1 killed.jsonl | jq -c '[.type, .status.code]')" '["end",4]'

rm child ready
"$MEMTRACE" -q --wait=root --seccomp=off -o freed.jsonl -- sh -c "$leave"
equal "status with --seccomp=off" $? 4
is_gone && fail "with --seccomp=off the rest was killed"
equal "detach events" "$(jq -c 'select(.type == "detach").pid' freed.jsonl)" "$(cat child)"
equal "end with --seccomp=off" "$(tail -n 1 freed.jsonl | jq -c '[.type, .status.code]')" \
	'["end",4]'
timeout 10 sh -c 'echo >go' || fail "the rest doesn't read"
wait_for test -s alive
wait_for is_gone

# Engine perf holds nobody: the rest runs on, and what it does is missing.
rm child ready alive
"$MEMTRACE" -q --engine=perf --wait=root -o unseen.jsonl -- sh -c "$leave"
equal "status with engine perf" $? 4
equal "detach events of engine perf" "$(jq -c 'select(.type == "detach").pid' unseen.jsonl)" "$(cat child)"
for trace in freed unseen; do
	equal "what is missing, $trace" "$(tail -n 1 $trace.jsonl | jq -c '[.coverage, .reasons]')" '["partial",["untraced_child"]]'
done
timeout 10 sh -c 'echo >go' || fail "the rest doesn't read any more"
wait_for test -s alive
wait_for is_gone
