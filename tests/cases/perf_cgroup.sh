# --cgroup: who is in the group, or comes to it, and nobody else; of both versions.
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root"
unshare -m true 2>/dev/null || skip "can't make a mount namespace"
cat >inside.sh <<'END'
. "$TOP/tests/lib/case.sh"
mkdir -p groups
case $1 in
2) mount -t cgroup2 none groups || skip "can't mount control groups" ;;
1) mount -t cgroup -o perf_event none groups || skip "can't mount control groups" ;;
esac
group=groups/memtrace-$$
mkdir "$group"
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null; wait; rmdir "$group"' EXIT
mkfifo go
# With pauses long enough to read its maps in, even beside much else.
"$PROGS/count_calls" 2 2000 20000 all <go >inside.out &
member=$!
exec 3>go
wait_for grep -q ready inside.out
echo $member >"$group/cgroup.procs"
env --default-signal=INT "$MEMTRACE" --cgroup="$PWD/$group" -o t.jsonl 2>words &
tracer=$!
wait_for grep -qs 'engine perf: a control group' words
echo >&3
sh -c 'echo $$ >"$0/cgroup.procs"; exec "$1" 1 1000 0 all' "$group" "$PROGS/count_calls" <<<go >moved.out
echo | "$PROGS/count_calls" 1 1000 0 all >outside.out
wait_for grep -q munmap inside.out
kill -INT $tracer
wait $tracer
equal "status, version $1" $? 0
equal "calls, version $1" "$(jq -r 'select(.length == 1191936).call' t.jsonl | sort | uniq -c | awk '{print $2, $1}' |
	paste -sd,)" "madvise 5000,mmap 5000,mprotect 5000,mremap 5000,munmap 5000"
equal "end, version $1" "$(tail -n 1 t.jsonl | jq -c '[.lost, .coverage, .reasons]')" '[0,"complete",[]]'
equal "processes, version $1" "$(jq -r 'select(.type == "attach" or .type == "exec" or .type == "exit" or
	.type == "detach") | "\(.type) \(.comm)"' t.jsonl | sort | paste -sd,)" \
	"attach count_calls,detach count_calls,exec count_calls,exit count_calls"
END
# A hierarchy goes a moment after it's unmounted by the last who had it. Where a group was still on its way out then,
# that takes another who mounts it: seldom, as each keeps it for that moment.
hierarchy() { awk '$1 == "perf_event" {print $2}' /proc/cgroups; }
asked=0
is_free() {
	[ "$(hierarchy)" != 0 ] || return 0
	[ $((++asked % 25)) = 0 ] || return 1
	mkdir -p free
	unshare -m sh -c 'mount -t cgroup -o perf_event none free && umount free'
	false
}
[ "$(hierarchy)" = 0 ] && versions="2 1" || versions=1
for version in $versions; do
	unshare -m bash inside.sh "$version"
	status=$?
	[ "$versions" = 1 ] || wait_for is_free
	case $status in
	0) ;;
	77) skip "can't mount control groups of version $version" ;;
	*) fail "version $version" ;;
	esac
	rm -rf t.jsonl words go ./*.out
done
