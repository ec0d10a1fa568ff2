# A reader that is slow makes the command wait, and loses nothing.
# engine too: notify
# shellcheck shell=bash

trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
mkfifo pipe
cat >work.py <<'P'
import mmap
for _ in range(6000):
    mmap.mmap(-1, 1003520).close()
open("finished", "w").close()
P
# Reads only after the pipe was full, the command stopped, for a while.
cat >reader.py <<'P'
import fcntl, os, select, sys, time

writer = os.open("pipe", os.O_RDWR)
reader = open("pipe", "rb")
end = time.monotonic() + 10
full = 0
while full < 10 and time.monotonic() < end:
    time.sleep(0.02)
    full = 0 if select.select([], [writer], [], 0)[1] else full + 1
print("full" if full else "never full", "finished" if os.path.exists("finished") else "waits")
os.close(writer)
with open("trace.jsonl", "wb") as file:
    file.write(reader.read())
P
/usr/bin/python3 reader.py >said &
reader=$!
"$MEMTRACE" -q -- /usr/bin/python3 work.py >pipe
equal "status" $? 0
wait "$reader"
equal "the pipe and the command, before anything was read" "$(cat said)" "full waits"
[ -e finished ] || fail "the command didn't finish"
equal "end" "$(tail -n 1 trace.jsonl | jq -c '[.type, .coverage, .lost, .events == .seq - 1]')" \
	"[\"end\",\"$COVERAGE\",0,true]"
equal "events" "$(($(wc -l <trace.jsonl) - 2))" "$(tail -n 1 trace.jsonl | jq .events)"
equal "maps of the command's own" \
	"$(jq -c 'select(.call == "mmap" and .length == 1003520)' trace.jsonl | wc -l)" 6000
