# A descriptor that memtrace was given for the command doesn't stay open in memtrace itself.
# engine too: notify perf
# shellcheck shell=bash
mkfifo pipe end
"$MEMTRACE" -q -o t.jsonl -- sh -c 'echo word >&7; exec 7>&-; read line <end' 7>pipe &
traced=$!
trap 'kill -KILL $traced 2>/dev/null' EXIT
equal "what comes through it" "$(timeout 10 cat pipe)" word
timeout 10 sh -c 'echo over >end' || fail "the command has ended already"
wait "$traced"
equal "status" $? 0
