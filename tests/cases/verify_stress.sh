# The model under stress-ng's stressors: the kernel's own maps after each call.
# shellcheck shell=bash
need stress-ng
. "$TOP/tests/lib/verify.sh"

# vm-segv isn't among them: its children want to be traced by their parent.
stress() { # STRESSOR OPERATIONS [OPTION...]
	local stressor=$1 operations=$2
	shift 2
	verify "$stressor" "${as[@]}" stress-ng --"$stressor" 1 --"$stressor-ops" "$operations" -t 5s -q "$@"
}

as=()
for stressor in mmapfixed mmapmany mprotect munmap pkey vm-addr vm-rw shm shm-sysv fork vfork clone brk; do
	stress $stressor 5
done
stress mmap 1 --mmap-bytes 1M
stress mremap 5 --mremap-bytes 1M
stress stack 1
stress remap 1
stress madvise 1

# It doesn't run as root. Each of its ways to make a process.
[ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
chmod 777 .
for way in clone fork spawn vfork; do
	stress exec 5 --exec-max 8 --exec-fork-method $way
	grep -qF -- '"--exec-exit"' exec.jsonl || fail "exec: $way executed nothing"
done
