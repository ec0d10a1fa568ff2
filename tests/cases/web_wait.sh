# The page ends with the trace, and its command's status is memtrace's; with --serve-wait it stays until ^C.
. "$TOP/tests/lib/web.sh"
trap 'kill -KILL "$PAGE_PID" 2>/dev/null' EXIT
equal status "$(status_of "$MEMTRACE" -q --serve -- sh -c 'exit 3' 2>err)" 3
contains 'the address, though quiet' "$(cat err)" 'live page: http://127.0.0.1:'
# Whoever has it open is told the end.
mkfifo never
page_start -q --serve -- cat never
tool web stream "$BASE/api/v1/stream" "$TOKEN" 1000 >messages &
reader=$!
wait_for test -s messages
: >never
wait "$PAGE_PID"
wait "$reader"
equal 'the end' "$(tail -n 1 messages | cut -d' ' -f2- | jq -r .run.end.coverage)" complete
page_start --serve --serve-wait -o trace.jsonl -- sh -c 'exit 4'
wait_for grep -q 'the page stays' page.err
equal last "$(get /api/v1/run | jq -c .run.end)" "$(tail -n 1 trace.jsonl)"
equal processes "$(get /api/v1/processes | jq -c '.processes | map(.code)')" '[4]'
page_stop
equal 'the status' "$STATUS" 4
# -c, -o and the page beside each other.
"$MEMTRACE" --serve -c -o table -- true 2>err || fail "status $?"
grep -q mmap table || fail "no table"
# What an audit finds is there, too.
page_start --serve --serve-wait --deny wx -- "$PROGS/audit_bad" wx
wait_for grep -q 'the page stays' page.err
equal findings "$(get /api/v1/findings | jq -c '.findings | map(.rule)')" '["wx"]'
page_stop
equal 'the status' "$STATUS" 99
# A reader of the events that stands still doesn't keep anybody from the page.
mkfifo slow
exec 5<>slow
page_start --serve -o slow -- "$PROGS/wl_threads500"
wait_for is_true /api/v1/run '.run.calls > 0'
get /api/v1/processes >/dev/null || fail "it stands still"
cat <&5 >/dev/null &
reader=$!
wait "$PAGE_PID"
kill "$reader"
