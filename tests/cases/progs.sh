# Programs print the events that they expect: every call of %map, its flags, failures, odd arguments.
# engine too: notify
set -e
for prog in "$PROGS"/call_*; do
	name=$(basename "$prog")
	# Filters of a program's own come before a listener's.
	case $ENGINE/$name in notify/call_filtered*) continue ;; esac
	"$MEMTRACE" -q -o "$name.jsonl" -- "$prog" >"$name.expected" || fail "$name ended with $?"
	tool expected "$name.jsonl" "$name.expected" || fail "$name"
done
