# The kernel's own maps after each call of programs on other allocators than the C library's.
# shellcheck shell=bash
. "$TOP/tests/lib/verify.sh"
need stress-ng

# Threads that allocate and free at the same time, and hand on what they have.
cat >threads.py <<'EOF2'
import queue, threading
handed = queue.Queue()
def work():
    for i in range(200):
        handed.put([bytes(10000 + 100 * i) for _ in range(20)])
        handed.get()
threads = [threading.Thread(target=work) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
EOF2

tried=0
for library in /usr/lib/*/libjemalloc.so.2 /usr/lib/*/libmimalloc.so.2; do
	[ -e "$library" ] || continue
	tried=$((tried + 1))
	name=$(basename "$library" .so.2)
	preload="LD_PRELOAD=$library"
	verify "$name-threads" env "$preload" "$PROGS/wl_threads500"
	verify "$name-python" env "$preload" PYTHONMALLOC=malloc /usr/bin/python3 threads.py
	verify "$name-stress" env "$preload" stress-ng --malloc 2 --malloc-pthreads 3 --malloc-ops 3000 -t 5s -q
	grep -qF "$name" "$name-python.jsonl" || fail "$name wasn't loaded"
done
[ $tried -gt 0 ] || skip "neither jemalloc nor mimalloc is installed"
