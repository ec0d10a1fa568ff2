# memtrace serve: a recorded run on a page, at its own pace or another; several runs of one file; what can't be.
. "$TOP/tests/lib/web.sh"
trap 'kill -KILL "$PAGE_PID" 2>/dev/null' EXIT
"$MEMTRACE" -q -o trace.jsonl -- "$PROGS/wl_fork_tree" >/dev/null || fail "the first run"
"$MEMTRACE" -q -A -o trace.jsonl -- "$PROGS/call_mremap" >/dev/null || fail "the second run"
runs=$(jq -r 'select(.type == "start") | .run' trace.jsonl)
first=$(head -n 1 <<<"$runs")
page_start serve --speed=max trace.jsonl
wait_for is_true /api/v1/runs '[.runs[].ended] == [true, true]'
equal runs "$(get /api/v1/runs | jq -r '.runs[].run')" "$runs"
equal 'the newest' "$(get /api/v1/run | jq -r .id)" "$(tail -n 1 <<<"$runs")"
# What each process had at most, and how it ended: as its exit event says.
equal processes "$(get "/api/v1/processes?run=$first" | jq -c '.processes | map([.pid, .code, .peak.committed, .committed]) | sort[]')" \
	"$(jq -c --arg r "$first" 'select(.type == "exit") | [.pid, .code, .usage.committed.peak, .usage.committed.last]' \
		<(sed '/"type":"end"/q' trace.jsonl) | sort -t[ -k2 -n)"
equal end "$(get "/api/v1/run?run=$first" | jq -c .run.end)" "$(grep -m 1 '"type":"end"' trace.jsonl)"
page_stop
equal 'ended by ^C' "$STATUS" 0

# Its pace: an hour's pause isn't over at once, but is for who is in a hurry.
jq -c 'if .type == "exit" or .type == "end" then .elapsed += 3600 else . end' <(sed '/"type":"end"/q' trace.jsonl) >slow.jsonl
page_start serve slow.jsonl
wait_for is_true /api/v1/run '.run.calls > 0'
is_true /api/v1/run '.run.end == null' || fail "it didn't wait"
tool web stream "$BASE/api/v1/stream?speed=max" "$TOKEN" 1 | cut -d' ' -f2- | jq -e 'has("speed")' >/dev/null || fail "no speed"
wait_for is_true /api/v1/run '.run.end != null'
page_stop

# A filtered trace has no model, and says so; the rest is there.
"$MEMTRACE" -q -e munmap -o part.jsonl -- "$PROGS/wl_fork_tree" >/dev/null
page_start serve --speed=max part.jsonl
wait_for is_true /api/v1/run '.run.end != null and (.run.model | not)'
page_stop

# A second end is another word for the same: the last one that was said.
(cat part.jsonl; tail -n 1 part.jsonl | jq -c '.seq += 1') >ends.jsonl
page_start serve --speed=max ends.jsonl
wait_for is_true /api/v1/run ".run.end.seq == $(tail -n 1 ends.jsonl | jq .seq)"
tool web stream "$BASE/api/v1/stream" "$TOKEN" 1 | cut -d' ' -f2- | jq -e '.run.end != null' >/dev/null || fail "no JSON"
page_stop

refused() { # WORDS ARG...
	local words=$1
	shift
	equal "status of $*" "$(status_of "$MEMTRACE" serve "$@" 2>refused.err)" 2
	contains "words of $*" "$(cat refused.err)" "$words"
	! grep -q 'live page' refused.err || fail "it had begun: $(cat refused.err)"
}
refused 'no trace is given'
refused "can't read trace missing.jsonl" missing.jsonl
refused "can't read" .
echo no trace >text
refused 'not an event of a trace' text
sed 1d part.jsonl >headless.jsonl
refused "headless.jsonl doesn't begin with a start event" trace.jsonl headless.jsonl
equal 'no start, by a pipe' "$(status_of timeout 20 "$MEMTRACE" serve - <headless.jsonl 2>refused.err)" 2
contains 'words of it' "$(cat refused.err)" "standard input doesn't begin with a start event"
refused "isn't a number" --speed=fast trace.jsonl
refused 'choose runs of a database' --run=x trace.jsonl
refused 'leave out the trace' --mysql=mysql://nobody@localhost/x trace.jsonl

# Whoever falls behind catches up: 30,000 events of a second take hardly longer.
/usr/bin/python3 - <<'END' >many.jsonl
import json
lines = [json.loads(line) for line in open("trace.jsonl", encoding="utf-8")]
start = lines[0]
call = next(line for line in lines if line.get("call") == "brk")
print(json.dumps(start))
for i in range(30000):
    call["seq"], call["elapsed"] = i + 1, i / 30000
    print(json.dumps(call))
END
page_start serve many.jsonl
wait_for is_true /api/v1/run '.run.calls == 30000'
page_stop
# A run's name goes into headers: nothing but an id does.
sed '1s/"run":"[^"]*"/"run":"x\\n\\ndata: 1"/' many.jsonl >odd.jsonl
page_start serve --speed=max odd.jsonl
wait_for is_true /api/v1/run '.run.calls == 30000'
equal 'no id' "$(tool web stream "$BASE/api/v1/stream" "$TOKEN" 1 | cut -d' ' -f2- | jq .reset)" true
page_stop
