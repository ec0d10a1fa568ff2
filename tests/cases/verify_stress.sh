# The model under stress-ng's stressors: the kernel's own maps after each call.
# shellcheck shell=bash
need stress-ng
verify() { # NAME COMMAND...
	local name=$1 status
	shift
	MEMTRACE_VERIFY=1 "$MEMTRACE" -q -o "$name.jsonl" -- "$@" >out 2>words
	status=$?
	equal "status of $name" $status 0
	equal "end of $name: $(cat words)" "$(tail -n 1 "$name.jsonl" | jq -c '[.coverage, .reasons]')" \
		'["complete",[]]'
}

for stressor in mmapfixed mmapmany mprotect mremap munmap vm-addr vm-rw fork vfork clone brk; do
	verify $stressor stress-ng --$stressor 1 --$stressor-ops 5 -t 5s -q
done
