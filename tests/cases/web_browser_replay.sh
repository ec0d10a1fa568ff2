# The page of a recorded run in a browser, and its speed.
. "$TOP/tests/lib/browser.sh"
"$MEMTRACE" -q -o trace.jsonl -- "$PROGS/wl_fork_tree" >/dev/null
jq -c 'if .type == "exit" or .type == "end" then .elapsed += 3600 else . end' trace.jsonl >slow.jsonl
mv slow.jsonl trace.jsonl
browse replay
