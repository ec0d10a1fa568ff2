# --min-size keeps calls of that length or more, and those without a length.
# engine too: notify perf
# shellcheck shell=bash

cat >sizes.py <<'P'
import mmap
for length in 4096, 65536, 69632, 1048576, 1052672, 3145728:
    mmap.mmap(-1, length).close()
P

trace() { # SIZE: puts the lengths in the trace into $got
	"$MEMTRACE" -q --min-size="$1" -o trace.jsonl -- /usr/bin/python3 sizes.py
	equal "seq without gaps, $1" \
		"$(jq -s '[.[] | select(.seq).seq] == [range(1; length)]' trace.jsonl)" true
	got=$(jq 'select(.call == "munmap").length' trace.jsonl | sort -n | uniq)
}

for size in 65536 64K 1048576 1M 1.5M 1G; do
	bytes=$(numfmt --from=iec "$size")
	trace "$size"
	equal "lengths below $size" "$(awk -v "least=$bytes" '$1 < least' <<<"$got")" ""
	equal "greatest length with $size" "$(tail -n 1 <<<"$got")" \
		"$([ "$bytes" -gt 3145728 ] || echo 3145728)"
	equal "brk, which has no length, with $size" \
		"$(jq -s 'map(select(.call == "brk")) | length > 0' trace.jsonl)" true
	contains "filter" "$(jq -r 'select(.type == "start").filter' trace.jsonl)" "--min-size"
done
trace 1M
contains "equal is enough" "$got" 1048576
trace 1048577
equal "just below" "$(head -n 1 <<<"$got")" 1052672
