# The page's documents tell what the traced process has, does and did, as the kernel and the trace have it.
. "$TOP/tests/lib/web.sh"
trap 'kill -KILL "$PAGE_PID" 2>/dev/null' EXIT
program_start -o trace.jsonl --serve -- "$PROGS/page_maps"
say map 40960000
say map 4096000
say unmap
say fail
wait_for is_true /api/v1/run '.run.failed > 0'
pid=$(get /api/v1/processes | jq .processes[0].pid)

# Memory: as the kernel says.
equal mapped "$(get /api/v1/processes | jq '.processes[0].mapped / 1024')" "$(awk '/VmSize/ {print $2}' "/proc/$pid/status")"
# START END ACCESS lines, by address: neighbours that are alike are one; the page tells them apart by who made them.
joined() {
	awk '$1 == end && $3 == access {end = $2; next} end {print start, end, access} {start = $1; end = $2; access = $3}
		END {print start, end, access}'
}
get "/api/v1/mappings?pid=$pid&limit=1000" | jq -r '.mappings.ranges[] | .start + " " + .end + " " + .perms' | sort | joined >ours
awk '!/vsyscall/ {split($1, a, "-"); print "0x" a[1], "0x" a[2], $2}' "/proc/$pid/maps" | sort | joined >theirs
diff ours theirs || fail "ranges (left: the page's)"
wait_for is_true /api/v1/processes '.processes[0].resident > 0'

# The largest one first, with who made it; and its history.
get "/api/v1/mappings?pid=$pid&limit=1" >mapping
equal largest "$(jq -c '.mappings.ranges | map([.length, .class, .perms, .made.call])' mapping)" '[[40960000,"committed","rw-p","mmap"]]'
address=$(jq -r .mappings.ranges[0].start mapping)
equal history "$(get "/api/v1/history?pid=$pid&address=$address" | jq -r '.history[0].what' | sed 's/ of tid .*//')" 'mapped by mmap'
equal seq "$(get "/api/v1/history?pid=$pid&address=$address" | jq .history[0].seq)" "$(jq .mappings.ranges[0].made.seq mapping)"

# Calls: sites, series, events.
equal site "$(get /api/v1/sites | jq -c '.sites[0] | [.site, .live, .calls]')" '["mmap 40960000 rw- anonymous",40960000,1]'
equal gone "$(get '/api/v1/sites?by=mapped' | jq -c '.sites | map(select(.site == "mmap 4096000 rw- anonymous") | [.live, .mapped])[]')" '[0,4096000]'
equal failed "$(get '/api/v1/sites?by=failed&limit=1' | jq -c '.sites[0] | [.call, .failed]')" '["munmap",1]'
equal series "$(get "/api/v1/series?pid=$pid" | jq '.series.levels.mapped | last')" "$(get /api/v1/processes | jq .processes[0].mapped)"
equal rates "$(get /api/v1/series | jq '[.rates.calls[] | add] | add')" "$(get /api/v1/run | jq .run.calls)"
equal 'a filter' "$(get '/api/v1/events?call=munmap&failed=1' | jq -c '.events | map([.call, .error])')" '[["munmap","EINVAL"]]'
equal 'by size' "$(get '/api/v1/events?min_size=30M' | jq -c '.events | map(.length)')" '[40960000]'
equal 'by text' "$(get '/api/v1/events?text=einval' | jq -c '.events | map(.call)')" '["munmap"]'
equal 'behind the last' "$(get '/api/v1/events?after=18446744073709551615' | jq -c '[.events, .matched]')" '[[],0]'
equal 'the newest' "$(get '/api/v1/events?limit=1' | jq .events[0].seq)" "$(get /api/v1/run | jq .run.events)"
equal 'by type' "$(get '/api/v1/events?type=exec' | jq -c '.events | map(.type)')" '["exec"]'

# What can't be answered is said in a sentence.
auth="Authorization: Bearer $TOKEN"
equal unknown "$(get_status /api/v1/nothing "$auth" | jq -R 'split(" ")[0]' | head -n 1)" '"404"'
contains 'no process' "$(get_status /api/v1/mappings "$auth")" '400 {"error":"of which process?'
contains 'bad number' "$(get_status '/api/v1/mappings?pid=x' "$auth")" "pid=x isn't a number"
contains 'bad call' "$(get_status '/api/v1/events?call=nmap' "$auth")" '400 {"error":"'
contains 'no such process' "$(get_status '/api/v1/mappings?pid=1' "$auth")" '404 {"error":"'
contains 'no such run' "$(get_status '/api/v1/run?run=x' "$auth")" '404 {"error":"'

# A stream: all of it first, then what is new; and on from an id.
tool web stream "$BASE/api/v1/stream?process=1" "$TOKEN" 2 >messages
equal 'first and next' "$(cut -d' ' -f2- messages | jq -c '[.reset, (.processes | length > 0), (.events.lines | length > 0)]' | tr '\n' ' ')" \
	'[true,true,true] [false,false,false] '
id=$(head -n 1 messages | cut -d' ' -f1)
say map 8192000
wait_for is_true '/api/v1/events?min_size=8192000&limit=1' '.events[0].length == 8192000'
tool web stream "$BASE/api/v1/stream" "$TOKEN" 2 "$id" >resumed # the first can be of the turn before the event
equal resumed "$(cut -d' ' -f2- resumed | jq -cs '[map(.reset), [.[].events.lines[].length]]')" '[[false,false],[8192000]]'
equal 'another life' "$(tool web stream "$BASE/api/v1/stream" "$TOKEN" 1 "1$id" | cut -d' ' -f2- | jq .reset)" true

# Lines, as in the trace; then the end.
get '/api/v1/events.jsonl?limit=30000' >lines.jsonl
program_end
equal status "$STATUS" 0
tail -n +2 lines.jsonl | while read -r line; do grep -qxF -- "$line" trace.jsonl || fail "not in the trace: $line"; done
equal 'the first line' "$(head -n 1 lines.jsonl)" "$(head -n 1 trace.jsonl)"
