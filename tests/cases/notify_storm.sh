# Engine notify tells of each call once, whatever interrupts the wait for its answer: signals, death, a freezer.
# shellcheck shell=bash
[ "$(uname -m)" = x86_64 ] || skip "what is preloaded is of x86-64"
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" # ours comes first
group=
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null; thaw 2>/dev/null; rmdir "$group" 2>/dev/null' EXIT
cat >calls.py <<'END'
import mmap, os, signal, sys

ticks = 0
def tick(*_):
    global ticks
    ticks += 1
calls, period = int(sys.argv[1]), float(sys.argv[2])
signal.signal(signal.SIGALRM, tick)
signal.siginterrupt(signal.SIGALRM, False)
signal.setitimer(signal.ITIMER_REAL, period, period)
for i in range(calls):
    mmap.mmap(-1, 1234 * 4096).close()
signal.setitimer(signal.ITIMER_REAL, 0)
print(ticks)
END
notify() { "$MEMTRACE" -q --engine=notify -o t.jsonl "$@"; }
before_5_19() { LD_PRELOAD=$PROGS/lib_no_killable.so notify -E LD_PRELOAD "$@"; }
counted() { # WHAT CALLS [MORE]: so many of each, or up to so many MORE
	local call n
	for call in mmap munmap; do
		n=$(jq -c "select(.call == \"$call\" and .length == 1234 * 4096)" t.jsonl | wc -l)
		if [ "$n" -lt "$2" ] || [ "$n" -gt $(($2 + ${3-0})) ]; then
			fail "$n calls of $call, not $2, $1"
		fi
	done
	equal "reasons, $1" "$(tail -n 1 t.jsonl | jq -c .reasons)" '["entry_only_engine"]'
}

for how in notify before_5_19; do
	ticks=$($how -- /usr/bin/python3 calls.py 2000 0.00005) || fail "status $?, $how"
	[ "$ticks" -gt 100 ] || fail "only $ticks signals, $how"
	# Before 5.19 a call can be let through and be made again all the same: memtrace(1), CAVEATS.
	counted "signals, $how" 2000 "$([ $how = notify ] && echo 0 || echo 40)"
	for round in {1..20}; do
		ROUND=$round $how -- /usr/bin/python3 -c 'import mmap, os, signal, threading
def work():
    while True:
        mmap.mmap(-1, 4096).close()
for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
threading.Timer(0.002 * int(os.environ["ROUND"]), os.kill, (os.getpid(), signal.SIGKILL)).start()
work()' 2>words
		equal "status when killed, $how, round $round" $? 137
		jq -e -s 'last | .type == "end" and .lost == 0' t.jsonl >whole || fail "the end, $how, round $round"
	done
done

for base in /sys/fs/cgroup /sys/fs/cgroup/unified; do
	[ -e $base/cgroup.controllers ] && mkdir "$base/memtrace-test-$$" 2>/dev/null && group=$base/memtrace-test-$$
done
thaw() { echo 0 >"$group/cgroup.freeze"; }
frozen() { grep -q "frozen $1" "$group/cgroup.events"; }
[ "$group" ] || skip "no cgroup can be made to freeze"
# shellcheck disable=SC2016 # the inner shell's
$how -- bash -c 'echo $$ >"$0/cgroup.procs"; exec /usr/bin/python3 calls.py 10000 1' "$group" >out &
traced=$!
wait_for grep -qs '"length":5054464' t.jsonl
for round in {1..20}; do
	echo 1 >"$group/cgroup.freeze"
	wait_for frozen 1
	thaw
	wait_for frozen 0
done
wait $traced
equal "status, frozen and thawed" $? 0
counted "frozen and thawed" 10000
