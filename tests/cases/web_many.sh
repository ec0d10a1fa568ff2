# A thousand processes, 65,000 ranges and hostile names: all told, exactly and as data.
. "$TOP/tests/lib/web.sh"
trap 'kill -KILL "$PAGE_PID" 2>/dev/null' EXIT
# shellcheck disable=SC2016 # the inner shell's
program_start --serve -- sh -c 'i=0; while [ $i -lt 1100 ]; do /bin/true; i=$((i + 1)); done; exec "$0"' "$PROGS/page_maps"
say many 65000
pid=$(get /api/v1/processes | jq '.processes[] | select(.ended == null) | .pid')
equal 'those that ended last, and the one that lives' "$(get /api/v1/processes | jq '.processes | length')" 1001
equal 'all that were' "$(get /api/v1/run | jq .run.processes)" 1101
get "/api/v1/mappings?pid=$pid&limit=10" >mappings
equal ranges "$(jq .mappings.ranges_all mappings)" "$(grep -vc vsyscall "/proc/$pid/maps")"
jq -e '.mappings.bands | length <= 1000' mappings >/dev/null || fail "bands: $(jq '.mappings.bands | length' mappings)"
equal 'no range is left out' "$(jq '[.mappings.bands[].ranges] | add' mappings)" "$(jq .mappings.ranges_all mappings)"
hostile='<img src=x onerror=alert(1)>"&'\''</script>'
say "name <img src=x>"
say "file $PWD/$(printf '%s' "$hostile" | tr / _)"
get /api/v1/processes | jq -e '.processes[] | select(.ended == null) | .comm == "<img src=x>"' >/dev/null || fail "its name"
get '/api/v1/events?text=onerror' | jq -e --arg p "$(printf '%s' "$hostile" | tr / _)" '.events[0].path | endswith($p)' >/dev/null ||
	fail "a file's name: $(get '/api/v1/events?text=onerror')"
program_end
