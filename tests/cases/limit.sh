# --limit and --duration end the trace, not the command, whose status is mirrored.
# engine too: notify perf
# shellcheck shell=bash

trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
mkfifo go pipe
command=(sh -c 'read line <go; /bin/true; echo "ran on"; exit 7')

end_of() { # TRACE
	jq -c 'select(.type == "end") | [.coverage, .reasons, .events]' "$1"
}

"$MEMTRACE" -q --limit=5 -o limit.jsonl -- sh -c '/bin/true; echo "ran on"; exit 7' >output
equal "status after --limit" $? 7
equal "the command's output" "$(cat output)" "ran on"
equal "events of --limit=5" "$(jq -c 'select(.seq).seq' limit.jsonl | tr '\n' ' ')" "1 2 3 4 5 6 "
equal "end of --limit=5" "$(end_of limit.jsonl)" "[\"partial\",$(reasons limit_reached),5]"
equal "kept calls count, with -e" "$("$MEMTRACE" -q --limit=3 -e munmap -- true 2>/dev/null |
	jq -r '.call // .type' | tr '\n' ' ')" "start exec munmap exit end "
equal "a limit that isn't reached" \
	"$("$MEMTRACE" -q --limit=100000 -- true | jq -c 'select(.type == "end").reasons')" "[$REASONS]"

# Nor is the status lost where the command has ended before the limit is seen: calls of a burst are told of in bunches.
all=$("$MEMTRACE" -q -- "$PROGS/map_storm" 2000 | wc -l)
for before in 3 4 5 6 7 8; do
	"$MEMTRACE" -q --limit=$((all - before)) -o burst.jsonl -- "$PROGS/map_storm" 2000 0 "" 7
	equal "status of who ends with the limit" $? 7
done

# The reader has the end of the file while the command lives.
"$MEMTRACE" -q --limit=3 -- "${command[@]}" >pipe 2>output &
traced=$!
timeout 10 cat pipe >reader.jsonl || fail "the reader of a limited trace sees no end of file"
equal "end that the reader has" "$(end_of reader.jsonl)" "[\"partial\",$(reasons limit_reached),3]"
kill -0 "$traced" || fail "memtrace ended with the trace"
echo >go
wait "$traced"
equal "status, read to the end" $? 7
equal "output, read to the end" "$(cat output)" "ran on"

"$MEMTRACE" -q --limit=3 -o '|cat >/dev/null; echo >closed' -- "${command[@]}" >output &
traced=$!
wait_for test -s closed
echo >go
wait "$traced"
equal "status with -o '|CMD'" $? 7

"$MEMTRACE" -q --limit=1 -o trace.jsonl -- \
	sh -c 'trap "kill \$!; exit 8" TERM; sleep 1000 & '"$ASLEEP"'; : >ready; wait' &
traced=$!
wait_for test -e ready
kill -TERM "$traced"
wait "$traced"
equal "status of a handler of TERM after --limit" $? 8

"$MEMTRACE" -q --duration=300ms -o duration.jsonl -- "${command[@]}" >output &
traced=$!
wait_for grep -q '"type":"end"' duration.jsonl
kill -0 "$traced" || fail "memtrace ended after --duration"
echo >go
wait "$traced"
equal "status after --duration" $? 7
equal "output after --duration" "$(cat output)" "ran on"
equal "reason of --duration" "$(jq -c 'select(.type == "end").reasons' duration.jsonl)" \
	"$(reasons limit_reached)"
equal "a duration that isn't reached" \
	"$("$MEMTRACE" -q --duration=1h -- true | jq -c 'select(.type == "end").reasons')" "[$REASONS]"
equal "how long it was" \
	"$(jq -c 'select(.type == "end").elapsed | . >= 0.25 and . < 1' duration.jsonl)" true
