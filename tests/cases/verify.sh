# The model of each address space is the kernel's own, after each call, range by range.
# shellcheck shell=bash
. "$TOP/tests/lib/verify.sh"

for prog in "$PROGS"/call_* "$PROGS"/wl_*; do
	case $prog in *int80) has_32bit || continue ;; esac
	verify "$(basename "$prog")" "$prog"
done
verify python /usr/bin/python3 -c 'import json, decimal, ssl, threading'
verify tree sh -c 'ls / | sort | wc'
verify perl perl -e 'print 1'
echo 'int main(void) { return 0; }' >unit.c
verify gcc gcc -O2 -c unit.c

# What usage says of the end is what the kernel had: all of the maps, but for [vsyscall].
"$MEMTRACE" -q -o usage.jsonl -- /usr/bin/python3 -c 'import mmap, os
kept = mmap.mmap(-1, 1 << 20)
lines = open("/proc/self/maps").read().splitlines()
ranges = [[int(x, 16) for x in l.split()[0].split("-")] for l in lines if "[vsyscall]" not in l]
print(sum(end - start for start, end in ranges), flush=True)
os._exit(0)' >said
mapped=$(jq -c 'select(.type == "exit").usage.mapped.last' usage.jsonl)
# Reading the maps takes some memory itself.
more=$((mapped - $(cat said)))
[ ${more#-} -le 1048576 ] || fail "mapped: $mapped at the end, $(cat said) a little before"
