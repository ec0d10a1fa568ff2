# What /proc tells is taken for true: so it must be there, and of our own processes; what can't be read there is missing.
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "not root"
unshare -fpm true 2>/dev/null || skip "can't make namespaces"
refused() { # WHAT COMMAND...
	local what=$1 status=0
	shift
	"$@" >out 2>words || status=$?
	equal "status, $what" "$status" 125
	equal "output, $what" "$(cat out)" ""
	equal "how many sentences, $what" "$(wc -l <words)" 1
	contains "words, $what" "$(cat words)" "mount -t proc"
}
for engine in ptrace perf notify; do
	refused "the processes of another namespace, $engine" unshare -fp "$MEMTRACE" -q --engine=$engine -- echo started
	refused "none at all, $engine" unshare -m sh -c 'umount -l /proc && exec "$@"' sh "$MEMTRACE" -q --engine=$engine -- echo started
done
unshare -fp --mount-proc "$MEMTRACE" -q -o inside.jsonl -- true || fail "in a namespace with its own: $?"
equal "who it is there" "$(jq -r 'select(.type == "exec") | .comm' inside.jsonl)" true
equal "coverage there" "$(jq -r 'select(.type == "end") | .coverage' inside.jsonl)" complete

# A program that may be executed, but not read, shows its maps to nobody.
chmod 755 .
mkdir -m 777 theirs
cp "$MEMTRACE" theirs/memtrace
cp /bin/true theirs/hidden
chmod 111 theirs/hidden
as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
"${as_user[@]}" test -x "$PWD/theirs/memtrace" || skip "others can't get to $PWD"
"${as_user[@]}" theirs/memtrace -q -o theirs/hidden.jsonl -- theirs/hidden || fail "hidden: $?"
equal "coverage of a hidden program" "$(tail -n 1 theirs/hidden.jsonl | jq -c '[.coverage, .reasons]')" '["partial",["attach_gap"]]'
"${as_user[@]}" theirs/memtrace -q -o theirs/open.jsonl -- /bin/true || fail "open: $?"
equal "coverage of another" "$(tail -n 1 theirs/open.jsonl | jq -c '[.coverage, .reasons]')" '["complete",[]]'
