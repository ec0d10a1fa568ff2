# A call that fails for want of memory tells which limit was reached.
# shellcheck shell=bash
short() { # OF PATTERN
	"$MEMTRACE" -q -k -o trace.jsonl --deny failed --error-exitcode=0 -- "$PROGS/shortage" "$1" 2>words || fail "$1: $?"
	why=$(jq -r 'select(.why).why' trace.jsonl | tail -n 1)
	# shellcheck disable=SC2053 # a pattern
	[[ $why == $2 ]] || fail "$1: $why"
	contains "the finding, $1" "$(cat words)" "$why"
}
short as "over RLIMIT_AS: *M of 64.0M, and 128M asked for"
short data "over RLIMIT_DATA: *K of 16.0M, and 32.0M asked for"
short memlock "over RLIMIT_MEMLOCK: 0 of 4.0K, and 64.0K asked for"
[ "$(cat /proc/sys/vm/overcommit_memory)" != 0 ] ||
	short total "more than all memory and swap, *, which vm.overcommit_memory=0 refuses"
short addresses "more than there are addresses: 1.0P"
if [ "$(cat /proc/sys/vm/max_map_count)" -lt 70000 ]; then
	short ranges "* of * ranges (vm.max_map_count)"
	contains "by whom" "$(cat words)" "% of them were cut or made by mprotect at cut shortage.c:"
fi
