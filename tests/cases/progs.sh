# Programs print the events that they expect: every call of %map, its flags, failures, odd arguments.
set -e
for prog in "$PROGS"/call_*; do
	name=$(basename "$prog")
	"$MEMTRACE" -q -o "$name.jsonl" -- "$prog" >"$name.expected" || fail "$name ended with $?"
	tool expected "$name.jsonl" "$name.expected" || fail "$name"
done
