# Calls that a timer's signals interrupt all the time are told of once, with the result that they had.
# shellcheck shell=bash
cat >restarts.py <<'P'
import mmap, os, signal

ticks = 0
def tick(*_):
    global ticks
    ticks += 1
signal.signal(signal.SIGALRM, tick)
signal.siginterrupt(signal.SIGALRM, False)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
for i in range(200):
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_REAL, 0)
        os._exit(7)
    assert os.waitpid(child, 0)[1] >> 8 == 7
    mmap.mmap(-1, 1234 * 4096).close()
signal.setitimer(signal.ITIMER_REAL, 0)
assert ticks > 20, ticks
P
"$MEMTRACE" -q -o trace.jsonl -- /usr/bin/python3 restarts.py || fail "status $?"
count() { jq -c "select($1)" trace.jsonl | wc -l; }
equal "forks" "$(count '.type == "fork" and (.thread | not)')" 200
equal "exits with 7" "$(count '.type == "exit" and .code == 7')" 200
equal "mmaps" "$(count '.call == "mmap" and .length == 1234 * 4096 and .error == null')" 200
equal "munmaps" "$(count '.call == "munmap" and .length == 1234 * 4096 and .ret == 0')" 200
equal "results of the kernel's own" "$(grep -c ERESTART trace.jsonl)" 0
equal "coverage" "$(tail -n 1 trace.jsonl | jq -r .coverage)" complete
