# The model under stress-ng's stressors: the kernel's own maps after each call.
# shellcheck shell=bash
need stress-ng
. "$TOP/tests/lib/verify.sh"

for stressor in mmapfixed mmapmany mprotect mremap munmap vm-addr vm-rw fork vfork clone brk; do
	verify $stressor stress-ng --$stressor 1 --$stressor-ops 5 -t 5s -q
done
