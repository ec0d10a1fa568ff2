# Events carry the name that their task has then: after prctl, after a rename through /proc, at the exit.
# engine too: perf
# shellcheck shell=bash
cat >names.py <<'END'
import ctypes, mmap, os, threading, time

libc = ctypes.CDLL(None)

def mark(length):
    mmap.mmap(-1, length).close()

def wait_for_age(began):
    """Names that change behind a task's back are noticed within 100 ms."""
    while time.monotonic() - began < 0.15:
        pass

mark(4096 * 101)
libc.prctl(15, b"renamed", 0, 0, 0)
mark(4096 * 102)
ready, go = threading.Event(), threading.Event()

def other():
    ready.tid = threading.get_native_id()
    ready.set()
    go.wait()
    mark(4096 * 103)

thread = threading.Thread(target=other)
thread.start()
ready.wait()
with open(f"/proc/self/task/{ready.tid}/comm", "w", encoding="ascii") as comm:
    comm.write("behind")
wait_for_age(time.monotonic())
go.set()
thread.join()
if os.fork() == 0:
    libc.prctl(15, b"last words", 0, 0, 0)
    os._exit(0)
os.wait()
END
"$MEMTRACE" -q -o t.jsonl -- /usr/bin/python3 names.py
comm_of() { jq -r "select(.call == \"mmap\" and .length == 4096 * $1).comm" t.jsonl; }
equal "before" "$(comm_of 101)" python3
equal "after prctl" "$(comm_of 102)" renamed
equal "a thread, renamed by another" "$(comm_of 103)" behind
equal "a process that named itself and ended" \
	"$(jq -r 'select(.type == "exit").comm' t.jsonl | sort | paste -sd,)" "last words,renamed"
