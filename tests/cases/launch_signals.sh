# Signals for the command between its fork and its end, at random moments: it stops, goes on and dies by them.
# engine too: notify perf
# shellcheck shell=bash
# LeakSanitizer traces memtrace as it ends, and waits for ever where SIGCONT comes in between.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
for mode in $MODES; do
	tool launch_signals "$MEMTRACE" 100 1 "$mode" >reached 2>&1 || fail "$mode: $(cat reached)"
	grep -q ' 0\b' reached && fail "$mode: a signal never reached anybody: $(cat reached)"
done
exit 0
