# What isn't a target stays alone; what can't be traced of one is said; stops by job control stay what they are.
# engine: ptrace
# shellcheck shell=bash
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
need strace

# A process whose leader has ended has no address space of its own to be seen by, nor have dying threads.
/usr/bin/python3 -c 'import ctypes, threading, time
threading.Thread(target=lambda: (print("ready", flush=True), time.sleep(1000))).start()
ctypes.CDLL(None).pthread_exit(0)' >leaderless.out &
leaderless=$!
wait_for grep -qs ready leaderless.out
wait_for grep -q '^State:.Z' /proc/$leaderless/status
"$PROGS/attach_storm" 16 40 stop >storm.out &
target=$!
for round in {1..20}; do
	"$MEMTRACE" -q -o t.jsonl -p $target --duration=1ms || fail "round $round: status $?"
	equal "attached, round $round" "$(jq -c "select(.pid == $leaderless)" t.jsonl)" ""
done
"$MEMTRACE" -q -o t.jsonl -p $leaderless --duration=1ms
equal "without a leader" "$(jq -r .type t.jsonl | paste -sd,)" start,attach,detach,end
equal "its tids" "$(jq -c 'select(.tids).tids | length' t.jsonl)" 1
: >stop
wait $target

# A thread that another tracer has.
"$PROGS/attach_counter" 2 >counter.out &
target=$!
wait_for test -s counter.out
tid=$(awk '{print $1; exit}' counter.out)
strace -o none -e trace=none -p "$tid" 2>/dev/null &
other=$!
wait_for grep -qs "^TracerPid:.$other" "/proc/$tid/status"
"$MEMTRACE" -q -o t.jsonl -p $target --duration=1ms 2>words
equal "status with another tracer" $? 0
contains "words with another tracer" "$(cat words)" "thread $tid of $target isn't traced, as strace ($other)"
equal "reasons with another tracer" "$(tail -n 1 t.jsonl | jq -c .reasons)" '["attach_gap"]'
kill -TERM $other $target

# SIGSTOP and SIGCONT end epoll_wait(2), traced or not. Only the parent is told that a stop is complete.
cat >stop.py <<'END'
import os, signal, subprocess, sys
with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True) as target:
    print(target.stdout.readline(), target.pid, flush=True)
    input()
    os.kill(target.pid, signal.SIGSTOP)
    os.waitpid(target.pid, os.WUNTRACED)
    os.kill(target.pid, signal.SIGCONT)
    print(target.stdout.read())
END
mkfifo go
for how in untraced traced; do
	/usr/bin/python3 stop.py "$PROGS/attach_sleeper" epoll 20 <go >$how.out &
	exec 3>go
	wait_for grep -qs "^ [0-9]" $how.out
	target=$(awk '/^ [0-9]/ {print $1}' $how.out)
	wait_for grep -q '^State:.S' "/proc/$target/status"
	if [ $how = traced ]; then
		rm t.jsonl
		"$MEMTRACE" -q -o t.jsonl -p "$target" &
		tracer=$!
		wait_for grep -qs attach t.jsonl
		wait_for grep -q '^State:.S' "/proc/$target/status"
	fi
	echo >&3
	wait_for grep -q "in time\|too early" $how.out
	exec 3>&-
done
wait "$tracer"
equal "what ends epoll_wait" "$(tail -n 2 traced.out)" "$(tail -n 2 untraced.out)"
contains "untraced" "$(cat untraced.out)" "Interrupted"
