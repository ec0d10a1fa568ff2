# Sixteen processes that map as fast as they can each get their turn, and so do 48, among whom the ptrace engine waits
# in another way: none is starved by the others.
# engine too: notify perf
# shellcheck shell=bash
cat >race.py <<'P'
import mmap, os, struct, sys, time

def count(end):
    calls = 0
    while time.monotonic() < end:
        mmap.mmap(-1, 4096).close()
        calls += 1
    return calls

# None begins before all are there: each is told by a pipe when the end is.
told, tell = os.pipe()
processes = int(sys.argv[1])
for _ in range(processes):
    if not os.fork():
        end, = struct.unpack("d", os.read(told, 8))
        os.write(1, f"{count(end)}\n".encode())
        os._exit(0)
os.write(tell, struct.pack("d", time.monotonic() + 1) * processes)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
P
counts=16
[ "$ENGINE" != ptrace ] || counts="16 48"
for mode in $MODES; do
	for processes in $counts; do
		"$MEMTRACE" -q "$mode" -o /dev/null -- /usr/bin/python3 race.py "$processes" >counts || fail "status, $mode"
		equal "processes, $mode" "$(wc -l <counts)" "$processes"
		sort -n counts | awk 'NR == 1 {least = $1} END {exit !(least > 0 && least * 4 > $1)}' ||
			fail "$mode: $(sort -n counts | tr '\n' ' ')"
	done
done
