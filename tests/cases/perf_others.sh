# Engine perf ends with those who it watches, though others go on: records of some things come of all tasks.
# shellcheck shell=bash
others=
trap 'rm -f go; kill -KILL $others 2>/dev/null; wait' EXIT
busy() { # until there is no file `go`: births, new images, ends
	while [ -e go ]; do /bin/true; done
}
: >go
busy & busy &
for _ in 1 2 3 4 5; do
	"$MEMTRACE" -q --engine=perf -o trace.jsonl -- true
	equal "coverage" "$(tail -n 1 trace.jsonl | jq -r .coverage)" complete
done
rm go
wait

# So many threads are watched by what all processes do, and one of these never rests.
cat >threads.py <<'PY'
import sys, threading
end = threading.Event()
for _ in range(60):
    threading.Thread(target=end.wait).start()
print("ready", flush=True)
sys.stdin.readline()
end.set()
PY
/usr/bin/python3 -c 'import mmap
while True: mmap.mmap(-1, 4096).close()' &
others=$!
mkfifo wake
/usr/bin/python3 threads.py <wake >ready &
target=$!
exec 3>wake
wait_for test -s ready
"$MEMTRACE" -q --engine=perf -p $target -o attached.jsonl &
tracer=$!
attached() { grep -q '"type":"attach"' attached.jsonl 2>/dev/null; }
wait_for attached
echo >&3
gone() { ! kill -0 $tracer 2>/dev/null; }
wait_for gone
wait $tracer
equal "status" $? 0
equal "its last event" "$(tail -n 1 attached.jsonl | jq -r .type)" end
kill -KILL $others

# While it's stopped, what others execute fills rings, too.
mkfifo on
"$MEMTRACE" -q --engine=perf -o stopped.jsonl -- sh -c 'read -r line <on; exit 0' &
tracer=$!
started() { grep -q '"type":"exec"' stopped.jsonl 2>/dev/null; }
wait_for started
kill -STOP $tracer
for _ in {1..200}; do /bin/true; done
kill -CONT $tracer
echo >on
wait $tracer
equal "what was lost" "$(jq -c 'select(.type == "end") | [.lost, .coverage]' stopped.jsonl)" '[0,"complete"]'
