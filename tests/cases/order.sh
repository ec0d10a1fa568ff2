# Threads that map and unmap at full speed: no mmap returns a range that the log still holds live.
set -e
for threads in 2 4 8 16; do
	for run in 1 2; do
		"$MEMTRACE" -q -o "order-$threads-$run.jsonl" -- "$PROGS/race_maps" "$threads" $((8000 / threads))
		tool check_order "order-$threads-$run.jsonl" || fail "$threads threads, run $run"
	done
done
