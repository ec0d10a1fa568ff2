# Any of 200 threads may replace the image or end the process, whatever the others wait for: all is as
# it is untraced. So are core dumps.
# engine too: perf
# shellcheck shell=bash
for who in 0 1 7 100 199; do
	tool same "exec.$who" -- "$PROGS/exec_threads" exec 200 "$who" || fail "exec by thread $who"
done
for who in 1 199; do
	tool same "leader.$who" -- "$PROGS/exec_threads" leader 200 "$who" ||
		fail "exec by thread $who after the first one's end"
done
tool same late -- "$PROGS/exec_threads" late 2 || fail "an exit after the first thread's end"
tool same core -- "$PROGS/exec_threads" core 20 || fail "core dumps"
rm -f core*
equal "the end of the command, which dumps core" "$(ulimit -c unlimited 2>/dev/null
	status_of "$MEMTRACE" -q -o end.jsonl -- sh -c 'kill -ABRT $$' 2>/dev/null)" 134
contains "what is compared" "$("$PROGS/exec_threads" exec 20 7)" "the same process: 1, threads: 1"
contains "what is compared" "$("$PROGS/exec_threads" late 2)" "ended with b00"
for trace in exec.7.auto leader.199.auto late.auto; do
	tool check_order $trace.jsonl || fail "the order of $trace"
done
rm -f core*
