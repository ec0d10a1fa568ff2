# Who storms is held on memtrace's processor, and nothing of that can be seen but in /proc while it lasts: not by
# asking, not by children and threads, not where a cpuset changes meanwhile.
# runs alone
# shellcheck shell=bash
[ "$(nproc)" -gt 1 ] || skip "there is but one processor"

# ---- by itself ----
"$MEMTRACE" -q -o trace.jsonl -- "$PROGS/own_processors" >output 2>&1 || fail "$(cat output)"
equal "held in a storm" "$(cat output)" held
equal "coverage" "$(jq -r 'select(.type == "end") | .coverage' trace.jsonl)" complete

"$MEMTRACE" -q -o /dev/null -- "$PROGS/own_processors" crowd >output 2>&1 || fail "in a crowd: $(cat output)"
equal "held in a crowd" "$(cat output)" held

"$MEMTRACE" -q -o /dev/null -- "$PROGS/own_processors" beside >output 2>&1 || fail "never beside: $(cat output)"
equal "on another processor than memtrace" "$(cat output)" beside

"$MEMTRACE" -q -o /dev/null -- "$PROGS/own_processors" thread >output 2>&1 || fail "$(cat output)"
equal "by a thread that executes" "$(cat output)" executed

# Who is fetched for each call, and made a child before the last of them was over with memtrace, too.
"$MEMTRACE" -q -o /dev/null -- "$PROGS/own_processors" children 1500 >output 2>&1 || fail "$(sort output | uniq -c)"
equal "children after a few calls" "$(cat output)" free
"$MEMTRACE" -q -o /dev/null -- "$PROGS/own_processors" relay 1000 >output 2>&1 || fail "$(cat output)"
equal "executed after a few calls" "$(cat output)" free

for how in --no-colocate --seccomp=off --no-follow --engine=notify; do
	"$MEMTRACE" -q "$how" -o /dev/null -- "$PROGS/own_processors" 0 >output 2>&1 || fail "$how: $(cat output)"
	equal "$how" "$(cat output)" "never held"
done

# Who has but just been loaded, or has loaded something, which takes many calls too, is held no more: but for the odd one
# that ran between being woken and being let go.
cat >listed.py <<'PY'
for module in "_ssl", "_decimal", "_sqlite3", "_curses":
    __import__(module)
    print([line for line in open("/proc/self/status") if line.startswith("Cpus_allowed:")][0], end="")
PY
cat >listed.sh <<'SH'
i=0
while [ $((i += 1)) -le 100 ]; do
	grep Cpus_allowed: /proc/self/status
	[ "$i" -gt 25 ] || /usr/bin/python3 listed.py
done
SH
"$MEMTRACE" -q -o /dev/null -- sh listed.sh >listed
equal "how many looked" "$(grep -c . listed)" 200
seen=$(grep -c -v -F "$(grep Cpus_allowed: /proc/self/status)" listed)
[ "$seen" -le 20 ] || fail "$seen of 200 were held after they, or something, had been loaded"

# What runs already never is.
"$PROGS/own_processors" 0 >untouched 2>&1 &
storm=$!
"$MEMTRACE" -q -o /dev/null -p $storm 2>/dev/null
wait $storm || fail "attached: $(cat untouched)"
equal "attached" "$(cat untouched)" "never held"

# Nor is anyone kept while output waits for its reader.
mkfifo unread
for round in 1 2 3 4 5; do
	"$MEMTRACE" -q -o unread -- "$PROGS/own_processors" until "stop.$round" >/dev/null &
	tracer=$!
	exec 3<unread
	blocked() { grep -q pipe_write "/proc/$tracer/wchan"; }
	all_have_their_own() {
		local pid
		for pid in $tracer $(pgrep -P "$tracer"); do
			[ "$(grep Cpus_allowed: "/proc/$pid/status")" = "$(grep Cpus_allowed: /proc/self/status)" ] || return
		done
	}
	wait_for blocked
	wait_for all_have_their_own
	touch "stop.$round"
	cat <&3 >/dev/null
	exec 3<&-
	wait $tracer || fail "with a slow reader: $?"
done

# ---- what a burst brought is told of while its caller sleeps, though records are told of in bunches ----
mkfifo wake
cat >burst.py <<'PY'
import mmap
for _ in range(10000):
    mmap.mmap(-1, 12288).close()
open("wake").read()
PY
"$MEMTRACE" -q -e mmap -o burst.jsonl -- /usr/bin/python3 burst.py &
tracer=$!
all_are_told() { [ "$(grep -c '"length":12288,.*MAP_SHARED' burst.jsonl)" = 10000 ]; }
wait_for all_are_told
: >wake
wait $tracer || fail "after the burst: $?"

# ---- by others, beside a storm of the same tree ----
cat >count.go <<'GO'
package main

import "runtime"

func main() { println(runtime.NumCPU()) }
GO
cat >Count.java <<'JAVA'
class Count {
	public static void main(String[] args) { System.out.println(Runtime.getRuntime().availableProcessors()); }
}
JAVA
need go
need java
HOME=$PWD GOCACHE=$PWD/cache GO111MODULE=off go build -o count count.go || fail "go build"

cat >look.sh <<'SH'
"$PROGS/own_processors" until "$1" >"$2" &
nproc
taskset -p $$ | sed 's/.*: //'
taskset -c 1 nproc
/usr/bin/python3 -c 'import os; print(os.cpu_count(), sorted(os.sched_getaffinity(0)), sorted(os.sched_getaffinity(os.getppid())))'
node -e 'console.log(require("os").availableParallelism?.() ?? require("os").cpus().length)'
./count
java Count.java
touch "$1"
wait
cat "$2"
SH
export PROGS
bash look.sh stop.plain seen.plain >plain 2>&1
"$MEMTRACE" -q -o /dev/null -- bash look.sh stop.traced seen.traced >traced 2>&1
diff plain traced >difference || fail "others see something else: $(cat difference)"

# ---- where its cpuset changes ----
cat >cpuset.sh <<'SH'
set -eu
group=
mkdir cgroup
trap 'exec 2>/dev/null; rmdir "$group"; umount cgroup; rmdir cgroup' EXIT
if mount -t cgroup -o cpuset none cgroup 2>/dev/null; then
	group=cgroup/memtrace-$$ list=tasks
	mkdir "$group"
	cat cgroup/cpuset.mems >"$group/cpuset.mems"
elif mount -t cgroup2 none cgroup 2>/dev/null && echo +cpuset >cgroup/cgroup.subtree_control; then
	group=cgroup/memtrace-$$ list=cgroup.procs
	mkdir "$group"
else
	echo "no cpusets"
	exit
fi
echo 0-1 >"$group/cpuset.cpus"
"$MEMTRACE" -q -o /dev/null -- \
	sh -c "echo \$\$ >$group/$list && exec $PROGS/own_processors cpuset $group/cpuset.cpus"
SH
[ "$(id -u)" = 0 ] || skip "to change a cpuset takes root"
got=$(MEMTRACE=$MEMTRACE timeout 60 unshare -m bash cpuset.sh 2>&1)
[ "$got" != "no cpusets" ] || skip "$got"
equal "in a cpuset that changes" "$got" held
