# What usage says is committed is what the kernel accounts (VmFlags: ac), and what of memory without a disk file it
# counts elsewhere: shared memory, with its file (mm/shmem.c), and what was opened of a range mapped PROT_NONE and
# MAP_NORESERVE, nowhere (mm/mprotect.c, mprotect_fixup). To the byte.
# engine too: perf
# shellcheck shell=bash
. "$TOP/tests/lib/verify.sh"
[ "$(cat /proc/sys/vm/overcommit_memory)" != 2 ] || skip "this kernel takes no MAP_NORESERVE (vm.overcommit_memory)"
verify committed "$PROGS/committed" file
read -r accounted more <committed.out
equal committed "$(jq -c 'select(.type == "exit").usage.committed.last' committed.jsonl)" $((accounted + more))
