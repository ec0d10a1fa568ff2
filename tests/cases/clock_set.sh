# Whoever sets the clock while memtrace runs changes neither the order of events nor how far apart they are.
# engine too: notify perf
# shellcheck shell=bash
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" # ours comes first
LD_PRELOAD=$PROGS/lib_clock_set.so "$MEMTRACE" -E LD_PRELOAD -q -o t.jsonl -- "$PROGS/wl_fork_tree" >out ||
	fail "status $?"
jq -r '[.seq // 0, (.elapsed // 0), .time] | @tsv' t.jsonl >moments
[ "$(wc -l <moments)" -gt 20 ] || fail "too few events"
sort -sn -k 1,1 -c moments || fail "seq isn't in order"
sort -s -k 3,3 -c moments || fail "the times aren't in order"
# Each event's time is the start's and what has elapsed since, to the microsecond that jq's numbers have.
jq -rs '(.[0].time | .[0:19] + "Z" | fromdate) as $second | (.[0].time[20:29] | tonumber / 1e9) as $part |
	.[1:][] | ((.time[0:19] + "Z" | fromdate) - $second + (.time[20:29] | tonumber / 1e9) - $part - .elapsed) |
	select(. > 1e-6 or . < -1e-6)' t.jsonl >off
equal "times that aren't the start's and what has elapsed" "$(cat off)" ""
