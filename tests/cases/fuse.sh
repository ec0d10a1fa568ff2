# Who serves a file system (FUSE) is traced, and so are those who use it: memtrace, which one of them waits for, must
# not wait for the other.
# engine too: notify perf
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "not root"
[ -c /dev/fuse ] || skip "there is no FUSE"
mknod device c 10 229 2>/dev/null || skip "can't make a device"
chmod 666 device
chmod 755 .
mkdir -m 777 theirs
cp "$MEMTRACE" "$PROGS/serves_fuse" theirs
cp /bin/true program
cat >inside.sh <<'SH'
# A connection that hangs holds its processes for ever: it's given up, by the number of its mount.
end_connection() {
	local minor
	mount -t fusectl none /sys/fs/fuse/connections 2>/dev/null
	minor=$(sed -n 's|^[0-9]* [0-9]* 0:\([0-9]*\) / [^ ]*/mnt .*|\1|p' /proc/*/mountinfo 2>/dev/null | head -n 1)
	echo 1 >"/sys/fs/fuse/connections/$minor/abort"
}
"$@" &
tracer=$!
for _ in {1..500}; do
	kill -0 $tracer 2>/dev/null || break
	read -r -t 0.02 <> <(:)
done
if kill -0 $tracer 2>/dev/null; then
	echo "it hangs"
	end_connection
fi
wait $tracer
SH
uses() { # WHAT EXPECTED COMMAND...
	local what=$1 expected=$2
	shift 2
	unshare -m bash inside.sh "$@" >out 2>&1
	[ $? -ne 77 ] || skip "can't mount: $(cat out)"
	equal "$what" "$(cat out)" "$expected"
}
serve=("$PWD/theirs/serves_fuse" "$PWD/device")
tracer=("$PWD/theirs/memtrace" -q --engine="${ENGINE-ptrace}")
uses "a mapping that fails" "Permission denied" "${tracer[@]}" -o map.jsonl -- "${serve[@]}" "$PWD/mnt" "$PWD/program" map
uses "a program" 0 "${tracer[@]}" -o execute.jsonl -- "${serve[@]}" "$PWD/mnt" "$PWD/program" execute
[ "${ENGINE-ptrace}" = notify ] ||
	uses "stacks in it" 0 "${tracer[@]}" -k -o stacks.jsonl -- "${serve[@]}" "$PWD/mnt" "$PWD/program" execute
grep -q '"exe":"[^"]*/mnt/program"' execute.jsonl || fail "the program isn't told of"
[ "${ENGINE-ptrace}" = perf ] && exit 0 # which takes rights
setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Urm true 2>/dev/null || exit 0
uses "a user's program" 0 setpriv --reuid=65534 --regid=65534 --clear-groups \
	"${tracer[@]}" -o theirs/user.jsonl -- unshare -Urm "${serve[@]}" "$PWD/theirs/mnt" "$PWD/program" execute
