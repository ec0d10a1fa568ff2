# The page of what runs already: the space that was found is there, and moves; the program runs on.
# engine too: perf
. "$TOP/tests/lib/web.sh"
mkfifo to from
exec 3<>to 4<>from
"$PROGS/page_maps" <to >from 3>&- 4>&- &
program=$!
trap 'kill -KILL "$PAGE_PID" "$program" 2>/dev/null' EXIT
say map 40960000
page_start --serve -p "$program"
wait_for is_true /api/v1/processes ".processes[0].pid == $program"
is_true "/api/v1/mappings?pid=$program" '.mappings.ranges[0].length >= 40960000' || fail "what it had isn't there"
say map 81920000
wait_for is_true "/api/v1/mappings?pid=$program" '.mappings.ranges[0].length == 81920000'
is_true "/api/v1/mappings?pid=$program" '.mappings.ranges[0].made.call == "mmap" and .mappings.ranges[1].made.call == "before"' ||
	fail "who made it: $(get "/api/v1/mappings?pid=$program&limit=2")"
wait_for is_true /api/v1/processes '.processes[0].resident > 0'
page_stop
equal status "$STATUS" 0
say unmap
