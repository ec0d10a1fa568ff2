# A target that ends as it's attached to isn't confused with who gets its id.
# engine: ptrace
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root, for a pid namespace"
unshare -pf --mount-proc true 2>/dev/null || skip "can't make a pid namespace"
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" # ours comes first
cat >take.py <<'END'
import os, re, subprocess, sys

memtrace, sleeper, preload, beside = sys.argv[1:]

def child(*words):
    pid = os.fork()
    if pid == 0:
        os.execv(sleeper, [sleeper, *words])
    return pid

def tracer_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return re.search(r"TracerPid:\s*(\d+)", file.read()).group(1)

first = child("nanosleep", "1000")
targets = [str(first)]
if beside:
    targets.append(str(child("nanosleep", "2")))
with subprocess.Popen([memtrace, "-q", "-o", "t.jsonl", "-p", " ".join(targets)],
                      env=dict(os.environ, LD_PRELOAD=preload), stderr=open("words", "w")) as tracer:
    os.waitpid(first, 0)
    with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as file:
        file.write(str(first - 1))
    second = child("nanosleep", "1")
    assert second == first
    open("taken", "w").close()
    print("other", os.waitpid(second, 0)[1] >> 8)
    print("tracer", tracer.wait(), "of", targets)
END
for beside in "" beside; do
	rm -f taken
	unshare -pf --mount-proc /usr/bin/python3 take.py "$MEMTRACE" "$PROGS/attach_sleeper" \
		"$PROGS/lib_pid_taken.so" "$beside" >out
	contains "who has the id" "$(cat out)" "0 Success in time"
	contains "its status" "$(cat out)" "other 9"
	contains "words" "$(cat words)" "has just ended"
	equal "lines said" "$(wc -l <words)" 1
	[ "$beside" ] || contains "status" "$(cat out)" "tracer 125"
done
contains "status with another target" "$(cat out)" "tracer 0"
target=$(sed -n "s/.*of \['\([0-9]*\)', '\([0-9]*\)'.*/\2/p" out)
equal "who was traced" "$(jq -r 'select(.pid).pid' t.jsonl | sort -u)" "$target"
equal "how it ended" "$(jq -c 'select(.type == "exit") | .code' t.jsonl)" 9
