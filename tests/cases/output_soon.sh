# What was told is in the file while the command sleeps, even where the kernel lets no signals be queued.
# engine too: notify perf
# shellcheck shell=bash
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
for limits in "" "prlimit --sigpending=0"; do
	$limits "$MEMTRACE" -q -o soon.jsonl -- "$PROGS/attach_sleeper" nanosleep 1000 >said &
	tracer=$!
	wait_for grep -q ready said
	wait_for grep -qs '"call":"munmap"' soon.jsonl
	kill $tracer
	wait $tracer
	rm soon.jsonl
done
