# One program under two engines, at the same addresses: event for event the same, in each thread.
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root"
setarch -R true 2>/dev/null || skip "can't run programs without random addresses"
same() { # COMMAND...
	for engine in ptrace perf; do
		setarch -R "$MEMTRACE" -q --engine=$engine -e %memory -o $engine.jsonl -- "$@" >/dev/null 2>&1 </dev/null
		equal "end of $*, $engine" "$(tail -n 1 $engine.jsonl | jq -c '[.lost, .coverage]')" '[0,"complete"]'
	done
	tool same_events ptrace.jsonl perf.jsonl >found || fail "$*: $(cut -c1-2000 found)"
}
same sh -c 'ls / | sort >/dev/null; /bin/true; exit 3'
same /usr/bin/python3 -c 'import json, decimal, ssl'
same "$PROGS/count_calls" 1 200 0 all
echo 'int f(int n) { return n + 1; }' >f.c
same gcc -pipe -O2 -c f.c -o f.o
for program in call_mmap_flags call_mmap_fixed call_mremap call_munmap call_brk wl_vfork_spawn \
	wl_exec_nonleader; do
	same "$PROGS/$program"
done
