# Programs print the events that they expect: every call of %map, every one of %memory, flags, failures, odd arguments.
# engine too: notify perf
set -e
expected() { # PROGRAM [OPTION...]
	local name how=()
	name=$(basename "$1")
	[ "$ENGINE/$name" != perf/call_int80 ] || how=(registers) # it reads memory when that has other words
	"$MEMTRACE" -q -o "$name.jsonl" "${@:2}" -- "$1" "${how[@]}" >"$name.expected" || fail "$name ended with $?"
	tool expected "$name.jsonl" "$name.expected" || fail "$name"
}
for prog in "$PROGS"/call_*; do
	# Filters of a program's own come before a listener's.
	case $ENGINE/$(basename "$prog") in notify/call_filtered*) continue ;; esac
	case $prog in *int80) has_32bit || continue ;; esac
	expected "$prog"
done
for prog in "$PROGS"/memory_*; do
	expected "$prog" -e %memory
done
