# Sixteen processes that map as fast as they can each get their turn, and so do 48, and five beside 40 that rest, one
# of them older than those, among whom the ptrace engine waits in another way: none is starved by the others.
# engine too: notify perf
# runs alone
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
processes, idle = map(int, sys.argv[1:])
rest, wake = os.pipe()
for _ in range(idle):
    if not os.fork():
        os.close(wake)
        os.read(rest, 1)
        os._exit(0)
for _ in range(processes - 1):
    if not os.fork():
        os.close(wake)
        end, = struct.unpack("d", os.read(told, 8))
        os.write(1, f"{count(end)}\n".encode())
        os._exit(0)
end = time.monotonic() + 1
os.write(tell, struct.pack("d", end) * processes)
os.write(1, f"{count(end)}\n".encode())
os.close(wake)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
P
races=("16 0")
[ "$ENGINE" != ptrace ] || races+=("48 0" "5 40")
for mode in $MODES; do
	for race in "${races[@]}"; do
		# shellcheck disable=SC2086 # two words
		"$MEMTRACE" -q "$mode" -o /dev/null -- /usr/bin/python3 race.py $race >counts || fail "status, $mode, $race"
		equal "processes, $mode" "$(wc -l <counts)" "${race% *}"
		sort -n counts | awk 'NR == 1 {least = $1} END {exit !(least > 0 && least * 4 > $1)}' ||
			fail "$mode, $race: $(sort -n counts | tr '\n' ' ')"
	done
done
