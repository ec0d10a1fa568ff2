# Sixteen processes that map as fast as they can each get their turn: none is starved by the others.
# engine too: notify perf
# shellcheck shell=bash
cat >race.py <<'P'
import mmap, os, struct, time

def count(end):
    calls = 0
    while time.monotonic() < end:
        mmap.mmap(-1, 4096).close()
        calls += 1
    return calls

# None begins before all are there: each is told by a pipe when the end is.
told, tell = os.pipe()
for _ in range(16):
    if not os.fork():
        end, = struct.unpack("d", os.read(told, 8))
        os.write(1, f"{count(end)}\n".encode())
        os._exit(0)
os.write(tell, struct.pack("d", time.monotonic() + 1) * 16)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
P
for mode in $MODES; do
	"$MEMTRACE" -q "$mode" -o /dev/null -- /usr/bin/python3 race.py >counts || fail "status, $mode"
	equal "processes, $mode" "$(wc -l <counts)" 16
	sort -n counts | awk 'NR == 1 {least = $1} END {exit !(least > 0 && least * 4 > $1)}' ||
		fail "$mode: $(sort -n counts | tr '\n' ' ')"
done
