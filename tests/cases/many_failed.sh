# Calls that fail and change nothing don't have all maps read for each, however many there are.
# shellcheck shell=bash
cat >fails.py <<'PY'
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
PAGE, PAIRS, FAILURES = 4096, 3000, 300
base = libc.mmap(None, ctypes.c_size_t(2 * PAIRS * PAGE), 3, 0x22, -1, 0)
for i in range(PAIRS):  # as many mappings again
    libc.mprotect(ctypes.c_void_p(base + 2 * i * PAGE), PAGE, 1)
hole = base + 2 * PAIRS // 2 * PAGE
libc.munmap(ctypes.c_void_p(hole), PAGE)
failed = [libc.mprotect(ctypes.c_void_p(hole), PAGE, 1) for _ in range(FAILURES)]
print(failed.count(-1), flush=True)
sys.stdin.read()
PY
mkfifo go
"$MEMTRACE" -q --require-complete -o trace.jsonl -- /usr/bin/python3 fails.py <go >failed &
tracer=$!
exec 3>go
wait_for test -s failed
equal "how many failed" "$(cat failed)" 300
seen() { [ "$(grep -c '"error":"ENOMEM"' trace.jsonl)" -ge 300 ]; }
wait_for seen
got=$(awk '/^rchar/ {print $2}' "/proc/$tracer/io")
[ "$got" -lt 50000000 ] || fail "$got bytes were read for 300 calls that failed"
exec 3>&-
wait $tracer
equal "status" $? 0
# One that begins in a gap below a stack has changed the stack all the same (mprotect(2), PROT_GROWSDOWN): that's read.
cat >grows.py <<'PY'
import ctypes
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
PAGE, READ, WRITE, EXEC, GROWSDOWN = 4096, 1, 2, 4, 0x01000000
base = libc.mmap(None, 16 * PAGE, 0, 0x22, -1, 0)
libc.munmap(ctypes.c_void_p(base), 16 * PAGE)
stack = ctypes.c_void_p(base + 4 * PAGE)
libc.mmap(stack, 2 * PAGE, READ | EXEC, 0x132, -1, 0)
print(libc.mprotect(ctypes.c_void_p(base + 3 * PAGE), 4 * PAGE, READ | WRITE | GROWSDOWN))
libc.mprotect(stack, 2 * PAGE, READ | EXEC)
PY
"$MEMTRACE" -q --deny=wx-transition -o grows.jsonl -- /usr/bin/python3 grows.py >failed 2>words
equal "could be written, and is executable" $? 99
equal "below a stack" "$(cat failed)" -1
